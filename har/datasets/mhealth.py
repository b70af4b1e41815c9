"""mHealth: twelve exercises with sensors at chest, ankle and wrist."""

from __future__ import annotations

import os

from common.errors import InvalidInputError
from common.validation import DatasetFolder, DatasetSource, check_choice
from har.datasets.catalog import WearableDataset
from har.datasets.reading.text import read_table, whole_numbers
from har.recordings import Recordings

_SOURCE = DatasetSource(
    name="mHealth",
    page="https://doi.org/10.24432/C5TW22",
    paper="Banos et al., mHealthDroid: a novel framework for agile development of mobile health applications, "
    "IWAAL 2014, https://doi.org/10.1007/978-3-319-13105-4_14",
    layout="mHealth_subject1.log … mHealth_subject10.log",
)
_FILE = r"mHealth_subject(\d{1,3})\.log"
_N_COLUMNS, _ACTIVITY, _RATE_HZ = 24, 23, 50.0
_ACC = {f"acc_{axis} [m/s²]": i for i, axis in enumerate("xyz")}
_GYRO = {f"gyro_{axis} [deg/s]": 3 + i for i, axis in enumerate("xyz")}
#: The first column of each unit, and its channels counted from there.
_UNITS = {"chest": (0, _ACC), "ankle": (5, {**_ACC, **_GYRO}), "wrist": (14, {**_ACC, **_GYRO})}
_ACTIVITIES = (
    *("standing still", "sitting and relaxing", "lying down", "walking", "climbing stairs", "waist bends forward"),
    *("frontal elevation of arms", "knees bending", "cycling", "jogging", "running", "jump front and back"),
)


def load_mhealth(root: str | os.PathLike[str], *, position: str = "wrist") -> Recordings:
    """Read mHealth: 10 people, 12 activities, 50 Hz; samples between activities (0) are left out.

    Parameters
    ----------
    root : str or path-like
        The folder with ``mHealth_subject1.log``, or one above it; all such files below it are read.
    position : {"wrist", "ankle", "chest"}
        The right wrist (the authors' "right lower arm"), the left ankle, or the chest, which has no gyroscope.

    Returns
    -------
    Recordings
        Acceleration in m/s² and angular velocity in deg/s. ``groups``: 1–10.

    Raises
    ------
    InvalidInputError
        If the folder does not hold mHealth, or a file is damaged: the message names file and line.

    References
    ----------
    Banos et al.: mHealthDroid: a novel framework for agile development of mobile health applications. IWAAL 2014.
    https://doi.org/10.1007/978-3-319-13105-4_14. CC BY 4.0.

    Examples
    --------
    >>> recordings = load_mhealth("MHEALTHDATASET", position="ankle")  # doctest: +SKIP
    """
    import pandas as pd

    check_choice(position, "position", tuple(_UNITS))
    start, channels = _UNITS[position]
    frames = []
    for file in DatasetFolder(root, _SOURCE).find_some(_FILE):
        table = read_table(file.path, n_columns=_N_COLUMNS)
        columns = {channel: table[:, start + place] for channel, place in channels.items()}
        codes = whole_numbers(table[:, _ACTIVITY], file.path, "an activity")
        frames.append(pd.DataFrame({"subject": int(file.match[1]), "code": codes, **columns}))
    frame = pd.concat(frames, ignore_index=True).sort_values("subject", kind="stable")
    outside = frame.loc[~frame["code"].between(0, len(_ACTIVITIES)), "code"]
    if len(outside):
        raise InvalidInputError(f"root {str(root)!r}: activity {outside.iloc[0]} is none of mHealth's, 0 to 12")
    return Recordings.from_frame(
        frame.assign(activity=frame["code"].map(dict(enumerate(_ACTIVITIES, start=1)))),
        time=None,
        rate_hz=_RATE_HZ,
        channels=list(channels),
        label="activity",
        subject="subject",
    )


DATASET = WearableDataset("mhealth", _SOURCE, load_mhealth)
