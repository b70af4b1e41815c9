"""CAUCAFall: ten people fall and do everyday activities in a room; every frame is annotated."""

from __future__ import annotations

import os
import re
import warnings
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from common.errors import FrugalError, FrugalWarning, InvalidInputError
from common.validation import check_choice
from fall.datasets.sources import ImageDataset, Source
from fall.datasets.splits import lab_split
from fall.datasets.tables import IMAGE_SUFFIXES, arrange, visible

if TYPE_CHECKING:
    import pandas as pd

    from fall.images import Box

FALLS = ("Fall backwards", "Fall forward", "Fall left", "Fall right", "Fall sitting")
DAILY_ACTIVITIES = ("Hop", "Kneel", "Pick up object", "Sit down", "Walk")

SOURCE = Source(
    name="CAUCAFall",
    layout="Subject.1 … Subject.10 (frames already cropped and sorted are read by load_image_folder)",
    page="https://data.mendeley.com/datasets/7w7fccy7ky",
    paper="Eraso, Muñoz, Muñoz and Pinto, Data in Brief 45, 108610, 2022",
)
_CLASSES = ("nofall", "fall")


@dataclass(frozen=True)
class Annotation:
    """A YOLO annotation of a frame: whether the person has fallen, and the box in fractions of the frame."""

    fallen: bool
    center_x: float
    center_y: float
    width: float
    height: float

    def box(self, frame_width: int, frame_height: int) -> Box:
        """The box in pixels."""
        from fall.images import Box

        return Box(
            x=(self.center_x - self.width / 2) * frame_width,
            y=(self.center_y - self.height / 2) * frame_height,
            w=self.width * frame_width,
            h=self.height * frame_height,
        )


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
    rows = []
    for subject, activity, folder in _recordings(SOURCE.check_root(root)):
        for image, annotation in _annotated_frames(folder):
            rows.append(
                {
                    "path": str(image),
                    "label": _label(activity, annotation, by_frame=by_frame),
                    "subject": subject,
                    "sequence": f"Subject.{subject}/{activity}",
                    "activity": activity,
                    "frame": _frame_number(image),
                    **_box_in_pixels(image, annotation),
                }
            )
    table = pd.DataFrame(rows)
    excluded = [] if table.empty else table["path"][table["label"] < 0].tolist()
    if len(excluded) == len(table):
        raise SOURCE.error(root, "holds no annotated frame")
    if excluded and not keep_excluded:
        warnings.warn(
            f"{len(excluded)} of {len(table)} frames have no annotation and are left out (keep_excluded=True keeps "
            f"them, with label −1): {', '.join(excluded[:5])}{' …' if len(excluded) > 5 else ''}",
            FrugalWarning,
            stacklevel=2,
        )
    return arrange(table, keep_excluded=keep_excluded)


DATASET = ImageDataset("caucafall", load_caucafall, SOURCE, split=lab_split, tested_on="subjects 9 and 10")


def _label(activity: str, annotation: Annotation | None, *, by_frame: bool) -> int:
    if annotation is None:
        return -1
    return int(activity in FALLS and (annotation.fallen or not by_frame))


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


def _annotated_frames(folder: Path) -> Iterator[tuple[Path, Annotation | None]]:
    """Every image of a recording with its annotation, in order of the names."""
    files = visible(folder)
    images = [file for file in files if file.suffix.lower() in IMAGE_SUFFIXES]
    annotations = [file for file in files if file.suffix.lower() == ".txt" and file.name.lower() != "classes.txt"]
    _check_classes(folder / "classes.txt")
    for image, annotation in pair_by_name(images, annotations).items():
        yield image, None if annotation is None else _read_annotation(annotation)


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
    if file.is_file():
        names = tuple(_read_text(file).split())
        if names not in (_CLASSES, _CLASSES[:1]):
            raise InvalidInputError(f"{file} names the classes {names}; expected nofall, then fall: restore the file")


def _read_annotation(file: Path) -> Annotation | None:
    """The annotation of a person, of several preferably one who has fallen; None if the file is empty."""
    people = []
    for line in filter(str.strip, _read_text(file).splitlines()):
        try:
            kind, *box = line.split()
            center_x, center_y, width, height = map(float, box)
            if not (
                kind in ("0", "1") and 0 <= center_x <= 1 and 0 <= center_y <= 1 and 0 < width <= 1 and 0 < height <= 1
            ):
                raise ValueError("a value is out of range")
        except ValueError as error:
            raise InvalidInputError(
                f"{file} says {line[:80]!r} ({error}); expected class, cx, cy, w, h with class 0 or 1 and the rest in "
                "fractions of the frame: restore the file"
            ) from error
        people.append(Annotation(kind == "1", center_x, center_y, width, height))
    return max(people, key=lambda person: (person.fallen, person.width * person.height), default=None)


def _read_text(file: Path) -> str:
    with file.open(encoding="utf-8", errors="replace") as text:
        return text.read(10_000)  # the published files have one line


def _box_in_pixels(image: Path, annotation: Annotation | None) -> dict[str, float]:
    """The columns x, y, w, h; NaN without an annotation, or if the image's size cannot be read."""
    from fall.images import Box, image_size

    box = Box(*4 * (float("nan"),))
    if annotation is not None:
        with suppress(FrugalError):  # read_images names the damaged file, and skips it if asked to
            box = annotation.box(*image_size(image))
    return vars(box)
