"""What the figures of Lab 1 show: two windows that warping brings together; and where figures are saved."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

import har
from common import InvalidInputError, plotting
from common.validation import FloatArray
from har.preprocessing import ScaleChannels

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Pair:
    """Two windows of one activity by two people."""

    x: FloatArray
    y: FloatArray
    activity: str


def most_warped_pair(windows: har.Windows, *, band: Any, n_windows: int = 40) -> Pair:
    """The pair of windows by two people for which warping helps most, of about ``n_windows`` per activity (scaled)."""
    X, y, groups = ScaleChannels().fit_transform(windows.X), windows.y, windows.groups
    best, best_gain = None, -1.0
    for activity in np.unique(y):
        members = np.flatnonzero(y == activity)
        members = members[:: max(1, len(members) // n_windows)]
        warped = har.pairwise_dtw(X[members], band=band)
        unwarped = har.pairwise_dtw(X[members], band=0)
        # Weighted by the motion in both windows: two almost still windows are similar with or without warping.
        motion = X[members].std(axis=1).mean(axis=1)
        two_people = groups[members][:, None] != groups[members]
        gain = (unwarped - warped) / (unwarped + 1e-9) * np.minimum.outer(motion, motion)
        gain = np.where(two_people, gain, -1.0)
        if gain.max() > best_gain:
            i, j = np.unravel_index(int(gain.argmax()), gain.shape)
            best, best_gain = Pair(X[members[i]], X[members[j]], str(activity)), float(gain.max())
    if best is None:
        raise InvalidInputError("y has no activity by two people; a warping path needs two windows")
    return best


def save_all(figures: dict[str, "Figure"], folder: Path) -> list[Path]:
    """Save each figure as ``folder/NAME.png``; returns the paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, figure in figures.items():
        paths.append(folder / f"{name}.png")
        plotting.save(figure, paths[-1])
    return paths
