"""The boards: what they count, what they say when something is absent, and images that start by themselves."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import common
import har
from examples.boards import BOARDS, Program, missing, run_on
from examples.boards.images import IMAGE_BOARDS, ImageBoard, build_image, cannot_build, start
from examples.microcontroller_flash import expected_lines
from tests.har.embedded.export import recognizers

LOOP = """
#include "board.h"
int main(void) {
    uint16_t given;
    board_read(&given, sizeof given);
    board_start_count();
    const uint32_t overhead = board_count();
    board_start_count();
    for (volatile uint16_t left = given; left > 0U; --left) {
    }
    board_print("a loop of ");
    board_print_unsigned(given);
    board_print("\\n");
    board_print_signed(-7);
    board_write(' ');
    board_print_unsigned(board_count() - overhead);
    board_print("\\n");
    return 0;
}
"""


def loop(folder: Path, n: int) -> Program:
    (folder / "loop.c").write_text(LOOP)
    return Program((folder / "loop.c",), input=n.to_bytes(2, "little"))


@pytest.mark.parametrize("name", ["host gcc", "Cortex-M4", "RV32", "Cortex-M0+", "AVR"])
def test_a_board_reads_prints_and_counts(name: str, tmp_path: Path) -> None:
    board = BOARDS[name]
    if reason := missing(board):
        pytest.skip(reason)
    counts = []
    for n in (100, 300):
        output = run_on(board, loop(tmp_path, n))
        assert f"a loop of {n}" in output.text
        ((minus_seven, count),) = output.rows()
        assert minus_seven == -7
        counts.append(count)
    assert output.unit == board.counts
    if board.counts:
        per_pass = (counts[1] - counts[0]) / 200
        assert 3 <= per_pass <= 30


def test_an_absent_compiler_is_named(tmp_path: Path) -> None:
    board = replace(BOARDS["host gcc"], compiler=("no-such-gcc",))
    assert missing(board) == "host gcc: not installed: no-such-gcc"
    with pytest.raises(common.MissingDependencyError, match="no-such-gcc"):
        run_on(board, loop(tmp_path, 1))


def test_a_program_that_fails_says_how(tmp_path: Path) -> None:
    board = BOARDS["host gcc"]
    if reason := missing(board):
        pytest.skip(reason)
    with pytest.raises(common.InvalidInputError, match="the input is too short"):
        run_on(board, replace(loop(tmp_path, 1), input=b""))
    with pytest.raises(common.InvalidInputError, match="run it in parts"):
        run_on(replace(board, input_bytes=1), loop(tmp_path, 1))


@pytest.mark.parametrize("board", IMAGE_BOARDS, ids=lambda board: board.name)
def test_an_image_boots_and_recognises_its_recording(board: ImageBoard, tmp_path: Path) -> None:
    if reason := cannot_build(board):
        pytest.skip(reason)
    recognizer = recognizers.core(8, n_prototypes=6)
    exported = har.export_c(recognizer, tmp_path / "recognizer")
    samples = recognizer.prototypes[:4].reshape(-1, 6).astype(np.int16)
    image = build_image(board, exported, samples, tmp_path / "image")
    lines = start(board, image)
    assert [name for _, name, _ in lines] == ["sit", "stairs", "walk", "sit"]
    assert lines == expected_lines(recognizer, samples)


def test_uf2_blocks_hold_the_image(tmp_path: Path) -> None:
    board = next(board for board in IMAGE_BOARDS if board.file.endswith(".uf2"))
    if reason := cannot_build(board):
        pytest.skip(reason)
    recognizer = recognizers.core(8, n_prototypes=2)
    exported = har.export_c(recognizer, tmp_path / "recognizer")
    image = build_image(board, exported, np.zeros((40, 6), dtype=np.int16), tmp_path / "image")
    blocks = [image.read_bytes()[at : at + 512] for at in range(0, image.stat().st_size, 512)]
    assert all(block.startswith(b"UF2\n") for block in blocks)
    content = b"".join(block[32 : 32 + 256] for block in blocks)
    assert content.startswith((tmp_path / "image" / "program.bin").read_bytes())
