"""`fall train`: train a network on folders of images, and tell its figures on people whom it has not met."""

from __future__ import annotations

from typing import Annotated

import typer

import common
import fall
from common.command_line.options import Folds, Json, Seed, check_writable
from common.command_line.output import evaluation_document, print_result
from common.command_line.running import explained, tell
from fall.command_line import options
from fall.command_line.learning import Settings, judge_by_person
from fall.command_line.network_file import save_network
from fall.command_line.reading import read_frames


@explained()
def train(
    images: options.Images,
    out: options.Out,
    layout: options.Layout = "folder",
    labels: options.Labels = None,
    network: Annotated[
        str, typer.Option(metavar="NAME", help="separable_cnn is small; lecture_cnn, residual_cnn and others.")
    ] = "separable_cnn",
    input_size: Annotated[int, typer.Option(min=8, metavar="PIXELS", help="Side of the images.")] = 96,
    epochs: options.Epochs = None,
    learning_rate: Annotated[float, typer.Option(metavar="NUMBER", help="Adam's highest learning rate.")] = 1e-3,
    folds: Folds = 4,
    seed: Seed = 0,
    as_json: Json = False,
) -> None:
    """Train a network; tell its figures on people never met.

    Everybody is left out once: a network that was trained on the others judges them. The one that is saved is then
    trained on all. It lies in a folder that runs without TensorFlow, and as FOLDER.keras, which fall compress takes.

    \b
      fall train pictures --labels Sturz=1,Alltag=0 --out detector
    """
    check_writable(out)
    table = read_frames(images, layout, labels)
    people = table["subject"].nunique()
    tell(f"{len(table):,} images of {people} people, {int((table['label'] == 1).sum()):,} of falls")
    settings = Settings(epochs, seed, network, input_size, learning_rate)
    judged = judge_by_person(table, settings, folds=folds) if folds else None
    classifier = settings.fitted(table, verbose=1)
    model = fall.compress(classifier, "float32", table, table["label"], groups=table["subject"])
    common.save_bundle(model, out)
    keras = save_network(classifier.model_, out)
    saved = f"Saved in {out}: {model}\nThe network itself, to compress: {keras}"
    print_result(
        f"On people never met:\n\n{judged}\n\n{saved}" if judged else saved,
        {
            "model": out,
            "network": keras,
            "images": len(table),
            "bytes": len(model.tflite),
            "cost": model.cost.counts(),
            "on_people_never_met": None if judged is None else evaluation_document(judged),
        },
        as_json=as_json,
    )
