"""Working memory of a .tflite file: its activations laid out as by tflite-micro's greedy memory planner."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fall.tflite.file import Graph, read_graph

ALIGNMENT = 16  # bytes; every tensor in the arena begins at a multiple


@dataclass(frozen=True)
class Placement:
    """Where a tensor lies in memory, and the first and last operator that need it (−1: before the first one)."""

    offset: int
    size: int
    first: int
    last: int

    @property
    def end(self) -> int:
        """The first byte after the tensor."""
        return self.offset + self.size

    def overlaps_in_time(self, first: int, last: int) -> bool:
        """Whether the tensor is needed while any operator from ``first`` to ``last`` runs."""
        return self.first <= last and first <= self.last


def peak_memory(content: bytes | Graph) -> int:
    """Bytes for all activations of a .tflite file, if memory is reused as soon as it is free.

    The layout is tflite-micro's: a tensor is kept from the operator that writes it to the last one that reads it; the
    largest tensors are placed first, each in the lowest gap where it fits. tflite-micro needs further memory for its
    own tables, see :func:`fall.micro_arena`.

    Parameters
    ----------
    content : bytes or Graph
        The file, or the graph that was read from it.

    Returns
    -------
    int

    Raises
    ------
    ModelIntegrityError
        If the file is damaged.

    References
    ----------
    tensorflow/lite/micro/memory_planner/greedy_memory_planner.cc

    Examples
    --------
    >>> from fall import build_network, tflite
    >>> peak_memory(tflite.convert(build_network("perceptron", (8, 8, 3), units=4)))  # image and copy: 2 * 768 bytes
    1536
    """
    return max(peaks(read_graph(content)), default=0)


def peaks(graph: Graph) -> list[int]:
    """The highest byte in use while each operator runs; the maximum is the size of the arena."""
    placements = plan(graph)
    return [
        max((place.end for place in placements if place.overlaps_in_time(step, step)), default=0)
        for step in range(len(graph.operators))
    ]


def plan(graph: Graph) -> list[Placement]:
    """Place every tensor that is not constant."""
    return place(_lifetimes(graph)[::-1])  # of tensors of equal size the later comes first, as in tflite-micro


def place(lifetimes: Sequence[tuple[int, int, int]]) -> list[Placement]:
    """Places for tensors, in their order, from the size of each and the first and last operator that needs it."""
    placed: dict[int, Placement] = {}
    for number in sorted(range(len(lifetimes)), key=lambda number: -lifetimes[number][0]):
        size, first, last = lifetimes[number]
        offset = 0
        for other in sorted(placed.values(), key=lambda other: other.offset):
            if not other.overlaps_in_time(first, last):
                continue
            if other.offset - offset >= size:
                break
            offset = max(offset, other.end)
        placed[number] = Placement(offset, size, first, last)
    return [placed[number] for number in range(len(lifetimes))]


def _lifetimes(graph: Graph) -> list[tuple[int, int, int]]:
    """Size, first and last operator of each tensor that is not constant."""
    first = dict.fromkeys(graph.inputs, -1)
    last = dict(first)
    for step, operator in enumerate(graph.operators):
        first.update(dict.fromkeys(operator.outputs, step))
        last.update(dict.fromkeys(operator.outputs, step))
        last.update((number, step) for number in operator.inputs if number in first)
    last.update(dict.fromkeys(graph.outputs, len(graph.operators) - 1))
    sizes = {number: aligned(graph.tensors[number].nbytes) for number in first}
    return [(sizes[number], first[number], last[number]) for number in sorted(first)]


def aligned(n_bytes: int) -> int:
    """The next multiple of :data:`ALIGNMENT`."""
    return -(-n_bytes // ALIGNMENT) * ALIGNMENT
