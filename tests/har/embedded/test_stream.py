"""Streams decide the windows that batches decide: by hop, and about impacts."""

import numpy as np
import pytest

import har
from common.errors import InvalidInputError
from tests.har.embedded.models import N_TIMESTEPS, counts, motion, recognizer
from tests.oracles import integers as oracles


def decisions_of(stream, samples):
    """How many samples had come at each decision, and the decisions."""
    found = [(t + 1, stream.push(sample)) for t, sample in enumerate(samples)]
    return [(t, decision) for t, decision in found if decision is not None]


def as_numbers(decision, i=0):
    return int(decision.class_index[i]), int(decision.prototype[i]), int(decision.distance[i])


def check_against_batch(model, samples):
    found = decisions_of(model.stream(), samples)
    ends = [t for t, _ in found]
    assert ends == oracles.window_ends(model, samples.tolist())
    windows = np.array([samples[t - N_TIMESTEPS : t] for t in ends]).reshape(-1, N_TIMESTEPS, 6)
    batch = model.decide(windows)
    assert [as_numbers(decision) for _, decision in found] == [as_numbers(batch, i) for i in range(len(ends))]
    return ends


@pytest.mark.parametrize("step_s", [None, 0.05, 0.35, 4.0])
def test_a_window_every_hop(step_s):
    samples = counts(motion(9)[0]).reshape(-1, 6)
    ends = check_against_batch(recognizer("mean gravity", step_s=step_s), samples)
    assert ends[0] == N_TIMESTEPS
    assert set(np.diff(ends)) == {round((step_s or N_TIMESTEPS / 40) * 20)}


@pytest.mark.parametrize("seed", range(5))
def test_a_window_about_each_impact(seed):
    rng = np.random.default_rng(seed)
    samples = counts(rng.normal(scale=0.4, size=(400, 6)))
    samples[rng.integers(0, 400, 12), 1] = rng.integers(9_000, 32_767, 12)  # some near each other or near the start
    model = recognizer("magnitude", 8, impact_above=2.0, impact_channels=(0, 1, 2))
    assert len(check_against_batch(model, samples)) >= 3


def test_an_impact_is_where_segment_at_peak_finds_it():
    X, _ = motion(1)
    samples = np.tile(X[0] * 0.1, (3, 1))
    samples[41, 2] = 6.0
    recordings = har.Recordings([samples], ["x"], [0], 20, list("abcdef"))
    expected = har.segment_at_peak(recordings, window_s=N_TIMESTEPS / 20).X[0]
    model = recognizer("bare", impact_above=3.0)
    ((end, decision),) = decisions_of(model.stream(), counts(samples))
    np.testing.assert_array_equal(counts(samples)[end - N_TIMESTEPS : end], counts(expected))
    assert as_numbers(decision) == as_numbers(model.decide(counts(expected)[None]))


def test_a_later_and_larger_impact_takes_the_place_of_the_first():
    samples = np.zeros((90, 6), dtype=np.int16)
    samples[30, 0], samples[35, 0] = 10_000, 20_000
    (found,) = decisions_of(recognizer("bare", impact_above=2.0).stream(), samples)
    assert found[0] == 35 + 1 + (N_TIMESTEPS - 1 - N_TIMESTEPS // 2)


def test_an_impact_before_the_first_whole_window_waits_for_it():
    samples = np.zeros((40, 6), dtype=np.int16)
    samples[2, 0] = 20_000
    (found,) = decisions_of(recognizer("bare", impact_above=2.0).stream(), samples)
    assert found[0] == N_TIMESTEPS


def test_a_refused_sample_changes_nothing():
    samples = counts(motion(2)[0]).reshape(-1, 6)
    model = recognizer("bare", step_s=0.5)
    stream, disturbed = model.stream(), model.stream()
    for sample in samples:
        for wrong in (sample.astype(float), sample[:4], sample.astype(int) + 100_000):
            with pytest.raises(InvalidInputError, match="counts "):
                disturbed.push(wrong)
        one, other = stream.push(sample), disturbed.push(sample)
        assert (one is None) == (other is None)
        assert one is None or as_numbers(one) == as_numbers(other)
