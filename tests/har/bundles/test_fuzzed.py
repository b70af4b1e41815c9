"""Bundles of every kind, changed at random with correct hashes, load or raise an error of this library."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from sklearn.pipeline import make_pipeline

import common
import har
from common.bundles import files
from common.errors import FrugalError
from har.preprocessing import GravityFrame, Resample, ScaleChannels
from tests.common.bundles.example import reforge

X = np.random.default_rng(0).normal(size=(12, 20, 3))
Y = ["rest", "walk"] * 6
SCORES = np.random.default_rng(1).random((12, 2))
MODELS = {
    "neighbors": har.DTWKNeighborsClassifier(2).fit(X, Y),
    "prototypes": har.DTWPrototypeClassifier(2, random_state=0).fit(X, Y),
    "integers": har.DTWPrototypeClassifier(2, bits=8, random_state=0).fit(X, Y),
    "readout": har.DTWPrototypeClassifier(2, readout="linear", random_state=0).fit(X, Y),
    "windows": har.Windows(X, Y, np.arange(12), 20, ["x", "y", "z"], np.arange(12)),
    "gravity frame": GravityFrame(acceleration=(0, 1, 2)).fit(X),
    "pipeline": make_pipeline(Resample(), ScaleChannels(), har.DTWKNeighborsClassifier()).fit(X, Y),
    "logistic": common.FusionClassifier().fit(SCORES, Y),
    "isotonic": common.FusionClassifier("dempster_shafer", calibration="isotonic").fit(SCORES, Y),
}
MODELS["stream"] = har.StreamingRecognizer(MODELS["neighbors"], rate_hz=20, window_s=1, step_s=0.5)

KINDS = ["har.neighbors", "har.prototypes", "har.windows", "har.gravity_frame", "har.resample", "har.streaming",
         "common.pipeline", "common.fusion", "common.skops", "no.such_kind"]  # fmt: skip
VALUES: list[Any] = [
    None, True, 0, -1, 2**31, 2**63, 10**300, 1e308, 1e-320, 0.5, "", "x" * 1000, "\ud800", [], {}, [[]], [1, 2],
    {"tuple": [1, 2]}, {"tuple": {"tuple": []}}, "logistic", "passthrough",
]  # fmt: skip
Array = npt.NDArray[Any]
ARRAYS: list[Callable[[Array], Array]] = [
    lambda a: a[:0],
    lambda a: a[:-1],
    lambda a: a[::-1],
    lambda a: a[..., None],
    np.ravel,
    lambda a: np.repeat(a, 3, axis=0),
    lambda a: np.full(a.shape, np.nan),
    lambda a: np.full(a.shape, 1e308),
    lambda a: np.full(a.shape, 2**63 - 1),
    lambda a: np.full(a.shape, "\U0010ffff"),
    lambda a: np.zeros(a.shape, "c16"),
    lambda a: np.zeros(a.shape, "S4"),
    lambda a: np.zeros(a.shape, "?"),
    lambda a: np.zeros((1,) * 30),
]


def changed(content: Any, random: Random) -> Any:
    """JSON with one value replaced, added or removed, at any depth."""
    places = list(content) if isinstance(content, dict) else range(len(content)) if isinstance(content, list) else []
    if not places or random.random() < 0.15:
        return random.choice(VALUES)
    content, place = content.copy(), random.choice(list(places))
    match random.randrange(8):
        case 0:
            del content[place]
        case 1 if isinstance(content, dict):
            content[random.choice(["x", "__class__", "fit"])] = random.choice(VALUES)
        case _:
            content[place] = changed(content[place], random)
    return content


def change(bundle: Path, random: Random) -> None:
    """Change one file, or the parts in the manifest."""
    manifest = json.loads((bundle / "manifest.json").read_text())
    name = random.choice([*manifest["files"], "manifest.json"])
    if name == "manifest.json":
        parts = {part: random.choice(KINDS) for part in manifest["parts"]}
        entries = random.choice([["types"], ["trained_on"], ["parts"], []])
        others = {entry: changed(manifest[entry], random) for entry in entries}
        reforge(bundle, "", None, **{"kind": random.choice(KINDS), "parts": parts, **others})
        return
    data = (bundle / name).read_bytes()
    if name.endswith(".json"):
        data = json.dumps(changed(json.loads(data), random)).encode()
    else:
        data = files.encode(name, random.choice(ARRAYS)(np.asarray(files.decode(name, data))))
    reforge(bundle, name, data)


@pytest.mark.filterwarnings("ignore:overflow encountered")
@pytest.mark.parametrize("name", MODELS)
def test_loaded_or_refused(tmp_path: Path, name: str) -> None:
    random = Random(name)
    common.save_bundle(MODELS[name], tmp_path / "model")
    refused = 0
    for _ in range(60):
        shutil.copytree(tmp_path / "model", tmp_path / "changed")
        change(tmp_path / "changed", random)
        try:
            common.load_bundle(tmp_path / "changed")
        except FrugalError as error:
            refused += 1
            str(error).encode("utf-8")  # it can be printed
        shutil.rmtree(tmp_path / "changed")
    assert refused > 20
