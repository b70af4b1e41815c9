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

Lanes of int32 are *pairs* of 16-bit integers: ``load``, ``splat`` and ``subtract`` work on these, and the square of a
pair is the sum of its squares, in float32. Processors have an instruction for that sum, and multiply twice as many such
integers at once as float32.

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
from numba.extending import intrinsic, models, register_model

#: Fewer channels are unrolled by the compiler; so many or more are looped over.
LEAST_LOOPED = 13

#: The numbers of unrolled channels and of lanes, as the lengths of two tuples of None: a tuple's length is part of its
#: type.
Shape = tuple[tuple[None, ...], tuple[None, ...]]


def make_shape(unrolled: int, width: int) -> Shape:
    """The shape for this many unrolled channels and lanes."""
    return (None,) * unrolled, (None,) * width


class Lanes(types.Type):
    """The Numba type of a vector of ``width`` numbers of one precision, or of pairs of integers."""

    def __init__(self, dtype: types.Float | types.Integer, width: int) -> None:
        self.dtype, self.width = dtype, width
        super().__init__(name=f"Lanes({dtype} x {width})")

    @property
    def are_pairs(self) -> bool:
        return isinstance(self.dtype, types.Integer)

    @property
    def squared(self) -> Lanes:
        """The type of squares."""
        return Lanes(types.float32, self.width) if self.are_pairs else self


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


def subtract_lanes(builder: Any, kind: Lanes, a: Any, b: Any) -> Any:
    if not kind.are_pairs:
        return builder.fsub(a, b)
    integers = ir.VectorType(ir.IntType(16), 2 * kind.width)
    return builder.bitcast(builder.sub(builder.bitcast(a, integers), builder.bitcast(b, integers)), a.type)


def sum_of_squares(builder: Any, kind: Lanes, a: Any) -> Any:
    """The sum of both squares of each pair, as integers of 32 bits: LLVM recognises ``vpmaddwd`` in this."""
    i32, width = ir.IntType(32), kind.width
    both = builder.bitcast(a, ir.VectorType(ir.IntType(16), 2 * width))
    both = builder.sext(both, ir.VectorType(i32, 2 * width))
    squares = builder.mul(both, both)
    order = [ir.Constant(ir.VectorType(i32, width), list(range(first, 2 * width, 2))) for first in (0, 1)]
    return builder.add(*(builder.shuffle_vector(squares, squares, chosen) for chosen in order))


def as_floats(builder: Any, kind: Lanes, integers: Any) -> Any:
    # Not only for the range: sums of integers have no order, so LLVM would add the squares of a cell one by one to the
    # cell before, for which each of them would have to wait.
    return builder.sitofp(integers, ir.VectorType(ir.FloatType(), kind.width))


def square_lanes(builder: Any, kind: Lanes, a: Any) -> Any:
    return as_floats(builder, kind, sum_of_squares(builder, kind, a)) if kind.are_pairs else builder.fmul(a, a)


def square_add_lanes(builder: Any, kind: Lanes, a: Any, c: Any) -> Any:
    if kind.are_pairs:
        return builder.fadd(square_lanes(builder, kind, a), c)
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
        return (a.view(np.int16) - b.view(np.int16)).view(np.int32) if a.dtype == np.int32 else a - b

    def add(a: Any, b: Any) -> Any:
        return a + b

    def square(a: Any) -> Any:
        if a.dtype == np.int32:
            return (a.view(np.int16).astype(np.int32) ** 2).reshape(-1, 2).sum(axis=1).astype(np.float32)
        return a * a

    def square_add(a: Any, c: Any) -> Any:
        return square(a) + c

    def minimum(a: Any, b: Any) -> Any:
        return np.minimum(a, b)

    def maximum(a: Any, b: Any) -> Any:
        return np.maximum(a, b)

    def any_at_most(a: Any, b: Any) -> bool:
        return bool((a <= b).any())

    def at_most(a: Any, b: Any) -> np.int64:  # which wraps when it is shifted, as the compiled one does
        return np.int64(sum(1 << lane for lane in np.flatnonzero(a <= b).tolist()))

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
            return subtract_lanes(builder, a, *values)

        return a(a, b), codegen

    @intrinsic
    def add(typing_context: Any, a: Any, b: Any) -> Any:
        def codegen(context: Any, builder: Any, signature: Any, values: Any) -> Any:
            return builder.fadd(*values)

        return a(a, b), codegen

    @intrinsic
    def square(typing_context: Any, a: Any) -> Any:
        def codegen(context: Any, builder: Any, signature: Any, values: Any) -> Any:
            return square_lanes(builder, a, *values)

        return a.squared(a), codegen

    @intrinsic
    def square_add(typing_context: Any, a: Any, c: Any) -> Any:
        def codegen(context: Any, builder: Any, signature: Any, values: Any) -> Any:
            return square_add_lanes(builder, a, *values)

        return c(a, c), codegen

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
