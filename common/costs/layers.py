"""Costs of single layers of a network: dense, convolution (also grouped or depthwise), depthwise-separable."""

from __future__ import annotations

from common.costs.ledger import Cost
from common.errors import InvalidInputError
from common.validation import check_choice, check_integer

FLOAT32_BYTES = 4


def dense_cost(inputs: int, units: int, *, bias: bool = True, bytes_per_value: int = FLOAT32_BYTES) -> Cost:
    """A fully connected layer: inputs·units MACs.

    Parameters
    ----------
    inputs, units : int
        Number of inputs and of outputs.
    bias : bool
        One more parameter per unit.
    bytes_per_value : int
        Size of a weight and of an activation: 4 for float32.

    Returns
    -------
    Cost

    Raises
    ------
    InvalidInputError
        If a number is not an integer of at least 1.

    Examples
    --------
    The lecture's perceptron on a 224×224 color image:

    >>> dense_cost(224 * 224 * 3, 1000).params
    150529000
    """
    n, m = check_integer(inputs, "inputs"), check_integer(units, "units")
    return _layer(n * m + bias * m, n * m, n + m, bytes_per_value)


def conv2d_cost(
    height: int,
    width: int,
    channels: int,
    filters: int,
    kernel: int,
    *,
    stride: int = 1,
    padding: str = "valid",
    groups: int = 1,
    bias: bool = True,
    bytes_per_value: int = FLOAT32_BYTES,
) -> Cost:
    """A convolution with square kernels: D_r²·(M/g)·D_v²·N MACs.

    Parameters
    ----------
    height, width, channels : int
        Shape of the input.
    filters : int
        Channels of the output.
    kernel, stride : int
        Side of a kernel, and the step between its positions, in pixels.
    padding : "valid" or "same"
        No padding, or padding that keeps the size at stride 1.
    groups : int
        Independent groups of channels; ``groups=channels`` is a depthwise convolution.
    bias : bool
        One more parameter per filter.
    bytes_per_value : int
        Size of a weight and of an activation: 4 for float32.

    Returns
    -------
    Cost

    Raises
    ------
    InvalidInputError
        If a number is not an integer of at least 1, the kernel is larger than the image, or ``groups`` does not divide
        the channels and the filters.

    Examples
    --------
    The lecture's example, 12×12×3 to 8×8×256, and the first layer of its CNN:

    >>> conv2d_cost(12, 12, 3, 256, 5).macs, conv2d_cost(224, 224, 3, 8, 5).params
    (1228800, 608)
    """
    n_in, n_out = check_integer(channels, "channels"), check_integer(filters, "filters")
    g = check_integer(groups, "groups")
    for number, name in ((n_in, "channels"), (n_out, "filters")):
        if number % g:
            raise InvalidInputError(f"groups is {g}; it must divide {name} ({number})")
    side = check_integer(kernel, "kernel")
    check_choice(padding, "padding", ("valid", "same"))
    rows = _output_side(height, "height", side, stride, padding)
    columns = _output_side(width, "width", side, stride, padding)
    weights = side * side * (n_in // g) * n_out
    activations = int(height) * int(width) * n_in + rows * columns * n_out
    return _layer(weights + bias * n_out, weights * rows * columns, activations, bytes_per_value)


def separable_conv2d_cost(
    height: int,
    width: int,
    channels: int,
    filters: int,
    kernel: int,
    *,
    stride: int = 1,
    padding: str = "valid",
    bias: bool = True,
    bytes_per_value: int = FLOAT32_BYTES,
) -> Cost:
    """A depthwise convolution, then a 1×1 convolution across channels: D_r²·M·D_v² + M·D_v²·N MACs.

    Only the second step has a bias, as in Keras' ``SeparableConv2D``.

    Parameters
    ----------
    height, width, channels, filters, kernel, stride, padding, bias, bytes_per_value
        As in :func:`conv2d_cost`; the kernel and the stride are those of the first step.

    Returns
    -------
    Cost

    References
    ----------
    Chollet: Xception: deep learning with depthwise separable convolutions. CVPR 2017.
    https://arxiv.org/abs/1610.02357

    Examples
    --------
    The lecture's example, 23 times cheaper than the plain convolution:

    >>> separable_conv2d_cost(12, 12, 3, 256, 5).macs
    53952
    """
    depthwise = conv2d_cost(
        height,
        width,
        channels,
        channels,
        kernel,
        stride=stride,
        padding=padding,
        groups=channels,
        bias=False,
        bytes_per_value=bytes_per_value,
    )
    rows = _output_side(height, "height", kernel, stride, padding)
    columns = _output_side(width, "width", kernel, stride, padding)
    pointwise = conv2d_cost(rows, columns, channels, filters, 1, bias=bias, bytes_per_value=bytes_per_value)
    return depthwise + pointwise


def _output_side(size: int, name: str, kernel: int, stride: int, padding: str) -> int:
    """Number of positions of a kernel along one side of the input."""
    size, step = check_integer(size, name), check_integer(stride, "stride")
    if padding == "same":
        return -(-size // step)
    if kernel > size:
        raise InvalidInputError(f'kernel is {kernel} but {name} is {size}: use a smaller kernel or padding="same"')
    return (size - kernel) // step + 1


def _layer(params: int, macs: int, activations: int, bytes_per_value: int) -> Cost:
    size = check_integer(bytes_per_value, "bytes_per_value")
    return Cost(params=params, macs=macs, weight_bytes=params * size, activation_bytes=activations * size)
