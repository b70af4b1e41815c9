"""Integer prototypes on the lanes of the compiled search, in place of :class:`har.dtw.scores.PackedProfiles`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from common.costs.ledger import Cost
from common.validation import Float64Array, FloatArray
from har.dtw.packing import PackedReferences, pack, squared_distances
from har.dtw.scores import packed_cost
from har.embedded.arithmetic import UINT32_MAX
from har.embedded.quantization import IntegerPrototypes


@dataclass(frozen=True, eq=False)
class PackedIntegers:
    """Prototypes of whole numbers in float64, which adds such numbers without rounding.

    Distances are those of :func:`har.embedded.integer_dtw.integer_dtw`, faster on a processor with wide registers.
    """

    kept: IntegerPrototypes
    packed: PackedReferences
    radius: int

    @classmethod
    def of(cls, kept: IntegerPrototypes, radius: int) -> Self:
        """Pack prototypes for a band of this radius in samples."""
        return cls(kept, pack(kept.values.astype(np.float64)), radius)

    def squared_distances(self, windows: FloatArray, *, n_jobs: int | None = None) -> Float64Array:
        """Squared DTW of each window to each prototype ``(n_windows, n_prototypes)``, in the unit of the windows."""
        sums = squared_distances(self.packed, self.kept.quantize(windows), self.radius, n_jobs=n_jobs)
        return np.minimum(sums, float(UINT32_MAX)) * self.kept.distance_scale

    def arguments(self) -> tuple[Any, ...]:
        """What :func:`har.dtw.scores.distances_to_few` takes after the windows: the same integers, the same sums."""
        kept = self.kept
        quantization = kept.centre, float(kept.limit), float(UINT32_MAX), kept.distance_scale
        return kept.channels, kept.scale, quantization, self.packed.blocks, self.packed.shape, self.radius

    def cost(self, n_neighbors: int) -> Cost:
        """Of a decision by the nearest ``n_neighbors`` prototypes, with centres and scales of four bytes each.

        It does not say its arithmetic, for which the ledger has no word: differences of two values of 8 bits have 9,
        so that integers of either size are multiplied as ``int16_t``, while "int8" is that of a network.
        """
        cost = packed_cost(self.packed, self.radius, n_neighbors, self.kept.values.itemsize)
        constants = 2 * len(self.kept.channels)
        return cost + Cost(params=constants, weight_bytes=4 * constants)
