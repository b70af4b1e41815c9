"""From a fitted pipeline to a recogniser that computes with integers only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import check_is_fitted

from common.errors import InvalidInputError
from common.validation import Float64Array, check_integer, check_number
from har.embedded.arithmetic import INT32_MAX, UINT32_MAX
from har.embedded.quantization import IntegerPrototypes, check_bits, quantize_prototypes
from har.embedded.readout import integer_readout
from har.embedded.recognizer import Hop, ImpactTrigger, IntegerRecognizer, Scaling
from har.embedded.steps import Decimation, Step
from har.embedded.translation import Meaning, translate
from har.preprocessing.base import WindowTransformer
from har.preprocessing.channels import check_channels
from har.prototypes import DTWPrototypeClassifier

#: A multiplier of fewer bits would distort its channel by more than 0.4%.
_LEAST_MULTIPLIER = 128


def from_pipeline(
    pipeline_or_classifier: Any,
    *,
    rate_hz: float,
    counts_per_unit: float | Sequence[float],
    bits: int | None = None,
    step_s: float | None = None,
    impact_above: float | None = None,
    impact_channels: Sequence[int] = (0, 1, 2),
    reject_above: float | None = None,
) -> IntegerRecognizer:
    """The recogniser that decides about counts of the sensor as the pipeline does about values, in integers.

    Parameters
    ----------
    pipeline_or_classifier : Pipeline or DTWPrototypeClassifier
        Fitted. The steps of a pipeline may be :class:`~har.preprocessing.Resample` (to one of n samples),
        :class:`~har.preprocessing.ScaleChannels`, :class:`~har.preprocessing.Magnitude`,
        :class:`~har.preprocessing.GravityFrame` and :class:`~har.preprocessing.SeparateGravity` with
        ``method="mean"``. Windows have the length that the first of them was fitted on.
    rate_hz : float
        Samples of the sensor per second.
    counts_per_unit : float or sequence of float
        Counts of the sensor per unit of the pipeline's input; one number for all channels, or one each. Count 0 is the
        value 0.
    bits : {16, 8}, optional
        How prototypes are kept. None means as they are, or 16 if they are not integers yet.
    step_s : float, optional
        Seconds from one window of a stream to the next. None means half a window.
    impact_above : float, optional
        For falls, in place of ``step_s``: a window is decided around each sample whose magnitude over
        ``impact_channels`` reaches this, in the unit of the input.
    impact_channels : sequence of int
        Up to three channels of the sensor, of the same counts per unit.
    reject_above : float, optional
        A window at this DTW distance or more from all prototypes is of no class.

    Returns
    -------
    IntegerRecognizer

    Raises
    ------
    InvalidInputError
        For a step without an integer form, and for ranges that do not fit; the message has the numbers.

    Examples
    --------
    >>> import har
    >>> t = np.arange(32) / 16
    >>> X = np.array([np.sin(2 * np.pi * f * t) for f in (1, 2)] * 4)[:, :, None]
    >>> model = har.DTWPrototypeClassifier(1, method="medoid").fit(X, ["slow", "fast"] * 4)
    >>> recognizer = from_pipeline(model, rate_hz=16, counts_per_unit=1000)
    >>> decisions = recognizer.decide(np.round(1000 * X[:2]).astype(np.int16))
    >>> recognizer.classes[decisions.class_index].tolist(), decisions.distance.tolist()
    (['slow', 'fast'], [0, 0])
    """
    transformers, classifier = _parts(pipeline_or_classifier)
    first = transformers[0] if transformers else classifier
    before = _input_meaning(first.n_timesteps_in_, first.n_channels_in_, counts_per_unit)
    rate_hz = check_number(rate_hz, "rate_hz", above=0)
    steps: tuple[Step, ...] = ()
    meaning = before
    for transformer in transformers:
        added, meaning = translate(transformer, meaning)
        steps += added
    kept = _integer_prototypes(classifier, check_bits(bits))
    scaling = _scaling(kept, meaning)
    steps, scaling = _only_needed_channels(steps, scaling)
    if impact_above is None:
        schedule: Hop | ImpactTrigger = _hop(step_s, rate_hz, first.n_timesteps_in_)
    else:
        schedule = _impact_trigger(impact_above, impact_channels, before)
    readout = classifier._readout
    return IntegerRecognizer(
        classes=classifier.classes_,
        steps=steps,
        scaling=scaling,
        prototypes=kept.values,
        class_indices=classifier._class_indices.astype(np.uint8),
        radius=classifier._radius,
        saturates=kept.saturates,
        readout=None if readout is None else integer_readout(readout, kept.distance_scale),
        threshold=_threshold(reject_above, kept.distance_scale),
        distance_scale=kept.distance_scale,
        length=first.n_timesteps_in_,
        n_inputs=first.n_channels_in_,
        rate_hz=rate_hz,
        schedule=schedule,
    )


def _parts(model: Any) -> tuple[list[WindowTransformer], DTWPrototypeClassifier]:
    steps = [step for _, step in model.steps] if isinstance(model, Pipeline) else [model]
    *transformers, classifier = [step for step in steps if step is not None and step != "passthrough"]
    if type(classifier) is not DTWPrototypeClassifier:
        raise InvalidInputError(
            f"the classifier is a {type(classifier).__name__}; only a DTWPrototypeClassifier, or a Pipeline that ends "
            "in one, has an integer form"
        )
    for step in (*transformers, classifier):
        check_is_fitted(step)
    if classifier.n_neighbors != 1:
        raise InvalidInputError(
            f"n_neighbors is {classifier.n_neighbors}; in integers, the nearest prototype decides: use n_neighbors=1"
        )
    if len(classifier.classes_) > 255 or len(classifier.prototypes_) > 32_767:
        raise InvalidInputError(
            f"the classifier has {len(classifier.classes_)} classes and {len(classifier.prototypes_)} prototypes; "
            "one byte counts up to 255 classes and two up to 32,767 prototypes"
        )
    return transformers, classifier


def _input_meaning(n_timesteps: int, n_channels: int, counts_per_unit: float | Sequence[float]) -> Meaning:
    numbers = np.asarray(counts_per_unit)
    if numbers.ndim == 0:
        numbers = np.full(n_channels, counts_per_unit)
    if numbers.shape != (n_channels,):
        raise InvalidInputError(
            f"counts_per_unit has shape {numbers.shape}; pass one number, or one for each of {n_channels} channels"
        )
    counts = [check_number(number, f"counts_per_unit[{c}]", above=0) for c, number in enumerate(numbers.tolist())]
    return Meaning(n_timesteps, 1 / np.array(counts), np.zeros(n_channels))


def _integer_prototypes(classifier: DTWPrototypeClassifier, bits: int | None) -> IntegerPrototypes:
    kept = classifier.integer_prototypes_
    if kept is None:
        return quantize_prototypes(classifier.prototypes_, classifier.channel_weights_, bits or 16)
    if bits not in (None, kept.bits):
        raise InvalidInputError(
            f"bits is {bits}, but the classifier keeps integers of {kept.bits} bits: fit it with bits={bits}"
        )
    return kept


def _scaling(kept: IntegerPrototypes, meaning: Meaning) -> Scaling:
    """Of each channel, the multiplier of most bits with which nothing leaves 32 bits."""
    factor = meaning.scale[kept.channels] / kept.scale
    zero = (meaning.offset[kept.channels] - kept.centre) / kept.scale
    _check_reach(kept, factor, zero)
    constants = [_multiplier(f, z, int(c)) for f, z, c in zip(factor, zero, kept.channels, strict=True)]
    multiplier, shift, offset = (np.array(values) for values in zip(*constants, strict=True))
    return Scaling(
        kept.channels.astype(np.uint8),
        multiplier.astype(np.int16),
        shift.astype(np.uint8),
        offset.astype(np.int32),
        kept.limit,
    )


def _check_reach(kept: IntegerPrototypes, factor: Float64Array, zero: Float64Array) -> None:
    """Refuse counts that cannot express the prototypes."""
    for c, channel in enumerate(kept.channels):
        values = kept.values[:, :, c].astype(np.float64)
        counts = (np.array([values.min(), values.max()]) - zero[c]) / factor[c]
        if np.abs(counts).max() > 32_768:
            raise InvalidInputError(
                f"counts_per_unit: the prototypes reach from {counts[0]:,.0f} to {counts[1]:,.0f} counts in channel "
                f"{channel} of the classifier, and int16 from -32,768 to 32,767: pass fewer counts per unit"
            )


def _multiplier(factor: float, zero: float, channel: int) -> tuple[int, int, int]:
    """Multiplier, shift and offset such that ``(x · multiplier + offset) >> shift`` is factor · x + zero, rounded."""
    for shift in range(30, -1, -1):
        multiplier = int(np.floor(factor * 2.0**shift + 0.5))
        offset = int(np.floor(zero * 2.0**shift + 0.5)) + (1 << shift >> 1)
        if multiplier <= 32_767 and 32_768 * multiplier + abs(offset) <= INT32_MAX:
            if multiplier < _LEAST_MULTIPLIER:
                raise InvalidInputError(
                    f"counts_per_unit: in channel {channel} of the classifier, a step of the integers is "
                    f"{1 / factor:,.0f} counts, and they are centred at {-zero / factor:,.0f} counts, which 32 bits do "
                    "not resolve: pass fewer counts per unit"
                )
            return multiplier, shift, offset
    raise InvalidInputError(
        f"counts_per_unit: in channel {channel} of the classifier, one count is {factor:,.0f} steps of the integers: "
        "pass more counts per unit"
    )


def _only_needed_channels(steps: tuple[Step, ...], scaling: Scaling) -> tuple[tuple[Step, ...], Scaling]:
    """A decimation at the end computes only the channels that are compared."""
    if not steps or not isinstance(steps[-1], Decimation):
        return steps, scaling
    needed = replace(steps[-1], channels=steps[-1].channels[scaling.channels])
    return (*steps[:-1], needed), replace(scaling, channels=np.arange(len(scaling.channels), dtype=np.uint8))


def _hop(step_s: float | None, rate_hz: float, length: int) -> Hop:
    if step_s is None:
        return Hop(max(1, length // 2))
    return Hop(check_integer(round(check_number(step_s, "step_s", above=0) * rate_hz), "step_s · rate_hz"))


def _impact_trigger(impact_above: float, channels: Sequence[int], before: Meaning) -> ImpactTrigger:
    chosen = check_channels(channels, before.n_channels, "impact_channels")
    if not 1 <= len(chosen) <= 3:
        raise InvalidInputError(f"impact_channels names {len(chosen)} channels; the magnitude is of one to three")
    counts = check_number(impact_above, "impact_above", above=0) / before.shared_scale(chosen, "impact_above")
    energy = int(np.ceil(counts * counts))
    if energy > len(chosen) * 32_767**2:
        raise InvalidInputError(
            f"impact_above is {impact_above:g}, which is {counts:,.0f} counts: {len(chosen)} channels of int16 never "
            "reach it, pass less"
        )
    length = before.n_timesteps
    return ImpactTrigger(np.array(chosen, dtype=np.uint8), energy, length - 1 - length // 2)


def _threshold(reject_above: float | None, distance_scale: float) -> int:
    if reject_above is None:
        return UINT32_MAX
    distance = check_number(reject_above, "reject_above", above=0)
    return min(int(np.ceil(distance * distance / distance_scale)), UINT32_MAX)


__all__ = ["IntegerRecognizer", "from_pipeline"]
