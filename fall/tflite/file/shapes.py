"""The shapes that operators without weights write, from the shapes that they read and their options.

Each function takes a :class:`~fall.tflite.file.calls.Call` and returns the shapes of its outputs, or raises
ModelIntegrityError if inputs and options contradict one another.
"""

from __future__ import annotations

import math

import numpy as np

from fall.tflite.file.calls import Call, Integers, Shape

_MAX_RESHAPED_RANK = 8  # LiteRT copies a new shape to a place for eight sides
_MAX_PADDING = 2**15


def same(call: Call) -> list[Shape]:
    """The shape of the first input."""
    return [call.shape()]


def broadcast(call: Call) -> list[Shape]:
    """The shapes of both inputs, aligned at the last axis; a side of 1 is repeated."""
    first, second = call.shape(0), call.shape(1)
    try:
        return [np.broadcast_shapes(first, second)]
    except ValueError:
        raise call.refused(f"combines the shapes {first} and {second}") from None


def slopes(call: Call) -> list[Shape]:
    """PRELU: the slopes are repeated to the shape of the first input."""
    if broadcast(call) != [call.shape()]:
        raise call.refused(f"has slopes of shape {call.shape(1)} for {call.shape()}")
    return [call.shape()]


def reshape(call: Call) -> list[Shape]:
    """The sides are the second input or in the options; one of them may be −1."""
    if len(call.inputs) == 2:
        sides = call.integers(1, at_most=_MAX_RESHAPED_RANK)
    elif call.options is not None:
        sides = listed(call, call.options.NewShapeLength(), call.options.NewShape)
    else:
        raise call.refused("has no new shape")
    size = math.prod(call.shape())
    rest = math.prod(side for side in sides if side != -1)
    if sides.count(-1) == 1 and rest > 0 and size % rest == 0:
        sides[sides.index(-1)] = size // rest
    if min(sides, default=1) < 1 or math.prod(sides) != size:
        raise call.refused(f"makes the shape {tuple(sides)} of {call.shape()}")
    return [tuple(sides)]


def squeeze(call: Call) -> list[Shape]:
    """Without the sides of 1 that the options list, or without all of them."""
    shape = call.shape()
    named = [] if call.options is None else listed(call, call.options.SqueezeDimsLength(), call.options.SqueezeDims)
    axes = {call.axis(axis, len(shape)) for axis in named} or {axis for axis, side in enumerate(shape) if side == 1}
    if any(shape[axis] != 1 for axis in axes):
        raise call.refused(f"leaves out the axes {sorted(axes)} of {shape}")
    return [tuple(side for axis, side in enumerate(shape) if axis not in axes)]


def expand(call: Call) -> list[Shape]:
    """With one more side of 1."""
    shape = call.shape()
    (axis,) = _exactly(call, call.integers(1, at_most=1), 1)
    axis = call.axis(axis, len(shape) + 1)
    return [(*shape[:axis], 1, *shape[axis:])]


def transpose(call: Call) -> list[Shape]:
    """The sides in another order."""
    shape = call.shape()
    order = call.integers(1, at_most=len(shape))
    if sorted(order) != list(range(len(shape))):
        raise call.refused(f"puts the axes of {shape} into the order {order}")
    return [tuple(shape[axis] for axis in order)]


def pad(call: Call) -> list[Shape]:
    """Longer by the second input: two integers for each axis."""
    shape, paddings, known = call.shape(), call.tensor(1), call.known[1]
    if paddings.shape != (len(shape), 2) or known is None or known.min() < 0 or known.max() > _MAX_PADDING:
        raise call.refused(f"pads {shape} by {paddings.shape} integers, which must be known and not negative")
    if call.name == "MIRROR_PAD" and (known.max(axis=1) >= np.array(shape)).any():
        raise call.refused(f"mirrors more of {shape} than there is")
    return [tuple(side + int(before) + int(after) for side, (before, after) in zip(shape, known, strict=True))]


def concatenate(call: Call) -> list[Shape]:
    """The inputs one after the other along an axis."""
    shapes = [list(call.shape(number)) for number in range(len(call.inputs))]
    axis = call.axis(call.options.Axis(), len(shapes[0]))
    if any(len(shape) != len(shapes[0]) for shape in shapes):
        raise call.refused(f"joins the shapes {shapes}")
    total = sum(shape[axis] for shape in shapes)
    for shape in shapes:
        shape[axis] = total
    if any(shape != shapes[0] for shape in shapes):
        raise call.refused(f"joins shapes that differ beside axis {axis}")
    return [tuple(shapes[0])]


def stack(call: Call) -> list[Shape]:
    """The inputs along a new axis."""
    shapes = {call.shape(number) for number in range(len(call.inputs))}
    if len(shapes) != 1 or call.options.ValuesCount() != len(call.inputs):
        raise call.refused(f"joins {len(call.inputs)} inputs of the shapes {shapes}")
    shape = shapes.pop()
    axis = call.axis(call.options.Axis(), len(shape) + 1)
    return [(*shape[:axis], len(call.inputs), *shape[axis:])]


def split(call: Call) -> list[Shape]:
    """Equal parts along the axis that is the first input."""
    (axis,) = _exactly(call, call.integers(0, at_most=1), 1)
    shape, n = list(call.shape(1)), call.options.NumSplits()
    axis = call.axis(axis, len(shape))
    if n != len(call.outputs) or shape[axis] % n:
        raise call.refused(f"divides {shape} along axis {axis} into {n} parts for {len(call.outputs)} outputs")
    shape[axis] //= n
    return [tuple(shape)] * n


def strided_slice(call: Call) -> list[Shape]:
    """Every n-th entry from a beginning to an end of each axis."""
    shape = call.shape()
    sides = []
    for axis, taken in enumerate(_slices(call)):
        side = len(range(*taken.indices(shape[axis])))
        if side < 1:
            raise call.refused(f"takes nothing from axis {axis} of {shape}")
        if not call.options.ShrinkAxisMask() >> axis & 1:
            sides.append(side)
    return [tuple(sides)]


def cut(call: Call) -> list[Shape]:
    """SLICE: so many entries from a beginning of each axis; −1 stands for all that follow."""
    shape = call.shape()
    begins = _exactly(call, call.integers(1, at_most=len(shape)), len(shape))
    sizes = _exactly(call, call.integers(2, at_most=len(shape)), len(shape))
    sides = [side - begin if size == -1 else size for side, begin, size in zip(shape, begins, sizes, strict=True)]
    for side, begin, taken in zip(shape, begins, sides, strict=True):
        if begin < 0 or taken < 1 or begin + taken > side:
            raise call.refused(f"takes {sides} from {begins} of {shape}")
    return [tuple(sides)]


def reduce(call: Call) -> list[Shape]:
    """Without the axes that the second input lists; with sides of 1 for them if the options say so."""
    shape = call.shape()
    named = [call.axis(axis, len(shape)) for axis in call.integers(1, at_most=len(shape))]
    axes = set(named)
    if len(axes) != len(named):
        raise call.refused(f"names an axis twice: {named}")
    keep = call.options is not None and call.options.KeepDims()
    return [tuple(1 if axis in axes else side for axis, side in enumerate(shape) if keep or axis not in axes)]


def resize(call: Call) -> list[Shape]:
    """Images of the height and width that the second input holds."""
    batch, _, _, channels = call.shape(rank=4)
    height, width = _exactly(call, call.integers(1, at_most=2), 2)
    if height < 1 or width < 1:
        raise call.refused(f"makes images of {height} x {width}")
    return [(batch, height, width, channels)]


def space_to_depth(call: Call) -> list[Shape]:
    """Blocks of pixels become channels."""
    batch, height, width, channels = call.shape(rank=4)
    block = call.options.BlockSize()
    if block < 1 or height % block or width % block:
        raise call.refused(f"divides {height} x {width} pixels into blocks of {block}")
    return [(batch, height // block, width // block, channels * block**2)]


def depth_to_space(call: Call) -> list[Shape]:
    """Channels become blocks of pixels."""
    batch, height, width, channels = call.shape(rank=4)
    block = call.options.BlockSize()
    if block < 1 or channels % block**2:
        raise call.refused(f"divides {channels} channels into blocks of {block}")
    return [(batch, height * block, width * block, channels // block**2)]


def rank_of(call: Call) -> list[Shape]:
    """SHAPE: a side for each axis."""
    return [(len(call.shape()),)]


def known_shape(call: Call) -> Integers:
    """What SHAPE writes."""
    return np.array(call.shape(), np.int64)


def known_slice(call: Call) -> Integers | None:
    """What STRIDED_SLICE takes of a known vector."""
    values = call.known[0]
    if values is None or values.ndim != 1:
        return None
    (taken,) = _slices(call)
    sliced = values[taken]
    return np.asarray(sliced[0] if call.options.ShrinkAxisMask() & 1 else sliced)


def known_stack(call: Call) -> Integers | None:
    """What PACK makes of known numbers."""
    numbers = [value for value in call.known if value is not None and value.ndim == 0]
    return np.array(numbers, np.int64) if len(numbers) == len(call.inputs) else None


def listed(call: Call, length: int, entry: object) -> list[int]:
    """A short vector of the options."""
    if length > _MAX_RESHAPED_RANK or not callable(entry):
        raise call.refused(f"lists {length} axes or sides")
    return [int(entry(number)) for number in range(length)]


def _slices(call: Call) -> list[slice]:
    """A slice for each axis of the first input."""
    rank, options = len(call.shape()), call.options
    if options.EllipsisMask() or options.NewAxisMask() or options.Offset():
        raise call.refused("has an ellipsis, a new axis or an offset")
    begins, ends, strides = (_exactly(call, call.integers(number, at_most=rank), rank) for number in (1, 2, 3))
    slices = []
    for axis, (begin, end, stride) in enumerate(zip(begins, ends, strides, strict=True)):
        if options.ShrinkAxisMask() >> axis & 1:
            place = call.axis(0 if options.BeginMask() >> axis & 1 else begin, call.shape()[axis])
            slices.append(slice(place, place + 1))
            continue
        if stride == 0:
            raise call.refused("has a stride of 0")
        first = None if options.BeginMask() >> axis & 1 else begin
        slices.append(slice(first, None if options.EndMask() >> axis & 1 else end, stride))
    return slices


def _exactly(call: Call, values: list[int], n: int) -> list[int]:
    if len(values) != n:
        raise call.refused(f"takes {len(values)} integers where {n} must stand")
    return values
