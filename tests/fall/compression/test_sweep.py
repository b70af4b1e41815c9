"""The sweep over sparsities measures both ways, and checks its arguments before anything is trained."""

import numpy as np
import pytest

from common.errors import InvalidInputError
from fall import CNNFallClassifier, backend
from fall.compression import sweep_pruning
from tests.fall.synthetic import SIZE, bright_below

IMAGES, LABELS = bright_below(16)
PEOPLE = np.arange(16) // 8


@pytest.fixture(scope="module")
def classifier():
    options = {"network_options": {"units": 4}, "input_size": SIZE, "epochs": 1, "validation_fraction": 0}
    return CNNFallClassifier("perceptron", **options, random_state=0).fit(IMAGES, LABELS, groups=PEOPLE)


def sweep(classifier, **changed):
    arguments = {"X": IMAGES, "y": LABELS, "groups": PEOPLE, "X_other": IMAGES, "y_other": LABELS} | changed
    return sweep_pruning(classifier, arguments.pop("X"), arguments.pop("y"), **arguments)


def test_both_ways_at_each_sparsity(classifier):
    table = sweep(classifier, sparsities=[0.5])
    assert table["way"].tolist() == ["as trained", "at once", "gradually"]
    assert table["accuracy"].between(0, 1).all()


@pytest.mark.parametrize("positive", ["low", "middle", "high"])
def test_the_fall_may_be_any_of_the_classes(positive):
    keras = backend.keras()
    image = keras.Input((SIZE, SIZE, 3))
    mean = keras.layers.GlobalAveragePooling2D()(image)
    network = keras.Model(image, keras.layers.Dense(3)(mean))  # logits
    classes = ["low", "middle", "high"]
    classifier = CNNFallClassifier.from_model(
        network, classes=classes, positive=positive, input_range=(0, 1), threshold=0.3, validation_fraction=0
    )
    labels = np.resize(classes, 16)
    table = sweep(classifier, y=labels, y_other=labels, sparsities=[])
    assert table["accuracy"].item() == np.mean(classifier.predict(IMAGES) == labels)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("X", np.ma.masked_array(IMAGES, IMAGES[0, 0, 0, 0] == IMAGES)),
        ("X_other", np.ma.masked_array(IMAGES, IMAGES[0, 0, 0, 0] == IMAGES)),
        ("X_other", IMAGES / 255),
        ("X_other", IMAGES[:, :16]),
        ("y_other", LABELS[1:]),
        ("y_other", np.ma.masked_array(LABELS, np.arange(16) == 2)),
        ("y_other", LABELS + 1),
        ("y", np.ma.masked_array(LABELS, np.arange(16) == 2)),
        ("groups", np.ma.masked_array(PEOPLE, np.arange(16) == 2)),
        ("sparsities", [0.5, 1.0]),
        ("sparsities", ["most"]),
        ("granularity", "channel"),
    ],
)
def test_wrong_arguments_are_named(classifier, name, value, monkeypatch):
    monkeypatch.setattr("fall.compression.sweep.prune", None)
    with pytest.raises(InvalidInputError, match=rf"\b{name}\b"):
        sweep(classifier, **{name: value})
