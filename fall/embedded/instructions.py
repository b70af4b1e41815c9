"""How many instructions a Cortex-M4 takes for an image: an estimate from how often each loop of the kernels runs.

The instructions of a turn were read from what GCC 12.2 makes of the kernels with -O2, without the DSP extension, and
the sums checked against QEMU, which counts instructions: see tests/fall/embedded/test_cortex_m.py. Instructions are not
cycles: a load, a branch or flash that is slower than the processor takes several.
"""

from __future__ import annotations

import math

from fall.embedded.steps import AddStep, AnyStep, MeanStep, WindowStep

# Of a convolution: sixteen products, the four filters of a block, an output, a position, a row and a byte of a window.
_RUN, _BLOCK, _OUTPUT, _POSITION, _PATCH_ROW, _PATCH_BYTE = 41, 65, 29, 60, 60, 5
# Of a depthwise convolution: four products, a row of them, four channels, a position.
_FOUR_PRODUCTS, _PRODUCT_ROW, _FOUR_CHANNELS = 17, 20, 115
# Of a pool, for each channel: a number of the window, an output; and a position of the window.
_POOLED, _POOL_OUTPUT, _POOL_POSITION = 5, 5, 25
# Of an addition, a mean and everything else, for each number.
_SUM, _MEAN, _OTHER = 66, 7, 10


def estimated_instructions(steps: tuple[AnyStep, ...]) -> int:
    """Instructions of a Cortex-M4 for one image."""
    return sum(map(_of_step, steps))


def _of_step(step: AnyStep) -> int:
    if isinstance(step, WindowStep):
        return {"convolution": _convolution, "depthwise": _depthwise}.get(step.kernel, _pool)(step)
    if isinstance(step, AddStep):
        return _SUM * math.prod(step.shape_out)
    if isinstance(step, MeanStep):
        return _MEAN * math.prod(step.shape_in)
    return _OTHER * math.prod(step.shape_out)


def _convolution(step: WindowStep) -> int:
    height, width, filters = step.shape_out
    n = math.prod(step.window.size) * (step.shape_in[2] // step.groups)
    blocks = step.groups * -(-filters // step.groups // 4)
    block = _BLOCK + _RUN * -(-n // 4)
    copying = step.groups * (_PATCH_ROW * step.window.size[0] + _PATCH_BYTE * n) if step.patch_bytes else 0
    return height * width * (_POSITION + copying + blocks * block + filters * _OUTPUT)


def _depthwise(step: WindowStep) -> int:
    height, width, channels = step.shape_out
    four = _FOUR_CHANNELS + step.window.size[0] * (_PRODUCT_ROW + step.window.size[1] * _FOUR_PRODUCTS)
    copied = 2 * (height + width) * (_PATCH_ROW * step.window.size[0] + _PATCH_BYTE * step.patch_bytes)
    return height * width * (_POSITION + -(-channels // 4) * four) + copied


def _pool(step: WindowStep) -> int:
    height, width, channels = step.shape_out
    n = math.prod(step.window.size)
    return height * width * (n * (_POOLED * channels + _POOL_POSITION) + _POOL_OUTPUT * channels + _POSITION)
