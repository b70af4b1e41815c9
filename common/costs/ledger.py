"""Costs of a decision (parameters, multiply-accumulates, comparisons, bytes), and a table of named costs."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from operator import index
from typing import TYPE_CHECKING, SupportsIndex

from common.errors import InvalidInputError
from common.tables import html_table, markdown_table, text_table
from common.validation import check_choice, check_integer, check_number

if TYPE_CHECKING:
    import pandas as pd

# What MACs and comparisons are computed in; "mixed" is a sum of parts that differ.
ARITHMETICS = ("int8", "int16x8", "float32", "mixed")


@dataclass(frozen=True, repr=False)
class Cost:
    """Cost of one decision: arithmetic, memory and transmission.

    Attributes
    ----------
    params : int
        Stored numbers: weights of a network, or values of stored windows.
    macs : int
        Multiply-accumulate operations.
    comparisons : int
        Comparisons of two numbers.
    weight_bytes : int
        Memory for the parameters.
    activation_bytes : int
        Working memory at its peak.
    sent_bytes : int
        Bytes sent by radio.
    arithmetic : {"int8", "int16x8", "float32", "mixed"} or None
        What the MACs and comparisons are computed in, where that is known: the formulas count them for any arithmetic,
        a network or a file tells it. "int16x8" multiplies 16-bit activations by 8-bit weights. It is a note on the
        counts and not one of them: costs that differ in nothing else are equal.

    Raises
    ------
    InvalidInputError
        If a count is not an integer of at least 0, or the arithmetic is none of those.

    Notes
    -----
    ``a + b`` is the cost of both in sequence: everything adds up except working memory, which is reused, so that its
    maximum counts. ``a * n`` is the cost of ``n`` repetitions, which scales only MACs, comparisons and sent bytes; with
    a fraction, as for an average, they are rounded to integers. The arithmetic of a sum is that of its parts, or
    "mixed" if those that compute anything differ, or only some of them are known.

    Examples
    --------
    >>> conv = Cost(params=608, macs=29_040_000, weight_bytes=2432, activation_bytes=9000)
    >>> dense = Cost(params=66, macs=64, weight_bytes=264, activation_bytes=136)
    >>> conv + dense == Cost(674, 29_040_064, 0, 2696, 9000, 0)
    True
    >>> print(dense * 10)
    66 parameters, 640 MAC, 264 B of weights, 136 B of working memory
    >>> (Cost(macs=9, arithmetic="int8") + Cost(macs=1, arithmetic="float32")).arithmetic
    'mixed'
    >>> dense.operations, dense.counts()["macs"]
    (64, 64)
    """

    params: int = 0
    macs: int = 0
    comparisons: int = 0
    weight_bytes: int = 0
    activation_bytes: int = 0
    sent_bytes: int = 0
    arithmetic: str | None = field(default=None, compare=False, kw_only=True)

    def __post_init__(self) -> None:
        for name in COUNTS:
            object.__setattr__(self, name, check_integer(getattr(self, name), name, at_least=0))
        if self.arithmetic is not None:
            check_choice(self.arithmetic, "arithmetic", ARITHMETICS)

    @property
    def operations(self) -> int:
        """MACs and comparisons together."""
        return self.macs + self.comparisons

    def counts(self) -> dict[str, int]:
        """The six counts by name, without the arithmetic: what tables and bundles hold."""
        return {name: getattr(self, name) for name in COUNTS}

    def __add__(self, other: Cost) -> Cost:
        if not isinstance(other, Cost):
            return NotImplemented
        return Cost(
            params=self.params + other.params,
            macs=self.macs + other.macs,
            comparisons=self.comparisons + other.comparisons,
            weight_bytes=self.weight_bytes + other.weight_bytes,
            activation_bytes=max(self.activation_bytes, other.activation_bytes),
            sent_bytes=self.sent_bytes + other.sent_bytes,
            arithmetic=_common_arithmetic(self, other),
        )

    def __mul__(self, times: SupportsIndex | float) -> Cost:
        check_number(times, "times", at_least=0)
        times = index(times) if isinstance(times, SupportsIndex) else float(times)  # NumPy's integers overflow
        return Cost(
            params=self.params,
            macs=round(self.macs * times),
            comparisons=round(self.comparisons * times),
            weight_bytes=self.weight_bytes,
            activation_bytes=self.activation_bytes,
            sent_bytes=round(self.sent_bytes * times),
            arithmetic=self.arithmetic,
        )

    __rmul__ = __mul__

    def __repr__(self) -> str:
        known = {} if self.arithmetic is None else {"arithmetic": self.arithmetic}
        return f"Cost({', '.join(f'{name}={value!r}' for name, value in {**self.counts(), **known}.items())})"

    def __str__(self) -> str:
        parts = [
            _format_count(self.params, "parameters"),
            _format_count(self.macs, "MAC"),
            _format_count(self.comparisons, "comparisons"),
            _format_count(self.weight_bytes, "B of weights"),
            _format_count(self.activation_bytes, "B of working memory"),
            _format_count(self.sent_bytes, "B sent"),
        ]
        return ", ".join(filter(None, parts)) or "nothing"


_HEADINGS = {
    "params": "parameters",
    "macs": "MACs",
    "comparisons": "comparisons",
    "weight_bytes": "weights [B]",
    "activation_bytes": "working memory [B]",
    "sent_bytes": "sent [B]",
}
COUNTS = tuple(_HEADINGS)


def _common_arithmetic(*costs: Cost) -> str | None:
    """The arithmetic of a sum; a part that computes nothing has no say."""
    found = {cost.arithmetic for cost in costs if cost.operations}
    if not found:  # nothing is computed: keep what either says
        found = {cost.arithmetic for cost in costs} - {None} or {None}
    return found.pop() if len(found) == 1 else "mixed"


@dataclass(frozen=True, init=False)
class Ledger:
    """Named costs, a row each, and their total.

    Parameters
    ----------
    rows : mapping of name to Cost, or iterable of (name, Cost)
        The rows in order; names may repeat.

    Raises
    ------
    InvalidInputError
        If a row is not a name and a Cost.

    Examples
    --------
    >>> ledger = Ledger({"filter": Cost(macs=1920), "warp": Cost(macs=18_264, comparisons=6088)})
    >>> print(ledger)
              MACs  comparisons
    ------  ------  -----------
    filter   1,920            0
    warp    18,264        6,088
    ------  ------  -----------
    total   20,184        6,088
    >>> ledger.total.macs, ledger.to_frame().loc["warp", "comparisons"].item()
    (20184, 6088)
    >>> print(ledger.to_markdown().splitlines()[0])
    |  | MACs | comparisons |
    """

    rows: tuple[tuple[str, Cost], ...]

    def __init__(self, rows: Mapping[str, Cost] | Iterable[tuple[str, Cost]] = ()) -> None:
        try:
            pairs = tuple((str(name), cost) for name, cost in (rows.items() if isinstance(rows, Mapping) else rows))
        except InvalidInputError:  # raised by a generator of rows, with a better message
            raise
        except (TypeError, ValueError) as error:
            raise InvalidInputError(
                'rows must be pairs of a name and a Cost, such as {"conv": Cost(macs=1)}'
            ) from error
        for name, cost in pairs:
            if not isinstance(cost, Cost):
                raise InvalidInputError(f"rows holds a {type(cost).__name__} for {name!r}; it must be a Cost")
        object.__setattr__(self, "rows", pairs)

    def __iter__(self) -> Iterator[tuple[str, Cost]]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def __add__(self, other: Ledger) -> Ledger:
        """The rows of both ledgers."""
        return Ledger(self.rows + other.rows) if isinstance(other, Ledger) else NotImplemented

    @property
    def total(self) -> Cost:
        """The sum of all rows."""
        return sum((cost for _, cost in self.rows), Cost())

    def to_frame(self) -> pd.DataFrame:
        """One row per name and one column per count of :class:`Cost`, without the total."""
        import pandas as pd

        columns = {name: [getattr(cost, name) for _, cost in self.rows] for name in COUNTS}
        return pd.DataFrame(columns, index=pd.Index([name for name, _ in self.rows], name="name"))

    def _repr_html_(self) -> str:
        """The same table in a notebook."""
        return html_table(*self._table())

    def to_markdown(self) -> str:
        """The rows and their total as a Markdown table, without the columns that are all zero."""
        return markdown_table(*self._table()) + "\n"

    def __str__(self) -> str:
        return text_table(*self._table(), total=True)

    def _table(self) -> tuple[list[str], list[list[str]]]:
        total = self.total
        used = [count for count in COUNTS if getattr(total, count)] or ["macs"]
        rows = [
            [name, *(f"{getattr(cost, count):,}" for count in used)] for name, cost in (*self.rows, ("total", total))
        ]
        return ["", *(_HEADINGS[count] for count in used)], rows


def _format_count(count: int, unit: str) -> str:
    """``18264, "MAC"`` as 18.3 kMAC; zero as an empty string."""
    if count < 1000:
        return f"{count} {unit}" if count else ""
    rounded = float(f"{count:.3g}")  # before choosing the prefix, so that 999,999 becomes 1 M
    power = min(int(math.log10(rounded)) // 3, 4)
    space = " " if unit.islower() else ""
    return f"{rounded / 1000**power:.3g} {' kMGT'[power]}{space}{unit}"
