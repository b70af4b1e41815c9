"""Reader of your own images in two folders, fall and non-fall."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from common.errors import InvalidInputError
from fall.datasets.sources import ImageDataset, Source
from fall.datasets.tables import IMAGE_SUFFIXES, arrange, visible

if TYPE_CHECKING:
    import pandas as pd

# Folder names in lower case without spaces, hyphens and underscores.
_LABELS = {"fall": 1, "falls": 1, "fallen": 1} | dict.fromkeys(
    ("nonfall", "nonfalls", "nofall", "nofalls", "notfall", "notfallen", "adl", "adls"), 0
)
SOURCE = Source(
    name="your own images",
    layout="the subfolders fall/ and non-fall/ (also falls, fallen; no-fall, not-fall, adl), which hold the images or "
    "a folder for each person",
)


def load_image_folder(root: str | os.PathLike[str]) -> pd.DataFrame:
    """Read your own images, sorted into two folders, into a frame table.

    ::

        root/fall/anna/evening/0001.png      root/fall/0001.jpg
        root/non-fall/anna/0001.png          root/non-fall/0001.jpg

    A folder below ``fall`` or ``non-fall`` is a person, so that a split by subject can keep each person on one side.
    Images directly in ``fall`` or ``non-fall`` all belong to the subject ``"unknown"``: they can be trained on, but a
    split by subject needs a folder for each person.

    Parameters
    ----------
    root : str or path-like
        The folder with ``fall`` and ``non-fall`` (also ``falls``, ``fallen``; ``no-fall``, ``not-fall``, ``adl``; case,
        spaces, hyphens and underscores do not matter).

    Returns
    -------
    pandas.DataFrame
        ``path``, ``label`` (1: fall), ``subject``, ``sequence`` (the folder an image lies in, from ``root``) and
        ``activity`` (``fall`` or ``non-fall``). Whole images are used; add columns ``x``, ``y``, ``w``, ``h`` if you
        know the boxes.

    Raises
    ------
    InvalidInputError
        If the folder has other subfolders, or no image.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     for image in ("fall/anna/1.png", "non-fall/anna/1.png", "non-fall/bert/1.png"):
    ...         file = Path(folder, image)
    ...         file.parent.mkdir(parents=True)
    ...         file.touch()
    ...     load_image_folder(folder)[["label", "subject"]]
       label subject
    0      1    anna
    1      0    anna
    2      0    bert
    """
    import pandas as pd

    folder = SOURCE.check_root(root)
    rows = []
    for kind in filter(Path.is_dir, visible(folder)):
        name = kind.name.casefold().replace(" ", "").replace("-", "").replace("_", "")
        if name not in _LABELS:
            raise InvalidInputError(f"{kind} is neither fall nor non-fall: root should hold {SOURCE.layout}")
        for image in sorted(kind.rglob("*")):
            below = image.relative_to(kind).parts
            if image.suffix.lower() in IMAGE_SUFFIXES and not any(part.startswith(".") for part in below):
                rows.append(
                    {
                        "path": str(image),
                        "label": _LABELS[name],
                        "subject": below[0] if len(below) > 1 else "unknown",
                        "sequence": image.parent.relative_to(folder).as_posix(),
                        "activity": "fall" if _LABELS[name] else "non-fall",
                    }
                )
    if not rows:
        raise SOURCE.error(root, "holds no PNG or JPEG image")
    return arrange(pd.DataFrame(rows), keep_excluded=True)


DATASET = ImageDataset("folder", load_image_folder, SOURCE)
