"""The prototypes of a classifier, class by class."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from common import plotting
from common.errors import InvalidInputError
from common.validation import check_integer, check_number
from har.plotting.grid import class_grid
from har.prototypes import DTWPrototypeClassifier

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def plot_prototypes(
    classifier: DTWPrototypeClassifier, *, rate_hz: float, channels: Sequence[str] | None = None, n_channels: int = 3
) -> Figure:
    """The prototypes of each class: one row per class, one column per channel, by descending weight.

    Parameters
    ----------
    classifier : DTWPrototypeClassifier
        Fitted.
    rate_hz : float
        Samples per second of its windows.
    channels : sequence of str, optional
        Names of all channels; by default their numbers.
    n_channels : int, default 3
        The most columns.

    Returns
    -------
    Figure

    Raises
    ------
    InvalidInputError
        If it is another kind of classifier, or there is not one name per channel.
    sklearn.exceptions.NotFittedError
        If it is not fitted.

    Examples
    --------
    >>> X = np.sin(np.linspace(0, 9, 20) * np.array([1, 1.1, 2, 2.1])[:, None])
    >>> model = DTWPrototypeClassifier(1, method="medoid").fit(X, ["slow", "slow", "fast", "fast"])
    >>> fig = plot_prototypes(model, rate_hz=20, channels=["ax [g]"])
    """
    from sklearn.utils.validation import check_is_fitted

    if not isinstance(classifier, DTWPrototypeClassifier):
        raise InvalidInputError(f"classifier is a {type(classifier).__name__}; pass a DTWPrototypeClassifier")
    check_is_fitted(classifier)
    rate_hz = check_number(rate_hz, "rate_hz", above=0)
    weights = classifier.channel_weights_
    names = [str(name) for name in (range(len(weights)) if channels is None else channels)]
    if len(names) != len(weights):
        raise InvalidInputError(f"channels has {len(names)} names, but the classifier has {len(weights)} channels")
    heaviest = np.argsort(-weights, kind="stable")[: check_integer(n_channels, "n_channels")]
    seconds = np.arange(classifier.prototypes_.shape[1]) / rate_hz
    with plotting.style():
        figure, axes = class_grid(classifier.classes_.tolist(), len(heaviest), width=3 * len(heaviest))
        for channel, column in zip(heaviest, axes.T, strict=True):
            values = classifier.prototypes_[:, :, channel]
            for name, ax in zip(classifier.classes_, column, strict=True):
                for color, prototype in zip(
                    plotting.PALETTE, values[classifier.prototype_labels_ == name], strict=False
                ):
                    ax.plot(seconds, prototype, lw=1.4, color=color)
                if values.max() > values.min():
                    ax.set_ylim(values.min(), values.max())
                ax.locator_params("y", nbins=3)
                ax.tick_params("y", labelsize=7.5)
            column[0].set_title(f"{names[channel]}, weight {weights[channel]:.1f}", fontsize=10)
    return figure
