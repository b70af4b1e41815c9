"""k-nearest neighbours under banded DTW, with the training windows spread over a Dask cluster."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
import numpy.typing as npt

from common.costs import knn_cost
from common.costs.ledger import Cost
from common.errors import InvalidInputError
from common.optional import require
from common.validation import (
    Band,
    FloatArray,
    IntArray,
    band_radius,
    check_class_labels,
    check_fitted_windows,
    check_integer,
    check_windows,
    remember_windows,
)
from har.distributed.partition import Neighbors, Partition, merge
from har.dtw.rounding import check_no_overflow
from har.neighbors import DTWKNeighborsClassifier

#: Queries sent to the workers together: enough to keep them busy, few enough for the memory of this process.
_QUERIES_AT_ONCE = 1_024


class DaskDTWKNeighborsClassifier(DTWKNeighborsClassifier):
    """:class:`har.DTWKNeighborsClassifier` for more training windows than one machine holds.

    Training windows are split into partitions; each is prepared and searched on a worker of the Dask cluster that this
    process is connected to. Only queries and their neighbours travel. Neighbours, their order and their distances are
    to the bit those of a single process. If a worker is lost, its partitions are prepared again elsewhere.

    Parameters
    ----------
    n_neighbors, band, weights
        As for :class:`har.DTWKNeighborsClassifier`.
    partition_size : int, default 50_000
        Training windows of a partition; a Dask array keeps its own chunks. A worker needs about three times the bytes
        of its windows.
    n_jobs : int or None
        Threads of a task. Workers that run several tasks at a time need only one.

    Attributes
    ----------
    n_partitions_ : int
    classes_, cost_, n_features_in_
        As for :class:`har.DTWKNeighborsClassifier`; the cost is that of all workers together.

    Examples
    --------
    >>> import numpy as np
    >>> from distributed import Client, LocalCluster
    >>> t = np.linspace(0, 1, 20)
    >>> X = np.array([np.sin(7 * t), np.sin(7 * t - 0.5), t, t**2])
    >>> local = LocalCluster(n_workers=1, threads_per_worker=2, processes=False, dashboard_address=None)
    >>> with local, Client(local):
    ...     model = DaskDTWKNeighborsClassifier(band=3, partition_size=2).fit(X, ["wave", "wave", "ramp", "ramp"])
    ...     model.n_partitions_, model.predict([np.sin(7 * t - 0.2), t**1.5])
    (2, array(['wave', 'ramp'], dtype='<U4'))
    """

    def __init__(
        self,
        n_neighbors: int = 1,
        *,
        band: Band = 0.1,
        weights: str = "uniform",
        partition_size: int = 50_000,
        n_jobs: int | None = None,
    ) -> None:
        super().__init__(n_neighbors, band=band, weights=weights, n_jobs=n_jobs)
        self.partition_size = partition_size

    def fit(self, X: Any, y: npt.ArrayLike) -> Self:
        """Send the windows to the workers, and prepare them there.

        Parameters
        ----------
        X : array-like or dask.array.Array of shape (n, n_timesteps, n_channels)
            A Dask array is loaded by the workers alone, a chunk a partition; its length must be known.
        y : array-like of shape (n,)

        Raises
        ------
        InvalidInputError
            As for :class:`har.DTWKNeighborsClassifier`, and if no cluster is connected.
        """
        client = _client()
        check_integer(self.partition_size, "partition_size")
        parts, example = self._partitions(X)
        starts = np.cumsum([0, *(n for n, _ in parts)])
        n, n_timesteps, n_channels = int(starts[-1]), *example.shape[1:]
        labels = check_class_labels(y, n)
        n_neighbors = self._check_parameters(self.n_neighbors, n)
        radius = band_radius(self.band, n_timesteps, n_timesteps)
        # The data of an array travel with the task, so that another worker can repeat it: a large graph is meant.
        dask = require("dask", extra="cluster", purpose="a cluster")
        with dask.config.set({"distributed.admin.large-graph-warning-threshold": "1TB"}):
            partitions = [
                client.submit(Partition.build, part, int(start), radius, pure=False)
                for (_, part), start in zip(parts, starts, strict=False)
            ]
        require("distributed", extra="cluster", purpose="a cluster").wait(partitions)
        for partition in partitions:
            if partition.status == "error":
                raise partition.exception()

        remember_windows(self, example if hasattr(X, "dask") else X, example)
        self.classes_, self._class_indices = np.unique(labels, return_inverse=True)
        self._partitions_of_workers = partitions
        self.n_partitions_ = len(partitions)
        self.cost_: Cost = knn_cost(
            n, n_timesteps, n_channels, band=radius, n_neighbors=n_neighbors, bytes_per_value=example.itemsize
        )
        return self

    def kneighbors(self, X: npt.ArrayLike, n_neighbors: int | None = None) -> tuple[FloatArray, IntArray]:
        """Distances and training indices of the nearest windows, each ``(len(X), n_neighbors)``."""
        windows = check_fitted_windows(self, X)
        k = self._check_parameters(self.n_neighbors if n_neighbors is None else n_neighbors, len(self._class_indices))
        batches = range(0, len(windows), _QUERIES_AT_ONCE)
        found = [self._nearest(windows[start : start + _QUERIES_AT_ONCE], k) for start in batches]
        distances = np.concatenate([part[0] for part in found])
        check_no_overflow(distances)
        return distances, np.concatenate([part[1] for part in found])

    def _nearest(self, queries: FloatArray, k: int) -> Neighbors:
        client = _client()
        sent = client.scatter(queries, broadcast=False, hash=False)
        tasks = [
            client.submit(Partition.nearest, partition, sent, k, self.n_jobs, pure=False)
            for partition in self._partitions_of_workers
        ]
        return merge(client.gather(tasks), k)

    def _partitions(self, X: Any) -> tuple[list[tuple[int, Any]], FloatArray]:
        """The number of windows and the windows of each part, and windows that show shape and type."""
        if not hasattr(X, "dask"):
            windows = check_windows(X)
            starts = range(0, len(windows), self.partition_size)
            slices = [windows[start : start + self.partition_size] for start in starts]
            return [(len(part), part) for part in slices], windows
        if X.ndim != 3 or any(np.isnan(size) for size in X.shape):
            raise InvalidInputError(
                f"X is a Dask array of shape {X.shape}; windows are (n, n_timesteps, n_channels), all known: "
                "X.compute_chunk_sizes() counts them"
            )
        X = X.rechunk({1: -1, 2: -1})
        loaded = _client().compute(list(X.to_delayed().ravel()))
        return list(zip(X.chunks[0], loaded, strict=True)), check_windows(X[:1].compute())


def _client() -> Any:
    """The connection of this process to a cluster."""
    distributed = require("distributed", extra="cluster", purpose="a cluster")
    try:
        return distributed.get_client()
    except ValueError as error:
        raise InvalidInputError(
            "no Dask cluster is connected: make a distributed.Client, for a start distributed.Client(processes=True)"
        ) from error
