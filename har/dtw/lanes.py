"""SIMD lanes for Numba: a vector type and its operations, nothing else.

A processor can do the same arithmetic on 4 to 16 numbers at once, in one *vector register*. Compilers use such
registers on their own only in simple loops, and DTW's recurrence is not one: each cell needs the result of the cell
before. So instead of one distance at a time, many are computed together, one per *lane* of the register, all with the
same instructions.

Numba has no vector type, but one can be added. LLVM, the compiler behind Numba, has types such as ``<8 x double>`` on
every platform and maps them to the available registers (one of AVX-512, two of AVX2, four of NEON; single numbers where
there are none). The type below is an opaque handle for such a value. It exists in compiled code only, can be assigned
to variables, and is used through these functions:

================================  =======================================================
``load(array, at, shape)``        ``array[at : at + width]`` as lanes (1-D, C-contiguous array)
``store(array, at, a)``           writes lanes to ``array[at : at + width]``
``splat(array, at, shape)``       ``array[at]`` in every lane
``subtract(a, b)``, ``add(a, b)``  lane by lane
``square(a)``                     ``a * a`` lane by lane
``square_add(a, c)``              ``a * a + c`` lane by lane, fused where the hardware fuses
``minimum(a, b)``                 lane by lane, as ``maximum(a, b)``
``any_at_most(a, b)``             True if a <= b in one lane or more
``at_most(a, b)``                 the lanes with a <= b as bits of an integer, lane 0 the lowest
================================  =======================================================

To keep lanes in registers, the compiler must know the numbers of lanes and of channels in advance. A ``shape`` tells
it: a value that carries both numbers in its type.

With ``NUMBA_DISABLE_JIT=1``, the same names are NumPy functions on short arrays, and a kernel written with them runs in
plain Python, also in a debugger.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir
from numba import config, types
from numba.core import cgutils
from numba.core.codegen import get_host_cpu_features
from numba.extending import intrinsic, models, register_model

#: Fewer channels are unrolled by the compiler; so many or more are looped over.
LEAST_LOOPED = 13
#: Lanes of each precision: two AVX-512 registers. While one of them waits for the cell before, the other one is busy.
WIDTH = {np.dtype(np.float32): 32, np.dtype(np.float64): 16}
#: Whether there is AVX-512: 32 registers of 64 bytes. Those of AVX2 and NEON hold a quarter of that.
_HAS_WIDE_REGISTERS = "+avx512f" in (config.CPU_FEATURES or get_host_cpu_features())


#: The numbers of unrolled channels and of lanes, as the lengths of two tuples of None: a tuple's length is part of its
#: type.
Shape = tuple[tuple[None, ...], tuple[None, ...]]


def make_shape(unrolled: int, width: int) -> Shape:
    """The shape for this many unrolled channels and lanes."""
    return (None,) * unrolled, (None,) * width


def width_for(dtype: Any, n_channels: int) -> int:
    """The number of lanes, unless there are few references.

    A sample of each reference has to fit in the registers: where it does not, there are half as many lanes.
    """
    width = WIDTH[np.dtype(dtype)]
    return width if n_channels <= 2 or _HAS_WIDE_REGISTERS else width // 2


def shape_for(dtype: Any, n_channels: int, n_references: int) -> Shape:
    """The shape for blocks of references.

    Few references are given half as many lanes if else half of the last block would be empty, and a quarter if one
    block of these holds all of them: a block of a quarter takes almost as long as one of a half.
    """
    width, least = width_for(dtype, n_channels), WIDTH[np.dtype(dtype)] // 4
    if n_references <= 4 * width and -(-n_references // (width // 2)) % 2:
        width //= 2
    if n_references <= width // 2 >= least:
        width //= 2
    return make_shape(min(n_channels, LEAST_LOOPED), width)


class Lanes(types.Type):
    """The Numba type of a vector of ``width`` numbers of one precision."""

    def __init__(self, dtype: types.Float, width: int) -> None:
        self.dtype, self.width = dtype, width
        super().__init__(name=f"Lanes({dtype} x {width})")


@register_model(Lanes)
class _LanesModel(models.PrimitiveModel):
    """The representation of a Lanes value: directly an LLVM vector."""

    def __init__(self, manager: Any, kind: Lanes) -> None:
        element = manager.lookup(kind.dtype).get_value_type()
        super().__init__(manager, kind, ir.VectorType(element, kind.width))


# ----- LLVM instructions shared by several operations -----------------------------------------------------------------


def _element_pointer(context: Any, builder: Any, array_type: Any, array: Any, at: Any) -> Any:
    """The address of ``array[at]``; no bounds check, no wrap-around of negative indices."""
    data = context.make_array(array_type)(context, builder, value=array).data
    return builder.gep(data, [at], inbounds=True)


def _vector_pointer(address: Any, builder: Any, vector: Any) -> Any:
    return builder.bitcast(address, vector.as_pointer())


def load_lanes(context: Any, builder: Any, kind: Lanes, array_type: Any, array: Any, at: Any) -> Any:
    vector = context.get_value_type(kind)
    lanes = builder.load(_vector_pointer(_element_pointer(context, builder, array_type, array, at), builder, vector))
    lanes.align = kind.dtype.bitwidth // 8  # rows need not start at a multiple of the register
    return lanes


def store_lanes(context: Any, builder: Any, kind: Lanes, array_type: Any, array: Any, at: Any, a: Any) -> None:
    address = _element_pointer(context, builder, array_type, array, at)
    write = builder.store(a, _vector_pointer(address, builder, a.type))
    write.align = kind.dtype.bitwidth // 8


def splat_lanes(context: Any, builder: Any, kind: Lanes, array_type: Any, array: Any, at: Any) -> Any:
    scalar = builder.load(_element_pointer(context, builder, array_type, array, at))
    empty = ir.Constant(context.get_value_type(kind), ir.Undefined)
    first = builder.insert_element(empty, scalar, ir.Constant(ir.IntType(32), 0))
    return builder.shuffle_vector(first, empty, ir.Constant(ir.VectorType(ir.IntType(32), kind.width), None))


def square_add_lanes(builder: Any, kind: Lanes, a: Any, c: Any) -> Any:
    # fmuladd, not fma: without FMA hardware plain `fma` would become a library call per lane.
    name = f"llvm.fmuladd.v{kind.width}f{kind.dtype.bitwidth}"
    function = cgutils.get_or_insert_function(builder.module, ir.FunctionType(a.type, [a.type] * 3), name)
    return builder.call(function, [a, a, c])


def _at_most(builder: Any, kind: Lanes, values: Any) -> Any:
    """The vector of bits that a comparison gives, as one integer."""
    return builder.bitcast(builder.fcmp_ordered("<=", *values), ir.IntType(kind.width))


if config.DISABLE_JIT:

    def load(array: Any, at: int, shape: Shape) -> Any:
        return array[at : at + len(shape[1])].copy()

    def store(array: Any, at: int, a: Any) -> None:
        array[at : at + len(a)] = a

    def splat(array: Any, at: int, shape: Shape) -> Any:
        return np.full(len(shape[1]), array[at])

    def subtract(a: Any, b: Any) -> Any:
        return a - b

    def add(a: Any, b: Any) -> Any:
        return a + b

    def square(a: Any) -> Any:
        return a * a

    def square_add(a: Any, c: Any) -> Any:
        return a * a + c

    def minimum(a: Any, b: Any) -> Any:
        return np.minimum(a, b)

    def maximum(a: Any, b: Any) -> Any:
        return np.maximum(a, b)

    def any_at_most(a: Any, b: Any) -> bool:
        return bool((a <= b).any())

    def at_most(a: Any, b: Any) -> int:
        return sum(1 << lane for lane in np.flatnonzero(a <= b).tolist())

else:
    # An intrinsic generates LLVM instructions. It returns the signature of the call and a function `codegen`, which
    # receives the builder (to which instructions are appended) and the values of the arguments.

    @intrinsic
    def load(typing_context: Any, array: Any, at: Any, shape: Any) -> Any:
        kind = Lanes(array.dtype, shape[1].count)

        def codegen(context: Any, builder: Any, signature: Any, values: Any) -> Any:
            return load_lanes(context, builder, kind, signature.args[0], *values[:2])

        return kind(array, types.intp, shape), codegen

    @intrinsic
    def store(typing_context: Any, array: Any, at: Any, a: Any) -> Any:
        def codegen(context: Any, builder: Any, signature: Any, values: Any) -> Any:
            store_lanes(context, builder, a, signature.args[0], *values)
            return context.get_dummy_value()

        return types.void(array, types.intp, a), codegen

    @intrinsic
    def splat(typing_context: Any, array: Any, at: Any, shape: Any) -> Any:
        kind = Lanes(array.dtype, shape[1].count)

        def codegen(context: Any, builder: Any, signature: Any, values: Any) -> Any:
            return splat_lanes(context, builder, kind, signature.args[0], *values[:2])

        return kind(array, types.intp, shape), codegen

    @intrinsic
    def subtract(typing_context: Any, a: Any, b: Any) -> Any:
        def codegen(context: Any, builder: Any, signature: Any, values: Any) -> Any:
            return builder.fsub(*values)

        return a(a, b), codegen

    @intrinsic
    def add(typing_context: Any, a: Any, b: Any) -> Any:
        def codegen(context: Any, builder: Any, signature: Any, values: Any) -> Any:
            return builder.fadd(*values)

        return a(a, b), codegen

    @intrinsic
    def square(typing_context: Any, a: Any) -> Any:
        def codegen(context: Any, builder: Any, signature: Any, values: Any) -> Any:
            return builder.fmul(values[0], values[0])

        return a(a), codegen

    @intrinsic
    def square_add(typing_context: Any, a: Any, c: Any) -> Any:
        def codegen(context: Any, builder: Any, signature: Any, values: Any) -> Any:
            return square_add_lanes(builder, a, *values)

        return a(a, c), codegen

    @intrinsic
    def minimum(typing_context: Any, a: Any, b: Any) -> Any:
        def codegen(context: Any, builder: Any, signature: Any, values: Any) -> Any:
            # An ordered compare and a select are exactly one `min` instruction on x86 and ARM.
            return builder.select(builder.fcmp_ordered("<", *values), *values)

        return a(a, b), codegen

    @intrinsic
    def maximum(typing_context: Any, a: Any, b: Any) -> Any:
        def codegen(context: Any, builder: Any, signature: Any, values: Any) -> Any:
            return builder.select(builder.fcmp_ordered(">", *values), *values)

        return a(a, b), codegen

    @intrinsic
    def any_at_most(typing_context: Any, a: Any, b: Any) -> Any:
        def codegen(context: Any, builder: Any, signature: Any, values: Any) -> Any:
            mask = _at_most(builder, a, values)
            return builder.icmp_unsigned("!=", mask, ir.Constant(mask.type, 0))

        return types.boolean(a, b), codegen

    @intrinsic
    def at_most(typing_context: Any, a: Any, b: Any) -> Any:
        def codegen(context: Any, builder: Any, signature: Any, values: Any) -> Any:
            return builder.zext(_at_most(builder, a, values), ir.IntType(64))

        return types.int64(a, b), codegen
