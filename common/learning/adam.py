"""Adam, for parameters that are one NumPy array."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt


class Adam:
    """Gradient descent with a step size for each parameter (Kingma & Ba, *Adam*, ICLR 2015, algorithm 1).

    Decay rates (0.9 and 0.999) and epsilon (1e-8) are the paper's.

    Parameters
    ----------
    parameters : ndarray of float64
        Updated in place by :meth:`step`.

    Examples
    --------
    >>> position = np.array([3.0, -2.0])
    >>> adam = Adam(position)
    >>> for _ in range(200):
    ...     adam.step(2 * position, learning_rate=0.1)  # the gradient of the squared length
    >>> bool(np.abs(position).max() < 0.01)
    True
    """

    def __init__(self, parameters: npt.NDArray[np.float64]) -> None:
        self.parameters = parameters
        self._mean = np.zeros_like(parameters)
        self._mean_square = np.zeros_like(parameters)
        self._n_steps = 0

    def step(self, gradient: npt.NDArray[np.float64], learning_rate: float) -> None:
        """Move the parameters against ``gradient``, each by about ``learning_rate``."""
        self._n_steps += 1
        self._mean += 0.1 * (gradient - self._mean)
        self._mean_square += 0.001 * (gradient**2 - self._mean_square)
        # Both averages start at zero; without this correction the first steps would be too small.
        mean = self._mean / (1 - 0.9**self._n_steps)
        mean_square = self._mean_square / (1 - 0.999**self._n_steps)
        self.parameters -= learning_rate * mean / (np.sqrt(mean_square) + 1e-8)
