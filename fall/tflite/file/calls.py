"""One operator with the tensors that it reads and writes: what the rules on shapes and types look at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from common.errors import ModelIntegrityError
from fall.tflite.file.refusals import contradiction, unsupported
from fall.tflite.file.tensors import Graph, Operator, Tensor

Shape = tuple[int, ...]
Integers = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Call:
    """An operator and its tensors.

    Attributes
    ----------
    name : str
        The operator's name in the schema.
    inputs : tuple of Tensor or None
        None marks an optional input that is absent.
    outputs : tuple of Tensor
        What it writes.
    options : object or None
        The schema's table of options.
    known : tuple of (ndarray or None)
        The inputs that are integers known without running the file: constants, and shapes computed from shapes.
    """

    name: str
    inputs: tuple[Tensor | None, ...]
    outputs: tuple[Tensor, ...]
    options: Any
    known: tuple[Integers | None, ...]

    @classmethod
    def of(cls, operator: Operator, graph: Graph, known: dict[int, Integers]) -> Call:
        """The call of an operator whose tensors exist."""
        return cls(
            operator.name,
            tuple(graph.tensors[number] if number >= 0 else None for number in operator.inputs),
            tuple(graph.tensors[number] for number in operator.outputs),
            operator.options,
            tuple(known.get(number) for number in operator.inputs),
        )

    def tensor(self, number: int) -> Tensor:
        """An input that must be there."""
        tensor = self.inputs[number] if number < len(self.inputs) else None
        if tensor is None:
            raise self.refused(f"lacks its input {number}")
        return tensor

    def shape(self, number: int = 0, *, rank: int | None = None) -> Shape:
        """The shape of an input, which must have this many axes."""
        shape = self.tensor(number).shape
        if rank is not None and len(shape) != rank:
            raise self.refused(f"takes an input of shape {shape}; it must have {rank} axes")
        return shape

    def integers(self, number: int, *, at_most: int) -> list[int]:
        """An input that holds up to ``at_most`` integers, such as axes or sides, as a list."""
        tensor = self.tensor(number)
        if tensor.type_name not in ("int32", "int64") or len(tensor.shape) > 1 or tensor.size > at_most:
            raise self.refused(
                f"takes {tensor.type_name} of shape {tensor.shape} where up to {at_most} integers must stand"
            )
        values = self.known[number]
        if values is None:
            raise unsupported(
                f"computes the sides or axes of a {self.name} from its images", "convert it with fixed shapes"
            )
        return [int(value) for value in values.ravel()]

    def axis(self, axis: int, rank: int) -> int:
        """An axis counted from the front."""
        if not -rank <= axis < rank:
            raise self.refused(f"names the axis {axis} of {rank}")
        return axis % rank

    def refused(self, how: str) -> ModelIntegrityError:
        """The error for an operator whose parts contradict one another."""
        return contradiction(f"{self.name} {how}")
