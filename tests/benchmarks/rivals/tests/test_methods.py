"""Each method of this environment learns two plain classes, and counts what it keeps."""

import numpy as np
import pytest
from sklearn.ensemble import RandomForestClassifier

from tests.benchmarks.rivals.methods.kept import forest_bytes
from tests.benchmarks.rivals.methods.method import Method, Training
from tests.benchmarks.rivals.methods.networks import people_held_out
from tests.benchmarks.rivals.methods.registry import METHODS

RNG = np.random.default_rng(0)
# Alike but for a number; neighbours compile for minutes.
SKIPPED = {"k-NN DTW", "prototypes, 1 a class, linear", "prototypes, 8 a class, nearest"}
LOCAL = [
    method
    for method in METHODS
    if method.fit is not None and method.family != "networks" and method.name not in SKIPPED
]
NETWORKS = [method for method in METHODS if method.family == "networks"]


@pytest.fixture(scope="module")
def training() -> Training:
    t, y = np.arange(40), np.arange(120) % 2
    phase = RNG.uniform(0, 1, (120, 1, 1))
    X = np.sin(phase + (0.2 + 0.3 * y[:, None, None]) * t[:, None]) + 0.1 * RNG.normal(size=(120, 40, 6))
    return Training(X.astype(np.float32), y, np.repeat(np.arange(6), 20), seed=0)


def learns(method: Method, training: Training) -> bool:
    assert method.fit is not None
    fitted = method.fit(training, method.sizes[0])
    scores = fitted.scores(training.X)
    assert scores.shape == (len(training.X), 2)
    assert fitted.kept_bytes > 0
    return bool(np.mean(scores.argmax(axis=1) == training.y) > 0.9)


@pytest.mark.parametrize("method", LOCAL, ids=lambda method: method.name)
def test_learns(method: Method, training: Training) -> None:
    assert learns(method, training)


@pytest.mark.slow
@pytest.mark.parametrize("method", NETWORKS, ids=lambda method: method.name)
def test_networks_learn(method: Method, training: Training) -> None:
    pytest.importorskip("tf_keras")
    # A network takes as many steps as there are batches: two in an epoch are too few to begin with.
    X, y, people = (np.concatenate([part] * 6) for part in (training.X, training.y, training.people))
    assert learns(method, Training(X, y, people, seed=0))


def test_networks_are_stopped_on_other_people(training: Training) -> None:
    kept, held_out = people_held_out(training)
    assert not set(training.people[kept]) & set(training.people[held_out])
    assert len(kept) + len(held_out) == 120


def test_bytes_of_a_forest() -> None:
    """One split and two pure leaves in each of three trees; then stumps that cannot tell."""
    X, y = np.array([[0.0], [1.0]] * 20), np.array([0, 1] * 20)
    assert forest_bytes(RandomForestClassifier(3, random_state=0).fit(X, y)) == 3 * (10 + 1 + 1)
    assert forest_bytes(RandomForestClassifier(3, random_state=0).fit(np.zeros((40, 1)), y)) == 3 * 2 * 4


def test_names_and_labels_are_unique() -> None:
    assert len({method.name for method in METHODS}) == len({method.label for method in METHODS}) == len(METHODS)
