"""Train the camera's network on pictures of simulated and, where given, of measured people; then convert it to int8."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import joblib
import numpy as np

import common
import fall
from common import FrameScenario, InvalidInputError
from examples.fusion_models import MeasuredData, sha256
from examples.fusion_simulated import Days
from examples.picture_cache import PictureSource, cached_pictures
from examples.terminal import console
from examples.train_pictures import Images, Labels, pictures_of_day, pictures_of_hours

_SCENARIO = replace(common.TRAIN_SCENARIO, rate_hz=1.0)  # of many people rather than many frames of a few

_CALIBRATION_PICTURES = 1000  # on which the integers' ranges are measured


@dataclass(frozen=True)
class Pictures:
    """Which simulated people a network sees, and how long it learns.

    Attributes
    ----------
    scenario, seeds : FrameScenario, tuple of int
        Of single activities.
    hours_seeds : tuple of int
        Of an hour and a half of as many residents, each in a room of their own: seats and beds, near and far, are
        what a network takes for falls in rooms that it has not seen.
    epochs : int
    """

    scenario: FrameScenario = _SCENARIO
    seeds: tuple[int, ...] = tuple(range(1101, 1125))
    hours_seeds: tuple[int, ...] = tuple(range(1101, 1200))
    epochs: int = 12

    @classmethod
    def quick(cls) -> Pictures:
        """A few people, to see that everything runs."""
        return cls(FrameScenario(n_residents=2, n_rooms=4, repetitions=1, rate_hz=0.5), (131, 132), (131, 132), 2)


def train(
    days: Days, pictures: Pictures, network: str, cache: Path, gmdcsa24: Path | None, *, jobs: int
) -> fall.CompressedModel:
    """The compressed network; that of an earlier, interrupted run is read from ``cache``."""
    settings = (days.training_scenario, days.train, pictures, network, described(gmdcsa24))
    bundle = cache / "training" / f"camera-{joblib.hash(settings)}"
    if not bundle.exists():
        images, y = _all_pictures(days, pictures, cache, gmdcsa24, jobs=jobs)
        console.print(f"camera: {len(y):,} pictures, {int(y.sum()):,} of them of falls", highlight=False)
        classifier = fall.CNNFallClassifier(
            network,
            epochs=pictures.epochs,
            batch_size=64,
            learning_rate=3e-3,
            validation_fraction=0,
            random_state=0,
            verbose=1,
        ).fit(images, y)
        few = np.linspace(0, len(y) - 1, min(len(y), _CALIBRATION_PICTURES)).astype(int)
        common.save_bundle(fall.compress(classifier, "int8", images[few], y[few]), bundle)
    model: fall.CompressedModel = common.load_bundle(bundle)
    return model


def described(gmdcsa24: Path | None) -> MeasuredData | None:
    """What a manifest says of GMDCSA24; None without it."""
    if gmdcsa24 is None:
        return None
    labels = gmdcsa24 / "labels.csv"
    if not labels.exists():
        raise InvalidInputError(f"gmdcsa24: {gmdcsa24} holds no labels.csv")
    return MeasuredData("GMDCSA24", "MIT", {"labels.csv": sha256(labels)})


def _all_pictures(
    days: Days, pictures: Pictures, cache: Path, gmdcsa24: Path | None, *, jobs: int
) -> tuple[Images, Labels]:
    sources = [
        PictureSource(posed_pictures, pictures.scenario, pictures.seeds),
        PictureSource(pictures_of_day, days.training_scenario, days.train),
        PictureSource(pictures_of_hours, days.training_scenario, pictures.hours_seeds),
    ]
    parts = cached_pictures(sources, cache / "pictures", jobs=jobs)
    if gmdcsa24 is not None:
        table = fall.datasets.load_gmdcsa24(gmdcsa24)
        parts.append((fall.read_images(table), table["label"].to_numpy()))
    images, y = (np.concatenate(part) for part in zip(*parts, strict=True))
    return images, y


def posed_pictures(scenario: FrameScenario, seed: int) -> tuple[Images, Labels]:
    """Pictures of single activities, falls among them."""
    frames = common.simulate_frames(scenario, seed=seed)
    return frames.images, frames.table["label"].to_numpy()
