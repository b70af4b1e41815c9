"""The lecture's cost formulas: DTW with a band, k-NN, dense and convolutional layers.

Heights and widths are input sizes, MACs leave biases out, and every figure is exact. The costs of a network's
layers add up to the network's: working memory is a layer's input and output, of which the largest counts.
"""

from common.cost import Cost as Cost, Ledger as Ledger
from common.errors import InvalidInputError
from common.validation import Band, band_radius, check_choice, check_integer

FLOAT32_BYTES = 4


def dtw_cost(n_timesteps: int, n_channels: int, *, band: Band = None) -> Cost:
    """One DTW distance between two windows of equal length.

    The band holds n(2r + 1) − r(r + 1) cells for n samples and radius r: O(B·n) instead of O(n²).
    A cell takes one MAC a channel, and two comparisons to find the smallest of its three neighbours. The working
    memory, one row of the band, is not counted.

    Parameters
    ----------
    n_timesteps, n_channels : int
        Shape of a window.
    band : None, int or float
        Sakoe-Chiba band: no constraint, a radius in samples, or a fraction of the window.

    Examples
    --------
    >>> dtw_cost(128, 6, band=12)
    Cost(params=0, macs=18264, comparisons=6088, weight_bytes=0, activation_bytes=0, sent_bytes=0)
    """
    n = check_integer(n_timesteps, "n_timesteps")
    channels = check_integer(n_channels, "n_channels")
    radius = band_radius(band, n, n)
    cells = n * (2 * radius + 1) - radius * (radius + 1)
    return Cost(macs=channels * cells, comparisons=2 * cells)


def knn_cost(
    n_references: int,
    n_timesteps: int,
    n_channels: int,
    *,
    band: Band = None,
    n_neighbors: int = 1,
    bytes_per_value: int = FLOAT32_BYTES,
) -> Cost:
    """One window classified by its nearest references: the training set, or a few profiles per class.

    A DTW distance to each of the n references without any shortcut, then n − 1 comparisons for the nearest
    alone, or n·⌈log₂ n⌉ to sort for more neighbours (the lecture's O(|E|·log |E|)). What is stored are the references'
    values; their labels, a byte or so each, are not counted.

    Parameters
    ----------
    n_references : int
        Stored windows.
    n_timesteps, n_channels : int
        Shape of a window.
    band : None, int or float
        Sakoe-Chiba band, as in :func:`dtw_cost`.
    n_neighbors : int
        Neighbours that vote, at most ``n_references``.
    bytes_per_value : int
        Size of a stored number: 4 for float32.

    Examples
    --------
    >>> whole_training_set = knn_cost(14_281, 32, 9, band=3)
    >>> profiles = knn_cost(48, 32, 9, band=3)
    >>> round(whole_training_set.macs / profiles.macs), profiles.weight_bytes
    (298, 55296)
    """
    n = check_integer(n_references, "n_references")
    k = check_integer(n_neighbors, "n_neighbors", at_most=n, why="(n_references)")
    values = n * check_integer(n_timesteps, "n_timesteps") * check_integer(n_channels, "n_channels")
    # ⌈log₂ n⌉ in integers: a float logarithm may fall on the wrong side of a power of two.
    ranking = n - 1 if k == 1 else n * (n - 1).bit_length()
    stored = Cost(params=values, weight_bytes=values * check_integer(bytes_per_value, "bytes_per_value"))
    return dtw_cost(n_timesteps, n_channels, band=band) * n + stored + Cost(comparisons=ranking)


def dense_cost(inputs: int, units: int, *, bias: bool = True, bytes_per_value: int = FLOAT32_BYTES) -> Cost:
    """A fully connected layer: inputs·units MACs.

    Parameters
    ----------
    inputs, units : int
        Numbers that come in and go out.
    bias : bool
        One more parameter a unit.
    bytes_per_value : int
        Size of a weight and of an activation: 4 for float32.

    Examples
    --------
    The lecture's perceptron on a 224×224 colour image:

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
        Without padding, or padded so that stride 1 keeps the size.
    groups : int
        Independent groups of channels; ``groups=channels`` is a depthwise convolution.
    bias : bool
        One more parameter a filter.
    bytes_per_value : int
        Size of a weight and of an activation: 4 for float32.

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
    """A depthwise convolution, then a 1×1 one across channels: D_r²·M·D_v² + M·D_v²·N MACs.

    The parameters are those of :func:`conv2d_cost`; the bias stands after the second step alone, as in Keras'
    ``SeparableConv2D``.

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
    """Positions of a kernel along one side of the input."""
    size, step = check_integer(size, name), check_integer(stride, "stride")
    if padding == "same":
        return -(-size // step)
    if kernel > size:
        raise InvalidInputError(f'kernel is {kernel} but {name} is {size}: use a smaller kernel or padding="same"')
    return (size - kernel) // step + 1


def _layer(params: int, macs: int, activations: int, bytes_per_value: int) -> Cost:
    size = check_integer(bytes_per_value, "bytes_per_value")
    return Cost(params=params, macs=macs, weight_bytes=params * size, activation_bytes=activations * size)
