"""The model that `har train` learns, and its figures on people whom it has not met."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

import common
import har
from common.command_line.options import Seed, listed, people_folds
from common.errors import InvalidInputError
from common.progress import Progress
from har.command_line import options
from har.tables.units import ACCELERATION, bare_name, plan_channels

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

    from common.evaluation.decisions import Evaluation
    from har.windows import Windows

_ENOUGH_HZ = 12.5  # enough for gait and exercises; the cost of DTW is proportional to the square of the rate
_CLASSIFIER = "classifier"


@dataclass(frozen=True)
class Settings:
    """How a model is learned from windows."""

    target_hz: options.TargetHz = None
    jerk_of: options.JerkOf = None
    prototypes: options.Prototypes = 8
    band: options.Band = 0.1
    readout: options.Readout = options.ReadoutKind.nearest
    augment: options.Augment = options.AugmentKind.none
    bits: options.Bits = None
    seed: Seed = 0

    def fitted(self, windows: Windows) -> Pipeline:
        """A model that has learned from these windows."""
        from sklearn.pipeline import Pipeline

        from har.selection import LITTLE_CHANGE, MUCH_CHANGE

        # No turns: which columns are the x, y and z of one sensor, nobody has said.
        augmentations = {
            options.AugmentKind.none: None,
            options.AugmentKind.little: LITTLE_CHANGE,
            options.AugmentKind.much: MUCH_CHANGE,
        }
        model = Pipeline(
            [
                *self._jerk(windows),
                ("resample", har.preprocessing.Resample(rate_hz=windows.rate_hz, target_hz=self._rate(windows))),
                ("scale", har.preprocessing.ScaleChannels()),
                (
                    _CLASSIFIER,
                    har.DTWPrototypeClassifier(
                        self.prototypes,
                        band=self.band,
                        readout=str(self.readout),
                        augmentation=augmentations[self.augment],
                        bits=self.bits,
                        random_state=self.seed,
                        n_jobs=-1,
                    ),
                ),
            ]
        )
        return model.fit(windows, windows.y, **{f"{_CLASSIFIER}__groups": windows.groups})

    def _jerk(self, windows: Windows) -> list[tuple[str, har.preprocessing.LogJerk]]:
        """The step that appends the logarithm of the jerk, if it is asked for."""
        if not self.jerk_of:
            return []
        named = listed(self.jerk_of)
        if not named:
            raise InvalidInputError("--jerk-of names no column: pass those of the acceleration, such as ax,ay,az")
        columns = [bare_name(channel) for channel in windows.channels]
        if unknown := [name for name in named if bare_name(name) not in columns]:
            raise InvalidInputError(f"--jerk-of names {unknown[0]!r}, which is none of {', '.join(columns)}")
        axes = [columns.index(bare_name(name)) for name in named]
        channels = [windows.channels[axis] for axis in axes]
        units = {str(channel.unit) for channel in plan_channels(channels, None)}
        if len(units) != 1 or not units <= ACCELERATION.keys():
            raise InvalidInputError(
                f"--jerk-of: {', '.join(channels)} are no accelerations in one unit. Say it by --units, such as "
                f"--units {bare_name(named[0])}=g; known are {', '.join(ACCELERATION)}"
            )
        floor = har.preprocessing.LogJerk().floor / ACCELERATION[units.pop()]  # the default is in g a second
        return [("jerk", har.preprocessing.LogJerk(rate_hz=windows.rate_hz, channels=axes, floor=floor))]

    def _rate(self, windows: Windows) -> float:
        if self.target_hz is not None:
            return self.target_hz
        # One of n samples is kept: a microcontroller cannot do with others.
        return windows.rate_hz / max(1, int(windows.rate_hz / _ENOUGH_HZ))


def cost_of(model: Any) -> Any:
    """The cost of a decision by a model or by the last step of a pipeline; None where it is not known."""
    last = model[-1] if hasattr(model, "steps") else model
    return getattr(last, "cost_", None)


def judge_by_person(windows: Windows, settings: Settings, *, folds: int, positive: Any) -> Evaluation:
    """Decisions on everybody, each by a model that has met neither the person nor anybody of the same fold."""
    n_folds = people_folds(len(np.unique(windows.groups)), folds, source="--subject")
    splits = common.subject_folds(windows.groups, n_folds=n_folds, random_state=settings.seed)
    predicted = np.empty_like(windows.y)
    with Progress("people left out", len(splits), verbose=1, logger=__name__) as progress:
        for split in splits:
            model = settings.fitted(windows.subset(split.train))
            predicted[split.test] = model.predict(windows.subset(split.test))
            right = float(np.mean(predicted[split.test] == windows.y[split.test]))
            progress.step(f"accuracy {right:.3f}")
    return common.evaluate(windows.y, predicted, groups=windows.groups, positive=positive)


def check_two_classes(windows: Windows) -> None:
    """Refuse data of one class, of which nothing can be told apart."""
    labels = np.unique(windows.y)
    if len(labels) < 2:
        raise InvalidInputError(f"--label: all windows are of {labels[0]!s}; a model needs two activities or more")
