"""From the videos of the UR Fall Detection data set to a decision for each sequence.

    python -m tests.benchmarks.people_urfd --data PATH_OF_URFD --pose PATH_OF_POSE_MODELS [--weights PATH]
        [--points] [--models lecture_cnn mobilenet_frozen posture] [--epochs 20] [--fast] [--folds 5]

People are found in every frame, on one thread; the frames a second are CPU time, from the file to the crop. Somebody is
*found* in a frame only if the square around the box overlaps the one around the data set's own box by more than 0.3.
Then each classifier is trained on the data set's own crops, without the sequences that it decides about, in folds of
the 20 videos. A sequence is a fall if the mean probability over half a second of somebody's crops reaches the
classifier's threshold; the data set's own crops are judged by the same rule.

The box's shape was chosen on the sequences in ``CHOSEN_ON``. What begins, continues and ends a track was settled while
looking at all 20, so the figures of the other 13 are not those of videos that nobody had seen.
"""

import argparse
import os
import time
from concurrent.futures import ProcessPoolExecutor
from itertools import repeat
from multiprocessing import get_context
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestClassifier

from common.monitoring.boxes import square_around
from fall import CNNFallClassifier, MobileNetV2FallClassifier, PersonCrop, people_in, read_images
from fall.datasets import load_urfd
from fall.people import BodyPointsModel, Detection, MotionDetector, PoseDetector
from fall.people.turning import detect_turned

CHOSEN_ON = ("adl-01", "adl-05", "adl-31", "fall-01", "fall-03", "fall-05", "fall-07")
COLOR = (320, 0, 320, 240)  # the right half; the left one shows the depth
FOUND = 0.3
WINDOW_S = 0.5
EVERY = 3  # frames between the crops that are decided about


def find(video: Path, models: Path, points: bool) -> tuple[list[PersonCrop], float]:
    """All crops of a video, and CPU seconds."""
    detector = [PoseDetector(points=points, models=models), MotionDetector()]
    start = time.process_time()
    crops = list(people_in(video, region=COLOR, detector=detector))
    return crops, time.process_time() - start


def overlaps(crops: list[PersonCrop], labels: pd.DataFrame) -> pd.DataFrame:
    """For each labelled frame, how many people were found, and the best overlap of squares."""
    by_frame: dict[int, list[PersonCrop]] = {}
    for crop in crops:
        by_frame.setdefault(crop.frame + 1, []).append(crop)
    rows = []
    for label in labels.itertuples():
        given = _square(*map(float, label.source_box.split(",")))
        found = by_frame.get(label.frame, [])
        best = [_overlap(given, _square(crop.box.x - COLOR[0], crop.box.y, crop.box.w, crop.box.h)) for crop in found]
        rows.append({"n_people": len(found), "overlap": max(best, default=0.0)})
    return pd.concat([labels.reset_index(drop=True), pd.DataFrame(rows)], axis=1)


def _square(x: float, y: float, w: float, h: float) -> tuple[float, float, float]:
    return square_around((x + w / 2, y + h / 2), max(w, h), (COLOR[2], COLOR[3]))


def _overlap(a: tuple[float, float, float], b: tuple[float, float, float]) -> float:
    width, height = (max(0.0, min(a[axis] + a[2], b[axis] + b[2]) - max(a[axis], b[axis])) for axis in (0, 1))
    return width * height / (a[2] ** 2 + b[2] ** 2 - width * height)


def tell_found(table: pd.DataFrame) -> None:
    """Found people and overlaps by posture; the dark room is a row of its own."""
    room = np.where(table["scene"] == "dark_room", "dark room", table["activity"])
    for name, chosen in (("all 20", slice(None)), ("the other 13", ~table["sequence"].isin(CHOSEN_ON))):
        part = table[chosen].assign(posture=room[chosen])
        groups = part.assign(found=part["overlap"] > FOUND).groupby("posture")
        summary = groups.agg(
            frames=("found", "size"), any_crop=("n_people", lambda n: (n > 0).mean()), found=("found", "mean"),
            median_overlap=("overlap", "median"), people=("n_people", "mean"),
        )  # fmt: skip
        lit = part[part["posture"] != "dark room"]
        print(f"\n{name} sequences, median overlap without the dark room {lit['overlap'].median():.3f}")
        print(summary.round(3).to_string(), flush=True)


class Posture:
    """A forest on the 33 points of the body, found in the crop itself: the rival of a network on its pixels."""

    threshold_ = 0.5

    def __init__(self, models: Path) -> None:
        self._detector, self._points = PoseDetector(models=models), BodyPointsModel(models=models)
        self._forest = RandomForestClassifier(300, class_weight="balanced", random_state=0)

    def fit(self, X: Any, y: Any, groups: Any = None) -> "Posture":
        self._forest.fit(self.features(X), y)
        return self

    def predict_proba(self, X: Any) -> Any:
        return self._forest.predict_proba(self.features(X))

    def features(self, images: Any) -> Any:
        return images if images.ndim == 2 else np.stack([self._features(image) for image in images])

    def _features(self, image: Any) -> Any:
        """Direction of the body, its points round the hips in units of its size, and what can be seen of it."""
        found = [each for turns in range(4) for each in detect_turned(self._detector, image, turns)]
        person: Detection | None = max(found, key=lambda each: each.score, default=None)
        if person is None or person.hips is None or person.top is None:
            return np.full(3 + 2 * 33 + 33 + 1 + 2, np.nan)
        points = self._points(image, person)
        up = np.subtract(person.top, person.hips)
        size = float(np.hypot(*up))
        around = (points.xy - points.xy[23:25].mean(axis=0)) / size
        extent = np.ptp(points.xy, axis=0) / size
        return np.concatenate([up / size, [person.score], around.ravel(), points.visibility, [points.score], extent])


def sequence_score(times: Any, tracks: Any, scores: Any) -> float:
    """The greatest mean probability over a window of one person's crops."""
    table = pd.DataFrame({"time": pd.to_timedelta(times, unit="s"), "track": tracks, "score": scores})
    means = [
        part.set_index("time")["score"].rolling(f"{WINDOW_S}s").mean().iloc[min(2, len(part) - 1) :].max()
        for _, part in table.groupby("track")
    ]
    return max(means, default=0.0)


def decide(
    name: str,
    classifier: Any,
    table: pd.DataFrame,
    everything: pd.DataFrame,
    crops: dict[str, list[PersonCrop]],
    folds: int,
) -> None:
    """Train without the sequences of a fold; decide about them by the data set's crops and by those of the videos."""
    images = read_images(table)
    given_images = read_images(everything)
    if isinstance(classifier, Posture):
        images, given_images = classifier.features(images), classifier.features(given_images)
    sequences = sorted(crops)
    wrong: dict[str, list[str]] = {"data set's crops": [], "crops of the videos": []}
    for fold in range(folds):
        tested = sequences[fold::folds]
        train = ~table["sequence"].isin(tested).to_numpy()
        rows = table[train]
        classifier.fit(images[train], rows["label"].to_numpy(), groups=rows["sequence"].to_numpy())
        for sequence in tested:
            own = (everything["sequence"] == sequence).to_numpy()
            scores = classifier.predict_proba(given_images[own])[:, 1]
            given = sequence_score(everything["time_s"][own], np.ones(own.sum()), scores)
            chosen = [crop for crop in crops[sequence] if crop.frame % EVERY == 0]
            scores = classifier.predict_proba(np.stack([crop.image for crop in chosen]))[:, 1]
            ours = sequence_score([crop.time_s for crop in chosen], [crop.track for crop in chosen], scores)
            is_fall = sequence.startswith("fall")
            for what, score in zip(wrong, (given, ours), strict=True):
                if (score >= classifier.threshold_) != is_fall:
                    wrong[what].append(f"{sequence} ({score:.2f})")
            print(f"  {name} {sequence} given {given:.2f} ours {ours:.2f}", flush=True)
    for what, names in wrong.items():
        print(f"{name}, {what}: {len(sequences) - len(names)} of {len(sequences)} right; wrong: {', '.join(names)}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder of URFD with video/, crops96/, labels.csv")
    parser.add_argument("--pose", type=Path, help="folder of the pose networks, see fall.people.fetch_pose_models")
    parser.add_argument("--weights", type=Path, help="MobileNetV2 weights, alpha 1.0, without top")
    parser.add_argument("--points", action="store_true", help="boxes around the 33 points of the body")
    parser.add_argument("--models", nargs="*", default=["lecture_cnn", "mobilenet_frozen", "posture"])
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--folds", type=int, default=5, help="1 trains once, on the 21 sequences without a video")
    parser.add_argument("--jobs", type=int, default=1, help="processes that look for people")
    parser.add_argument("--fast", action="store_true", help="train without augmentation, four times as fast")
    arguments = parser.parse_args()

    everything = load_urfd(arguments.data, keep_excluded=True)
    crops: dict[str, list[PersonCrop]] = {}
    tables, seconds, n_frames = [], 0.0, 0
    videos = sorted((arguments.data / "video").glob("*-cam0.mp4"))
    with ProcessPoolExecutor(arguments.jobs, mp_context=get_context("spawn")) as processes:
        results = processes.map(find, videos, repeat(arguments.pose), repeat(arguments.points))
        found = {video.name.removesuffix("-cam0.mp4"): result for video, result in zip(videos, results, strict=True)}
    for sequence, (crops[sequence], cpu_s) in found.items():
        labels = everything[(everything["sequence"] == sequence) & ~everything["dark"]]
        tables.append(overlaps(crops[sequence], labels))
        n = max(crop.frame for crop in crops[sequence]) + 1
        seconds, n_frames = seconds + cpu_s, n_frames + n
        print(
            f"{sequence}: {n / cpu_s:.0f} frames a second, {len({crop.track for crop in crops[sequence]})} tracks",
            flush=True,
        )
    print(f"\n{n_frames} frames, {n_frames / seconds:.1f} a second of CPU time on one core")
    tell_found(pd.concat(tables, ignore_index=True))

    table = load_urfd(arguments.data)
    training: dict[str, Any] = {"augment": not arguments.fast, "validation_fraction": 0, "random_state": 0}
    classifiers = {
        "lecture_cnn": CNNFallClassifier("lecture_cnn", epochs=arguments.epochs, **training),
        "mobilenet_frozen": MobileNetV2FallClassifier(
            alpha=1.0, last_block=10, weights=arguments.weights, fine_tune_epochs=0, **training
        ),
        "posture": Posture(arguments.pose),
    }
    for name in arguments.models:
        decide(name, classifiers[name], table, everything, crops, arguments.folds)


if __name__ == "__main__":
    main()
