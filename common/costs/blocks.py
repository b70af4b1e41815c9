"""Costs of blocks with a shortcut: residual, bottleneck (also grouped), inverted bottleneck.

The input has M channels and the output N; D_v is the side of the output and D_r that of the kernel. A convolution has
one bias per filter, into which its batch normalization is folded. All padding is "same". The tensor on the shortcut
stays in memory while the block is computed, and counts as working memory. The addition does not count as MACs.
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
    """Two convolutions and a shortcut around them (ResNet): D_r²·D_v²·(M·N + N²).

    The shortcut is the identity if shapes allow, otherwise a 1×1 convolution (another M·D_v²·N).

    Parameters
    ----------
    height, width, channels : int
        Shape of the input.
    filters, kernel : int
        Channels of the output and side of both kernels.
    stride : int
        Stride of the first convolution and of the shortcut.
    bias : bool
        One more parameter per filter.
    bytes_per_value : int
        Size of a weight and of an activation: 4 for float32.

    Returns
    -------
    Cost

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
    """1×1 down to B channels, k×k on those, 1×1 up again, and a shortcut (ResNet): D_v²·(M·B + D_r²·B²/g + B·N).

    With groups it is the block of ResNeXt. With a stride, the first 1×1 convolution still covers the whole input.

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
        Groups and stride of the inner convolution; the shortcut has the same stride.
    bias, bytes_per_value
        As in :func:`residual_cost`.

    Returns
    -------
    Cost

    Raises
    ------
    InvalidInputError
        If a number is not an integer of at least 1, or ``groups`` does not divide the inner channels.

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
    if inner is None:
        inner = max(1, n_out // check_integer(reduction, "reduction"))
    n_inner = check_integer(inner, "inner")
    steps = [(n_inner, 1, 1, 1), (n_inner, kernel, stride, groups), (n_out, 1, 1, 1)]
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

    1×1 to t·M channels, a depthwise convolution on them, 1×1 to N channels. The shortcut is the identity if input and
    output have the same shape, otherwise there is none. With a stride, the expansion still covers the whole input.

    Parameters
    ----------
    height, width, channels : int
        Shape of the input.
    filters, kernel : int
        Channels of the output, and side of the depthwise kernel.
    expansion : int
        t. MobileNetV2's first block has t = 1 and no 1×1 expansion: use :func:`~common.separable_conv2d_cost` for it.
    stride : int
        Stride of the depthwise convolution.
    bias, bytes_per_value
        As in :func:`residual_cost`.

    Returns
    -------
    Cost

    Raises
    ------
    InvalidInputError
        If a number is not an integer of at least 1.

    References
    ----------
    Sandler et al.: MobileNetV2: inverted residuals and linear bottlenecks. CVPR 2018.
    https://arxiv.org/abs/1801.04381

    Examples
    --------
    >>> mbconv_cost(14, 14, 64, 64).macs == 14**2 * 6 * 64 * (64 + 3**2 + 64)
    True
    """
    expanded = check_integer(expansion, "expansion") * check_integer(channels, "channels")
    steps = [(expanded, 1, 1, 1), (expanded, kernel, stride, expanded), (filters, 1, 1, 1)]
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
    """Convolutions (filters, kernel, stride, groups) in sequence, and the shortcut around them.

    Where shapes do not allow the identity, the shortcut is a 1×1 convolution with ``project``, or missing without it.
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

    shape, total, shortcut_bytes = (height, width, channels), Cost(), 0
    filters, stride = steps[-1][0], math.prod(check_integer(step[2], "stride") for step in steps)
    is_identity = filters == channels and stride == 1
    shortcut = convolution(filters, 1, stride) if project and not is_identity else Cost()
    for step in steps:
        total += _add_working_memory(convolution(*step), shortcut_bytes)
        # The first convolution reads the tensor on the shortcut; during the others it is one more tensor in memory.
        shortcut_bytes = height * width * channels * bytes_per_value if is_identity or project else 0
        shape = (-(-shape[0] // step[2]), -(-shape[1] // step[2]), step[0])
    return total + _add_working_memory(shortcut, math.prod(shape) * bytes_per_value if shortcut.macs else 0)


def _add_working_memory(cost: Cost, n_bytes: int) -> Cost:
    return replace(cost, activation_bytes=cost.activation_bytes + n_bytes)
