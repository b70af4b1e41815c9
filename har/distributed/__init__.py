"""More training windows than one machine holds: the same classifiers over a Dask cluster."""

from har.distributed.neighbors import DaskDTWKNeighborsClassifier as DaskDTWKNeighborsClassifier
