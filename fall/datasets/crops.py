"""Readers of GMDCSA24 and URFD as crops of the person, 96 × 96 pixels, with a table of labels."""

from __future__ import annotations

import io
import os
from typing import TYPE_CHECKING

from common.errors import InvalidInputError
from common.validation import DatasetSource, encoding_by_mark, read_file_bytes
from fall.datasets.sources import ImageDataset
from fall.datasets.tables import arrange

if TYPE_CHECKING:
    import pandas as pd

# Columns of both tables of labels. `box` is the person in the original video, not in the crop.
_SHARED_COLUMNS = ("file", "label", "frame", "time_s", "kind", "box")
# A hundred times the published tables.
_MAX_LABEL_BYTES = 32 * 2**20
_LAYOUT = "labels.csv and crops96/"
_GMDCSA24 = DatasetSource(
    name="GMDCSA24",
    layout=_LAYOUT,
    page="https://doi.org/10.5281/zenodo.12921216",
    paper="Alam et al., GMDCSA24, 2024",
)
_URFD = DatasetSource(
    name="the UR Fall Detection data set",
    layout=_LAYOUT,
    page="http://fenix.ur.edu.pl/~mkepski/ds/uf.html",
    paper="Kwolek and Kepski, Computer Methods and Programs in Biomedicine 117(3), 489–501, 2014, "
    "https://doi.org/10.1016/j.cmpb.2014.09.005",
)


def load_gmdcsa24(root: str | os.PathLike[str], *, keep_excluded: bool = False) -> pd.DataFrame:
    """Read crops of GMDCSA24, four people at home, into a frame table.

    Parameters
    ----------
    root : str or path-like
        The folder with ``labels.csv`` and ``crops96/``.
    keep_excluded : bool
        Keep the first second of each fall, which is undecided and has label −1.

    Returns
    -------
    pandas.DataFrame
        ``path``, ``label`` (1: within an annotated fall, at least 1 s after its start), ``subject`` (1–4), ``sequence``
        (the video), ``activity`` (as annotated; NaN between activities), ``frame``, ``time_s``, ``t_since_fall_s``
        (NaN in daily activities), ``kind`` (``adl`` or ``fall``) and ``source_box`` (``"x,y,w,h"`` of the person in
        the original video). The images are crops, so ``x``, ``y``, ``w``, ``h`` are absent.

    Raises
    ------
    InvalidInputError
        If the folder does not hold these files.

    References
    ----------
    Alam et al.: GMDCSA24, 2024. https://doi.org/10.5281/zenodo.12921216. MIT.

    Examples
    --------
    >>> table = load_gmdcsa24("gmdcsa24")  # doctest: +SKIP
    """
    table = _read_labels(root, _GMDCSA24, also=("subject", "video", "activity", "t_since_fall_s"))
    return arrange(table.rename(columns={"video": "sequence"}), keep_excluded=keep_excluded)


def load_urfd(root: str | os.PathLike[str], *, keep_excluded: bool = False) -> pd.DataFrame:
    """Read crops of the UR Fall Detection data set into a frame table.

    Parameters
    ----------
    root : str or path-like
        The folder with ``labels.csv`` and ``crops96/``.
    keep_excluded : bool
        Keep transitions, which have label −1, and nearly black frames (``dark``).

    Returns
    -------
    pandas.DataFrame
        ``path``, ``label`` (1: lying after a fall; lying on a bed is 0), ``subject`` and ``sequence`` (both the
        sequence: the actors were not published), ``activity`` (``upright``, ``transition`` or ``lying``), ``frame``,
        ``time_s``, ``scene``, ``dark``, ``kind`` (``adl`` or ``fall``) and ``source_box`` (``"x,y,w,h"`` of the person
        in the original video). The images are crops, so ``x``, ``y``, ``w``, ``h`` are absent.

    Raises
    ------
    InvalidInputError
        If the folder does not hold these files.

    References
    ----------
    Kwolek and Kepski: Human fall detection on embedded platform using depth maps and wireless accelerometer.
    Computer Methods and Programs in Biomedicine 117(3), 489–501, 2014. CC BY-NC-SA 4.0.

    Examples
    --------
    >>> table = load_urfd("urfd")  # doctest: +SKIP
    """
    table = _read_labels(root, _URFD, also=("sequence", "state", "scene", "dark"))
    table = table.rename(columns={"state": "activity"}).assign(subject=table["sequence"], dark=table["dark"] != 0)
    return arrange(table, keep_excluded=keep_excluded)


def split_urfd(table: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Split URFD by sequence: falls 1 to 12 and activities with odd numbers are for training."""
    number = table["sequence"].str.extract(r"(\d+)$")[0].astype(int)
    is_fall = table["sequence"].str.startswith("fall")
    trains = (is_fall & (number <= 12)) | (~is_fall & (number % 2 == 1))
    return table[trains], table[~trains]


GMDCSA24 = ImageDataset("gmdcsa24", load_gmdcsa24, _GMDCSA24)
URFD = ImageDataset(
    "urfd", load_urfd, _URFD, split=split_urfd, tested_on="falls 13 and later, activities with even numbers"
)


def _read_labels(root: str | os.PathLike[str], source: DatasetSource, *, also: tuple[str, ...]) -> pd.DataFrame:
    """``labels.csv`` with the paths of the crops, every one of which exists."""
    import pandas as pd

    folder = source.check_folder(root)
    file = folder / "labels.csv"
    if not file.exists():
        raise source.error(root, "holds no labels.csv")
    content = read_file_bytes(file, max_bytes=_MAX_LABEL_BYTES)
    try:
        table = pd.read_csv(
            io.BytesIO(content),
            encoding=encoding_by_mark(content),
            usecols=[*_SHARED_COLUMNS, *also],
            dtype={"file": str, "label": int, "frame": int},
        )
    except (OSError, ValueError) as error:
        raise InvalidInputError(f"{file} cannot be read as a table of labels ({error}): restore it") from error
    invalid = ~table["label"].isin((-1, 0, 1))
    if invalid.any():
        row = int(invalid.argmax())
        raise InvalidInputError(
            f"{file} has the label {table['label'][row]} in row {row}; expected 1, 0 or −1: restore it"
        )
    crops = {crop.name for crop in (folder / "crops96").glob("*.png") if crop.is_file()}
    # This also refuses names that lead out of the folder, such as ../../secret.png.
    missing = table["file"][~table["file"].isin(crops)].tolist()
    if missing:
        raise InvalidInputError(
            f"{folder / 'crops96'} lacks {len(missing)} of the {len(table)} images in labels.csv, such as "
            f"{missing[0]!r}: copy it completely"
        )
    table.insert(0, "path", [str(folder / "crops96" / name) for name in table.pop("file")])
    return table.rename(columns={"box": "source_box"})
