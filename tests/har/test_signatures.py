"""Signatures as ``help()`` shows them: the names of types, not all that they stand for."""

import importlib
import inspect
from collections.abc import Iterator
from typing import Any

import pytest


def public_callables() -> Iterator[tuple[str, Any]]:
    for module in map(importlib.import_module, ("har", "har.datasets", "har.preprocessing")):
        for name in module.__all__:
            value = getattr(module, name)
            if callable(value):
                yield f"{module.__name__}.{name}", value
            if inspect.isclass(value):
                for method, function in inspect.getmembers(value, inspect.isfunction):
                    if not method.startswith("_"):
                        yield f"{module.__name__}.{name}.{method}", function


@pytest.mark.parametrize(("name", "value"), [pytest.param(*case, id=case[0]) for case in public_callables()])
def test_signatures_are_short(name: str, value: Any) -> None:
    signature = str(inspect.signature(value))
    assert "_SupportsArray" not in signature, name
    assert "numpy._typing" not in signature, name
