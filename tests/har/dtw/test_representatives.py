"""Profiles without learning: which windows the greedy method chooses, and means on several threads."""

import numpy as np

from har.dtw.representatives import greedy_profiles, representative_profiles


def test_greedy_chooses_what_adds_accuracy():
    rng = np.random.default_rng(1)
    # Class 0 has a second, smaller kind: the second profile must be one of it.
    X = np.concatenate([rng.normal(0, 0.1, (20, 8, 1)), rng.normal(5, 0.1, (5, 8, 1)), rng.normal(3, 0.1, (20, 8, 1))])
    y = np.repeat([0, 1], [25, 20])
    chosen = greedy_profiles(X, y, 2, 1, rng=np.random.default_rng(0))
    assert y[chosen].tolist() == [0, 0, 1, 1]
    assert {int(c) // 20 for c in chosen[:2]} == {0, 1}


def test_threads_change_no_mean():
    rng = np.random.default_rng(2)
    X, y = rng.normal(size=(40, 10, 2)).cumsum(axis=1), np.arange(40) % 2
    one, two = (
        representative_profiles(X, y, 3, 2, method="barycenter", rng=np.random.default_rng(0), n_jobs=n_jobs)
        for n_jobs in (1, 2)
    )
    assert one.values.tobytes() == two.values.tobytes()
    assert one.labels.tolist() == [0, 0, 0, 1, 1, 1]
