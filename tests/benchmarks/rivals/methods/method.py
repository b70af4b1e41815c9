"""What a method is: how it is trained, in which sizes it comes, and what one trained model keeps."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
UNKNOWN = -1

NO_CHANGE = "none"
#: How training windows may be changed at random.
CHANGES = (NO_CHANGE, "little", "much")


@dataclass(frozen=True, eq=False)
class Fitted:
    """A trained model.

    Attributes
    ----------
    scores : callable
        Windows ``(n, n_timesteps, n_channels)`` to scores ``(n, n_classes)``: the largest wins.
    kept_bytes : int
        What must be kept to decide, in the numbers that would be shipped.
    operations : int
        Multiply-accumulates and comparisons of one decision; :data:`UNKNOWN` where nobody counts them.
    """

    scores: Callable[[Array], Array]
    kept_bytes: int
    operations: int = UNKNOWN


@dataclass(frozen=True)
class Training:
    """What a method learns from.

    Attributes
    ----------
    X, y, people : ndarray
        Windows ``(n, n_timesteps, n_channels)``, class indices, and the person of each.
    seed : int
        Of all random choices.
    triads : tuple of three channels each
        x, y and z of each sensor.
    augmentation : callable or None
        ``augmentation(X, rng)`` changes windows at random; for methods that learn in epochs.
    """

    X: Array
    y: Array
    people: Array
    seed: int
    triads: tuple[tuple[int, int, int], ...] = ()
    augmentation: Callable[[Array, np.random.Generator], Array] | None = None

    @property
    def n_classes(self) -> int:
        """Classes are 0 … n − 1, and each occurs."""
        return int(self.y.max()) + 1


@dataclass(frozen=True)
class Setting:
    """What is chosen on training people."""

    size: str
    change: str
    form: str

    def __str__(self) -> str:
        change = "" if self.change == NO_CHANGE else f", {self.change} changed"
        form = "" if self.size.endswith(self.form) else f", {self.form}"
        return f"{self.size}{change}{form}"


@dataclass(frozen=True)
class Method:
    """A way to classify windows.

    Attributes
    ----------
    name : str
    label, family : str
        In the figure.
    fit : callable or None
        From :class:`Training` and a size to :class:`Fitted`; None: another environment trains it.
    sizes : tuple of str
        Main parameter, the smallest first.
    sizes_of_many : tuple of str
        Instead of ``sizes`` for more than 2,500 training windows, if those would take more than ten minutes a fold.
    forms, changes : tuple of str
        Forms of the windows, as far as a set has them, and how training windows are changed, to choose from.
    form_of_size : mapping
        The form of the windows where a size demands one; the others begin with the first of ``forms``.
    in_epochs : bool
        Whether it changes windows itself, anew in each epoch; otherwise it is given copies.
    revision : int
        Results of other revisions are not used.
    stored_as : str
        The method whose stored results it shares; empty: its own.
    most_inner : int or None
        Inner folds are thinned to so many windows, evenly chosen, where settings would otherwise take hours to compare;
        None: all windows.
    """

    name: str
    label: str
    family: str
    fit: Callable[[Training, str], Fitted] | None
    sizes: tuple[str, ...]
    sizes_of_many: tuple[str, ...] = ()
    forms: tuple[str, ...] = ("slow", "raw", "jerk")
    changes: tuple[str, ...] = CHANGES
    form_of_size: Mapping[str, str] = field(default_factory=dict)
    in_epochs: bool = False
    revision: int = 1
    stored_as: str = ""
    most_inner: int | None = None

    def sizes_for(self, n_training: int) -> tuple[str, ...]:
        """What can be trained on so many windows."""
        return self.sizes_of_many or self.sizes if n_training > MANY else self.sizes


MANY = 2500


def two_columns(decision: Array) -> Array:
    """Scores of a linear decision: for two classes scikit-learn gives one column."""
    return np.stack([-decision, decision], axis=1) if decision.ndim == 1 else decision
