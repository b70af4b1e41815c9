"""What surrounds every command: plain help, errors as one message, exit codes."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import typer

from common.errors import FrugalError, FrugalWarning, InvalidInputError
from common.version import __version__

REFUSED, WRONG_USAGE = 1, 2


class WrongUsageError(InvalidInputError):
    """Options that contradict each other, or of which one is missing: exit status 2."""


def command_line(description: str) -> typer.Typer:
    """An application whose help is plain text, in which no name is broken, however narrow the terminal."""
    app = typer.Typer(
        help=description,
        no_args_is_help=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_common_options)
    return app


def _show_version(wanted: bool) -> None:
    if wanted:
        print(__version__)
        raise typer.Exit


def _common_options(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Options before the command."""


@contextmanager
def explained() -> Iterator[None]:
    """Around a command: what is refused becomes one message on standard error and exit status 1, never a traceback.

    Warnings of this library become notes on standard error. A pipe whose reader has had enough ends the command
    quietly.
    """
    shown_by_default = warnings.showwarning

    def show(message: Warning | str, category: type[Warning], filename: str, lineno: int, *more: Any) -> None:
        if issubclass(category, FrugalWarning):
            tell(f"Note: {message}")
        else:
            shown_by_default(message, category, filename, lineno, *more)

    with warnings.catch_warnings():
        warnings.simplefilter("always", FrugalWarning)
        warnings.showwarning = show  # type: ignore[assignment]  # takes all that it is given
        try:
            yield
            sys.stdout.flush()
        except FrugalError as error:
            tell(f"Not possible: {error}")
            raise typer.Exit(WRONG_USAGE if isinstance(error, WrongUsageError) else REFUSED) from None
        except BrokenPipeError:
            # What is still buffered has no reader either: flushing it at the exit must not fail again.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit from None
        except OSError as error:
            tell(f"Not possible: {_of_system(error)}")
            raise typer.Exit(REFUSED) from None


def tell(text: str) -> None:
    """A message for people: on standard error, so that standard output holds the result alone."""
    print(text, file=sys.stderr, flush=True)


def _of_system(error: OSError) -> str:
    where = f"{error.filename}: " if error.filename is not None else ""
    return f"{where}{(error.strerror or str(error)).lower()}"
