"""`fall predict`: which images show a fall."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

import fall
from common.command_line.options import Json, listed
from common.command_line.output import print_result
from common.command_line.running import WrongUsageError, explained
from common.errors import InvalidInputError
from fall.command_line import options
from fall.networks.outputs import decide

_SUFFIXES = {".png", ".jpg", ".jpeg", ".bmp", ".webp"}
_BATCH = 64


@explained()
def predict(
    model: options.Model,
    images: Annotated[list[Path], typer.Argument(metavar="IMAGE", help="Images, or folders of them.")],
    classes: Annotated[
        list[str] | None,
        typer.Option(metavar="NAMES", help="Of a file of somebody else: its classes in the order of its outputs."),
    ] = None,
    positive: Annotated[
        str | None, typer.Option(metavar="NAME", help="Of a file of somebody else: which class is the fall.")
    ] = None,
    input_range: Annotated[
        str | None,
        typer.Option(metavar="LOW,HIGH", help="Of a file of somebody else: what it expects for black and white."),
    ] = None,
    threshold: Annotated[
        float | None, typer.Option(min=0, metavar="SHARE", help="From which probability on; default: the model's own.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Tell for each image whether it shows a fall.

    It runs without TensorFlow. Each line holds the image, the label, and the probability of a fall.

    \b
      fall predict detector stairs.jpg hall.jpg
      fall predict theirs.tflite pictures --classes sitting,lying \\
          --positive lying --input-range 0,1
    """
    detector = fall.TFLiteFallClassifier(
        model,
        classes=listed(classes) or None,
        positive=positive,
        input_range=None if input_range is None else _range(input_range),
        threshold=threshold,
    )
    paths = list(_images(images))
    if not paths:
        raise InvalidInputError(f"{', '.join(map(str, images))} holds no image: PNG, JPEG, BMP and WebP are read")
    if as_json:
        print_result("", {"threshold": detector.threshold_, "images": list(_decided(detector, paths))}, as_json=True)
        return
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(("image", "label", "fall_probability"))
    for row in _decided(detector, paths):
        writer.writerow((row["image"], row["label"], f"{row['fall_probability']:.3f}"))


def _decided(detector: Any, paths: Sequence[Path]) -> Iterator[dict[str, Any]]:
    of_fall: int = detector.classes_.tolist().index(detector.positive_)
    for start in range(0, len(paths), _BATCH):
        batch = paths[start : start + _BATCH]
        probability = detector.predict_proba([str(path) for path in batch])
        labels = detector.classes_[decide(probability, of_fall, detector.threshold_)].tolist()
        for path, row, label in zip(batch, probability, labels, strict=True):
            yield {"image": str(path), "label": label, "fall_probability": float(row[of_fall])}


def _images(given: Sequence[Path]) -> Iterator[Path]:
    """The images named, and those in folders, sorted."""
    for path in given:
        if path.is_dir():
            yield from sorted(file for file in path.rglob("*") if file.suffix.lower() in _SUFFIXES)
        else:
            yield path


def _range(text: str) -> tuple[float, float]:
    try:
        low, high = map(float, text.split(","))
    except ValueError as error:
        raise WrongUsageError(f"--input-range is {text!r}; pass two numbers, such as 0,1") from error
    return low, high
