"""The order in which a save asks the system to write, to flush, to rename and to delete, as strace saw it."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[4]
FILES = {"weights.npy", "settings.json", "model.tflite", "manifest.json", "manifest.sha256"}

# A call with its result, such as: 7512 fsync(4</tmp/a/b>) = 0
LINE = re.compile(r"\d+ +(?P<call>[a-z0-9]+)\((?P<arguments>.*)\) += 0(?: .*)?")
NAME = re.compile(r"\.model\.[0-9a-f]{16}\.(new|old|waste|lock)")

Call = tuple[str, str]


@pytest.fixture(scope="module", params=["exchange", "renames"])
def calls(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> list[Call]:
    """The calls of two saves to a/b/model: name, and paths below the test's folder with the token taken out."""
    folder = tmp_path_factory.mktemp("order")
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed")
    traced = "trace=fsync,rename,renameat,renameat2,unlink,unlinkat,mkdir,mkdirat,rmdir"
    strace = ["strace", "-f", "-y", "-s", "500", "-e", traced, "-o", str(folder / "log")]
    if subprocess.run([*strace, "true"], capture_output=True).returncode:
        pytest.skip("this system does not permit ptrace, which strace needs")
    save = [
        sys.executable,
        "-m",
        "tests.common.bundles.atomic.save_twice",
        str(folder / "a" / "b" / "model"),
        request.param,
    ]
    subprocess.run([*strace, *save], cwd=ROOT, check=True, capture_output=True)
    found = [LINE.fullmatch(line) for line in (folder / "log").read_text().splitlines()]
    calls = [
        (line["call"].removesuffix("at2").removesuffix("at"), paths(line["arguments"], folder))
        for line in found
        if line
    ]
    return [(call, where) for call, where in calls if where]


def paths(arguments: str, folder: Path) -> str:
    """The paths below ``folder`` among the arguments of a call, as "first -> second"."""
    text = arguments.replace(f"<{ROOT}>", "").replace('>, "', "/")  # unlinkat: a folder, and a name in it
    found = re.findall(re.escape(str(folder)) + r"/?([^\",>]*)", text)
    return " -> ".join(NAME.sub(r"\1", path) or "." for path in found)


def second_save(calls: list[Call]) -> list[Call]:
    """The calls from the second making of a working folder on."""
    made = [number for number, call in enumerate(calls) if call == ("mkdir", "a/b/new")]
    assert len(made) == 2
    return calls[made[1] :]


def test_every_new_folder_is_flushed_into_the_one_above(calls: list[Call]) -> None:
    assert calls[:4] == [("mkdir", "a"), ("fsync", "."), ("mkdir", "a/b"), ("fsync", "a")]


def test_files_then_their_folder_then_its_name_are_flushed_before_it_is_moved(calls: list[Call]) -> None:
    second = second_save(calls)
    assert set(second[1:6]) == {("fsync", f"a/b/new/{name}") for name in FILES}
    assert second[6:8] == [("fsync", "a/b/new"), ("fsync", "a/b")]
    assert second[8][0] == "rename"


def test_the_new_place_is_flushed_before_anything_of_the_old_one_is_deleted(calls: list[Call]) -> None:
    second = second_save(calls)
    moves = [number for number, (call, where) in enumerate(second) if call == "rename" and where.endswith("a/b/model")]
    assert second[moves[-1] + 1] == ("fsync", "a/b")
    deleted = [
        number
        for number, (call, where) in enumerate(second)
        if call in ("unlink", "rmdir", "rename") and "waste" in where
    ]
    assert len(deleted) == 1 + len(FILES) + 1
    assert min(deleted) > moves[-1] + 1


def test_with_two_renames_the_first_is_durable_before_the_second(calls: list[Call]) -> None:
    second = second_save(calls)
    first = ("rename", "a/b/model -> a/b/old")
    if first not in second:
        pytest.skip("exchanged in one step")
    number = second.index(first)
    assert second[number + 1 : number + 3] == [("fsync", "a/b"), ("rename", "a/b/new -> a/b/model")]
