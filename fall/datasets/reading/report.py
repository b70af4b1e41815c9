"""What a reader of images leaves out or repairs, and why: collected while it reads, told once at the end."""

from __future__ import annotations

import os
import warnings
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from common.errors import FrugalWarning

if TYPE_CHECKING:
    import pandas as pd

_MOST_NAMED = 5


@dataclass
class ReadingReport:
    """What a reader has left out or repaired so far.

    Attributes
    ----------
    left_out : dict
        The reason for each path, as text.
    clipped : list of str
        Images whose box reached beyond the frame and was cut.

    Examples
    --------
    >>> report = ReadingReport()
    >>> report.leave_out("anna/2.png", "cannot be opened", "Permission denied")
    >>> report.summary(3, "files")
    '1 of 3 files cannot be opened and are left out: anna/2.png (Permission denied)'
    """

    left_out: dict[str, str] = field(default_factory=dict)
    clipped: list[str] = field(default_factory=list)
    _groups: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def leave_out(self, path: str | os.PathLike[str], reason: str, detail: str = "", *, tell: bool = True) -> None:
        """Note that a file or folder is left out.

        Parameters
        ----------
        path : str or path-like
        reason : str
            What "files" do or are, such as "have no annotation"; paths with the same reason are told together.
        detail : str
            What is special about this one.
        tell : bool
            Whether a warning should mention it; notes beside images are only listed.
        """
        self.left_out[str(path)] = f"{reason} ({detail})" if detail else reason
        if tell:
            self._groups[reason].append(f"{path} ({detail})" if detail else str(path))

    def summary(self, n_all: int, what: str) -> str:
        """A sentence for each reason, with the first paths of each; empty if nothing is worth telling."""
        return "; ".join(
            f"{len(paths)} of {n_all} {what} {reason} and are left out: {_some(paths)}"
            for reason, paths in self._groups.items()
        )

    def why(self, problem: str) -> str:
        """A problem with the first reason for it, for an error."""
        first = next(((reason, paths[0]) for reason, paths in self._groups.items()), None)
        return problem if first is None else f"{problem}: files {first[0]}, such as {first[1]}"

    def tell(self, n_all: int, what: str, *, hint: str = "") -> None:
        """Warn once of all that is worth telling; to be called by the reader itself."""
        summary = self.summary(n_all, what)
        self._warn(summary, hint if summary else "", self._cut(n_all, what))

    def tell_clipped(self, n_all: int, what: str) -> None:
        """Warn only of boxes that were cut, where nothing is left out; to be called by the reader itself."""
        self._warn(self._cut(n_all, what))

    def _cut(self, n_all: int, what: str) -> str:
        if not self.clipped:
            return ""
        return (
            f"the boxes of {len(self.clipped)} of {n_all} {what} reached beyond the frame and were cut: "
            f"{_some(self.clipped)}"
        )

    def _warn(self, *parts: str) -> None:
        if any(parts):
            message = "; ".join(filter(None, parts))
            warnings.warn(f"{message}. table.attrs lists all of them", FrugalWarning, stacklevel=4)

    def attach(self, table: pd.DataFrame) -> pd.DataFrame:
        """``table`` with ``attrs["left_out"]``, path to reason, and ``attrs["clipped"]``, paths."""
        table.attrs |= {"left_out": dict(self.left_out), "clipped": list(self.clipped)}
        return table


def _some(paths: list[str]) -> str:
    return ", ".join(paths[:_MOST_NAMED]) + (" …" if len(paths) > _MOST_NAMED else "")
