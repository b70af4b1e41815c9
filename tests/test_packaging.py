"""What is written twice is the same: tested minimums and the recipe for conda are those of pyproject.toml."""

import re
import tomllib
from pathlib import Path
from typing import Any

import yaml
from packaging.requirements import Requirement
from packaging.version import Version

from common import __version__
from common.optional import LAST_PYTHON

ROOT = Path(__file__).parent.parent
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PROJECT = PYPROJECT["project"]
RECIPE = yaml.safe_load((ROOT / "packaging" / "conda" / "recipe.yaml").read_text(encoding="utf-8"))


def minimum(requirement: str) -> tuple[str, Version]:
    """The package and the oldest version that is allowed, or that is pinned."""
    parsed = Requirement(requirement)
    (bound,) = parsed.specifier
    assert bound.operator in (">=", "=="), requirement
    return parsed.name, Version(bound.version)


def in_recipe(part: str) -> dict[str, str]:
    """Package and bounds of each line, such as ``numpy >=2.0``."""
    lines = [line.split(maxsplit=1) for line in RECIPE["requirements"][part]]
    return {name: "".join(bounds) for name, *bounds in lines}


def in_project(requirements: list[str]) -> dict[str, str]:
    return {Requirement(one).name: str(Requirement(one).specifier) for one in requirements}


def test_the_tested_minimums_are_those_that_are_allowed() -> None:
    lines = (ROOT / "packaging" / "minimums.txt").read_text(encoding="utf-8").splitlines()
    pinned = dict(minimum(line) for line in lines if line and not line.startswith("#"))
    assert pinned == dict(map(minimum, PROJECT["dependencies"]))


def test_conda_installs_what_pip_installs() -> None:
    run = in_recipe("run")
    pythons = set(run.pop("python").split(","))
    assert pythons == set(PROJECT["requires-python"].split(","))
    assert run == in_project(PROJECT["dependencies"])


def test_conda_builds_with_the_same_tool_on_the_oldest_python() -> None:
    host = in_recipe("host")
    assert f">={host.pop('python').removesuffix('.*')}" in PROJECT["requires-python"]
    assert host.pop("pip") == ""
    assert host == in_project(PYPROJECT["build-system"]["requires"])


def test_conda_says_the_same_of_the_package() -> None:
    assert RECIPE["context"] == {"name": PROJECT["name"], "version": __version__}
    assert RECIPE["about"]["license"] == PROJECT["license"]
    assert [RECIPE["about"]["license_file"]] == PROJECT["license-files"]


def test_conda_imports_packages_that_the_wheel_holds() -> None:
    held = set(PYPROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"])
    (imported,) = (test["python"]["imports"] for test in RECIPE["tests"] if "python" in test)
    assert {name.partition(".")[0] for name in imported} <= held
    assert all((ROOT / f"{name.replace('.', '/')}.py").exists() or name in held for name in imported)


def test_packages_that_a_new_python_lacks_are_named_in_the_error() -> None:
    """``LAST_PYTHON`` and the markers of pyproject.toml are one list."""
    marked: dict[str, Any] = {}
    for requirements in PROJECT["optional-dependencies"].values():
        for requirement in map(Requirement, requirements):
            if limit := re.search(r'python_version < "3\.(\d+)"', str(requirement.marker)):
                marked[requirement.name.replace("-", "_")] = (3, int(limit[1]) - 1)
    assert marked == LAST_PYTHON
