"""Windows in, class scores out: distances to all prototypes, and the readout that weighs them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from common.costs.ledger import Cost
from common.validation import Float64Array, FloatArray
from har.dtw.scores import PackedDistances
from har.readouts.linear import LinearReadout
from har.readouts.nearest import NearestReadout

#: Up to this many windows are scored in one compiled call; more by a matrix of distances, on ``n_jobs`` threads.
_SMALL_BATCH = 16


@dataclass(frozen=True, eq=False)
class Decision:
    """What a classifier is when it decides.

    Attributes
    ----------
    profiles : PackedDistances
    readout : NearestReadout or LinearReadout
    """

    profiles: PackedDistances
    readout: NearestReadout | LinearReadout

    def scores(self, windows: FloatArray, *, n_jobs: int | None = None) -> Float64Array:
        """The scores ``(n, n_classes)`` of windows ``(n, n_timesteps, n_channels)``; NaN where squares overflow."""
        if len(windows) <= _SMALL_BATCH:
            return self.scorer()(np.ascontiguousarray(windows))
        return self.readout.scores(self.profiles.squared_distances(windows, n_jobs=n_jobs))

    def scorer(self) -> Callable[[FloatArray], Float64Array]:
        """:meth:`scores` of a few contiguous windows, unchecked, in one compiled call."""
        return self.readout.scorer(self.profiles)

    def cost(self, n_neighbors: int) -> Cost:
        """Of one decision."""
        return self.readout.cost(self.profiles.cost(n_neighbors))
