"""Compound scaling (EfficientNet): depth, width and resolution grow together, for 2^φ times the computation."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import product

from common.errors import InvalidInputError
from common.validation import check_number


@dataclass(frozen=True)
class CompoundScaling:
    """Depth times α^φ, width times β^φ, resolution times γ^φ.

    Computation grows as depth · width² · resolution², so with α·β²·γ² ≈ 2 it doubles when φ grows by 1. (The lecture's
    slide omits the square of γ.)

    Attributes
    ----------
    phi : float
        The computation grows by about 2^φ.
    alpha, beta, gamma : float
        Defaults are EfficientNet's, found by grid search at φ = 1.

    Raises
    ------
    InvalidInputError
        If φ is negative, or α, β or γ is below 1.

    References
    ----------
    Tan and Le: EfficientNet: rethinking model scaling for convolutional neural networks. ICML 2019.
    https://arxiv.org/abs/1905.11946

    Examples
    --------
    >>> scaling = CompoundScaling(phi=1)
    >>> round(scaling.computation, 2), scaling.repeats(2), scaling.filters(24), scaling.side(96)
    (1.92, 3, 24, 110)
    """

    phi: float = 1.0
    alpha: float = 1.2
    beta: float = 1.1
    gamma: float = 1.15

    def __post_init__(self) -> None:
        check_number(self.phi, "phi", at_least=0)
        for name in ("alpha", "beta", "gamma"):
            check_number(getattr(self, name), name, at_least=1)

    @property
    def computation(self) -> float:
        """Factor by which multiply-accumulates grow: (α·β²·γ²)^φ."""
        return float((self.alpha * self.beta**2 * self.gamma**2) ** self.phi)

    def repeats(self, blocks: int) -> int:
        """Number of blocks of a scaled stage, rounded up."""
        return math.ceil(blocks * float(self.alpha**self.phi))

    def filters(self, filters: int) -> int:
        """Scaled number of filters: the nearest multiple of 8 that is at most a tenth too small."""
        wanted = filters * self.beta**self.phi
        rounded = max(8, int(wanted + 4) // 8 * 8)
        return rounded if rounded >= 0.9 * wanted else rounded + 8

    def side(self, side: int) -> int:
        """Scaled side of the image in pixels."""
        return round(side * float(self.gamma**self.phi))


def scaling_grid(*, step: float = 0.05, tolerance: float = 0.1) -> list[CompoundScaling]:
    """All (α, β, γ) on a grid that about double the computation: |α·β²·γ² − 2| ≤ ``tolerance``.

    Parameters
    ----------
    step : float
        Of the grid, from 1 on.
    tolerance : float
        How far from doubling the computation may be.

    Returns
    -------
    list of CompoundScaling

    Raises
    ------
    InvalidInputError
        If ``step`` or ``tolerance`` is not above 0.

    Examples
    --------
    >>> CompoundScaling(phi=1, alpha=1.2, beta=1.1, gamma=1.15) in scaling_grid()
    True
    """
    check_number(step, "step", above=0)
    check_number(tolerance, "tolerance", above=0)
    factors = [round(1 + step * i, 6) for i in range(int(1 / step) + 1)]
    candidates = [CompoundScaling(1.0, *factor) for factor in product(factors, repeat=3)]
    return [candidate for candidate in candidates if abs(candidate.computation - 2) <= tolerance]


def search_scaling(
    score: Callable[[CompoundScaling], float], candidates: list[CompoundScaling] | None = None
) -> CompoundScaling:
    """Grid search at φ = 1: the scaling with the highest ``score``, or the first of several.

    Parameters
    ----------
    score : callable
        For example the accuracy of the scaled network on held-out subjects.
    candidates : list of CompoundScaling, optional
        Default: :func:`scaling_grid`. Each candidate needs a training, so pass few.

    Returns
    -------
    CompoundScaling

    Raises
    ------
    InvalidInputError
        If there is no candidate.

    Examples
    --------
    >>> search_scaling(lambda scaling: -abs(scaling.alpha - 1.2) - abs(scaling.gamma - 1.15)).beta
    1.1
    """
    candidates = scaling_grid() if candidates is None else list(candidates)
    if not candidates:
        raise InvalidInputError("candidates is empty: pass at least one CompoundScaling, or a larger tolerance")
    return max(candidates, key=score)
