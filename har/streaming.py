"""A stream of samples in, recognitions out: the same ones however the samples are split into pushes."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from common.errors import InvalidInputError
from common.validation import Float64Array, check_integer, check_number, check_samples
from har.gaps import SlotBuffer, SlotClock
from har.prototypes import DTWPrototypeClassifier


# eq=False: comparing arrays gives no single answer.
@dataclass(frozen=True, eq=False)
class Recognition:
    """What was recognised in one window.

    Attributes
    ----------
    time_s : float
        When the window's last sample was measured: as the pushed time stamps count it, or in seconds since the first
        sample.
    label : object or None
        The class; None if the window is not available.
    probabilities : ndarray of shape (n_classes,)
        In the order of the recogniser's ``classes_``; NaN if the window is not available.
    available : bool
        False if some channel was missing for more than 200 ms at a stretch in this window.
    compute_s : float
        How long the classifier took; 0 if it was not asked.
    """

    time_s: float
    label: Any
    probabilities: Float64Array
    available: bool
    compute_s: float


@dataclass
class _StreamState:
    """All that changes from one push to the next."""

    clock: SlotClock
    buffer: SlotBuffer
    window_end: int  # the slot after the next window


class StreamingRecognizer:
    """Recognises activities in the newest ``window_s`` seconds of a stream, every ``step_s`` seconds.

    The first window ends with sample round(window_s · rate_hz), as in :func:`har.segment`. Memory use is fixed.
    All computation is in float64.

    Gaps of up to 200 ms, marked by NaN or shown by the time stamps, are interpolated linearly, channel by channel. A
    window with a longer gap gives a recognition that is not ``available``, never a class; the same goes for a pause,
    as soon as a later sample shows how long it was. Samples between the ticks of ``rate_hz`` are interpolated too.

    A recogniser serves one stream and must be used from one thread.

    Parameters
    ----------
    classifier : DTWPrototypeClassifier, DTWKNeighborsClassifier or scikit-learn Pipeline
        Fitted on windows of ``window_s`` at ``rate_hz``; in a pipeline, transformers of :mod:`har.preprocessing` may
        precede the classifier. It must not be fitted again while it is in use here.
    rate_hz : float
        Samples per second.
    window_s, step_s : float
        Seconds, each rounded to whole samples. If the step is longer than the window, samples in between are ignored.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The order of the probabilities.
    n_timesteps, n_channels : int
        Shape of a window.

    Raises
    ------
    InvalidInputError
        If the classifier does not accept such windows.

    Examples
    --------
    >>> import har
    >>> walk, rest = np.sin(np.arange(100)), np.zeros(100)
    >>> windows = np.stack([walk[:20], walk[7:27], rest[:20], rest[:20] + 0.1])
    >>> model = har.DTWKNeighborsClassifier().fit(windows, ["walk", "walk", "rest", "rest"])
    >>> recognizer = StreamingRecognizer(model, rate_hz=10, window_s=2, step_s=1)
    >>> [(r.time_s, r.label) for r in recognizer.push(walk[:40])]
    [(1.9, 'walk'), (2.9, 'walk'), (3.9, 'walk')]
    >>> recognizer.push(np.full(9, np.nan))  # the gap may still turn out to be short: wait
    []
    >>> [(r.time_s, r.label) for r in recognizer.push(rest[:21])]
    [(4.9, None), (5.9, None), (6.9, 'rest')]
    """

    def __init__(self, classifier: Any, *, rate_hz: float, window_s: float, step_s: float) -> None:
        self.classifier = classifier
        self.rate_hz = check_number(rate_hz, "rate_hz", above=0, below=1e6)
        self.window_s = check_number(window_s, "window_s", above=0, below=1e9)
        self.step_s = check_number(step_s, "step_s", above=0, below=1e9)
        self.n_timesteps = check_integer(round(self.window_s * self.rate_hz), "window_s * rate_hz")
        self._step = check_integer(round(self.step_s * self.rate_hz), "step_s * rate_hz")
        self.n_channels = _fitted_channels(classifier, self.n_timesteps)
        self.classes_ = np.asarray(classifier.classes_)
        self._labels = self.classes_.tolist()
        self._no_probabilities = np.full(len(self._labels), np.nan)
        self._no_probabilities.flags.writeable = False
        self._score_window = _window_scorer(classifier)
        self._longest_compute_s = self._warm_up()
        self.reset()

    def __getstate__(self) -> dict[str, Any]:
        """Without the compiled call, which belongs to this process."""
        return {name: value for name, value in vars(self).items() if name != "_score_window"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        self._no_probabilities.flags.writeable = False
        self._score_window = _window_scorer(self.classifier)

    def reset(self) -> None:
        """Forget all samples: the next one is the first of a new stream."""
        self._state = _StreamState(
            SlotClock(self.rate_hz),
            SlotBuffer.empty(self.n_timesteps, self.n_channels, self.rate_hz),
            window_end=self.n_timesteps,
        )

    @property
    def worst_delay_s(self) -> float:
        """The longest time from the end of a motion to the first recognition whose window contains all of it.

        It is one step plus the longest computation so far. Missing samples add up to 200 ms and two samples; what the
        sender needs to collect a packet comes on top.
        """
        return self._step / self.rate_hz + self._longest_compute_s

    def push(self, samples: npt.ArrayLike, times_s: npt.ArrayLike | None = None) -> list[Recognition]:
        """Add the next samples, one or many; return a recognition for each window that they complete.

        Parameters
        ----------
        samples : array-like of shape (n_samples, n_channels)
            NaN where nothing was measured. A one-dimensional array is one sample, or samples of the only channel.
        times_s : array-like of shape (n_samples,), optional
            When each sample was measured, in seconds of any clock that only goes forward: for all samples of a stream
            or for none. Without times, samples are evenly spaced.

        Raises
        ------
        InvalidInputError
            For a wrong number of channels, infinity, text, numbers too large for the classifier, and times that do
            not increase or jump more than a day ahead (then call :meth:`reset`). A refused push changes nothing.
        """
        chunk = check_samples(samples, "samples", n_channels=self.n_channels)
        # Work on a copy and keep it only at the end, so that an exception leaves the stream unchanged.
        clock, positions = self._state.clock.advance(len(chunk), times_s)
        state = replace(self._state, clock=clock, buffer=self._state.buffer.copy())
        recognitions = []
        start = state.buffer.fill(chunk, positions, 0, state.window_end)
        while state.buffer.is_filled(state.window_end):
            recognitions.append(self._recognize(state))
            state.window_end += self._step
            start = state.buffer.fill(chunk, positions, start, state.window_end)
        self._state = state
        self._longest_compute_s = max([self._longest_compute_s, *(r.compute_s for r in recognitions)])
        return recognitions

    def _recognize(self, state: _StreamState) -> Recognition:
        window = state.buffer.window(self.n_timesteps, state.window_end)
        time_s = state.clock.time_s(state.window_end - 1)
        if not np.isfinite(window).all():
            return Recognition(time_s, None, self._no_probabilities, available=False, compute_s=0.0)
        began = time.perf_counter()
        with np.errstate(over="ignore", invalid="ignore"):
            probabilities = self._score_window(window)
        compute_s = time.perf_counter() - began
        if not np.isfinite(probabilities).all():
            raise InvalidInputError(
                f"samples up to {time_s:g} s are too large, up to {np.abs(window).max():g}: use a larger unit, "
                "or NaN for what was not measured"
            )
        label = self._labels[int(np.argmax(probabilities))]
        return Recognition(time_s, label, probabilities, available=True, compute_s=compute_s)

    def _warm_up(self) -> float:
        """Run the classifier so that it is compiled before the first window; the seconds of a run once it is."""
        window = np.zeros((self.n_timesteps, self.n_channels))
        try:
            self.classifier.predict_proba(window[None])
        except (TypeError, ValueError) as error:
            raise InvalidInputError(
                f"the classifier refuses windows of {self.n_timesteps} samples (window_s * rate_hz) and "
                f"{self.n_channels} channels: {error}"
            ) from error
        self._score_window(window)
        began = time.perf_counter()
        self._score_window(window)
        return time.perf_counter() - began


def _window_scorer(classifier: Any) -> Callable[[Float64Array], Float64Array]:
    """A function from one checked window ``(n_timesteps, n_channels)`` to its probabilities ``(n_classes,)``."""
    if type(classifier) is DTWPrototypeClassifier:  # a subclass may override predict_proba
        return classifier.window_scorer()
    return partial(_score_by_predict_proba, classifier)


def _score_by_predict_proba(classifier: Any, window: Float64Array) -> Float64Array:
    return np.asarray(classifier.predict_proba(window[None])[0], dtype=np.float64)


def _fitted_channels(classifier: Any, n_timesteps: int) -> int:
    """The number of channels that the classifier was fitted on, if its windows had ``n_timesteps`` samples."""
    from sklearn.utils.validation import check_is_fitted

    if not hasattr(classifier, "fit") or isinstance(classifier, type):
        raise InvalidInputError(f"classifier is {classifier!r}; pass a fitted one, such as a DTWPrototypeClassifier")
    check_is_fitted(classifier)
    n_features = getattr(classifier, "n_features_in_", None)
    if n_features is None or not hasattr(classifier, "predict_proba"):
        raise InvalidInputError(
            f"classifier is a {type(classifier).__name__} without n_features_in_ or predict_proba: pass a classifier "
            "of har, or a Pipeline that begins with a transformer of har.preprocessing"
        )
    if n_features % n_timesteps:
        raise InvalidInputError(
            f"window_s * rate_hz is {n_timesteps} samples, but the classifier was fitted on windows of {n_features} "
            "numbers, which is not a multiple of it: pass the window_s and rate_hz that it was fitted on"
        )
    return int(n_features // n_timesteps)
