"""Lab 2: detect falls in images of a person with small networks, and with MobileNetV2.

    python examples/lab2_fall_detection.py --data caucafall --root PATH
    python examples/lab2_fall_detection.py --data gmdcsa24 --root PATH --weights mobilenet_v2_1.0_224_no_top.h5
    python examples/lab2_fall_detection.py --data folder --root PATH --labels Sturz=1,Alltag=0    (your own images)
    python examples/lab2_fall_detection.py --data simulated                   (nothing to download)

The networks are the lecture's CNN, a depthwise-separable one, the same distilled from a better network, and MobileNetV2
with a new dense layer, without and with fine-tuning. They are trained on some people, validated on held-out training
people, and tested once on other people, in float32 and as the int8 file that ships.

`--validate` first compares learning rates and sizes by group k-fold. `--compress` finally compresses the lecture's CNN
by every recipe, or by those named with `--recipes`, and shows the cost and the accuracy of each. `--each-person`
instead leaves each person out once, over several seeds: with few people only that tells networks apart. Both tell
beforehand how long they take and go on where they were interrupted.
"""

import sys
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import pandas as pd
import typer
from sklearn.base import clone

# The script runs from a clone as well as beside an installed package.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import common
import fall
from common import plotting
from examples import lab2_each_person, lab2_figures, lab2_networks, lab2_tables
from examples.lab2_data import Data, Lab, People, labels_of, load
from examples.terminal import console, explained, run

# Images seen in a training from scratch, over all epochs: a few hundred images are seen forty times.
IMAGES_PER_TRAINING = 24_000


def validate(lab: Lab, epochs: int, seed: int) -> pd.DataFrame:
    """Compare learning rates and filters of the lecture's CNN by group k-fold on training people."""
    from sklearn.model_selection import GridSearchCV

    subjects = lab.train.subjects
    search = GridSearchCV(
        fall.CNNFallClassifier(epochs=epochs, batch_size=32, validation_fraction=0, random_state=seed),
        {"learning_rate": [5e-4, 1e-3, 2e-3], "network_options": [None, {"filters": (16, 32)}]},
        cv=common.subject_folds(subjects, n_folds=min(3, len(np.unique(subjects)))),
        refit=False,
    )
    search.fit(lab.train.images, lab.train.labels)
    found = pd.DataFrame(search.cv_results_).sort_values("mean_test_score", ascending=False)
    filters = [(options or {}).get("filters", "default") for options in found["param_network_options"]]
    return pd.DataFrame(
        {
            "learning rate": [f"{rate:g}" for rate in found["param_learning_rate"]],
            "filters": [str(value) for value in filters],
            "accuracy": [f"{value:.3f}" for value in found["mean_test_score"]],
            "std": [f"{value:.3f}" for value in found["std_test_score"]],
        }
    )


def compress(lab: Lab, classifier: Any, recipes: list[str], out: Path) -> None:
    """Compress one trained network by recipes; print and plot the results, and save the chosen model."""
    table = fall.compare_recipes(
        classifier,
        recipes,
        lab.train.images,
        lab.train.labels,
        groups=lab.train.subjects,
        X_test=lab.test.images,
        y_test=lab.test.labels,
        groups_test=lab.test.subjects,
        n_folds=2,
        directory=out / "recipes",
        verbose=1,
    )
    sizes = {"file kB": "raw_bytes", "gzip kB": "gzip_bytes", "coded kB": "coded_bytes", "memory kB": "working_bytes"}
    lab2_tables.show_recipes(
        table, {name: table[column] / 1000 for name, column in sizes.items()} | {"MMAC": table["macs"] / 1e6}, 1
    )
    scores = {"held out": "accuracy", "falls found": "sensitivity", "test": "test_accuracy"}
    scores |= {"falls in test": "test_sensitivity"}
    lab2_tables.show_recipes(table, {name: table[column] for name, column in scores.items()}, 3)
    for recipe, reason in table["reason"][table["reason"] != ""].items():
        console.print(f"{recipe} cannot be made: {reason}", highlight=False)
    chosen = table.index[table["chosen"]][0]
    console.print(
        f"Chosen: [bold]{chosen}[/], the smallest file that loses at most one point of accuracy and of sensitivity on "
        "training people held out. The test is only reported.",
        highlight=False,
    )
    figure = plotting.plot_pareto(
        table[table["reason"] == ""],
        x="raw_bytes",
        y="accuracy",
        x_label="file [B]",
        y_label="accuracy, people held out",
        title="Accuracy against the size of the file",
    )
    console.print(f"  {plotting.save(figure, out / 'recipes.png')}", highlight=False)
    n_folds = min(4, len(np.unique(lab.train.subjects)))
    train, held_out = common.subject_folds(lab.train.subjects, n_folds=n_folds, y=lab.train.labels)[0]
    trained_apart = clone(classifier).fit(
        lab.train.images[train], lab.train.labels[train], groups=lab.train.subjects[train]
    )
    swept = fall.compression.sweep_pruning(
        trained_apart,
        lab.train.images[train],
        lab.train.labels[train],
        groups=lab.train.subjects[train],
        X_other=lab.train.images[held_out],
        y_other=lab.train.labels[held_out],
    )
    console.print(f"  {plotting.save(lab2_figures.pruning(swept), out / 'pruning.png')}", highlight=False)
    common.save_bundle(table.loc[chosen, "model"], out / "model")
    console.print(f"  {out / 'model'}: the chosen model, for fall.TFLiteFallClassifier", highlight=False)


def most_frugal(histories: dict[str, pd.DataFrame], parameters: dict[str, int]) -> str:
    """The smallest network within a point of the best accuracy on held-out training people; the test is not used."""

    def accuracy_at_best(history: pd.DataFrame) -> float:
        # MobileNetV2's epochs restart at 1 in each of its steps, and its last steps hold nobody out.
        held_out = history.dropna(subset="val_loss").reset_index(drop=True)
        return float(held_out["val_accuracy"][held_out["val_loss"].idxmin()])

    accuracies = {name: accuracy_at_best(history) for name, history in histories.items()}
    nearly_best = [name for name, accuracy in accuracies.items() if accuracy >= max(accuracies.values()) - 0.01]
    return min(nearly_best, key=lambda name: parameters[name])


def ship(
    name: str, trained: lab2_networks.Trained, results: dict[tuple[str, str], common.Evaluation], out: Path
) -> None:
    """Save the int8 file of a network, which runs without TensorFlow, and the results; print the file's cost."""
    console.rule("[bold]5. The file that ships")
    pd.DataFrame(
        {
            "network": network,
            "file": version,
            "accuracy": result.accuracy,
            "sensitivity": result.sensitivity,
            "specificity": result.specificity,
        }
        for (network, version), result in results.items()
    ).to_csv(out / "results.csv", index=False)
    model = trained.files["int8"]
    console.print(f"{name} in int8: {len(model.tflite) / 1000:.1f} kB, {model.cost}", highlight=False)
    common.save_bundle(model, out / "camera")
    console.print(f"  {out / 'camera'}: for fall.TFLiteFallClassifier", highlight=False)


def main(
    data: Annotated[Data, typer.Option(help="Which data set (docs/data.md says where each is found).")],
    root: Annotated[Path | None, typer.Option(help="The data set's folder; none for simulated.")] = None,
    out: Annotated[Path, typer.Option(help="Folder for figures and results.")] = Path("demo/lab2"),
    weights: Annotated[Path | None, typer.Option(help="MobileNetV2 weights without top, alpha 1.0 (part 3).")] = None,
    label_by: Annotated[str, typer.Option(help="CAUCAFall: 'frame', or 'activity' as in the lecture.")] = "frame",
    labels: Annotated[str, typer.Option(help="Your own folders, or classes of YOLO, such as Sturz=1,Alltag=0.")] = "",
    test_subject: Annotated[list[str] | None, typer.Option(help="A person to test on; may be repeated.")] = None,
    epochs: Annotated[
        int | None, typer.Option(help="Epochs of training from scratch; default 40, fewer for thousands of images.")
    ] = None,
    validation: Annotated[bool, typer.Option("--validate", help="Compare hyper-parameters first (minutes).")] = False,
    compression: Annotated[
        bool, typer.Option("--compress", help="Compress the lecture's CNN by recipes; an hour for all of them.")
    ] = False,
    recipes: Annotated[
        str,
        typer.Option(
            help="Recipes of --compress with commas between, such as 'int8,channels_int8'; default all but the slowest."
        ),
    ] = "",
    each_person: Annotated[
        bool, typer.Option("--each-person", help="Leave each person out once instead of testing on some (hours).")
    ] = False,
    seeds: Annotated[int, typer.Option(min=1, help="Number of seeds of --each-person.")] = 3,
    quick: Annotated[bool, typer.Option(help="Simulate a third of the people, for a demo.")] = False,
    seed: Annotated[int, typer.Option(help="Seed of everything random.")] = 0,
) -> None:
    """Detect falls in images, see how reliable that is, and compress the network.

    Begin with --data simulated, which needs no download. For a data set give --root, and --weights for MobileNetV2; for
    your own images, --labels says which folders show falls (1) and which do not (0).
    Then compress the network for a small device: --compress --recipes int8,channels_int8,distilled_int8 shows what a
    few recipes cost and save. Figures, results and the file that ships are written to --out.
    """
    with explained():
        chosen_recipes = _recipes(recipes)
        lab = load(
            data,
            root,
            label_by=label_by,
            test_subjects=test_subject or [],
            quick=quick,
            labels=labels_of(labels),
        )
        console.rule("[bold]1. The data")
        for name, people in (("train", lab.train), ("test", lab.test)):
            count = len(np.unique(people.subjects))
            falls = int((people.labels == 1).sum())
            console.print(f"{name}: {len(people.labels):,} images of {count} subjects or sequences, {falls:,} of falls")
        unknown = set(lab.train.subjects) & set(lab.test.subjects)
        both = "the images do not say who is in both" if unknown else "nobody is in both"
        console.print(f"Tested on {lab.tested_on}; {both}.")
        epochs = epochs or max(10, min(40, IMAGES_PER_TRAINING // len(lab.train.labels)))
        if validation:
            console.rule("[bold]2. Hyper-parameters, validated on training people")
            console.print(validate(lab, epochs, seed).to_string(index=False), highlight=False)
        if each_person:
            console.rule("[bold]3. Each person left out once")
            everyone = People(
                np.concatenate([lab.train.images, lab.test.images]),
                pd.concat([lab.train.table, lab.test.table], ignore_index=True),
            )
            decided = lab2_each_person.run(everyone, epochs=epochs, weights=weights, seeds=seeds, out=out)
            lab2_each_person.show(decided)
            lab2_each_person.show_tuning(decided)
            decided.to_csv(out / "each_person.csv", index=False)
            console.print(f"  {out / 'each_person.csv'}: every decision", highlight=False)
            return
        console.rule("[bold]3. Training")
        if weights is None:
            console.print("Part 3, MobileNetV2, is left out: --weights names a file of its ImageNet weights.")
        trained = dict(lab2_networks.train(lab.train, epochs, weights, seed, verbose=1))

        console.rule("[bold]4. The test, once")
        scores = {name: network.probabilities(lab.test.images) for name, network in trained.items()}
        results = {
            (name, version): common.evaluate(
                lab.test.labels, (scores[name][version] >= file.threshold_).astype(int), positive=1
            )
            for name, network in trained.items()
            for version, file in network.files.items()
        }
        lab2_tables.show(results, trained)

        histories = {name: network.history for name, network in trained.items()}
        best = most_frugal(histories, {name: network.parameters for name, network in trained.items()})
        figures = {
            "training_curves": lab2_figures.curves(histories),
            "confusion_matrix": plotting.plot_confusion_matrix(
                results[best, "int8"].confusion, ["no fall", "fall"], title=f"{best} in int8 on {lab.tested_on}"
            ),
            "worst_mistakes": lab2_figures.mistakes(
                lab.test.images,
                lab.test.labels,
                scores[best]["int8"],
                trained[best].files["int8"].threshold_,
                lab.test.sequences,
            ),
            "error_of_int8": lab2_figures.int8_error(trained[best], lab.test.images),
        }
        for name, figure in figures.items():
            console.print(f"  {plotting.save(figure, out / f'{name}.png')}", highlight=False)
        ship(best, trained[best], results, out)
        if compression:
            console.rule("[bold]6. Small enough for the wall")
            compress(lab, trained[lab2_networks.LECTURE].classifier, chosen_recipes, out)


_SLOWEST = "edge_gptq_int4"  # minutes each time it is applied


def _recipes(names: str) -> list[str]:
    """The recipes named, after float32, with which they are compared; all but the slowest if none is named."""
    known = list(fall.compression.RECIPES)
    chosen = [name.strip() for name in names.split(",") if name.strip()] or [n for n in known if n != _SLOWEST]
    for name in chosen:
        if name not in known:
            raise common.InvalidInputError(f"--recipes names {name!r}; known are {', '.join(known)}")
    return ["float32", *(name for name in dict.fromkeys(chosen) if name != "float32")]


if __name__ == "__main__":
    run(main)
