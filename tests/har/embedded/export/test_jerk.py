"""The logarithm of the jerk in C, wherever it stands in a pipeline and whichever channels are compared."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sklearn.pipeline import make_pipeline

import har
from examples.boards import BOARDS, missing, stream_on
from har.embedded.export.stages import plan
from har.embedded.fixed_point import from_pipeline
from har.embedded.jerk import JerkLogarithm
from har.embedded.recognizer import Hop, IntegerRecognizer
from har.preprocessing import GravityFrame, LogJerk, Resample, ScaleChannels, SeparateGravity
from har.preprocessing.base import WindowTransformer
from tests.har.embedded.export import recognizers
from tests.har.embedded.export.specified import streamed
from tests.har.embedded.models import COUNTS_PER_G, N_TIMESTEPS, motion, windows_of_every_kind

HOST = BOARDS["host sanitized"]

SLOW = (Resample(rate_hz=20, target_hz=10), LogJerk(rate_hz=10), ScaleChannels())
# Steps, the weights of channels if they are not learned, and the channels that are stored and pass the jerk.
CASES = {
    "some channels": (SLOW, [0, 1, 0, 0, 1, 0, 1], 4, 2),
    "the jerk alone": (SLOW, [0, 0, 0, 0, 0, 0, 1], 3, 0),
    "at the sensor's rate": ((LogJerk(rate_hz=20, channels=(3, 5)),), [1, 0, 0, 1, 0, 0, 1], 3, 2),
    "before a filter": ((LogJerk(rate_hz=20), Resample(rate_hz=20, target_hz=10)), None, 6, 6),
    "before a frame": (
        (Resample(rate_hz=20, target_hz=10), LogJerk(rate_hz=10), GravityFrame(rotation=())),
        None,
        6,
        6,
    ),
}


def with_jerk(case: str, readout: str = "nearest") -> IntegerRecognizer:
    steps, weights, *_ = CASES[case]
    X, y = motion(60)
    classifier = har.DTWPrototypeClassifier(2, method="medoid", readout=readout, random_state=0)
    model = make_pipeline(*steps, classifier).fit(X, y)
    if weights is not None:
        classifier._set_profiles(classifier.prototypes_, np.array(weights, dtype=float))
    return from_pipeline(model, bits=8, rate_hz=20, counts_per_unit=COUNTS_PER_G, step_s=N_TIMESTEPS / 60)


@pytest.mark.parametrize("case", CASES)
def test_streams_wherever_it_stands(case: str, tmp_path: Path) -> None:
    check_stream(with_jerk(case), tmp_path)


def check_stream(integers: IntegerRecognizer, tmp_path: Path) -> None:
    if reason := missing(HOST):
        pytest.skip(reason)
    samples = windows_of_every_kind(60, N_TIMESTEPS, 6).reshape(-1, 6)
    decided = stream_on(HOST, har.export_c(integers, tmp_path), samples, ("-O1",))
    np.testing.assert_array_equal(decided[:, :4], streamed(integers, samples))


@pytest.mark.parametrize("case", CASES)
def test_only_channels_that_are_read_are_stored_and_passed_on(case: str) -> None:
    stages = plan(with_jerk(case))
    (jerk,) = [stage for stage in stages.in_window if stage.template == "jerk"]
    assert (stages.stored.n_channels, jerk.n_channels - 1) == CASES[case][2:]


@pytest.mark.parametrize("before", [(), (SeparateGravity(method="mean"),), (LogJerk(rate_hz=20, channels=(5,)),)])
def test_a_jerk_that_is_not_compared_is_not_computed(before: tuple[WindowTransformer, ...], tmp_path: Path) -> None:
    X, y = motion(60)
    classifier = har.DTWPrototypeClassifier(2, method="medoid", random_state=0)
    model = make_pipeline(*before, LogJerk(rate_hz=20), classifier).fit(X, y)
    weights = np.ones(classifier.prototypes_.shape[2])
    weights[[0, -1]] = 0
    classifier._set_profiles(classifier.prototypes_, weights)
    integers = from_pipeline(model, rate_hz=20, counts_per_unit=COUNTS_PER_G)
    assert len(plan(integers).in_window) == len(before)
    check_stream(integers, tmp_path)


def test_sums_of_a_long_window_wrap(tmp_path: Path) -> None:
    """All changes of 3,000 samples of full scale add up to more than 2**32; those of an average do not."""
    if reason := missing(HOST):
        pytest.skip(reason)
    n = 3_000
    core = recognizers.core(n_timesteps=n, n_channels=2, n_prototypes=2, radius=0)
    step = JerkLogarithm(np.arange(3, dtype=np.uint8), 500, 100)
    compared = replace(core.scaling, channels=np.array([3, 1], dtype=np.uint8))
    integers = replace(core, steps=(step,), scaling=compared, n_inputs=3, schedule=Hop(n))
    rng = np.random.default_rng(0)
    alternating = np.where(np.arange(n) % 2, 32_767, -32_768)[:, None] * np.ones(3, dtype=int)
    samples = np.concatenate([alternating, rng.choice([-32_768, 32_767], (n, 3))])
    decided = stream_on(HOST, har.export_c(integers, tmp_path), samples.astype(np.int16), ("-O1",))
    np.testing.assert_array_equal(decided[:, :4], streamed(integers, samples.astype(np.int16)))


@pytest.mark.slow
@pytest.mark.parametrize("board", BOARDS)
def test_thousands_of_windows_on_every_processor(board: str, tmp_path: Path) -> None:
    """With a readout, which takes the same logarithms; fewer where the emulator is slow."""
    if reason := missing(BOARDS[board]):
        pytest.skip(reason)
    integers = replace(with_jerk("some channels", "linear"), schedule=Hop(N_TIMESTEPS))
    n_windows = {"AVR": 200, "Cortex-M0+": 1_000}.get(board, 3_000)
    windows = windows_of_every_kind(n_windows, N_TIMESTEPS, 6)
    decided = stream_on(BOARDS[board], har.export_c(integers, tmp_path), windows.reshape(-1, 6))
    decisions = integers.decide(windows)
    np.testing.assert_array_equal(decided[:, 1], decisions.class_index)
    np.testing.assert_array_equal(decided[:, 2], decisions.prototype)
    np.testing.assert_array_equal(decided[:, 3], decisions.distance)
