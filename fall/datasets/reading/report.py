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

    Parameters
    ----------
    keep_excluded : bool
        Whether images that nobody can label are kept, with label −1.

    Attributes
    ----------
    left_out, excluded : dict
        The reason for each path, as text: of what is not in the table, and of what is there with label −1.
    clipped : list of str
        Images whose box reached beyond the frame and was cut.

    Examples
    --------
    >>> report = ReadingReport()
    >>> report.leave_out("anna/2.png", "cannot be opened", "Permission denied")
    >>> report.summary(3, "files")
    '1 of 3 files cannot be opened and are left out: anna/2.png (Permission denied)'
    """

    keep_excluded: bool = False
    left_out: dict[str, str] = field(default_factory=dict)
    excluded: dict[str, str] = field(default_factory=dict)
    clipped: list[str] = field(default_factory=list)
    _groups: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    _n_excluded: int = 0

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
        self.left_out[str(path)] = _sentence(reason, detail)
        if tell:
            self._groups[reason].append(_sentence(str(path), detail))

    def exclude(self, image: str | os.PathLike[str], reason: str, detail: str = "") -> None:
        """Note that nobody can say what an image shows: it is left out, or kept with label −1."""
        if self.keep_excluded:
            self.excluded[str(image)] = _sentence(reason, detail)
        else:
            self._n_excluded += 1
            self.leave_out(image, reason, detail)

    def why(self, problem: str) -> str:
        """A problem with the first reason for it, for an error."""
        reasons = self.left_out | self.excluded
        path = next(iter(reasons), None)
        return problem if path is None else f"{problem}: files {reasons[path]}, such as {path}"

    def summary(self, n_all: int, what: str) -> str:
        """A sentence for each reason, with the first paths of each; empty if nothing is worth telling."""
        return "; ".join(
            f"{len(paths)} of {n_all} {what} {reason} and are left out: {_some(paths)}"
            for reason, paths in self._groups.items()
        )

    def tell(self, n_all: int, what: str) -> None:
        """Warn once of all that is worth telling; to be called by the reader itself."""
        parts = [self.summary(n_all, what)]
        if self._n_excluded:
            parts.append("keep_excluded=True keeps those without a sound annotation, with label −1")
        if self.clipped:
            parts.append(
                f"the boxes of {len(self.clipped)} of {n_all} {what} reached beyond the frame and were cut: "
                f"{_some(self.clipped)}"
            )
        if any(parts):
            message = "; ".join(filter(None, parts))
            warnings.warn(f"{message}. table.attrs lists all of them", FrugalWarning, stacklevel=3)

    def attach(self, table: pd.DataFrame) -> pd.DataFrame:
        """``table`` with ``attrs``: ``left_out`` and ``excluded``, path to reason, and ``clipped``, paths."""
        table.attrs |= {
            "left_out": dict(self.left_out),
            "excluded": dict(self.excluded),
            "clipped": list(self.clipped),
        }
        return table


def _sentence(text: str, detail: str) -> str:
    return f"{text} ({detail})" if detail else text


def _some(paths: list[str]) -> str:
    return ", ".join(paths[:_MOST_NAMED]) + (" …" if len(paths) > _MOST_NAMED else "")
