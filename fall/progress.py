"""Show the progress of long tasks: a bar if rich is installed, otherwise a line for each step."""

from __future__ import annotations

import importlib.util
from types import TracebackType
from typing import Any


class Progress:
    """A context manager that shows the progress of a task.

    Parameters
    ----------
    title : str
        Name of the task.
    total : int
        Maximum number of steps.
    verbose : int
        0 shows nothing.
    estimates : bool
        Whether each step says how much time is left; otherwise the bar assumes that all steps take as long.
    """

    def __init__(self, title: str, total: int, *, verbose: int, estimates: bool = False) -> None:
        self._title, self._total, self._steps = title, total, 0
        self._bar: Any = None
        self._prints_lines = False
        if verbose and importlib.util.find_spec("rich"):
            from rich.progress import BarColumn, MofNCompleteColumn, Progress as Bar, TextColumn, TimeRemainingColumn

            text = TextColumn("{task.description}")
            left = TextColumn("{task.fields[left]}") if estimates else TimeRemainingColumn()
            self._bar = Bar(text, BarColumn(), MofNCompleteColumn(), left)
            self._task = self._bar.add_task(title, total=total, left="")
        elif verbose:
            self._prints_lines = True

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
        if self._bar is not None:
            self._bar.console.print(text, highlight=False)
        elif self._prints_lines:
            print(text, flush=True)

    def step(self, text: str, left: str = "") -> None:
        """Record that one more step is done; ``text`` says which, or how it went, ``left`` how much time is left."""
        self._steps += 1
        if self._bar is not None:
            self._bar.update(self._task, completed=self._steps, description=f"{self._title}  {text}", left=left)
        elif self._prints_lines:
            print("  ".join(filter(None, (f"{self._title}: {self._steps} of {self._total}", text, left))), flush=True)


def figures(values: dict[str, float]) -> str:
    """Format named figures as one line.

    Examples
    --------
    >>> figures({"loss": 0.25, "accuracy": 0.9})
    'loss 0.250  accuracy 0.900'
    """
    return "  ".join(f"{name} {value:.3f}" for name, value in values.items())
