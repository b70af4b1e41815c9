"""Measures of decisions, against scikit-learn and published figures."""

import math
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings, strategies as st
from sklearn import metrics

from common import evaluate
from common.errors import InvalidInputError
from common.evaluation.encoding import MAX_CLASSES
from common.evaluation.intervals import sensitivity_specificity, wilson


def decisions(confusion: list[list[int]]) -> tuple[np.ndarray, np.ndarray]:
    """Labels 0, 1, ... that give this confusion matrix."""
    table = np.array(confusion)
    pairs = np.repeat(np.argwhere(table >= 0), table.ravel(), axis=0)
    return pairs[:, 0], pairs[:, 1]


class TestMeasures:
    def test_published_figures_of_a_small_cnn(self) -> None:
        """705 frames, 208 of falls: accuracy 0.865, sensitivity 0.769, specificity 0.905."""
        result = evaluate(*decisions([[450, 47], [48, 160]]), positive=1)
        assert [round(value, 3) for value in (result.accuracy, result.sensitivity, result.specificity)] == [
            0.865,
            0.769,
            0.905,
        ]
        assert result.labels == (0, 1)
        assert result.confusion.tolist() == [[450, 47], [48, 160]]
        assert result.support.tolist() == [497, 208]
        assert result.wilson.sensitivity == wilson(160, 208)
        assert result.wilson.specificity == wilson(450, 497)
        assert result.wilson.accuracy == wilson(610, 705)

    @settings(deadline=None, max_examples=60)
    @given(st.data())
    def test_equal_to_scikit_learn(self, data: st.DataObject) -> None:
        names = data.draw(st.sampled_from([[0, 1], [3, -1, 7], ["walk", "fall"], ["a", "b", "c", "d"], [False, True]]))
        n = data.draw(st.integers(1, 40))
        true = data.draw(st.lists(st.sampled_from(names), min_size=n, max_size=n))
        predicted = data.draw(st.lists(st.sampled_from(names), min_size=n, max_size=n))
        assume(names[0] in true + predicted or len({*true, *predicted}) == 1)
        result = evaluate(true, predicted, groups=np.arange(n) % 3, positive=names[0])

        labels = sorted(set(true) | set(predicted) | {names[0]})
        assert list(result.labels) == labels
        scores = metrics.precision_recall_fscore_support(true, predicted, labels=labels, zero_division=np.nan)
        for own, expected in zip((result.precision, result.recall, result.f1, result.support), scores, strict=True):
            np.testing.assert_array_equal(own, expected)
        if len(labels) > 1:  # scikit-learn warns about one
            np.testing.assert_array_equal(result.confusion, metrics.confusion_matrix(true, predicted, labels=labels))
        assert result.accuracy == metrics.accuracy_score(true, predicted)
        present = sorted(set(true) | set(predicted))
        assert result.macro_f1 == pytest.approx(
            metrics.f1_score(true, predicted, labels=present, average="macro", zero_division=0)
        )
        is_positive, called = (np.array(values) == names[0] for values in (true, predicted))
        for value, side in ((result.sensitivity, True), (result.specificity, False)):
            expected = metrics.recall_score(is_positive, called, pos_label=side, zero_division=np.nan)
            np.testing.assert_equal(value, expected)

    def test_vectorised_measures_equal_those_of_one_table(self) -> None:
        tables = np.random.default_rng(0).integers(0, 9, (20, 3, 3))
        together = np.stack(sensitivity_specificity(tables, 1), axis=1)
        for table, (sensitivity, specificity) in zip(tables, together, strict=True):
            result = evaluate(*decisions(table.tolist()), positive=1)
            assert (result.sensitivity, result.specificity) == (sensitivity, specificity)

    def test_order_of_windows_does_not_matter(self) -> None:
        rng = np.random.default_rng(3)
        true, predicted, groups, shuffled = *rng.integers(0, 3, (3, 90)), rng.permutation(90)
        first = evaluate(true, predicted, groups=groups, positive=2)
        second = evaluate(true[shuffled], predicted[shuffled], groups=groups[shuffled], positive=2)
        assert first.by_subject == second.by_subject
        assert str(first) == str(second)

    def test_auc_of_scikit_learns_example(self) -> None:
        assert evaluate([0, 0, 1, 1], [0, 0, 0, 1], y_score=[0.1, 0.4, 0.35, 0.8], positive=1).roc_auc == 0.75
        assert evaluate(["f", "f", "n"], ["f", "n", "n"], y_score=[[0.9], [0.8], [0.1]], positive="f").roc_auc == 1

    def test_a_label_that_is_only_predicted_shows_up(self) -> None:
        result = evaluate(["walk", "walk"], ["walk", "fall"])
        assert result.labels == ("fall", "walk")
        assert result.confusion.tolist() == [[0, 0], [1, 1]]
        assert math.isnan(result.recall[0])
        assert result.precision[0] == 0

    def test_a_fold_without_falls(self) -> None:
        result = evaluate([0, 0], [0, 0], y_score=[0.1, 0.2], groups=[1, 2], positive=1)
        assert result.labels == (0, 1)
        assert math.isnan(result.sensitivity)
        assert math.isnan(result.roc_auc)
        assert result.specificity == result.accuracy == result.macro_f1 == 1
        assert result.by_subject is not None
        assert str(result.by_subject.sensitivity) == str(result.wilson.sensitivity) == "–"

    def test_one_subject_has_no_interval_between_subjects(self) -> None:
        result = evaluate([0, 1], [0, 0], groups=["ann", "ann"])
        assert result.by_subject is not None
        assert str(result.by_subject.accuracy) == "–"

    def test_without_groups_or_positive(self) -> None:
        result = evaluate([0, 1], [0, 1])
        assert result.by_subject is None
        assert result.n_subjects is None
        assert math.isnan(result.sensitivity)
        assert "sensitivity" not in str(result)

    def test_a_result_cannot_be_improved_afterwards(self) -> None:
        result = evaluate([0, 1], [0, 0])
        with pytest.raises(ValueError, match="read-only"):
            result.confusion[1, 0] = 0
        with pytest.raises(AttributeError):
            result.accuracy = 1.0

    @pytest.mark.parametrize("kind", [list, np.array, pd.Series])
    def test_kinds_of_input(self, kind: type) -> None:
        result = evaluate(kind([1.0, 0.0]), kind([1, 0]), groups=kind(["a", "b"]), positive=1)
        assert result.accuracy == 1
        assert str(result.labels) == "(0, 1)"


class TestReport:
    RESULT = evaluate(
        [1, 1, 0, 0, 0], [1, 0, 0, 0, 0], y_score=[0.9, 0.4, 0.3, 0.2, 0.1], groups=list("aabbc"), positive=1
    )

    def test_text(self) -> None:
        lines = str(self.RESULT).splitlines()
        assert lines[0] == "5 decisions of 3 subjects; positive: 1"
        assert [line.split()[0] for line in lines[4:9]] == ["accuracy", "macro", "sensitivity", "specificity", "ROC"]
        assert max(map(len, lines)) < 80

    def test_a_notebook_shows_tables_in_which_nothing_is_markup(self) -> None:
        shown = evaluate(["<b>", "walk"], ["<b>", "<b>"])._repr_html_()
        assert shown.count("<table>") == 3
        assert "&lt;b&gt;" in shown
        assert "<b>" not in shown
        ElementTree.fromstring(f"<div>{shown}</div>")  # well-formed

    def test_markdown_survives_hostile_labels(self) -> None:
        text = evaluate(["a|b", "x\ny"], ["x\ny", "x\ny"]).to_markdown()
        assert "| a\\|b |" in text
        assert "| x y |" in text
        tables = [line for line in text.splitlines() if line.startswith("|")]
        assert len(tables) == 4 + 4 + 4

    def test_frame(self) -> None:
        frame = self.RESULT.to_frame()
        assert frame.columns.tolist() == ["precision", "recall", "f1", "support"]
        assert frame.index.tolist() == [0, 1]
        named = evaluate(["walk", "fall"], ["walk", "walk"]).to_frame()
        assert named.index.tolist() == ["fall", "walk"]
        assert named.index.name == "class"
        assert frame.loc[1, "recall"] == 0.5

    def test_tables_name_their_columns(self) -> None:
        rows = [
            [cell.strip() for cell in line.strip("|").split("|")] for line in self.RESULT.to_markdown().splitlines()
        ]
        assert ["class", "precision", "recall", "F1", "support"] in rows

    @pytest.mark.parametrize(("n_classes", "is_shown"), [(12, True), (13, False)])
    def test_the_matrix_is_shown_while_it_fits_a_terminal(self, n_classes: int, is_shown: bool) -> None:
        labels = np.arange(n_classes)
        assert ("predicted" in str(evaluate(labels, labels))) is is_shown

    def test_many_classes_are_not_printed_as_a_table_that_wraps(self) -> None:
        labels = np.arange(40)
        assert "predicted" not in str(evaluate(labels, labels))

    def test_plot(self) -> None:
        pytest.importorskip("matplotlib")
        (axes,) = self.RESULT.plot().axes
        assert axes.get_xlabel() == "predicted"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([], []), "y_true is empty"),
        (([0, 1], [0]), "y_pred has 1 entries but y_true has 2"),
        (([0, np.nan], [0, 1]), "y_true contains a missing value at entry 1"),
        (([0, 1], [0, None]), "y_pred contains a missing value at entry 1"),
        (([0, 1], ["0", "1"]), "y_pred holds text and y_true holds numbers"),
        (([0, 1], [0.2, 0.9]), "y_pred holds 0.2, which is not a class: pass labels here and scores as y_score"),
        (([0, 1], [[0.1, 0.9], [0.8, 0.2]]), r"y_pred has shape \(2, 2\)"),
        (([0, 1], [0, np.inf]), "y_pred holds inf, which is not a class"),
        ((range(MAX_CLASSES + 1), [0] * (MAX_CLASSES + 1)), "hold 257 different labels; at most 256"),
        (([0, 1], [0, 1], {"groups": [1]}), "groups has 1 entries but y_true has 2"),
        (([0, 1], [0, 1], {"groups": [1, None]}), "groups contains a missing value at entry 1"),
        (([0, 1], [0, 1], {"positive": "1"}), "positive holds text and y_true holds numbers"),
        (([0, 1], [0, 1], {"positive": [0, 1]}), "positive "),
        (([0, 1], [0, 1], {"y_score": [0.1, 0.9]}), "y_score is given without positive"),
        (([0, 1], [0, 1], {"positive": 1, "y_score": [0.1]}), "y_score has 1 entries"),
        (([0, 1], [0, 1], {"positive": 1, "y_score": [0.1, np.nan]}), "y_score contains a missing value at entry 1"),
        (([0, 1], [0, 1], {"positive": 1, "y_score": [0.1, np.inf]}), "y_score contains infinity at entry 1"),
        (([0, 1], [0, 1], {"positive": 1, "y_score": np.eye(2)}), r"predict_proba\(X\)\[:, 1\]"),
        (([0, 1], [0, 1], {"positive": 1, "y_score": ["a", "b"]}), "y_score is not"),
    ],
)
def test_refuses(arguments: tuple[object, ...], message: str) -> None:
    *labels, options = arguments if isinstance(arguments[-1], dict) else (*arguments, {})
    with pytest.raises(InvalidInputError, match=message):
        evaluate(*labels, **options)


class TestUnknownPositive:
    @pytest.mark.parametrize(
        ("labels", "positive"),
        [
            (["fall", "walk"], "Fall"),
            (["fall", "fall"], "Fall"),
            (["fall"], "fall "),
            ([0, 1], 2),
            ([0, 1], -1),
            ([False, True], 2),
            (["sit", "walk"], "fall"),
        ],
    )
    def test_is_refused_with_the_labels_there_are(self, labels: list[object], positive: object) -> None:
        with pytest.raises(InvalidInputError, match=f"^positive is '{positive}', .* hold {min(labels)}"):
            evaluate(labels, labels, positive=positive)

    @pytest.mark.parametrize(
        ("label", "positive"), [(0, 1), (False, True), (0, True), (0.0, 1), ("walk", "fall"), (np.int8(0), np.int64(1))]
    )
    def test_nobody_fell(self, label: object, positive: object) -> None:
        assert evaluate([label] * 3, [label] * 3, positive=positive).specificity == 1

    def test_predicted_only(self) -> None:
        assert evaluate(["sit", "walk"], ["sit", "fall"], positive="fall").specificity == 0.5


class TestTitle:
    @pytest.mark.parametrize(
        ("n", "title"), [(1, "1 decision of 1 subject"), (2, "2 decisions of 2 subjects"), (1200, "1,200 decisions of")]
    )
    def test_counts_agree_with_their_nouns(self, n: int, title: str) -> None:
        text = str(evaluate([0] * n, [0] * n, groups=range(n)))
        assert text.splitlines()[0].startswith(title)
        assert "positive" not in text

    def test_markdown_ends_with_the_last_table(self) -> None:
        assert evaluate([0, 1], [0, 1]).to_markdown().endswith(" |\n")

    def test_without_scores_no_line_speaks_of_them(self) -> None:
        assert "ROC" not in str(evaluate([0, 1], [0, 1], positive=1))
        assert "ROC AUC" in str(evaluate([0, 1], [0, 1], positive=1, y_score=[0.1, 0.9]))


class TestLabels:
    """What may be a class."""

    def test_as_many_classes_as_are_allowed(self) -> None:
        labels = np.arange(MAX_CLASSES)
        assert len(evaluate(labels, labels).labels) == MAX_CLASSES

    def test_whole_floats_as_long_as_floats_count_one_by_one(self) -> None:
        assert evaluate([2.0**53, 0.0], [2.0**53, 0.0]).labels == (0, 2**53)
        with pytest.raises(InvalidInputError, match=r"^y_true holds 9\.0072e"):
            evaluate([2.0**53 + 2, 0.0], [0.0, 0.0])

    @pytest.mark.parametrize(("n", "names"), [(10, "0, 1, 2, 3, 4, 5, 6, 7, 8, 9"), (11, "0, .*, 9, ...")])
    def test_no_more_than_ten_are_listed(self, n: int, names: str) -> None:
        with pytest.raises(InvalidInputError, match=rf"they hold {names}\. If"):
            evaluate(range(n), range(n), positive=99)
