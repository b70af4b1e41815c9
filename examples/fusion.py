"""A wearable and a camera, each of which misses falls and cries wolf, fused into one decision.

    python examples/fusion.py --data urfd --root PATH --weights mobilenet_v2_1.0_224_no_top.h5

The wearable's classifier is a few learned profiles under DTW, the camera's a dense head on frozen MobileNetV2 features.
The fusion learns from probabilities of sequences that neither sensor's classifier had seen, and is judged on sequences
that nothing had seen: five times five folds.
"""

import enum
import sys
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import numpy.typing as npt
import typer
from rich.box import SIMPLE_HEAD
from rich.progress import track
from rich.table import Table

# The script runs from a clone as well as beside an installed package.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import common
from common import plotting
from examples import fusion_urfd
from examples.terminal import console, explained

RULES = {
    "logistic": "both, fused",
    "mean": "both, mean",
    "max": "both, maximum",
    "product": "both, product",
    "dempster_shafer": "both, Dempster–Shafer",
}


class Data(enum.StrEnum):
    """The data sets with both sensors."""

    urfd = "urfd"


def judge(wearable: Any, camera: Any, *, repeats: int, folds: int, seed: int) -> dict[str, npt.NDArray[np.float64]]:
    """Probabilities of a fall by each way to decide, ``(repeats, n_sequences)``: every sequence while held out."""
    y, sequences = wearable.y, wearable.sequences
    names = ["wearable", "camera", *RULES.values(), "camera absent", "wearable absent"]
    probability = {name: np.empty((repeats, len(y))) for name in names}
    splits = [
        (repeat, split)
        for repeat in range(repeats)
        for split in common.subject_folds(sequences, n_folds=folds, y=y, random_state=seed + repeat)
    ]
    for repeat, (train, test) in track(splits, "folds", console=console):
        columns = [sensor.scores(train, test, seed) for sensor in (wearable, camera)]
        known, new = (np.column_stack(column) for column in zip(*columns, strict=True))
        probability["wearable"][repeat, test], probability["camera"][repeat, test] = new.T
        for method, name in RULES.items():
            calibration = "sigmoid" if method == "logistic" else None  # the fixed rules as they stand in books
            fusion = common.FusionClassifier(method, calibration=calibration).fit(known, y[train], sequences[train])
            probability[name][repeat, test] = fusion.predict_proba(new)[:, 1]
            if method == "logistic":
                blind, still = new.copy(), new.copy()
                blind[:, 1], still[:, 0] = np.nan, np.nan
                probability["camera absent"][repeat, test] = fusion.predict_proba(blind)[:, 1]
                probability["wearable absent"][repeat, test] = fusion.predict_proba(still)[:, 1]
    return probability


def show(y: npt.NDArray[np.int64], sequences: Any, probability: dict[str, npt.NDArray[np.float64]]) -> None:
    """The table of the ways to decide."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("decided by", no_wrap=True)
    for name in ("accuracy", "95%", "sens.", "spec.", "ECE"):
        table.add_column(name, justify="right", no_wrap=True)
    for name, values in probability.items():
        truth, groups = np.tile(y, len(values)), np.tile(sequences, len(values))
        result = common.evaluate(truth, (values.ravel() >= 0.5).astype(int), groups=groups, positive=1)
        assert result.by_subject is not None
        interval = result.by_subject.accuracy
        table.add_row(
            name,
            f"{result.accuracy:.3f}",
            f"{interval.low:.2f}–{interval.high:.2f}",
            f"{result.sensitivity:.3f}",
            f"{result.specificity:.3f}",
            f"{common.reliability(truth == 1, values.ravel()).error:.3f}",
            style="bold" if name == RULES["logistic"] else None,
        )
    console.print(table)
    n_repeats = len(probability["camera"])
    console.print(
        f"{len(y)} sequences, {int(y.sum())} of them falls, each judged {n_repeats} times; one error every time is "
        f"{1 / len(y):.3f}. 95%: bootstrap of the sequences. sens., spec.: sensitivity, "
        "specificity. ECE: expected calibration error, 10 bins of equal mass.",
        style="dim",
        highlight=False,
    )


def diagram(y: npt.NDArray[np.int64], probability: dict[str, npt.NDArray[np.float64]]) -> Any:
    """What each promised, and how often somebody had fallen."""
    with plotting.style():
        figure = plotting.figure(size=(4.6, 4.2))
        ax = figure.axes[0]
        ax.plot([0, 1], [0, 1], color=plotting.MUTED, linewidth=1)
        for name, color in zip(("wearable", "camera", RULES["logistic"]), plotting.PALETTE, strict=False):
            values = probability[name]
            curve = common.reliability(np.tile(y, len(values)) == 1, values.ravel(), n_bins=6)
            ax.plot(curve.promised, curve.observed, marker="o", color=color, label=name)
        ax.set_xlabel("probability of a fall, as told")
        ax.set_ylabel("share of falls among them")
        ax.set_title("Can the probability be trusted?")
        ax.legend(loc="upper left")
    return figure


def main(
    data: Annotated[Data, typer.Option(help="Which data set (docs/data.md says where each is found).")],
    root: Annotated[Path, typer.Option(help="Its folder.")],
    weights: Annotated[Path, typer.Option(help="MobileNetV2 weights without top, alpha 1.0.")],
    out: Annotated[Path, typer.Option(help="Where the figure goes.")] = Path("demo/fusion"),
    repeats: Annotated[int, typer.Option(min=1, help="How often the folds are drawn anew.")] = 5,
    folds: Annotated[int, typer.Option(min=2, help="Folds, by sequence.")] = 5,
    seed: Annotated[int, typer.Option(min=0, help="Of every random choice.")] = 0,
) -> None:
    """Fuse a wearable and a camera, and see what each is worth alone."""
    with explained():
        console.rule(f"[bold]Fusion on {data.value.upper()}")
        console.print("Features of all frames by the frozen convolutions of MobileNetV2 …", style="dim")
        wearable, camera = fusion_urfd.load(root, weights)
        probability = judge(wearable, camera, repeats=repeats, folds=folds, seed=seed)
    show(wearable.y, wearable.sequences, probability)
    for name, cost in (("wearable, one window", wearable.cost()), ("camera, one frame", camera.network)):
        console.print(f"{name}: {cost}", highlight=False)
    figure = diagram(wearable.y, probability)
    console.print(f"  {plotting.save(figure, out / 'reliability.png')}", highlight=False)


if __name__ == "__main__":
    typer.run(main)
