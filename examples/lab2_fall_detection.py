"""Lab 2: tell falls in images of a person, with a small CNN, its efficient relatives, and MobileNetV2.

    python examples/lab2_fall_detection.py --data caucafall --root PATH
    python examples/lab2_fall_detection.py --data gmdcsa24 --root PATH --weights mobilenet_v2_1.0_224_no_top.h5
    python examples/lab2_fall_detection.py --data folder --root PATH          (folders of your own images)

Networks are trained on some people, validated on training people held out, and tested once on people they have
never met. `--validate` compares learning rates and sizes by group k-fold first.
"""

import sys
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import pandas as pd
import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

# The script runs from a clone as well as beside an installed package.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import common
import fall
from common import plotting
from examples import lab2_figures

console = Console()


class Data(StrEnum):
    """The data sets that this lab knows."""

    caucafall = "caucafall"
    gmdcsa24 = "gmdcsa24"
    urfd = "urfd"
    folder = "folder"


@dataclass(frozen=True)
class Lab:
    """Frames of people to train on and of others to test on."""

    train: pd.DataFrame
    test: pd.DataFrame
    who: str


def load(data: Data, root: Path, label_by: str, test_subjects: list[str]) -> Lab:
    """Read a data set and split its people: CAUCAFall as the lab does, the others by one person or by sequence."""
    if data is Data.caucafall:
        table = fall.datasets.load_caucafall(root, label_by=label_by)
        if not test_subjects:
            return Lab(*fall.datasets.lab_split(table), "subjects 9 and 10")
    elif data is Data.gmdcsa24:
        table = fall.datasets.load_gmdcsa24(root)
    elif data is Data.urfd:
        table = fall.datasets.load_urfd(root)
        if not test_subjects:  # falls 1 to 12 and activities with odd numbers train
            number = table["sequence"].str.extract(r"(\d+)$")[0].astype(int)
            trains = np.where(table["sequence"].str.startswith("fall"), number <= 12, number % 2 == 1)
            return Lab(table[trains], table[~trains], "falls 13 and later, activities with even numbers")
    else:
        table = fall.datasets.load_image_folder(root)
    subjects = table["subject"].astype(str)
    wanted = test_subjects or [sorted(subjects.unique())[-1]]
    table = table.assign(subject=subjects)
    split = fall.datasets.train_test_split_by_subject(table, test_subjects=wanted)
    return Lab(*split, f"subject{'s' if len(wanted) > 1 else ''} {', '.join(wanted)}")


def candidates(epochs: int, weights: Path | None, seed: int) -> dict[str, Any]:
    """The networks of the lab by name; MobileNetV2 only where its weights are."""
    common_options = {
        "epochs": epochs,
        "batch_size": 32,
        "validation_fraction": 0.25,
        "random_state": seed,
        "verbose": 1,
    }
    models = {
        "lecture_cnn": fall.CNNFallClassifier("lecture_cnn", **common_options),
        "separable_cnn": fall.CNNFallClassifier("separable_cnn", learning_rate=2e-3, **common_options),
    }
    if weights is not None:
        models["mobilenet_v2"] = fall.MobileNetV2FallClassifier(
            alpha=1.0,
            weights=weights,
            last_block=10,
            batch_size=32,
            validation_fraction=0.25,
            random_state=seed,
            verbose=1,
        )
    return models


def validate(lab: Lab, images: Any, epochs: int, seed: int) -> pd.DataFrame:
    """Learning rate and filters of the lecture's CNN by group k-fold on training people."""
    from sklearn.model_selection import GridSearchCV

    subjects = lab.train["subject"].to_numpy()
    search = GridSearchCV(
        fall.CNNFallClassifier(epochs=epochs, batch_size=32, validation_fraction=0, random_state=seed),
        {"learning_rate": [5e-4, 1e-3, 2e-3], "network_options": [None, {"filters": (16, 32)}]},
        cv=common.subject_folds(subjects, n_folds=min(3, len(np.unique(subjects)))),
        refit=False,
    )
    search.fit(images, lab.train["label"].to_numpy())
    table = pd.DataFrame(search.cv_results_)[["params", "mean_test_score", "std_test_score"]]
    return table.sort_values("mean_test_score", ascending=False)


def show(results: dict[str, common.Evaluation], parameters: dict[str, int]) -> None:
    """The table of the test."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("network", no_wrap=True)
    for name in ("parameters", "accuracy", "95%", "sensitivity", "specificity"):
        table.add_column(name, justify="right", no_wrap=True)
    for name, result in results.items():
        # With one or two people in the test, the spread between people is unknown: intervals count images.
        interval = result.wilson.accuracy
        table.add_row(
            name,
            f"{parameters[name]:,}",
            f"{result.accuracy:.3f}",
            f"{100 * interval.low:.0f}–{100 * interval.high:.0f}%",
            f"{result.sensitivity:.3f}",
            f"{result.specificity:.3f}",
        )
    console.print(table)
    console.print(
        "95%: Wilson, as if images were independent; images of one video are not, so it is too narrow.", style="dim"
    )


def main(
    data: Annotated[Data, typer.Option(help="Which data set (docs/data.md says where each is found).")],
    root: Annotated[Path, typer.Option(help="Its folder.")],
    out: Annotated[Path, typer.Option(help="Where the figures go.")] = Path("demo/lab2"),
    weights: Annotated[Path | None, typer.Option(help="MobileNetV2 weights without top, alpha 1.0 (part 3).")] = None,
    label_by: Annotated[str, typer.Option(help="CAUCAFall: 'frame', or 'activity' as in the lecture.")] = "frame",
    test_subject: Annotated[list[str] | None, typer.Option(help="Who is tested on; may be given again.")] = None,
    epochs: Annotated[int, typer.Option(help="Epochs of a training from scratch.")] = 40,
    validation: Annotated[bool, typer.Option("--validate", help="Compare hyper-parameters first (minutes).")] = False,
    seed: Annotated[int, typer.Option(help="Of every random choice.")] = 0,
) -> None:
    """Detect falls in images, and know how sure that is."""
    try:
        lab = load(data, root, label_by, test_subject or [])
        console.rule("[bold]1. The data")
        for name, table in (("train", lab.train), ("test", lab.test)):
            people = table["subject"].nunique()
            falls = int((table["label"] == 1).sum())
            console.print(f"{name}: {len(table):,} images of {people} subjects or sequences, {falls:,} of falls")
        console.print(f"Tested on {lab.who}; nobody is in both.")
        images, test_images = fall.read_images(lab.train), fall.read_images(lab.test)
        y, y_test = lab.train["label"].to_numpy(), lab.test["label"].to_numpy()
        if validation:
            console.rule("[bold]2. Hyper-parameters, validated on training people")
            console.print(validate(lab, images, epochs, seed).to_string(index=False), highlight=False)
        console.rule("[bold]3. Training")
        models = candidates(epochs, weights, seed)
        if weights is None:
            console.print("Part 3, MobileNetV2, is left out: --weights names a file of its ImageNet weights.")
        for model in models.values():
            model.fit(images, y, groups=lab.train["subject"].to_numpy())
    except common.FrugalError as error:
        console.print(f"[bold red]Not possible:[/] {error}", highlight=False)
        raise typer.Exit(2) from None

    console.rule("[bold]4. The test, once")
    scores = {name: model.predict_proba(test_images)[:, 1] for name, model in models.items()}
    results = {
        name: common.evaluate(y_test, (scores[name] >= model.threshold_).astype(int), positive=1)
        for name, model in models.items()
    }
    show(results, {name: model.model_.count_params() for name, model in models.items()})

    # The network that is drawn was chosen by its loss on training people held out, not by the test.
    best = min(models, key=lambda name: float(models[name].history_.iloc[:, 0].iloc[-1]))
    if all("val_loss" in model.history_ for model in models.values()):
        best = min(models, key=lambda name: float(models[name].history_["val_loss"].min()))
    figures = {
        "training_curves": lab2_figures.curves({name: model.history_ for name, model in models.items()}),
        "confusion_matrix": plotting.plot_confusion_matrix(
            results[best].confusion, ["no fall", "fall"], title=f"{best} on {lab.who}"
        ),
        "worst_mistakes": lab2_figures.mistakes(test_images, y_test, scores[best], models[best].threshold_),
    }
    for name, figure in figures.items():
        console.print(f"  {plotting.save(figure, out / f'{name}.png')}", highlight=False)


if __name__ == "__main__":
    typer.run(main)
