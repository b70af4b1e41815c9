"""Build a program for a board, run it there, and read what it printed."""

from __future__ import annotations

import functools
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

import common
from examples.boards.board import SUPPORT, Board, Output, Program

#: Of a program; a decision takes milliseconds in every emulator.
LONGEST_RUN_S = 300

_RP2040JS = SUPPORT / "rp2040js"

# simavr shows what the serial port sends in colour, and a dot for the end of a line.
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


@functools.cache
def missing(board: Board) -> str | None:
    """What a board needs and this computer lacks, in words; None if it can run."""
    commands = (board.compiler[0], board.command[0], *board.needs)
    absent = [command for command in commands if "{" not in command and shutil.which(command) is None]
    if absent:
        return f"{board.name}: not installed: {', '.join(absent)}"
    if board.command[0] == "node" and not (_RP2040JS / "node_modules").is_dir():
        return f"{board.name}: not installed: rp2040js (npm install --prefix {_RP2040JS})"
    return None


def run_on(board: Board, program: Program) -> Output:
    """Compile and run.

    Raises
    ------
    common.MissingDependencyError
        If the board lacks a command.
    common.InvalidInputError
        If the program does not compile, ends with an error or does not end; the message holds what was printed.
    """
    if reason := missing(board):
        raise common.MissingDependencyError(reason)
    if len(program.input) > board.input_bytes:
        raise common.InvalidInputError(
            f"input has {len(program.input):,} bytes; {board.name} takes {board.input_bytes:,}: run it in parts"
        )
    with tempfile.TemporaryDirectory(prefix="board-") as name:
        folder = Path(name)
        places = {"program": str(folder / "program.elf"), "input": str(folder / "input.bin")}
        places["binary"] = str(folder / "program.bin")
        Path(places["input"]).write_bytes(program.input)
        _run(_compilation(board, program, places))
        if "{binary}" in board.command:
            _run([board.needs[0], "-O", "binary", places["program"], places["binary"]])
        done = _run([part.format(**places) for part in board.command], program.input)
    text = done.stdout if board.output == "stdout" else _COLOUR.sub("", done.stderr).replace(".\n", "\n")
    return Output(text, board.counts)


def code_bytes(board: Board, source: Path, *, options: tuple[str, ...] = ("-O2",)) -> int:
    """Bytes of flash that a source file of exported code takes on a board, with its constants."""
    if reason := missing(board):
        raise common.MissingDependencyError(reason)
    with tempfile.TemporaryDirectory(prefix="board-") as name:
        target = Path(name, "code.o")
        _run([*_formatted(board.compiler, {"input": ""}), *options, "-c", str(source), "-o", str(target)])
        size = _size_command(board)
        sections = _run([size, "-A", str(target)]).stdout.splitlines()
    fields = [line.split() for line in sections]
    loaded = (".text", ".rodata", ".data", ".progmem")
    return sum(int(field[1]) for field in fields if len(field) == 3 and field[0].startswith(loaded))


def _compilation(board: Board, program: Program, places: dict[str, str]) -> list[str]:
    support = [str(SUPPORT / source) for source in ("print.c", *board.sources)]
    include = [f"-I{folder}" for folder in (SUPPORT, *program.include)]
    compiler = [part.replace("{input}", places["input"]) for part in board.compiler]
    sources = map(str, program.sources)
    return [*compiler, *program.options, *include, *sources, *support, *board.linking, "-o", places["program"]]


def _formatted(parts: tuple[str, ...], places: dict[str, str]) -> list[str]:
    return [part.format(**places) for part in parts]


def _size_command(board: Board) -> str:
    return "size" if not board.is_emulated else board.compiler[0].removesuffix("gcc") + "size"


def _run(command: list[str], given: bytes = b"") -> subprocess.CompletedProcess[str]:
    try:
        done = subprocess.run(command, input=given, capture_output=True, timeout=LONGEST_RUN_S)
    except subprocess.TimeoutExpired as error:
        raise common.InvalidInputError(f"program did not end within {LONGEST_RUN_S} s: {' '.join(command)}") from error
    stdout, stderr = done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace")
    if done.returncode != 0:
        raise common.InvalidInputError(f"{' '.join(command)}\nended with {done.returncode}:\n{stdout}{stderr}")
    return subprocess.CompletedProcess(command, 0, stdout, stderr)
