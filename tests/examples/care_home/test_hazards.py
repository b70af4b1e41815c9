"""Every hazard has causes, every cause a control, and every control a test that exists."""

from __future__ import annotations

import ast
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
HAZARDS: list[dict[str, Any]] = tomllib.loads(
    (ROOT / "examples" / "care_home" / "hazards.toml").read_text(encoding="utf-8")
)["hazard"]
CAUSES = [cause for hazard in HAZARDS for cause in hazard["cause"]]


@cache
def names_in(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")}


@pytest.mark.parametrize("cause", CAUSES, ids=lambda cause: cause["what"])
def test_every_control_names_a_living_test(cause: dict[str, Any]) -> None:
    assert cause["control"].strip()
    assert cause["tests"]
    for name in cause["tests"]:
        path, _, test = name.partition("::")
        assert (ROOT / path).is_file(), name
        assert test in names_in(ROOT / path), name


def test_every_hazard_has_a_cause() -> None:
    assert all(hazard["harm"] and hazard["cause"] for hazard in HAZARDS)
    assert len({cause["what"] for cause in CAUSES}) == len(CAUSES)
