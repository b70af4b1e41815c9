"""From raw windows to windows that a classifier can compare well: scikit-learn transformers, and a few functions.

They take windows ``(n_windows, n_timesteps, n_channels)``. 2-D input is one channel, and the result is 2-D, too, if it
has one channel. A common chain for three channels of acceleration and three of angular rate is
:class:`SeparateGravity`, :class:`GravityFrame`, :class:`Resample`, :class:`ScaleChannels`.
"""

from har.preprocessing.augmentation import Augmentation, mirror_windows, rotate_windows
from har.preprocessing.channels import Magnitude
from har.preprocessing.filters import LowPass, Resample
from har.preprocessing.gravity import GravityFrame, SeparateGravity
from har.preprocessing.jerk import LogJerk
from har.preprocessing.scaling import NormalizeWindows, ScaleChannels, normalize_per_subject
from har.preprocessing.statistics import WindowStatistics

__all__ = [
    "Augmentation",
    "GravityFrame",
    "LogJerk",
    "LowPass",
    "Magnitude",
    "NormalizeWindows",
    "Resample",
    "ScaleChannels",
    "SeparateGravity",
    "WindowStatistics",
    "mirror_windows",
    "normalize_per_subject",
    "rotate_windows",
]
