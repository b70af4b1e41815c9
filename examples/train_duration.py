"""How long training and judging will take, estimated from a measurement of some seconds."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import replace

import joblib
import numpy as np

import common
import fall
from examples.fusion_simulated import Days
from examples.terminal import console
from examples.train_camera import Pictures
from examples.train_pictures import HOURS

# A day costs this many times the hour that is measured, as was once timed: nights are cheap, faults and movement not.
_DAY_THROUGH_SENSORS = 14.0
_TRAINING_DAY = 8.0
_PICTURES_OF_A_DAY, _PICTURES_OF_HOURS = 1650, 260  # about: residents differ
_BACKWARD = 3.0  # a step of training against a prediction


def print_duration(days: Days, pictures: Pictures, network: str, *, jobs: int) -> None:
    """Print about how long the training will take on this computer, and judging the test days after it."""
    n_jobs = joblib.effective_n_jobs(jobs) if jobs else os.cpu_count() or 1
    _simulate(days, hours=0.05)  # imports and compiles
    hour_s = _seconds(lambda: _simulate(days, hours=1.0))
    picture_s, n_pictures = _picture_s(pictures)
    step_s = _step_s(network)
    of_day_s = _DAY_THROUGH_SENSORS * hour_s * days.scenario.hours / 24
    training_days_s = _TRAINING_DAY * hour_s * days.training_scenario.hours / 14 * len(days.train)
    hours_s = hour_s * HOURS * len(pictures.hours_seeds)
    drawing_s = picture_s * n_pictures
    n_pictures += _PICTURES_OF_A_DAY * len(days.train) + _PICTURES_OF_HOURS * len(pictures.hours_seeds)
    learning_s = _BACKWARD * step_s * n_pictures * pictures.epochs
    training_s = (training_days_s + hours_s + drawing_s + of_day_s * len(days.validation)) / n_jobs + learning_s
    console.print(
        f"On {n_jobs} cores: training takes about {_told(training_s)}; judging {len(days.test)} test days after it "
        f"about {_told(of_day_s * len(days.test) / n_jobs)}. Both go on where they stopped.",
        highlight=False,
    )


def _simulate(days: Days, *, hours: float) -> None:
    """A part of the morning: samples, and pictures of whoever is found."""
    part = replace(days.scenario, hours=hours, start_hour=10, n_falls=0)
    day = common.simulate_resident(part, seed=899)
    for _ in day.inertial:
        pass
    for frame in day.frames:
        if frame.box is not None:
            frame.draw()


def _picture_s(pictures: Pictures) -> tuple[float, float]:
    """Seconds a picture, and their number, by a small part of the scenario."""
    part = replace(pictures.scenario, n_residents=1, n_rooms=4, repetitions=1)
    began_s = time.perf_counter()
    n = len(common.simulate_frames(part, seed=899).images)
    seconds = time.perf_counter() - began_s
    scale = pictures.scenario.n_residents * pictures.scenario.repetitions * len(pictures.seeds)
    return seconds / n, n * scale


def _step_s(network: str) -> float:
    """Seconds a picture, of a prediction by an untrained network."""
    model = fall.build_network(network)
    batch = np.zeros((64, 96, 96, 3), dtype=np.float32)
    model.predict_on_batch(batch)
    return _seconds(lambda: model.predict_on_batch(batch)) / len(batch)


def _seconds(work: Callable[[], object]) -> float:
    began_s = time.perf_counter()
    work()
    return time.perf_counter() - began_s


def _told(seconds: float) -> str:
    return f"{seconds / 3600:.1f} h" if seconds >= 3600 else f"{max(seconds / 60, 1):.0f} min"
