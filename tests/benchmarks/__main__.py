"""Distance matrices beside other libraries: `make bench`.

All work on one thread, in turns, and the medians of the rounds are compared: the machine's mood then hits everybody
alike. Every library's distances are checked against ours first.
"""

import statistics
import time
from collections.abc import Callable
from typing import Any

import aeon.distances
import dtaidistance.dtw_ndim
import numpy as np
import tslearn.metrics

import har

ROUNDS = 5


def routes(X: Any, Y: Any, radius: int) -> dict[str, Callable[[], Any]]:
    """Each library's way to the matrix of banded DTW distances; they count the band differently."""
    n = X.shape[1]
    turned = np.ascontiguousarray(X.transpose(0, 2, 1)), np.ascontiguousarray(Y.transpose(0, 2, 1))
    both = np.concatenate([X, Y])
    block = ((0, len(X)), (len(X), len(both)))
    return {
        "har float32": lambda: har.pairwise_dtw(X, Y, band=radius, dtype="float32"),
        "har float64": lambda: har.pairwise_dtw(X, Y, band=radius),
        "aeon": lambda: np.sqrt(aeon.distances.dtw_pairwise_distance(*turned, window=(radius + 0.5) / n)),
        "dtaidistance": lambda: dtaidistance.dtw_ndim.distance_matrix_fast(
            both, window=radius + 1, block=block, parallel=False
        )[: len(X), len(X) :],
        "tslearn": lambda: tslearn.metrics.cdist_dtw(
            X, Y, global_constraint="sakoe_chiba", sakoe_chiba_radius=radius, n_jobs=1
        ),
    }


def compare(title: str, X: Any, Y: Any, radius: int) -> None:
    """Print CPU time and the ratio to the fastest route of ours, for each library."""
    ways = routes(X, Y, radius)
    expected = ways["har float64"]()
    for name, way in ways.items():  # compiles as well
        tolerance = 1e-4 if "float32" in name else 1e-9
        assert np.allclose(way(), expected, rtol=tolerance), f"{name} computes another distance"
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, way in ways.items():
            began = time.process_time()
            way()
            seconds[name].append(time.process_time() - began)
    ours = statistics.median(seconds["har float32"])
    print(f"\n{title}: {len(X)} x {len(Y)} windows of {X.shape[1]} samples, {X.shape[2]} channels, radius {radius}")
    for name, times in seconds.items():
        median = statistics.median(times)
        print(f"  {name:<14}{1000 * median:9.1f} ms CPU {median / ours:8.1f}x", flush=True)


def main() -> None:
    rng = np.random.default_rng(0)
    for title, channels, samples, radius in (("six channels", 6, 128, 12), ("one channel", 1, 256, 25)):
        walk = rng.normal(size=(150, samples, channels)).cumsum(axis=1)
        compare(title, walk[:100], walk[100:], radius)


if __name__ == "__main__":
    main()
