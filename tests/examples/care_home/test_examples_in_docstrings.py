"""The examples in docstrings of the care home give what they say."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import examples.care_home

MODULES = [
    module.name
    for module in pkgutil.walk_packages(examples.care_home.__path__, "examples.care_home.")
    if not module.name.endswith("__main__")
]


@pytest.mark.parametrize("name", MODULES)
def test_examples(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0
