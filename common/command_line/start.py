"""Start a command line, or say which extra installs it."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import NoReturn

from common.errors import MissingDependencyError
from common.optional import require


def start(name: str) -> NoReturn:
    """Run the command line of the package ``name``, "har" or "fall"; always exits.

    The exit status is 0 if all is done, 1 if data or a model is refused, 2 for wrong usage, 130 after Ctrl-C.
    """
    try:
        require("typer", extra="cli", purpose=f"The command {name}")
    except MissingDependencyError as error:
        print(f"Not possible: {error}", file=sys.stderr)
        sys.exit(1)
    app = import_module(f"{name}.command_line.app").app
    app(prog_name=name)
    sys.exit(0)
