"""How much working memory a .tflite file needs: its activations laid out as tflite-micro's greedy planner does."""

from dataclasses import dataclass

from fall.tflite.file import Graph, read_graph

ALIGNMENT = 16  # bytes, of every tensor in the arena


@dataclass(frozen=True)
class Placement:
    """Where a tensor lies, and from which operator to which it is needed (−1: before the first one)."""

    offset: int
    size: int
    first: int
    last: int

    @property
    def end(self) -> int:
        """The first byte behind it."""
        return self.offset + self.size

    def overlaps_in_time(self, first: int, last: int) -> bool:
        """Whether both are needed at once."""
        return self.first <= last and first <= self.last


def peak_memory(content: bytes) -> int:
    """Bytes for all activations of a .tflite file, when memory is used again as soon as it is free.

    The layout is tflite-micro's: every tensor lives from the operator that writes it to the last one that reads it;
    the largest are placed first, each in the lowest gap that fits. tflite-micro's own tables come on top,
    see :func:`fall.micro_arena`.

    Parameters
    ----------
    content : bytes
        The file.

    Raises
    ------
    ModelIntegrityError
        If the file is damaged.

    References
    ----------
    tensorflow/lite/micro/memory_planner/greedy_memory_planner.cc
    """
    return max(peaks(read_graph(content)), default=0)


def peaks(graph: Graph) -> list[int]:
    """The highest byte in use while each operator runs; their maximum is the arena."""
    placements = plan(graph)
    return [
        max((place.end for place in placements if place.overlaps_in_time(step, step)), default=0)
        for step in range(len(graph.operators))
    ]


def plan(graph: Graph) -> list[Placement]:
    """A place for every tensor that is not constant."""
    placed: list[Placement] = []
    lifetimes = _lifetimes(graph)[::-1]  # of equal tensors the later one comes first, as in tflite-micro
    for size, first, last in sorted(lifetimes, key=lambda lifetime: -lifetime[0]):
        offset = 0
        for other in sorted(placed, key=lambda other: other.offset):
            if not other.overlaps_in_time(first, last):
                continue
            if other.offset - offset >= size:
                break
            offset = max(offset, other.end)
        placed.append(Placement(offset, size, first, last))
    return placed


def _lifetimes(graph: Graph) -> list[tuple[int, int, int]]:
    """Size, first and last operator of each tensor that is not constant."""
    first = dict.fromkeys(graph.inputs, -1)
    last = dict(first)
    for step, operator in enumerate(graph.operators):
        first.update(dict.fromkeys(operator.outputs, step))
        last.update(dict.fromkeys(operator.outputs, step))
        last.update((number, step) for number in operator.inputs if number in first)
    last.update(dict.fromkeys(graph.outputs, len(graph.operators) - 1))
    sizes = {number: -(-graph.tensors[number].nbytes // ALIGNMENT) * ALIGNMENT for number in first}
    return [(sizes[number], first[number], last[number]) for number in sorted(first)]
