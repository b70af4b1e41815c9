"""One array for all that a network writes: planned here, static in C.

The plan is that of :func:`fall.tflite.memory.place`, with the bands and windows of the chains beside the tensors.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from fall.embedded.chains import Chain
from fall.embedded.lowering import Program
from fall.tflite.memory import aligned, place

# A convolution reads its window in runs of four; what is read beyond the window is multiplied by 0.
_READ_BEYOND = 4


@dataclass(frozen=True, eq=False)
class ArenaPlan:
    """Offsets in bytes.

    Attributes
    ----------
    n_bytes : int
        Size of the array.
    tensors : dict of int to int
        Offset of each tensor, by its number in the file.
    bands : tuple of tuple of int
        For each chain, the offsets of the rows between its steps.
    patches : tuple of int
        For each chain, the offset of the copied window.
    """

    n_bytes: int
    tensors: dict[int, int]
    bands: tuple[tuple[int, ...], ...]
    patches: tuple[int, ...]


def plan_arena(program: Program, chains: list[Chain]) -> ArenaPlan:
    """Place the tensors between chains, and for the time of a chain its bands and its window."""
    first = {chain.output: number for number, chain in enumerate(chains)}
    last = dict(first)
    for number, chain in enumerate(chains):
        last.update((read, number) for step in chain.steps for read in step.inputs if read in first)
    sizes = {chain.output: math.prod(chain.steps[-1].shape_out) for chain in chains}
    last[program.output] = len(chains) - 1
    lifetimes = [(sizes[tensor], first[tensor], last[tensor]) for tensor in first]
    for number, chain in enumerate(chains):
        lifetimes += [(n_bytes, number, number) for n_bytes in (*chain.band_bytes, chain.patch_bytes)]
    placements = place([(aligned(size), begin, end) for size, begin, end in lifetimes])
    offsets = iter(placement.offset for placement in placements)
    tensors = {tensor: next(offsets) for tensor in first}
    bands, patches = [], []
    for chain in chains:
        bands.append(tuple(next(offsets) for _ in chain.band_bytes))
        patches.append(next(offsets))
    n_bytes = max(placement.end for placement in placements) + _READ_BEYOND
    return ArenaPlan(n_bytes, tensors, tuple(bands), tuple(patches))
