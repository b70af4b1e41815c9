"""A rule that looks at one number of a sequence, with as much freedom as it needs: what a classifier has to beat."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from common.validation import FloatArray, IntArray


@dataclass(frozen=True, eq=False)
class Feature:
    """One number for each sequence, such as its length, that decides by a threshold chosen on the training people."""

    values: FloatArray
    y: IntArray

    def probabilities(self, train: IntArray, others: IntArray) -> FloatArray:
        """0 or 1 for the others: at the threshold and in the direction with the best balanced accuracy in training."""
        values, is_fall = self.values[train], self.y[train] == 1
        rising = np.unique(values)
        limits = [rising[0] - 1, *((rising[:-1] + rising[1:]) / 2)]
        rules = [(sign, sign * limit) for sign in (1, -1) for limit in limits]

        def balanced(rule: tuple[int, float]) -> float:
            above = rule[0] * values > rule[1]
            return float(above[is_fall].mean() + (~above)[~is_fall].mean())

        sign, limit = max(rules, key=balanced)
        return (sign * self.values[others] > limit).astype(float)
