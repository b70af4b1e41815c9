"""Bytes that a trained model needs to decide, as it would be shipped."""

from __future__ import annotations

from typing import Any

import numpy as np

FLOAT32_BYTES = 4
#: Feature in two bytes, threshold in four, the other branch in four; the first branch follows.
INNER_NODE_BYTES = 10


def forest_bytes(forest: Any) -> int:
    """Inner nodes, and leaves: one byte for the class where a leaf is pure, else a float32 for each class."""
    total = 0
    for tree in forest.estimators_:
        nodes = tree.tree_
        is_leaf = nodes.children_left < 0
        shares = nodes.value[is_leaf, 0]
        is_pure = np.isclose(shares.max(axis=1), shares.sum(axis=1))
        mixed = FLOAT32_BYTES * shares.shape[1]
        total += int(INNER_NODE_BYTES * np.sum(~is_leaf) + is_pure.sum() + mixed * np.sum(~is_pure))
    return total


def forest_comparisons(forest: Any, features: Any) -> int:
    """Comparisons of one decision: the mean depth that these windows reach, in all trees."""
    steps = [np.diff(tree.decision_path(features).indptr).mean() - 1 for tree in forest.estimators_]
    return round(float(np.sum(steps)))


def ridge_bytes(ridge: Any) -> int:
    """Weights and intercepts in float32; a scaling before it is part of its weights."""
    return FLOAT32_BYTES * (ridge.coef_.size + np.size(ridge.intercept_))
