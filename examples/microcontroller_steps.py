"""The steps of the microcontroller example: candidates in integers, the choice within a budget, and the boards."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.pipeline import Pipeline, make_pipeline

import common
import har
from common.evaluation.splits import Split, subject_folds
from examples.boards import BOARDS, code_bytes, missing, stream_on
from examples.lab1_data import Lab, with_rotated_copies
from har import preprocessing
from har.embedded.fixed_point import from_pipeline
from har.embedded.recognizer import IntegerRecognizer

BAND = 0.1
DEVICE = common.CORTEX_M4
#: Counts of a usual sensor per unit: ±16 g and ±2,000 degrees per second in 16 bits.
COUNTS = {"[g]": 2048.0, "[m/s²]": 2048.0 / 9.80665, "[rad/s]": 938.7, "[deg/s]": 16.38}
#: Prototypes per class, and how distances become a class.
SIZES = ((1, "nearest"), (1, "linear"), (2, "nearest"), (4, "nearest"), (4, "linear"), (8, "nearest"))
BITS = (16, 8)
N_BOARD_WINDOWS = 200
#: Candidates whose accuracy differs by less are taken for equal.
AS_ACCURATE = 0.002


@dataclass(frozen=True)
class Candidate:
    """What can be chosen."""

    n_prototypes: int
    readout: str
    bits: int

    def __str__(self) -> str:
        return f"{self.n_prototypes} a class, {self.bits} bit" + (", linear" if self.readout == "linear" else "")


@dataclass(frozen=True)
class Budget:
    """What the device has to spare for a recogniser, and for one decision."""

    flash_bytes: int
    ram_bytes: int
    microjoules: float

    def allows(self, row: Any) -> bool:
        """Whether a row of :func:`validate_candidates` fits."""
        fits = row.flash_bytes <= self.flash_bytes and row.ram_bytes <= self.ram_bytes
        return bool(fits and row.microjoules <= self.microjoules)


def counts_per_unit(windows: har.Windows) -> list[float]:
    """For each channel by the unit in its name; MotionSense's gravity has its acceleration's."""
    units = [f"[{name.partition('[')[2]}" for name in windows.channels]
    unknown = [name for name, unit in zip(windows.channels, units, strict=True) if unit not in COUNTS]
    if unknown:
        raise common.InvalidInputError(f"channel {unknown[0]!r} has no unit of {', '.join(COUNTS)} in its name")
    return [COUNTS[unit] for unit in units]


def to_counts(X: Any, per_unit: list[float]) -> npt.NDArray[np.int16]:
    """As the sensor gives them."""
    return np.clip(np.floor(X * per_unit + 0.5), -32768, 32767).astype(np.int16)


def fit(lab: Lab, rows: Any, n_prototypes: int, readout: str, seed: int) -> Pipeline:
    """A pipeline from windows at the sensor's rate to classes, on the rows of training people."""
    windows, protocol = lab.windows, lab.protocol
    steps: list[Any] = []
    if protocol.has_gravity:
        steps.append(preprocessing.GravityFrame())
    elif lab.positive is not None:
        steps.append(preprocessing.Magnitude())
    steps += [
        preprocessing.Resample(rate_hz=windows.rate_hz, target_hz=protocol.slow_hz),
        preprocessing.ScaleChannels(),
        har.DTWPrototypeClassifier(n_prototypes, band=BAND, readout=readout, random_state=seed),
    ]
    X, y = with_rotated_copies(windows.X[rows], windows.y[rows], protocol.rotated_copies, seed)
    people = np.tile(windows.groups[rows], len(y) // len(rows))
    return make_pipeline(*steps).fit(X, y, dtwprototypeclassifier__groups=people)


def in_integers(lab: Lab, pipeline: Pipeline, bits: int) -> IntegerRecognizer:
    """The same as integers, for windows that follow one another."""
    windows = lab.windows
    window_s = windows.X.shape[1] / windows.rate_hz
    return from_pipeline(
        pipeline, rate_hz=windows.rate_hz, counts_per_unit=counts_per_unit(windows), bits=bits, step_s=window_s
    )


def validate_candidates(lab: Lab, split: Split, seed: int, n_folds: int = 3) -> pd.DataFrame:
    """Accuracy of each candidate on training people by folds, decided in integers, and what it needs."""
    rows = []
    people = lab.windows.groups[split.train]
    folds = subject_folds(people, n_folds=n_folds, random_state=seed)
    counts = to_counts(lab.windows.X, counts_per_unit(lab.windows))
    for n_prototypes, readout in SIZES:
        correct = dict.fromkeys(BITS, 0)
        for fold in folds:
            pipeline = fit(lab, split.train[fold.train], n_prototypes, readout, seed)
            held_out = split.train[fold.test]
            for bits in BITS:
                recognizer = in_integers(lab, pipeline, bits)
                correct[bits] += int((decided(recognizer, counts[held_out]) == lab.windows.y[held_out]).sum())
        for bits in BITS:
            candidate = Candidate(n_prototypes, readout, bits)
            with tempfile.TemporaryDirectory() as folder:
                exported = har.export_c(in_integers(lab, pipeline, bits), folder)
            rows.append(
                {
                    "candidate": candidate,
                    "accuracy": correct[bits] / len(split.train),
                    "flash_bytes": exported.flash_bytes,
                    "ram_bytes": exported.ram_bytes,
                    "instructions": exported.instructions,
                    "microjoules": 1e6 * exported.estimates([DEVICE])[0].energy_j,
                }
            )
    return pd.DataFrame(rows)


def decided(recognizer: IntegerRecognizer, counts: npt.NDArray[np.int16]) -> npt.NDArray[Any]:
    """The class of each window of counts."""
    return np.asarray(recognizer.classes[recognizer.decide(counts).class_index])


def choose(table: pd.DataFrame, budget: Budget) -> Candidate:
    """The smallest candidate within the budget that is as accurate as the best, up to what few windows decide."""
    allowed = table[[budget.allows(row) for row in table.itertuples()]]
    if allowed.empty:
        raise common.InvalidInputError(
            f"no candidate needs at most {budget.flash_bytes:,} bytes of flash, {budget.ram_bytes:,} of RAM and "
            f"{budget.microjoules:g} µJ; the smallest takes {table.flash_bytes.min():,} of flash, "
            f"{table.ram_bytes.min():,} of RAM and {table.microjoules.min():.0f} µJ: raise --flash, --ram or --energy"
        )
    alike = allowed[allowed.accuracy >= allowed.accuracy.max() - AS_ACCURATE]
    candidate: Candidate = alike.loc[alike.flash_bytes.idxmin()].candidate
    return candidate


def run_on_boards(
    exported: har.CExport, recognizer: IntegerRecognizer, counts: npt.NDArray[np.int16]
) -> list[dict[str, Any]]:
    """For each board: bytes of code, how many decisions equal Python's, and the work of the longest one."""
    windows = counts[:: max(1, len(counts) // N_BOARD_WINDOWS)]
    decisions = recognizer.decide(windows)
    expected = np.stack([decisions.class_index, decisions.prototype, decisions.distance.astype(np.int64)], axis=1)
    rows: list[dict[str, Any]] = []
    for board in BOARDS.values():
        reason = missing(board)
        if reason is not None:
            rows.append({"board": board.name, "absent": reason.partition(": ")[2]})
            continue
        n_windows = min(len(windows), 20 if board.name == "AVR" else len(windows))
        found = stream_on(board, exported, windows[:n_windows].reshape(-1, windows.shape[2]))
        rows.append(
            {
                "board": board.name,
                "code_bytes": code_bytes(board, exported.sources / "recognizer.c"),
                "equal": int((found[:, 1:4] == expected[:n_windows]).all(axis=1).sum()),
                "decisions": n_windows,
                "work": int(found[:, 4].max()),
                "unit": board.counts,
            }
        )
    return rows
