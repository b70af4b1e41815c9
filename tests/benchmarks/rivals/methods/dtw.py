"""This library's methods: neighbours among all training windows, and learned prototypes."""

from __future__ import annotations

from dataclasses import replace

from har import DTWKNeighborsClassifier
from har.preprocessing import ScaleChannels
from har.selection import PROTOTYPE_SETTINGS, PrototypeSetting
from tests.benchmarks.rivals.methods.method import Fitted, Training

BAND = 0.1


def fixed_prototypes(training: Training, size: str) -> Fitted:
    """``size`` is number and readout, such as "4 nearest"."""
    n, readout = size.split()
    return learned(PrototypeSetting(int(n), readout, training.augmentation), training)


def chosen_prototypes(training: Training, size: str) -> Fitted:
    """``size`` is the name of a setting that the library offers; the jerk is in its windows already."""
    return learned(replace(PROTOTYPE_SETTINGS[size], log_jerk=False), training)


def learned(setting: PrototypeSetting, training: Training) -> Fitted:
    """Learned, and kept in 8 bits."""
    model = setting.pipeline(triads=training.triads, band=BAND, bits=8, random_state=training.seed)
    model.fit(training.X, training.y, dtwprototypeclassifier__groups=training.people)
    cost = model[-1].cost_
    return Fitted(model.predict_proba, cost.weight_bytes, cost.operations)


def neighbours(training: Training, size: str) -> Fitted:
    """``size`` is the number of neighbours; nearer ones weigh more."""
    scale = ScaleChannels().fit(training.X)
    model = DTWKNeighborsClassifier(int(size), band=BAND, weights="distance")
    model.fit(scale.transform(training.X), training.y)
    return Fitted(lambda X: model.predict_proba(scale.transform(X)), model.cost_.weight_bytes, model.cost_.operations)
