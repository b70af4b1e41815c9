"""WISDM: six activities with a phone in the front trouser pocket."""

from __future__ import annotations

import os
import re
import warnings

import numpy as np

from common.errors import FrugalWarning, InvalidInputError
from common.validation import DatasetFolder, DatasetSource
from har.datasets.catalog import WearableDataset
from har.datasets.reading.text import read_text
from har.recordings import Recordings

_SOURCE = DatasetSource(
    name="WISDM",
    page="https://www.cis.fordham.edu/wisdm/dataset.php",
    paper="Kwapisz, Weiss and Moore, Activity recognition using cell phone accelerometers, SIGKDD Explorations 12(2), "
    "74–82, 2010, https://doi.org/10.1145/1964897.1964918",
    layout="WISDM_ar_v1.1_raw.txt",
)
_FILE = r"WISDM_ar_v1.*_raw\.txt"
_NUMBER = r"\s*(-?\d+(?:\.\d+)?(?:[eE]-?\d+)?)\s*"
_SAMPLE = re.compile(rf"(\d{{1,6}})\s*,\s*([A-Za-z]+)\s*,\s*(\d{{1,18}})\s*,{_NUMBER},{_NUMBER},{_NUMBER},?")
_RATE_HZ = 20.0
_CHANNELS = ["acc_x", "acc_y", "acc_z"]


def load_wisdm(root: str | os.PathLike[str]) -> Recordings:
    """Read WISDM v1.1: 36 people, a phone in the front trouser pocket, 20 Hz.

    Samples end in semicolons; a line may hold several, and some are broken. Samples without six fields, or without
    a time, are left out. A recording ends where the user, the activity or the time changes by more than 0.2 s.

    Parameters
    ----------
    root : str or path-like
        The folder with ``WISDM_ar_v1.1_raw.txt``, or one above it.

    Returns
    -------
    Recordings
        Acceleration in m/s². ``y``: Walking, Jogging, Upstairs, Downstairs, Sitting, Standing. ``groups``: 1–36.
        ``report`` counts what was repaired and left out.

    Raises
    ------
    InvalidInputError
        If there is no such file, or no sample in it.

    Warns
    -----
    FrugalWarning
        Counts the samples that were left out.

    References
    ----------
    Kwapisz, Weiss and Moore: Activity recognition using cell phone accelerometers. SIGKDD Explorations 12(2), 74–82,
    2010. https://doi.org/10.1145/1964897.1964918

    Examples
    --------
    >>> recordings = load_wisdm("WISDM_ar_v1.1")  # doctest: +SKIP
    """
    import pandas as pd

    files = DatasetFolder(root, _SOURCE).find_some(_FILE)
    if len(files) > 1:
        raise InvalidInputError(
            f"root {str(root)!r} holds {' and '.join(str(file.path) for file in files)}: pass the folder of one of them"
        )
    file = files[0].path
    entries = [entry for entry in read_text(file).replace("\n", ";").split(";") if entry.strip(" \r\t,")]
    samples = [match.groups() for match in map(_SAMPLE.fullmatch, (entry.strip() for entry in entries)) if match]
    frame = pd.DataFrame(samples, columns=["user", "activity", "nanoseconds", *_CHANNELS])
    frame = frame.astype({"user": int, "nanoseconds": np.int64, **dict.fromkeys(_CHANNELS, float)})
    frame = frame[frame["nanoseconds"] > 0]
    if frame.empty:
        raise InvalidInputError(f"{file} holds no sample such as '33,Jogging,49105962326000,-0.69,12.68,0.50;'")
    if len(frame) < len(entries):
        warnings.warn(
            f"left out {len(entries) - len(frame)} of {len(entries)} samples of {file.name}: broken, or without a time",
            FrugalWarning,
            stacklevel=2,
        )
    changes = (frame["user"].diff() != 0) | (frame["activity"] != frame["activity"].shift())
    starts = changes | (frame["nanoseconds"].diff() < 0)
    return Recordings.from_frame(
        frame.assign(part=starts.cumsum()),
        time="nanoseconds",
        time_unit="ns",
        channels=_CHANNELS,
        label="activity",
        subject="user",
        recording="part",
        rate_hz=_RATE_HZ,
        units="m/s²",
    )


DATASET = WearableDataset("wisdm", _SOURCE, load_wisdm)
