"""Frame tables, with a row for each image and the person's box where it is known, and reading them into arrays."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import numpy.typing as npt

from common.errors import FrugalError, FrugalWarning, InvalidInputError
from common.validation import check_choice, check_integer

if TYPE_CHECKING:
    import pandas as pd

    from fall.images import Box

BOX_COLUMNS = ("x", "y", "w", "h")

# A frame table, or only the paths of images.
FrameTable: TypeAlias = "pd.DataFrame | Sequence[str | os.PathLike[str]]"
ImageArray = npt.NDArray[np.uint8]

_CHUNK_SIZE = 256  # frames decoded before the reader needs them
_MAX_NAMED = 20  # unreadable images that a warning names


@dataclass(frozen=True)
class Frame:
    """A checked row of a frame table."""

    row: int
    path: str
    box: Box | None

    def read(self, size: int) -> ImageArray:
        """The person as ``(size, size, 3)``; errors name the row."""
        from fall.images import crop_square, read_image

        try:
            return np.asarray(crop_square(read_image(self.path), self.box, size=size))
        except FrugalError as error:
            # The error for a box outside the image does not name the path.
            path = "" if self.path in str(error) else f", {self.path}"
            raise type(error)(f"table row {self.row}{path}: {error}") from error


def read_images(table: FrameTable, *, size: int = 96, errors: str = "raise") -> ImageArray:
    """Read the images of a frame table, cropped to the person, into one array.

    Parameters
    ----------
    table : pandas.DataFrame or list of paths
        Only the column ``path`` is required. If ``x``, ``y``, ``w`` and ``h`` (pixels) are given and not NaN, the
        square around that box is cut out, see :func:`fall.images.crop_square`; otherwise the whole image is used, with
        black bars if it is not square.
    size : int
        Side of the result in pixels.
    errors : {"raise", "skip"}
        What to do with images that cannot be read: raise at the first one, or leave them out and name them in
        one :class:`~common.errors.FrugalWarning`. Images left out shift those after them: use
        ``table = fall.readable(table)`` first to keep images and labels aligned.

    Returns
    -------
    ndarray of uint8, shape (n_images, size, size, 3)
        RGB, in the table's order.

    Raises
    ------
    InvalidInputError
        If the table is empty, lacks a path, or has an invalid box; if an image is missing or damaged, or its box lies
        outside it; with ``errors="skip"``, if no image can be read.
    UnsafeInputError
        If an image is too large, or not PNG, JPEG, BMP or WebP.

    Examples
    --------
    >>> import tempfile
    >>> from PIL import Image
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     Image.new("RGB", (720, 480)).save(f"{folder}/frame.png")
    ...     read_images([f"{folder}/frame.png"]).shape
    (1, 96, 96, 3)
    """
    size = check_integer(size, "size", at_least=8, at_most=1024)
    frames = check_frames(table)
    images = np.empty((len(frames), size, size, 3), np.uint8)
    n_read = 0
    for _, image in decoded(frames, size=size, errors=errors):
        images[n_read] = image
        n_read += 1
    return images[:n_read]


def readable(table: pd.DataFrame) -> pd.DataFrame:
    """The rows of a frame table whose images can be read.

    Every image is decoded as in :func:`read_images`. One :class:`~common.errors.FrugalWarning` names those left out.

    Parameters
    ----------
    table : pandas.DataFrame
        A frame table.

    Returns
    -------
    pandas.DataFrame
        The readable rows, with their index.

    Raises
    ------
    InvalidInputError
        If ``table`` is not a frame table, or none of its images can be read.

    Examples
    --------
    >>> import tempfile, warnings
    >>> import pandas as pd
    >>> from PIL import Image
    >>> with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings(action="ignore"):
    ...     Image.new("RGB", (96, 96)).save(f"{folder}/good.png")
    ...     table = pd.DataFrame({"path": [f"{folder}/lost.png", f"{folder}/good.png"], "label": [1, 0]})
    ...     readable(table)["label"].tolist()
    [0]
    """
    import pandas as pd

    if not isinstance(table, pd.DataFrame):
        raise InvalidInputError(
            f"table is a {type(table).__name__}; pass a frame table: pd.DataFrame({{'path': paths}})"
        )
    return table.iloc[[row for row, _ in decoded(check_frames(table), size=96, errors="skip")]]


def check_frames(table: FrameTable) -> list[Frame]:
    """The rows of a frame table or list of paths, after checking every path and box."""
    import pandas as pd

    if isinstance(table, (str, bytes, os.PathLike)):
        raise InvalidInputError("table is a single path; pass a list of paths, or a frame table from fall.datasets")
    if not isinstance(table, pd.DataFrame):
        try:
            table = pd.DataFrame({"path": list(table)})
        except TypeError as error:
            raise InvalidInputError(
                f"table is a {type(table).__name__}; pass a frame table from fall.datasets or a list of paths"
            ) from error
    if "path" not in table.columns:
        raise InvalidInputError(f"table has no column 'path', only {list(table.columns)}: name the images in it")
    if table.empty:
        raise InvalidInputError("table is empty: it needs at least one image")
    repeated = [column for column in ("path", *BOX_COLUMNS) if list(table.columns).count(column) > 1]
    if repeated:
        raise InvalidInputError(f"table has several columns named {repeated[0]!r}: keep one")
    boxes = _check_boxes(table)
    return [Frame(row, _check_path(path, row), boxes[row]) for row, path in enumerate(table["path"])]


def decoded(frames: Sequence[Frame], *, size: int, errors: str) -> Iterator[tuple[int, ImageArray]]:
    """Row and image of every readable frame, in order, decoded by threads (Pillow releases the GIL)."""
    skip = check_choice(errors, "errors", ("raise", "skip")) == "skip"
    failures: list[str] = []

    def attempt(frame: Frame) -> ImageArray | FrugalError:
        try:
            return frame.read(size)
        except FrugalError as error:
            return error

    with ThreadPoolExecutor(max_workers=min(4, os.cpu_count() or 1)) as threads:
        # In chunks, so that the threads do not run far ahead of the reader and use little memory.
        for start in range(0, len(frames), _CHUNK_SIZE):
            chunk = frames[start : start + _CHUNK_SIZE]
            for frame, result in zip(chunk, threads.map(attempt, chunk), strict=True):
                if not isinstance(result, FrugalError):
                    yield frame.row, result
                elif skip:
                    failures.append(str(result))
                else:
                    raise result
    if len(failures) == len(frames):
        raise InvalidInputError(f"no image of the table can be read; the first reason: {failures[0]}")
    if failures:
        warnings.warn(_skipped(failures), FrugalWarning, stacklevel=3)


def _check_path(path: Any, row: int) -> str:
    if not isinstance(path, (str, os.PathLike)) or not os.fspath(path):
        raise InvalidInputError(f"table row {row} has the path {path!r}; name an image file, or leave the row out")
    return str(path)


def _check_boxes(table: pd.DataFrame) -> list[Box | None]:
    """The box of every row; None where all four numbers are NaN or the columns are absent."""
    from fall.images import Box

    present = [column for column in BOX_COLUMNS if column in table.columns]
    if not present:
        return [None] * len(table)
    if len(present) < len(BOX_COLUMNS):
        raise InvalidInputError(f"table has the columns {present} of a box; give all of x, y, w, h in pixels, or none")
    boxes = table[list(BOX_COLUMNS)]
    try:
        values = boxes.astype(object).mask(boxes.isna(), np.nan).to_numpy(np.float64)
    except (TypeError, ValueError) as error:
        raise InvalidInputError(f"table has boxes that are not numbers ({error}): give x, y, w, h in pixels") from error
    unknown = np.isnan(values)
    wrong = ~unknown.all(axis=1) & ~(np.isfinite(values).all(axis=1) & (values[:, 2:] > 0).all(axis=1))
    if wrong.any():
        row = int(np.argmax(wrong))
        raise InvalidInputError(
            f"table row {row} has the box x, y, w, h = {values[row].tolist()}; give four finite numbers with w and h "
            "above 0, or four NaN where the box is not known"
        )
    return [None if unknown[row].all() else Box(*values[row].tolist()) for row in range(len(values))]


def _skipped(failures: list[str]) -> str:
    more = f"; and {len(failures) - _MAX_NAMED} more" if len(failures) > _MAX_NAMED else ""
    return f"{len(failures)} unreadable images are left out: {'; '.join(failures[:_MAX_NAMED])}{more}"
