"""Boosted trees of windows: as scikit-learn computes them, kept as arrays; the same wherever the sensor points."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.spatial.transform import Rotation
from sklearn.ensemble import GradientBoostingClassifier

import common
from common import InvalidInputError, ModelIntegrityError
from examples.fusion_trees import WindowTrees
from examples.fusion_window_features import features
from examples.fusion_worn_windows import channels

RATE_HZ = 25.0


def windows(n: int, seed: int = 0) -> tuple[Any, Any]:
    """Restless windows of four seconds; in each second one, an impact after which gravity comes from elsewhere."""
    rng = np.random.default_rng(seed)
    samples = rng.normal(0, [0.15] * 3 + [20.0] * 3, (n, 100, 6))
    samples[:, :, 2] += 1.0
    y = np.arange(n) % 2
    samples[y == 1, 50, 2] += 3.0
    samples[y == 1, 50:, :3] = samples[y == 1, 50:, :3][:, :, [2, 0, 1]]
    return np.stack([channels(window) for window in samples]), y


@pytest.fixture(scope="module")
def model() -> WindowTrees:
    return WindowTrees(20, random_state=0).fit(*windows(400))


def test_falls_are_told_from_other_movements(model: WindowTrees) -> None:
    X, y = windows(100, seed=1)
    assert (model.predict(X) == y).all()


def test_arrays_give_what_scikit_learn_computes(monkeypatch: pytest.MonkeyPatch) -> None:
    fitted: list[GradientBoostingClassifier] = []
    keep = WindowTrees._keep
    monkeypatch.setattr(WindowTrees, "_keep", lambda self, trees: (fitted.append(trees), keep(self, trees)))
    X, y = windows(400)
    ours = WindowTrees(30, random_state=0).fit(X, y).predict_proba(X)
    np.testing.assert_allclose(ours, fitted[0].predict_proba(features(X, RATE_HZ)), atol=1e-6)


def test_a_window_in_which_nothing_moves_is_no_fall(model: WindowTrees) -> None:
    still = channels(np.tile([0.0, 0.0, 1.0, 0.0, 0.0, 0.0], (100, 1)))[None]
    assert model.predict_proba(still)[0, 1] < 0.01


def test_features_do_not_depend_on_where_the_sensor_points() -> None:
    X, _ = windows(10)
    turn = Rotation.from_euler("xyz", [0.4, -1.2, 2.0]).as_matrix()
    turned = X.copy()
    turned[:, :, :3] = X[:, :, :3] @ turn
    turned[:, :, 3:6] = X[:, :, 3:6] @ turn
    known, again = features(X, RATE_HZ), features(turned, RATE_HZ)
    # All but the sums of the three axes' deviations, one a second, which change a little.
    is_same = np.isclose(known, again, atol=1e-4).all(axis=0)
    assert (~is_same).sum() <= 4


def test_trees_come_back_from_disk_as_they_were(model: WindowTrees, tmp_path: Path) -> None:
    common.save_bundle(model, tmp_path / "trees")
    again = common.load_bundle(tmp_path / "trees")
    X, _ = windows(20, seed=2)
    np.testing.assert_array_equal(again.predict_proba(X), model.predict_proba(X))
    assert again.cost_ == model.cost_
    assert sum(path.stat().st_size for path in (tmp_path / "trees").rglob("*") if path.is_file()) < 60_000
    shutil.rmtree(tmp_path / "trees")


@pytest.mark.parametrize("damage", ["points nowhere", "no leaf", "not finite"])
def test_damaged_trees_are_refused(model: WindowTrees, tmp_path: Path, damage: str) -> None:
    broken = WindowTrees(20, random_state=0).fit(*windows(100))
    if damage == "points nowhere":
        broken.nodes_["left"][0, 0] = 999
    elif damage == "no leaf":
        broken.nodes_["left"][0, :] = broken.nodes_["right"][0, :] = 0
    else:
        broken.nodes_["value"][0, 0] = np.nan
    common.save_bundle(broken, tmp_path / "trees")
    with pytest.raises(ModelIntegrityError):
        common.load_bundle(tmp_path / "trees")


def test_one_class_alone_is_refused() -> None:
    X, y = windows(20)
    with pytest.raises(InvalidInputError, match="one class only"):
        WindowTrees(5).fit(X[y == 0], y[y == 0])
