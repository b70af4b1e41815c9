"""What a board is, what runs on it, and what comes back."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

SUPPORT = Path(__file__).parent / "support"


@dataclass(frozen=True, kw_only=True)
class Board:
    """A processor, and how programs are built and run for it.

    Attributes
    ----------
    name : str
        For tables.
    compiler : tuple of str
        Command and options of the processor.
    sources : tuple of str
        Files of ``support/`` that every program needs, besides ``print.c``.
    linking : tuple of str
        Options that come last.
    command : tuple of str
        Runs ``{program}`` with ``{input}``; the program is ``{binary}`` without its ELF header.
    needs : tuple of str
        Further commands.
    counts : {"instructions", "cycles"} or None
        What ``board_count`` returns.
    output : {"stdout", "stderr"}
        Where the text arrives.
    input_bytes : int
        At most so many fit.
    """

    name: str
    compiler: tuple[str, ...]
    sources: tuple[str, ...]
    linking: tuple[str, ...] = ()
    command: tuple[str, ...] = ("{program}",)
    needs: tuple[str, ...] = ()
    counts: str | None = None
    output: str = "stdout"
    input_bytes: int = 2**26

    @property
    def is_emulated(self) -> bool:
        """Whether it is another processor than this computer's."""
        return self.counts is not None


@dataclass(frozen=True)
class Program:
    """C sources with a ``main`` that includes ``board.h``, and the bytes that ``board_read`` gives it.

    Attributes
    ----------
    sources : tuple of Path
    include : tuple of Path
        Folders of headers.
    input : bytes
    options : tuple of str
        For the compiler.
    """

    sources: tuple[Path, ...]
    include: tuple[Path, ...] = ()
    input: bytes = b""
    options: tuple[str, ...] = ("-O2",)


@dataclass(frozen=True)
class Output:
    """What a program printed.

    Attributes
    ----------
    text : str
    unit : {"instructions", "cycles"} or None
        Of the counts in the text; None if the board counts nothing.
    """

    text: str
    unit: str | None

    def rows(self) -> list[list[int]]:
        """The lines of numbers; other lines are left out."""
        split = (line.split() for line in self.text.splitlines())
        return [[int(word) for word in words] for words in split if words and all(map(_is_number, words))]


def _is_number(word: str) -> bool:
    return word.lstrip("-").isdigit()
