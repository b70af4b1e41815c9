"""Images for a micro:bit and a Raspberry Pi Pico, with a recording to recognise, and their start in an emulator.

A board shows the same decisions on its serial port (115,200 baud: over USB on the micro:bit, on pin GP0 of the Pico).
"""

from __future__ import annotations

import shutil
import struct
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

import common
from examples.boards.board import SUPPORT
from har import CExport

LONGEST_RUN_S = 60.0

_PROGRAMS = Path(__file__).parent / "programs"
_COMPILER = ("arm-none-eabi-gcc", "-std=c99", "-Wall", "-Wextra", "-Werror", "-O2", "-mthumb", "-nostartfiles")
_RP2040JS = SUPPORT / "rp2040js"
_FLASH_ADDRESS = 0x10000000
_STAGE_BYTES = 252


@dataclass(frozen=True)
class ImageBoard:
    """A board that one can buy.

    Attributes
    ----------
    name : str
    file : str
        Of the image: drag it onto the drive that the board shows.
    core : str
    sources, linking : tuple of str
        Files of ``support/``, and options.
    emulator : str
        The command that starts an image.
    """

    name: str
    file: str
    core: str
    sources: tuple[str, ...]
    linking: tuple[str, ...]
    emulator: str


_ON_MICROBIT = ("-Wl,--defsym=FLASH_ADDRESS=0", "-Wl,--defsym=RAM_BYTES=16K", "-T", str(SUPPORT / "cortex_m.ld"))

MICROBIT = ImageBoard("micro:bit", "microbit.hex", "cortex-m0", ("microbit.c",), _ON_MICROBIT, "qemu-system-arm")
PICO = ImageBoard(
    "Raspberry Pi Pico",
    "pico.uf2",
    "cortex-m0plus",
    ("rp2040.c", "rp2040_boot.S"),
    ("-T", str(SUPPORT / "rp2040.ld"), "-Wl,-u,boot"),
    "node",
)
IMAGE_BOARDS = (MICROBIT, PICO)


def cannot_build(board: ImageBoard) -> str | None:
    """What building and starting an image needs and this computer lacks; None if nothing."""
    absent = [name for name in (_COMPILER[0], board.emulator) if shutil.which(name) is None]
    if board.emulator == "node" and not (_RP2040JS / "node_modules").is_dir():
        absent.append(f"rp2040js (npm install --prefix {_RP2040JS})")
    return f"{board.name}: not installed: {', '.join(absent)}" if absent else None


def build_image(board: ImageBoard, exported: CExport, samples: npt.NDArray[np.int16], folder: Path) -> Path:
    """The image of exported code, named "recognizer", and of samples ``(n_samples, n_inputs)`` to recognise."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "recording.h").write_text(_recording(samples))
    program, binary = folder / "program.elf", folder / "program.bin"
    sources = [_PROGRAMS / "recording.c", exported.sources / "recognizer.c", exported.sources / "recognizer_model.c"]
    sources += [SUPPORT / name for name in ("print.c", *board.sources)]
    include = [f"-I{path}" for path in (SUPPORT, exported.sources, folder)]
    _run([*_COMPILER, f"-mcpu={board.core}", *include, *map(str, sources), *board.linking, "-o", str(program)])
    image = folder / board.file
    if board is MICROBIT:
        _run(["arm-none-eabi-objcopy", "-O", "ihex", str(program), str(image)])
        return image
    _run(["arm-none-eabi-objcopy", "-O", "binary", str(program), str(binary)])
    content = _with_checksum(binary.read_bytes())
    binary.write_bytes(content)
    image.write_bytes(_uf2(content))
    return image


def start(board: ImageBoard, image: Path) -> list[list[str]]:
    """The words of each line that the image prints in the emulator."""
    if board is PICO:
        text = _run(["node", str(_RP2040JS / "boot.mjs"), str(image.with_name("program.bin"))])
    else:
        machine = ("qemu-system-arm", "-M", "microbit", "-display", "none", "-monitor", "none", "-serial", "stdio")
        text = _read_until_end([*machine, "-device", f"loader,file={image}"])
    return [line.split() for line in text.splitlines() if line != "end"]


def _recording(samples: npt.NDArray[Any]) -> str:
    rows = ",\n".join("    {" + ", ".join(map(str, row)) + "}" for row in samples.tolist())
    n_samples, n_inputs = samples.shape
    return (
        f"#include <stdint.h>\n\n#define RECORDING_LENGTH {n_samples}U\n\n"
        f"static const int16_t recording[RECORDING_LENGTH][{n_inputs}] = {{\n{rows},\n}};\n"
    )


def _with_checksum(content: bytes) -> bytes:
    """The RP2040 starts its second stage only if a CRC-32, highest bit first, follows it."""
    crc = 0xFFFFFFFF
    for byte in content[:_STAGE_BYTES]:
        crc ^= byte << 24
        for _ in range(8):
            crc = ((crc << 1) ^ (0x04C11DB7 if crc & 0x80000000 else 0)) & 0xFFFFFFFF
    return content[:_STAGE_BYTES] + struct.pack("<I", crc) + content[_STAGE_BYTES + 4 :]


def _uf2(content: bytes) -> bytes:
    """Blocks of 512 bytes with 256 of the flash each, which the Pico's own drive takes."""
    pages = [content[at : at + 256].ljust(256, b"\0") for at in range(0, len(content), 256)]
    family = 0xE48BFF56
    return b"".join(
        struct.pack("<8I", 0x0A324655, 0x9E5D5157, 0x2000, _FLASH_ADDRESS + 256 * i, 256, i, len(pages), family)
        + page.ljust(476, b"\0")
        + struct.pack("<I", 0x0AB16F30)
        for i, page in enumerate(pages)
    )


def _run(command: list[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=LONGEST_RUN_S)
    if done.returncode != 0:
        raise common.InvalidInputError(
            f"{' '.join(command)}\nended with {done.returncode}:\n{done.stdout}{done.stderr}"
        )
    return done.stdout


def _read_until_end(command: list[str]) -> str:
    """A board never ends; its program says when it has no more to say."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True) as emulator:
        assert emulator.stdout is not None
        lines = []
        try:
            for line in emulator.stdout:
                lines.append(line)
                if line == "end\n":
                    break
        finally:
            emulator.kill()
    return "".join(lines)
