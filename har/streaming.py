"""Recognises activities in a stream of samples, independently of how these are split into pushes."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from common.errors import InvalidInputError
from common.validation import Float64Array, check_integer, check_number, check_samples
from har.gaps import SlotBuffer
from har.streams.exclusive import Exclusive
from har.streams.intake import Intake
from har.streams.scoring import fitted_channels, window_scorer
from har.streams.stored import load_for_stream


# eq=False: comparing arrays gives no single answer.
@dataclass(frozen=True, eq=False)
class Recognition:
    """What was recognised in one window.

    Attributes
    ----------
    time_s : float
        When the window's last sample was measured: on the clock of the pushed time stamps, or in seconds since the
        first sample.
    label : object or None
        The class; None if the window is not available.
    probabilities : ndarray of shape (n_classes,)
        In the order of the recogniser's ``classes_``; NaN if the window is not available.
    available : bool
        False if some channel was missing for more than 200 ms at a stretch in this window.
    compute_s : float
        How long the classifier took; 0 if it was not run.
    silent_s : float
        If no sample came during the whole window: seconds from the sample before it to the next; otherwise 0. One
        recognition, of the last such window, stands for all of them.

    Examples
    --------
    >>> import har
    >>> model = har.DTWKNeighborsClassifier().fit([[0.0] * 4, [9.0] * 4], ["rest", "shake"])
    >>> recognizer = StreamingRecognizer(model, rate_hz=2, window_s=2, step_s=2)
    >>> first, second = recognizer.push([0, 0, 0, 0, 9, np.nan, np.nan, 9])  # two samples are missing: more than 200 ms
    >>> first.label, first.time_s, second.label, second.available
    ('rest', 1.5, None, False)
    """

    time_s: float
    label: Any
    probabilities: Float64Array
    available: bool
    compute_s: float
    silent_s: float = 0.0


@dataclass
class _StreamState:
    """All that changes from one push to the next."""

    intake: Intake
    buffer: SlotBuffer
    window_end: int  # the slot after the next window


class StreamingRecognizer:
    """Recognises activities in the newest ``window_s`` seconds of a stream, every ``step_s`` seconds.

    The first window ends with sample round(window_s · rate_hz), as in :func:`har.segment`. Memory use is fixed.
    All computation is in float64.

    Gaps of up to 200 ms, marked by NaN or shown by the time stamps, are interpolated linearly, channel by channel. A
    window with a longer gap gives a recognition that is not ``available``, never a class; the same goes for a pause,
    as soon as a later sample shows how long it was. Samples between the ticks of ``rate_hz`` are interpolated too.

    Time stamps must fit ``rate_hz``. Samples of a faster device are averaged, with a warning, which lowers peaks. If
    the device is slower, or stamps samples in bunches, windows are not ``available``, with a warning.

    A recogniser serves one stream. Two threads must not push at the same time; the second is refused.

    Parameters
    ----------
    classifier : DTWPrototypeClassifier, DTWKNeighborsClassifier or scikit-learn Pipeline
        Fitted on windows of ``window_s`` at ``rate_hz``; in a pipeline, transformers of :mod:`har.preprocessing` may
        precede the classifier. It must not be fitted again while it is in use here.
    rate_hz : float
        Samples per second.
    window_s, step_s : float
        Seconds, each rounded to whole samples. If the step is longer than the window, samples in between are ignored.
    tolerance_s : float, default 0
        How late samples may come, by their time stamps. All samples are held for this long, then sorted; copies are
        left out, and samples stamped in a bunch, as by a receiver of packets, are spread evenly over the time since
        the previous bunch, if none moves by more than the tolerance. Samples that come later are left out, with a
        warning. With 0, time stamps must increase.

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
    >>> bool(1 <= recognizer.worst_delay_s < 2)  # one step, and the time of computing
    True
    >>> recognizer.reset()  # the next sample is the first of another stream
    >>> recognizer.push(rest[:19])
    []
    """

    def __init__(
        self, classifier: Any, *, rate_hz: float, window_s: float, step_s: float, tolerance_s: float = 0.0
    ) -> None:
        self.classifier = classifier
        self.rate_hz = check_number(rate_hz, "rate_hz", above=0, below=1e6)
        self.window_s = check_number(window_s, "window_s", above=0, below=1e9)
        self.step_s = check_number(step_s, "step_s", above=0, below=1e9)
        self.tolerance_s = check_number(tolerance_s, "tolerance_s", at_least=0, below=3600)
        self.n_timesteps = check_integer(round(self.window_s * self.rate_hz), "window_s * rate_hz")
        self._step = check_integer(round(self.step_s * self.rate_hz), "step_s * rate_hz")
        self.n_channels = fitted_channels(classifier, self.n_timesteps)
        self.classes_ = np.asarray(classifier.classes_)
        self._labels = self.classes_.tolist()
        self._no_probabilities = np.full(len(self._labels), np.nan)
        self._no_probabilities.flags.writeable = False
        self._score_window = window_scorer(classifier)
        self._exclusive = Exclusive(
            "another thread is pushing to this recognizer: push from one thread only, or use a lock"
        )
        self._longest_compute_s = self._warm_up()
        self.reset()

    @classmethod
    def from_bundle(
        cls,
        path: str | os.PathLike[str],
        *,
        step_s: float,
        rate_hz: float | None = None,
        window_s: float | None = None,
        tolerance_s: float = 0.0,
        trusted: Iterable[str] = (),
    ) -> Self:
        """A recogniser with the classifier of a bundle, for windows like those that it was trained on.

        Parameters
        ----------
        path : path
            A bundle of :func:`common.save_bundle`.
        step_s, tolerance_s : float
            As for the class.
        rate_hz, window_s : float, optional
            Needed only if the bundle does not state them; it does if it was saved with ``trained_on``.
        trusted : list of str, optional
            As for :func:`common.load_bundle`.

        Raises
        ------
        InvalidInputError
            If the rate or the length is unknown, or contradicts the bundle, or the bundle holds no such classifier.
        ModelIntegrityError, UnsafeInputError
            As for :func:`common.load_bundle`.

        Examples
        --------
        >>> import tempfile
        >>> import common, har
        >>> X = np.sin(np.linspace(0, 9, 20) * np.array([1, 1.1, 2, 2.1])[:, None])
        >>> model = har.DTWPrototypeClassifier(1, method="medoid").fit(X, ["slow", "slow", "fast", "fast"])
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     common.save_bundle(model, folder, trained_on=common.TrainingData(rate_hz=10))
        ...     recognizer = StreamingRecognizer.from_bundle(folder, step_s=1)
        >>> recognizer.rate_hz, recognizer.window_s
        (10.0, 2.0)
        """
        model, rate_hz, window_s = load_for_stream(path, rate_hz=rate_hz, window_s=window_s, trusted=trusted)
        classifier = model.classifier if isinstance(model, cls) else model
        return cls(classifier, rate_hz=rate_hz, window_s=window_s, step_s=step_s, tolerance_s=tolerance_s)

    def __getstate__(self) -> dict[str, Any]:
        """Without the compiled call, which belongs to this process."""
        return {name: value for name, value in vars(self).items() if name != "_score_window"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        self._no_probabilities.flags.writeable = False
        self._score_window = window_scorer(self.classifier)

    def reset(self) -> None:
        """Forget all samples: the next one is the first of a new stream."""
        with self._exclusive:
            self._state = _StreamState(
                Intake.empty(self.n_channels, self.rate_hz, self.tolerance_s),
                SlotBuffer.empty(self.n_timesteps, self.n_channels, self.rate_hz),
                window_end=self.n_timesteps,
            )

    @property
    def worst_delay_s(self) -> float:
        """The longest time from the end of a motion to the first recognition whose window contains all of it.

        It is one step plus the tolerance and the longest computation so far. Missing samples add up to 200 ms and two
        samples; the time that the sender takes to collect a packet is not included.
        """
        return self._step / self.rate_hz + self.tolerance_s + self._longest_compute_s

    def push(self, samples: npt.ArrayLike, times_s: npt.ArrayLike | None = None) -> list[Recognition]:
        """Add the next samples, one or many; return a recognition for each window that they complete.

        Parameters
        ----------
        samples : array-like of shape (n_samples, n_channels)
            NaN where nothing was measured. A one-dimensional array is one sample, or samples of the only channel.
        times_s : array-like of shape (n_samples,), optional
            When each sample was measured, in seconds of any clock that never goes back; for all samples of a stream
            or for none. Without times, samples are taken to be evenly spaced.

        Raises
        ------
        InvalidInputError
            For a wrong number of channels, infinity, text, numbers too large for the classifier, times that do not
            increase (with a tolerance: that stay too late) or jump more than a day ahead (then call :meth:`reset`),
            times in milliseconds, and a push from a second thread. A refused push changes nothing.

        Warns
        -----
        FrugalWarning
            Once per stream if time stamps do not fit ``rate_hz``, and for each push with samples that came too late.
        """
        with self._exclusive:
            return self._push(samples, times_s)

    def _push(self, samples: npt.ArrayLike, times_s: npt.ArrayLike | None) -> list[Recognition]:
        chunk = check_samples(samples, "samples", n_channels=self.n_channels)
        # Work on a copy and keep it only at the end, so that an exception leaves the stream unchanged.
        intake, placed = self._state.intake.place(chunk, times_s)
        state = replace(self._state, intake=intake, buffer=self._state.buffer.copy())
        recognitions = []
        start = state.buffer.fill(placed, 0, state.window_end)
        while state.buffer.is_filled(state.window_end):
            recognitions.append(self._skip_pause(state, placed.positions[start:]) or self._recognize(state))
            state.window_end += self._step
            start = state.buffer.fill(placed, start, state.window_end)
        self._state = state
        self._longest_compute_s = max([self._longest_compute_s, *(r.compute_s for r in recognitions)])
        return recognitions

    def _skip_pause(self, state: _StreamState, positions: Float64Array) -> Recognition | None:
        """One recognition for all windows between the newest sample and the next one, if there are any."""
        pause = state.buffer.pause(positions[0], state.window_end, self.n_timesteps) if len(positions) else 0.0
        if pause == 0:
            return None
        n_more = (int(np.ceil(positions[0])) - state.window_end) // self._step
        state.window_end += n_more * self._step
        state.buffer.skip(state.window_end)
        return replace(self._recognize(state), silent_s=pause / self.rate_hz)

    def _recognize(self, state: _StreamState) -> Recognition:
        window = state.buffer.window(self.n_timesteps, state.window_end)
        time_s = state.intake.clock.time_s(state.window_end - 1)
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
        """Run the classifier so that it is compiled before the first window; return the seconds of a compiled run."""
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
