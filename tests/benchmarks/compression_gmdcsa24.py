"""What compression costs in accuracy on GMDCSA24, leaving one subject out, read off the files that ship.

    python -m tests.benchmarks.compression_gmdcsa24 --data PATH [--weights PATH] [--seeds 0 1 2] [--out PATH]

A line for each network, recipe and seed, and then their means: decisions of the four folds pooled, sizes averaged
over them. What a recipe loses is set beside its float32 file, decision by decision, with a bootstrap over the videos.
Decisions are kept in ``--out`` fold by fold: an interrupted run goes on where it was.
"""

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from common import evaluate, leave_one_subject_out
from fall import TFLiteFallClassifier, compress, read_images, resize_images
from fall.costs import stored_sizes
from fall.datasets import load_gmdcsa24
from tests.benchmarks.fall_gmdcsa24 import classifiers

RECIPES = {
    "lecture_cnn": ("float32", "int8", "channels_int8", "deep_compression", "separable_int8"),
    "mobilenet_frozen": ("float32", "int8", "distilled_int8"),
}
DRAWS = 10_000


def files(classifier: Any, images: Any, table: pd.DataFrame, seed: int, out: Path) -> Iterator[dict[str, Any]]:
    """What each recipe's file says of each fold's people."""
    name, classifier = classifier
    labels = table["label"].to_numpy()
    for fold, (train, test) in enumerate(leave_one_subject_out(table["subject"])):
        fitted = None
        for recipe in RECIPES[name]:
            path = out / f"{name}-{recipe}-{seed}-{fold}.json"
            if not path.exists():
                if fitted is None:
                    fitted = classifier.set_params(random_state=seed).fit(images[train], labels[train])
                model = compress(fitted, recipe, images[train], labels[train])
                decisions = TFLiteFallClassifier(model).predict(resize_images(images[test], model.input_size))
                sizes = stored_sizes(model.tflite)
                row = {"raw": sizes.raw, "gzip": sizes.gzip, "coded": sizes.coded}
                row |= {"memory": model.cost.activation_bytes, "macs": model.cost.macs}
                path.write_text(json.dumps(row | {"rows": test.tolist(), "decisions": decisions.tolist()}))
            yield {"recipe": recipe, **json.loads(path.read_text())}


def pooled(folds: list[dict[str, Any]], labels: Any) -> tuple[dict[str, float], Any]:
    """Figures of one recipe over the folds, and its decisions in the order of the table."""
    decisions = np.empty(len(labels), int)
    for fold in folds:
        decisions[fold["rows"]] = fold["decisions"]
    result = evaluate(labels, decisions, positive=1)
    figures = {"accuracy": result.accuracy, "sensitivity": result.sensitivity}
    figures |= {"lost": 0.0, "falls lost": 0.0}
    return figures | {
        key: float(np.mean([f[key] for f in folds])) for key in ("raw", "gzip", "coded", "memory")
    }, decisions


def lost_by_video(correct: Any, correct_before: Any, videos: Any) -> tuple[float, float]:
    """95% interval of the decisions lost, of videos drawn with replacement."""
    _, codes = np.unique(videos, return_inverse=True)
    lost = np.bincount(codes, correct_before.astype(float) - correct)
    rng = np.random.default_rng(0)
    draws = lost[rng.integers(0, len(lost), (DRAWS, len(lost)))].sum(axis=1)
    low, high = np.percentile(draws, [2.5, 97.5])
    return float(low), float(high)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder of GMDCSA24's crops")
    parser.add_argument("--weights", type=Path, help="MobileNetV2 weights, alpha 1.0, without top")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--models", nargs="+", help="only these")
    parser.add_argument("--out", type=Path, default=Path("results/compression"), help="where decisions are kept")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)

    table = load_gmdcsa24(arguments.data)
    images, labels = read_images(table), table["label"].to_numpy()
    rows = []
    for seed in arguments.seeds:
        for name, classifier in classifiers(arguments.weights).items():
            if name not in RECIPES or (arguments.models and name not in arguments.models):
                continue
            found = list(files((name, classifier), images, table, seed, arguments.out))
            before = None
            for recipe in RECIPES[name]:
                figures, decisions = pooled([row for row in found if row["recipe"] == recipe], labels)
                correct = decisions == labels
                before = correct if before is None else before
                figures["lost"] = float(before.sum() - correct.sum())
                figures["falls lost"] = float(before[labels == 1].sum() - correct[labels == 1].sum())
                low, high = lost_by_video(correct, before, table["sequence"])
                rows.append({"network": name, "recipe": recipe, "seed": seed, **figures, "low": low, "high": high})
                print(*(f"{v:.4g}" if isinstance(v, float) else v for v in rows[-1].values()), flush=True)
    means = pd.DataFrame(rows).drop(columns="seed").groupby(["network", "recipe"], sort=False).mean()
    print(means.round(3).to_string())


if __name__ == "__main__":
    main()
