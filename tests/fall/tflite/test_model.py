"""CompressedModel: its parts fit together, a bundle restores it, and its file is read once."""

import io
import json
import pickle
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from common import Cost, InvalidInputError, ModelIntegrityError, load_bundle, save_bundle
from fall import CompressedModel, TFLiteFallClassifier, costs, export_c_array, peak_memory, tflite_cost
from fall.tflite.classifier import raw_outputs
from fall.tflite.file import flatbuffer
from tests.common.bundles.example import reforge
from tests.fall.converted import compressed, content, noise


@pytest.fixture
def readings(monkeypatch):
    """The files that were checked, which is the first step of every reading."""
    verified = []
    verify = flatbuffer.verify
    monkeypatch.setattr(flatbuffer, "verify", lambda file: (verified.append(file), verify(file)))
    return verified


def test_a_bundle_is_read_once_however_much_is_asked_of_it(tmp_path, readings):
    save_bundle(compressed(), tmp_path / "bundle")
    readings.clear()
    model = load_bundle(tmp_path / "bundle")
    classifier = TFLiteFallClassifier(model)
    classifier.predict(noise(2, 32))
    assert tflite_cost(model.graph).total == model.cost
    assert peak_memory(model.graph) == model.cost.activation_bytes
    for measure in (costs.stored_sizes, costs.sparsity, costs.distinct_values, costs.float_operators):
        assert measure(model.graph) == measure(model.tflite)
    reads_of_bytes = 4
    raw_outputs(model.graph, noise(2, 32))
    export_c_array(model, tmp_path)
    assert replace(model, threshold_=0.5).threshold_ == 0.5
    assert len(readings) == 1 + reads_of_bytes


def test_a_classifier_of_a_path_reads_the_file_once(tmp_path, readings):
    file = tmp_path / "model.tflite"
    file.write_bytes(content())
    readings.clear()
    TFLiteFallClassifier(file).predict(noise(2, 32))
    assert len(readings) == 1


def test_a_graph_of_another_file_is_not_believed():
    model = compressed()
    other = content("lecture_cnn", 32, "int8")
    changed = replace(model, tflite=other)
    assert changed.graph.content == changed.tflite == other
    assert changed.graph is not model.graph


def test_a_pickle_holds_the_file_once_and_is_checked_when_loaded(readings):
    model = compressed()
    pickled = pickle.dumps(model)
    assert len(pickled) < len(model.tflite) + 10_000
    readings.clear()
    restored = pickle.loads(pickled)
    assert readings == [model.tflite]
    assert restored.graph.content == model.tflite
    with pytest.raises(ModelIntegrityError):
        pickle.load(io.BytesIO(pickled.replace(model.tflite[:8], b"\0" * 8)))


def test_one_line_says_what_it_is():
    text = str(compressed())
    assert text.startswith("int8: ")
    assert "32 x 32 pixels" in text
    assert "\n" not in text


def test_a_bundle_restores_it(tmp_path):
    for model in (compressed(), compressed(history=None, classes_=np.array([0, 1]))):
        save_bundle(model, tmp_path)
        restored = load_bundle(tmp_path)
        for field in ("recipe", "tflite", "cost", "threshold_", "input_size"):
            assert getattr(restored, field) == getattr(model, field)
        np.testing.assert_array_equal(restored.classes_, model.classes_)
        if model.history is None:
            assert restored.history is None
        else:
            pd.testing.assert_frame_equal(restored.history, model.history, check_exact=True)


def test_a_history_of_several_steps_is_restored(tmp_path):
    history = compressed().history
    several = pd.concat([history, history], keys=[1, 2], names=["step"])
    save_bundle(compressed(history=several), tmp_path)
    pd.testing.assert_frame_equal(load_bundle(tmp_path).history, several, check_exact=True)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"recipe": ""}, "recipe"),
        ({"cost": None}, "cost"),
        ({"history": [1]}, "history"),
        ({"classes_": [1, 1]}, "classes_"),
        ({"classes_": ["b", "a"]}, "name it"),
        ({"positive": "cat"}, "positive is 'cat'"),
        ({"input_range": (0, 1)}, "contradicts"),
        ({"input_range": (1, 0)}, "the lower one"),
        ({"classes_": [0, 1, 2]}, "classes_"),
        ({"threshold_": float("nan")}, "threshold_"),
        ({"input_size": 96}, "the file takes 32"),
        ({"tflite": "model.tflite"}, "pass the bytes"),
    ],
)
def test_parts_that_do_not_fit_are_named(changes, message):
    with pytest.raises(InvalidInputError, match=message):
        compressed(**changes)


def test_a_damaged_file_is_refused():
    with pytest.raises(ModelIntegrityError):
        compressed(tflite=content(scheme="int8")[:-100], cost=Cost())


def test_the_graph_may_be_left_out():
    model = compressed()
    fields = (model.recipe, model.tflite, model.cost, model.history, model.classes_, model.threshold_, 32)
    assert CompressedModel(*fields).graph.content == model.tflite


@pytest.mark.parametrize("field", ["macs", "params", "weight_bytes", "activation_bytes"])
def test_a_cost_that_somebody_wrote_into_a_bundle_is_not_believed(tmp_path, field):
    save_bundle(compressed(), tmp_path / "bundle")
    about = json.loads((tmp_path / "bundle" / "model.json").read_text())
    about["cost"][field] = 1
    reforge(tmp_path / "bundle", "model.json", json.dumps(about).encode())
    assert load_bundle(tmp_path / "bundle").cost == compressed().cost
