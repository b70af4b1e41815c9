"""Which arithmetic an estimate takes for a cost: what the cost says, else what the caller says, else an assumption."""

from __future__ import annotations

from dataclasses import dataclass

from common.costs.ledger import Cost, Ledger
from common.errors import InvalidInputError
from common.validation import check_choice

DTYPES = ("int8", "float32")  # the arithmetic for which devices have a throughput
_FLOAT32_BYTES = 4


@dataclass(frozen=True)
class Work:
    """The operations of a decision, by the throughput that they are estimated with.

    Attributes
    ----------
    int8, float32 : int
        MACs and comparisons.
    is_assumed : bool
        Whether the arithmetic of any of them was assumed: neither the cost nor the caller said it, or the caller named
        a substitute.
    """

    int8: int
    float32: int
    is_assumed: bool

    @property
    def arithmetic(self) -> str | None:
        """One of "int8", "float32" and "mixed", or None if nothing is computed."""
        if self.int8 and self.float32:
            return "mixed"
        return "int8" if self.int8 else "float32" if self.float32 else None


def work_of(cost: Cost | Ledger, dtype: str | None, name: str = "cost") -> Work:
    """The work of a cost, or of the rows of a ledger, each in its own arithmetic.

    Parameters
    ----------
    cost : Cost or Ledger
        A ledger's rows may differ in their arithmetic.
    dtype : {"int8", "float32"} or None
        The arithmetic where the cost does not know it. Without it, weights of four bytes and more are taken for
        float32, all else for int8. For "int16x8", of which devices have no figure, it names the substitute.
    name : str
        The argument that messages name.

    Raises
    ------
    InvalidInputError
        If ``dtype`` contradicts the cost, is missing for "int16x8", or the cost is a sum of different arithmetics.

    Examples
    --------
    >>> work_of(Cost(macs=9, arithmetic="float32"), None)
    Work(int8=0, float32=9, is_assumed=False)
    >>> work_of(Cost(macs=9), None)
    Work(int8=9, float32=0, is_assumed=True)
    """
    if dtype is not None:
        check_choice(dtype, "dtype", DTYPES)
    rows = cost.rows if isinstance(cost, Ledger) else ((None, cost),)
    busy = [(row, part) for row, part in rows if part.operations]
    unknown = sum((part for _, part in busy if part.arithmetic is None), Cost())
    assumed = dtype or _usual_dtype(unknown)
    operations = dict.fromkeys(DTYPES, 0)
    is_assumed = unknown.operations > 0 and dtype is None
    for row, part in busy:
        if part.arithmetic in DTYPES:
            _check_agrees(part.arithmetic, dtype, _place(name, row))
            operations[part.arithmetic] += part.operations
        else:
            _check_estimable(part.arithmetic, dtype, _place(name, row))
            operations[assumed] += part.operations
            is_assumed |= part.arithmetic is not None
    return Work(**operations, is_assumed=is_assumed)


def _usual_dtype(cost: Cost) -> str:
    """Weights of four bytes are not those of integer arithmetic."""
    return "float32" if 0 < _FLOAT32_BYTES * cost.params <= cost.weight_bytes else "int8"


def _place(name: str, row: str | None) -> str:
    return name if row is None else f"{name}, row {row!r},"


def _check_agrees(arithmetic: str, dtype: str | None, place: str) -> None:
    if dtype not in (None, arithmetic):
        raise InvalidInputError(
            f"dtype is {dtype!r}, but {place} is computed in {arithmetic}: leave dtype out, or pass the cost of a "
            f"{dtype} model, such as fall.tflite_cost of its file"
        )


def _check_estimable(arithmetic: str | None, dtype: str | None, place: str) -> None:
    if arithmetic == "mixed":
        raise InvalidInputError(
            f"{place} is a sum of parts in different arithmetic: pass the ledger of its parts, such as "
            "fall.tflite_cost(model.graph), whose rows know theirs"
        )
    if arithmetic == "int16x8" and dtype is None:
        raise InvalidInputError(
            f"{place} is computed in int16x8, for which devices have no figure: pass dtype='int8' to take that "
            "throughput instead, or measure it"
        )
