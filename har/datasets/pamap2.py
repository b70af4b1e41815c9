"""PAMAP2: everyday and sports activities with sensors at hand, chest and ankle."""

from __future__ import annotations

import os

from common.errors import InvalidInputError
from common.validation import DatasetFolder, DatasetSource, check_choice
from har.datasets.catalog import WearableDataset
from har.datasets.reading.text import read_table, whole_numbers
from har.recordings import Recordings

_SOURCE = DatasetSource(
    name="PAMAP2",
    page="https://doi.org/10.24432/C5NW2H",
    paper="Reiss and Stricker, Introducing a new benchmarked dataset for activity monitoring, ISWC 2012, "
    "https://doi.org/10.1109/ISWC.2012.13",
    layout="Protocol/subject101.dat … subject109.dat, and Optional/",
)
_FILE = r"subject(\d{1,4})\.dat"
_N_COLUMNS = 54
_TIME, _ACTIVITY = 0, 1
#: The first column of each unit: temperature; then acceleration (±16 g, ±6 g), angular velocity, magnetic field.
_UNIT_START = {"hand": 3, "chest": 20, "ankle": 37}
_CHANNELS = {
    **{f"acc_{axis} [m/s²]": 1 + i for i, axis in enumerate("xyz")},
    **{f"gyro_{axis} [rad/s]": 7 + i for i, axis in enumerate("xyz")},
}
_ACTIVITIES = {
    **{1: "lying", 2: "sitting", 3: "standing", 4: "walking", 5: "running", 6: "cycling", 7: "Nordic walking"},
    **{9: "watching TV", 10: "computer work", 11: "car driving", 12: "ascending stairs", 13: "descending stairs"},
    **{16: "vacuum cleaning", 17: "ironing", 18: "folding laundry", 19: "house cleaning", 20: "playing soccer"},
    **{24: "rope jumping"},
}
_TRANSIENT = 0


def load_pamap2(root: str | os.PathLike[str], *, position: str = "hand", optional: bool = False) -> Recordings:
    """Read PAMAP2: 9 people, 18 activities, three inertial units at 100 Hz.

    Gaps of up to 0.2 s, where a radio packet was lost, are interpolated; longer ones end a recording. Transient
    activities (0) are left out.

    Parameters
    ----------
    root : str or path-like
        The folder with ``Protocol``, or one above it; all such folders below it are read.
    position : {"hand", "chest", "ankle"}
    optional : bool
        Also the activities that only some people did (the folder ``Optional``).

    Returns
    -------
    Recordings
        Acceleration in m/s², of the accelerometer with ±16 g that the authors recommend, and angular velocity in rad/s.
        ``groups``: 101–109. ``report`` counts what was repaired and left out.

    Raises
    ------
    InvalidInputError
        If the folder does not hold PAMAP2, or a file is damaged: the message names file and line.

    References
    ----------
    Reiss and Stricker: Introducing a new benchmarked dataset for activity monitoring. ISWC 2012.
    https://doi.org/10.1109/ISWC.2012.13. CC BY 4.0.

    Examples
    --------
    >>> recordings = load_pamap2("PAMAP2_Dataset", position="ankle")  # doctest: +SKIP
    """
    import pandas as pd

    check_choice(position, "position", tuple(_UNIT_START))
    folder = DatasetFolder(root, _SOURCE)
    files = folder.find_some(f"(?i:protocol)/{_FILE}") + (folder.find(f"(?i:optional)/{_FILE}") if optional else [])
    frames = []
    for file in files:
        table = read_table(file.path, n_columns=_N_COLUMNS)
        columns = {channel: table[:, _UNIT_START[position] + place] for channel, place in _CHANNELS.items()}
        codes = whole_numbers(table[:, _ACTIVITY], file.path, "an activity")
        frame = pd.DataFrame({"time": table[:, _TIME], "code": codes, **columns})
        frames.append(frame.assign(subject=int(file.match[1]), part=file.match[0]))
    frame = pd.concat(frames, ignore_index=True)
    unknown = sorted(set(frame["code"]) - {*_ACTIVITIES, _TRANSIENT})
    if unknown:
        raise InvalidInputError(
            f"root {str(root)!r}: activity {unknown[0]} is not one of PAMAP2's, 0 to 24: copy it again"
        )
    return Recordings.from_frame(
        frame.assign(activity=frame["code"].map(_ACTIVITIES)),
        time="time",
        time_unit="s",
        channels=list(_CHANNELS),
        label="activity",
        subject="subject",
        recording="part",
        rate_hz=100.0,
    )


DATASET = WearableDataset("pamap2", _SOURCE, load_pamap2)
