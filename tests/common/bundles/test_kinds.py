"""Who reads what: kinds are registered, announced by packages, and never taken from a bundle."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import common
from common.bundles import registry
from common.errors import InvalidInputError
from tests.common.bundles.example import Model, assert_same, forge, read, write


def test_unknown(tmp_path: Path) -> None:
    path = forge(tmp_path / "model", {}, kind="elsewhere.model")
    with pytest.raises(InvalidInputError, match="install or upgrade the package 'elsewhere'"):
        common.load_bundle(path)


def test_a_kind_is_never_imported(tmp_path: Path) -> None:
    import sys

    with pytest.raises(InvalidInputError):
        common.load_bundle(forge(tmp_path / "model", {}, kind="antigravity.model"))
    assert "antigravity" not in sys.modules


def test_found_by_entry_point(saved: Path, model: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    def load() -> None:
        registry.register("tests.model", Model, write, read)

    announced = [SimpleNamespace(name="tests.model", module=Model.__module__, load=load)]
    monkeypatch.setattr(registry, "entry_points", lambda group: announced if group == "har_fall.bundles" else [])
    registry._KINDS.clear()
    assert_same(common.load_bundle(saved), model)
    registry._KINDS.clear()
    common.save_bundle(model, saved)


def test_other_types_and_subclasses_are_refused(tmp_path: Path, model: Model) -> None:
    class Grown(Model):
        pass

    for other in (3, Grown(model.weights, {})):
        with pytest.raises(InvalidInputError, match=r"cannot be saved as a bundle; types that can: .*Model"):
            common.save_bundle(other, tmp_path / "model")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("kind", ["model", "Tests.model", "tests/model", "tests..model", "", None])
def test_names(kind: Any) -> None:
    with pytest.raises(InvalidInputError, match=r"^kind is"):
        registry.register(kind, Model, write, read)


def test_registered_otherwise() -> None:
    registry.register("tests.model", Model, write, read)  # the same again: a module was loaded again
    for kind, model_type in (("tests.model", int), ("tests.other", Model)):
        with pytest.raises(InvalidInputError, match="cannot be"):
            registry.register(kind, model_type, write, read)
