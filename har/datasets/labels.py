"""Falls against everything else."""

import re
from dataclasses import replace

import numpy as np

from common.errors import InvalidInputError
from har.recordings import Recordings

# UMAFall: Fall_forwardFall, ADL_Walking. WEDA-FALL: F01 to F08, D01 to D11. URFD: fall, adl.
_FALL = re.compile(r"Fall_|F0[1-8]$|fall$")
_NO_FALL = re.compile(r"ADL_|D(0[1-9]|1[01])$|adl$")


def fall_labels(recordings: Recordings) -> Recordings:
    """The same recordings with ``y`` 1 where somebody falls and 0 where not.

    Parameters
    ----------
    recordings : Recordings
        Of :func:`load_umafall`, :func:`load_weda_fall` or :func:`load_urfd`.

    Raises
    ------
    InvalidInputError
        If an activity is none of theirs.

    Examples
    --------
    >>> signal = np.zeros((9, 1))
    >>> both = Recordings([signal, signal], ["Fall_forwardFall", "ADL_Walking"], [1, 1], 20, ["ax [g]"])
    >>> fall_labels(both).y
    array([1, 0])
    """
    names = [str(name) for name in recordings.y]
    for i, name in enumerate(names):
        if not _FALL.match(name) and not _NO_FALL.match(name):
            raise InvalidInputError(
                f"recordings.y[{i}] is {name!r}, an activity of neither UMAFall nor WEDA-FALL nor URFD: "
                "read them with load_umafall, load_weda_fall or load_urfd, or set y to 0 and 1 yourself"
            )
    return replace(recordings, y=np.array([int(bool(_FALL.match(name))) for name in names]))
