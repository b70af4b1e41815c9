"""Costs of blocks with a shortcut: residual, bottleneck (grouped too), inverted bottleneck.

M channels come in, N go out, D_v is the side of the output and D_r that of the kernel. A convolution has one bias a
filter, into which its batch normalization is folded. All padding is "same". What the shortcut carries stays in memory
while the block is computed, and counts as working memory. The addition is no MAC.
"""

from __future__ import annotations

import math
from dataclasses import replace

from common.costs.layers import FLOAT32_BYTES, conv2d_cost
from common.costs.ledger import Cost
from common.validation import check_integer


def residual_cost(
    height: int,
    width: int,
    channels: int,
    filters: int,
    kernel: int = 3,
    *,
    stride: int = 1,
    bias: bool = True,
    bytes_per_value: int = FLOAT32_BYTES,
) -> Cost:
    """Two convolutions and a shortcut round them (ResNet): D_r²·D_v²·(M·N + N²).

    The shortcut is the identity where it can be, else a 1×1 convolution (M·D_v²·N more).

    Parameters
    ----------
    height, width, channels : int
        Shape of the input.
    filters, kernel : int
        Channels of the output and side of both kernels.
    stride : int
        Of the first convolution, and of the shortcut.
    bias : bool
        One more parameter a filter.
    bytes_per_value : int
        Size of a weight and of an activation: 4 for float32.

    References
    ----------
    He et al.: Deep residual learning for image recognition. CVPR 2016. https://arxiv.org/abs/1512.03385

    Examples
    --------
    >>> residual_cost(32, 32, 16, 16).macs == 2 * 3**2 * 32**2 * 16**2
    True
    """
    steps = [(filters, kernel, stride, 1), (filters, kernel, 1, 1)]
    return _block(height, width, channels, steps, bias, bytes_per_value, project=True)


def bottleneck_cost(
    height: int,
    width: int,
    channels: int,
    filters: int,
    kernel: int = 3,
    *,
    reduction: int = 4,
    inner: int | None = None,
    groups: int = 1,
    stride: int = 1,
    bias: bool = True,
    bytes_per_value: int = FLOAT32_BYTES,
) -> Cost:
    """1×1 to few channels B, k×k among those, 1×1 back, and a shortcut (ResNet): D_v²·(M·B + D_r²·B²/g + B·N).

    With groups it is ResNeXt's block. With a stride the first 1×1 convolution still sees the whole input.

    Parameters
    ----------
    height, width, channels : int
        Shape of the input.
    filters, kernel : int
        Channels of the output, and side of the inner kernel.
    reduction : int
        B = N / reduction, rounded down, at least 1 ...
    inner : int, optional
        ... unless B is given here.
    groups, stride : int
        Of the inner convolution; the shortcut has the same stride.
    bias, bytes_per_value
        As in :func:`residual_cost`.

    References
    ----------
    He et al.: Deep residual learning for image recognition. CVPR 2016. https://arxiv.org/abs/1512.03385.
    Xie et al.: Aggregated residual transformations for deep neural networks. CVPR 2017.
    https://arxiv.org/abs/1611.05431

    Examples
    --------
    The blocks that the two papers compare (figure 1 of the second) have about 70,000 parameters each:

    >>> bottleneck_cost(14, 14, 256, 256, bias=False).params
    69632
    >>> bottleneck_cost(14, 14, 256, 256, inner=128, groups=32, bias=False).params
    70144
    """
    n_out = check_integer(filters, "filters")
    few = check_integer(inner, "inner") if inner is not None else max(1, n_out // check_integer(reduction, "reduction"))
    steps = [(few, 1, 1, 1), (few, kernel, stride, groups), (n_out, 1, 1, 1)]
    return _block(height, width, channels, steps, bias, bytes_per_value, project=True)


def mbconv_cost(
    height: int,
    width: int,
    channels: int,
    filters: int,
    kernel: int = 3,
    *,
    expansion: int = 6,
    stride: int = 1,
    bias: bool = True,
    bytes_per_value: int = FLOAT32_BYTES,
) -> Cost:
    """Inverted bottleneck (MobileNetV2): D_v²·t·M·(M + D_r² + N) with expansion t.

    1×1 to t·M channels, a depthwise convolution among them, 1×1 to N channels; the shortcut is the identity where both
    ends have one shape, else there is none. With a stride the expansion still sees the whole input.

    Parameters
    ----------
    height, width, channels : int
        Shape of the input.
    filters, kernel : int
        Channels of the output, and side of the depthwise kernel.
    expansion : int
        t. MobileNetV2's first block has t = 1 and leaves the 1×1 expansion out: that is
        :func:`~common.separable_conv2d_cost`.
    stride : int
        Of the depthwise convolution.
    bias, bytes_per_value
        As in :func:`residual_cost`.

    References
    ----------
    Sandler et al.: MobileNetV2: inverted residuals and linear bottlenecks. CVPR 2018.
    https://arxiv.org/abs/1801.04381

    Examples
    --------
    >>> mbconv_cost(14, 14, 64, 64).macs == 14**2 * 6 * 64 * (64 + 3**2 + 64)
    True
    """
    many = check_integer(expansion, "expansion") * check_integer(channels, "channels")
    steps = [(many, 1, 1, 1), (many, kernel, stride, many), (filters, 1, 1, 1)]
    return _block(height, width, channels, steps, bias, bytes_per_value, project=False)


def _block(
    height: int,
    width: int,
    channels: int,
    steps: list[tuple[int, int, int, int]],
    bias: bool,
    bytes_per_value: int,
    *,
    project: bool,
) -> Cost:
    """Convolutions (filters, kernel, stride, groups) one after the other, and the shortcut round them.

    ``project``: where the identity does not fit, the shortcut is a 1×1 convolution; otherwise there is none.
    """

    def convolution(filters: int, kernel: int, stride: int, groups: int = 1) -> Cost:
        return conv2d_cost(
            *shape,
            filters,
            kernel,
            stride=stride,
            padding="same",
            groups=groups,
            bias=bias,
            bytes_per_value=bytes_per_value,
        )

    shape, total, carried = (height, width, channels), Cost(), 0
    filters, stride = steps[-1][0], math.prod(check_integer(step[2], "stride") for step in steps)
    fits = filters == channels and stride == 1
    shortcut = convolution(filters, 1, stride) if project and not fits else Cost()
    for step in steps:
        total += _beside(convolution(*step), carried)
        # The first convolution reads what the shortcut carries; beside the others it is one more tensor.
        carried = height * width * channels * bytes_per_value if fits or project else 0
        shape = (-(-shape[0] // step[2]), -(-shape[1] // step[2]), step[0])
    return total + _beside(shortcut, math.prod(shape) * bytes_per_value if shortcut.macs else 0)


def _beside(cost: Cost, kept: int) -> Cost:
    """The same while ``kept`` bytes stay in memory."""
    return replace(cost, activation_bytes=cost.activation_bytes + kept)
