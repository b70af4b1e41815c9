"""Which label is the fall: by convention, by the words' meaning, or as told; never guessed."""

import numpy as np
import pytest

from common import InvalidInputError
from common.validation import fall_second, positive_label


@pytest.mark.parametrize(
    ("classes", "fall"),
    [
        ([0, 1], 1),
        ([1, 0], 1),
        ([False, True], True),
        ([0.0, 1.0], 1.0),
        (["fall", "non-fall"], "fall"),
        (["Fall", "No Fall"], "Fall"),
        (["FALL", "not_fall"], "FALL"),
        (["ADL", "fall"], "fall"),
        (["falls", "normal"], "falls"),
        (np.array(["fallen", "other"], dtype=object), "fallen"),
    ],
)
def test_what_numbers_and_plain_words_say(classes, fall):
    assert positive_label(classes) == fall


@pytest.mark.parametrize(
    "classes",
    [[1, 2], [-1, 1], ["a", "b"], ["Sturz", "kein Sturz"], ["0", "1"], ["fall", "sitting"], ["fall", "Falls"],
     [0, 1, 2], ["non-fall", "adl"], ["fall", "adl", "normal"], ["rainfall", "no rainfall"]],
)  # fmt: skip
def test_anything_else_must_be_told(classes):
    with pytest.raises(InvalidInputError, match="positive="):
        positive_label(classes)
    for label in classes:
        assert positive_label(classes, label) == label


@pytest.mark.parametrize(("classes", "positive"), [([0, 1], 2), ([0, 1], "1"), (["a", "b"], "A"), (["a", "b"], 1)])
def test_a_label_that_is_none_of_them_is_refused(classes, positive):
    with pytest.raises(InvalidInputError, match="positive"):
        positive_label(classes, positive)


@pytest.mark.parametrize("words", [("fall", "non-fall"), ("Fall", "normal"), ("falling", "other"), ("adl", "fall")])
def test_the_fall_is_made_the_second_class(words):
    assert fall_second(np.array(words))[1].casefold().startswith("fall")


@pytest.mark.parametrize("classes", [("a", "b"), (0, 1), (3, 4), ("fall", "sit")])
def test_classes_that_do_not_say_it_stay_in_order(classes):
    assert fall_second(np.array(classes)).tolist() == list(classes)
