"""The console of all examples, and short messages for invalid input."""

from collections.abc import Iterator
from contextlib import contextmanager

import typer
from rich.console import Console
from rich.markup import escape

import common

console = Console()


@contextmanager
def explained() -> Iterator[None]:
    """Print an error of the library in one line instead of a traceback, and exit with status 2."""
    try:
        yield
    except common.FrugalError as error:
        console.print(f"[bold red]Not possible:[/] {escape(str(error))}", highlight=False)
        raise typer.Exit(2) from None
