"""Settings to choose from: how many profiles are learned, and how."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from common.errors import InvalidInputError
from common.validation import Band
from har.preprocessing import Augmentation, LogJerk, Resample, ScaleChannels
from har.preprocessing.base import WindowTransformer
from har.prototypes import DTWPrototypeClassifier

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline


@dataclass(frozen=True)
class PrototypeSetting:
    """How many profiles are learned, how they are read, and how windows are changed meanwhile.

    Attributes
    ----------
    n_prototypes : int
        Of each class.
    readout : str
        See :class:`har.DTWPrototypeClassifier`.
    augmentation : har.preprocessing.Augmentation or None
        Its ``triads`` are replaced by those of the sensor.
    log_jerk : bool
        Whether :class:`har.preprocessing.LogJerk` comes first.

    Examples
    --------
    >>> setting = PrototypeSetting(2, "nearest", LITTLE_CHANGE, log_jerk=True)
    >>> [name for name, _ in setting.pipeline(rate_hz=50, target_hz=12.5, triads=[(0, 1, 2)]).steps]
    ['logjerk', 'resample', 'scalechannels', 'dtwprototypeclassifier']
    """

    n_prototypes: int
    readout: str
    augmentation: Augmentation | None
    log_jerk: bool = False

    def pipeline(
        self,
        *,
        rate_hz: float | None = None,
        target_hz: float | None = None,
        triads: Sequence[Sequence[int]] = (),
        acceleration: Sequence[int] | None = None,
        band: Band = 0.1,
        bits: int | None = 8,
        random_state: int | None = 0,
        n_jobs: int | None = None,
    ) -> Pipeline:
        """An unfitted pipeline that resamples, scales and learns.

        Parameters
        ----------
        rate_hz : float, optional
            Samples per second in X; resampling and the logarithm of the jerk need it.
        target_hz : float, optional
            Samples per second from which profiles are learned; None: all. The jerk is taken before, at ``rate_hz``:
            what is too fast for the profiles themselves remains in it.
        triads : sequence of three channels each, default ()
            x, y and z of each sensor: they share a scale and are turned alike.
        acceleration : sequence of int, optional
            Channels whose jerk is taken; None: the first of ``triads``, or the first three.
        band, bits, random_state, n_jobs
            Of :class:`har.DTWPrototypeClassifier`.

        Raises
        ------
        InvalidInputError
            If the rate is needed and not given.

        Examples
        --------
        People reach the classifier by its name, in ``fit`` as in scikit-learn's searches:

        >>> import numpy as np
        >>> rng = np.random.default_rng(0)
        >>> X, y, people = rng.normal(size=(24, 16, 3)), np.arange(24) % 2, np.arange(24) // 6
        >>> X[y == 1, 4:8] += 2
        >>> model = PROTOTYPE_SETTINGS["1 joint"].pipeline(triads=((0, 1, 2),))
        >>> _ = model.fit(X, y, dtwprototypeclassifier__groups=people)
        >>> model.score(X, y), model[-1].readout_
        (1.0, 'linear')
        """
        from sklearn.pipeline import make_pipeline

        steps: list[WindowTransformer] = []
        if self.log_jerk:
            rate = _known(rate_hz, "takes the logarithm of the jerk")
            axes = triads[0] if acceleration is None and triads else acceleration
            steps.append(LogJerk(rate_hz=rate, channels=axes))
        if target_hz is not None:
            steps.append(Resample(rate_hz=_known(rate_hz, f"resamples to {target_hz} Hz"), target_hz=target_hz))
        augmentation = self.augmentation and replace(self.augmentation, triads=triads)
        classifier = DTWPrototypeClassifier(
            self.n_prototypes, band=band, readout=self.readout, augmentation=augmentation, bits=bits,
            random_state=random_state, n_jobs=n_jobs,
        )  # fmt: skip
        return make_pipeline(*steps, ScaleChannels(groups=triads), classifier)


def _known(rate_hz: float | None, work: str) -> float:
    if rate_hz is None:
        raise InvalidInputError(f"rate_hz is None, and this setting {work}: pass the samples per second of X")
    return rate_hz


# Falls are told by the height of a short peak, which strong warps hide; activities by patterns, which they do not.
LITTLE_CHANGE = Augmentation(turn_degrees=10.0, time_warp=0.1, magnitude_warp=0.05, shift=0.05)
MUCH_CHANGE = Augmentation()

#: Settings by name, the smallest models first, to choose from by people held out. Which setting is best depends on the
#: data: for activities joint learning with strong changes, for falls small changes, for both the logarithm of the jerk.
PROTOTYPE_SETTINGS = {
    "1 linear": PrototypeSetting(1, "linear", None),
    "1 joint": PrototypeSetting(1, "joint", MUCH_CHANGE),
    "1 joint, jerk": PrototypeSetting(1, "joint", MUCH_CHANGE, log_jerk=True),
    "4 nearest, little change": PrototypeSetting(4, "nearest", LITTLE_CHANGE),
    "4 nearest": PrototypeSetting(4, "nearest", MUCH_CHANGE),
    "4 nearest, little change, jerk": PrototypeSetting(4, "nearest", LITTLE_CHANGE, log_jerk=True),
    "4 linear": PrototypeSetting(4, "linear", None),
    "4 joint": PrototypeSetting(4, "joint", MUCH_CHANGE),
    "4 joint, jerk": PrototypeSetting(4, "joint", MUCH_CHANGE, log_jerk=True),
    "6 joint, jerk": PrototypeSetting(6, "joint", MUCH_CHANGE, log_jerk=True),
    "8 joint, little change, jerk": PrototypeSetting(8, "joint", LITTLE_CHANGE, log_jerk=True),
    "8 joint": PrototypeSetting(8, "joint", MUCH_CHANGE),
    "8 joint, jerk": PrototypeSetting(8, "joint", MUCH_CHANGE, log_jerk=True),
}
