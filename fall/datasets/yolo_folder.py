"""Reader of your own images with annotations in the format of YOLO."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from common.errors import InvalidInputError
from common.validation import DatasetSource
from fall.datasets.reading.annotated import annotated_person, box_columns
from fall.datasets.reading.class_names import split_name
from fall.datasets.reading.image_files import only_images
from fall.datasets.reading.parts import UNKNOWN, check_parts, person_name
from fall.datasets.reading.report import ReadingReport
from fall.datasets.reading.tree import Found, Part, files_below
from fall.datasets.reading.yolo_names import NAME_FILES, class_names, labels_of_classes
from fall.datasets.sources import ImageDataset
from fall.datasets.tables import arrange

if TYPE_CHECKING:
    import pandas as pd

SOURCE = DatasetSource(
    name="your own annotated images",
    layout="images/ and labels/ (also images/train, or train/images), or with a .txt file beside each image",
)
_IMAGES, _LABELS = "images", "labels"


def load_yolo_folder(
    root: str | os.PathLike[str],
    *,
    classes: Mapping[int | str, int | None] | None = None,
    subject: str | None = None,
    keep_excluded: bool = False,
) -> pd.DataFrame:
    """Read images with annotations in the format of YOLO into a frame table.

    ::

        root/data.yaml                   root/train/images/0001.jpg      root/0001.jpg
        root/images/train/0001.jpg       root/train/labels/0001.txt      root/0001.txt
        root/labels/train/0001.txt       root/valid/images/…             root/classes.txt

    An annotation has a line for each object, ``class cx cy w h`` in fractions of the frame; a sixth number is a
    confidence, more are a polygon, of which the box is taken; a triangle must not end in a whole number, which would be
    a person's number. Byte order marks, blank lines, comments and a class of ``1.0`` are read. A box that reaches
    beyond the frame is cut.

    Parameters
    ----------
    root : str or path-like
        The folder with the images and their annotations, at any depth. Links are followed, and each file is read once.
    classes : mapping of int or str to {1, 0, None}, optional
        The label of each class, 1 for a fall, by its number or its name in ``data.yaml`` or ``classes.txt``. Objects of
        a class with ``None`` are passed over, such as furniture. By default, the names themselves say it (``fall``
        against ``nofall``).
    subject : str, optional
        A regular expression for the person in the path of an image from ``root``, such as ``r"person(\\d+)"``: its
        first group, or all of it. By default the first folder that is neither ``images`` nor ``labels`` nor a part
        (``train``, ``val``, ``test``), or else ``"unknown"``.
    keep_excluded : bool
        Keep images without a sound annotation of a person, with label −1 and no box.

    Returns
    -------
    pandas.DataFrame
        A row for each image: ``path``, ``label`` (1: fall), ``subject``, ``sequence`` (the folder of the image from
        ``root``), ``activity`` (the name of the class, or its number), the person's box ``x``, ``y``, ``w``, ``h`` in
        pixels and, if the folders have parts, ``split``. Of several people one who has fallen is taken, or else the
        largest. ``table.attrs["left_out"]`` maps the path of everything left out to the reason;
        ``table.attrs["clipped"]`` lists the images whose box was cut.

    Raises
    ------
    InvalidInputError
        If no image has a sound annotation, no image has one of the labels of ``classes``, or ``classes`` or ``subject``
        does not fit the data.

    Warns
    -----
    FrugalWarning
        If images are left out or boxes are cut, with their number and the first of them.

    Examples
    --------
    >>> import tempfile
    >>> from PIL import Image
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     for name, annotation in (("1", "0 0.5 0.5 0.2 0.8"), ("2", "1 0.5 0.75 0.8 0.5")):
    ...         Image.new("RGB", (100, 50)).save(f"{folder}/{name}.png")
    ...         _ = Path(folder, f"{name}.txt").write_text(annotation)
    ...     load_yolo_folder(folder, classes={0: 0, 1: 1})[["label", "x", "y", "w", "h"]]
       label     x     y     w     h
    0      0  40.0   5.0  20.0  40.0
    1      1  10.0  25.0  80.0  25.0
    """
    import pandas as pd

    folder = SOURCE.check_folder(root)
    report = ReadingReport(keep_excluded)
    files = files_below({folder: Part()}, folder, report)
    annotations = {file.path for file in files if _is_annotation(file.path)}
    images = only_images((file for file in files if file.path not in annotations), report)
    if not images:
        raise SOURCE.error(root, report.why("holds no PNG or JPEG image, nor BMP or WebP"))
    names = class_names(folder)
    labels = labels_of_classes(classes, names)
    rows, used = [], set()
    for image in images:
        below = image.path.relative_to(folder)
        annotation = _annotation_of(image, folder, annotations)
        used.add(annotation)
        person = annotated_person(image.path, annotation, labels, report)
        label = None if person is None else labels[person.kind]
        rows.append(
            {
                "path": str(image.path),
                "label": -1 if label is None else label,
                "subject": _subject(below, subject),
                "sequence": below.parent.as_posix(),
                "activity": None if person is None else names.get(person.kind, str(person.kind)),
                "split": next(filter(None, map(split_name, below.parts[:-1])), ""),
                **box_columns(person),
            }
        )
    for annotation in sorted(annotations - used):
        tell = _LABELS in annotation.relative_to(folder).parts
        report.leave_out(annotation, "are annotations without an image", tell=tell)
    table = pd.DataFrame(rows)
    _check_labels(root, table, labels, report)
    table = check_parts(table)
    report.tell(len(table), "images")
    return report.attach(arrange(table, keep_excluded=keep_excluded))


DATASET = ImageDataset("yolo", load_yolo_folder, SOURCE)


def _is_annotation(path: Path) -> bool:
    return path.suffix.lower() == ".txt" and path.name not in NAME_FILES


def _annotation_of(image: Found, folder: Path, annotations: set[Path]) -> Path | None:
    """The annotation of an image: in ``labels`` in the place of the last ``images`` of its path, or beside it."""
    parts = list(image.path.relative_to(folder).with_suffix(".txt").parts)
    places = [place for place, part in enumerate(parts[:-1]) if part.casefold() == _IMAGES]
    beside = folder.joinpath(*parts)
    if places:
        parts[places[-1]] = _LABELS
    return next((file for file in (folder.joinpath(*parts), beside) if file in annotations), None)


def _subject(below: Path, pattern: str | None) -> str:
    """The person in an image, by its path from the root."""
    if pattern is None:
        people = (
            part for part in below.parts[:-1] if part.casefold() not in (_IMAGES, _LABELS) and not split_name(part)
        )
        return person_name(next(people, UNKNOWN))
    try:
        match = re.search(pattern, below.as_posix())
    except (re.error, TypeError) as error:
        raise InvalidInputError(f"subject is {pattern!r}, which is no regular expression ({error})") from error
    if match is None or not (found := match[1] if match.re.groups else match[0]):
        raise InvalidInputError(f"subject is {pattern!r}, which finds no person in {below.as_posix()!r}: correct it")
    return person_name(found)


def _check_labels(
    root: str | os.PathLike[str], table: pd.DataFrame, labels: Mapping[int, int | None], report: ReadingReport
) -> None:
    if (table["label"] < 0).all():
        raise SOURCE.error(root, report.why("holds no image with an annotation of the classes"))
    missing = {label for label in labels.values() if label is not None} - set(table["label"])
    if missing:
        raise SOURCE.error(
            root, report.why(f"holds no image of label {missing.pop()}, which classes names: remove it from there")
        )
