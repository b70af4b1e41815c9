"""The fall among the labels: classifiers, their thresholds and weights, and the files made of them."""

import numpy as np
import pytest

from common import InvalidInputError
from fall import CNNFallClassifier, MobileNetV2FallClassifier, TFLiteFallClassifier, compress
from fall.estimators.training_data import check_labels
from tests.fall.synthetic import SIZE, lying_and_standing

QUICK = {"network": "separable_cnn", "input_size": SIZE, "epochs": 2, "batch_size": 16, "random_state": 0,
         "network_options": {"filters": (8, 8)}}  # fmt: skip


@pytest.mark.parametrize(
    ("words", "positive"),
    [
        (["non-fall", "fall"], None),
        (["adl", "fall"], None),
        (["b", "a"], "a"),
        (["kein Sturz", "Sturz"], "Sturz"),
        ([2, 1], 1),
    ],
)
def test_every_naming_gives_the_training_of_0_and_1(words, positive):
    X, y, groups = lying_and_standing()
    plain = CNNFallClassifier(**QUICK, target_sensitivity=0.9).fit(X, y, groups=groups)
    named = CNNFallClassifier(**QUICK, target_sensitivity=0.9, positive=positive)
    named.fit(X, np.array(words)[y], groups=groups)
    assert (named.classes_.tolist(), named.positive_) == (words, words[1])
    assert named.threshold_ == plain.threshold_
    np.testing.assert_array_equal(named.predict_proba(X), plain.predict_proba(X))
    np.testing.assert_array_equal(named.predict(X), np.array(words)[plain.predict(X)])


@pytest.mark.parametrize("words", [["a", "b"], ["kein Sturz", "Sturz"], [1, 2]])
@pytest.mark.parametrize(
    "classifier", [CNNFallClassifier(**QUICK), MobileNetV2FallClassifier(weights=None, input_size=SIZE)]
)
def test_labels_that_do_not_say_it_are_refused_before_training(classifier, words):
    X, y, groups = lying_and_standing()
    with pytest.raises(InvalidInputError, match="positive="):
        classifier.fit(X, np.array(words)[y], groups=groups)


def test_the_weights_of_the_loss_follow_the_labels():
    X, y, groups = lying_and_standing()
    classifier = CNNFallClassifier(**QUICK, class_weight={"fall": 3, "non-fall": 1})
    data = classifier._check_data(X, np.array(["non-fall", "fall"])[y], groups)
    assert data.weights == {0: 1, 1: 3}
    np.testing.assert_array_equal(data.is_fall, y == 1)


def test_files_decide_and_are_guarded_as_their_classifier(tmp_path):
    from common import load_bundle, save_bundle

    X, y, groups = lying_and_standing()
    words = np.array(["non-fall", "fall"])[y]
    classifier = CNNFallClassifier(**QUICK, target_sensitivity=1.0).fit(X, words, groups=groups)
    model = compress(classifier, "int8", X, words, groups=groups)
    save_bundle(model, tmp_path / "bundle")
    restored = load_bundle(tmp_path / "bundle")
    assert (restored.positive, restored.classes_.tolist()) == ("fall", ["non-fall", "fall"])
    assert restored.input_range == (-1.0, 1.0)
    small = TFLiteFallClassifier(restored)
    is_fall = small.predict_proba(X)[:, 1] >= model.threshold_
    np.testing.assert_array_equal(small.predict(X) == "fall", is_fall)


class TestSeveralClasses:
    y = np.array(["sitting", "lying", "standing", "lying"])

    def test_they_are_sorted_or_in_the_order_given(self):
        assert check_labels(self.y, 4, positive="lying").classes.tolist() == ["lying", "sitting", "standing"]
        given = check_labels(self.y, 4, classes=["standing", "sitting", "lying", "absent"], positive="lying")
        assert given.codes.tolist() == [1, 2, 0, 2]
        assert given.positive_index == 2

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            ({}, "positive="),
            ({"positive": "fallen"}, "positive is 'fallen'"),
            ({"positive": "lying", "classes": ["lying", "sitting"]}, "'standing'"),
            ({"positive": "absent", "classes": ["lying", "sitting", "standing", "absent"]}, "no 'absent'"),
            ({"positive": "lying", "classes": ["lying", "lying", "sitting"]}, "each once"),
        ],
    )
    def test_labels_that_do_not_fit_are_named(self, options, message):
        with pytest.raises(InvalidInputError, match=message):
            check_labels(self.y, 4, **options)
