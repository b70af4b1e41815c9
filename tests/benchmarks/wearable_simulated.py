"""How far simulated falls carry to measured ones, and the reverse: a wearable's profiles on UMAFall.

    python -m tests.benchmarks.wearable_simulated --data PATH_OF_UMAFALL [--position wrist waist]

Four seconds round the strongest acceleration, at 10 Hz, as lengths of acceleration and turning alone: how a sensor
hangs differs between the two. Four learned profiles a class. Simulated people of the test differ from those of the
training; measured ones are told apart by five folds. Nothing is chosen here.
"""

import argparse
import warnings
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.pipeline import make_pipeline

import common
import har
from common.simulation.inertial import CHANNELS, InertialSensor
from common.simulation.people.activities import ACTIVITIES, RARE_ACTIVITIES, perform
from common.simulation.people.resident import Resident
from common.simulation.rooms.room import Room
from har import preprocessing
from har.datasets import fall_labels, load_umafall

TRAIN_SEEDS, TEST_SEEDS = range(61, 101), range(101, 121)  # a person each
RATE_HZ = 20.0


def simulated(position: str, seeds: range) -> har.Windows:
    """Everything that a resident does, once or twice each."""
    sensor = InertialSensor(position, rate_hz=RATE_HZ)
    signals, labels, people = [], [], []
    for seed in seeds:
        rng = np.random.default_rng([seed, 5])
        resident = Resident.random(rng)
        rooms = [Room.random(rng) for _ in range(4)]
        for activity in [*ACTIVITIES, *RARE_ACTIVITIES]:
            for room in rooms[:2]:
                episode = perform(activity, resident, room, rng) or perform(activity, resident, rooms[2], rng)
                if episode is not None and episode.duration_s > 4.1:
                    signals.append(sensor.measure(episode, rng))
                    labels.append(int(episode.fall is not None))
                    people.append(seed)
    recordings = har.Recordings(signals, labels, people, RATE_HZ, CHANNELS)
    return har.segment_at_peak(recordings, window_s=4.0)


def classifier() -> Any:
    """Profiles of what does not depend on how the sensor hangs."""
    return make_pipeline(
        preprocessing.Magnitude(groups=((0, 1, 2), (3, 4, 5)), keep=False),
        preprocessing.Resample(rate_hz=RATE_HZ, target_hz=10.0),
        preprocessing.ScaleChannels(),
        har.DTWPrototypeClassifier(4, random_state=0),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder of UMAFall")
    parser.add_argument("--position", nargs="+", default=["wrist", "waist"])
    arguments = parser.parse_args()
    warnings.simplefilter("ignore", common.FrugalWarning)  # recordings shorter than a window
    for position in arguments.position:
        train, test = (simulated(position, seeds) for seeds in (TRAIN_SEEDS, TEST_SEEDS))
        real = har.segment_at_peak(fall_labels(load_umafall(arguments.data, position=position)), window_s=4.0)
        model = classifier().fit(train.X, train.y)
        report(position, "simulated to simulated", test, model.predict(test.X))
        report(position, "simulated to UMAFall", real, model.predict(real.X))
        decisions = np.empty_like(real.y)
        for fold_train, fold_test in common.subject_folds(real.groups, n_folds=5, y=real.y, random_state=0):
            fitted = classifier().fit(real.X[fold_train], real.y[fold_train])
            decisions[fold_test] = fitted.predict(real.X[fold_test])
        report(position, "UMAFall to UMAFall", real, decisions)
        report(position, "UMAFall to simulated", test, classifier().fit(real.X, real.y).predict(test.X))


def report(position: str, name: str, windows: har.Windows, decisions: Any) -> None:
    result = common.evaluate(windows.y, decisions, groups=windows.groups, positive=1)
    print(
        f"{position}, {name}: accuracy {result.accuracy:.3f}, sensitivity {result.sensitivity:.3f}, "
        f"specificity {result.specificity:.3f} ({len(windows.y)} windows, {windows.y.mean():.0%} falls)",
        flush=True,
    )


if __name__ == "__main__":
    main()
