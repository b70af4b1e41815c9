"""Show the progress of long tasks on standard error: a bar on a terminal if rich is installed, else a line a step."""

from __future__ import annotations

import importlib.util
import logging
import sys
from types import TracebackType
from typing import Any


class Progress:
    """A context manager that shows the progress of a task.

    Results go to standard output; progress goes to standard error, so that a pipe carries results alone. Whether it is
    shown or not, each step is also a record of the logger at level DEBUG, and each note one at level INFO.

    Parameters
    ----------
    title : str
        Name of the task.
    total : int
        Maximum number of steps.
    verbose : int
        0 shows nothing.
    logger : str
        Name of the logger, such as "har.selection". This library configures none.
    estimates : bool
        Whether each step says how much time is left; otherwise the bar assumes that all steps take as long.

    Examples
    --------
    >>> with Progress("folds", 2, verbose=0, logger="har") as progress:
    ...     progress.step("accuracy 0.912")
    """

    def __init__(self, title: str, total: int, *, verbose: int, logger: str, estimates: bool = False) -> None:
        self._title, self._total, self._steps = title, total, 0
        self._logger = logging.getLogger(logger)
        self._bar: Any = _bar(estimates) if verbose else None
        self._prints_lines = bool(verbose) and self._bar is None
        if self._bar is not None:
            self._task = self._bar.add_task(title, total=total, left="")

    def __enter__(self) -> Progress:
        if self._bar is not None:
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def note(self, text: str) -> None:
        """Say something beside the bar, once."""
        self._logger.info("%s: %s", self._title, text)
        if self._bar is not None:
            self._bar.console.print(text, highlight=False, markup=False)
        elif self._prints_lines:
            print(text, file=sys.stderr, flush=True)

    def step(self, text: str, left: str = "") -> None:
        """Record that one more step is done; ``text`` says which, or how it went, ``left`` how much time is left."""
        self._steps += 1
        line = "  ".join(filter(None, (f"{self._title}: {self._steps} of {self._total}", text, left)))
        self._logger.debug("%s", line)
        if self._bar is not None:
            self._bar.update(self._task, completed=self._steps, description=f"{self._title}  {text}", left=left)
        elif self._prints_lines:
            print(line, file=sys.stderr, flush=True)


def _bar(estimates: bool) -> Any:
    """A bar of rich on standard error; None if rich is not installed, or nobody would see the bar move."""
    if importlib.util.find_spec("rich") is None:
        return None
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress as Bar, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    if not (console.is_terminal or console.is_jupyter):
        return None
    text = TextColumn("{task.description}", markup=False)
    left = TextColumn("{task.fields[left]}") if estimates else TimeRemainingColumn()
    return Bar(text, BarColumn(), MofNCompleteColumn(), left, console=console)


def figures(values: dict[str, float]) -> str:
    """Format named figures as one line.

    Examples
    --------
    >>> figures({"loss": 0.25, "accuracy": 0.9})
    'loss 0.250  accuracy 0.900'
    """
    return "  ".join(f"{name} {value:.3f}" for name, value in values.items())
