"""Optional packages: imported if they are there, named with their extra if they are not."""

import math

import pytest

from common.errors import MissingDependencyError
from common.optional import require


def test_gives_the_module() -> None:
    assert require("math", extra="demo", purpose="Arithmetic") is math


def test_names_purpose_package_and_extra() -> None:
    with pytest.raises(MissingDependencyError, match=r"Plotting needs no_such_package: pip install 'har-fall\[demo\]'"):
        require("no_such_package.part", extra="demo", purpose="Plotting")
