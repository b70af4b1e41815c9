"""Files of an export: replaced together or not at all, and nobody else's files."""

import os
from pathlib import Path

import pytest

from common import InvalidInputError
from fall import export_c_array
from fall.tflite.embedded import writing
from tests.fall.tflite.embedded.building import model

pytestmark = pytest.mark.usefixtures("without_micro")

FILES = ["fall_model.c", "fall_model.cmake", "fall_model.h", "fall_model_example.cpp"]


def listed(folder):
    return sorted(path.name for path in folder.iterdir())


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_an_export_replaces_an_older_one(tmp_path):
    first = export_c_array(model(), tmp_path / "a" / "b")
    before = contents(tmp_path / "a" / "b")
    second = export_c_array(model(threshold=0.7), tmp_path / "a" / "b")
    assert listed(tmp_path / "a" / "b") == FILES
    assert (first.header, first.source) == (second.header, second.source)
    assert contents(tmp_path / "a" / "b")["fall_model.h"] != before["fall_model.h"]
    export_c_array(model(), tmp_path / "a" / "b")
    assert contents(tmp_path / "a" / "b") == before


def test_an_export_of_version_0_1_is_replaced(tmp_path):
    (tmp_path / "fall_model.h").write_text(f"/* int8: a .tflite file of 9 bytes\n   SHA-256 {'0' * 64}\n */")
    (tmp_path / "fall_model.c").write_text(f"/* SHA-256 {'0' * 64} */")
    export_c_array(model(), tmp_path)
    assert listed(tmp_path) == FILES


@pytest.mark.parametrize("name", FILES)
def test_other_files_are_kept(tmp_path, name):
    (tmp_path / name).write_text("int my_own_work;\n")
    with pytest.raises(InvalidInputError, match=f"directory holds '{name}', which fall.export_c_array did not write"):
        export_c_array(model(), tmp_path)
    assert contents(tmp_path) == {name: b"int my_own_work;\n"}


def test_a_folder_in_the_place_of_a_file_is_kept(tmp_path):
    (tmp_path / "fall_model.c").mkdir()
    with pytest.raises(InvalidInputError, match=r"directory holds 'fall_model\.c'"):
        export_c_array(model(), tmp_path)


@pytest.mark.parametrize("at", [1, 2, 4])
def test_a_failure_while_writing_changes_nothing(tmp_path, monkeypatch, at):
    export_c_array(model(), tmp_path)
    before = contents(tmp_path)
    write, calls = writing._write, []

    def failing(path, content):
        calls.append(path)
        if len(calls) == at:
            path.write_bytes(content[:10])
            raise OSError(28, "No space left on device")
        write(path, content)

    monkeypatch.setattr(writing, "_write", failing)
    with pytest.raises(InvalidInputError, match=r"cannot be written to .*No space left"):
        export_c_array(model(threshold=0.9), tmp_path)
    assert contents(tmp_path) == before


def test_two_models_live_in_one_folder(tmp_path):
    export_c_array(model(), tmp_path, name="first")
    export_c_array(model("float32"), tmp_path, name="second")
    assert len(listed(tmp_path)) == 8


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_permission_is_named(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(InvalidInputError, match="cannot be written to"):
        export_c_array(model(), tmp_path)
    tmp_path.chmod(0o700)


@pytest.mark.parametrize("recipe", ["*/ #error", "int8\n#error", "a\\", "??/", "é"])
def test_no_text_leaves_its_comment(tmp_path, recipe):
    exported = export_c_array(model(recipe=recipe), tmp_path)
    first = exported.header.read_text().split("*/")[0]
    assert first.splitlines()[-1] == "   A stored number q stands for SCALE * (q - ZERO_POINT). "
    for path in (exported.header, exported.source, exported.cmake, exported.example):
        assert Path(path).read_bytes().isascii()
