"""The house rules, as tests: who may import whom, how large a file may be, what the wheel and the repository hold."""

import ast
import os
import shutil
import statistics
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("common", "har", "fall")
MODULES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
ROOMS = sorted({path.parent for path in MODULES} - {ROOT / package for package in PACKAGES})
STUBS = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("__init__.pyi"))

TOP_LEVEL = {
    *("har", "fall", "common", "examples", "tests", "docs"),
    *("README.md", "pyproject.toml", "Makefile", "constraints.txt", "LICENSE", "CHANGELOG.md"),
    *("CONTRIBUTING.md", "CITATION.cff", "conftest.py", "mkdocs.yml", "noxfile.py", "packaging"),
}

# Everybody meets these; all else stands in the room whose question it answers.
FILES_BESIDE_THE_ROOMS = {
    "common": {"errors", "version", "moved", "optional", "tables", "compiled"},
    "har": {"recordings", "windows", "gaps", "neighbors", "prototypes", "selection", "streaming", "__main__"},
    "fall": {
        *("backend", "training", "augmentation", "images", "frames", "resizing"),
        *("classifier", "mobilenet_classifier", "costs", "__main__"),
    },
}


def run(*command: str, cwd: Path = ROOT, **environment: str) -> str:
    """The output of a command; its error output becomes the test's message."""
    done = subprocess.run(command, cwd=cwd, env={**os.environ, **environment}, capture_output=True, text=True)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}{done.stderr}"
    return done.stdout


def loaded_by(program: str) -> set[str]:
    """Top-level names of all modules in memory after ``program``."""
    report = "import sys; print(*{name.partition('.')[0] for name in sys.modules} | set(sys.modules))"
    return set(run(sys.executable, "-c", f"{program}\n{report}").split())


@pytest.mark.promise("Importing a package loads no TensorFlow, no drawing and no compiler")
@pytest.mark.parametrize(
    "package", [path.parent.relative_to(ROOT).as_posix() for path in STUBS if path.parent.parent == ROOT]
)
def test_importing_a_package_is_light(package: str) -> None:
    heavy = {"tensorflow", "tf_keras", "PIL", "matplotlib", "numba", "pandas", "scipy.signal", "sklearn", "tslearn"}
    assert not loaded_by(f"import {package}") & heavy


def test_no_name_of_common_needs_numba_or_tensorflow_or_draws_at_import() -> None:
    loaded = loaded_by("import common\nfor name in common.__all__: getattr(common, name)")
    assert not loaded & {"numba", "tensorflow", "tf_keras", "PIL", "matplotlib", "har", "fall"}


def test_import_contracts() -> None:
    pytest.importorskip("importlinter")
    run(sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command(['--no-cache'])")


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_module_says_what_it_is_and_stays_small(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) < 400
    assert ast.get_docstring(ast.parse(text)), "a module starts with what it is for"


def test_most_modules_are_short() -> None:
    assert statistics.median(len(path.read_text(encoding="utf-8").splitlines()) for path in MODULES) <= 130


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_holds_rooms_and_few_files_of_its_own(package: str) -> None:
    assert {path.stem for path in (ROOT / package).glob("*.py")} - {"__init__"} <= FILES_BESIDE_THE_ROOMS[package]


@pytest.mark.parametrize("room", ROOMS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_room_has_one_idea(room: Path) -> None:
    assert len([path for path in room.glob("*.py") if path.stem != "__init__"]) <= 16
    assert (room / "__init__.py").exists(), "its __init__ says the idea"


def test_tests_stand_where_their_modules_stand() -> None:
    folders = {path.parent.relative_to(ROOT / "tests") for path in (ROOT / "tests").rglob("test_*.py")}
    # Benchmarks stand below tests themselves, and their tests below them.
    folders = {folder for folder in folders if folder.parts[:1] != ("benchmarks",)}
    assert {folder.as_posix() for folder in folders if not (ROOT / folder).is_dir()} == set()


def test_no_test_depends_on_the_clock() -> None:
    """Speed lives in benchmarks: a busy machine must not fail a test."""
    clocks = {"perf_counter", "perf_counter_ns", "process_time", "process_time_ns", "thread_time", "thread_time_ns"}
    files = [path for path in (ROOT / "tests").rglob("*.py") if "benchmarks" not in path.parts]
    timed = [path.name for path in files if clocks & _attributes(path)]
    assert timed == []


@pytest.mark.parametrize("stub", STUBS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_names_in_a_stub_are_defined_where_it_says(stub: Path) -> None:
    for statement in ast.parse(stub.read_text(encoding="utf-8")).body:
        if not isinstance(statement, ast.ImportFrom) or statement.module is None:
            continue
        origin = stub.parent.joinpath(*statement.module.split("."))
        source = origin / "__init__.pyi" if origin.is_dir() else origin.with_suffix(".py")
        if source.exists():
            missing = {alias.name for alias in statement.names} - _defined(source)
            assert not missing, f"{source.relative_to(ROOT)} does not define {sorted(missing)}"


@pytest.mark.parametrize("stub", STUBS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_name_in_a_stub_is_that_of_a_file_beside_it(stub: Path) -> None:
    """Importing the file would put the module in the place of what the name means."""
    files = {path.stem for path in stub.parent.glob("*.py")}
    named = {alias.asname or alias.name for node in ast.parse(stub.read_text(encoding="utf-8")).body
             if isinstance(node, ast.ImportFrom) and node.module for alias in node.names}  # fmt: skip
    assert not named & files


def _attributes(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}


def _defined(source: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.parse(source.read_text(encoding="utf-8")).body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            names.add(node.name)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            names.update(alias.asname or alias.name for alias in node.names)
        elif isinstance(node, (ast.Assign, ast.AnnAssign)):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names.update(target.id for target in targets if isinstance(target, ast.Name))
    return names


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, unpacked as an installer would."""
    pytest.importorskip("build")
    pytest.importorskip("hatchling")
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT))
    (archive,) = folder.glob("har_fall-*.whl")
    zipfile.ZipFile(archive).extractall(folder / "site")
    return folder / "site"


def test_the_wheel_holds_the_packages_their_stubs_and_nothing_else(wheel: Path) -> None:
    assert {path.name for path in wheel.iterdir() if not path.name.endswith(".dist-info")} == set(PACKAGES)
    for package in PACKAGES:
        assert (wheel / package / "py.typed").exists()
    for stub in STUBS:
        assert (wheel / stub.relative_to(ROOT)).exists()
    for text in (ROOT / "har" / "embedded" / "export" / "c").iterdir():
        assert (wheel / text.relative_to(ROOT)).exists()


def test_the_wheel_holds_the_text_of_the_kernels_in_c(wheel: Path) -> None:
    kernels = sorted(path.relative_to(ROOT) for path in (ROOT / "fall" / "embedded" / "kernels").glob("*.c"))
    assert kernels
    assert all((wheel / kernel).exists() for kernel in kernels)


def test_the_wheel_works_from_another_directory(wheel: Path, tmp_path: Path) -> None:
    """``common`` is a name that collides easily: the installed one has to win over the checkout."""
    program = (
        "import common, pathlib\n"
        f"assert pathlib.Path(common.__file__).is_relative_to({str(wheel)!r}), common.__file__\n"
        "print(common.evaluate([0, 1], [0, 1]).accuracy, common.dtw_cost(128, 1, band=12).macs, common.__version__)"
    )
    accuracy, cells, _ = run(sys.executable, "-c", program, cwd=tmp_path, PYTHONPATH=str(wheel)).split()
    assert (accuracy, cells) == ("1.0", "3044")


def test_only_the_usual_names_stand_at_the_top() -> None:
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    names = {line.partition("/")[0] for line in run("git", "ls-files").splitlines()}
    assert {name for name in names if not name.startswith(".")} <= TOP_LEVEL
