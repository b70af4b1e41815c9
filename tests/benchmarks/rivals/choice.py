"""What is chosen on training people: a setting, and for falls a threshold. The same rules for every method."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from tests.benchmarks.rivals.methods.method import Array, Method, Setting


@dataclass(frozen=True, eq=False)
class OutOfFold:
    """Scores of training windows, by models that had not seen their people."""

    scores: Array
    y: Array


@dataclass(frozen=True)
class Choice:
    """A setting, its accuracy out of fold, and its threshold (None: the largest score wins)."""

    setting: Setting
    accuracy: float
    threshold: float | None


def choose(method: Method, n_training: int, out_of_fold: Callable[[Setting], OutOfFold], *, has_falls: bool) -> Choice:
    """Choose size, then changes, then the form of the windows, each by accuracy out of fold.

    One factor after the other, with the others as chosen so far: five settings instead of twelve. Of equally good ones
    the first is taken, which is the smaller or the plainer.
    """
    settings = [
        Setting(size, method.changes[0], method.form_of_size.get(size, method.forms[0]))
        for size in method.sizes_for(n_training)
    ]
    best = judged(settings[0], out_of_fold, has_falls=has_falls)
    best = _better(best, settings[1:], out_of_fold, has_falls=has_falls)
    changed = [replace(best.setting, change=change) for change in method.changes[1:]]
    best = _better(best, changed, out_of_fold, has_falls=has_falls)
    in_form = [replace(best.setting, form=form) for form in method.forms[1:]]
    return _better(best, in_form, out_of_fold, has_falls=has_falls)


def _better(
    best: Choice, settings: Sequence[Setting], out_of_fold: Callable[[Setting], OutOfFold], *, has_falls: bool
) -> Choice:
    """The most accurate one, of equally good ones the first."""
    others = (judged(setting, out_of_fold, has_falls=has_falls) for setting in settings)
    return max((best, *others), key=lambda choice: choice.accuracy)


def judged(setting: Setting, out_of_fold: Callable[[Setting], OutOfFold], *, has_falls: bool) -> Choice:
    """The accuracy of a setting, and its threshold, out of fold."""
    held_out = out_of_fold(setting)
    threshold = best_threshold(margin(held_out.scores), held_out.y) if has_falls else None
    predicted = decided(held_out.scores, threshold)
    return Choice(setting, float(np.mean(predicted == held_out.y)), threshold)


def margin(scores: Array) -> Array:
    """How much higher a fall scores than anything else."""
    return scores[:, 1].astype(np.float64) - scores[:, 0]


def decided(scores: Array, threshold: float | None) -> Array:
    """Class indices: the largest score, or a fall from the threshold on."""
    return scores.argmax(axis=1) if threshold is None else (margin(scores) >= threshold).astype(np.int64)


def best_threshold(margins: Array, y: Array) -> float:
    """The threshold with the most right decisions, half way between two margins; of several, the one in the middle.

    Examples
    --------
    >>> best_threshold(np.array([-3.0, -1.0, 2.0, 4.0]), np.array([0, 0, 1, 1]))
    0.5
    """
    order = np.argsort(margins, kind="stable")
    ascending, is_fall = margins[order], y[order] == 1
    # Right decisions if the first k windows are no falls, and all others are.
    right = np.concatenate([[0], np.cumsum(~is_fall)]) + np.concatenate([np.cumsum(is_fall[::-1])[::-1], [0]])
    separable = np.concatenate([[True], np.diff(ascending) > 0, [True]])
    candidates = np.flatnonzero(separable & (right == right[separable].max()))
    k = candidates[len(candidates) // 2]
    padded = np.concatenate([[ascending[0] - 1], ascending, [ascending[-1] + 1]])
    return float((padded[k] + padded[k + 1]) / 2)
