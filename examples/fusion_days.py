"""Days of simulated residents: what each sensor says of them, second by second.

Days are streamed: samples go through a :class:`har.StreamingRecognizer` as they come, and each frame is drawn, judged
and forgotten. What is kept of a day is a number a second and sensor, and it is kept on disk, so that an interrupted
run goes on where it was.
"""

import hashlib
import os
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import numpy.typing as npt
from rich.progress import track

import common
import fall
import har
from common import DayScenario, SimulatedRecording
from examples.terminal import console

FloatArray = npt.NDArray[np.float64]

WINDOW_S = 3.0
N_PROTOTYPES = 8
_TURN_DEG_S = 200.0  # counts as much as 1 g
# Windows to train on that hold nothing but rest would drown the others: most are left out.
_CUT_EVERY_S = 0.5
_MOVES_G = 0.4
_REST_KEPT = 0.02

_RECENT_S = 3.0  # frames that are averaged
_BATCH = 64
_IN_BED = 0.9  # of the box
_LOST = 0.1  # of the samples
_BURSTS = {"short": (0.04, 0.2), "long": (0.2, 1.0)}


@dataclass(frozen=True)
class WatchedDay:
    """What was said at the end of every second of a day.

    Attributes
    ----------
    wearable, camera : ndarray of shape (n_seconds,)
        Probability of a fall; NaN where the sensor could not say.
    wearable_short, wearable_long : ndarray of shape (n_seconds,)
        The wearable's with a tenth of its samples lost in bursts of up to 0.2 s, and of 0.2 to 1 s.
    peak_g, aspect : ndarray of shape (n_seconds,)
        The naive baselines: largest acceleration in this second, and width over height of the latest box.
    frames : ndarray of shape (n_seconds,)
        How many frames were judged in it.
    """

    wearable: FloatArray
    wearable_short: FloatArray
    wearable_long: FloatArray
    camera: FloatArray
    peak_g: FloatArray
    aspect: FloatArray
    frames: FloatArray


def train_wearable(scenario: DayScenario, seeds: tuple[int, ...], *, jobs: int) -> har.DTWPrototypeClassifier:
    """A few learned profiles, from days of some residents."""
    work = (joblib.delayed(_windows)(scenario, seed) for seed in seeds)
    parts = list(track(_parallel(jobs)(work), "wearable: training days", total=len(seeds), console=console))
    X, y = (np.concatenate(part) for part in zip(*parts, strict=True))
    return har.DTWPrototypeClassifier(N_PROTOTYPES, method="learned", band=0.1, random_state=0).fit(X, y)


def channels(samples: FloatArray) -> FloatArray:
    """Samples as the wearable's classifier takes them: both vectors and their lengths, in units of equal weight."""
    scaled = samples / np.repeat([1.0, _TURN_DEG_S], 3)
    lengths = [np.linalg.norm(scaled[:, part], axis=1, keepdims=True) for part in (slice(0, 3), slice(3, 6))]
    return np.hstack([scaled, *lengths])


def _windows(scenario: DayScenario, seed: int) -> tuple[FloatArray, npt.NDArray[np.int64]]:
    """Windows of one day and whether a fall's impact lies in the middle of them; borderline ones are left out."""
    day = common.simulate_resident(scenario, seed=seed)
    rate = scenario.sensor.rate_hz
    length, step = round(WINDOW_S * rate), round(_CUT_EVERY_S * rate)
    rng = np.random.default_rng(seed)
    windows, labels = [], []
    held = np.empty((0, 8))
    first = 0  # sample number of held[0]
    for chunk in day.inertial:
        held = np.concatenate([held, channels(chunk.samples)])
        while len(held) >= length:
            window, end_s = held[:length], (first + length) / rate
            label = _label(day, end_s)
            if label == 1 or (label == 0 and (_moves(window) or rng.random() < _REST_KEPT)):
                windows.append(window)
                labels.append(label)
            held = held[step:]
            first += step
    return np.stack(windows), np.array(labels)


def _label(day: SimulatedRecording, end_s: float) -> int:
    for one in day.labels.falls:
        if one.onset_s < end_s < one.up_s + WINDOW_S:
            return 1 if 0.25 * WINDOW_S <= end_s - one.impact_s <= 0.75 * WINDOW_S else -1
    return 0


def _moves(window: FloatArray) -> bool:
    turned = np.linalg.norm(window[:10, :3].mean(axis=0) - window[-10:, :3].mean(axis=0))
    return bool(np.ptp(window[:, 6]) > _MOVES_G or turned > _MOVES_G)


def watch(
    scenario: DayScenario,
    seeds: tuple[int, ...],
    wearable: har.DTWPrototypeClassifier,
    camera: "fall.CompressedModel",
    *,
    title: str,
    keep: Path,
    jobs: int,
) -> list[WatchedDay]:
    """Every day through both sensors; those that were watched before by the same classifiers are read from ``keep``."""
    folder = keep / _fingerprint(scenario, wearable, camera)
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{seed}.npz" for seed in seeds]
    missing = [(seed, path) for seed, path in zip(seeds, paths, strict=True) if not path.exists()]
    work = (joblib.delayed(_watch_and_keep)(scenario, seed, wearable, camera, path) for seed, path in missing)
    for _ in track(_parallel(jobs)(work), title, total=len(missing), console=console):
        pass
    return [_read(path) for path in paths]


def _watch_and_keep(
    scenario: DayScenario, seed: int, wearable: har.DTWPrototypeClassifier, camera: "fall.CompressedModel", path: Path
) -> None:
    day = common.simulate_resident(scenario, seed=seed)
    watched = WatchedDay(**_feel(day, wearable), **_see(day, camera))
    # Whoever looks finds a whole file or none.
    part = path.with_suffix(f".{os.getpid()}.part.npz")
    np.savez_compressed(part, **{field.name: getattr(watched, field.name) for field in fields(watched)})
    part.replace(path)


def _read(path: Path) -> WatchedDay:
    with np.load(path) as arrays:
        return WatchedDay(**arrays)


def _feel(day: SimulatedRecording, wearable: har.DTWPrototypeClassifier) -> dict[str, FloatArray]:
    """What the wearable says, with all samples and with some lost."""
    rate = day.scenario.sensor.rate_hz
    n_seconds = int(day.duration_s)
    names = {"wearable": None, **{f"wearable_{name}": burst for name, burst in _BURSTS.items()}}
    said = {name: np.full(n_seconds, np.nan) for name in names}
    said["peak_g"] = np.zeros(n_seconds)
    clock = {"rate_hz": rate, "window_s": WINDOW_S, "step_s": 1.0}
    recognizers = {name: har.StreamingRecognizer(wearable, **clock) for name in names}
    rng = np.random.default_rng([day.seed, 99])
    for minute in _minutes(day):
        for name, burst in names.items():
            samples = minute.samples
            if burst is not None and len(samples) > 3 * rate:
                samples = common.drop_bursts(samples, share=_LOST, burst_s=burst, rate_hz=rate, rng=rng)
            for recognition in recognizers[name].push(channels(samples)):
                second = round(recognition.time_s + 1 / rate) - 1
                if second < n_seconds:
                    said[name][second] = recognition.probabilities[1]
        seconds = ((minute.start_s + np.arange(len(minute.samples)) / rate) + 1e-9).astype(int)
        np.maximum.at(said["peak_g"], seconds, np.linalg.norm(minute.samples[:, :3], axis=1))
    return said


def _minutes(day: SimulatedRecording) -> Iterator[Any]:
    """The chunks of a recording, put together to at least a minute: bursts need room."""
    held: list[Any] = []
    for chunk in day.inertial:
        held.append(chunk)
        if sum(len(one.samples) for one in held) >= 60 * day.scenario.sensor.rate_hz:
            yield held[0]._replace(samples=np.concatenate([one.samples for one in held]))
            held = []
    if held:
        yield held[0]._replace(samples=np.concatenate([one.samples for one in held]))


def _see(day: SimulatedRecording, model: "fall.CompressedModel") -> dict[str, FloatArray]:
    """What the camera says: of each person the mean of the latest frames, of several people the worst.

    While nothing moves, the picture is as it was, and so is what is said of it. Of a resident who is out of reach and
    of a visitor who has not moved for a minute, nothing is said. Neither of somebody in a bed or on a sofa as the
    camera sees it: to lie there is no fall, so that the camera cannot tell.
    """
    classifier = fall.TFLiteFallClassifier(model)
    seconds = np.arange(1.0, day.duration_s + 1)
    n_seconds = int(day.duration_s)
    frames = np.zeros(n_seconds)
    seen: dict[str, list[tuple[float, float, float]]] = {}
    waiting: deque[Any] = deque()

    zones = _zones(day)

    def judge() -> None:
        for shot, p in zip(waiting, classifier.predict_proba(np.stack([s.draw() for s in waiting]))[:, 1], strict=True):
            told = np.nan if _is_within(shot.box, zones) else p
            seen.setdefault(shot.subject, []).append((shot.time_s, told, shot.box.w / shot.box.h))
        waiting.clear()

    for shot in day.frames:
        frames[min(int(shot.time_s), n_seconds - 1)] += 1
        waiting.append(shot)
        if len(waiting) == _BATCH:
            judge()
    if waiting:
        judge()
    said = {"camera": np.full(len(seconds), np.nan), "aspect": np.full(len(seconds), np.nan)}
    for subject, looks in seen.items():
        times, p, aspect = np.array(looks).T
        is_resident = subject.endswith("resident")
        absent = day.labels.is_away(seconds) if is_resident else _idle(times, seconds)
        for name, values in (("camera", p), ("aspect", aspect)):
            held = np.where(absent, np.nan, _latest(times, values, seconds))
            said[name] = np.fmax(said[name], held)
    return {**said, "frames": frames}


def _zones(day: SimulatedRecording) -> FloatArray:
    """What whoever installs the camera would draw round beds and sofas: left, upper, right, lower edges in pixels."""
    corners = []
    for piece in day.room.furniture:
        if piece.kind in ("bed", "sofa"):
            (x1, y1), (x2, y2) = piece.footprint()
            heights = (piece.seat - 0.15, piece.seat + 0.45)
            corners.append([(x, y, z) for x in (x1, x2) for y in (y1, y2) for z in heights])
    return np.asarray(day.room.camera.bounds(np.array(corners)))


def _is_within(box: Any, zones: FloatArray) -> bool:
    """Whether a person's box lies nearly whole inside one of the zones."""
    across = np.minimum(box.x + box.w, zones[:, 2]) - np.maximum(box.x, zones[:, 0])
    down = np.minimum(box.y + box.h, zones[:, 3]) - np.maximum(box.y, zones[:, 1])
    shared = np.clip(across, 0, None) * np.clip(down, 0, None)
    return bool(shared.max() > _IN_BED * box.w * box.h)


def _latest(times: FloatArray, values: FloatArray, clock: FloatArray) -> FloatArray:
    """At each time of the clock the mean of the values of the last moments in which there were any.

    NaN if one of them is: whoever has just been in bed is not yet out of it.
    """
    stop = np.searchsorted(times, clock, side="right")
    last = times[np.maximum(stop - 1, 0)]
    start = np.searchsorted(times, last - _RECENT_S, side="right")
    missing = np.isnan(values)
    total, unknown = (
        cumulated[stop] - cumulated[start]
        for cumulated in (np.append(0.0, np.cumsum(part)) for part in (np.where(missing, 0.0, values), missing))
    )
    return np.where((stop > 0) & (unknown == 0), total / np.maximum(stop - start, 1), np.nan)


def _idle(times: FloatArray, clock: FloatArray) -> npt.NDArray[np.bool_]:
    stop = np.searchsorted(times, clock, side="right")
    return np.asarray(clock - times[np.maximum(stop - 1, 0)] > 60.0)


def _fingerprint(scenario: DayScenario, wearable: har.DTWPrototypeClassifier, camera: "fall.CompressedModel") -> str:
    """A name for these classifiers on these days."""
    content = hashlib.sha256(repr(scenario).encode() + camera.tflite)
    for array in (wearable.prototypes_, wearable.channel_weights_):
        content.update(np.ascontiguousarray(array).tobytes())
    return content.hexdigest()[:16]


def _parallel(jobs: int) -> Any:
    return joblib.Parallel(n_jobs=jobs, return_as="generator")
