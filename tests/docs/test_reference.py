"""Every public name stands in the reference."""

import ast
import re

import pytest

from tests.docs.pages import PAGES, ROOT
from tests.test_public_names import NAMES

REFERENCE = "\n".join(page.read_text(encoding="utf-8") for page in PAGES if page.parent.name == "api")
DOCUMENTED = set(re.findall(r"^::: ([\w.]+)$", REFERENCE, re.MULTILINE)) | set(re.findall(r"`([\w.]+)[(`]", REFERENCE))
PACKAGES = ("har", "fall", "common")


def _names_of_stub(package: str) -> list[str]:
    """What ``from package import …`` offers, but packages below it, which have pages of their own."""
    tree = ast.parse((ROOT / package / "__init__.pyi").read_text(encoding="utf-8"))
    return [
        alias.asname or alias.name
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and node.module
        for alias in node.names
    ]


@pytest.mark.parametrize("package", PACKAGES)
def test_every_name_of_a_package_has_an_entry(package: str) -> None:
    assert {f"{package}.{name}" for name in _names_of_stub(package)} <= DOCUMENTED


@pytest.mark.parametrize("module", [module for module in NAMES if module not in PACKAGES])
def test_every_name_of_a_room_has_an_entry(module: str) -> None:
    entries = {f"{module}.{name}" for name in NAMES[module].split()}
    # The cost functions stand on the page of fall, where most people look for them.
    assert {name for name in entries - DOCUMENTED if name.replace("fall.costs.", "fall.") not in DOCUMENTED} == set()
