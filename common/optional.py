"""Import of optional packages, with an error that names the extra to install."""

from __future__ import annotations

import importlib
import sys
from types import ModuleType

from common.errors import MissingDependencyError

# The last Python that a package is released for, where that is not the last one of this library: pyproject.toml leaves
# the package out on later ones, so that its extra installs nothing there.
LAST_PYTHON = {
    "tensorflow": (3, 13),
    "tf_keras": (3, 13),
    "tensorflow_model_optimization": (3, 13),
    "ai_edge_quantizer": (3, 13),
}


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
        If the import fails; the message says so if this Python is too new for the package.

    Examples
    --------
    >>> require("math", extra="demo", purpose="arithmetic").pi > 3
    True
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        package = module.partition(".")[0]
        last = LAST_PYTHON.get(package)
        if last is not None and sys.version_info[:2] > last:
            raise MissingDependencyError(
                f"{purpose} needs {package}, which is not released for Python {_written(sys.version_info[:2])}: use "
                f"Python {_written(last)} or an earlier one, and pip install 'har-fall[{extra}]' there ({error})"
            ) from error
        raise MissingDependencyError(f"{purpose} needs {package}: pip install 'har-fall[{extra}]' ({error})") from error


def _written(version: tuple[int, int]) -> str:
    return ".".join(map(str, version))
