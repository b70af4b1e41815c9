"""Steps that run row by row together, so that what lies between them is never in memory as a whole.

A pool, a pointwise convolution or a convolution without overlap needs only as many rows of its input as its window is
high. So a convolution writes those few rows into a band, the pool makes one row of them, and the band is used again.
Every number is computed once and as before; only the order differs. The first convolution of the separable CNN, and
with it the most memory, is computed so. Peer: patch-based inference (Lin et al.: MCUNetV2. NeurIPS 2021), which also
recomputes what overlaps; here nothing does.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from itertools import chain, combinations, pairwise

from fall.embedded.lowering import Program
from fall.embedded.steps import AddStep, AnyStep, WindowStep

_LONGEST = 8  # steps; all ways to cut a chain are tried


@dataclass(frozen=True, eq=False)
class Chain:
    """Steps of which each but the first reads what the one before it wrote, and nothing else does.

    Attributes
    ----------
    steps : tuple of Step
        One or more.
    rows : tuple of int
        Rows that each step writes at a time; for a single step all of them.
    """

    steps: tuple[AnyStep, ...]
    rows: tuple[int, ...]

    @property
    def n_turns(self) -> int:
        """How often the steps run for one image."""
        return self.steps[-1].shape_out[0] // self.rows[-1]

    @property
    def output(self) -> int:
        """Number of the tensor that the chain writes."""
        return self.steps[-1].output

    @property
    def band_bytes(self) -> list[int]:
        """Memory between each step and the next."""
        return [
            n_rows * step.shape_out[1] * step.shape_out[2]
            for n_rows, step in zip(self.rows[:-1], self.steps[:-1], strict=True)
        ]

    @property
    def patch_bytes(self) -> int:
        """Memory for the copied windows of its convolutions, one after the other."""
        return max(step.patch_bytes if isinstance(step, WindowStep) else 0 for step in self.steps)


def chain_rows(program: Program) -> list[Chain]:
    """All steps of a network, those together that can run row by row."""
    readers = Counter(number for step in program.steps for number in step.inputs)
    groups: list[list[AnyStep]] = []
    for step in program.steps:
        before = groups[-1][-1] if groups else None
        is_one = before is not None and _hands_on_rows(before, step) and readers[before.output] == 1
        if is_one and len(groups[-1]) < _LONGEST:
            groups[-1].append(step)
        else:
            groups.append([step])
    return [together for group in groups for together in _least_memory(group)]


def _hands_on_rows(before: AnyStep, step: AnyStep) -> bool:
    """Whether a step reads rows of the step before it, and each of them once."""
    if not isinstance(before, (WindowStep, AddStep)) or not isinstance(step, WindowStep):
        return False
    window = step.window
    is_apart = window.size[0] == window.step[0] and window.before[0] == 0
    return (
        step.inputs == (before.output,)
        and step.shape_in == before.shape_out
        and is_apart
        and step.shape_out[0] * window.step[0] <= step.shape_in[0]
    )


def _least_memory(group: list[AnyStep]) -> list[Chain]:
    """The chains of steps that could all be one: where the group is cut, its first input is free again earlier.

    A chain that ends in more channels than it began with, as the next block's expansion in MobileNetV2, would need both
    at once.
    """
    places = range(1, len(group))
    cuts = chain.from_iterable(combinations(places, n) for n in range(len(group)))
    return min((_cut(group, chosen) for chosen in cuts), key=lambda chains: (max(map(_memory, chains)), len(chains)))


def _cut(group: list[AnyStep], places: tuple[int, ...]) -> list[Chain]:
    parts = [group[begin:end] for begin, end in pairwise((0, *places, len(group)))]
    return [Chain(tuple(part), _rows(part)) for part in parts]


def _memory(rows: Chain) -> int:
    """Bytes of what a chain reads and writes, and of what lies between."""
    first, last = rows.steps[0], rows.steps[-1]
    n_in = 0 if isinstance(first, WindowStep) and first.pixels else len(first.inputs) * math.prod(first.shape_in)
    return n_in + sum(rows.band_bytes) + rows.patch_bytes + math.prod(last.shape_out)


def _rows(group: list[AnyStep]) -> tuple[int, ...]:
    """From the last step, which writes one row, backwards."""
    if len(group) == 1:
        return (group[0].shape_out[0],)
    rows = [1]
    for step in reversed(group[1:]):
        assert isinstance(step, WindowStep)
        rows.append(rows[-1] * step.window.step[0])
    return tuple(reversed(rows))
