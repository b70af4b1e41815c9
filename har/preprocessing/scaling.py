"""Offsets and scales: learned from the training windows, from each window, or from each subject."""

from typing import Any, Self

import numpy as np
import numpy.typing as npt

from common.errors import InvalidInputError
from common.validation import FloatArray, check_windows, encode_labels, remember_windows
from har.preprocessing.base import WindowTransformer


class ScaleChannels(WindowTransformer):
    """Divide each channel by its standard deviation over all training windows and timesteps.

    One scale a channel, not one for each (timestep, channel) as scikit-learn's ``StandardScaler`` would learn:
    the shape of a window stays, and channels in different units weigh the same in a DTW distance.

    Parameters
    ----------
    with_mean : bool, default False
        Whether to take off each channel's mean first; distances do not depend on it.

    Attributes
    ----------
    mean_, scale_ : ndarray of shape (n_channels,)
        What is taken off (zero unless ``with_mean``) and what is divided by (one for a constant channel).
    n_features_in_ : int
        Timesteps × channels.

    Examples
    --------
    >>> scale = ScaleChannels().fit([[[-1.0, 7.0], [3.0, 7.0]]])
    >>> scale.scale_.tolist(), scale.transform([[[1.0, 2.0], [6.0, 3.0]]]).tolist()
    ([2.0, 1.0], [[[0.5, 2.0], [3.0, 3.0]]])
    """

    def __init__(self, *, with_mean: bool = False) -> None:
        self.with_mean = with_mean

    def fit(self, X: npt.ArrayLike, y: Any = None) -> Self:
        """Learn a mean and a scale for each channel; ``y`` is ignored.

        Raises
        ------
        InvalidInputError
            For NaN, empty input, or numbers whose squares overflow. The transformer is then unchanged.
        """
        from sklearn.preprocessing import StandardScaler

        windows = check_windows(X)
        with np.errstate(over="ignore", invalid="ignore"):
            scaler = StandardScaler().fit(windows.reshape(-1, windows.shape[2]))
        if not np.isfinite([scaler.mean_, scaler.scale_]).all():
            raise InvalidInputError("X holds numbers too large for ScaleChannels: use a larger unit")

        remember_windows(self, X, windows)
        self.mean_ = scaler.mean_ if self.with_mean else np.zeros_like(scaler.mean_)
        self.scale_ = scaler.scale_
        return self

    def _apply(self, windows: FloatArray) -> FloatArray:
        return np.asarray((windows - self.mean_) / self.scale_)


class NormalizeWindows(WindowTransformer):
    """Take off each window's mean, and divide by its standard deviation, channel by channel.

    What remains is the shape of the motion: its strength, and posture, are gone.

    Parameters
    ----------
    with_std : bool, default True
        Whether to divide. A channel that is constant within a window becomes 0.

    Attributes
    ----------
    n_features_in_ : int
        Timesteps × channels.

    Examples
    --------
    >>> NormalizeWindows().fit_transform([[0.0, 4.0, 0.0, 4.0], [5.0, 5.0, 5.0, 5.0]]).tolist()
    [[-1.0, 1.0, -1.0, 1.0], [0.0, 0.0, 0.0, 0.0]]
    """

    def __init__(self, *, with_std: bool = True) -> None:
        self.with_std = with_std

    def _apply(self, windows: FloatArray) -> FloatArray:
        # Relative to the largest value, squares neither overflow nor vanish, and rounding has a known size:
        # a deviation below it is that of a constant, and dividing would blow it up.
        largest = np.abs(windows).max(axis=1, keepdims=True)
        relative = windows / np.where(largest > 0, largest, 1)
        deviation = relative - relative.mean(axis=1, keepdims=True)
        std = deviation.std(axis=1, keepdims=True)
        constant = std <= 10 * np.finfo(windows.dtype).eps
        factor = 1 / np.where(constant, 1, std) if self.with_std else largest
        return np.where(constant, 0, deviation * factor)


def normalize_per_subject(X: npt.ArrayLike, groups: npt.ArrayLike) -> FloatArray:
    """Bring each channel of each subject to mean 0 and standard deviation 1.

    **This looks at all windows of a subject at once, also at test subjects' unlabelled ones.** It is
    therefore a function and not a transformer: fitted on training subjects, it would have nothing to say
    about a new one. A result is honest if it says "transductive", and if the system that is meant can do the
    same: it has recorded the new wearer for a while, doing everything in the usual mix, before it decides.
    It is not honest for decisions from the first window on, and it flatters where a test subject's windows
    were chosen by what they show (balanced classes, or falls only).

    Parameters
    ----------
    X : array-like of shape (n, n_timesteps) or (n, n_timesteps, n_channels)
    groups : array-like of shape (n,)
        Subjects.

    Returns
    -------
    ndarray of the shape of X

    Raises
    ------
    InvalidInputError
        For NaN, or groups of another length.

    Examples
    --------
    >>> normalize_per_subject([[0.0, 2.0], [100.0, 300.0]], ["Ann", "Bob"]).tolist()
    [[-1.0, 1.0], [-1.0, 1.0]]
    """
    windows = check_windows(X)
    subjects, subject_of = encode_labels(groups, "groups", n=len(windows))
    result = np.empty_like(windows)
    for subject in range(len(subjects)):
        own = subject_of == subject
        result[own] = ScaleChannels(with_mean=True).fit_transform(windows[own])
    return result[:, :, 0] if np.asarray(X).ndim == 2 else result
