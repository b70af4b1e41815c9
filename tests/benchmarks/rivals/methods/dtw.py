"""This library's methods: neighbours among all training windows, and learned prototypes."""

from __future__ import annotations

from dataclasses import replace

from har import DTWKNeighborsClassifier
from har.preprocessing import ScaleChannels
from har.selection import PROTOTYPE_SETTINGS
from tests.benchmarks.rivals.methods.method import Fitted, Training

BAND = 0.1


def prototypes(training: Training, size: str) -> Fitted:
    """``size`` is the name of a setting that the library offers; kept in 8 bits."""
    setting = replace(PROTOTYPE_SETTINGS[size], log_jerk=False)  # which is in the windows already
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
