"""Bundles: what is saved comes back, and whatever differs by one bit, one file or one byte of a claim does not."""

import errno
import hashlib
import io
import json
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from hypothesis.extra import numpy as hnp

import common
from common.bundles import atomic, files as bundle_files, registry as bundle
from common.errors import FrugalError, InvalidInputError, ModelIntegrityError, UnsafeInputError


@dataclass
class Model:
    weights: npt.NDArray[Any]
    settings: Any
    blob: bytes = b"TFL3"


def write(model: Model) -> dict[str, Any]:
    return {"weights.npy": model.weights, "settings.json": model.settings, "model.tflite": model.blob}


def read(files: Any) -> Model:
    return Model(files["weights.npy"], files["settings.json"], files["model.tflite"])


@pytest.fixture(autouse=True)
def registry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundle, "_KINDS", {})
    bundle.register("tests.model", Model, write, read)


@pytest.fixture(autouse=True)
def flushed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The sizes of what was flushed to the disk; flushing itself takes the tests' time and shows them nothing."""
    sizes: list[int] = []
    monkeypatch.setattr(os, "fsync", lambda descriptor: sizes.append(os.fstat(descriptor).st_size))
    return sizes


@pytest.fixture
def model() -> Model:
    return Model(np.arange(12, dtype=np.float32).reshape(3, 4), {"classes": ["fall", "walk"], "threshold": 0.25})


@pytest.fixture
def saved(tmp_path: Path, model: Model) -> Path:
    common.save_bundle(model, tmp_path / "model")
    return tmp_path / "model"


def assert_same(first: Model, second: Model) -> None:
    np.testing.assert_array_equal(first.weights, second.weights)
    assert first.weights.dtype == second.weights.dtype
    assert (first.settings, first.blob) == (second.settings, second.blob)


def forge(directory: Path, files: dict[str, bytes], /, **changes: Any) -> Path:
    """A bundle by somebody who knows the format: every hash is right."""
    entries = {name: {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()} for name, data in files.items()}
    content = {"format": 1, "kind": "tests.model", "library": "0.1.0", "files": entries, **changes}
    return forge_manifest(directory, json.dumps(content).encode(), files)


def forge_manifest(directory: Path, manifest: bytes, files: dict[str, bytes]) -> Path:
    directory.mkdir()
    for name, data in files.items():
        (directory / name).write_bytes(data)
    (directory / "manifest.json").write_bytes(manifest)
    (directory / "manifest.sha256").write_text(f"{hashlib.sha256(manifest).hexdigest()}  manifest.json\n")
    return directory


class TestRoundTrip:
    def test_comes_back(self, saved: Path, model: Model) -> None:
        loaded = common.load_bundle(saved)
        assert_same(loaded, model)
        loaded.weights[0] = 1  # it can be written to

    def test_the_files_are_what_they_seem(self, saved: Path, model: Model) -> None:
        assert (saved / "model.tflite").read_bytes() == b"TFL3"
        np.testing.assert_array_equal(np.load(saved / "weights.npy", allow_pickle=False), model.weights)
        manifest = json.loads((saved / "manifest.json").read_text())
        assert manifest["kind"] == "tests.model"
        assert manifest["library"] == common.__version__
        assert manifest["files"]["model.tflite"] == {"bytes": 4, "sha256": hashlib.sha256(b"TFL3").hexdigest()}
        digest = hashlib.sha256((saved / "manifest.json").read_bytes()).hexdigest()
        assert (saved / "manifest.sha256").read_text() == f"{digest}  manifest.json\n"  # as sha256sum writes it

    def test_the_same_model_gives_the_same_bytes(self, tmp_path: Path, saved: Path, model: Model) -> None:
        common.save_bundle(model, tmp_path / "again")
        assert {p.name: p.read_bytes() for p in saved.iterdir()} == {
            p.name: p.read_bytes() for p in (tmp_path / "again").iterdir()
        }

    @given(
        hnp.arrays(
            st.one_of(
                hnp.boolean_dtypes(),
                hnp.integer_dtypes(endianness="?"),
                hnp.floating_dtypes(endianness="?"),
                hnp.complex_number_dtypes(),
                hnp.unicode_string_dtypes(min_len=1),
                hnp.byte_string_dtypes(min_len=1),
            ),
            hnp.array_shapes(min_dims=0, min_side=0),
        )
    )
    def test_every_plain_array(self, array: npt.NDArray[Any]) -> None:
        for one in (array, np.asfortranarray(array), array[..., ::-1] if array.ndim else array):
            decoded = bundle_files.decode("a.npy", bundle_files.encode("a.npy", one))
            assert isinstance(decoded, np.ndarray)
            assert decoded.dtype == array.dtype.newbyteorder("=")
            np.testing.assert_array_equal(decoded, one)

    json_values = st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    )

    @settings(deadline=None)
    @given(json_values)
    def test_every_json(self, content: Any) -> None:
        assert bundle_files.decode("a.json", bundle_files.encode("a.json", content)) == content

    def test_through_a_link_to_the_folder(self, tmp_path: Path, saved: Path, model: Model) -> None:
        (tmp_path / "current").symlink_to(saved, target_is_directory=True)
        assert_same(common.load_bundle(tmp_path / "current"), model)


class TestDamage:
    def test_flipped_bits_are_found(self, saved: Path) -> None:
        """More than 800 positions over all files; steps of 7 reach every bit of a byte."""
        tried = 0
        for path in sorted(saved.iterdir()):
            content = path.read_bytes()
            for bit in range(0, 8 * len(content), 7):
                damaged = bytearray(content)
                damaged[bit // 8] ^= 1 << bit % 8
                path.write_bytes(damaged)
                with pytest.raises(ModelIntegrityError):
                    common.load_bundle(saved)
                tried += 1
            path.write_bytes(content)
        assert tried >= 800
        common.load_bundle(saved)

    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200, deadline=None)
    @given(data=st.data())
    def test_cut_grown_swapped_or_overwritten(self, saved: Path, data: st.DataObject) -> None:
        path = saved / data.draw(st.sampled_from(sorted(p.name for p in saved.iterdir())))
        content = path.read_bytes()
        start = data.draw(st.integers(0, len(content)))
        stop = data.draw(st.integers(start, len(content)))
        damaged = content[:start] + data.draw(st.binary(max_size=20)) + content[stop:]
        path.write_bytes(damaged)
        try:
            if damaged == content:
                common.load_bundle(saved)
            else:
                with pytest.raises(ModelIntegrityError):
                    common.load_bundle(saved)
        finally:
            path.write_bytes(content)

    def test_nothing_but_the_manifest_is_parsed_before_all_is_verified(
        self, saved: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(bundle, "decode", lambda *_: pytest.fail("parsed too early"))
        (saved / "weights.npy").write_bytes(b"\x93NUMPY but not as saved")
        with pytest.raises(ModelIntegrityError, match=r"weights\.npy"):
            common.load_bundle(saved)

    @pytest.mark.parametrize("name", ["weights.npy", "manifest.json", "manifest.sha256"])
    def test_a_missing_file(self, saved: Path, name: str) -> None:
        (saved / name).unlink()
        with pytest.raises(ModelIntegrityError, match=name):
            common.load_bundle(saved)

    def test_an_extra_file(self, saved: Path) -> None:
        (saved / "notes.txt").write_text("mine")
        with pytest.raises(ModelIntegrityError, match=r"holds notes\.txt, which its manifest does not know"):
            common.load_bundle(saved)

    @pytest.mark.parametrize("make", [os.mkfifo, os.mkdir, lambda path: path.symlink_to("/etc/passwd")])
    def test_links_pipes_and_folders(self, saved: Path, make: Any) -> None:
        (saved / "model.tflite").unlink()
        make(saved / "model.tflite")
        with pytest.raises(UnsafeInputError, match="link or no file"):
            common.load_bundle(saved)

    def test_no_bundle(self, tmp_path: Path, saved: Path) -> None:
        for path in (tmp_path / "nothing", saved / "model.tflite"):
            with pytest.raises(InvalidInputError, match="no folder"):
                common.load_bundle(path)
        (tmp_path / "empty").mkdir()
        with pytest.raises(ModelIntegrityError, match=r"has no manifest\.json"):
            common.load_bundle(tmp_path / "empty")
        for value in (None, 3, "a\0b"):
            with pytest.raises(InvalidInputError, match=r"^directory is"):
                common.load_bundle(value)

    def test_too_large(self, saved: Path) -> None:
        with pytest.raises(UnsafeInputError, match="pass max_bytes="):
            common.load_bundle(saved, max_bytes=10)


class TestHostile:
    """Every hash is right; what is said is not."""

    @pytest.mark.parametrize(
        "name",
        [
            "../evil.npy",
            "a/b.npy",
            "a\\b.npy",
            "..",
            ".hidden",
            "a..npy",
            "",
            "a b",
            "a\n",
            "é",
            "manifest.json",
            "C:x",
        ],
    )
    def test_names(self, tmp_path: Path, name: str) -> None:
        entry = {"bytes": 1, "sha256": hashlib.sha256(b"x").hexdigest()}
        path = forge(tmp_path / "model", {}, files={name: entry})
        with pytest.raises(ModelIntegrityError, match=r"file name|lacks"):
            common.load_bundle(path)

    @pytest.mark.parametrize(
        "changes",
        [
            {"files": []},
            {"files": {"a.npy": {}}},
            {"files": {"a.npy": {"bytes": True, "sha256": "0" * 64}}},
            {"files": {"a.npy": {"bytes": -1, "sha256": "0" * 64}}},
            {"files": {"a.npy": {"bytes": 1.0, "sha256": "0" * 64}}},
            {"files": {"a.npy": {"bytes": 1, "sha256": "A" * 64}}},
            {"files": {f"a{i}": {"bytes": 0, "sha256": "0" * 64} for i in range(1001)}},
            {"kind": "os"},
            {"kind": "../model"},
            {"kind": None},
            {"library": 1},
            {"format": "1"},
            {"format": True},
            {"format": None},
            {"extra": 1},
        ],
    )
    def test_manifests(self, tmp_path: Path, changes: dict[str, Any]) -> None:
        with pytest.raises(ModelIntegrityError):
            common.load_bundle(forge(tmp_path / "model", {}, **changes))

    @pytest.mark.parametrize(
        "manifest",
        [
            b"",
            b"[]",
            b"\xff",
            b'{"format": 1, "format": 1}',
            b'{"format": NaN}',
            b"[" * 100_000,
            b'{"format": ' + b"9" * 10_000 + b"}",
            b" " * 1_000_001,
        ],
    )
    def test_manifest_bytes(self, tmp_path: Path, manifest: bytes) -> None:
        with pytest.raises((ModelIntegrityError, InvalidInputError)):
            common.load_bundle(forge_manifest(tmp_path / "model", manifest, {}))

    def test_a_newer_format(self, tmp_path: Path) -> None:
        with pytest.raises(InvalidInputError, match="format 2, this har-fall reads 1: upgrade"):
            common.load_bundle(forge(tmp_path / "model", {}, format=2))

    def test_sizes_that_add_up_beyond_the_limit(self, tmp_path: Path) -> None:
        entries = {f"a{i}": {"bytes": 2**29, "sha256": "0" * 64} for i in range(3)}
        path = forge(tmp_path / "model", {}, files=entries)
        for name in entries:
            (path / name).touch()
        with pytest.raises(UnsafeInputError):
            common.load_bundle(path)

    @staticmethod
    def header(text: str, data: bytes = b"") -> bytes:
        text = text.ljust(117) + "\n"
        return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text.encode() + data

    @pytest.mark.parametrize(
        "text",
        [
            "{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000000,), }",
            "{'descr': '<f8', 'fortran_order': False, 'shape': (-1, -1), }",
            "{'descr': '<f8', 'fortran_order': False, 'shape': (0, 10000000000000000000000), }",
            "{'descr': '<U0', 'fortran_order': False, 'shape': (1000000000000,), }",
            "{'descr': '|O', 'fortran_order': False, 'shape': (), }",
            "{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (0,), }",
            "{'descr': '<f8', 'fortran_order': False, 'shape': (True,), }",
            "{'descr': 'no such type', 'fortran_order': False, 'shape': (0,), }",
            "__import__('os').abort()",
            "",
        ],
    )
    def test_arrays(self, text: str) -> None:
        with pytest.raises(ModelIntegrityError, match=r"a\.npy is not a plain array"):
            bundle_files.decode("a.npy", self.header(text))

    def test_pickled_arrays(self) -> None:
        stream = io.BytesIO()
        np.save(stream, np.array([{}], dtype=object), allow_pickle=True)
        with pytest.raises(ModelIntegrityError, match="not a plain array"):
            bundle_files.decode("a.npy", stream.getvalue())

    @given(st.binary(max_size=300))
    def test_noise(self, data: bytes) -> None:
        for name, start in (("a.npy", b"\x93NUMPY\x01\x00"), ("a.json", b"")):
            try:
                bundle_files.decode(name, start + data)
            except ModelIntegrityError:
                continue

    @pytest.mark.parametrize("text", ["NaN", "-Infinity", "1e999", '{"a": 1, "a": 2}', "[" * 102 + "]" * 102, "1 2"])
    def test_json(self, text: str) -> None:
        with pytest.raises(ModelIntegrityError, match=r"a\.json is not strict JSON"):
            bundle_files.decode("a.json", text.encode())

    def test_content_that_the_reader_cannot_use(self, tmp_path: Path) -> None:
        path = forge(tmp_path / "model", {"weights.npy": bundle_files.encode("weights.npy", np.zeros(2))})
        with pytest.raises(ModelIntegrityError, match=r"does not hold what a tests\.model needs .*settings\.json"):
            common.load_bundle(path)


class TestKinds:
    def test_unknown(self, tmp_path: Path) -> None:
        path = forge(tmp_path / "model", {}, kind="elsewhere.model")
        with pytest.raises(InvalidInputError, match="install or upgrade the package 'elsewhere'"):
            common.load_bundle(path)

    def test_a_kind_is_never_imported(self, tmp_path: Path) -> None:
        import sys

        with pytest.raises(InvalidInputError):
            common.load_bundle(forge(tmp_path / "model", {}, kind="antigravity.model"))
        assert "antigravity" not in sys.modules

    def test_found_by_entry_point(self, saved: Path, model: Model, monkeypatch: pytest.MonkeyPatch) -> None:
        def load() -> None:
            bundle.register("tests.model", Model, write, read)

        announced = [SimpleNamespace(name="tests.model", module=Model.__module__, load=load)]
        monkeypatch.setattr(bundle, "entry_points", lambda group: announced if group == "har_fall.bundles" else [])
        bundle._KINDS.clear()
        assert_same(common.load_bundle(saved), model)
        bundle._KINDS.clear()
        common.save_bundle(model, saved)

    def test_other_types_and_subclasses_are_refused(self, tmp_path: Path, model: Model) -> None:
        class Grown(Model):
            pass

        for other in (3, Grown(model.weights, {})):
            with pytest.raises(InvalidInputError, match=r"cannot be saved as a bundle; types that can: .*Model"):
                common.save_bundle(other, tmp_path / "model")
        assert not list(tmp_path.iterdir())

    @pytest.mark.parametrize("kind", ["model", "Tests.model", "tests/model", "tests..model", "", None])
    def test_names(self, kind: Any) -> None:
        with pytest.raises(InvalidInputError, match=r"^kind is"):
            bundle.register(kind, Model, write, read)

    def test_registered_otherwise(self) -> None:
        bundle.register("tests.model", Model, write, read)  # the same again: a module was loaded again
        for kind, model_type in (("tests.model", int), ("tests.other", Model)):
            with pytest.raises(InvalidInputError, match="cannot be"):
                bundle.register(kind, model_type, write, read)


class TestSaving:
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
    def test_refuses_other_content(self, saved: Path, model: Model, files: dict[str, Any], message: str) -> None:
        bundle.register("tests.model", Model, lambda _: files, read)
        with pytest.raises(InvalidInputError, match=message):
            common.save_bundle(model, saved)
        assert_same(common.load_bundle(saved), model)

    def test_replaces_a_bundle(self, saved: Path, model: Model) -> None:
        newer = Model(np.zeros(3), {}, b"newer")
        common.save_bundle(newer, saved)
        assert_same(common.load_bundle(saved), newer)
        assert [path.name for path in saved.parent.iterdir()] == ["model"]

    def test_every_file_and_both_folders_are_flushed(self, flushed: list[int], saved: Path) -> None:
        assert len(flushed) == 5 + 2
        assert {path.stat().st_size for path in saved.iterdir()} <= set(flushed)

    def test_fills_an_empty_folder_and_makes_parents(self, tmp_path: Path, model: Model) -> None:
        (tmp_path / "empty").mkdir()
        for path in (tmp_path / "empty", tmp_path / "new" / "below"):
            common.save_bundle(model, path)
            assert_same(common.load_bundle(path), model)

    @pytest.mark.parametrize("where", ["home", "home/thesis.txt"])
    def test_never_replaces_anything_else(self, tmp_path: Path, model: Model, where: str) -> None:
        (tmp_path / "home").mkdir()
        (tmp_path / "home" / "thesis.txt").write_text("years of work")
        with pytest.raises(InvalidInputError, match="is there and is no intact bundle"):
            common.save_bundle(model, tmp_path / where)
        assert (tmp_path / "home" / "thesis.txt").read_text() == "years of work"

    def test_never_deletes_a_file_that_was_put_beside_the_model(self, saved: Path, model: Model) -> None:
        (saved / "notes.txt").write_text("mine")
        with pytest.raises(InvalidInputError, match=r"notes\.txt"):
            common.save_bundle(model, saved)
        assert (saved / "notes.txt").exists()

    def test_a_writer_that_fails_leaves_the_old_one(self, saved: Path, model: Model) -> None:
        def fail(_: Model) -> dict[str, Any]:
            raise RuntimeError("halfway")

        bundle.register("tests.model", Model, fail, read)
        with pytest.raises(RuntimeError, match="halfway"):
            common.save_bundle(model, saved)
        self.assert_untouched(saved, model)

    @pytest.mark.parametrize("nth", range(5))
    def test_a_full_disk_leaves_the_old_one(
        self, saved: Path, model: Model, monkeypatch: pytest.MonkeyPatch, nth: int
    ) -> None:
        written = iter(range(100))
        write_to_disk = atomic._write_to_disk

        def until_full(path: Path, content: bytes) -> None:
            if next(written) == nth:
                path.write_bytes(content[: len(content) // 2])
                raise OSError(errno.ENOSPC, "No space left on device")
            write_to_disk(path, content)

        monkeypatch.setattr(atomic, "_write_to_disk", until_full)
        with pytest.raises(OSError, match="No space left"):
            common.save_bundle(Model(np.zeros(3), {}, b"newer"), saved)
        self.assert_untouched(saved, model)

    @pytest.mark.parametrize("nth", [0, 1])
    def test_a_rename_that_fails_leaves_the_old_one(
        self, saved: Path, model: Model, monkeypatch: pytest.MonkeyPatch, nth: int
    ) -> None:
        renames, rename = iter(range(100)), Path.rename

        def fail_once(self: Path, target: Path) -> Path:
            if next(renames) == nth:
                raise PermissionError("not yours")
            return rename(self, target)

        monkeypatch.setattr(Path, "rename", fail_once)
        with pytest.raises(PermissionError):
            common.save_bundle(Model(np.zeros(3), {}, b"newer"), saved)
        self.assert_untouched(saved, model)

    def test_a_power_cut_between_the_renames_leaves_the_old_one(self, saved: Path, model: Model) -> None:
        saved.rename(saved.with_name(".model.0123456789abcdef.old"))
        assert_same(common.load_bundle(saved), model)
        common.save_bundle(Model(np.zeros(3), {}, b"newer"), saved)
        assert common.load_bundle(saved).blob == b"newer"

    def test_savers_and_readers_at_the_same_time(self, saved: Path) -> None:
        """The last one wins, and nobody ever sees two mixed."""
        models = [Model(np.full(1000, number), {"i": number}) for number in range(3)]
        common.save_bundle(models[0], saved)

        def save(model: Model) -> None:
            for _ in range(20):
                common.save_bundle(model, saved)

        def load(model: Model) -> None:
            for _ in range(20):
                loaded = common.load_bundle(saved)
                assert_same(loaded, models[loaded.settings["i"]])

        with ThreadPoolExecutor(6) as pool:
            jobs = [pool.submit(job, model) for model in models for job in (save, load)]
        assert [done.exception() for done in jobs] == [None] * 6
        load(models[0])
        assert [path.name for path in saved.parent.iterdir()] == ["model"]

    @staticmethod
    def assert_untouched(saved: Path, model: Model) -> None:
        assert_same(common.load_bundle(saved), model)
        assert [path.name for path in saved.parent.iterdir()] == ["model"]


def test_every_error_is_of_the_tree() -> None:
    assert issubclass(ModelIntegrityError, FrugalError)
