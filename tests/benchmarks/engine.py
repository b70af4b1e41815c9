"""The engine by itself: what abandoning costs where it cannot help, threads, start-up, one window, memory, growth."""

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

import har
from common.validation import check_fitted_windows
from har.dtw.integers import IntegerScale, pair_up
from har.dtw.learning import Schedule
from har.dtw.methods import make_profiles
from har.dtw.packing import pack, squared_distances
from har.dtw.search import NeighborIndex
from tests.benchmarks.problems import random_phase
from tests.benchmarks.timing import medians, show


def nothing_to_prune() -> None:
    """White noise: every window is about as far from every other."""
    X = np.random.default_rng(0).normal(size=(2_050, 128, 6)).astype(np.float32)
    train, queries = X[50:], X[:50]
    index, packed = NeighborIndex.build(train, 12), pack(train)
    ways = {
        "all distances": lambda: squared_distances(packed, queries, 12).argmin(axis=1),
        "search, abandoning": lambda: index.nearest(queries, 1),
    }
    show("Nothing to prune: white noise, 50 queries, 2000 windows of 128 x 6", medians(ways), ours="all distances")


def threads() -> None:
    """Wall-clock time of one and two threads. It tells nothing while other programs keep a core busy."""
    X = random_phase(12_500, 128, 6)
    index = NeighborIndex.build(X[500:], 12)
    few, y = X[:1_500], np.arange(1_500) % 6

    def fit(method: str, n_jobs: int) -> Any:
        return make_profiles(
            few, y, None, method=method, n_per_class=8, radius=12, validation_fraction=0.0,
            schedule=Schedule(n_epochs=3), rng=np.random.default_rng(0), n_jobs=n_jobs,
        )  # fmt: skip

    works: dict[str, Callable[[int], Any]] = {
        "500 queries, 12000 windows": lambda n_jobs: index.nearest(X[:500], 1, n_jobs=n_jobs),
        "learning 48 prototypes from 1500 windows, 3 epochs": lambda n_jobs: fit("learned", n_jobs),
        "48 means of 1500 windows": lambda n_jobs: fit("barycenter", n_jobs),
    }
    for name, work in works.items():
        ways = {f"{n} thread{'s' if n > 1 else ''}": partial(work, n) for n in (2, 1)}
        show(f"Threads, wall-clock: {name} of 128 x 6", medians(ways, clock=time.perf_counter), ours="2 threads")


_BASE = "import numba, sklearn.base"
_FIRST = """
import numpy as np, har
X = np.random.default_rng(0).normal(size=(40, 128, 6))
har.DTWKNeighborsClassifier(1, band=12).fit(X, np.arange(40) % 2).predict(X)
"""


def start_up() -> None:
    """CPU time of a program that imports and classifies, above one that imports what anybody would."""
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {"NUMBA_CACHE_DIR": folder}

        def run(code: str) -> float:
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            subprocess.run([sys.executable, "-c", code], env=environment, check=True, cwd=Path(__file__).parents[2])
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

        cold = run(_BASE + _FIRST)
        names = {"import numba, sklearn.base": _BASE, "and har, and its first answer": _BASE + _FIRST}
        seconds = medians({name: lambda code=code: run(code) for name, code in names.items()})
    base, first = seconds.values()
    show(
        "Start-up, CPU time, compiled code on disk",
        seconds,
        ours="import numba, sklearn.base",
        remarks={"and har, and its first answer": f"{1000 * (first - base):.0f} ms more"},
    )
    print(f"  the very first time        {1000 * cold:10.0f} ms, compiling")


class _Empty(har.DTWPrototypeClassifier):
    """Checks its windows and answers nothing."""

    def predict(self, X: Any) -> Any:
        windows = check_fitted_windows(self, X)
        return self.classes_[np.zeros(len(windows), dtype=np.intp)]


def one_window() -> None:
    """Microseconds of a decision among 24 profiles of 128 x 6."""
    X = random_phase(240, 128, 6).astype(np.float32)
    y = np.arange(240) % 6
    options = {"n_prototypes": 4, "method": "medoid", "band": 12, "random_state": 0}
    model, empty = (kind(**options).fit(X, y) for kind in (har.DTWPrototypeClassifier, _Empty))
    score, window, batch = model.window_scorer(), X[0].astype(np.float64), X[:1].copy()
    repeats = 200

    def often(function: Any, argument: Any) -> Any:
        return lambda: [function(argument) for _ in range(repeats)] and None

    seconds = medians(
        {
            "window_scorer": often(score, window),
            "predict": often(model.predict, batch),
            "predict that answers nothing": often(empty.predict, batch),
        },
        rounds=15,
    )
    print("\nOne window, 24 profiles of 128 x 6 in float32, radius 12")
    for name, value in seconds.items():
        print(f"  {name:<30}{1e6 * value / repeats:8.1f} us")
    above = seconds["predict"] - seconds["predict that answers nothing"]
    print(f"  {'predict above nothing':<30}{1e6 * above / repeats:8.1f} us")


_MEMORY = """
import numpy as np, har
from tests.memory import forget_peak, peak_megabytes
from har.dtw.search import NeighborIndex
X = np.random.default_rng(0).normal(size=(100_000, 128, 6)).astype(np.float32)
index = NeighborIndex.build(X, 12, bounds=False)
packed = index.stored.packed.nbytes / 2**20
index.nearest(X[:1], 5)
forget_peak()
before = peak_megabytes()
index.nearest(X[:8], 5)
print(f"{X.nbytes / 2**20:.0f} {packed:.0f} {peak_megabytes() - before:.1f}")
"""


def memory() -> None:
    """Peak memory of a search among 100 000 windows."""
    done = subprocess.run(
        [sys.executable, "-c", _MEMORY], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2]
    )
    raw, packed, added = done.stdout.split()
    print(
        f"\nMemory, 100 000 windows of 128 x 6 in float32: windows {raw} MB, packed {packed} MB more; "
        f"a search takes {added} MB more"
    )


#: What windows of float64 become before they are packed.
_STORED: dict[str, Callable[[Any], Any]] = {
    "float32": lambda X: X.astype(np.float32),
    "int16": lambda X: pair_up(IntegerScale.of(X).rounded(X)),
    "float64": lambda X: X,
}


def growth() -> None:
    """Nanoseconds a cell of the band, one thing growing at a time."""
    print("\nHow time grows: matrix of distances, 20 queries, ns a cell of the band")
    print(f"  {'windows':>8} {'samples':>8} {'radius':>7} {'channels':>9}" + "".join(f"{name:>9}" for name in _STORED))
    base = {"n": 512, "n_timesteps": 128, "radius": 12, "n_channels": 6}
    changes = [
        {}, {"n": 2_048}, {"n": 8_192}, {"n_timesteps": 256}, {"n_timesteps": 512}, {"radius": 3}, {"radius": 50},
        {"radius": 127}, {"n_channels": 1}, {"n_channels": 3}, {"n_channels": 9}, {"n_channels": 12},
        {"n_channels": 24},
    ]  # fmt: skip
    for change in changes:
        size = base | change
        radius, n_timesteps = size["radius"], size["n_timesteps"]
        X = random_phase(size["n"], n_timesteps, size["n_channels"])
        ways = {}
        for name, stored in _STORED.items():
            windows = stored(X)
            ways[name] = partial(squared_distances, pack(windows), windows[:20], radius)
        i = np.arange(n_timesteps)
        n_cells = np.sum(np.minimum(i + radius, n_timesteps - 1) - np.maximum(i - radius, 0) + 1) * 20 * size["n"]
        cells = "".join(f"{1e9 * seconds / n_cells:>9.3f}" for seconds in medians(ways).values())
        print(f"  {size['n']:>8} {n_timesteps:>8} {radius:>7} {size['n_channels']:>9}{cells}", flush=True)


def learning(motionsense: Path) -> None:
    """Wall-clock time to learn 48 profiles from MotionSense's training people, as in Lab 1."""
    from examples import lab1_data as lab1
    from har.preprocessing import ScaleChannels

    lab = lab1.load(lab1.Data.motionsense, motionsense, None, 5, 0)
    slow = lab1.at_low_rate(lab)
    train = lab.splits[0][0]
    X = ScaleChannels().fit_transform(slow.X[train])
    model = har.DTWPrototypeClassifier(8, band=0.1, random_state=0, n_jobs=-1)
    (seconds,) = medians({"": lambda: model.fit(X, slow.y[train])}, rounds=3, clock=time.perf_counter).values()
    print(f"\nLearning 48 profiles from {len(X)} windows of MotionSense, {X.shape[1]} x {X.shape[2]}: {seconds:.1f} s")
