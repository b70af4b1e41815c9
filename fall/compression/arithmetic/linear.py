"""Linear quantization, r = S (q − Z): real numbers as small integers that share a scale.

The symbols are the lecture's: r real, q stored, S scale, Z zero point. ``clipping.py`` chooses the range of r, and
``granularity.py`` defines which r share S and Z.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from common.errors import InvalidInputError
from common.validation import FloatArray, check_integer, check_integers, check_tensor
from fall.compression.arithmetic.granularity import PER_TENSOR, Granularity

_MAX_MAGNITUDE = 1e38  # so that float32 can also represent the steps just beyond a range


@dataclass(frozen=True, eq=False)
class LinearQuantization:
    """A map between real numbers and integers of a few bits.

    Attributes
    ----------
    scale : array-like of shape (n_groups,)
        S > 0: the step between neighbouring real numbers.
    zero_point : array-like of int of shape (n_groups,)
        Z: the q that represents r = 0.
    bits : int
        2 to 32; q lies in [−2^(bits−1), 2^(bits−1) − 1].
    narrow : bool
        Omit the lowest q, so that the range is symmetric, as TFLite's [−127, 127] for weights.
    granularity : Granularity
        Which numbers of a tensor share an entry of ``scale``.

    Raises
    ------
    InvalidInputError
        If a scale is not positive, or a zero point is not a valid q.

    Examples
    --------
    The lecture's range from −1.08 to 2.12 with 2 bits:

    >>> linear = LinearQuantization.from_range(-1.08, 2.12, bits=2)
    >>> linear.scale.round(2), linear.zero_point
    (array([1.07]), array([-1]))
    >>> linear.quantize([2.09, -0.98, 1.48, 0.09])
    array([ 1, -2,  0, -1], dtype=int8)
    >>> linear.fake_quantize([2.09, -0.98, 1.48, 0.09]).round(2)
    array([ 2.13, -1.07,  1.07,  0.  ])
    >>> linear.dequantize([1, -2]).round(2), (linear.q_min, linear.q_max), linear.dtype
    (array([ 2.13, -1.07]), (-2, 1), dtype('int8'))

    Before rounding, where gradients pass, and the step of each number:

    >>> linear.scaled([1.6]).round(2), linear.gradient_mask([2.0, 9.0]), linear.steps((2,)).round(2)
    (array([0.5]), array([ True, False]), array([1.07, 1.07]))
    """

    scale: npt.NDArray[np.float64]
    zero_point: npt.NDArray[np.int64]
    bits: int = 8
    narrow: bool = False
    granularity: Granularity = PER_TENSOR

    def __post_init__(self) -> None:
        check_integer(self.bits, "bits", at_least=2, at_most=32)
        scale = np.atleast_1d(check_tensor(self.scale, "scale")).astype(np.float64)
        if scale.ndim != 1 or (scale <= 0).any():
            raise InvalidInputError(
                "scale must be one positive number for each group: see LinearQuantization.from_range"
            )
        zero_point = np.atleast_1d(
            check_integers(self.zero_point, "zero_point", at_least=self.q_min, at_most=self.q_max)
        )
        if zero_point.shape != scale.shape:
            raise InvalidInputError(
                f"zero_point has the shape {zero_point.shape} and scale {scale.shape}: give one of each for a group"
            )
        object.__setattr__(self, "scale", scale)
        object.__setattr__(self, "zero_point", zero_point)

    @classmethod
    def from_range(
        cls,
        low: npt.ArrayLike,
        high: npt.ArrayLike,
        *,
        bits: int = 8,
        symmetric: bool = False,
        narrow: bool = False,
        granularity: Granularity = PER_TENSOR,
    ) -> LinearQuantization:
        """The quantization of a range of real numbers.

        Parameters
        ----------
        low, high : array-like of shape (n_groups,), or a number
            The ends of the range, for each group. The range is extended to include 0, which padding and ReLU need
            exactly.
        bits, narrow, granularity
            See :class:`LinearQuantization`.
        symmetric : bool
            Z = 0 and S = max(−low, high) / q_max; otherwise S = (high − low) / (q_max − q_min) and
            Z = round(q_min − low / S).

        Raises
        ------
        InvalidInputError
            If the ends are not finite or of different shapes, or beyond float32, or ``bits`` does not lie from 2 to 32.

        Notes
        -----
        An empty range, which contains only 0, gets S = 1.
        """
        check_integer(bits, "bits", at_least=2, at_most=32)
        q_min, q_max = _integer_range(bits, narrow)
        low = np.minimum(np.atleast_1d(check_tensor(low, "low").astype(np.float64)), 0)
        high = np.maximum(np.atleast_1d(check_tensor(high, "high").astype(np.float64)), 0)
        if low.shape != high.shape:
            raise InvalidInputError(
                f"low has the shape {low.shape} and high {high.shape}: give one of each for a group"
            )
        if max(-low.min(), high.max()) > _MAX_MAGNITUDE:
            raise InvalidInputError(
                f"the range reaches beyond {_MAX_MAGNITUDE:g}: scale the values down, they exceed float32"
            )
        scale = np.maximum(-low, high) / q_max if symmetric else (high - low) / (q_max - q_min)
        scale = np.where(scale > np.finfo(np.float64).tiny, scale, 1.0)
        zero_point = np.zeros(scale.shape, np.int64) if symmetric else np.rint(q_min - low / scale).astype(np.int64)
        return cls(scale, zero_point, bits, narrow, granularity)

    @property
    def q_min(self) -> int:
        """The lowest integer."""
        return _integer_range(self.bits, self.narrow)[0]

    @property
    def q_max(self) -> int:
        """The highest integer."""
        return _integer_range(self.bits, self.narrow)[1]

    @property
    def dtype(self) -> np.dtype[Any]:
        """The smallest NumPy integer type that holds every q."""
        return np.min_scalar_type(self.q_min)

    def scaled(self, values: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """r / S + Z: q before rounding and clipping.

        Parameters
        ----------
        values : array-like of a shape that the granularity takes
            Real numbers.

        Raises
        ------
        InvalidInputError
            If ``values`` is empty or not finite.
        """
        reals = check_tensor(values, "values").astype(np.float64)
        scale, zero_point = self._by_element(reals.shape)
        with np.errstate(over="ignore"):  # infinity is clipped to q_max, as the exact quotient would be
            return reals / scale + zero_point

    def quantize(self, values: npt.ArrayLike) -> npt.NDArray[Any]:
        """q = clip(round(r / S + Z)), in :attr:`dtype`; ties go to the even integer.

        Parameters
        ----------
        values : array-like of a shape that the granularity takes
            Real numbers.
        """
        return np.clip(np.rint(self.scaled(values)), self.q_min, self.q_max).astype(self.dtype)

    def dequantize(self, integers: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """r = S (q − Z).

        Parameters
        ----------
        integers : array-like of int
            From :attr:`q_min` to :attr:`q_max`, of the shape that the granularity takes.

        Raises
        ------
        InvalidInputError
            If an integer is beyond that range.
        """
        stored = check_integers(integers, "integers", at_least=self.q_min, at_most=self.q_max)
        scale, zero_point = self._by_element(stored.shape)
        return scale * (stored - zero_point)

    def fake_quantize(self, values: npt.ArrayLike) -> FloatArray:
        """Quantize and dequantize: the forward pass of quantization-aware training.

        Parameters
        ----------
        values : array-like of a shape that the granularity takes
            Real numbers.

        Raises
        ------
        InvalidInputError
            If ``values`` is empty or not finite.
        """
        reals = check_tensor(values, "values")
        return self.dequantize(self.quantize(reals)).astype(reals.dtype)

    def gradient_mask(self, values: npt.ArrayLike) -> npt.NDArray[np.bool_]:
        """Where the straight-through estimator passes gradients: True where a value is not clipped.

        The derivative of rounding is 0 almost everywhere, so nothing would be learned. The estimator (Bengio et al.
        2013) replaces it by 1; the derivative of clipping remains 1 within the range and 0 beyond it.

        Parameters
        ----------
        values : array-like of a shape that the granularity takes
            Real numbers.
        """
        scaled = self.scaled(values)
        return (scaled >= self.q_min) & (scaled <= self.q_max)

    def steps(self, shape: tuple[int, ...]) -> npt.NDArray[np.float64]:
        """The scale of every number of a tensor of this shape."""
        return self._by_element(shape)[0]

    def _by_element(self, shape: tuple[int, ...]) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]]:
        """Scale and zero point of every number of a tensor."""
        groups = self.granularity.groups(shape)
        needed = int(groups.max(initial=-1)) + 1
        if needed != len(self.scale):
            raise InvalidInputError(
                f"a tensor of shape {shape} has {needed} groups per {self.granularity.kind}, but there are "
                f"{len(self.scale)} scales: quantize tensors of the shape that the scales were chosen for"
            )
        return self.scale[groups], self.zero_point[groups]


def straight_through(
    gradient: npt.ArrayLike, values: npt.ArrayLike, quantization: LinearQuantization
) -> npt.NDArray[np.float64]:
    """The gradient with respect to ``values``, given the gradient with respect to their fake quantization.

    Parameters
    ----------
    gradient, values : array-like
        Of one shape, which the granularity takes.
    quantization : LinearQuantization

    Returns
    -------
    ndarray of the shape of ``values``

    Raises
    ------
    InvalidInputError
        If the shapes differ, or a number is not finite.

    References
    ----------
    Bengio et al.: Estimating or propagating gradients through stochastic neurons. 2013. https://arxiv.org/abs/1308.3432

    Examples
    --------
    >>> linear = LinearQuantization.from_range(-1.0, 1.0, bits=4, symmetric=True, narrow=True)
    >>> straight_through([0.5, 0.5, 0.5], [-3.0, 0.2, 0.9], linear)
    array([0. , 0.5, 0.5])
    """
    upstream = check_tensor(gradient, "gradient").astype(np.float64)
    mask = quantization.gradient_mask(values)
    if upstream.shape != mask.shape:
        raise InvalidInputError(f"gradient has the shape {upstream.shape} and values {mask.shape}; they must agree")
    return np.where(mask, upstream, 0.0)


def _integer_range(bits: int, narrow: bool) -> tuple[int, int]:
    half = 1 << (bits - 1)
    return -half + bool(narrow), half - 1
