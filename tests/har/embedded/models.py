"""Small fitted pipelines, and windows of counts of every kind."""

from typing import Any

import numpy as np
from sklearn.pipeline import make_pipeline

import har
from har.embedded.fixed_point import from_pipeline
from har.embedded.recognizer import IntegerRecognizer
from har.preprocessing import GravityFrame, LogJerk, Magnitude, Resample, ScaleChannels, SeparateGravity

COUNTS_PER_G = 4096.0
N_TIMESTEPS = 24

# For windows of six channels; three of acceleration come first.
FRONTS: dict[str, tuple[Any, ...]] = {
    "bare": (),
    "scale": (ScaleChannels(with_mean=True),),
    "resample": (Resample(rate_hz=20, target_hz=10), ScaleChannels()),
    "by three": (Resample(rate_hz=20, target_hz=20 / 3),),
    "magnitude": (Magnitude(), Resample(rate_hz=20, target_hz=10), ScaleChannels()),
    "magnitude alone": (Magnitude(groups=((0, 1), (3,)), keep=False),),
    "given gravity": (GravityFrame(rotation=()), Resample(rate_hz=20, target_hz=5), ScaleChannels()),
    "mean gravity": (GravityFrame(gravity=(), rotation=(3, 4, 5)), Resample(rate_hz=20, target_hz=10), ScaleChannels()),
    "separate gravity": (SeparateGravity(method="mean"), GravityFrame(keep_gravity=False), ScaleChannels()),
    "jerk": (LogJerk(rate_hz=20), ScaleChannels()),
    "slow jerk": (Resample(rate_hz=20, target_hz=10), LogJerk(rate_hz=10, channels=(2, 0, 1)), ScaleChannels()),
    "deviations": (SeparateGravity(method="mean", channels=(4, 1)), Resample(rate_hz=20, target_hz=10)),
}


def motion(n: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Windows ``(n, 24, 6)`` of about a g, with gravity, and three classes."""
    rng = np.random.default_rng(seed)
    y = np.arange(n) % 3
    X = rng.normal(scale=0.3, size=(n, N_TIMESTEPS, 6)).cumsum(axis=1) / 2
    X += np.sin(np.arange(N_TIMESTEPS) * (0.3 + 0.3 * y[:, None]))[:, :, None] * np.array([1, 0.5, 0, 1, 0, 0.5])
    return X + np.array([0.2, 0.8, -0.5, 0.1, 0.7, -0.6]), y


def pipeline(front: str, **classifier: Any) -> Any:
    """A pipeline fitted to :func:`motion`."""
    from sklearn.base import clone

    X, y = motion(90)
    parameters = {"n_prototypes": 2, "method": "medoid", "random_state": 0, **classifier}
    return make_pipeline(*map(clone, FRONTS[front]), har.DTWPrototypeClassifier(**parameters)).fit(X, y)


def recognizer(front: str, bits: int = 16, **options: Any) -> IntegerRecognizer:
    return from_pipeline(pipeline(front), bits=bits, rate_hz=20, counts_per_unit=COUNTS_PER_G, **options)


def counts(X: np.ndarray, per_unit: float | np.ndarray = COUNTS_PER_G) -> np.ndarray:
    """As a sensor gives them."""
    return np.clip(np.floor(X * per_unit + 0.5), -32768, 32767).astype(np.int16)


def windows_of_every_kind(n: int, length: int, n_inputs: int, seed: int = 0) -> np.ndarray:
    """At least ``n`` windows: motion, uniform noise of every size, full scale, constant, alternating, impulses."""
    rng = np.random.default_rng(seed)
    shape = (-(-n // 6), length, n_inputs)
    sizes = 2.0 ** rng.integers(0, 16, size=(len(range(shape[0])), 1, 1))
    noise = np.floor(rng.uniform(-1, 1, shape) * sizes)
    full = rng.choice([-32768, 32767], size=shape)
    constant = np.broadcast_to(rng.integers(-32768, 32768, (shape[0], 1, n_inputs)), shape)
    signs = np.where(np.arange(length) % 2, 1, -1)[:, None]
    alternating = np.clip(signs * rng.integers(0, 32769, (shape[0], 1, n_inputs)), -32768, 32767)
    impulses = np.where(rng.random(shape) < 0.05, full, rng.integers(-300, 300, shape))
    walks = np.clip(rng.normal(scale=800, size=shape).cumsum(axis=1), -32768, 32767)
    kinds = [noise, full, constant, alternating, impulses, walks]
    return np.concatenate([kind.astype(np.int16) for kind in kinds])
