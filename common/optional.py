"""Import of optional packages, with an error that names the extra to install."""

from __future__ import annotations

import importlib
from types import ModuleType

from common.errors import MissingDependencyError


def require(module: str, *, extra: str, purpose: str) -> ModuleType:
    """Import ``module``, or say which extra of ``har-fall`` installs it.

    Parameters
    ----------
    module : str
        Dotted name, for example ``"matplotlib.pyplot"``.
    extra : str
        The extra of ``pyproject.toml`` that installs it.
    purpose : str
        What needs it; the subject of the message.

    Raises
    ------
    MissingDependencyError
        If the import fails.

    Examples
    --------
    >>> require("math", extra="demo", purpose="arithmetic").pi > 3
    True
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise MissingDependencyError(
            f"{purpose} needs {module.partition('.')[0]}: pip install 'har-fall[{extra}]' ({error})"
        ) from error
