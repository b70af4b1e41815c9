"""What is searched: training windows, queries, and the radius of the band."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np


@dataclass(frozen=True, eq=False)
class Problem:
    """Windows of shape (n, n_timesteps, n_channels)."""

    name: str
    train: Any
    queries: Any
    radius: int

    def __str__(self) -> str:
        n, n_timesteps, n_channels = self.train.shape
        return (
            f"{self.name}: {len(self.queries)} queries, {n} windows of {n_timesteps} samples, {n_channels} channel"
            f"{'s' if n_channels > 1 else ''}, radius {self.radius}"
        )


def random_phase(n: int, n_timesteps: int, n_channels: int, seed: int = 0) -> Any:
    """Waves of a few frequencies with random phases and some noise: windows of repeated motion."""
    rng = np.random.default_rng(seed)
    t = np.linspace(0, 2 * np.pi, n_timesteps)
    cycles, phases = rng.integers(1, 6, (n, 1, 1)), rng.uniform(0, 2 * np.pi, (n, 1, n_channels))
    return np.sin(cycles * t[:, None] + phases) + 0.2 * rng.normal(size=(n, n_timesteps, n_channels))


def problems(motionsense: Path | None) -> Iterator[Problem]:
    """The problems that peers can be compared on; MotionSense where it is."""
    from aeon.datasets import load_basic_motions

    train, queries = (load_basic_motions(split=split)[0].transpose(0, 2, 1).copy() for split in ("train", "test"))
    yield Problem("BasicMotions", train, queries, 10)
    if motionsense is not None:
        yield Problem("MotionSense", *motionsense_windows(motionsense), 12)
    waves = random_phase(2_500, 128, 6)
    yield Problem("random phases", waves[:2_000], waves[2_000:], 12)
    walks = np.random.default_rng(0).normal(size=(1_200, 256, 1)).cumsum(axis=1)
    yield Problem("random walks", walks[:1_000], walks[1_000:], 25)
    waves = random_phase(1_500, 256, 1)
    yield Problem("random phases", waves[:1_000], waves[1_000:], 25)


def motionsense_windows(root: Path) -> tuple[Any, Any]:
    """2 000 training windows of people 1–16 and 500 of the others: six channels, without gravity."""
    import har

    windows = har.segment(har.datasets.load_motionsense(root), window_s=2.56)
    moving = [c for c, name in enumerate(windows.channels) if "gravity" not in name.lower()]
    rng = np.random.default_rng(0)
    is_train = windows.groups <= 16
    parts = ((np.flatnonzero(is_train), 2_000), (np.flatnonzero(~is_train), 500))
    chosen = [np.sort(rng.choice(rows, n, replace=False)) for rows, n in parts]
    train, queries = (np.ascontiguousarray(windows.X[rows][:, :, moving], dtype=np.float64) for rows in chosen)
    return train, queries
