"""Costs of recognizing a window by DTW: one distance, k-NN over stored windows, a few prototypes per class."""

from __future__ import annotations

from common.costs.layers import FLOAT32_BYTES
from common.costs.ledger import Cost
from common.validation import Band, band_radius, check_integer


def dtw_cost(n_timesteps: int, n_channels: int, *, band: Band = None) -> Cost:
    """One DTW distance between two windows of equal length.

    The band has n(2r + 1) − r(r + 1) cells for n samples and radius r: O(B·n) instead of O(n²). A cell takes one MAC
    per channel, and two comparisons to find the smallest of its three neighbors. The working memory, one row of the
    band, is not counted.

    Parameters
    ----------
    n_timesteps, n_channels : int
        Shape of a window.
    band : None, int or float
        Sakoe-Chiba band: no constraint, a radius in samples, or a fraction of the window.

    Returns
    -------
    Cost

    Raises
    ------
    InvalidInputError
        If a number is not an integer of at least 1, or the band is none of those.

    References
    ----------
    Sakoe and Chiba: Dynamic programming algorithm optimization for spoken word recognition. IEEE Transactions on
    Acoustics, Speech, and Signal Processing 26, 1978.

    Examples
    --------
    >>> dtw_cost(128, 6, band=12)
    Cost(params=0, macs=18264, comparisons=6088, weight_bytes=0, activation_bytes=0, sent_bytes=0)
    """
    n = check_integer(n_timesteps, "n_timesteps")
    channels = check_integer(n_channels, "n_channels")
    radius = band_radius(band, n, n)
    cells = n * (2 * radius + 1) - radius * (radius + 1)
    return Cost(macs=channels * cells, comparisons=2 * cells)


def knn_cost(
    n_references: int,
    n_timesteps: int,
    n_channels: int,
    *,
    band: Band = None,
    n_neighbors: int = 1,
    bytes_per_value: int = FLOAT32_BYTES,
) -> Cost:
    """One window classified by its nearest references: the training set, or a few prototypes per class.

    A DTW distance to each of the n references, without early abandoning, then n − 1 comparisons for a single nearest
    neighbor, or n·⌈log₂ n⌉ for sorting (the lecture's O(|E|·log |E|)). Stored values are counted; labels, about a byte
    each, are not.

    Parameters
    ----------
    n_references : int
        Number of stored windows.
    n_timesteps, n_channels : int
        Shape of a window.
    band : None, int or float
        Sakoe-Chiba band, as in :func:`dtw_cost`.
    n_neighbors : int
        Number of neighbors that vote, at most ``n_references``.
    bytes_per_value : int
        Size of a stored number: 4 for float32.

    Returns
    -------
    Cost

    Raises
    ------
    InvalidInputError
        If a number is not an integer of at least 1, or there are more neighbors than references.

    Examples
    --------
    >>> whole_training_set = knn_cost(14_281, 32, 9, band=3)
    >>> prototypes = knn_cost(48, 32, 9, band=3)
    >>> round(whole_training_set.macs / prototypes.macs), prototypes.weight_bytes
    (298, 55296)
    """
    n = check_integer(n_references, "n_references")
    k = check_integer(n_neighbors, "n_neighbors", at_most=n, why="(n_references)")
    values = n * check_integer(n_timesteps, "n_timesteps") * check_integer(n_channels, "n_channels")
    # ⌈log₂ n⌉ in integers, since a float logarithm can be wrong at a power of two.
    ranking = n - 1 if k == 1 else n * (n - 1).bit_length()
    stored = Cost(params=values, weight_bytes=values * check_integer(bytes_per_value, "bytes_per_value"))
    return dtw_cost(n_timesteps, n_channels, band=band) * n + stored + Cost(comparisons=ranking)


def prototype_cost(
    n_classes: int,
    n_prototypes: int,
    n_timesteps: int,
    n_channels: int,
    *,
    band: Band = None,
    n_neighbors: int = 1,
    bytes_per_value: int = FLOAT32_BYTES,
) -> Cost:
    """One window classified by a few prototypes of each class: k-NN with few, well-chosen references.

    Parameters
    ----------
    n_classes, n_prototypes : int
        Number of classes, and of prototypes per class.
    n_timesteps, n_channels, band, n_neighbors, bytes_per_value
        As in :func:`knn_cost`.

    Returns
    -------
    Cost

    Raises
    ------
    InvalidInputError
        As :func:`knn_cost`.

    Examples
    --------
    Eight prototypes for each of six activities, and all 14,281 windows from which they were learned:

    >>> prototypes = prototype_cost(6, 8, 32, 9, band=3)
    >>> prototypes == knn_cost(48, 32, 9, band=3)
    True
    >>> round(knn_cost(14_281, 32, 9, band=3).macs / prototypes.macs)
    298
    """
    n_references = check_integer(n_classes, "n_classes") * check_integer(n_prototypes, "n_prototypes")
    return knn_cost(
        n_references,
        n_timesteps,
        n_channels,
        band=band,
        n_neighbors=n_neighbors,
        bytes_per_value=bytes_per_value,
    )
