"""The person in an annotated image: who of several counts, and where, as the columns of a frame table."""

from __future__ import annotations

import math
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from common.errors import FrugalError, InvalidInputError
from fall.datasets.reading.report import ReadingReport
from fall.datasets.reading.yolo_labels import LabeledBox, read_boxes

if TYPE_CHECKING:
    from fall.images import Box

NOT_ANNOTATED = "have no annotation"


@dataclass(frozen=True)
class Person:
    """A person in a frame: the number of the class, whether it is that of a fall, and the box in pixels.

    The box is None if the size of the frame cannot be read: whoever reads the image will say why.
    """

    kind: int
    is_fallen: bool
    box: Box | None


def annotated_person(
    image: Path, annotation: Path | None, labels: Mapping[int, int | None], report: ReadingReport
) -> Person | None:
    """The person whom an annotation shows, of several preferably one who has fallen, then the largest.

    Parameters
    ----------
    image : Path
    annotation : Path, optional
        A file in the format of YOLO.
    labels : mapping of int to {1, 0, None}
        The label of each class; objects of a class with None are passed over.
    report : ReadingReport
        Notes why there is no person, and whether the box was cut.

    Returns
    -------
    Person or None
        None if the frame has to be left out: nobody can say what it shows.
    """
    if annotation is None:
        report.exclude(image, NOT_ANNOTATED)
        return None
    try:
        boxes = read_boxes(annotation)
    except InvalidInputError as error:
        report.exclude(image, "have an annotation in another format", f"{annotation.name}, {error}")
        return None
    unknown = sorted({found.kind for found in boxes} - labels.keys())
    if unknown:
        report.exclude(image, "have an annotation of another class", f"{annotation.name}: class {unknown[0]}")
        return None
    people = [found for found in boxes if labels[found.kind] is not None]
    if not people:
        report.exclude(image, NOT_ANNOTATED)
        return None
    chosen = max(people, key=lambda found: (labels[found.kind] or 0, found.width * found.height))
    return _in_pixels(image, chosen, labels[chosen.kind] == 1, report)


def box_columns(person: Person | None) -> dict[str, float]:
    """The columns x, y, w, h; NaN where no box is known."""
    if person is None or person.box is None:
        return dict.fromkeys(("x", "y", "w", "h"), math.nan)
    return vars(person.box)


def _in_pixels(image: Path, found: LabeledBox, is_fallen: bool, report: ReadingReport) -> Person | None:
    from fall.images import image_size

    with suppress(FrugalError):
        box = found.box(*image_size(image))
        if min(box.w, box.h) < 1:
            report.exclude(image, "have a box of less than a pixel")
            return None
        if found.was_cut:
            report.clipped.append(str(image))
        return Person(found.kind, is_fallen, box)
    return Person(found.kind, is_fallen, None)
