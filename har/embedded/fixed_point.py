"""From a fitted pipeline to a recogniser that computes with integers only."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import check_is_fitted

from common.errors import InvalidInputError
from common.validation import check_integer, check_number
from har.embedded.arithmetic import UINT32_MAX
from har.embedded.channels import channels_read
from har.embedded.quantization import IntegerPrototypes, check_bits, quantize_prototypes
from har.embedded.readout import integer_readout
from har.embedded.recognizer import Hop, ImpactTrigger, IntegerRecognizer, Scaling
from har.embedded.scaling import scale_counts
from har.embedded.steps import Decimation, Step
from har.embedded.translation import Meaning, translate
from har.preprocessing.base import WindowTransformer
from har.preprocessing.channels import check_channels
from har.prototypes import DTWPrototypeClassifier

#: Channels are counted in one byte; with longer windows, a sum of counts would not fit ``int32_t``.
_MOST_CHANNELS, _LONGEST_WINDOW = 255, 65_535


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
        :class:`~har.preprocessing.LogJerk`, :class:`~har.preprocessing.GravityFrame` and
        :class:`~har.preprocessing.SeparateGravity` with ``method="mean"``. Windows have the length that the first of
        them was fitted on.
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
    rate_hz = _check_rate(rate_hz, first)
    before = _input_meaning(first.n_timesteps_in_, rate_hz, first.n_channels_in_, counts_per_unit)
    steps: tuple[Step, ...] = ()
    meaning = before
    for transformer in transformers:
        added, meaning = translate(transformer, meaning)
        steps += added
        _check_channels(meaning.n_channels)
    kept = _integer_prototypes(classifier, check_bits(bits))
    scaling = scale_counts(kept, meaning)
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


def _check_rate(rate_hz: float, first: Any) -> float:
    """Windows with a name for each channel have told the first step their rate."""
    rate_hz = check_number(rate_hz, "rate_hz", above=0)
    fitted = getattr(first, "rate_hz_in_", rate_hz)
    if not math.isclose(rate_hz, fitted, rel_tol=1e-6):
        raise InvalidInputError(
            f"rate_hz is {rate_hz:g}, but the model was fitted on windows of {fitted:g} Hz: pass that"
        )
    return rate_hz


def _input_meaning(
    n_timesteps: int, rate_hz: float, n_channels: int, counts_per_unit: float | Sequence[float]
) -> Meaning:
    _check_channels(n_channels)
    if n_timesteps > _LONGEST_WINDOW:
        raise InvalidInputError(
            f"windows have {n_timesteps:,} samples; in integers, at most {_LONGEST_WINDOW:,}: use shorter windows"
        )
    numbers = np.asarray(counts_per_unit)
    if numbers.ndim == 0:
        numbers = np.full(n_channels, counts_per_unit)
    if numbers.shape != (n_channels,):
        raise InvalidInputError(
            f"counts_per_unit has shape {numbers.shape}; pass one number, or one for each of {n_channels} channels"
        )
    counts = [check_number(number, f"counts_per_unit[{c}]", above=0) for c, number in enumerate(numbers.tolist())]
    return Meaning(n_timesteps, rate_hz, 1 / np.array(counts), np.zeros(n_channels))


def _check_channels(n_channels: int) -> None:
    if n_channels > _MOST_CHANNELS:
        raise InvalidInputError(f"windows have {n_channels} channels; in integers, at most {_MOST_CHANNELS}: use fewer")


def _integer_prototypes(classifier: DTWPrototypeClassifier, bits: int | None) -> IntegerPrototypes:
    kept = classifier.integer_prototypes_
    if kept is None:
        return quantize_prototypes(classifier.prototypes_, classifier.channel_weights_, bits or 16)
    if bits not in (None, kept.bits):
        raise InvalidInputError(
            f"bits is {bits}, but the classifier keeps integers of {kept.bits} bits: fit it with bits={bits}"
        )
    return kept


def _only_needed_channels(steps: tuple[Step, ...], scaling: Scaling) -> tuple[tuple[Step, ...], Scaling]:
    """The last decimation computes only the channels that are read."""
    for at, step in reversed([*enumerate(steps)]):
        if isinstance(step, Decimation):
            read, later, scaling = channels_read(steps[at + 1 :], scaling, len(step.channels))
            return (*steps[:at], replace(step, channels=step.channels[read]), *later), scaling
    return steps, scaling


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
