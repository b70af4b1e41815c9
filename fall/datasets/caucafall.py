"""CAUCAFall: ten people fall and do everyday activities in a room; every frame is annotated."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from common.errors import InvalidInputError
from common.validation import DatasetSource, check_choice
from fall.datasets.reading.annotated import Person, annotated_person, box_columns
from fall.datasets.reading.image_files import is_image
from fall.datasets.reading.report import ReadingReport
from fall.datasets.reading.yolo_labels import read_label_text
from fall.datasets.sources import ImageDataset
from fall.datasets.splits import lab_split
from fall.datasets.tables import IMAGE_SUFFIXES, arrange, visible

if TYPE_CHECKING:
    import pandas as pd

FALLS = ("Fall backwards", "Fall forward", "Fall left", "Fall right", "Fall sitting")
DAILY_ACTIVITIES = ("Hop", "Kneel", "Pick up object", "Sit down", "Walk")

SOURCE = DatasetSource(
    name="CAUCAFall",
    layout="Subject.1 … Subject.10 (frames already cropped and sorted are read by load_image_folder)",
    page="https://data.mendeley.com/datasets/7w7fccy7ky",
    paper="Eraso, Muñoz, Muñoz and Pinto, Data in Brief 45, 108610, 2022",
)
_CLASSES = ("nofall", "fall")
_FALLEN = {0: 0, 1: 1}  # the label of each class
_NOT_READ = (".avi",)


def load_caucafall(
    root: str | os.PathLike[str], *, label_by: str = "frame", keep_excluded: bool = False
) -> pd.DataFrame:
    """Read the frames of CAUCAFall, as published, into a frame table.

    ``Subject.1`` … ``Subject.10`` each hold a folder for each activity, with the frames (``cas100001.png``, 720 × 480),
    a YOLO annotation beside each (``cas100001.txt``: ``class cx cy w h``), ``classes.txt`` and a video, which is not
    read. Only the headers of the images are read.

    Parameters
    ----------
    root : str or path-like
        The folder with ``Subject.1`` …, or one or two above it (``Dataset CAUCAFall/CAUCAFall``).
    label_by : {"frame", "activity"}
        ``"frame"``: a frame is a fall if its annotation says so (class 1) *and* the activity is a fall, since
        somebody kneeling has not fallen. ``"activity"``: every frame of a falling activity is a fall, even while the
        person still stands (the lecture's rule).
    keep_excluded : bool
        Keep frames without an annotation, with label −1 and no box.

    Returns
    -------
    pandas.DataFrame
        ``path``, ``label``, ``subject`` (1–10), ``sequence`` (subject and activity), ``activity``, ``frame`` (the
        number in the name), and the person's box ``x``, ``y``, ``w``, ``h`` in pixels (NaN where the image's header
        is damaged; :func:`fall.read_images` reports the cause). There is no column of times, because the numbers have
        gaps and images repeat.

    Raises
    ------
    InvalidInputError
        If the folder is not CAUCAFall, or an annotation is not in the published format.

    Warns
    -----
    FrugalWarning
        If frames without an annotation are left out; in the published files, two of 20,001.

    Notes
    -----
    A few published names do not match (``cas200091 - copia.png`` and ``cas200091.txt``; ``sals800096.png`` and
    ``sals800096a.txt``). Such files are paired if their letters and number agree and no other file in the folder has
    the same; otherwise the frame counts as not annotated.

    References
    ----------
    Eraso, Muñoz, Muñoz and Pinto: Dataset for human fall recognition in an uncontrolled environment. Data in Brief 45,
    108610, 2022. CC BY 4.0.

    Examples
    --------
    >>> table = load_caucafall("Dataset CAUCAFall")  # doctest: +SKIP
    >>> train, test = fall.datasets.lab_split(table)  # doctest: +SKIP
    """
    import pandas as pd

    by_frame = check_choice(label_by, "label_by", ("frame", "activity")) == "frame"
    report = ReadingReport(keep_excluded)
    rows = []
    for subject, activity, folder in _recordings(SOURCE.check_folder(root)):
        for image, annotation in _annotated_frames(folder, report):
            person = annotated_person(image, annotation, _FALLEN, report)
            rows.append(
                {
                    "path": str(image),
                    "label": _label(activity, person, by_frame=by_frame),
                    "subject": subject,
                    "sequence": f"Subject.{subject}/{activity}",
                    "activity": activity,
                    "frame": _frame_number(image),
                    **box_columns(person),
                }
            )
    table = pd.DataFrame(rows)
    if table.empty or (table["label"] < 0).all():
        raise SOURCE.error(root, report.why("holds no annotated frame"))
    report.tell(len(table), "frames")
    return report.attach(arrange(table, keep_excluded=keep_excluded))


DATASET = ImageDataset("caucafall", load_caucafall, SOURCE, split=lab_split, tested_on="subjects 9 and 10")


def _label(activity: str, person: Person | None, *, by_frame: bool) -> int:
    if person is None:
        return -1
    return int(activity in FALLS and (person.is_fallen or not by_frame))


def _recordings(root: Path) -> Iterator[tuple[int, str, Path]]:
    """Subject, activity and folder of every recording, subjects in numerical order."""
    names = {name.casefold(): name for name in (*FALLS, *DAILY_ACTIVITIES)}
    for number, subject in sorted(_subjects(root).items()):
        for folder in filter(Path.is_dir, visible(subject)):
            if folder.name.casefold() not in names:
                raise InvalidInputError(
                    f"{folder} is none of CAUCAFall's activities ({', '.join(names.values())}): move it elsewhere"
                )
            yield number, names[folder.name.casefold()], folder


def _subjects(root: Path) -> dict[int, Path]:
    """The folder of every subject: in ``root``, or one or two folders below it, as the archive unpacks."""
    for pattern in ("Subject.*", "*/Subject.*", "*/*/Subject.*"):
        folders = [folder for folder in root.glob(pattern) if folder.is_dir() and folder.suffix[1:].isdecimal()]
        subjects = {int(folder.suffix[1:]): folder for folder in folders}
        if len(subjects) < len(folders):
            raise SOURCE.error(root, "holds a subject twice")
        if subjects:
            return subjects
    raise SOURCE.error(root, "holds no Subject.N")


def _annotated_frames(folder: Path, report: ReadingReport) -> Iterator[tuple[Path, Path | None]]:
    """Every image of a recording with its annotation, in order of the names."""
    files = [file for file in visible(folder) if file.suffix.lower() not in _NOT_READ]
    annotations = [file for file in files if file.suffix.lower() == ".txt" and file.name.lower() != "classes.txt"]
    images = [file for file in files if file.suffix.lower() != ".txt" and _is_frame(file, report)]
    _check_classes(folder / "classes.txt")
    yield from pair_by_name(images, annotations).items()


def _is_frame(file: Path, report: ReadingReport) -> bool:
    """Whether a file is an image; what only has the name of one is left for :func:`fall.read_images` to report."""
    if not file.is_file():
        report.leave_out(file, "are not regular files")
        return False
    return file.suffix.lower() in IMAGE_SUFFIXES or is_image(file, report)


def pair_by_name(images: list[Path], annotations: list[Path]) -> dict[Path, Path | None]:
    """Pair each image with the annotation of the same name, or else of the same letters and number if unique."""
    by_stem = {annotation.stem: annotation for annotation in annotations}
    pairs = {image: by_stem.pop(image.stem, None) for image in images}
    n_images = Counter(map(_letters_and_number, images))
    n_annotations = Counter(map(_letters_and_number, annotations))
    unpaired = {_letters_and_number(annotation): annotation for annotation in by_stem.values()}
    for image, annotation in pairs.items():
        key = _letters_and_number(image)
        if annotation is None and n_images[key] == n_annotations[key] == 1:
            pairs[image] = unpaired.get(key)
    return pairs


def _letters_and_number(file: Path) -> str:
    """The name without accidental additions: ``cas200091 - copia`` and ``cas200091a`` become ``cas200091``."""
    match = re.match(r"[a-z]+\d+(-\d+)?", file.stem.casefold())
    return match.group() if match else file.stem.casefold()


def _frame_number(image: Path) -> int:
    """The last five digits of the name (the subject precedes them); −1 if there are none."""
    match = re.search(r"\d{1,5}$", _letters_and_number(image))
    return int(match.group()) if match else -1


def _check_classes(file: Path) -> None:
    """Raise unless class 1 is a fall; folders of daily activities may list class 0 alone."""
    if file.exists():
        names = tuple(read_label_text(file).split())
        if names not in (_CLASSES, _CLASSES[:1]):
            raise InvalidInputError(f"{file} names the classes {names}; expected nofall, then fall: restore the file")
