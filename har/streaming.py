"""A stream of samples in, recognitions out: the same ones however the samples are cut into pieces."""

import time
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from common.errors import InvalidInputError
from common.validation import check_integer, check_number, check_samples
from har.compiled import window_call
from har.gaps import SlotBuffer, SlotClock


# eq=False: arrays have no single answer to ==.
@dataclass(frozen=True, eq=False)
class Recognition:
    """What was recognised in one window.

    Attributes
    ----------
    time_s : float
        When the window's last sample was measured: in the time of the stamps that were pushed, otherwise in
        seconds since the first sample.
    label : object or None
        The class; None if the sensor was absent.
    probabilities : ndarray of shape (n_classes,)
        In the order of the recogniser's ``classes_``; NaN if the sensor was absent.
    available : bool
        False if a channel was missing in this window for longer than 200 ms at a stretch.
    compute_s : float
        How long the classifier took; 0 if it was not asked.
    """

    time_s: float
    label: Any
    probabilities: npt.NDArray[np.float64]
    available: bool
    compute_s: float


@dataclass
class _Stream:
    """Where a stream stands."""

    clock: SlotClock
    buffer: SlotBuffer
    window_end: int  # the slot after the next window


class StreamingRecognizer:
    """Recognises activities in the newest ``window_s`` seconds of a stream, every ``step_s`` seconds.

    The first window ends with sample round(window_s · rate_hz), as :func:`har.segment` cuts it. Memory is fixed.
    All is computed in float64.

    Gaps of up to 200 ms, whether NaN was pushed or time stamps show that samples are missing, are interpolated
    linearly, channel by channel. A window with a longer gap gives a recognition that is not ``available``, never a
    class: so does silence, once a later sample tells of it. Samples off the beat of ``rate_hz`` are interpolated too.

    A recogniser serves one stream, from one thread.

    Parameters
    ----------
    classifier : DTWPrototypeClassifier, DTWKNeighborsClassifier or scikit-learn Pipeline
        Fitted on windows of ``window_s`` at ``rate_hz``; transformers of :mod:`har.preprocessing` may stand before
        the classifier in a pipeline. It must not be fitted again while it is in use here.
    rate_hz : float
        Samples a second.
    window_s, step_s : float
        Seconds; each is rounded to whole samples. A step longer than the window leaves samples out.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The order of the probabilities.
    n_timesteps, n_channels : int
        Shape of a window.

    Raises
    ------
    InvalidInputError
        If the classifier cannot take such windows.

    Examples
    --------
    >>> import har
    >>> walk, rest = np.sin(np.arange(100)), np.zeros(100)
    >>> windows = np.stack([walk[:20], walk[7:27], rest[:20], rest[:20] + 0.1])
    >>> model = har.DTWKNeighborsClassifier().fit(windows, ["walk", "walk", "rest", "rest"])
    >>> recognizer = StreamingRecognizer(model, rate_hz=10, window_s=2, step_s=1)
    >>> [(r.time_s, r.label) for r in recognizer.push(walk[:40])]
    [(1.9, 'walk'), (2.9, 'walk'), (3.9, 'walk')]
    >>> recognizer.push(np.full(9, np.nan))  # it may be a short gap: wait
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
        self.n_channels = _channels(classifier, self.n_timesteps)
        self.classes_ = np.asarray(classifier.classes_)
        self._labels = self.classes_.tolist()
        self._absent = np.full(len(self._labels), np.nan)
        self._absent.flags.writeable = False
        self._call = window_call(classifier)
        self._slowest_s = self._try()
        self.reset()

    def __getstate__(self) -> dict[str, Any]:
        """Without the compiled call, which belongs to this process."""
        return {name: value for name, value in vars(self).items() if name != "_call"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        self._absent.flags.writeable = False
        self._call = window_call(self.classifier)

    def reset(self) -> None:
        """Forget all samples: the next one is the first of a new stream."""
        self._stream = _Stream(
            SlotClock(self.rate_hz),
            SlotBuffer.empty(self.n_timesteps, self.n_channels, self.rate_hz),
            window_end=self.n_timesteps,
        )

    @property
    def worst_delay_s(self) -> float:
        """Longest time from a motion's end to a recognition that has seen all of it: one step, and the slowest
        computation so far. Where samples are missing, up to 200 ms and two samples more; and the sender's packets.
        """
        return self._step / self.rate_hz + self._slowest_s

    def push(self, samples: npt.ArrayLike, times_s: npt.ArrayLike | None = None) -> list[Recognition]:
        """Take the next samples, one or many; return a recognition for each window that became complete.

        Parameters
        ----------
        samples : array-like of shape (n_samples, n_channels)
            NaN where nothing was measured. One dimension is one sample, or samples of the only channel.
        times_s : array-like of shape (n_samples,), optional
            When each was measured, in seconds on any clock that only goes forwards: for all samples of a stream or
            for none. Without, samples are evenly spaced.

        Raises
        ------
        InvalidInputError
            For another number of channels, infinity, text, numbers too large for the classifier, and times that do
            not increase or jump more than a day ahead (then :meth:`reset`). Nothing of a refused push is taken.
        """
        chunk = check_samples(samples, "samples", n_channels=self.n_channels)
        # Worked on apart and kept at the end: whatever is raised on the way, the stream is as it was.
        clock, places = self._stream.clock.place(len(chunk), times_s)
        stream = replace(self._stream, clock=clock, buffer=self._stream.buffer.copy())
        recognitions = []
        start = stream.buffer.feed(chunk, places, 0, stream.window_end)
        while stream.buffer.knows(stream.window_end):
            recognitions.append(self._recognize(stream))
            stream.window_end += self._step
            start = stream.buffer.feed(chunk, places, start, stream.window_end)
        self._stream = stream
        self._slowest_s = max([self._slowest_s, *(recognition.compute_s for recognition in recognitions)])
        return recognitions

    def _recognize(self, stream: _Stream) -> Recognition:
        window = stream.buffer.last(self.n_timesteps, stream.window_end)
        time_s = stream.clock.time_s(stream.window_end - 1)
        if not np.isfinite(window).all():
            return Recognition(time_s, None, self._absent, available=False, compute_s=0.0)
        began = time.perf_counter()
        with np.errstate(over="ignore", invalid="ignore"):
            probabilities = self._call(window)
        compute_s = time.perf_counter() - began
        if not np.isfinite(probabilities).all():
            raise InvalidInputError(
                f"samples up to {time_s:g} s are too large, up to {np.abs(window).max():g}: use a larger unit, "
                "or NaN for what was not measured"
            )
        label = self._labels[int(np.argmax(probabilities))]
        return Recognition(time_s, label, probabilities, available=True, compute_s=compute_s)

    def _try(self) -> float:
        """Ask the classifier once, so that the first window finds it compiled; the seconds of a second time."""
        window = np.zeros((self.n_timesteps, self.n_channels))
        try:
            self.classifier.predict_proba(window[None])
        except (TypeError, ValueError) as error:
            raise InvalidInputError(
                f"the classifier refuses windows of {self.n_timesteps} samples (window_s * rate_hz) and "
                f"{self.n_channels} channels: {error}"
            ) from error
        self._call(window)
        began = time.perf_counter()
        self._call(window)
        return time.perf_counter() - began


def _channels(classifier: Any, n_timesteps: int) -> int:
    """The channels of windows of ``n_timesteps`` that the classifier was fitted on."""
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
            "numbers, which is no multiple of it: pass the window_s and rate_hz that it was fitted on"
        )
    return int(n_features // n_timesteps)
