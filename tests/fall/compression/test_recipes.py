"""Recipes by name, of one's own, and compared: on tiny images, so that they are quick."""

from functools import partial

import numpy as np
import pandas as pd
import pytest

from common import load_bundle, save_bundle
from common.errors import InvalidInputError
from fall import CNNFallClassifier, TFLiteFallClassifier, compare_recipes, compress
from fall.compression import RECIPES, EdgeQuantization, Recipe, choose_recipe, prune
from fall.compression.recipes import make_tuner
from fall.tflite.file import flatbuffer
from tests.fall.synthetic import SIZE, bright_below


@pytest.fixture(scope="module")
def data():
    return *bright_below(96), np.arange(96) // 24


@pytest.fixture(scope="module")
def classifier(data):
    images, labels, subjects = data
    options = {"input_size": SIZE, "epochs": 6, "batch_size": 16, "learning_rate": 3e-3, "random_state": 0}
    return CNNFallClassifier(**options, augment=False, validation_fraction=0.25).fit(images, labels, groups=subjects)


def test_the_recipes_are_these_and_each_has_its_own_name_and_scheme():
    floats = {"float32": "float32", "float16": "float16", "dynamic_int8": "dynamic_int8", "int16x8": "int16x8"}
    integers = """int8 pruned_int8 two_four_int8 rows_int8 channels_int8 clustered_int8 factorized_int8 qat_int8
    pqat_int8 cqat_int8 pcqat_int8 small_input_int8 separable_int8 distilled_int8"""
    wanted = floats | dict.fromkeys(integers.split(), "int8") | {"deep_compression": "float32"}
    wanted |= {
        "edge_dynamic_int8": EdgeQuantization("int8"),
        "edge_static_int8": EdgeQuantization("int8", "int8"),
        "edge_int4": EdgeQuantization("int4"),
        "edge_int4_block32": EdgeQuantization("int4", block=32),
        "edge_octav_int4": EdgeQuantization("int4", algorithm="octav"),
        "edge_gptq_int4": EdgeQuantization("int4", algorithm="gptq"),
    }
    assert {recipe.name: recipe.scheme for recipe in RECIPES.values()} == wanted
    assert all(name == recipe.name and recipe.description for name, recipe in RECIPES.items())


def test_a_compressed_model_decides_as_its_classifier(classifier, data):
    images, labels, subjects = data
    model = compress(classifier, "int8", images, labels, groups=subjects)
    assert (TFLiteFallClassifier(model).predict(images) == classifier.predict(images)).all()
    assert (model.recipe, model.input_size, model.history) == ("int8", SIZE, None)


def test_the_same_seed_gives_the_same_bytes(classifier, data):
    images, labels, subjects = data
    recipe = Recipe("sparser", "", "int8", [partial(prune, sparsity=0.9)])
    first, second = (compress(classifier, recipe, images, labels, groups=subjects) for _ in range(2))
    assert first.tflite == second.tflite
    assert len(first.history) == 6, "fine-tuning takes ten epochs, or as many as the training"


def test_a_wanted_sensitivity_holds_for_the_file_which_is_read_once(data, monkeypatch):
    images, labels, subjects = data
    options = {"input_size": SIZE, "epochs": 3, "batch_size": 16, "random_state": 0, "augment": False}
    careful = CNNFallClassifier(**options, validation_fraction=0.25, target_sensitivity=1.0)
    careful.fit(images, labels, groups=subjects)
    verified = []
    verify = flatbuffer.verify
    monkeypatch.setattr(flatbuffer, "verify", lambda file: (verified.append(file), verify(file)))
    model = compress(careful, "int8", images, labels, groups=subjects)
    assert verified.count(model.tflite) == 1, "measured, given a threshold, and handed on"
    scores = TFLiteFallClassifier(model).predict_proba(images)[:, 1]
    held_out = make_tuner(careful, images, labels, subjects).split.test
    falls = scores[held_out][labels[held_out] == 1]
    assert model.threshold_ == falls.min(), "the highest that finds them all"


def test_a_bundle_decides_alike_after_it_was_saved(classifier, data, tmp_path):
    images, labels, subjects = data
    model = compress(classifier, "int8", images, labels, groups=subjects)
    save_bundle(model, tmp_path / "model")
    again = load_bundle(tmp_path / "model")
    assert again.tflite == model.tflite
    assert np.array_equal(
        TFLiteFallClassifier(again).predict_proba(images), TFLiteFallClassifier(model).predict_proba(images)
    )


def test_recipes_side_by_side(classifier, data):
    images, labels, subjects = data
    train = subjects < 3
    table = compare_recipes(
        classifier,
        ["float32", "int8"],
        images[train],
        labels[train],
        groups=subjects[train],
        X_test=images[~train],
        y_test=labels[~train],
        groups_test=subjects[~train],
    )
    assert list(table.index) == ["float32", "int8"]
    assert table["raw_bytes"]["int8"] < table["raw_bytes"]["float32"] / 3
    assert table["chosen"].tolist() == [False, True]
    assert table[["accuracy", "test_accuracy"]].min().min() > 0.9
    assert (table["raw_bytes"] == [len(model.tflite) for model in table["model"]]).all()


def test_the_choice_is_by_its_rule():
    table = pd.DataFrame(
        {
            "raw_bytes": [900, 500, 300, 100],
            "accuracy": [0.95, 0.94, 0.96, 0.95],
            "sensitivity": [0.90, 0.95, 0.90, 0.88],
        },
        index=["float32", "a", "b", "c"],
    )
    assert choose_recipe(table) == "b", "c finds two points fewer falls"
    assert choose_recipe(table, tolerance=0.02) == "c"
    assert choose_recipe(table[:2], tolerance=0.0) == "float32"
    assert choose_recipe(table[:2]) == "a", "a loss of exactly the tolerance passes"


def test_bad_input_is_named(classifier, data):
    images, labels, subjects = data
    with pytest.raises(InvalidInputError, match="recipe"):
        compress(classifier, "zip", images, labels, groups=subjects)
    with pytest.raises(InvalidInputError, match="classifier"):
        compress("model.h5", "int8", images, labels, groups=subjects)
    with pytest.raises(InvalidInputError, match="classes"):
        compress(classifier, "int8", images, labels + 5, groups=subjects)
    with pytest.raises(InvalidInputError, match="size"):
        compress(classifier, "int8", images[:, :16, :16], labels, groups=subjects)
    with pytest.raises(InvalidInputError, match="recipes"):
        compare_recipes(classifier, [], images, labels, groups=subjects)
    with pytest.raises(InvalidInputError, match="one subject"):
        compare_recipes(classifier, ["int8"], images, labels, groups=np.zeros(len(labels)))
    with pytest.raises(InvalidInputError, match="train_groups"):
        compare_recipes(
            classifier, ["int8"], images, labels, groups=subjects, X_test=images, y_test=labels, groups_test=subjects
        )
