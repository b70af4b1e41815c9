"""Every Python block of README and guides runs as it is written, in its page's order, and prints what the page says.

Three lessons have tests of their own, which also look at the results: ``tests/fall/test_own_images.py``,
``tests/har/tables/test_own_sensor.py`` and ``tests/har/embedded/export/test_guide.py``.
"""

import contextlib
import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.docs.pages import PAGES, README, ROOT, blocks

TESTED_ELSEWHERE = {"own_images.md", "own_sensor.md", "microcontroller.md"}
SLOW = {"quick_start.md", "lab2.md"}  # they train networks
NEEDS_TENSORFLOW = SLOW
# Between processors, training and rounding differ in the last bits: of an accuracy, written with three digits.
_ACCURACY = re.compile(r"(?<![\d.])[01]\.\d{3}(?!\d)")
_TOLERANCE = 0.02


def _same(expected: str, printed: str) -> bool:
    """Equal words and numbers, but for spaces and a little in accuracies."""
    words = [" ".join(_ACCURACY.sub("#", text).split()) for text in (expected, printed)]
    numbers = [[float(number) for number in _ACCURACY.findall(text)] for text in (expected, printed)]
    return words[0] == words[1] and numbers[0] == pytest.approx(numbers[1], abs=_TOLERANCE)


def _walks(folder: Path, data: Path | None) -> None:
    """Two walks as a sensor writes them."""
    (folder / "walks").mkdir()
    for name in ("anna", "bert"):
        rows = [f"{0.02 * n:.2f},0.1,{0.2 + n % 2},0.9,walk\n" for n in range(200)]
        (folder / "walks" / f"{name}.csv").write_text("time,ax,ay,az,activity\n" + "".join(rows))


def _umafall(folder: Path, data: Path | None) -> None:
    if data is None or not (data / "umafall").is_dir():
        pytest.skip("measured data sets not found: set HAR_FALL_DATA to the folder that holds them")
    (folder / "umafall").symlink_to(data / "umafall")


#: What a page takes for granted.
PREPARE: dict[str, Callable[[Path, Path | None], None]] = {"quick_start.md": _walks, "data.md": _umafall}

WITH_CODE = [
    pytest.param(
        page,
        id=page.name,
        marks=[
            *([pytest.mark.slow] if page.name in SLOW else []),
            *([pytest.mark.real_data] if page.name == "data.md" else []),
        ],
    )
    for page in (README, *PAGES)
    if page.name not in TESTED_ELSEWHERE and any(block.language == "python" for block in blocks(page))
]


@pytest.mark.filterwarnings("ignore::common.errors.FrugalWarning")
@pytest.mark.parametrize("page", WITH_CODE)
def test_code_runs_as_written(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    pytest.importorskip("seglearn", reason="the recordings come with seglearn")
    if page.name in NEEDS_TENSORFLOW:
        pytest.importorskip("tf_keras")
    monkeypatch.chdir(tmp_path)
    if page.name in PREPARE:
        data = request.getfixturevalue("real_data") if page.name == "data.md" else None
        PREPARE[page.name](tmp_path, data)
    names: dict[str, object] = {"__name__": "page"}
    for block in blocks(page):
        if block.language != "python":
            continue
        # Line numbers of errors are those of the page.
        code = compile("\n" * (block.line - 1) + block.code, str(page), "exec")
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            exec(code, names)
        if block.prints is not None:
            got = printed.getvalue()
            assert _same(block.prints, got), f"{page}:{block.line} prints\n{got}"


SHELL = [(page, line) for page in (README, *PAGES) for block in blocks(page) if block.language == "sh"
         for line in block.code.splitlines() if line.strip()]  # fmt: skip


@pytest.mark.parametrize(("page", "line"), SHELL, ids=[f"{page.name}-{line[:50]}" for page, line in SHELL])
def test_commands_exist(page: Path, line: str) -> None:
    """Targets of make, scripts and modules are there, and take the options that the page names."""
    for target in re.findall(r"\bmake ([a-z-]+)", line):
        assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), re.MULTILINE)
    for extra in re.findall(r"'(?:\.|har-fall)\[([\w,]+)\]'", line):
        declared = (ROOT / "pyproject.toml").read_text()
        assert all(re.search(rf"^{name} = \[", declared, re.MULTILINE) for name in extra.split(","))
    command = re.match(r"(har|fall) ([a-z-]+)", line)
    if command is not None:
        files = sorted((ROOT / command[1] / "command_line").glob("*.py"))
        if not files:
            pytest.skip(f"{command[1]} has no command line yet")
        _check_options(line, files, command[2])
    script = re.search(r"python (?:-m ([\w.]+)|(\S+\.py))", line)
    if script is None or (script[1] or "").startswith("pytest"):
        return
    path = ROOT / (script[2] or script[1].replace(".", "/"))
    files = [path.with_suffix(".py")] if path.with_suffix(".py").exists() else sorted(path.glob("*.py"))
    assert files, f"{path} is not there"
    _check_options(line, files)


def _check_options(line: str, files: list[Path], *words: str) -> None:
    """The files define each option of the command line, and hold the other words."""
    text = "".join(file.read_text(encoding="utf-8") for file in files)
    for word in (*re.findall(r"--([a-z][\w-]*)", line.partition("#")[0]), *words):
        spelled = word.replace("-", "[-_]")
        assert word == "help" or re.search(rf"\b{spelled}\b", text), f"{line}: {word} is not known"
