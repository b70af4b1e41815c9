"""Damaged, exchanged or outdated files of compiled code are compiled again and never run, and no program crashes."""

import copy
import errno
import importlib
import os
import pickle
import shutil
import subprocess
import sys
import warnings
from dataclasses import dataclass
from pathlib import Path

import numba
import pytest

from common.compiled import cache as checked, compiled, folders, sources
from common.errors import FrugalWarning

pytestmark = pytest.mark.skipif(bool(numba.config.DISABLE_JIT), reason="nothing is compiled")
ROOT = Path(__file__).parents[3]

CALLER = """
from common.compiled import compiled
from callee_of_test import multiply
@compiled
def first(x):
    return multiply(x) + 1
@compiled
def second(x):
    return x - 1
"""
CALLEE = """
from common.compiled import compiled
FACTOR = {factor}
@compiled
def multiply(x):
    return FACTOR * x
"""


@dataclass
class Program:
    """Two modules and the cache of their compiled functions; each start imitates that of a new process."""

    monkeypatch: pytest.MonkeyPatch
    folder: Path

    def write(self, factor: int = 2, *, callee: str = "callee") -> None:
        for name, text in [("caller", CALLER), (callee, CALLEE.format(factor=factor))]:
            (self.folder / name).mkdir(exist_ok=True)
            (self.folder / name / f"{name.rstrip('2')}_of_test.py").write_text(text)
        self.monkeypatch.setattr(sys, "path", [str(self.folder / "caller"), str(self.folder / callee), *sys.path])

    def start(self):
        for name in ("caller_of_test", "callee_of_test"):
            sys.modules.pop(name, None)
        importlib.invalidate_caches()
        for remembered in (sources._digest, folders.cache_folder, folders.warn_once):
            remembered.cache_clear()
        return importlib.import_module("caller_of_test")

    def run(self, *arguments, first=True, second=True):
        """Results of both functions, signatures that came from the cache, and warnings."""
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            module = self.start()
            results = [module.first(x) for x in arguments if first] + [module.second(x) for x in arguments if second]
        hits = sum(sum(function.stats.cache_hits.values()) for function in (module.first, module.second))
        return results, hits, [str(warning.message) for warning in caught if warning.category is FrugalWarning]

    def files(self, pattern: str) -> list[Path]:
        return sorted((self.folder / "cache").rglob(pattern))

    def file(self, pattern: str) -> Path:
        (path,) = self.files(pattern)
        return path


@pytest.fixture
def program(tmp_path, monkeypatch):
    monkeypatch.setattr(numba.config, "CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    program = Program(monkeypatch, tmp_path)
    program.write()
    assert program.run(3) == ([7, 2], 0, [])
    return program


def test_the_next_start_uses_the_cache(program):
    assert program.run(3) == ([7, 2], 2, [])


# ----- damage ---------------------------------------------------------------------------------------------------------


def empty(content):
    return b""


def halve(content):
    return content[: len(content) // 2]


def shorten(content):
    return content[:-1]


def lengthen(content):
    return content + b"\n"


def flip(where):
    def flipped(content):
        at = int(where * (len(content) - 1))
        return content[:at] + bytes([content[at] ^ 4]) + content[at + 1 :]

    flipped.__name__ = f"flip at {where}"
    return flipped


@pytest.mark.parametrize("suffix", ["nbi", "nbc"])
@pytest.mark.parametrize(
    "damage", [empty, halve, shorten, lengthen, flip(0), flip(0.5), flip(1)], ids=lambda damage: damage.__name__
)
def test_a_damaged_file_is_compiled_again_with_one_warning(program, suffix, damage):
    path = program.file(f"*.second-*.{suffix}")
    path.write_bytes(damage(path.read_bytes()))
    results, hits, messages = program.run(3)
    assert (results, hits) == ([7, 2], 1)
    assert len(messages) == 1
    assert "second is compiled again" in messages[0]
    assert str(path) in messages[0]
    assert program.run(3) == ([7, 2], 2, [])


def test_all_files_damaged_at_once(program):
    for path in program.files("*.nb?"):
        path.write_bytes(b"damaged")
    results, hits, messages = program.run(3)
    assert (results, hits, len(messages)) == ([7, 2], 0, 3)  # two functions and the one that they call
    assert program.run(3) == ([7, 2], 2, [])


def test_a_missing_data_file_is_not_damage(program):
    program.file("*.second-*.nbc").unlink()
    assert program.run(3) == ([7, 2], 1, [])
    assert program.run(3) == ([7, 2], 2, [])


# ----- exchanged files ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", ["nbi", "nbc"])
@pytest.mark.parametrize("other", ["first", "multiply"])
def test_a_file_of_another_function_is_not_used(program, suffix, other):
    shutil.copy(program.file(f"*.{other}-*.{suffix}"), program.file(f"*.second-*.{suffix}"))
    results, hits, messages = program.run(3)
    assert (results, hits, len(messages)) == ([7, 2], 1, 1)
    assert program.run(3) == ([7, 2], 2, [])


@pytest.mark.parametrize("other", [2.5, True, 1j])
def test_code_for_another_signature_is_not_run(program, other):
    path = program.file("*.second-*.nbc")
    program.run(other, first=False)
    (added,) = set(program.files("*.second-*.nbc")) - {path}
    shutil.copy(added, path)
    results, _, messages = program.run(3, first=False)
    assert (results, len(messages)) == ([2], 1)
    assert program.run(3, first=False) == ([2], 1, [])


@pytest.mark.parametrize("machine", [("arm64-apple-darwin", "apple-m1", ""), ("x86_64", "znver9", "+avx9")])
def test_code_for_another_machine_is_not_run(program, machine):
    path = program.file("*.second-*.nbc")
    codegen = type(numba.core.registry.cpu_target.target_context.codegen())
    with pytest.MonkeyPatch.context() as there:
        there.setattr(codegen, "magic_tuple", lambda self: machine)
        assert program.run(3) == ([7, 2], 0, [])
        (added,) = set(program.files("*.second-*.nbc")) - {path}
    assert program.run(3) == ([7, 2], 2, [])  # one folder serves both machines
    shutil.copy(added, path)
    results, hits, messages = program.run(3)
    assert (results, hits, len(messages)) == ([7, 2], 1, 1)
    assert program.run(3) == ([7, 2], 2, [])


@pytest.mark.parametrize("part", range(4), ids=["Python", "Numba", "llvmlite", "NumPy"])
def test_code_of_another_version_is_not_run(program, part):
    path, index = program.file("*.second-*.nbc"), program.file("*.second-*.nbi")
    ours = index.read_bytes()
    with pytest.MonkeyPatch.context() as there:
        versions = [*checked._VERSIONS]
        versions[part] = "99"
        there.setattr(checked, "_VERSIONS", tuple(versions))
        assert program.run(3) == ([7, 2], 0, [])  # an update is not damage
    theirs = path.read_bytes()
    program.run(3)
    path.write_bytes(theirs)
    index.write_bytes(ours)
    results, hits, messages = program.run(3)
    assert (results, hits, len(messages)) == ([7, 2], 1, 1)


@pytest.mark.skipif(os.name != "posix", reason="modes of files")
@pytest.mark.parametrize("mode", [0o664, 0o646, 0o666])
@pytest.mark.parametrize("suffix", ["nbi", "nbc"])
def test_a_file_that_others_can_write_to_is_not_used(program, suffix, mode):
    path = program.file(f"*.second-*.{suffix}")
    path.chmod(mode)
    results, hits, messages = program.run(3)
    assert (results, hits, len(messages)) == ([7, 2], 1, 1)
    assert "others can write" in messages[0]
    assert program.run(3) == ([7, 2], 2, [])


# ----- code that has changed ------------------------------------------------------------------------------------------


def test_a_changed_function_in_another_file_is_noticed(program):
    program.write(factor=5)
    assert program.run(3) == ([16, 2], 1, [])


def test_a_callee_taken_from_another_folder_is_noticed(program):
    program.write(factor=7, callee="callee2")
    assert program.run(3) == ([22, 2], 1, [])


def test_a_changed_constant_in_another_folder_is_noticed(program):
    (program.folder / "callee" / "callee_of_test.py").write_text(
        "from common.compiled import compiled\nfrom constant_of_test import FACTOR\n"
        "@compiled\ndef multiply(x): return FACTOR * x\n"
    )
    for folder, factor in [("a", 3), ("b", 4)]:
        (program.folder / folder).mkdir()
        (program.folder / folder / "constant_of_test.py").write_text(f"FACTOR = {factor}\n")
        program.monkeypatch.syspath_prepend(str(program.folder / folder))
        sys.modules.pop("constant_of_test", None)
        assert program.run(3)[0] == [3 * factor + 1, 2]
    sys.modules.pop("constant_of_test")


def test_changes_to_functions_that_are_not_called_do_not_matter(program):
    (program.folder / "caller" / "neighbour.py").write_text("changed = 1\n")
    assert program.run(3) == ([7, 2], 2, [])


def test_lanes_are_part_of_what_calls_them():
    from har.dtw import lanes
    from har.dtw.search import exhaustive

    found = [source for _, source, _ in sources.made_from(exhaustive.search_all.py_func)]
    assert sources.source_of(lanes.load._defn) in found


# ----- writing --------------------------------------------------------------------------------------------------------


def test_files_are_writable_only_by_the_user_whatever_the_umask(program):
    shutil.rmtree(program.folder / "cache")
    before = os.umask(0)
    try:
        program.run(3)
    finally:
        os.umask(before)
    if os.name == "posix":
        assert not any(path.stat().st_mode & 0o022 for path in program.files("*"))
    assert program.run(3) == ([7, 2], 2, [])


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, MemoryError, SystemExit])
@pytest.mark.parametrize("after", [0, 1, 2])
def test_interrupted_writing_leaves_an_intact_cache(program, interruption, after):
    shutil.rmtree(program.folder / "cache")
    replace, count = Path.replace, iter(range(99))

    def interrupted(self, target):
        if next(count) == after:
            raise interruption
        return replace(self, target)

    with pytest.MonkeyPatch.context() as here:
        here.setattr(Path, "replace", interrupted)
        with pytest.raises(interruption):
            program.run(3)
    assert not program.files("*.tmp.*")
    assert (program.run(3)[0], program.run(3)) == ([7, 2], ([7, 2], 2, []))


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EACCES, errno.EROFS])
def test_a_program_runs_when_the_cache_cannot_be_written(program, monkeypatch, number):
    shutil.rmtree(program.folder / "cache")

    def fail(*arguments):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(checked, "_replace", fail)
    results, hits, messages = program.run(3)
    assert (results, hits, len(messages)) == ([7, 2], 0, 2)  # three functions in two folders
    assert all(os.strerror(number) in message for message in messages)


def test_concurrent_writers_do_not_interfere(program):
    shutil.rmtree(program.folder / "cache")
    run = "import sys, caller_of_test as c; x = eval(sys.argv[1]); print(c.first(x), c.second(x))"
    path = os.pathsep.join([str(program.folder / "caller"), str(program.folder / "callee"), str(ROOT)])
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(program.folder / "cache"), "PYTHONPATH": path}
    at_once = [
        subprocess.Popen([sys.executable, "-W", "error", "-c", run, x], env=environment, stdout=subprocess.PIPE)
        for x in ("3", "3.5", "3")
    ]
    assert [process.communicate()[0].split() for process in at_once] == [[b"7", b"2"], [b"8.0", b"2.5"], [b"7", b"2"]]
    assert program.run(3)[::2] == ([7, 2], [])
    assert program.run(3.5)[::2] == ([8, 2.5], [])


# ----- unchanged behaviour --------------------------------------------------------------------------------------------


def test_pickles_and_copies_are_the_function(program):
    function = program.start().second
    for twin in (pickle.loads(pickle.dumps(function)), copy.copy(function), copy.deepcopy(function)):
        assert twin is function


def test_without_a_compiler_it_is_the_function_itself(monkeypatch):
    def plain(x):
        return x

    monkeypatch.setattr(numba.config, "DISABLE_JIT", 1)
    assert compiled(plain) is plain


def test_without_sources_nothing_is_cached():
    names = {"__name__": "typed", "compiled": compiled}
    exec(compile("@compiled\ndef typed(x): return x + 1", "<stdin>", "exec"), names)
    assert names["typed"](1) == 2
    assert names["typed"].stats.cache_path is None
