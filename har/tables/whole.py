"""A data frame that prints whole."""

from __future__ import annotations

from typing import Any

import pandas as pd

_WIDTH = 80


class WholeTable(pd.DataFrame):
    """A data frame that prints every row and column; pandas leaves out those in the middle.

    Fractions have three digits. A table wider than a terminal goes on below.

    Examples
    --------
    >>> WholeTable({"n_neighbors": [1], "accuracy": [0.87654], "macs": [71232.0]})
     n_neighbors accuracy   macs
               1    0.877 71,232
    """

    @property
    def _constructor(self) -> Any:
        return WholeTable

    def __repr__(self) -> str:
        formatters: Any = {name: _number for name, column in self.items() if column.dtype.kind == "f"}
        return self.to_string(index=False, line_width=_WIDTH, formatters=formatters)

    __str__ = __repr__


def _number(value: float) -> str:
    return f"{value:.3f}" if abs(value) <= 1 else f"{value:,.0f}"
