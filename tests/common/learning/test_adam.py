"""Adam against the definition in its paper."""

import numpy as np

from common.learning.adam import Adam


def steps_by_definition(gradients: list[np.ndarray], learning_rates: list[float]) -> np.ndarray:
    """The sum of all steps, with each average written out as a weighted sum over the past gradients."""
    total = np.zeros_like(gradients[0])
    for t in range(1, len(gradients) + 1):
        mean = sum(0.1 * 0.9 ** (t - i) * gradients[i - 1] for i in range(1, t + 1)) / (1 - 0.9**t)
        square = sum(0.001 * 0.999 ** (t - i) * gradients[i - 1] ** 2 for i in range(1, t + 1)) / (1 - 0.999**t)
        total += learning_rates[t - 1] * mean / (np.sqrt(square) + 1e-8)
    return total


def test_steps_are_those_of_the_paper() -> None:
    rng = np.random.default_rng(0)
    gradients = [rng.normal(size=(2, 3)) * 10.0 ** rng.integers(-6, 6) for _ in range(25)]
    learning_rates = [0.03 * 0.9**step for step in range(25)]
    start = rng.normal(size=(2, 3))
    parameters = start.copy()
    adam = Adam(parameters)
    for gradient, learning_rate in zip(gradients, learning_rates, strict=True):
        adam.step(gradient, learning_rate)
    np.testing.assert_allclose(start - parameters, steps_by_definition(gradients, learning_rates), rtol=1e-9)


def test_the_first_step_has_the_size_of_the_learning_rate_in_any_unit() -> None:
    parameters = np.zeros(3)
    Adam(parameters).step(np.array([1e-3, -1.0, 1e3]), learning_rate=0.1)
    np.testing.assert_allclose(parameters, [-0.1, 0.1, -0.1], rtol=1e-4)


def test_epsilon_is_the_paper_s() -> None:
    parameters = np.zeros(1)
    Adam(parameters).step(np.array([1e-8]), learning_rate=0.1)
    np.testing.assert_allclose(parameters, -0.05)
