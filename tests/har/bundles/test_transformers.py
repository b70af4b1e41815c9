"""Saved transformers load with their parameters and what they learned; invalid ones are refused."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.exceptions import NotFittedError

import common
import har
from common.bundles import files, registry
from common.errors import InvalidInputError, ModelIntegrityError
from har import preprocessing
from har.preprocessing import (
    GravityFrame,
    LogJerk,
    LowPass,
    Magnitude,
    NormalizeWindows,
    Resample,
    ScaleChannels,
    SeparateGravity,
)
from har.preprocessing.base import WindowTransformer
from tests.common.bundles.example import reforge

X = np.random.default_rng(0).normal(size=(5, 40, 9)) * np.arange(1, 10)
TRANSFORMERS = [
    GravityFrame(),
    GravityFrame(acceleration=(0, 1, 2), gravity=[3, 4, 5], rotation=(), keep_gravity=False),
    LogJerk(rate_hz=10, channels=(0, 1, 2), floor=0.1),
    LowPass(rate_hz=np.float32(50), cutoff_hz=5, order=np.int64(2)),
    Magnitude(),
    Magnitude(groups=((0, 1, 2), [3, 4]), keep=False),
    Magnitude(groups=[range(3), np.arange(3, 5)]),
    NormalizeWindows(with_std=False),
    Resample(rate_hz=50, target_hz=12.5),
    ScaleChannels(),
    ScaleChannels(with_mean=True),
    ScaleChannels(groups=((0, 1, 2), [3, 4, 5])),
    SeparateGravity(rate_hz=50.0),
    SeparateGravity(method="mean", channels=np.array([6, 7])),
]


@pytest.mark.parametrize("precision", [np.float32, np.float64])
@pytest.mark.parametrize("transformer", TRANSFORMERS, ids=repr)
def test_they_transform_as_before_bit_for_bit(tmp_path: Path, transformer: Any, precision: Any) -> None:
    windows = X.astype(precision)
    transformer.fit(windows)
    common.save_bundle(transformer, tmp_path / "model")
    loaded = common.load_bundle(tmp_path / "model")
    assert type(loaded) is type(transformer)
    assert vars(loaded).keys() == vars(transformer).keys()
    expected = transformer.transform(windows)
    assert loaded.transform(windows).dtype == expected.dtype
    assert loaded.transform(windows).tobytes() == expected.tobytes()
    assert loaded.fit_transform(windows).tobytes() == expected.tobytes()


def test_every_transformer_has_a_kind() -> None:
    types = [value for value in vars(preprocessing).values() if isinstance(value, type)]
    transformers = [t for t in types if issubclass(t, WindowTransformer)]
    assert transformers
    for transformer in transformers:
        assert registry.kind_of(transformer()), f"register {transformer.__name__} in har/bundles/transformers.py"


def test_tuples_and_lists_stay_what_they_are(tmp_path: Path) -> None:
    magnitude = Magnitude(groups=((0, 1), [2, 3])).fit(X)
    common.save_bundle(magnitude, tmp_path / "model")
    assert common.load_bundle(tmp_path / "model").groups == ((0, 1), [2, 3])


def test_parameters_set_after_fit(tmp_path: Path) -> None:
    resample = Resample(rate_hz=50, target_hz=25).fit(X).set_params(target_hz=np.float64(10))
    common.save_bundle(resample, tmp_path / "model")
    loaded = common.load_bundle(tmp_path / "model")
    assert loaded.get_params() == {"rate_hz": 50, "target_hz": 10.0}
    assert loaded.transform(X).tobytes() == resample.transform(X).tobytes()


def test_names_of_features(tmp_path: Path) -> None:
    frame = pd.DataFrame(X[:, :, 0], columns=[f"t{i}" for i in range(40)])
    common.save_bundle(ScaleChannels().fit(frame), tmp_path / "model")
    loaded = common.load_bundle(tmp_path / "model")
    with pytest.raises(InvalidInputError, match="feature names should match"):
        loaded.transform(frame.rename(columns={"t3": "other"}))


# ----- refused -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("transformer", TRANSFORMERS, ids=repr)
def test_what_is_not_fitted_is_not_saved(tmp_path: Path, transformer: Any) -> None:
    with pytest.raises(NotFittedError):
        common.save_bundle(type(transformer)(), tmp_path / "model")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("transformer", "parameters", "message"),
    [
        (Resample(), {"target_hz": -1}, "target_hz is -1"),
        (Magnitude(), {"groups": {0: 1}}, "groups is"),
        (GravityFrame(), {"acceleration": (0, 99)}, r"acceleration\[1\] is 99"),
        (LowPass(), {"order": 1.5}, "order is 1.5"),
        (ScaleChannels(), {"with_mean": object()}, "with_mean is"),
        (NormalizeWindows(), {"with_std": len}, "with_std is"),
    ],
)
def test_parameters_that_fit_would_refuse(
    tmp_path: Path, transformer: Any, parameters: dict[str, Any], message: str
) -> None:
    transformer.fit(X).set_params(**parameters)
    with pytest.raises(InvalidInputError, match=message):
        common.save_bundle(transformer, tmp_path / "model")
    assert not list(tmp_path.iterdir())


def test_a_window_that_is_too_large(tmp_path: Path) -> None:
    windows = np.zeros((1, 2**20 + 1))
    with pytest.raises(InvalidInputError, match="too large for a bundle"):
        common.save_bundle(NormalizeWindows().fit(windows), tmp_path / "model")


def plain(**changes: Any) -> bytes:
    about = {
        "parameters": {"rate_hz": 50.0, "target_hz": 25.0},
        "n_timesteps": 40,
        "n_channels": 9,
        "feature_names": None,
    }
    return files.encode("transformer.json", {**about, **changes})


@pytest.mark.parametrize(
    "data",
    [
        plain(parameters={"rate_hz": "fast"}),
        plain(parameters={"rate_hz": {"list": []}}),
        plain(parameters={"rate_hz": {"tuple": 1}}),
        plain(parameters={"rate_hz": {}}),
        plain(parameters={"rate_hz": {"tuple": [], "x": 1}}),
        plain(parameters={"fit": 1}),
        plain(parameters={"__init__": 1}),
        plain(parameters=[]),
        plain(n_timesteps=0),
        plain(n_timesteps=2**62),
        plain(n_timesteps=10**300),
        plain(n_timesteps=4.0),
        plain(n_channels="9"),
        plain(feature_names=["a"]),
        plain(feature_names="a" * 360),
        plain(feature_names=[1] * 360),
        plain(coef_=1),
        b"[]\n",
        b"null\n",
        None,
    ],
)
def test_forged(tmp_path: Path, data: bytes | None) -> None:
    common.save_bundle(Resample().fit(X), tmp_path / "model")
    reforge(tmp_path / "model", "transformer.json", data)
    with pytest.raises(ModelIntegrityError):
        common.load_bundle(tmp_path / "model")


@pytest.mark.parametrize(
    "scale",
    [np.zeros(9), -np.ones(9), np.ones(8), np.ones((9, 1)), np.full(9, np.nan), np.ones(9, int), np.array(["1"] * 9)],
)
def test_forged_scales(tmp_path: Path, scale: Any) -> None:
    common.save_bundle(ScaleChannels().fit(X), tmp_path / "model")
    reforge(tmp_path / "model", "scale.npy", files.encode("scale.npy", scale))
    with pytest.raises(ModelIntegrityError, match="scale must be"):
        common.load_bundle(tmp_path / "model")


def test_a_classifier_is_not_a_transformer(tmp_path: Path) -> None:
    """The manifest names a transformer, but the files are those of a classifier."""
    common.save_bundle(har.DTWKNeighborsClassifier().fit(X, [0, 1, 0, 1, 0]), tmp_path / "model")
    reforge(tmp_path / "model", "", None, kind="har.resample")
    with pytest.raises(ModelIntegrityError, match=r"needs \(KeyError: 'transformer\.json'"):
        common.load_bundle(tmp_path / "model")
