"""Integer prototypes on the lanes of the compiled search, in place of :class:`har.dtw.scores.PackedProfiles`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from common.validation import Float64Array, FloatArray, IntArray
from har.dtw.packing import PackedReferences, pack, squared_distances
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

    @property
    def active(self) -> IntArray:
        """The channels that are compared."""
        return self.kept.channels

    def squared_distances(self, windows: FloatArray, *, n_jobs: int | None = None) -> Float64Array:
        """Squared DTW of each window to each prototype ``(n_windows, n_prototypes)``, in the unit of the windows."""
        sums = squared_distances(self.packed, self.kept.quantize(windows), self.radius, n_jobs=n_jobs)
        return np.minimum(sums, float(UINT32_MAX)) * self.kept.distance_scale
