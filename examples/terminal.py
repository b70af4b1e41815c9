"""The console of all examples, their command lines, and short messages for invalid input."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import typer
from rich.console import Console
from rich.markup import escape

import common

console = Console()


def run(main: Callable[..., Any]) -> None:
    """Run a script's function as its command line."""
    command_line(main)()


def command_line(main: Callable[..., Any]) -> typer.Typer:
    """The command line of a function; its help is plain text, in which no name is broken."""
    app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
    app.command()(main)
    return app


@contextmanager
def explained() -> Iterator[None]:
    """Print an error of the library in one line instead of a traceback, and exit with status 2."""
    try:
        yield
    except common.FrugalError as error:
        console.print(f"[bold red]Not possible:[/] {escape(str(error))}", highlight=False)
        raise typer.Exit(2) from None
