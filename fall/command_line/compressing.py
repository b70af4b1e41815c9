"""`fall compress`: make a trained network small by recipes, and tell what each costs in accuracy."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
import typer

import common
import fall
from common.command_line.options import Json, Seed, check_writable, listed
from common.command_line.output import print_result
from common.command_line.running import WrongUsageError, explained
from common.tables import ABSENT, ratio, text_table
from fall.command_line import options
from fall.command_line.learning import Settings
from fall.command_line.network_file import load_network
from fall.command_line.reading import read_frames

if TYPE_CHECKING:
    import pandas as pd

_REFERENCE = "float32"
_MEASURES = ("accuracy", "sensitivity", "specificity")


@explained()
def compress(
    model: Annotated[Path, typer.Argument(metavar="MODEL", help="Folder of a model that was saved by fall train.")],
    images: options.Images,
    out: options.Out,
    recipe: Annotated[
        list[str] | None,
        typer.Option("--recipes", metavar="NAMES", help="Recipes to compare, with commas between: see fall recipes."),
    ] = None,
    layout: options.Layout = "folder",
    labels: options.Labels = None,
    epochs: options.Epochs = None,
    folds: Annotated[
        int, typer.Option(min=2, metavar="NUMBER", help="Parts into which people are divided to compare recipes.")
    ] = 3,
    tolerance: Annotated[
        float, typer.Option(min=0, metavar="SHARE", help="How much accuracy and sensitivity may be lost.")
    ] = 0.01,
    seed: Seed = 0,
    as_json: Json = False,
) -> None:
    """Make a network small; tell what that costs in accuracy.

    DIR holds the images that the network was trained on. For the figures, people are left out in turn: a network of
    this kind is trained on the others and compressed by each recipe. The smallest file is saved that loses at most
    the tolerance.

    \b
      fall compress detector pictures --labels Sturz=1,Alltag=0 \\
          --recipes int8,channels_int8 --out small
    """
    names = listed(recipe) or ["int8"]
    unknown = [name for name in names if name not in fall.compression.RECIPES]
    if unknown:
        raise WrongUsageError(f"--recipes holds {unknown[0]!r}; known are {', '.join(fall.compression.RECIPES)}")
    check_writable(out)
    trained = fall.TFLiteFallClassifier(model)
    network = load_network(model)
    table = read_frames(images, layout, labels)
    classifier = fall.CNNFallClassifier.from_model(
        network,
        classes=trained.classes_,
        positive=trained.positive_,
        input_range=trained.input_range_,
        threshold=trained.threshold_,
        **Settings(epochs, seed).training_parameters(table),
    )
    compared = fall.compare_recipes(
        classifier,
        list(dict.fromkeys([_REFERENCE, *names])),
        table,
        table["label"],
        groups=table["subject"],
        n_folds=folds,
        tolerance=tolerance,
        random_state=seed,
        verbose=1,
    )
    chosen = str(compared.index[compared["chosen"]][0])
    common.save_bundle(compared.loc[chosen, "model"], out)
    n_people = table["subject"].nunique()
    print_result(
        f"On {n_people} people left out in turn:\n\n{_table(compared)}\n\nSaved in {out}: {chosen}, the smallest that "
        f"loses at most {tolerance:g}",
        {"model": out, "chosen": chosen, "people": n_people, "recipes": _rows(compared)},
        as_json=as_json,
    )


def _table(compared: pd.DataFrame) -> str:
    header = ["recipe", "file kB", "gzip kB", *_MEASURES]
    rows = [
        [str(name), *map(_kilobytes, row[["raw_bytes", "gzip_bytes"]]), *map(ratio, row[list(_MEASURES)])]
        for name, row in compared.iterrows()
    ]
    failed = [f"{name} cannot be made: {reason}" for name, reason in compared["reason"].items() if reason]
    return "\n\n".join([text_table(header, rows), *failed])


def _kilobytes(n_bytes: float) -> str:
    return ABSENT if np.isnan(n_bytes) else f"{n_bytes / 1000:,.1f}"


def _rows(compared: pd.DataFrame) -> list[dict[str, Any]]:
    return [
        {"recipe": name, **{str(key): value for key, value in row.items() if key != "model"}}
        for name, row in compared.iterrows()
    ]
