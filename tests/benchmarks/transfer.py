"""Profiles of simulated windows, judged on measured ones: how far the simulation carries.

Four seconds round the strongest acceleration, at 10 Hz, four profiles, threshold 0.5. The channels, the number of
profiles, and to train on the kinds of fall that a source's protocol names, were chosen on UMAFall's even subjects and
SisFall's SA01 to SA06 and SE01 to SE04: other people, and training on falls of every kind, have rows of their own.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.signal import decimate
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

import har
from common.evaluation.intervals import bootstrap_by_group
from common.simulation.inertial import CHANNELS, InertialSensor
from common.simulation.people.activities import ACTIVITIES, IN_PLACE, OUT_OF_VIEW, RARE_ACTIVITIES, perform
from common.simulation.people.episode import Episode
from common.simulation.people.resident import Resident
from common.simulation.rooms.room import Room
from common.validation import FloatArray
from har import preprocessing
from har.datasets import fall_labels

RATE_HZ = 20.0
WINDOW_S = 4.0
SEEDS = (0, 1, 2)
N_PROFILES = 4
_TRIAL_S = 15.0  # as long as a trial of UMAFall
_ROOMS = 4
_TIMES = 2  # each activity of a room
_STEADY_S = 1.0  # the time at the beginning of a window, and the average later on, that tell gravity

UMAFALL_RANGES = {"range_g": 8.0, "range_deg_s": 256.0}
SISFALL_RANGES = {"range_g": 16.0, "range_deg_s": 2000.0}
SISFALL_CHOSEN = (*(f"SA{number:02}" for number in range(1, 7)), *(f"SE{number:02}" for number in range(1, 5)))


# UMAFall's falls are forward, backwards and to a side, all from standing; SisFall's also from a chair, and fainting.
NOT_IN_UMAFALL = ("Fall sitting", "Collapse")


class Source(NamedTuple):
    """Measured recordings, on which of them something was chosen, and how the simulation imitates them."""

    name: str
    measured: har.Recordings
    chosen_on: npt.NDArray[np.bool_]
    sensor: InertialSensor
    with_leaning: bool
    left_out: tuple[str, ...]  # falls that are not of its kinds


def at_20_hz(signal: FloatArray) -> FloatArray:
    """A signal of 100 Hz, without what 20 Hz cannot hold."""
    return np.asarray(decimate(signal, 5, axis=0, ftype="fir"))


def sources(umafall: dict[str, har.Recordings], sisfall: har.Recordings) -> Iterator[Source]:
    """UMAFall's waist and wrist, and SisFall, each at 20 Hz."""
    for position, recordings in umafall.items():
        even = recordings.groups.astype(int) % 2 == 0
        sensor = InertialSensor(position, rate_hz=RATE_HZ, **UMAFALL_RANGES)
        yield Source(f"UMAFall {position}", recordings, even, sensor, position == "waist", NOT_IN_UMAFALL)
    sensor = InertialSensor("waist", rate_hz=100.0, **SISFALL_RANGES)
    yield Source("SisFall waist", sisfall, np.isin(sisfall.groups, SISFALL_CHOSEN), sensor, True, ())


def everything(n_people: int) -> Iterator[tuple[int, Episode]]:
    """All that each of ``n_people`` does, by seed: falls and other activities in rooms, at a seat, and elsewhere."""
    for seed in range(1, n_people + 1):
        rng = np.random.default_rng([seed, 5])
        resident, rooms = Resident.random(rng), [Room.random(rng) for _ in range(_ROOMS)]
        for activity in _TIMES * [*ACTIVITIES, *RARE_ACTIVITIES]:
            rng.shuffle(rooms)
            episode = next(filter(None, (perform(activity, resident, room, rng) for room in rooms)), None)
            if episode is not None:
                yield seed, episode
        for name, elsewhere in OUT_OF_VIEW.items():
            yield seed, elsewhere(name, resident, _TRIAL_S, rng)
        seated = OUT_OF_VIEW["Sit elsewhere"]("Sit elsewhere", resident, _TRIAL_S, rng)
        for name, in_place in IN_PLACE.items():
            yield seed, in_place(name, seated, _TRIAL_S, rng)


def simulated_windows(episodes: list[tuple[int, Episode]], sensor: InertialSensor) -> har.Windows:
    """What a sensor measures of each episode, round its peak."""
    rng = np.random.default_rng(6)
    signals = [sensor.measure(episode, rng) for _, episode in episodes]
    if sensor.rate_hz != RATE_HZ:
        signals = [at_20_hz(signal) for signal in signals]
    labels = [int(episode.fall is not None) for _, episode in episodes]
    recordings = har.Recordings(signals, labels, [seed for seed, _ in episodes], RATE_HZ, CHANNELS)
    return har.segment_at_peak(recordings, window_s=WINDOW_S)


def lengths(X: FloatArray) -> FloatArray:
    """Lengths of acceleration and turning: they do not depend on how a sensor hangs."""
    return np.stack([np.linalg.norm(X[:, :, :3], axis=2), np.linalg.norm(X[:, :, 3:6], axis=2)], axis=2)


def lengths_and_leaning(X: FloatArray) -> FloatArray:
    """:func:`lengths`, and the cosine of the angle between gravity now and in the first second of the window."""
    steady = round(_STEADY_S * RATE_HZ)
    first = np.median(X[:, :steady, :3], axis=1)
    padded = np.pad(X[:, :, :3], ((0, 0), (steady // 4, steady // 4), (0, 0)), mode="edge")
    now = np.lib.stride_tricks.sliding_window_view(padded, 2 * (steady // 4) + 1, axis=1).mean(axis=-1)
    lean = np.einsum("nti,ni->nt", now, first) / (np.linalg.norm(now, axis=2) * np.linalg.norm(first, axis=1)[:, None])
    return np.concatenate([lengths(X), lean[:, :, None]], axis=2)


def classifier(*, with_leaning: bool, seed: int) -> Any:
    """Learned profiles. At the wrist gravity tells nothing: an arm turns with every gesture."""
    return make_pipeline(
        FunctionTransformer(lengths_and_leaning if with_leaning else lengths),
        preprocessing.Resample(rate_hz=RATE_HZ, target_hz=10.0),
        preprocessing.ScaleChannels(),
        har.DTWPrototypeClassifier(N_PROFILES, random_state=seed),
    )


def judge(source: Source, episodes: list[tuple[int, Episode]]) -> None:
    """Print a row for the people on whom something was chosen, for the others, and for all."""
    windows = har.segment_at_peak(fall_labels(source.measured), window_s=WINDOW_S)
    truth, people, chosen_on = np.asarray(windows.y), windows.groups, source.chosen_on[windows.recording]
    simulated = simulated_windows(episodes, source.sensor)
    activities = np.array([episode.activity for _, episode in episodes])[simulated.recording]

    def scores(training: har.Windows) -> FloatArray:
        models = (classifier(with_leaning=source.with_leaning, seed=seed) for seed in SEEDS)
        return np.array([model.fit(training.X, training.y).predict_proba(windows.X)[:, 1] for model in models])

    everybody = np.full(len(truth), True)
    known = scores(simulated.subset(~np.isin(activities, source.left_out)))
    rows = [("chosen on", known, chosen_on), ("others", known, ~chosen_on), ("all", known, everybody)]
    if source.left_out:
        rows.append(("all, every kind of fall", scores(simulated), everybody))
    for name, judged, some in rows:
        print(f"| {source.name} | {name} | {_row(truth[some], judged[:, some], people[some])} |", flush=True)


def _row(truth: npt.NDArray[Any], scores: FloatArray, people: npt.NDArray[Any]) -> str:
    """Accuracy with its interval by person and its range over the seeds, AUC, number of windows."""
    right = (scores > 0.5) == truth
    of_person = people == np.unique(people)[:, None]
    counts = np.stack([of_person @ right.mean(axis=0), of_person.sum(axis=1)], axis=1)
    (interval,) = bootstrap_by_group(counts, lambda sums: sums[:, :1] / sums[:, 1:])
    auc = np.mean([roc_auc_score(truth, score) for score in scores])
    low, high = right.mean(axis=1).min(), right.mean(axis=1).max()
    return f"{right.mean():.3f} ({interval}) | {low:.3f}–{high:.3f} | {auc:.3f} | {len(truth)}"
