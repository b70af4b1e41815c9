"""How abruptly a motion changes, whatever the orientation of the sensor."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from common.errors import InvalidInputError
from common.validation import FloatArray, check_number
from har.preprocessing.base import WindowTransformer
from har.preprocessing.channels import check_channels, leading_channels


class LogJerk(WindowTransformer):
    """Append the logarithm of the mean jerk, the rate at which the acceleration changes.

    The jerk's magnitude does not depend on the orientation of the sensor. In its logarithm the stillness after a fall
    is as far from ordinary movement as that is from the impact, which in the acceleration itself dwarfs the rest.

    Parameters
    ----------
    rate_hz : float, default 50
        Samples per second.
    channels : sequence of int, optional
        The acceleration. None means the first three channels, or all if there are fewer.
    average_s : float, default 0.5
        Seconds over which the jerk is averaged, centred on each sample; at least one sample.
    floor : float, default 0.2
        Added before the logarithm, in units of X per second: about the jerk of a sensor that lies still. The default
        suits accelerations in g.

    Attributes
    ----------
    n_features_in_ : int
        Timesteps × channels.

    Examples
    --------
    A constant acceleration has no jerk, in any direction; one that rises by 1 g in each second has:

    >>> LogJerk(rate_hz=10, floor=1.0).fit_transform([[[1.0], [1.0], [1.0]]])[0, :, 1].tolist()
    [0.0, 0.0, 0.0]
    >>> X = [[[0.0], [0.1], [0.2]]]
    >>> print(LogJerk(rate_hz=10, average_s=0.1, floor=1e-9).fit_transform(X)[0, :, 1].round(3))
    [0. 0. 0.]
    """

    def __init__(
        self,
        *,
        rate_hz: float = 50.0,
        channels: Sequence[int] | None = None,
        average_s: float = 0.5,
        floor: float = 0.2,
    ) -> None:
        self.rate_hz = rate_hz
        self.channels = channels
        self.average_s = average_s
        self.floor = floor

    def _apply(self, windows: FloatArray) -> FloatArray:
        rate_hz = check_number(self.rate_hz, "rate_hz", above=0)
        average_s = check_number(self.average_s, "average_s", above=0)
        floor = check_number(self.floor, "floor", above=0)
        n_timesteps, n_channels = windows.shape[1:]
        channels = leading_channels(n_channels)
        if self.channels is not None:
            channels = check_channels(self.channels, n_channels, "channels")
        if not channels:
            raise InvalidInputError("channels is empty; name the acceleration channels, such as (0, 1, 2)")

        acceleration = windows[:, :, channels].astype(np.float64)
        # The first sample has none before it: it gets the jerk of the second.
        first, second = acceleration[:, :1], acceleration[:, :2][:, -1:]
        steps = np.diff(acceleration, axis=1, prepend=2 * first - second)
        jerk = rate_hz * np.linalg.norm(steps, axis=2)
        reach = samples_on_either_side(average_s, rate_hz, n_timesteps)
        return np.concatenate([windows, np.log(floor + _moving_mean(jerk, reach))[:, :, None]], axis=2)


def samples_on_either_side(average_s: float, rate_hz: float, n_timesteps: int) -> int:
    """How many neighbours before and after a sample its average takes in; near an end, as many as there are."""
    return min(int(average_s * rate_hz / 2), n_timesteps - 1)


def _moving_mean(values: FloatArray, reach: int) -> FloatArray:
    """The mean of each sample and of ``reach`` on either side, as far as there are any: ``(n, n_timesteps)``."""
    n_timesteps = values.shape[1]
    sums = np.pad(np.cumsum(values, axis=1), ((0, 0), (1, 0)))
    first = np.maximum(np.arange(n_timesteps) - reach, 0)
    last = np.minimum(np.arange(n_timesteps) + reach + 1, n_timesteps)
    return np.asarray(np.maximum(sums[:, last] - sums[:, first], 0) / (last - first))
