"""Samples of several channels on lanes, and the squared distances between them.

A *point* is a tuple of lanes, one for each channel that the compiler unrolls, so that it stays in registers:

=====================================  ==============================================================================
``sample(series, at, shape)``          one sample of a series, in every lane: splats of ``series[at]``, …
``samples(block, at, shape)``          one sample of each reference of a block: the lanes from ``block[at]`` on
``squared_distance(point, block, at)``  from a point to the samples that begin at ``block[at]``
``squared_distance_to(point, series, at)``  from a point to the one sample that begins at ``series[at]``
=====================================  ==============================================================================
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
from llvmlite import ir
from numba import config, types
from numba.extending import intrinsic

from har.dtw.lanes import (
    Lanes,
    Shape,
    as_floats,
    load,
    load_lanes,
    splat,
    splat_lanes,
    square_add,
    square_add_lanes,
    square_lanes,
    subtract,
    subtract_lanes,
    sum_of_squares,
)

if config.DISABLE_JIT:

    def sample(series: Any, at: int, shape: Shape) -> Any:
        return tuple(splat(series, at + c, shape) for c in range(len(shape[0])))

    def samples(block: Any, at: int, shape: Shape) -> Any:
        return tuple(load(block, at + c * len(shape[1]), shape) for c in range(len(shape[0])))

    def squared_distance(point: Any, block: Any, at: int) -> Any:
        width = len(point[0])
        total = np.zeros(width, dtype=block.dtype)
        for c, value in enumerate(point):
            total = square_add(value - block[at + c * width : at + (c + 1) * width], total)
        return total

    def squared_distance_to(point: Any, series: Any, at: int) -> Any:
        total = np.zeros(len(point[0]), dtype=np.float32 if series.dtype == np.int32 else series.dtype)
        for c, value in enumerate(point):
            total = square_add(subtract(value, np.full(len(value), series[at + c])), total)
        return total

else:

    def _point(read: Any, array: Any, shape: Any, step: int) -> Any:
        """Signature and code of an intrinsic that reads a point, one lane value every ``step`` entries."""
        kind = Lanes(array.dtype, shape[1].count)
        point = types.UniTuple(kind, shape[0].count)

        def codegen(context: Any, builder: Any, signature: Any, values: Any) -> Any:
            places = [_add_offset(builder, values[1], c * step) for c in range(point.count)]
            lanes = [read(context, builder, kind, signature.args[0], values[0], place) for place in places]
            return context.make_tuple(builder, point, lanes)

        return point(array, types.intp, shape), codegen

    def _distance(read: Any, point: Any, array: Any, step: int) -> Any:
        """Signature and code of an intrinsic that adds up a point's squared distance to what is read."""
        kind = point.dtype

        def codegen(context: Any, builder: Any, signature: Any, values: Any) -> Any:
            differences = []
            for c in range(point.count):
                there = _add_offset(builder, values[2], c * step)
                lanes = read(context, builder, kind, signature.args[1], values[1], there)
                # In this order, x86 can subtract with an operand in memory.
                differences.append(subtract_lanes(builder, kind, builder.extract_value(values[0], c), lanes))
            if kind.are_pairs:
                sums = [sum_of_squares(builder, kind, difference) for difference in differences]
                return as_floats(builder, kind, functools.reduce(builder.add, sums))
            total = square_lanes(builder, kind, differences[0])
            for difference in differences[1:]:
                total = square_add_lanes(builder, kind, difference, total)
            return total

        return kind.squared(point, array, types.intp), codegen

    def _add_offset(builder: Any, at: Any, offset: int) -> Any:
        return builder.add(at, ir.Constant(at.type, offset))

    @intrinsic
    def sample(typing_context: Any, series: Any, at: Any, shape: Any) -> Any:
        return _point(splat_lanes, series, shape, 1)

    @intrinsic
    def samples(typing_context: Any, block: Any, at: Any, shape: Any) -> Any:
        return _point(load_lanes, block, shape, shape[1].count)

    @intrinsic
    def squared_distance(typing_context: Any, point: Any, block: Any, at: Any) -> Any:
        return _distance(load_lanes, point, block, point.dtype.width)

    @intrinsic
    def squared_distance_to(typing_context: Any, point: Any, series: Any, at: Any) -> Any:
        return _distance(splat_lanes, point, series, 1)
