"""Progress of a training: a bar where rich is installed, else a line an epoch."""

import importlib.util
from types import TracebackType
from typing import Any


class EpochProgress:
    """Shows how far a training is and how well it goes; a context manager that may show nothing.

    Parameters
    ----------
    title : str
        What is being trained.
    epochs : int
        How many epochs there will be at most.
    verbose : int
        0 shows nothing.
    """

    def __init__(self, title: str, epochs: int, *, verbose: int) -> None:
        self._title, self._epochs = title, epochs
        self._bar: Any = None
        self._plain = False
        if verbose and importlib.util.find_spec("rich"):
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

            text = TextColumn("{task.description}")
            self._bar = Progress(text, BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
            self._task = self._bar.add_task(title, total=epochs)
        elif verbose:
            self._plain = True

    def __enter__(self) -> "EpochProgress":
        if self._bar is not None:
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def epoch(self, number: int, figures: dict[str, float]) -> None:
        """Epoch ``number``, counted from 1, has ended with these figures."""
        shown = "  ".join(f"{name} {value:.3f}" for name, value in figures.items())
        if self._bar is not None:
            self._bar.update(self._task, completed=number, description=f"{self._title}  {shown}")
        elif self._plain:
            print(f"{self._title}: epoch {number} of {self._epochs}  {shown}", flush=True)
