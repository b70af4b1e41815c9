"""Falls of simulated people: small CNNs beside two naive baselines, and how far simulation carries to real images.

    python -m tests.benchmarks.fall_simulated                          (validation people: for choosing)
    python -m tests.benchmarks.fall_simulated --test [--data PATH_OF_GMDCSA24] [--save FOLDER]

What a network needs is not more epochs or more frames of the same people, but more people: they are 240 here, in 480
rooms, a frame a second. Training residents and rooms, those of the validation and those of the test share nothing. The
simulator and its test seeds were frozen before any network was trained on them; the test is for the final settings
alone: the network was chosen on the validation people.
"""

import argparse
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import common
from common import evaluate
from fall import CNNFallClassifier, compress, read_images
from fall.datasets import load_gmdcsa24

NETWORKS = {"lecture_cnn": 1e-3, "separable_cnn": 2e-3, "residual_cnn": 2e-3}
TRAIN_SEEDS = tuple(range(1101, 1125))
TRAIN_SCENARIO = replace(common.TRAIN_SCENARIO, rate_hz=1.0)


def simulated(scenario: common.FrameScenario, seeds: tuple[int, ...]) -> tuple[Any, pd.DataFrame]:
    """Images and their table."""
    parts = [common.simulate_frames(scenario, seed=seed) for seed in seeds]
    return np.concatenate([part.images for part in parts]), pd.concat([part.table for part in parts])


def baselines(table: pd.DataFrame) -> dict[str, Any]:
    """What can be read off the box alone."""
    return {"aspect ratio": table["w"] / table["h"], "lowest edge": table["y"] + table["h"]}


def best_threshold(feature: Any, labels: Any) -> tuple[float, bool]:
    """The threshold, and the side of it, with the most right decisions."""
    order = np.argsort(feature.to_numpy())
    values, falls = feature.to_numpy()[order], labels[order]
    # Falls above the threshold, with the threshold before each value; and the other way round.
    above = np.cumsum(np.r_[falls.sum(), np.where(falls == 1, -1, 1)])
    below = len(falls) - above
    at = above.argmax() if above.max() >= below.max() else below.argmax()
    edges = np.r_[-np.inf, (values[1:] + values[:-1]) / 2, np.inf]
    return float(edges[at]), bool(above.max() >= below.max())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--test", action="store_true", help="look at the test people")
    parser.add_argument("--data", type=Path, help="folder of GMDCSA24's crops: simulated to real, and the reverse")
    parser.add_argument("--networks", nargs="+", default=list(NETWORKS))
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--save", type=Path, help="keep the networks, in int8, as bundles in this folder")
    arguments = parser.parse_args()

    images, table = simulated(TRAIN_SCENARIO, TRAIN_SEEDS)
    seeds = common.TEST_SEEDS if arguments.test else common.VALIDATION_SEEDS
    others, other_table = simulated(common.TEST_SCENARIO, seeds)
    y, y_other = table["label"].to_numpy(), other_table["label"].to_numpy()
    print(f"simulated: {len(y)} images train ({y.mean():.0%} falls), {len(y_other)} judge ({y_other.mean():.0%})")
    for name, feature in baselines(table).items():
        threshold, above = best_threshold(feature, y)
        decisions = ((baselines(other_table)[name] >= threshold) == above).to_numpy().astype(int)
        report(f"baseline, {name}", y_other, decisions, other_table["subject"])
    real = load_gmdcsa24(arguments.data) if arguments.data else None
    for name in arguments.networks:
        options = {"learning_rate": NETWORKS[name], "batch_size": 32, "random_state": 0, "verbose": 1}
        network = CNNFallClassifier(name, epochs=arguments.epochs, validation_fraction=0, **options).fit(images, y)
        decisions = network.predict(others)
        report(f"{name}, simulated to simulated", y_other, decisions, other_table["subject"])
        if arguments.save:
            few = np.linspace(0, len(y) - 1, 1000).astype(int)  # to calibrate the integers on
            common.save_bundle(compress(network, "int8", images[few], y[few]), arguments.save / name)
        right = pd.Series(decisions == y_other).groupby(other_table["activity"].to_numpy()).mean()
        print("  by activity:", *(f"{activity} {share:.2f}" for activity, share in right.items()), sep="  ")
        if real is not None:
            crops, truth = read_images(real), real["label"].to_numpy()
            report(f"{name}, simulated to GMDCSA24", truth, network.predict(crops), real["subject"])
            network = CNNFallClassifier(name, epochs=40, validation_fraction=0, **options).fit(crops, truth)
            report(f"{name}, GMDCSA24 to simulated", y_other, network.predict(others), other_table["subject"])


def report(name: str, truth: Any, decisions: Any, people: Any) -> None:
    result = evaluate(truth, decisions, groups=np.asarray(people), positive=1)
    print(
        f"{name}: accuracy {result.accuracy:.3f}, sensitivity {result.sensitivity:.3f}, "
        f"specificity {result.specificity:.3f}",
        flush=True,
    )


if __name__ == "__main__":
    main()
