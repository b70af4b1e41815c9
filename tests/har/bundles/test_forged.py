"""Bundles of classifiers and windows with correct hashes and wrong content: the message says what is wrong."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.base import BaseEstimator

import common
import har
from common.bundles import files
from common.errors import ModelIntegrityError
from tests.common.bundles.example import reforge


def change_json(**changes: Any) -> Any:
    return lambda about: {**about, **changes}


def set_parameter(**changes: Any) -> Any:
    return lambda about: {**about, "parameters": {**about["parameters"], **changes}}


EVERY_KIND = [
    ("classes.npy", lambda a: a[::-1], "two or more different labels in order"),
    ("classes.npy", lambda a: a[:1], "two or more different labels in order"),
    ("classes.npy", lambda a: a[:0], "classes is empty"),
    ("classes.npy", lambda a: a[None], "classes has shape"),
    ("class_indices.npy", lambda a: a + 1, "class_indices is 3 at"),
    ("class_indices.npy", lambda a: a - 1, "class_indices is -1 at"),
    ("class_indices.npy", lambda a: a * 0, "each class at least once"),
    ("class_indices.npy", lambda a: a[:-1], "a class for each"),
    ("class_indices.npy", lambda a: a.astype(float), "integers"),
    ("model.json", lambda _: [], "list indices"),
    ("model.json", lambda _: {}, "parameters"),
    ("model.json", change_json(radius=-1), "radius is -1"),
    ("model.json", change_json(radius=14), "radius is 14"),
    ("model.json", change_json(radius=2.0), "radius is 2.0"),
    ("model.json", change_json(cost={"macs": -1}), "macs"),
    ("model.json", change_json(cost={"system": 1}), "unexpected keyword"),
    ("model.json", change_json(feature_names=["a"]), "feature_names must be 42 names"),
    ("model.json", change_json(feature_names=[1] * 42), "feature_names must be 42 names"),
    ("model.json", change_json(feature_names=3), "feature_names must be 42 names"),
    ("model.json", change_json(parameters=None), "NoneType"),
    ("model.json", set_parameter(__class__="os.system"), "unexpected keyword"),
    ("model.json", set_parameter(n_neighbors=10**9), "n_neighbors is 1000000000"),
    ("model.json", set_parameter(n_neighbors=None), "n_neighbors is None"),
    ("model.json", set_parameter(n_jobs=0), "n_jobs is 0"),
    ("model.json", set_parameter(n_jobs="all"), "n_jobs is 'all'"),
    ("model.json", set_parameter(band=-0.5), "band is -0.5"),
]
EPOCH = {"number": 1, "n_epochs": 2, "loss": 0.5, "training_accuracy": 0.5, "validation_accuracy": None}
NEIGHBORS = [
    *EVERY_KIND,
    ("windows.npy", lambda a: a * np.nan, "windows contains NaN"),
    ("windows.npy", lambda a: a[0, 0], "windows has 1 dimension"),
    ("windows.npy", lambda a: a[:, :0], "windows is empty"),
    ("windows.npy", None, "windows.npy"),
    ("model.json", set_parameter(weights="heavy"), "weights is 'heavy'"),
]
PROTOTYPES = [
    *EVERY_KIND,
    ("prototypes.npy", lambda a: a * np.inf, "prototypes contains"),
    ("prototypes.npy", None, "prototypes.npy"),
    ("channel_weights.npy", lambda a: a[:-1], "channel_weights must be 3 numbers"),
    ("channel_weights.npy", lambda a: -a, "channel_weights must be 3 numbers"),
    ("channel_weights.npy", lambda a: a * 0, "channel_weights must be 3 numbers"),
    ("channel_weights.npy", lambda a: a * np.nan, "channel_weights must be 3 numbers"),
    ("channel_weights.npy", lambda a: a.astype("U9"), "does not contain what a har.prototypes needs"),
    ("history.json", lambda _: [{"loss": 1}], "missing"),
    ("history.json", lambda _: 7, "int"),
    ("history.json", lambda h: [{**EPOCH, "number": 10**400}], "number is"),
    ("history.json", lambda h: [{**EPOCH, "number": "1"}], "number is"),
    ("history.json", lambda h: [{**EPOCH, "loss": 10**400}], "loss is"),
    ("history.json", lambda h: [{**EPOCH, "loss": "low"}], "loss|real number"),
    ("history.json", lambda h: [{**EPOCH, "colour": 1.0}], "colour"),
    ("model.json", set_parameter(method="magic"), "method is 'magic'"),
    ("model.json", set_parameter(n_prototypes="many"), "n_prototypes is 'many'"),
    ("model.json", set_parameter(validation_fraction=2), "validation_fraction is 2"),
    ("model.json", set_parameter(random_state="now"), "random_state is 'now'"),
    ("model.json", set_parameter(verbose=[]), "verbose|int"),
    ("model.json", change_json(steepness=-1), "steepness is -1"),
    ("model.json", change_json(steepness=1e308), "steepness is"),
    ("model.json", change_json(steepness=None), "steepness is None"),
]
INTEGERS = [
    ("prototypes.npy", lambda a: a.astype(np.int16) * 2, "prototypes holds .* but the limit is 127"),
    ("prototypes.npy", lambda a: a.astype(float), "must be 8- or 16-bit integers"),
    ("prototypes.npy", lambda a: a[0], "of three dimensions"),
    ("prototypes.npy", lambda a: a[:, :, :2], "prototypes has 2 channels but 3 have a weight above 0"),
    ("prototypes.npy", lambda a: a[:1], "a class for each"),
    *((name, None, name) for name in ("prototypes.npy", "centre.npy", "scale.npy", "integers.json")),
    ("centre.npy", lambda a: a * np.nan, "centre must be 3 finite numbers"),
    ("centre.npy", lambda a: a[:2], "centre must be 3 finite numbers"),
    ("scale.npy", lambda a: a.astype(np.float32), "scale must be 3 finite numbers"),
    ("scale.npy", lambda a: -a, "scale must be above 0"),
    ("scale.npy", lambda a: a * [1, 2, 1], "distance_scale must be the square"),
    ("channel_weights.npy", lambda a: a * [2, 1, 0], "prototypes has 3 channels but 2"),
    ("channel_weights.npy", lambda a: a[:, None], "channel_weights must be|IndexError|needs"),
    ("integers.json", change_json(limit=128), "limit is 128; it must be at least 1 and at most 127"),
    ("integers.json", change_json(limit=1), "but the limit is 1"),
    ("integers.json", change_json(distance_scale=0), "distance_scale is 0"),
    ("integers.json", change_json(dtype="object"), "dtype is 'object'"),
    ("integers.json", lambda _: {}, "limit"),
    ("model.json", set_parameter(bits=7), "bits is 7"),
    ("model.json", set_parameter(bits="8"), "bits is '8'"),
]
LINEAR = [
    ("readout_coef.npy", lambda a: a[:1], "readout_coef must be finite numbers of shape (3, 12)"),
    ("readout_coef.npy", lambda a: a * np.nan, "readout_coef must be finite"),
    ("readout_coef.npy", lambda a: a.astype(int), "readout_coef must be finite"),
    ("readout_mean.npy", lambda a: a[:-1], "readout_mean must be finite numbers of shape (12,)"),
    ("readout_scale.npy", lambda a: a * 0, "readout_scale must be above 0"),
    ("readout_intercept.npy", lambda a: a[:1], "readout_intercept must be finite numbers of shape (3,)"),
    *((f"readout_{part}.npy", None, f"readout_{part}.npy") for part in ("mean", "scale", "coef", "intercept")),
    ("model.json", set_parameter(readout="loud"), "readout is 'loud'"),
]


def check_forged(model: BaseEstimator, folder: Path, name: str, change: Any, message: str) -> None:
    common.save_bundle(model, folder / "model")
    common.load_bundle(folder / "model")
    data = (
        None
        if change is None
        else files.encode(name, change(files.decode(name, (folder / "model" / name).read_bytes())))
    )
    reforge(folder / "model", name, data)
    with pytest.raises(ModelIntegrityError, match=message):
        common.load_bundle(folder / "model")


@pytest.mark.parametrize(("name", "change", "message"), NEIGHBORS)
def test_forged_neighbours(tmp_path: Path, windows: Any, name: str, change: Any, message: str) -> None:
    model = har.DTWKNeighborsClassifier().fit(windows, ["a", "b", "c"] * 15)
    check_forged(model, tmp_path, name, change, message)


@pytest.mark.parametrize(("name", "change", "message"), PROTOTYPES)
def test_forged_prototypes(tmp_path: Path, windows: Any, name: str, change: Any, message: str) -> None:
    model = har.DTWPrototypeClassifier(2, method="medoid", random_state=0).fit(windows, ["a", "b", "c"] * 15)
    check_forged(model, tmp_path, name, change, message)


@pytest.mark.parametrize(("name", "change", "message"), INTEGERS)
def test_forged_integers(tmp_path: Path, windows: Any, name: str, change: Any, message: str) -> None:
    model = har.DTWPrototypeClassifier(2, method="medoid", bits=8, random_state=0).fit(windows, ["a", "b", "c"] * 15)
    check_forged(model, tmp_path, name, change, message)


@pytest.mark.parametrize(("name", "change", "message"), LINEAR)
def test_forged_readouts(tmp_path: Path, windows: Any, name: str, change: Any, message: str) -> None:
    model = har.DTWPrototypeClassifier(2, method="medoid", readout="linear", random_state=0)
    check_forged(model.fit(windows, ["a", "b", "c"] * 15), tmp_path, name, change, re.escape(message))


def test_forged_windows(tmp_path: Path, windows: Any) -> None:
    saved = har.Windows(windows, np.arange(45) % 3, np.arange(45), 50, ["x", "y", "z"], np.arange(45))
    check_forged(saved, tmp_path, "about.json", change_json(rate_hz=-1), "rate_hz is -1")
    check_forged(saved, tmp_path / "other", "y.npy", lambda a: a[1:], "y has 44 entries")
