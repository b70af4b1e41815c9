"""Estimators of other libraries: saved by skops, and refused until whoever loads has named their types."""

import io
import json
import re
import sys
import threading
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.cluster import Birch
from sklearn.decomposition import PCA
from sklearn.ensemble import RandomForestClassifier
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.pipeline import FeatureUnion, Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

import common
import har
from common.bundles import foreign
from common.errors import InvalidInputError, MissingDependencyError, ModelIntegrityError, UnsafeInputError
from har.preprocessing import ScaleChannels
from tests.common.bundles.example import header, reforge

X = np.random.default_rng(0).normal(size=(24, 20, 3)) + np.arange(24)[:, None, None] % 2
Y = np.array(["walk", "rest"] * 12)
FOREST = [
    "sklearn.ensemble._forest.RandomForestClassifier",
    "sklearn.tree._classes.DecisionTreeClassifier",
    "sklearn.tree._tree.Tree",
]
STATISTICS = f"{__name__}.Statistics"

skops = pytest.importorskip("skops.io")


class Statistics(TransformerMixin, BaseEstimator):
    """Mean and standard deviation of each channel."""

    def fit(self, X: Any, y: Any = None) -> "Statistics":
        self.n_features_ = np.shape(X)[2] * 2
        return self

    def transform(self, X: Any) -> npt.NDArray[np.float64]:
        return np.concatenate([np.mean(X, axis=1), np.std(X, axis=1)], axis=1)


def means(X: Any) -> Any:
    return np.mean(X, axis=1)


def local() -> Any:
    class Local:
        """Nobody finds it by its name."""

    return Local()


def trees() -> RandomForestClassifier:
    return RandomForestClassifier(5, random_state=0)


def save(model: Any, path: Path) -> tuple[str, ...]:
    common.save_bundle(model, path)
    return common.describe_bundle(path).types


def test_a_forest_on_statistics_of_windows(tmp_path: Path) -> None:
    pipeline = make_pipeline(ScaleChannels(), Statistics(), trees()).fit(X, Y)
    types = save(pipeline, tmp_path / "model")
    assert set(types) == {*FOREST, STATISTICS}
    with pytest.raises(UnsafeInputError, match=re.escape(f'"{FOREST[0]}", "{FOREST[1]}", "{FOREST[2]}"')):
        common.load_bundle(tmp_path / "model")
    with pytest.raises(UnsafeInputError, match=re.escape(f'pass trusted=["{STATISTICS}"]')):
        common.load_bundle(tmp_path / "model", trusted=FOREST)
    loaded = common.load_bundle(tmp_path / "model", trusted=[*FOREST, STATISTICS])
    assert loaded.predict_proba(X).tobytes() == pipeline.predict_proba(X).tobytes()


@pytest.mark.parametrize(
    "model",
    [
        StandardScaler(),
        PCA(2, random_state=0),
        RidgeClassifier(),
        LogisticRegression(),
        trees(),
        FeatureUnion([("a", PCA(1)), ("b", StandardScaler())]),
        FunctionTransformer(np.abs),
    ],
    ids=lambda model: type(model).__name__,
)
def test_alone_and_behind_our_steps(tmp_path: Path, model: Any) -> None:
    windows = np.ascontiguousarray(X[:, :, 0])
    for number, whole in enumerate((model, make_pipeline(ScaleChannels(), model))):
        whole.fit(windows, Y)
        path = tmp_path / str(number)
        types = save(whole, path)
        assert any(name.endswith(type(model).__name__) for name in types)
        assert not any(name.startswith(("numpy.", "builtins.")) for name in types)
        with pytest.raises(UnsafeInputError, match="types of other libraries"):
            common.load_bundle(path)
        loaded = common.load_bundle(path, trusted=types)
        ask = "predict" if hasattr(model, "predict") else "transform"
        assert getattr(loaded, ask)(windows).tobytes() == getattr(whole, ask)(windows).tobytes()


def test_in_a_stream(tmp_path: Path) -> None:
    pipeline = make_pipeline(ScaleChannels(), FunctionTransformer(means), LogisticRegression()).fit(X, Y)
    recognizer = har.StreamingRecognizer(pipeline, rate_hz=20, window_s=1, step_s=1)
    types = save(recognizer, tmp_path / "model")
    assert f"{__name__}.means" in types
    loaded = common.load_bundle(tmp_path / "model", trusted=types)
    samples = X.reshape(-1, 3)
    answers = [[r.probabilities.tobytes() for r in one.push(samples)] for one in (recognizer, loaded)]
    assert answers[0] == answers[1]


def test_types_are_checked_before_anything_is_parsed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save(trees().fit(X[:, :, 0], Y), tmp_path / "model")
    monkeypatch.setattr(foreign, "load", lambda *_: pytest.fail("read too early"))
    with pytest.raises(UnsafeInputError):
        common.load_bundle(tmp_path / "model", trusted=FOREST[:2])


def test_own_models_need_no_trust(tmp_path: Path) -> None:
    assert save(make_pipeline(ScaleChannels(), har.DTWKNeighborsClassifier()).fit(X, Y), tmp_path / "model") == ()


@pytest.mark.parametrize("trusted", ["sklearn.tree._tree.Tree", True, None, 1, ["os; system"], [1], [PCA], ["os"]])
def test_what_trusted_may_be(tmp_path: Path, trusted: Any) -> None:
    with pytest.raises(InvalidInputError, match=r"^trusted"):
        common.load_bundle(tmp_path / "model", trusted=trusted)


def test_without_skops(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    forest = trees().fit(X[:, :, 0], Y)
    save(forest, tmp_path / "model")
    monkeypatch.setitem(sys.modules, "skops.io", None)
    with pytest.raises(MissingDependencyError, match=r"pip install 'har-fall\[skops\]'"):
        common.save_bundle(forest, tmp_path / "other")
    with pytest.raises(MissingDependencyError, match=r"pip install 'har-fall\[skops\]'"):
        common.load_bundle(tmp_path / "model", trusted=FOREST)


# ----- not saved -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (FunctionTransformer(lambda X: X), "would not come back"),
        (FunctionTransformer(np.abs, kw_args={"where": threading.Lock()}), "would not come back"),
        (Birch().fit(X[:, :, 0]), "skops cannot store this Birch"),
        (FunctionTransformer(np.abs, kw_args={"where": local()}), "would not come back"),
        (Pipeline([("a", FeatureUnion([("b", ScaleChannels())]))]), r"FeatureUnion holds a har\.preprocessing"),
    ],
)
def test_what_would_not_come_back(tmp_path: Path, model: Any, message: str) -> None:
    if isinstance(model, Pipeline):
        model.fit(X[:, :, 0], Y)
    with pytest.raises(InvalidInputError, match=message):
        common.save_bundle(model, tmp_path / "model")
    assert not list(tmp_path.iterdir())


def test_what_is_not_fitted(tmp_path: Path) -> None:
    with pytest.raises(NotFittedError):
        common.save_bundle(trees(), tmp_path / "model")


def test_no_estimator(tmp_path: Path) -> None:
    for model in (3, [trees()], RandomForestClassifier, np.zeros(3)):
        with pytest.raises(InvalidInputError, match="cannot be saved as a bundle"):
            common.save_bundle(model, tmp_path / "model")


# ----- forged --------------------------------------------------------------------------------------------------------


def archive(schema: Any, *, compression: int = zipfile.ZIP_STORED, **members: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", compression) as target:
        target.writestr("schema.json", schema if isinstance(schema, (bytes, str)) else json.dumps(schema))
        for name, data in members.items():
            target.writestr(name, data)
    return stream.getvalue()


def node(module: str, name: str, loader: str, **content: Any) -> dict[str, Any]:
    return {"__module__": module, "__class__": name, "__loader__": loader, "protocol": 2, **content}


CALL = node("os", "system", "FunctionNode")
EMPTY = node("builtins", "dict", "DictNode", key_types=node("builtins", "list", "ListNode", content=[]), content={})
FORGED = {
    "no archive": b"PK but not really",
    "nothing": b"",
    "no schema": archive({}),
    "no JSON": archive(b"{"),
    "a list": archive([]),
    "deep": archive("[" * 100_000 + "]" * 100_000),
    "a function": archive(CALL),
    "a function in a partial": archive(
        node(
            "functools",
            "partial",
            "PartialNode",
            content={"func": CALL} | dict.fromkeys(("args", "kwds", "namespace"), EMPTY),
        )
    ),
    "eval": archive(node("builtins", "eval", "TypeNode")),
    "a number": archive(node("builtins", "str", "JsonNode", content="7", is_json=True)),
    "a dict": archive(EMPTY),
    "another estimator": archive(node("sklearn.svm._classes", "SVC", "ObjectNode", content=EMPTY)),
    "names that are none": archive(node("os; system", "x", "TypeNode")),
    "names of other types": archive({"__module__": 1, "__class__": None, "__loader__": "TypeNode", "protocol": 2}),
    "no such loader": archive(node("a", "B", "MagicNode")),
    "a cycle": archive(
        node("builtins", "list", "ListNode", content=[node("a", "B", "CachedNode", __id__=1)], __id__=1)
    ),
    "a newer protocol": archive({**EMPTY, "protocol": 1000}),
    "a bomb": archive(b" " * 10**7 + b"{}", compression=zipfile.ZIP_DEFLATED),
    "an array of terabytes": archive(
        node("numpy", "ndarray", "NdArrayNode", type="numpy", file="a"),
        a=header("{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000000,), }"),
    ),
    "a pickle": archive(
        node("numpy", "ndarray", "NdArrayNode", type="numpy", file="a"),
        a=header("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }", b"cos\nsystem\n"),
    ),
}


@pytest.mark.parametrize("name", FORGED)
def test_forged_bytes(tmp_path: Path, name: str) -> None:
    types = save(PCA(1).fit(X[:, :, 0]), tmp_path / "model")
    reforge(tmp_path / "model", foreign.FILE, FORGED[name])
    with pytest.raises(ModelIntegrityError, match=r"estimator\.skops"):
        common.load_bundle(tmp_path / "model", trusted=types)


def test_types_that_the_manifest_hides(tmp_path: Path) -> None:
    """It names none, so nobody is asked; the bytes are asked too."""
    save(trees().fit(X[:, :, 0], Y), tmp_path / "model")
    for types in ([], FOREST[:2]):
        reforge(tmp_path / "model", "", None, types=types)
        with pytest.raises(ModelIntegrityError, match=r"sklearn\.tree\._tree\.Tree, which the manifest does not name"):
            common.load_bundle(tmp_path / "model", trusted=FOREST)


def test_other_files_beside_the_bytes(tmp_path: Path) -> None:
    types = save(PCA(1).fit(X[:, :, 0]), tmp_path / "model")
    reforge(tmp_path / "model", "notes.txt", b"")
    with pytest.raises(ModelIntegrityError, match=r"estimator\.skops alone"):
        common.load_bundle(tmp_path / "model", trusted=types)
