"""Options that several commands share, declared once: as the fields of a data class."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import MISSING, fields, is_dataclass
from functools import wraps
from typing import Any, get_type_hints


def grouped(command: Callable[..., None]) -> Callable[..., None]:
    """A command that takes the fields of its data classes as options of their own, and is called with the data classes.

    typer reads options from a signature and from annotations; these are written out here. Fields are annotated as
    options are, with ``Annotated[..., typer.Option(...)]``.

    Examples
    --------
    >>> from dataclasses import dataclass
    >>> @dataclass(frozen=True)
    ... class Window:
    ...     seconds: float = 2.56
    ...     overlap: float = 0.5
    >>> @grouped
    ... def cut(window: Window, out: str = "model") -> None:
    ...     print(window, out)
    >>> list(inspect.signature(cut).parameters)
    ['seconds', 'overlap', 'out']
    >>> cut(overlap=0.25, out="other")
    Window(seconds=2.56, overlap=0.25) other
    """
    hints = get_type_hints(command, include_extras=True)
    groups: dict[str, Any] = {name: kind for name, kind in hints.items() if is_dataclass(kind)}

    @wraps(command)
    def of_options(**options: Any) -> None:
        made = {
            name: kind(**{field.name: options.pop(field.name) for field in fields(kind) if field.name in options})
            for name, kind in groups.items()
        }
        command(**made, **options)

    parameters = list(_written_out(command, hints))
    of_options.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # functions may have it
    of_options.__annotations__ = {one.name: one.annotation for one in parameters}
    return of_options


def _written_out(command: Callable[..., None], hints: dict[str, Any]) -> Iterator[inspect.Parameter]:
    """The parameters of a command with the fields in place of each data class."""
    for parameter in inspect.signature(command).parameters.values():
        kind = hints[parameter.name]
        if is_dataclass(kind):
            own = get_type_hints(kind, include_extras=True)
            for field in fields(kind):
                default = inspect.Parameter.empty if field.default is MISSING else field.default
                yield _option(field.name, default, own[field.name])
        else:
            yield _option(parameter.name, parameter.default, kind)


def _option(name: str, default: Any, annotation: Any) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)
