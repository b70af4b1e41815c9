"""Windows of any positions as the lanes of one block: a transposition in registers."""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir
from numba import config, types
from numba.extending import intrinsic

from common.compiled import compiled
from har.dtw.lanes import Lanes, load_lanes, store_lanes

#: Rows and values that are transposed together.
TILE = 16

if config.DISABLE_JIT:

    def _transpose_tile(rows: Any, starts: Any, first: int, at: int, block: Any, to: int, step: int) -> None:
        for v in range(TILE):
            for lane in range(TILE):
                block[to + v * step + lane] = rows[starts[first + lane] + at + v]

else:

    @intrinsic
    def _transpose_tile(
        typing_context: Any, rows: Any, starts: Any, first: Any, at: Any, block: Any, to: Any, step: Any
    ) -> Any:
        """Write ``block[to + v * step + lane] = rows[starts[first + lane] + at + v]`` for 16 lanes and 16 values."""
        kind = Lanes(rows.dtype, TILE)

        def codegen(context: Any, builder: Any, signature: Any, values: Any) -> Any:
            rows_type, starts_type, _, _, block_type, _, _ = signature.args
            rows_value, starts_value, first_value, at_value, block_value, to_value, step_value = values
            starts_data = context.make_array(starts_type)(context, builder, value=starts_value).data
            number = at_value.type

            tile = []
            for lane in range(TILE):
                place = builder.add(first_value, ir.Constant(number, lane))
                begin = builder.add(builder.load(builder.gep(starts_data, [place])), at_value)
                tile.append(load_lanes(context, builder, kind, rows_type, rows_value, begin))
            # Four times, rows a and a + 8 are interleaved: lane by lane, half of the tile's rows become columns.
            orders = [
                ir.Constant(
                    ir.VectorType(ir.IntType(32), TILE), [half + lane // 2 + TILE * (lane % 2) for lane in range(TILE)]
                )
                for half in (0, TILE // 2)
            ]
            for _ in range(4):
                pairs = zip(tile[: TILE // 2], tile[TILE // 2 :], strict=True)
                tile = [builder.shuffle_vector(a, b, order) for a, b in pairs for order in orders]
            for v in range(TILE):
                place = builder.add(to_value, builder.mul(step_value, ir.Constant(number, v)))
                store_lanes(context, builder, kind, block_type, block_value, place, tile[v])
            return context.get_dummy_value()

        signature = types.void(rows, starts, types.intp, types.intp, block, types.intp, types.intp)
        return signature, codegen


@compiled
def gather(batch: Any, windows: Any, length: int, shape: Any) -> Any:
    """Pack some windows as ``[timestep][channel][lane]``; lanes that are left over repeat the last window.

    Parameters
    ----------
    batch : 1-D array, the positions of at most width windows
    windows : 1-D array, all windows one after the other
    length : their length, a multiple of TILE
    """
    width = len(shape[1])
    starts = np.empty(width, np.int64)
    for lane in range(width):
        starts[lane] = batch[min(lane, len(batch) - 1)] * length
    block = np.empty(length * width, windows.dtype)
    for v in range(0, length, TILE):
        for first in range(0, width, TILE):
            _transpose_tile(windows, starts, first, v, block, v * width + first, width)
    return block
