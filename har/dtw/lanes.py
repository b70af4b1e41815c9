"""SIMD lanes for Numba: a vector type and its seven operations, nothing else.

A processor can do the same arithmetic on 4 to 16 numbers at once, in one *vector register*. A
compiler finds such vectors by itself only in simple loops, and DTW's recurrence is not one: each
cell waits for the cell before. So we do not vectorise one distance; we let many distances advance
together, one per *lane* of the register, all with the same instructions.

Numba has no vector type, but it lets us add one. LLVM, the compiler behind Numba, knows types such
as ``<8 x double>`` on every platform and splits them over the registers that are there (one of
AVX-512, two of AVX2, four of NEON). The type below is an opaque handle on such a value: it lives in
compiled code only, can be assigned to variables, and is handled by these functions:

======================  =================================================================
``load(array, at)``     ``array[at : at + WIDTH]`` as lanes (1-D, C-contiguous array)
``store(array, at, a)`` the reverse
``splat(array, at)``    ``array[at]`` in every lane
``subtract(a, b)``      lane by lane
``square_add(a, c)``    ``a * a + c`` lane by lane, fused where the hardware fuses
``minimum(a, b)``       lane by lane
``any_at_most(a, b)``   True if a <= b in one lane or more
======================  =================================================================

With the JIT off (``NUMBA_DISABLE_JIT=1``) the same names are NumPy functions on short arrays, so
that a kernel written with them runs in plain Python, step by step in a debugger.
"""

from typing import Any

import numpy as np
from llvmlite import ir
from numba import config, types
from numba.core import cgutils
from numba.extending import intrinsic, models, register_model

#: Lanes of each precision: one AVX-512 register, two of AVX2.
WIDTH = {np.dtype(np.float32): 16, np.dtype(np.float64): 8}
_WIDTH_OF_TYPE = {types.float32: 16, types.float64: 8}
_LLVM_NAME = {types.float32: "f32", types.float64: "f64"}


class Lanes(types.Type):
    """The Numba type of a vector of ``width`` numbers of one precision."""

    def __init__(self, dtype: types.Float) -> None:
        self.dtype = dtype
        self.width = _WIDTH_OF_TYPE[dtype]
        super().__init__(name=f"Lanes({dtype} x {self.width})")


@register_model(Lanes)
class _LanesModel(models.PrimitiveModel):
    """How a Lanes value is held: directly as an LLVM vector, in a register."""

    def __init__(self, manager: Any, kind: Lanes) -> None:
        element = manager.lookup(kind.dtype).get_value_type()
        super().__init__(manager, kind, ir.VectorType(element, kind.width))


def _element_pointer(context: Any, builder: Any, array_type: Any, array: Any, at: Any) -> Any:
    """The address of ``array[at]``; no bounds check, no wrap-around of negative indices."""
    data = context.make_array(array_type)(context, builder, value=array).data
    return builder.gep(data, [at], inbounds=True)


if config.DISABLE_JIT:

    def load(array: Any, at: int) -> Any:
        return array[at : at + WIDTH[array.dtype]].copy()

    def store(array: Any, at: int, a: Any) -> None:
        array[at : at + len(a)] = a

    def splat(array: Any, at: int) -> Any:
        return np.full(WIDTH[array.dtype], array[at])

    def subtract(a: Any, b: Any) -> Any:
        return a - b

    def square_add(a: Any, c: Any) -> Any:
        return a * a + c

    def minimum(a: Any, b: Any) -> Any:
        return np.minimum(a, b)

    def any_at_most(a: Any, b: Any) -> bool:
        return bool((a <= b).any())

else:
    # An intrinsic is a function that writes LLVM instructions: it returns the signature of the call and
    # a `codegen` that receives the builder (where instructions are appended) and the arguments' values.

    @intrinsic
    def load(typing_context: Any, array: Any, at: Any) -> Any:
        kind = Lanes(array.dtype)

        def codegen(context: Any, builder: Any, signature: Any, values: Any) -> Any:
            address = _element_pointer(context, builder, signature.args[0], *values)
            vector = context.get_value_type(kind)
            lanes = builder.load(builder.bitcast(address, vector.as_pointer()))
            lanes.align = array.dtype.bitwidth // 8  # rows need not start at a multiple of the register
            return lanes

        return kind(array, types.intp), codegen

    @intrinsic
    def store(typing_context: Any, array: Any, at: Any, a: Any) -> Any:
        def codegen(context: Any, builder: Any, signature: Any, values: Any) -> Any:
            address = _element_pointer(context, builder, signature.args[0], *values[:2])
            write = builder.store(values[2], builder.bitcast(address, values[2].type.as_pointer()))
            write.align = array.dtype.bitwidth // 8
            return context.get_dummy_value()

        return types.void(array, types.intp, a), codegen

    @intrinsic
    def splat(typing_context: Any, array: Any, at: Any) -> Any:
        kind = Lanes(array.dtype)

        def codegen(context: Any, builder: Any, signature: Any, values: Any) -> Any:
            scalar = builder.load(_element_pointer(context, builder, signature.args[0], *values))
            empty = ir.Constant(context.get_value_type(kind), ir.Undefined)
            zero = ir.Constant(ir.IntType(32), 0)
            first = builder.insert_element(empty, scalar, zero)
            mask = ir.Constant(ir.VectorType(ir.IntType(32), kind.width), None)
            return builder.shuffle_vector(first, empty, mask)

        return kind(array, types.intp), codegen

    @intrinsic
    def subtract(typing_context: Any, a: Any, b: Any) -> Any:
        def codegen(context: Any, builder: Any, signature: Any, values: Any) -> Any:
            return builder.fsub(*values)

        return a(a, b), codegen

    @intrinsic
    def square_add(typing_context: Any, a: Any, c: Any) -> Any:
        def codegen(context: Any, builder: Any, signature: Any, values: Any) -> Any:
            # fmuladd, not fma: without FMA hardware plain `fma` would become a library call per lane.
            vector = values[0].type
            name = f"llvm.fmuladd.v{a.width}{_LLVM_NAME[a.dtype]}"
            function = cgutils.get_or_insert_function(builder.module, ir.FunctionType(vector, [vector] * 3), name)
            return builder.call(function, [values[0], values[0], values[1]])

        return a(a, c), codegen

    @intrinsic
    def minimum(typing_context: Any, a: Any, b: Any) -> Any:
        def codegen(context: Any, builder: Any, signature: Any, values: Any) -> Any:
            # An ordered compare and a select are exactly one `min` instruction on x86 and ARM.
            return builder.select(builder.fcmp_ordered("<", *values), *values)

        return a(a, b), codegen

    @intrinsic
    def any_at_most(typing_context: Any, a: Any, b: Any) -> Any:
        def codegen(context: Any, builder: Any, signature: Any, values: Any) -> Any:
            mask = builder.bitcast(builder.fcmp_ordered("<=", *values), ir.IntType(a.width))
            return builder.icmp_unsigned("!=", mask, ir.Constant(mask.type, 0))

        return types.boolean(a, b), codegen
