"""Windows held out from learning, on which it is decided when to stop."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from common.errors import InvalidInputError
from common.validation import IntArray


def hold_out(
    y: IntArray, groups: npt.NDArray[Any] | None, fraction: float, rng: np.random.Generator
) -> tuple[IntArray, IntArray]:
    """Indices to learn from, and to stop on: whole groups, or a share of every class if there are no groups.

    Raises
    ------
    InvalidInputError
        If there are too few groups or windows to hold any out, or if a class would lose all its training windows.
    """
    from sklearn.model_selection import GroupShuffleSplit, StratifiedShuffleSplit

    seed = int(rng.integers(2**31))
    try:
        if groups is None:
            splitter = StratifiedShuffleSplit(1, test_size=fraction, random_state=seed)
        else:
            splitter = GroupShuffleSplit(1, test_size=fraction, random_state=seed)
        train, held_out = next(splitter.split(y, y, groups))
    except ValueError as error:
        raise InvalidInputError(
            f"validation_fraction is {fraction:g}: {error}. Pass more subjects or windows, or 0 to learn from all"
        ) from error
    missing = np.setdiff1d(y, y[train])
    if len(missing):
        # Only a split by group can lose a class; a stratified one keeps all of them.
        names = np.unique(np.asarray(groups)[held_out])
        raise InvalidInputError(
            f"validation_fraction is {fraction:g}: without the held-out groups {names} "
            f"{len(missing)} class(es) have no training window left; hold out less, or use another random_state"
        )
    return train, held_out
