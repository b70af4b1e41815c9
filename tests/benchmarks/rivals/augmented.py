"""Augmented windows: the same changes, in the same amounts, for every method."""

from __future__ import annotations

import numpy as np

from har.preprocessing import Augmentation
from har.selection import LITTLE_CHANGE, MUCH_CHANGE
from tests.benchmarks.rivals.methods.method import NO_CHANGE, Array, Training

#: Copies of each window for methods that do not learn in epochs.
N_COPIES = 2

#: The amounts that prototypes are offered, the smaller first.
AMOUNTS = {"little": LITTLE_CHANGE, "much": MUCH_CHANGE}


def augmentation(change: str, triads: tuple[tuple[int, int, int], ...]) -> Augmentation | None:
    """The changes of this name, for a sensor's axes."""
    amounts = None if change == NO_CHANGE else AMOUNTS[change]
    if amounts is None:
        return None
    return Augmentation(
        triads, amounts.turn_degrees, amounts.time_warp, amounts.magnitude_warp, amounts.shift, amounts.n_knots
    )


def with_copies(training: Training) -> Training:
    """Windows followed by changed copies of all of them, if they are to be changed."""
    change = training.augmentation
    if change is None:
        return training
    rng = np.random.default_rng([training.seed, 7])
    copies: list[Array] = [change(training.X, rng).astype(np.float32) for _ in range(N_COPIES)]
    return Training(
        np.concatenate([training.X, *copies]),
        np.tile(training.y, 1 + N_COPIES),
        np.tile(training.people, 1 + N_COPIES),
        training.seed,
        training.triads,
    )
