"""A recogniser in integers: all of its constants, and what it computes from them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from common.errors import InvalidInputError
from har.embedded.arithmetic import Int16Array
from har.embedded.decisions import Decisions, LinearReadout, UInt32Array, decide_by_readout, decide_nearest
from har.embedded.integer_dtw import all_distances, class_distances, nearest_prototypes
from har.embedded.steps import Step

if TYPE_CHECKING:
    from har.embedded.stream import IntegerStream


@dataclass(frozen=True, eq=False)
class Scaling:
    """Counts to the integers that are compared: q = clip((x · multiplier + offset) >> shift, −limit, limit).

    ``offset`` holds the half that rounds, and the channel's centre; nothing leaves ``int32_t`` for any ``int16_t`` x.

    Attributes
    ----------
    channels : ndarray of uint8 of shape (n_channels,)
        Of the last step's output; channels of weight zero are not among them.
    multiplier : ndarray of int16 of shape (n_channels,)
        At least 1.
    shift : ndarray of uint8 of shape (n_channels,)
        0 to 30.
    offset : ndarray of int32 of shape (n_channels,)
    limit : int
        At most 127 for 8 bits and 16,383 for 16 bits.
    """

    channels: npt.NDArray[np.uint8]
    multiplier: npt.NDArray[np.int16]
    shift: npt.NDArray[np.uint8]
    offset: npt.NDArray[np.int32]
    limit: int

    def apply(self, windows: Int16Array) -> Int16Array:
        """The scaled windows ``(n, n_timesteps, n_channels)``."""
        values = windows[:, :, self.channels].astype(np.int64)
        scaled = (values * self.multiplier + self.offset) >> self.shift
        return np.asarray(np.clip(scaled, -self.limit, self.limit), dtype=np.int16)


@dataclass(frozen=True, eq=False)
class Hop:
    """A window whenever ``length`` samples have come, and then after every ``step`` more."""

    step: int


@dataclass(frozen=True, eq=False)
class ImpactTrigger:
    """A window about each impact: what :func:`har.segment_at_peak` cuts, found while samples arrive.

    The energy of a sample is Σ x² over ``channels`` (up to three; raw counts) in ``uint32_t``. A sample whose energy is
    at least ``threshold`` and larger than that of the impact being waited for (0 if none is) becomes the impact, and
    ``after`` more samples are waited for. When they have come, and as many samples as a window has, the window that
    ends here is decided, and no impact is waited for any more.

    Attributes
    ----------
    channels : ndarray of uint8
    threshold : int
        ``uint32_t``, at least 1.
    after : int
        Samples between the impact and the end of the window: length − 1 − length // 2.
    """

    channels: npt.NDArray[np.uint8]
    threshold: int
    after: int


@dataclass(frozen=True, eq=False)
class IntegerRecognizer:
    """From counts of the sensor to a decision, with integers only.

    A window of counts ``(length, n_inputs)`` goes through ``steps`` in their order (``int16_t`` in, ``int16_t`` out),
    then through ``scaling``, which gives ``(n_timesteps, n_channels)``. Then:

    - nearest prototype (``readout`` is None): :func:`har.embedded.integer_dtw.nearest_prototypes`;
    - linear readout: :func:`har.embedded.integer_dtw.all_distances`, then :class:`LinearReadout`.

    The decision is class −1 if the distance to the nearest prototype is at least ``threshold``. :meth:`stream` decides
    windows while samples arrive, by the same arithmetic as :meth:`decide`.

    Attributes
    ----------
    classes : ndarray of shape (n_classes,)
        The labels; a decision holds positions in it.
    prototypes : ndarray of int8 or int16 of shape (n_prototypes, n_timesteps, n_channels)
        Row-major. All values lie within ±limit of ``scaling``.
    class_indices : ndarray of uint8 of shape (n_prototypes,)
    radius : int
        Of the Sakoe-Chiba band, at most n_timesteps − 1.
    saturates : bool
        Whether additions have to saturate at 2**32 − 1. If not, (2 n_timesteps − 1) · n_channels · (2 · limit)² is at
        most 2**32 − 1, which was checked when this was built, and they may be plain.
    threshold : int
        ``uint32_t``; 2**32 − 1 rejects only distances that have saturated.
    distance_scale : float
        Squared DTW distance of the classifier = distance · distance_scale; for people, not for the decision.
    length, n_inputs : int
        Samples of a window, and channels of the sensor.
    rate_hz : float
        Samples of the sensor per second.
    schedule : Hop or ImpactTrigger
        When a stream decides.
    """

    classes: npt.NDArray[Any]
    steps: tuple[Step, ...]
    scaling: Scaling
    prototypes: npt.NDArray[np.int8] | npt.NDArray[np.int16]
    class_indices: npt.NDArray[np.uint8]
    radius: int
    saturates: bool
    readout: LinearReadout | None
    threshold: int
    distance_scale: float
    length: int
    n_inputs: int
    rate_hz: float
    schedule: Hop | ImpactTrigger

    def decide(self, windows: npt.ArrayLike) -> Decisions:
        """Decide windows of counts ``(n, length, n_inputs)``.

        Raises
        ------
        InvalidInputError
            Unless they are integers of ``int16_t`` in this shape.
        """
        return self.decide_scaled(self.prepare(windows))

    def prepare(self, windows: npt.ArrayLike) -> Int16Array:
        """What is compared with the prototypes: ``(n, n_timesteps, n_channels)``."""
        values = check_counts(windows, "windows", (self.length, self.n_inputs))
        for step in self.steps:
            values = step.apply(values)
        return np.ascontiguousarray(self.scaling.apply(values))

    def decide_scaled(self, scaled: Int16Array) -> Decisions:
        """Decide windows that :meth:`prepare` has returned."""
        if self.readout is not None:
            return decide_by_readout(self.distances(scaled), self.readout, self.threshold)
        index = np.empty(len(scaled), dtype=np.int16)
        distance = np.empty(len(scaled), dtype=np.uint32)
        nearest_prototypes(scaled, self.prototypes, self.radius, index, distance)
        return decide_nearest(index, distance, self.class_indices, self.threshold)

    def distances(self, scaled: Int16Array) -> UInt32Array:
        """The distance of prepared windows to each prototype ``(n, n_prototypes)``."""
        out = np.empty((len(scaled), len(self.prototypes)), dtype=np.uint32)
        all_distances(scaled, self.prototypes, self.radius, out)
        return out

    def class_scores(self, scaled: Int16Array) -> npt.NDArray[np.int64]:
        """A number per class of prepared windows ``(n, n_classes)``, the larger the likelier.

        With a readout its scores, otherwise the negative distance to the class's nearest prototype.
        """
        if self.readout is not None:
            return self.readout.scores(self.distances(scaled)).astype(np.int64)
        out = np.empty((len(scaled), len(self.classes)), dtype=np.uint32)
        class_distances(scaled, self.prototypes, self.class_indices, self.radius, out)
        return -out.astype(np.int64)

    def stream(self) -> IntegerStream:
        """The beginning of a stream of samples."""
        from har.embedded.stream import IntegerStream

        return IntegerStream(self)


def check_counts(value: npt.ArrayLike, name: str, shape: tuple[int, ...]) -> Int16Array:
    """Integers of ``int16_t`` in an array ``(n, *shape)``; other types of integer are taken if their values fit."""
    counts = np.asarray(value)
    if counts.dtype.kind not in "iu":
        raise InvalidInputError(
            f"{name} holds {counts.dtype} but must hold integers, the counts of the sensor: multiply by "
            "counts_per_unit, round, and convert to int16"
        )
    if counts.ndim != len(shape) + 1 or counts.shape[1:] != shape:
        raise InvalidInputError(f"{name} has shape {counts.shape}; it must be (n, {', '.join(map(str, shape))})")
    if counts.size and (counts.min() < -32768 or counts.max() > 32767):
        raise InvalidInputError(
            f"{name} holds counts from {counts.min()} to {counts.max()}; int16 holds -32768 to 32767: shift right"
        )
    return counts.astype(np.int16, copy=False)
