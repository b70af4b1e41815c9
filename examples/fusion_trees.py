"""Boosted trees on statistics of a window: the worn sensor's classifier in the fusion, kept as plain arrays."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.utils.validation import check_is_fitted

from common import Cost, InvalidInputError
from common.bundles.registry import register
from common.validation import FloatArray, check_integer
from examples.fusion_window_features import ACCELERATION, features

KIND = "examples.trees"

# A window in which the acceleration varies by less than this, in g, holds no impact: the trees are not asked.
STILL_G = 0.3
_STILL_PROBABILITY = 0.001

_LEARNING = {
    "max_depth": None,
    "max_leaf_nodes": 8,
    "learning_rate": 0.1,
    "subsample": 0.5,
    "max_features": 0.3,
    "min_samples_leaf": 5,
}
# A fit on random windows of other activities, then one more with those that it mistakes most readily for falls.
_RANDOM_NEGATIVES, _HARD_NEGATIVES = 12_000, 8_000
_WEIGHT_OF_FALLS = 0.2  # of all falls together, against all other windows
_BYTES_PER_NODE = 10  # feature 1, threshold 4, two children 4; a leaf's value takes the place of its threshold
_AT_ONCE = 2000
_NODES = ("feature", "threshold", "left", "right", "value")


class WindowTrees(ClassifierMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """Gradient-boosted trees that tell falls (1) from other windows (0) of the worn sensor's channels.

    Training is scikit-learn's; what is kept is the nodes of the trees, a few arrays that any device can walk through.

    Parameters
    ----------
    n_trees : int, default 120
    rate_hz : float, default 25
        Samples a second of the windows.
    random_state : int or None

    Attributes
    ----------
    nodes_ : dict of str to ndarray of shape (n_trees, n_nodes)
        ``feature`` (−1 in a leaf), ``threshold``, ``left`` and ``right`` within the tree, and a leaf's ``value`` in
        logits.
    intercept_ : float
        In logits.
    cost_ : common.Cost
        Of one decision.
    """

    def __init__(self, n_trees: int = 120, *, rate_hz: float = 25.0, random_state: int | None = None) -> None:
        self.n_trees = n_trees
        self.rate_hz = rate_hz
        self.random_state = random_state

    def fit(self, X: FloatArray, y: npt.NDArray[np.int64]) -> Self:
        """Learn from windows ``(n, n_timesteps, 8)``, labelled 1 for falls and 0 for anything else.

        Raises
        ------
        InvalidInputError
            If the windows hold no fall, or nothing else.
        """
        check_integer(self.n_trees, "n_trees")
        judged = (y == 1) | ~_is_still(X)
        inputs, labels = _in_parts(X[judged], self.rate_hz), y[judged]
        falls, others = np.flatnonzero(labels == 1), np.flatnonzero(labels == 0)
        if not len(falls) or not len(others):
            raise InvalidInputError("y holds one class only: pass windows of falls and of other activities")
        rng = np.random.default_rng(self.random_state)
        rows = rng.choice(others, min(len(others), _RANDOM_NEGATIVES), replace=False)
        model = self._boosted(inputs, labels, falls, rows)
        if len(others) > len(rows):
            hardest = np.argsort(-model.predict_proba(inputs[others])[:, 1], kind="stable")[:_HARD_NEGATIVES]
            model = self._boosted(inputs, labels, falls, np.union1d(rows, others[hardest]))
        self._keep(model)
        self.classes_ = np.array([0, 1])
        self.n_timesteps_in_, self.n_channels_in_ = X.shape[1:]
        self.n_features_in_ = int(np.prod(X.shape[1:]))
        return self

    def predict_proba(self, X: npt.ArrayLike) -> FloatArray:
        """Probabilities ``(n, 2)``, of a fall in the second column; of windows without movement, nearly none."""
        check_is_fitted(self)
        windows = np.asarray(X)
        fall = np.full(len(windows), _STILL_PROBABILITY)
        judged = ~_is_still(windows)
        if judged.any():
            logits = self._logits(_in_parts(windows[judged], self.rate_hz))
            fall[judged] = 1 / (1 + np.exp(-logits))
        return np.stack([1 - fall, fall], axis=1)

    def predict(self, X: npt.ArrayLike) -> npt.NDArray[np.int64]:
        """1 where a fall is more probable than not."""
        return (self.predict_proba(X)[:, 1] > 0.5).astype(np.int64)

    @property
    def cost_(self) -> Cost:
        """Nodes kept, and comparisons on the way down; statistics are counted as one pass a channel and quantile."""
        check_is_fitted(self)
        n_nodes = int((self.nodes_["left"] >= 0).sum())
        size = int(self.n_timesteps_in_)
        return Cost(
            params=2 * n_nodes,
            macs=size * 3 * self.n_channels_in_,
            comparisons=self.n_trees * self._depth + 2 * size * int(np.ceil(np.log2(size))),
            weight_bytes=n_nodes * _BYTES_PER_NODE,
            activation_bytes=4 * size * int(self.n_channels_in_),
            arithmetic="float32",
        )

    def _boosted(self, inputs: FloatArray, y: Any, falls: Any, others: Any) -> GradientBoostingClassifier:
        rows = np.concatenate([falls, others])
        weights = np.where(y[rows] == 1, _WEIGHT_OF_FALLS * len(others) / len(falls), 1.0)
        model = GradientBoostingClassifier(n_estimators=self.n_trees, random_state=self.random_state, **_LEARNING)
        return model.fit(inputs[rows], y[rows], sample_weight=weights)

    def _keep(self, model: GradientBoostingClassifier) -> None:
        trees = [stage.tree_ for stage in model.estimators_[:, 0]]
        shape = (len(trees), max(tree.node_count for tree in trees))
        nodes: dict[str, Any] = {
            "feature": np.full(shape, -1, dtype=np.int8),
            "threshold": np.zeros(shape, dtype=np.float32),
            "left": np.full(shape, -1, dtype=np.int16),
            "right": np.full(shape, -1, dtype=np.int16),
            "value": np.zeros(shape, dtype=np.float32),
        }
        for row, tree in enumerate(trees):
            count = tree.node_count
            is_leaf = tree.children_left < 0
            nodes["feature"][row, :count] = np.where(is_leaf, -1, tree.feature)
            nodes["threshold"][row, :count] = tree.threshold
            for name, children in (("left", tree.children_left), ("right", tree.children_right)):
                nodes[name][row, :count] = np.where(is_leaf, np.arange(count), children)
            nodes["value"][row, :count] = model.learning_rate * tree.value[:, 0, 0]
        prior = float(model.init_.class_prior_[1])
        self.set_nodes(nodes, float(np.log(prior / (1 - prior))))

    def set_nodes(self, nodes: Mapping[str, Any], intercept: float) -> None:
        """The trees themselves; a leaf is its own left and right child."""
        self.nodes_ = dict(nodes)
        self.intercept_ = intercept
        self._depth = _depth(self.nodes_)

    def _logits(self, inputs: FloatArray) -> FloatArray:
        """Every window through every tree at once, one level at a time."""
        nodes, trees = self.nodes_, np.arange(len(self.nodes_["feature"]))
        rows = np.arange(len(inputs))[:, None]
        place = np.zeros((len(inputs), len(trees)), dtype=np.int64)
        for _ in range(self._depth):
            value = inputs[rows, nodes["feature"][trees, place]]
            goes_left = value <= nodes["threshold"][trees, place]
            place = np.where(goes_left, nodes["left"][trees, place], nodes["right"][trees, place])
        return np.asarray(self.intercept_ + nodes["value"][trees, place].sum(axis=1, dtype=np.float64))


def _is_still(windows: FloatArray) -> npt.NDArray[np.bool_]:
    return np.asarray(np.ptp(windows[:, :, ACCELERATION], axis=1) < STILL_G)


def _in_parts(windows: FloatArray, rate_hz: float) -> FloatArray:
    """The features of many windows, without copies of all of them at once."""
    parts = [features(windows[first : first + _AT_ONCE], rate_hz) for first in range(0, len(windows), _AT_ONCE)]
    return np.concatenate(parts)


def _depth(nodes: Mapping[str, Any]) -> int:
    """How many steps the longest way down takes; children come after their parents."""
    depth = np.zeros(nodes["feature"].shape, dtype=np.int64)
    for number in range(depth.shape[1]):
        trees = np.flatnonzero(nodes["feature"][:, number] >= 0)
        for child in ("left", "right"):
            depth[trees, nodes[child][trees, number]] = depth[trees, number] + 1
    return int(depth.max())


def _write(model: WindowTrees) -> dict[str, Any]:
    check_is_fitted(model)
    about = {
        "parameters": model.get_params(),
        "n_timesteps": int(model.n_timesteps_in_),
        "n_channels": int(model.n_channels_in_),
        "intercept": model.intercept_,
    }
    return {"model.json": about, **{f"{name}.npy": array for name, array in model.nodes_.items()}}


def _read(files: Mapping[str, Any]) -> WindowTrees:
    about = files["model.json"]
    model = WindowTrees(**about["parameters"])
    n_timesteps = check_integer(about["n_timesteps"], "n_timesteps")
    n_channels = check_integer(about["n_channels"], "n_channels")
    nodes = {name: files[f"{name}.npy"] for name in _NODES}
    n_features = features(np.zeros((1, n_timesteps, n_channels)), model.rate_hz).shape[1]
    _check_nodes(nodes, n_features)
    model.set_nodes(nodes, float(about["intercept"]))
    model.classes_ = np.array([0, 1])
    model.n_timesteps_in_, model.n_channels_in_ = n_timesteps, n_channels
    model.n_features_in_ = model.n_timesteps_in_ * model.n_channels_in_
    return model


def _check_nodes(nodes: Mapping[str, Any], n_features: int) -> None:
    """Refuse trees that lead nowhere, in a circle, or to values that are not finite."""
    shape, feature = nodes["feature"].shape, nodes["feature"]
    if len(shape) != 2 or 0 in shape or any(array.shape != shape for array in nodes.values()):
        raise InvalidInputError("nodes must be tables of one shape, with a row for each tree")
    if not (feature < n_features).all():
        raise InvalidInputError(f"feature must be below {n_features}")
    number = np.broadcast_to(np.arange(shape[1]), shape)
    for child in ("left", "right"):
        inner = feature >= 0
        if not (nodes[child][inner] > number[inner]).all() or not (nodes[child] < shape[1]).all():
            raise InvalidInputError(f"{child} must lead to a later node of the same tree")
    if not all(np.isfinite(nodes[name]).all() for name in ("threshold", "value")):
        raise InvalidInputError("thresholds and values must be finite")


register(KIND, WindowTrees, _write, _read)
