"""Run exported recognisers on a board: what they decide about windows and streams, and the work of each decision."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from examples.boards.board import Board, Program
from examples.boards.running import run_on
from har import CExport

_PROGRAMS = Path(__file__).parent / "programs"
_OPTIONS = ("-O2",)

Rows = npt.NDArray[np.int64]


def classify_on(
    board: Board, exported: CExport, windows: npt.NDArray[Any], options: tuple[str, ...] = _OPTIONS
) -> Rows:
    """Class, prototype, distance and count for each prepared window, in as many runs as their bytes need."""
    n_runs = -(-(windows.nbytes + 4 * len(windows)) // board.input_bytes)
    parts = np.array_split(windows, n_runs)
    return np.concatenate([_rows(board, exported, "classify.c", part, options) for part in parts])


def stream_on(board: Board, exported: CExport, samples: npt.NDArray[Any], options: tuple[str, ...] = _OPTIONS) -> Rows:
    """Number of the sample, class, prototype, distance and count for each decision about samples of counts."""
    return _rows(board, exported, "stream.c", samples, options)


def _rows(board: Board, exported: CExport, name: str, values: npt.NDArray[Any], options: tuple[str, ...]) -> Rows:
    """What a program prints; it knows the exported code by the name "recognizer"."""
    sources = (_PROGRAMS / name, exported.sources / "recognizer.c", exported.sources / "recognizer_model.c")
    given = struct.pack("<I", len(values)) + values.astype("<i2").tobytes()
    output = run_on(board, Program(sources, (exported.sources,), given, options))
    return np.array(output.rows(), dtype=np.int64)
