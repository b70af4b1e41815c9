"""The calls of the kernels, in the order of the network."""

from __future__ import annotations

import math

from fall.embedded.arena import ArenaPlan
from fall.embedded.chains import Chain
from fall.embedded.lowering import Program
from fall.embedded.steps import AddStep, AnyStep, PixelsStep, WindowStep

_FUNCTIONS = {
    "convolution": "convolve",
    "depthwise": "convolve_depthwise",
    "max_pool": "pool_max",
    "average_pool": "pool_average",
}


def call_lines(program: Program, chains: list[Chain], arena: ArenaPlan) -> list[str]:
    """The body of the function that runs the network."""
    lines: list[str] = []
    number = 0
    for place, chain in enumerate(chains):
        lines.append(f"    /* {'; '.join(map(_described, chain.steps))} */")
        is_by_rows = chain.n_turns > 1
        if is_by_rows:
            lines.append(f"    for (int32_t row = 0; row < {chain.n_turns}; row++) {{")
        indent = " " * (8 if is_by_rows else 4)
        for at in range(len(chain.steps)):
            lines.append(indent + _call(program, chain, arena, place, at, number))
            number += 1
        if is_by_rows:
            lines.append("    }")
    return lines


def _call(program: Program, chain: Chain, arena: ArenaPlan, place: int, at: int, number: int) -> str:
    """One call: the first step of a chain reads a tensor, the others the band before them; the last writes a tensor."""
    step, n_rows = chain.steps[at], chain.rows[at]
    is_first, is_last = at == 0, at == len(chain.steps) - 1
    if is_last:
        output = _row_of(arena.tensors[step.output], chain, step, n_rows)
    else:
        output = f"&arena[{arena.bands[place][at]}]"
    if isinstance(step, PixelsStep):
        return f"store_pixels(pixels, image, {math.prod(step.shape_out)}, {output});"
    if isinstance(step, AddStep):
        n_values = n_rows * step.shape_out[1] * step.shape_out[2]
        inputs = ", ".join(_row_of(arena.tensors[read], chain, step, n_rows) for read in step.inputs)
        return f"add(&layer_{number}, {inputs}, {n_values}, {output});"
    if is_first and step.inputs == (program.image,) and isinstance(step, WindowStep) and step.pixels:
        source = "(const int8_t *)image"
    else:
        source = f"&arena[{arena.tensors[step.inputs[0]] if is_first else arena.bands[place][at - 1]}]"
    if not isinstance(step, WindowStep):
        return f"{_function(step)}(&layer_{number}, {source}, {output});"
    first_row = _times("row", n_rows) if is_first and chain.n_turns > 1 else "0"
    patch = "" if step.filters is None else f"&arena[{arena.patches[place]}], " if step.patch_bytes else "NULL, "
    return f"{_FUNCTIONS[step.kernel]}(&layer_{number}, {source}, {first_row}, {n_rows}, {patch}{output});"


def _function(step: AnyStep) -> str:
    return step.operator.lower()


def _row_of(offset: int, chain: Chain, step: AnyStep, n_rows: int) -> str:
    """Where this turn's rows of a tensor lie."""
    if chain.n_turns == 1:
        return f"&arena[{offset}]"
    moved = _times("row", n_rows * step.shape_out[1] * step.shape_out[2])
    return f"&arena[{offset} + {moved}]" if offset else f"&arena[{moved}]"


def _times(name: str, factor: int) -> str:
    return name if factor == 1 else f"{name} * {factor}"


def _described(step: AnyStep) -> str:
    shapes = " -> ".join("x".join(map(str, shape)) for shape in (step.shape_in, step.shape_out))
    return f"{step.operator} {shapes}"
