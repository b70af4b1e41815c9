"""Reader of your own images, sorted into folders of falls and of other activities."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from common.errors import InvalidInputError
from common.validation import DatasetSource
from fall.datasets.reading.class_names import ClassName, check_label_names, plain_name, split_name
from fall.datasets.reading.image_files import is_image, only_images
from fall.datasets.reading.parts import UNKNOWN, check_parts, person_name
from fall.datasets.reading.report import ReadingReport
from fall.datasets.reading.tree import Found, Part, files_below
from fall.datasets.sources import ImageDataset
from fall.datasets.tables import arrange, visible

if TYPE_CHECKING:
    import pandas as pd

SOURCE = DatasetSource(
    name="your own images",
    layout="the subfolders fall/ and non-fall/ (also falls, fallen; no-fall, not-fall, adl), which hold the images or "
    "a folder for each person; name other subfolders in labels={'Sturz': 1, …}",
)


def load_image_folder(root: str | os.PathLike[str], *, labels: Mapping[str, int | None] | None = None) -> pd.DataFrame:
    """Read your own images, sorted into a folder for each class, into a frame table.

    ::

        root/fall/anna/evening/0001.png      root/fall/0001.jpg      root/train/fall/anna/0001.png
        root/non-fall/anna/0001.png          root/non-fall/0001.jpg  root/test/non-fall/bert/0001.png

    A folder below ``fall`` or ``non-fall`` is a person, so that a split by subject can keep each person on one side.
    Images directly in ``fall`` or ``non-fall`` all belong to the subject ``"unknown"``: they can be trained on, but a
    split by subject needs a folder for each person.

    PNG, JPEG, BMP and WebP are known by their content, whatever their names say. Links are followed, and each file is
    read once. Hidden files and what operating systems leave behind (``__MACOSX``, ``Thumbs.db``) are ignored.

    Parameters
    ----------
    root : str or path-like
        The folder with ``fall`` and ``non-fall`` (also ``falls``, ``fallen``; ``no-fall``, ``not-fall``, ``adl``), or
        with ``train`` and ``test`` (also ``val``) which hold them.
    labels : mapping of str to {1, 0, None}, optional
        Other names of the folders: ``{"Sturz": 1, "kein Sturz": 0, "unklar": None}``. ``None`` leaves a folder out. In
        all names, case, spaces, hyphens and underscores do not matter.

    Returns
    -------
    pandas.DataFrame
        ``path``, ``label`` (1: fall), ``subject``, ``sequence`` (the folder an image lies in, from ``root``),
        ``activity`` (``fall`` or ``non-fall``, or the name in ``labels``) and, with ``train`` and ``test``, ``split``.
        Whole images are used; add columns ``x``, ``y``, ``w``, ``h`` if you know the boxes.
        ``table.attrs["left_out"]`` maps the path of everything left out to the reason.

    Raises
    ------
    InvalidInputError
        If the folder has subfolders of other names, a class has no image, or an image belongs to both labels.

    Warns
    -----
    FrugalWarning
        If images, videos, folders or links are left out; if a part of a split lacks a class, or shares people with
        another part.

    Examples
    --------
    >>> import tempfile
    >>> from PIL import Image
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     for image in ("Sturz/anna/1.png", "Gehen/anna/1.png", "Gehen/bert/1.png"):
    ...         file = Path(folder, image)
    ...         file.parent.mkdir(parents=True)
    ...         Image.new("RGB", (96, 96)).save(file)
    ...     load_image_folder(folder, labels={"Sturz": 1, "Gehen": 0})[["label", "subject", "activity"]]
       label subject activity
    0      0    anna    Gehen
    1      0    bert    Gehen
    2      1    anna    Sturz
    """
    import pandas as pd

    folder = SOURCE.check_folder(root)
    classes = check_label_names(labels)
    report = ReadingReport()
    tops = dict(_class_folders(folder, classes, report))
    files = files_below(tops, folder, report)
    images = only_images(files, report)
    _check_classes(root, classes, tops, images, report, named=labels is not None)
    table = pd.DataFrame([_row(image, folder) for image in images])
    table = check_parts(table)
    report.tell(len(files), "files")
    return report.attach(arrange(table, keep_excluded=True))


DATASET = ImageDataset("folder", load_image_folder, SOURCE)


def _class_folders(
    folder: Path, classes: Mapping[str, ClassName], report: ReadingReport
) -> Iterator[tuple[Path, Part]]:
    """The folders of classes in ``folder``, or in its folders train, val and test."""
    parts = {
        entry: split
        for entry in visible(folder)
        if entry.is_dir() and plain_name(entry.name) not in classes and (split := split_name(entry.name))
    }
    for part, split in (parts or {folder: ""}).items():
        for entry in visible(part):
            known = classes.get(plain_name(entry.name))
            if not entry.is_dir():
                if entry.is_symlink() and not entry.exists():
                    report.leave_out(entry, "are links that lead nowhere")
                elif is_image(entry, report):
                    report.leave_out(entry, "are images outside the folders of the classes")
            elif known is None:
                raise _unknown_folder(entry, classes)
            elif known.label is None:
                report.leave_out(entry, "are folders that labels leaves out", tell=False)
            else:
                yield entry, Part(known.label, known.name, split)
    for entry in visible(folder) if parts else ():
        if entry not in parts and entry.is_dir():
            beside = ", ".join(part.name for part in parts)
            raise InvalidInputError(f"{entry} lies beside {beside}: move it into one of them, or elsewhere")


def _unknown_folder(folder: Path, classes: Mapping[str, ClassName]) -> InvalidInputError:
    names = dict.fromkeys(known.name for known in classes.values())
    return InvalidInputError(
        f"{folder} is neither {' nor '.join(names)}: root should hold {SOURCE.layout}; None leaves a folder out"
    )


def _row(image: Found, folder: Path) -> dict[str, object]:
    below = image.path.relative_to(image.top).parts
    return {
        "path": str(image.path),
        "label": image.part.label,
        "subject": person_name(below[0]) if len(below) > 1 else UNKNOWN,
        "sequence": image.path.parent.relative_to(folder).as_posix(),
        "activity": image.part.activity,
        "split": image.part.split,
    }


def _check_classes(
    root: str | os.PathLike[str],
    classes: Mapping[str, ClassName],
    tops: Mapping[Path, Part],
    images: list[Found],
    report: ReadingReport,
    *,
    named: bool,
) -> None:
    """Raise if a class has no image; a class that has several folders needs an image in one of them."""
    reasons = report.summary(len(report.left_out) + len(images), "files")
    why = f"; {reasons}" if reasons else ""
    if not images:
        raise SOURCE.error(root, f"holds no PNG or JPEG image, nor BMP or WebP{why}")
    expected = {plain: known for plain, known in classes.items() if known.label is not None}
    for label in {known.label for known in expected.values()} - {image.part.label for image in images}:
        names = ", ".join(dict.fromkeys(known.name for known in expected.values() if known.label == label))
        raise SOURCE.error(
            root, f"holds no image of label {label} ({names}); to read one class alone, name it in labels{why}"
        )
    present = {plain_name(top.name) for top in tops}
    missing = [known.name for plain, known in expected.items() if named and plain not in present]
    if missing:
        raise InvalidInputError(
            f"labels names the folder {missing[0]!r}, but root {str(root)!r} holds only "
            f"{', '.join(sorted(top.name for top in tops))}: correct the name, or remove it from labels"
        )
    for top in tops:
        if not any(image.top == top for image in images):
            report.leave_out(top, "are folders without an image")
