"""Whole recognisers: they decide as the pipeline does, to the bit as the oracle does, and say what they cannot do."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, reject, settings, strategies as st
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

import har
from common.errors import InvalidInputError, MissingDependencyError
from har.embedded.arithmetic import UINT32_MAX
from har.embedded.fixed_point import from_pipeline
from har.embedded.steps import Decimation
from har.preprocessing import GravityFrame, LogJerk, LowPass, Magnitude, Resample, ScaleChannels, SeparateGravity
from tests.har.embedded.models import (
    COUNTS_PER_G,
    FRONTS,
    N_TIMESTEPS,
    counts,
    motion,
    pipeline,
    recognizer,
    windows_of_every_kind,
)
from tests.oracles import integers as oracles


@pytest.mark.parametrize("bits", [16, 8])
@pytest.mark.parametrize("front", FRONTS)
def test_decisions_are_those_of_the_pipeline(front, bits):
    X, y = motion(300, seed=1)
    model = pipeline(front)
    found = from_pipeline(model, bits=bits, rate_hz=20, counts_per_unit=COUNTS_PER_G).decide(counts(X))
    assert np.mean(model.predict(X) == y) > 0.55
    assert np.mean(model.classes_[found.class_index] == model.predict(X)) >= {16: 0.99, 8: 0.94}[bits]


@pytest.mark.parametrize("n", [24, pytest.param(486, marks=pytest.mark.slow)])
@pytest.mark.parametrize("bits", [16, 8])
@pytest.mark.parametrize("front", FRONTS)
def test_decisions_equal_the_oracle_on_windows_of_every_kind(front, bits, n):
    """The long run has 2 × 12 × 516 windows. The oracle refuses whatever does not fit its C type."""
    model = recognizer(front, bits)
    moving = counts(motion(max(6, n // 16), seed=2)[0])
    model = replace(model, threshold=int(np.median(model.decide(moving).distance)))  # rejects about half of these
    windows = np.concatenate([moving, windows_of_every_kind(n, N_TIMESTEPS, 6, seed=bits)])
    expected = [oracles.decide(model, window) for window in windows.tolist()]
    found = model.decide(windows)
    assert [
        *zip(found.class_index.tolist(), found.prototype.tolist(), found.distance.tolist(), strict=True)
    ] == expected
    assert (found.class_index == -1).any()
    assert (found.class_index != -1).any()


@settings(deadline=None, max_examples=40)
@given(
    n_timesteps=st.integers(1, 20),
    n_channels=st.integers(1, 7),
    factor=st.integers(1, 4),
    front=st.sampled_from(
        [
            *(None, Magnitude(), LogJerk(rate_hz=20, floor=5.0)),
            *(SeparateGravity(method="mean"), GravityFrame(gravity=(), rotation=())),
        ]
    ),
    bits=st.sampled_from([16, 8]),
    readout=st.sampled_from(["nearest", "linear"]),
    per_unit=st.floats(0.5, 4.5).map(lambda exponent: 10.0**exponent),
    seed=st.integers(0, 2**32 - 1),
)
def test_any_shape_equals_the_oracle_or_is_refused(
    n_timesteps, n_channels, factor, front, bits, readout, per_unit, seed
):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(12, n_timesteps, n_channels)).cumsum(axis=1)
    steps = [] if front is None else [clone(front)]
    steps += [Resample(rate_hz=20, target_hz=20 / factor), ScaleChannels(with_mean=True)]
    classifier = har.DTWPrototypeClassifier(2, method="medoid", band=0.3, readout=readout, random_state=0)
    model = make_pipeline(*steps, classifier).fit(X, np.arange(12) % 2)
    try:
        integers = from_pipeline(model, bits=bits, rate_hz=20, counts_per_unit=per_unit)
    except InvalidInputError:  # most often, no counts reach the prototypes
        reject()
    windows = np.concatenate([counts(X, per_unit), windows_of_every_kind(12, n_timesteps, n_channels, seed)])
    found = integers.decide(windows)
    expected = [oracles.decide(integers, window) for window in windows.tolist()]
    assert [
        *zip(found.class_index.tolist(), found.prototype.tolist(), found.distance.tolist(), strict=True)
    ] == expected


@pytest.mark.parametrize("every", [120, pytest.param(6, marks=pytest.mark.slow)])
@pytest.mark.parametrize("bits", [16, 8])
def test_measured_windows_equal_the_oracle(bits, every):
    try:
        windows = har.segment(har.datasets.load_smartwatch(), window_s=2.56)
    except MissingDependencyError as error:
        pytest.skip(str(error))
    few = windows.subset(np.arange(0, len(windows), 12))
    counts_per_unit = [2048] * 3 + [900] * 3
    slow = Resample(rate_hz=50, target_hz=12.5)
    model = make_pipeline(slow, ScaleChannels(), har.DTWPrototypeClassifier(1, method="medoid", bits=bits))
    model.fit(few.X, few.y)
    integers = from_pipeline(model, rate_hz=50, counts_per_unit=counts_per_unit)
    measured = counts(windows.X, np.array(counts_per_unit))
    found = integers.decide(measured)
    assert np.mean(integers.classes[found.class_index] == model.predict(windows.X)) > 0.98
    for i in range(0, len(measured), every):
        expected = oracles.decide(integers, measured[i].tolist())
        assert (found.class_index[i], found.prototype[i], found.distance[i]) == expected


def test_a_bare_classifier_takes_its_own_windows():
    X, y = motion(60)
    model = har.DTWPrototypeClassifier(2, bits=16, random_state=0).fit(X, y)
    integers = from_pipeline(model, rate_hz=20, counts_per_unit=COUNTS_PER_G)
    assert integers.steps == ()
    assert (integers.length, integers.n_inputs) == (N_TIMESTEPS, 6)
    assert integers.prototypes is model.integer_prototypes_.values
    # The integers of the classifier and those from counts differ by roundings alone.
    difference = integers.prepare(counts(X)) - model.integer_prototypes_.quantize(X)
    assert np.abs(difference).max() <= 1


def test_distances_have_the_scale_that_is_stated():
    X, _ = motion(40, seed=3)
    model = pipeline("resample", bits=16)
    integers = from_pipeline(model, rate_hz=20, counts_per_unit=COUNTS_PER_G)
    found = integers.decide(counts(X)).distance * integers.distance_scale
    nearest = model[-1]._neighbors(model[:-1].transform(X))[0][:, 0] ** 2
    np.testing.assert_allclose(found, nearest, rtol=0.02, atol=0.01)


def test_channels_of_weight_zero_are_never_computed():
    X, y = motion(90)
    model = make_pipeline(Resample(rate_hz=20, target_hz=10), har.DTWPrototypeClassifier(2, method="medoid")).fit(X, y)
    classifier = model[-1]
    classifier._set_profiles(classifier.prototypes_, np.array([0, 3.0, 0, 0, 3.0, 0]))
    integers = from_pipeline(model, rate_hz=20, counts_per_unit=COUNTS_PER_G)
    (step,) = integers.steps
    assert isinstance(step, Decimation)
    assert step.channels.tolist() == [1, 4]
    assert integers.prototypes.shape[2] == 2
    assert np.mean(integers.decide(counts(X)).class_index == model.predict(X)) > 0.98


def test_far_windows_are_of_no_class():
    X, _ = motion(30)
    near = recognizer("resample", reject_above=1e-3).decide(counts(X))
    assert (near.class_index == -1).sum() == (near.distance > 0).sum() > 0
    assert recognizer("resample").threshold == UINT32_MAX


def test_class_scores_rank_the_classes():
    X, _ = motion(30, seed=4)
    integers = recognizer("scale")
    scores = integers.class_scores(integers.prepare(counts(X)))
    found = integers.decide(counts(X))
    assert scores.argmax(axis=1).tolist() == found.class_index.tolist()
    assert (-scores.max(axis=1)).tolist() == found.distance.tolist()


# ----- refused -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        (
            [LowPass(rate_hz=20, cutoff_hz=5)],
            "LowPass has no integer form: use GravityFrame, LogJerk, Magnitude",
        ),
        ([SeparateGravity(rate_hz=20)], r"SeparateGravity\(method='low_pass'\) has no integer form.*method='mean'"),
        ([Resample(rate_hz=20, target_hz=12)], "from 20 to 12 Hz keeps 3 of 5 samples"),
        ([Magnitude(groups=((0, 1, 2, 3),))], "adds up 4 squares of 16 bits"),
        ([ScaleChannels(with_mean=True), Magnitude()], "Magnitude comes after a step that subtracts a mean"),
        ([ScaleChannels(), Magnitude()], "whose counts mean different amounts"),
        ([GravityFrame(gravity=(), rotation=(0, 1, 2))], "both acceleration and rotation"),
        ([LogJerk(rate_hz=20, channels=(0, 1, 2, 3))], "LogJerk adds up 4 squares of 16 bits"),
        ([LogJerk(rate_hz=50)], "rate_hz: LogJerk was fitted for 50 Hz, but gets 20 Hz"),
        ([LogJerk(rate_hz=20, average_s=0.04)], "less than one sample at 20 Hz: use average_s=0.05"),
        ([LogJerk(rate_hz=20, floor=0.004)], "adds 0.82 counts a sample at 20 Hz, less than the rounding"),
        ([LogJerk(rate_hz=20, floor=600.0)], "adds 122,880 counts a sample at 20 Hz, more than int16 can change"),
        ([ScaleChannels(), LogJerk(rate_hz=20)], "LogJerk adds up .* whose counts mean different amounts"),
    ],
)
def test_steps_without_an_integer_form_are_named(steps, message):
    X, y = motion(30)
    model = make_pipeline(*steps, har.DTWPrototypeClassifier(1, method="medoid")).fit(X, y)
    with pytest.raises(InvalidInputError, match=message):
        from_pipeline(model, rate_hz=20, counts_per_unit=COUNTS_PER_G)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"counts_per_unit": 1e5}, "the prototypes reach from .* counts in channel 0"),
        ({"counts_per_unit": 0.001}, "one count in channel 0 .* is .* steps: pass|one count is .* steps.*more counts"),
        ({"counts_per_unit": [1.0, 2.0]}, r"counts_per_unit has shape \(2,\); pass one number, or one for each of 6"),
        ({"counts_per_unit": -1}, "counts_per_unit.* is -1; it must be above 0"),
        ({"rate_hz": 0}, "rate_hz is 0; it must be above 0"),
        ({"rate_hz": 25}, "Resample was fitted for 20 Hz, but gets 25 Hz: pass the rate"),
        ({"bits": 12}, "bits is 12; prototypes are kept in 8 or 16 bits"),
        ({"bits": 32}, "bits is 32; it must be at least 8 and at most 16"),
        ({"step_s": 1e-9}, "step_s · rate_hz is 0"),
        ({"reject_above": 0}, "reject_above is 0; it must be above 0"),
        ({"impact_above": 100.0}, "impact_above is 100, which is 409,600 counts"),
        ({"impact_above": 1.0, "impact_channels": (0, 1, 2, 3)}, "impact_channels names 4 channels"),
        ({"impact_above": 1.0, "impact_channels": (7,)}, r"impact_channels\[0\] is 7"),
    ],
)
def test_what_does_not_fit_is_refused_with_the_numbers(options, message):
    with pytest.raises(InvalidInputError, match=message):
        from_pipeline(pipeline("resample"), **{"rate_hz": 20, "counts_per_unit": COUNTS_PER_G, **options})


def test_the_rate_that_windows_told_is_checked():
    X, y = motion(30)
    windows = har.Windows(X, y, np.arange(30), 20, list("abcdef"), np.arange(30))
    model = har.DTWPrototypeClassifier(1, method="medoid").fit(windows, y)
    with pytest.raises(InvalidInputError, match="rate_hz is 50, but the model was fitted on windows of 20 Hz"):
        from_pipeline(model, rate_hz=50, counts_per_unit=COUNTS_PER_G)


def test_other_classifiers_are_refused():
    X, y = motion(30)
    options = {"rate_hz": 20, "counts_per_unit": COUNTS_PER_G}
    with pytest.raises(InvalidInputError, match="the classifier is a DTWKNeighborsClassifier"):
        from_pipeline(har.DTWKNeighborsClassifier().fit(X, y), **options)
    with pytest.raises(InvalidInputError, match="the classifier is a LogisticRegression"):
        from_pipeline(make_pipeline(ScaleChannels(), LogisticRegression()), **options)
    with pytest.raises(NotFittedError):
        from_pipeline(har.DTWPrototypeClassifier(), **options)
    voting = har.DTWPrototypeClassifier(2, n_neighbors=3, method="medoid").fit(X, y)
    with pytest.raises(InvalidInputError, match="n_neighbors is 3; in integers, the nearest prototype decides"):
        from_pipeline(voting, **options)
    eight = har.DTWPrototypeClassifier(1, method="medoid", bits=8).fit(X, y)
    with pytest.raises(InvalidInputError, match="bits is 16, but the classifier keeps integers of 8 bits"):
        from_pipeline(eight, bits=16, **options)


@pytest.mark.parametrize(
    ("shape", "front", "message"),
    [
        ((4, 70_000, 1), [], "windows have 70,000 samples; in integers, at most 65,535"),
        ((4, 2, 256), [], "windows have 256 channels; in integers, at most 255"),
        ((4, 2, 200), [Magnitude(groups=tuple((i,) for i in range(60)))], "windows have 260 channels"),
        ((4, 1, 3), [LogJerk(rate_hz=100)], "LogJerk gets windows of 1 sample"),
        ((4, 1_300, 1), [LogJerk(rate_hz=100, average_s=30)], "averages 2,599 samples at 100 Hz, .* the sum of 2,364"),
        (
            (4, 3, 2),
            [Resample(rate_hz=100, target_hz=1)],
            "filters over 1000 samples on both sides, too many for .* of 3",
        ),
    ],
)
def test_sizes_that_no_integer_counts_are_refused(shape, front, message):
    X = np.random.default_rng(0).normal(size=shape)
    model = make_pipeline(*front, har.DTWPrototypeClassifier(1, method="medoid", band=0)).fit(X, [0, 1, 0, 1])
    with pytest.raises(InvalidInputError, match=message):
        from_pipeline(model, rate_hz=100, counts_per_unit=1000)


def test_windows_that_are_no_counts_are_refused():
    integers = recognizer("bare")
    with pytest.raises(InvalidInputError, match="windows holds float64 but must hold integers"):
        integers.decide(np.zeros((1, N_TIMESTEPS, 6)))
    with pytest.raises(InvalidInputError, match=r"windows has shape \(1, 5, 6\); it must be \(n, 24, 6\)"):
        integers.decide(np.zeros((1, 5, 6), dtype=int))
    with pytest.raises(InvalidInputError, match="windows holds counts from 0 to 40000; int16 holds"):
        integers.decide(np.array([[[0, 40_000, 0, 0, 0, 0]] * N_TIMESTEPS]))
