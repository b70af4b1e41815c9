"""Recognisers of given sizes, with prototypes at random: the core of the exported code at its real size."""

from dataclasses import replace
from typing import Any

import numpy as np

from har.embedded.decisions import LinearReadout, least_shift
from har.embedded.quantization import largest_value, must_saturate
from har.embedded.recognizer import Hop, IntegerRecognizer, Scaling


def core(
    bits: int = 16,
    *,
    n_timesteps: int = 32,
    n_channels: int = 6,
    n_prototypes: int = 8,
    radius: int = 3,
    threshold_at: float = 1.0,
    constant: bool = False,
    seed: int = 0,
    **parts: Any,
) -> IntegerRecognizer:
    """Without steps; windows are rejected at this share of the distance between two prototypes.

    With ``constant``, the first prototype is as small as can be, so that full scale is as far as can be.
    """
    rng = np.random.default_rng(seed)
    limit = largest_value(n_timesteps, n_channels, bits)
    walks = rng.normal(size=(n_prototypes, n_timesteps, n_channels)).cumsum(axis=1)
    prototypes = np.clip(walks * limit / 8, -limit, limit).astype(np.int8 if bits == 8 else np.int16)
    if constant:
        prototypes[0] = -limit
    recognizer = IntegerRecognizer(
        classes=np.array(["sit", "stairs", "walk"]),
        steps=(),
        scaling=Scaling(
            channels=np.arange(n_channels, dtype=np.uint8),
            multiplier=np.full(n_channels, 1024, dtype=np.int16),
            shift=np.full(n_channels, 10, dtype=np.uint8),
            offset=np.full(n_channels, 512, dtype=np.int32),
            limit=limit,
        ),
        prototypes=prototypes,
        class_indices=(np.arange(n_prototypes) % 3).astype(np.uint8),
        radius=radius,
        saturates=must_saturate(n_timesteps, n_channels, limit),
        readout=None,
        threshold=2**32 - 1,
        distance_scale=1.0,
        length=n_timesteps,
        n_inputs=n_channels,
        rate_hz=12.5,
        schedule=Hop(n_timesteps),
    )
    between = recognizer.distances(prototypes[:1].astype(np.int16))[0, 1:]
    threshold = int(threshold_at * np.median(between)) if n_prototypes > 1 else 2**32 - 1
    return replace(recognizer, threshold=threshold, **parts)


def readout(n_classes: int, n_prototypes: int, seed: int = 0) -> LinearReadout:
    """Weights at random, as large as they may be."""
    rng = np.random.default_rng(seed)
    most = min(32_767, (2**31 - 2**20) // (2 * n_prototypes * 2**15))
    weights = rng.integers(-most, most + 1, size=(2, n_classes, n_prototypes)).astype(np.int16)
    bias = rng.integers(-(2**15), 2**15, size=n_classes).astype(np.int32)
    return LinearReadout(weights[0], weights[1], bias, least_shift(n_prototypes), 1.0)


def prepared_windows(recognizer: IntegerRecognizer, n: int, seed: int = 1) -> np.ndarray:
    """Full scale, constant, alternating, uniform, near a prototype, and equal to one: at least ``n`` in all."""
    rng = np.random.default_rng(seed)
    limit = recognizer.scaling.limit
    _, n_timesteps, n_channels = recognizer.prototypes.shape
    shape = (-(-n // 6), n_timesteps, n_channels)
    constant = np.broadcast_to(rng.integers(-limit, limit + 1, (shape[0], 1, n_channels)), shape)
    signs = np.where(np.arange(n_timesteps) % 2, 1, -1)[:, None]
    chosen = recognizer.prototypes[rng.integers(0, len(recognizer.prototypes), shape[0])].astype(np.int64)
    sizes = (limit * 2.0 ** -rng.integers(1, 8, size=(shape[0], 1, 1))).astype(np.int64) + 1
    kinds = [
        rng.choice([-limit, limit], size=shape),
        constant,
        signs * rng.integers(0, limit + 1, (shape[0], 1, n_channels)),
        rng.integers(-limit, limit + 1, shape),
        chosen + rng.integers(-sizes, sizes + 1, shape),
        chosen,
    ]
    return np.concatenate([np.clip(kind, -limit, limit) for kind in kinds]).astype(np.int16)
