"""Distance matrices, nearest neighbours and mean profiles beside other libraries, each by its fastest exact route.

One thread, CPU time. Every library's distances are checked against ours first; they count the band differently.
"""

import json
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import aeon.distances
import dtaidistance.dtw_ndim
import numpy as np
import tslearn.metrics
from sktime.dists_kernels.dtw import DtwDist
from tslearn.barycenters import dtw_barycenter_averaging

import har
from har.dtw.barycenter import barycenter
from tests.benchmarks.problems import Problem
from tests.benchmarks.timing import medians, show
from tests.benchmarks.ucr_search import UcrIndex

#: Peers are asked about so many of the queries and windows: their time for each pair is the same.
_PEER_QUERIES, _PEER_WINDOWS = 25, 400

Routes = dict[str, Callable[[Any, Any], Any]]


def matrix_routes(radius: int, n_timesteps: int) -> Routes:
    """Each library's way from two batches to the matrix of their distances."""

    def by_dtaidistance(X: Any, Y: Any) -> Any:
        both, block = np.concatenate([X, Y]), ((0, len(X)), (len(X), len(X) + len(Y)))
        if X.shape[2] == 1:
            matrix = dtaidistance.dtw.distance_matrix_fast(
                both[:, :, 0], window=radius + 1, block=block, parallel=False
            )
        else:
            matrix = dtaidistance.dtw_ndim.distance_matrix_fast(both, window=radius + 1, block=block, parallel=False)
        return matrix[: len(X), len(X) :]

    window = (radius + 0.5) / n_timesteps
    sktime = DtwDist(window=window)
    return {
        "har float32": lambda X, Y: har.pairwise_dtw(X, Y, band=radius, dtype="float32"),
        "har float64": lambda X, Y: har.pairwise_dtw(X, Y, band=radius),
        "aeon": lambda X, Y: np.sqrt(aeon.distances.dtw_pairwise_distance(turned(X), turned(Y), window=window)),
        "dtaidistance": by_dtaidistance,
        "tslearn": lambda X, Y: tslearn.metrics.cdist_dtw(
            X, Y, global_constraint="sakoe_chiba", sakoe_chiba_radius=radius, n_jobs=1
        ),
        "sktime": lambda X, Y: np.sqrt(sktime(turned(X), turned(Y))),
    }


def turned(X: Any) -> Any:
    """In the order (n, n_channels, n_timesteps)."""
    return np.ascontiguousarray(X.transpose(0, 2, 1))


def matrices(problem: Problem) -> None:
    """Print the times for a matrix of distances."""
    X, Y = problem.queries[:_PEER_QUERIES], problem.train[:_PEER_WINDOWS]
    routes = matrix_routes(problem.radius, X.shape[1])
    expected = routes["har float64"](X, Y)
    for name, route in routes.items():
        tolerance = 1e-4 if "float32" in name else 1e-9
        assert np.allclose(route(X, Y), expected, rtol=tolerance), f"{name} computes other distances"
    seconds = medians({name: lambda route=route: np.asarray(route(X, Y)) for name, route in routes.items()})
    fewer = Problem(problem.name, Y, X, problem.radius)
    rivals = min(seconds["aeon"], seconds["dtaidistance"])
    remarks = {
        f"har float{bits}": f"{rivals / seconds[f'har float{bits}']:.1f}x faster than aeon and dtaidistance"
        for bits in (32, 64)
    }
    show(f"Matrix of distances. {fewer}", seconds, ours="har float32", remarks=remarks)


def neighbours(problem: Problem, wildboar: Path | None) -> None:
    """Print the times for the nearest neighbour, and whether all neighbours are those of the float64 matrix."""
    index = _fitted(problem)
    found = index.kneighbors(problem.queries)[1][:, 0]
    expected = har.pairwise_dtw(problem.queries, problem.train, band=problem.radius).argmin(axis=1)
    print(f"\nExact nearest neighbour. {problem}\n  equal to the float64 matrix: {np.mean(found == expected):.1%}")

    few = problem.queries[:_PEER_QUERIES]
    ways: dict[str, Callable[[], Any]] = {
        "har": lambda: index.kneighbors(few)[1][:, 0],
        "har, window by window": lambda: np.array([index.kneighbors(window[None])[1][0, 0] for window in few]),
        "har, index built each time": lambda: _fitted(problem).kneighbors(few)[1][:, 0],
        "dtaidistance, pruning": lambda: by_dtaidistance_pruning(few, problem.train, problem.radius),
    }
    for dtype in ("float64", "float32"):
        rival = UcrIndex.build(problem.train.astype(dtype), problem.radius)
        ways[f"like the UCR suite, {dtype}"] = lambda rival=rival: rival.nearest(few)
    routes = matrix_routes(problem.radius, few.shape[1])
    for name in ("aeon", "dtaidistance"):
        ways[f"{name}, whole matrix"] = lambda route=routes[name]: np.asarray(route(few, problem.train)).argmin(axis=1)
    agree = {name: f"neighbours equal {np.mean(way() == expected[: len(few)]):.0%}" for name, way in ways.items()}
    if wildboar is None or few.shape[2] > 1:
        show(f"  {len(few)} of them", medians(ways), ours="har", remarks=agree)
        return
    with Wildboar(wildboar, few[:, :, 0], problem.train[:, :, 0], problem.radius) as worker:
        ways["wildboar"] = worker.seconds
        agree["wildboar"] = f"neighbours equal {np.mean(worker.neighbours == expected[: len(few)]):.0%}"
        show(f"  {len(few)} of them", medians(ways), ours="har", remarks=agree)


def _fitted(problem: Problem) -> har.DTWKNeighborsClassifier:
    labels = np.arange(len(problem.train)) % 2
    return har.DTWKNeighborsClassifier(1, band=problem.radius).fit(problem.train, labels)


def by_dtaidistance_pruning(X: Any, Y: Any, radius: int) -> Any:
    """Pair by pair, each told the best distance so far, with the pruning that dtaidistance offers."""
    one_channel = X.shape[2] == 1
    distance = dtaidistance.dtw.distance_fast if one_channel else dtaidistance.dtw_ndim.distance_fast
    X, Y = (np.ascontiguousarray(Z[:, :, 0] if one_channel else Z, dtype=np.float64) for Z in (X, Y))
    found = np.zeros(len(X), dtype=np.int64)
    for a, x in enumerate(X):
        best = np.inf
        for b, y in enumerate(Y):
            # max_dist of infinity means none to dtaidistance; pruning bounds by the Euclidean distance.
            limit = {} if best == np.inf else {"max_dist": best}
            apart = distance(x, y, window=radius + 1, use_pruning=best == np.inf, **limit)
            if apart < best:
                best, found[a] = apart, b
    return found


class Wildboar:
    """wildboar's search in its own environment, which wants an older scikit-learn: a process that answers in turns."""

    def __init__(self, python: Path, queries: Any, train: Any, radius: int) -> None:
        self._folder = tempfile.TemporaryDirectory()
        problem = Path(self._folder.name) / "problem.npz"
        np.savez(problem, queries=queries, train=train, radius=radius)
        script = Path(__file__).with_name("wildboar_worker.py")
        self._process = subprocess.Popen(
            [python, script, problem], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.neighbours = np.array(self._answer())

    def seconds(self) -> float:
        """CPU time of one search."""
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        return float(self._answer())

    def _answer(self) -> Any:
        assert self._process.stdout is not None
        return json.loads(self._process.stdout.readline())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._process.communicate()
        self._folder.cleanup()


def means(problem: Problem, n: int = 500, iterations: int = 5) -> None:
    """Print the times for DTW barycenter averaging."""
    X = problem.train[:n]
    # By its number: by its name tslearn 0.10 takes the band and forgets it.
    band = {"global_constraint": 2, "sakoe_chiba_radius": problem.radius}
    ways = {
        "har": lambda: barycenter(X, X[0], problem.radius, max_iterations=iterations),
        "tslearn": lambda: dtw_barycenter_averaging(
            X, init_barycenter=X[0], max_iter=iterations, tol=0, metric_params=band
        ),
    }
    apart = np.abs(ways["har"]() - ways["tslearn"]()).max()
    title = f"Mean profile (DBA), {iterations} iterations. {Problem(problem.name, X, X[:1], problem.radius)}"
    show(title, medians(ways), ours="har", remarks={"tslearn": f"largest difference {apart:.0e}"})
