"""``common`` is a name that others give, too: an import that meets theirs says whose it is and what to do."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FILES = ("__init__.py", "__init__.pyi", "errors.py", "moved.py", "version.py")
TRACKS = pytest.mark.parametrize("track", ["har", "fall"])
ELSEWHERE = ("rename", "move", "working directory", "sys.path", "PYTHONPATH")
OVERWRITTEN = ("overwritten or is incomplete", "reinstall har-fall", "separate environment")


def run(program: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", program], cwd=cwd, env={**os.environ, **environment}, capture_output=True, text=True
    )


def complaint(track: str, *path: Path, before: str = "") -> str:
    """The message of the ImportError with which an import ends where packages are found on a path only."""
    start = (
        "import os, sys, lazy_loader\n"
        "sys.path = [place for place in sys.path if place and not os.path.isdir(os.path.join(place, 'har'))]\n"
        f"sys.path[:0] = {[*map(str, path)]}\n"
    )
    return message(run(f"{start}{before}\nimport {track}", path[0]))


def message(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 1
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith("ImportError: "), done.stderr
    return last


def write(path: Path, text: str = "ANSWER = 42\n") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """An installation: har and fall, and the files of common that they need to be imported."""
    folder = tmp_path / "site"
    for name in FILES:
        write(folder / "common" / name, (ROOT / "common" / name).read_text(encoding="utf-8"))
    for track in ("har", "fall"):
        for name in ("__init__.py", "__init__.pyi"):
            write(folder / track / name, (ROOT / track / name).read_text(encoding="utf-8"))
    return folder


@TRACKS
def test_ours_is_enough(site: Path, track: str) -> None:
    done = run(f"import {track}; print({track}.__version__, {track}.__file__)", site)
    assert str(site) in done.stdout, done.stderr


def test_the_check_is_the_same_in_both_tracks() -> None:
    texts = [(ROOT / track / "__init__.py").read_text(encoding="utf-8").split('"""', 2)[2] for track in ("har", "fall")]
    assert texts[0] == texts[1]


# ----- another one is found -------------------------------------------------------------------------------------------


@TRACKS
@pytest.mark.parametrize("file", ["common/__init__.py", "common.py", "common/core/__init__.py"])
def test_another_in_front_on_the_path(site: Path, tmp_path: Path, track: str, file: str) -> None:
    """A package, a module, and a folder without ``__init__.py``: that one is found only if ours is missing."""
    place = tmp_path / "theirs" / Path(file).parts[0]
    write(tmp_path / "theirs" / file)
    if "core" in file:
        (site / "common").rename(tmp_path / "lost")
    said = complaint(track, tmp_path / "theirs", site)
    assert f"finds {place}, which" in said
    assert str(site / "common") in said
    assert all(words in said for words in ELSEWHERE)


@TRACKS
def test_a_folder_without_a_package_behind_or_before_ours_is_no_obstacle(
    site: Path, tmp_path: Path, track: str
) -> None:
    write(tmp_path / "theirs" / "common" / "notes.txt")
    done = run(f"import {track}; print({track}.__file__)", tmp_path / "theirs", PYTHONPATH=str(site))
    assert str(site) in done.stdout, done.stderr


@TRACKS
@pytest.mark.parametrize("file", ["common/__init__.py", "common.py"])
def test_another_in_the_working_directory(site: Path, tmp_path: Path, track: str, file: str) -> None:
    write(tmp_path / "theirs" / file)
    said = message(run(f"import {track}", tmp_path / "theirs", PYTHONPATH=str(site)))
    assert str(tmp_path / "theirs" / Path(file).parts[0]) in said
    assert all(words in said for words in ELSEWHERE)


@TRACKS
@pytest.mark.parametrize(
    ("before", "named"),
    [
        ("import sys, types; sys.modules['common'] = types.ModuleType('common')", "sys.modules"),
        ("import sys; sys.modules['common'] = None", "finds nothing"),
        ("sys.path.insert(0, '../theirs'); import common; del sys.path[0]", "theirs"),
    ],
)
def test_another_that_was_imported_before(site: Path, tmp_path: Path, track: str, before: str, named: str) -> None:
    write(tmp_path / "theirs" / "common.py")
    assert named in complaint(track, site, before=before)


@TRACKS
@pytest.mark.parametrize("version", ["0.0.9", "0.1.0", "99.0"])
def test_the_common_of_another_copy_of_this_library(site: Path, tmp_path: Path, track: str, version: str) -> None:
    for name in FILES:
        write(tmp_path / "theirs" / "common" / name, (ROOT / "common" / name).read_text(encoding="utf-8"))
    write(tmp_path / "theirs" / "common" / "version.py", f'__version__ = "{version}"\n')
    assert str(tmp_path / "theirs" / "common") in complaint(track, tmp_path / "theirs", site)


@TRACKS
def test_what_another_would_do_is_not_done(site: Path, tmp_path: Path, track: str) -> None:
    """It is found, not imported."""
    write(tmp_path / "theirs" / "common.py", "raise SystemExit('run')\n")
    assert "which is another" in complaint(track, tmp_path / "theirs", site)


def test_a_part_of_a_track_says_so_too(site: Path, tmp_path: Path) -> None:
    write(tmp_path / "theirs" / "common.py")
    for part in ("har.datasets", "har.dtw.distance", "fall.tflite"):
        assert str(tmp_path / "theirs") in complaint(part, tmp_path / "theirs", site)


# ----- ours is incomplete ---------------------------------------------------------------------------------------------


@TRACKS
@pytest.mark.parametrize("file", ["__init__.py", "errors.py", "moved.py", "version.py"])
@pytest.mark.parametrize(
    "text",
    [None, "", "ANSWER = 42\n", "import no_such_module\n", "raise OSError('not theirs')\n"],
    ids=["missing", "empty", "another", "needs what is not there", "fails"],
)
def test_ours_is_partly_overwritten(site: Path, track: str, file: str, text: str | None) -> None:
    if text is None:
        (site / "common" / file).unlink()
    else:
        write(site / "common" / file, text)
    said = complaint(track, site)
    assert f"finds {site / 'common'}, which" in said
    assert all(words in said for words in OVERWRITTEN)


@TRACKS
@pytest.mark.parametrize("version", ["0.0.9", "7.0", "2025.1"])
def test_another_that_states_a_version_too(site: Path, track: str, version: str) -> None:
    write(site / "common" / "__init__.py", f'__version__ = "{version}"\n')
    assert f"common.__version__ is {version}" in complaint(track, site)


@TRACKS
@pytest.mark.parametrize("name", ["shared-tools", "common", "acme_common"])
def test_the_distribution_that_brings_another_is_named(site: Path, track: str, name: str) -> None:
    write(site / "common" / "__init__.py")
    write(site / f"{name}-1.0.dist-info" / "METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    write(site / f"{name}-1.0.dist-info" / "top_level.txt", "common\n")
    assert f"also installed by {name})" in complaint(track, site)
