"""Decisions compared with the truth: measures, their intervals, and the confusion matrix."""

from __future__ import annotations

import html
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from sklearn import metrics

from common.errors import InvalidInputError
from common.evaluation.encoding import encode_both
from common.evaluation.intervals import (
    UNDEFINED,
    Intervals,
    by_subject_intervals,
    sensitivity_specificity,
    wilson_intervals,
)
from common.tables import html_table, markdown_table, ratio, text_table
from common.validation import (
    FloatArray,
    IntArray,
    as_float_array,
    check_finite,
    check_vector,
    encode_labels,
)

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


@dataclass(frozen=True, eq=False)
class Evaluation:
    """Measures of a classifier's decisions; made by :func:`evaluate`.

    Undefined measures, such as the recall of a class that does not occur, are NaN and print as a dash.

    Attributes
    ----------
    labels : tuple
        The classes, sorted: all that occur as true or predicted labels, and ``positive``.
    confusion : ndarray of shape (n_classes, n_classes)
        Counts; rows are true classes and columns are predicted classes, in the order of ``labels``.
    accuracy, macro_f1 : float
        Fraction of correct decisions; mean F1 of the classes.
    precision, recall, f1 : ndarray of shape (n_classes,)
        Per class, in the order of ``labels``.
    support : ndarray of shape (n_classes,)
        Number of windows whose true class it is.
    positive : label or None
        The class that counts as positive (a fall); all others are negative.
    sensitivity, specificity : float
        Recall of the positive class and of all others together; NaN without ``positive``.
    roc_auc : float
        Area under the ROC curve of the positive class; NaN without scores.
    wilson : Intervals
        Wilson intervals of the proportions, as if all windows were independent.
    by_subject : Intervals or None
        Intervals over subjects, if groups were given: the ones to quote. See
        :func:`common.evaluation.intervals.by_subject_intervals`.
    n_subjects : int or None
        Number of groups.

    Examples
    --------
    >>> result = evaluate(["fall", "walk", "walk", "walk"], ["fall", "fall", "walk", "walk"], positive="fall")
    >>> result.sensitivity, round(result.specificity, 3)
    (1.0, 0.667)
    >>> result.to_frame()["support"].to_dict()
    {'fall': 1, 'walk': 3}
    >>> print(result.to_markdown().splitlines()[0])
    4 decisions; positive: fall
    >>> figure = result.plot()
    """

    labels: tuple[Any, ...]
    confusion: IntArray
    accuracy: float
    macro_f1: float
    precision: FloatArray
    recall: FloatArray
    f1: FloatArray
    support: IntArray
    positive: Any
    sensitivity: float
    specificity: float
    roc_auc: float
    wilson: Intervals
    by_subject: Intervals | None
    n_subjects: int | None

    def __post_init__(self) -> None:
        for array in (self.confusion, self.precision, self.recall, self.f1, self.support):
            array.setflags(write=False)

    def __str__(self) -> str:
        parts = [self._title(), text_table(*self._overall()), text_table(*self._per_class())]
        if len(self.labels) <= 12:  # wider tables wrap in a terminal; plot() shows any number
            parts.append(text_table(*self._confusion()))
        return "\n\n".join(parts)

    def to_markdown(self) -> str:
        """The overall measures with their intervals, the classes, and the confusion matrix, as Markdown."""
        tables = [markdown_table(*table) for table in (self._overall(), self._per_class(), self._confusion())]
        return "\n\n".join([self._title(), *tables]) + "\n"

    def _repr_html_(self) -> str:
        """The same tables in a notebook."""
        tables = [html_table(*table) for table in (self._overall(), self._per_class(), self._confusion())]
        return "\n".join([f"<p>{html.escape(self._title())}</p>", *tables])

    def to_frame(self) -> pd.DataFrame:
        """One row per class: precision, recall, f1, support."""
        import pandas as pd

        columns = {"precision": self.precision, "recall": self.recall, "f1": self.f1, "support": self.support}
        return pd.DataFrame(columns, index=pd.Index(self.labels, name="class"))

    def plot(self, ax: Axes | None = None) -> Figure:
        """The confusion matrix as a figure (needs matplotlib, extra ``demo``), drawn into ``ax`` if given."""
        from common.plotting.confusion import plot_confusion_matrix

        return plot_confusion_matrix(self.confusion, self.labels, ax=ax)

    def _title(self) -> str:
        n = int(self.support.sum())
        people = "" if self.n_subjects is None else f" of {self.n_subjects} subject{'s' * (self.n_subjects != 1)}"
        positive = "" if self.positive is None else f"; positive: {self.positive}"
        return f"{n:,} decision{'s' * (n != 1)}{people}{positive}"

    def _overall(self) -> tuple[list[str], list[list[str]]]:
        measures = ["accuracy", "macro_f1"]
        if self.positive is not None:
            measures += ["sensitivity", "specificity"]
        sources = {"95% Wilson": self.wilson}
        if self.by_subject is not None:
            sources = {"95% by subject": self.by_subject, **sources}
        rows = [
            [name.replace("_f1", " F1"), ratio(getattr(self, name))]
            + [str(getattr(intervals, name)) for intervals in sources.values()]
            for name in measures
        ]
        if not math.isnan(self.roc_auc):
            rows.append(["ROC AUC", ratio(self.roc_auc)] + [str(UNDEFINED) for _ in sources])
        return ["measure", "value", *sources], rows

    def _per_class(self) -> tuple[list[str], list[list[str]]]:
        rows = [
            [str(label), ratio(precision), ratio(recall), ratio(f1), f"{support:,}"]
            for label, precision, recall, f1, support in zip(
                self.labels, self.precision, self.recall, self.f1, self.support, strict=True
            )
        ]
        return ["class", "precision", "recall", "F1", "support"], rows

    def _confusion(self) -> tuple[list[str], list[list[str]]]:
        names = [str(label) for label in self.labels]
        rows = [[name, *(f"{count:,}" for count in row)] for name, row in zip(names, self.confusion, strict=True)]
        return ["true \\ predicted", *names], rows


def evaluate(
    y_true: npt.ArrayLike,
    y_pred: npt.ArrayLike,
    *,
    y_score: npt.ArrayLike | None = None,
    groups: npt.ArrayLike | None = None,
    positive: Any = None,
) -> Evaluation:
    """Compare decisions with the truth, with 95% intervals.

    Windows of one person resemble each other, so 10,000 windows of 8 people tell no more about the next person than
    8 people can. With ``groups`` the intervals are therefore bootstrapped by subject: each resample draws whole people.
    Where nobody, or everybody, is misjudged in every window, all resamples are equal: then the interval is the exact
    one of the people who were judged without error. The Wilson intervals beside them treat windows as independent.

    Parameters
    ----------
    y_true, y_pred : array-like of shape (n_windows,)
        True and predicted labels: integers, booleans or text, the same kind in both.
    y_score : array-like of shape (n_windows,), optional
        Score or probability of the positive class, for the ROC AUC.
    groups : array-like of shape (n_windows,), optional
        Subject of each window.
    positive : label, optional
        The class whose recall is the sensitivity, such as 1 for a fall. It may be missing from both where they hold a
        single class: a day on which nobody fell.

    Returns
    -------
    Evaluation

    Raises
    ------
    InvalidInputError
        If an argument is empty, has another length, holds missing values, or mixes numbers and text; and if
        ``positive`` is none of two or more labels.

    Examples
    --------
    >>> result = evaluate([1, 1, 1, 0, 0, 0], [1, 1, 0, 0, 0, 0], groups=[1, 1, 2, 2, 3, 3], positive=1)
    >>> print(result)
    6 decisions of 3 subjects; positive: 1
    <BLANKLINE>
    measure      value  95% by subject   95% Wilson
    -----------  -----  --------------  -----------
    accuracy     0.833     0.500–1.000  0.436–0.970
    macro F1     0.829     0.333–1.000            –
    sensitivity  0.667     0.000–1.000  0.208–0.939
    specificity  1.000     0.158–1.000  0.439–1.000
    <BLANKLINE>
    class  precision  recall     F1  support
    -----  ---------  ------  -----  -------
    0          0.750   1.000  0.857        3
    1          1.000   0.667  0.800        3
    <BLANKLINE>
    true \\ predicted  0  1
    ----------------  -  -
    0                 3  0
    1                 1  2
    """
    labels, true, predicted = encode_both(y_true, y_pred, positive)
    index = None if positive is None else labels.index(positive)
    codes = np.arange(len(labels))
    # scikit-learn warns about a single class, so it gets one more, which is removed again.
    confusion = metrics.confusion_matrix(true, predicted, labels=[*codes, len(codes)])[:-1, :-1]
    precision, recall, f1, _ = metrics.precision_recall_fscore_support(
        true, predicted, labels=codes, zero_division=np.nan
    )
    sensitivity, specificity = sensitivity_specificity(confusion, index)

    by_subject, n_subjects = None, None
    if groups is not None:
        subjects, subject_of = encode_labels(groups, "groups", n=len(true), of="y_true")
        n_subjects = len(subjects)
        by_subject = by_subject_intervals(true, predicted, subject_of, len(labels), index)

    return Evaluation(
        labels=labels,
        confusion=confusion,
        accuracy=float(metrics.accuracy_score(true, predicted)),
        macro_f1=float(np.nanmean(f1)),
        precision=precision,
        recall=recall,
        f1=f1,
        support=confusion.sum(axis=1),
        positive=positive,
        sensitivity=float(sensitivity),
        specificity=float(specificity),
        roc_auc=_roc_auc(true, y_score, index),
        wilson=wilson_intervals(confusion, index),
        by_subject=by_subject,
        n_subjects=n_subjects,
    )


def _roc_auc(true: IntArray, y_score: npt.ArrayLike | None, index: int | None) -> float:
    if y_score is None:
        return math.nan
    if index is None:
        raise InvalidInputError("y_score is given without positive: name the class that it scores, such as positive=1")
    scores = as_float_array(y_score, "y_score")
    if scores.ndim == 2 and scores.shape[1] > 1:
        raise InvalidInputError(
            f"y_score has shape {scores.shape}; pass the positive class alone, such as predict_proba(X)[:, 1]"
        )
    scores = check_vector(scores, len(true), "y_score", of="y_true")
    check_finite(scores, "y_score", ("entry",))
    is_positive = true == index
    if is_positive.all() or not is_positive.any():
        return math.nan
    return float(metrics.roc_auc_score(is_positive, scores))
