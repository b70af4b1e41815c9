"""This library's methods: neighbours among all training windows, and learned prototypes."""

from __future__ import annotations

from dataclasses import dataclass

from har import DTWKNeighborsClassifier, DTWPrototypeClassifier
from har.preprocessing import ScaleChannels
from tests.benchmarks.rivals.methods.method import Fitted, Training

BAND = 0.1


@dataclass(frozen=True)
class Prototypes:
    """So many learned prototypes of each class, and what reads them."""

    n: int
    readout: str = "nearest"
    bits: int | None = None

    def __call__(self, training: Training) -> Fitted:
        """Learn them."""
        scale = ScaleChannels().fit(training.X)
        model = DTWPrototypeClassifier(
            self.n, band=BAND, readout=self.readout, bits=self.bits, random_state=training.seed
        ).fit(scale.transform(training.X), training.y, training.people)
        return Fitted(
            lambda X: model.predict_proba(scale.transform(X)), model.cost_.weight_bytes, model.cost_.operations
        )


#: Sizes that are compared on training people; kept in 8 bits.
SIZES = {
    f"{n} a class, {readout}": Prototypes(n, readout, bits=8)
    for n, readout in ((1, "linear"), (4, "linear"), (8, "nearest"), (8, "linear"))
}


def fixed_prototypes(training: Training, size: str) -> Fitted:
    """``size`` is number and readout, such as "4 nearest"; kept as float32."""
    n, readout = size.split()
    return Prototypes(int(n), readout)(training)


def chosen_prototypes(training: Training, size: str) -> Fitted:
    """One of :data:`SIZES`."""
    return SIZES[size](training)


def neighbours(training: Training, size: str) -> Fitted:
    """``size`` is the number of neighbours; nearer ones weigh more."""
    scale = ScaleChannels().fit(training.X)
    model = DTWKNeighborsClassifier(int(size), band=BAND, weights="distance")
    model.fit(scale.transform(training.X), training.y)
    return Fitted(lambda X: model.predict_proba(scale.transform(X)), model.cost_.weight_bytes, model.cost_.operations)
