"""Centring and scaling: by the training windows, by each window, or by each subject."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from common.errors import InvalidInputError
from common.validation import Float64Array, FloatArray, check_windows, encode_labels, remember_windows
from har.preprocessing.base import WindowTransformer
from har.preprocessing.channels import check_channels


class ScaleChannels(WindowTransformer):
    """Divide each channel by its standard deviation over all training windows and timesteps.

    One scale per channel, unlike scikit-learn's ``StandardScaler``, which would learn one for each (timestep, channel):
    this keeps the shape of a window, and gives channels in different units the same weight in a DTW distance.

    Parameters
    ----------
    with_mean : bool, default False
        Whether to subtract each channel's mean first; distances do not depend on it.
    groups : sequence of sequences of int, default ()
        Channels that share one scale, the root mean square of their standard deviations: the x, y and z of a sensor
        then still turn as it does (:class:`har.preprocessing.Augmentation`).

    Attributes
    ----------
    mean_, scale_ : ndarray of shape (n_channels,)
        What is subtracted (zero unless ``with_mean``), and the divisor (one for a constant channel).
    n_features_in_ : int
        Timesteps × channels.

    Examples
    --------
    >>> scale = ScaleChannels().fit([[[-1.0, 7.0], [3.0, 7.0]]])
    >>> scale.scale_.tolist(), scale.transform([[[1.0, 2.0], [6.0, 3.0]]]).tolist()
    ([2.0, 1.0], [[[0.5, 2.0], [3.0, 3.0]]])
    """

    def __init__(self, *, with_mean: bool = False, groups: Sequence[Sequence[int]] = ()) -> None:
        self.with_mean = with_mean
        self.groups = groups

    def fit(self, X: npt.ArrayLike, y: Any = None) -> Self:
        """Learn a mean and a scale for each channel; ``y`` is ignored.

        Parameters
        ----------
        X : array-like of shape (n, n_timesteps) or (n, n_timesteps, n_channels)

        Raises
        ------
        InvalidInputError
            For NaN, empty input, numbers whose squares overflow, or channels that X does not have. The transformer is
            then unchanged.
        """
        from sklearn.preprocessing import StandardScaler

        windows = check_windows(X)
        with np.errstate(over="ignore", invalid="ignore"):
            scaler = StandardScaler().fit(windows.reshape(-1, windows.shape[2]))
            scale = _shared(scaler.scale_, scaler.var_, self.groups)
        if not np.isfinite([scaler.mean_, scale]).all():
            raise InvalidInputError("X holds numbers too large for ScaleChannels: use a larger unit")

        remember_windows(self, X, windows)
        self.mean_ = scaler.mean_ if self.with_mean else np.zeros_like(scaler.mean_)
        self.scale_ = scale
        return self

    def _apply(self, windows: FloatArray) -> FloatArray:
        return np.asarray((windows - self.mean_) / self.scale_)


def _shared(scale: Float64Array, variance: Float64Array, groups: Any) -> Float64Array:
    """Scales of channels, with one for each group."""
    if not isinstance(groups, Sequence):
        raise InvalidInputError(f"groups is {groups!r}; list the channels that share a scale, such as ((0, 1, 2),)")
    shared = scale.copy()
    for i, group in enumerate(groups):
        channels = check_channels(group, len(scale), f"groups[{i}]")
        shared[channels] = np.sqrt(variance[channels].mean()) or 1.0
    return shared


class NormalizeWindows(WindowTransformer):
    """Subtract each window's mean and divide by its standard deviation, channel by channel.

    What remains is the shape of the motion; its strength and the posture are removed.

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
        # Relative to the largest value, squares neither overflow nor underflow, and the size of rounding errors is
        # known: smaller deviations are those of a constant, and dividing would only amplify them.
        largest = np.abs(windows).max(axis=1, keepdims=True)
        relative = windows / np.where(largest > 0, largest, 1)
        deviation = relative - relative.mean(axis=1, keepdims=True)
        std = deviation.std(axis=1, keepdims=True)
        constant = std <= 10 * np.finfo(windows.dtype).eps
        factor = 1 / np.where(constant, 1, std) if self.with_std else largest
        return np.where(constant, 0, deviation * factor)


def normalize_per_subject(X: npt.ArrayLike, groups: npt.ArrayLike) -> FloatArray:
    """Standardise each channel of each subject to mean 0 and standard deviation 1.

    **This uses all windows of a subject at once, including the unlabelled ones of test subjects.** It is therefore a
    function and not a transformer: fitted on training subjects, it could not transform a new one. Report such results
    as "transductive", and only for systems that can do the same: record a new wearer's usual mix of activities for a
    while before the first decision. Where test windows were selected by what they show (balanced classes, or falls
    only), the results are too optimistic.

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
        For NaN, or if the lengths of X and groups differ.

    Examples
    --------
    >>> normalize_per_subject([[0.0, 2.0], [100.0, 300.0]], ["Ann", "Bob"]).tolist()
    [[-1.0, 1.0], [-1.0, 1.0]]
    """
    windows = check_windows(X)
    subjects, subject_of = encode_labels(groups, "groups", n=len(windows))
    result = np.empty_like(windows)
    for subject in range(len(subjects)):
        members = subject_of == subject
        result[members] = ScaleChannels(with_mean=True).fit_transform(windows[members])
    return result[:, :, 0] if np.asarray(X).ndim == 2 else result
