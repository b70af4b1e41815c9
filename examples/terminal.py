"""Where the labs print, and how they say what is wrong with their input."""

from collections.abc import Iterator
from contextlib import contextmanager

import typer
from rich.console import Console

import common

console = Console()


@contextmanager
def explained() -> Iterator[None]:
    """What is wrong with the input in one line, instead of a traceback."""
    try:
        yield
    except common.FrugalError as error:
        console.print(f"[bold red]Not possible:[/] {error}", highlight=False)
        raise typer.Exit(2) from None
