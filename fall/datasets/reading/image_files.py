"""Which of the files below a folder are images, by their content; the others are left out with a reason."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from common.errors import InvalidInputError
from fall.datasets.reading.report import ReadingReport
from fall.datasets.reading.tree import Found
from fall.datasets.tables import IMAGE_SUFFIXES
from fall.image_files.kinds import ACCEPTED, kind_of_file

#: What may hold images that are not read, by the end of the name.
_MAY_HOLD_IMAGES = {
    **dict.fromkeys((".zip", ".7z", ".rar", ".tar", ".gz", ".tgz", ".bz2", ".xz"), "are archives: unpack them first"),
    ".lnk": "are shortcuts, which are not followed: copy what they show",
}


def only_images(files: Iterable[Found], report: ReadingReport) -> list[Found]:
    """The files that are images of a kind that is read; ``report`` notes the others."""
    return [file for file in files if is_image(file.path, report)]


def is_image(path: Path, report: ReadingReport) -> bool:
    """Whether a file is an image of a kind that is read; if not, ``report`` notes why."""
    try:
        kind = kind_of_file(path)
    except InvalidInputError as error:
        report.leave_out(path, "cannot be opened", str(error))
        return False
    if kind in ACCEPTED:
        return True
    if kind == "video":
        report.leave_out(path, "are videos: take images out of them first")
    elif kind is not None:
        report.leave_out(path, f"are {kind}, which is not read: convert them to PNG or JPEG")
    elif path.suffix.lower() in IMAGE_SUFFIXES:
        report.leave_out(path, "have the name of an image, but not its content")
    elif path.suffix.lower() in _MAY_HOLD_IMAGES:
        report.leave_out(path, _MAY_HOLD_IMAGES[path.suffix.lower()])
    else:
        report.leave_out(path, "are not images", tell=False)
    return False
