"""Optional packages: imported if they are there, named with their extra if they are not."""

import math
import sys

import pytest

from common.errors import MissingDependencyError
from common.optional import LAST_PYTHON, require


def test_gives_the_module() -> None:
    assert require("math", extra="demo", purpose="Arithmetic") is math


def test_names_purpose_package_and_extra() -> None:
    with pytest.raises(MissingDependencyError, match=r"Plotting needs no_such_package: pip install 'har-fall\[demo\]'"):
        require("no_such_package.part", extra="demo", purpose="Plotting")


@pytest.mark.parametrize("package", LAST_PYTHON)
def test_a_python_that_is_too_new_is_named(package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """An extra that installs nothing on this Python would be no help."""
    monkeypatch.setitem(sys.modules, package, None)
    monkeypatch.setattr(sys, "version_info", (3, 14, 0))
    with pytest.raises(MissingDependencyError, match=r"not released for Python 3\.14: use Python 3\.13 or an earlier"):
        require(package, extra="vision", purpose="training networks")
    monkeypatch.setattr(sys, "version_info", (3, 13, 0))
    with pytest.raises(MissingDependencyError, match=rf"needs {package}: pip install"):
        require(package, extra="vision", purpose="training networks")
