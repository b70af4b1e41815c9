"""What saving refuses, replaces, and leaves alone."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import common
from common.bundles import registry
from common.errors import InvalidInputError
from tests.common.bundles.example import Model, assert_same, read


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"a.npy": np.array([None])}, "a.npy has dtype object"),
        ({"a.npy": [1, 2]}, "a.npy holds a list"),
        ({"a.bin": "text"}, "a.bin holds a str"),
        ({"a.json": {1: 2}}, "a.json is not plain JSON"),
        ({"a.json": (1, 2)}, "a.json is not plain JSON"),
        ({"a.json": float("nan")}, "a.json is not plain JSON"),
        ({"a.json": {1, 2}}, "a.json is not plain JSON"),
        ({"../a.bin": b""}, "no plain file name"),
        ({"a.bin": b"", "A.bin": b""}, "'A.bin' is taken"),
        ({"manifest.json": {}}, "'manifest.json' is taken"),
        ({f"a{i}": b"" for i in range(1001)}, "at most 1000"),
    ],
)
def test_refuses_other_content(saved: Path, model: Model, files: dict[str, Any], message: str) -> None:
    registry.register("tests.model", Model, lambda _: files, read)
    with pytest.raises(InvalidInputError, match=message):
        common.save_bundle(model, saved)
    assert_same(common.load_bundle(saved), model)


def test_replaces_a_bundle(saved: Path, model: Model) -> None:
    newer = Model(np.zeros(3), {}, b"newer")
    common.save_bundle(newer, saved)
    assert_same(common.load_bundle(saved), newer)
    assert [path.name for path in saved.parent.iterdir()] == ["model"]


def test_fills_an_empty_folder_and_makes_parents(tmp_path: Path, model: Model) -> None:
    (tmp_path / "empty").mkdir()
    for path in (tmp_path / "empty", tmp_path / "new" / "below"):
        common.save_bundle(model, path)
        assert_same(common.load_bundle(path), model)


@pytest.mark.parametrize("where", ["home", "home/thesis.txt"])
def test_never_replaces_anything_else(tmp_path: Path, model: Model, where: str) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "thesis.txt").write_text("years of work")
    with pytest.raises(InvalidInputError, match="is there and is no intact bundle"):
        common.save_bundle(model, tmp_path / where)
    assert (tmp_path / "home" / "thesis.txt").read_text() == "years of work"


@pytest.mark.parametrize("name", ["x" * 240, "x" * 300, "file/model", "file/further/model", "loop/model"])
def test_where_no_folder_can_be(tmp_path: Path, model: Model, name: str) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    for attempt in (lambda path: common.save_bundle(model, path), common.load_bundle):
        with pytest.raises(InvalidInputError, match=r"^directory is"):
            attempt(tmp_path / name)
    assert {path.name for path in tmp_path.iterdir()} == {"file", "loop"}


def test_never_deletes_a_file_that_was_put_beside_the_model(saved: Path, model: Model) -> None:
    (saved / "notes.txt").write_text("mine")
    with pytest.raises(InvalidInputError, match=r"notes\.txt"):
        common.save_bundle(model, saved)
    assert (saved / "notes.txt").exists()


def test_a_writer_that_fails_leaves_the_old_one(saved: Path, model: Model) -> None:
    def fail(_: Model) -> dict[str, Any]:
        raise RuntimeError("halfway")

    registry.register("tests.model", Model, fail, read)
    with pytest.raises(RuntimeError, match="halfway"):
        common.save_bundle(model, saved)
    assert_same(common.load_bundle(saved), model)
