"""CNNs that are more efficient than the lecture's: one architecture with a different block in each.

They consist of a plain convolution at half the resolution (the stem), stages of blocks with max-pooling before each,
the mean over the image, and one dense layer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from fall import backend
from fall.networks.blocks import (
    bottleneck_block,
    classify,
    conv_block,
    grouped_block,
    mbconv_block,
    residual_block,
    separable_block,
)
from fall.networks.lecture import InputShape
from fall.networks.scaling import CompoundScaling

_FILTERS = (16, 32, 64, 96)


def separable_cnn(
    input_shape: InputShape,
    n_classes: int,
    *,
    filters: Sequence[int] = _FILTERS,
    depth: int = 1,
    kernel: int = 3,
    dropout: float = 0.0,
) -> Any:
    """Depthwise-separable convolutions, as in MobileNet: 11,618 parameters by default.

    Parameters
    ----------
    input_shape : tuple of int
        Height, width, channels.
    n_classes : int
        Outputs.
    filters : sequence of int
        Channels of the stem and of each stage.
    depth : int
        Blocks in each stage.
    kernel : int
        Side of the blocks' kernels.
    dropout : float
        Fraction of the features dropped in each training step, before the dense layer.

    Returns
    -------
    tf_keras.Model

    References
    ----------
    Howard et al.: MobileNets: efficient convolutional neural networks for mobile vision applications. 2017.
    https://arxiv.org/abs/1704.04861

    Examples
    --------
    >>> separable_cnn((96, 96, 3), 2).count_params()
    11618
    """
    block = partial(separable_block, kernel=kernel)
    return _staged_cnn("separable_cnn", block, input_shape, n_classes, filters, depth, dropout)


def grouped_cnn(
    input_shape: InputShape,
    n_classes: int,
    *,
    filters: Sequence[int] = _FILTERS,
    depth: int = 1,
    kernel: int = 3,
    groups: int = 4,
    dropout: float = 0.0,
) -> Any:
    """Bottlenecks with grouped convolutions, as in ResNeXt.

    Parameters
    ----------
    input_shape, n_classes, filters, depth, kernel, dropout
        As in :func:`separable_cnn`.
    groups : int
        Independent groups of channels in the inner convolution.

    Returns
    -------
    tf_keras.Model

    References
    ----------
    Xie et al.: Aggregated residual transformations for deep neural networks. CVPR 2017.
    https://arxiv.org/abs/1611.05431

    Examples
    --------
    >>> small, large = (grouped_cnn((32, 32, 3), 2, depth=depth) for depth in (1, 2))
    >>> small.output_shape, small.count_params() < large.count_params()
    ((None, 2), True)
    """
    block = partial(grouped_block, kernel=kernel, groups=groups)
    return _staged_cnn("grouped_cnn", block, input_shape, n_classes, filters, depth, dropout)


def residual_cnn(
    input_shape: InputShape,
    n_classes: int,
    *,
    filters: Sequence[int] = _FILTERS,
    depth: int = 1,
    kernel: int = 3,
    dropout: float = 0.0,
) -> Any:
    """Residual blocks, as in ResNet-18.

    Parameters
    ----------
    input_shape, n_classes, filters, depth, kernel, dropout
        As in :func:`separable_cnn`.

    Returns
    -------
    tf_keras.Model

    References
    ----------
    He et al.: Deep residual learning for image recognition. CVPR 2016. https://arxiv.org/abs/1512.03385

    Examples
    --------
    >>> small, large = (residual_cnn((32, 32, 3), 2, depth=depth) for depth in (1, 2))
    >>> small.output_shape, small.count_params() < large.count_params()
    ((None, 2), True)
    """
    block = partial(residual_block, kernel=kernel)
    return _staged_cnn("residual_cnn", block, input_shape, n_classes, filters, depth, dropout)


def bottleneck_cnn(
    input_shape: InputShape,
    n_classes: int,
    *,
    filters: Sequence[int] = _FILTERS,
    depth: int = 1,
    kernel: int = 3,
    reduction: int = 4,
    dropout: float = 0.0,
) -> Any:
    """Residual bottlenecks, as in ResNet-50.

    Parameters
    ----------
    input_shape, n_classes, filters, depth, kernel, dropout
        As in :func:`separable_cnn`.
    reduction : int
        By how much the inner convolution has fewer channels than the output.

    Returns
    -------
    tf_keras.Model

    References
    ----------
    He et al.: Deep residual learning for image recognition. CVPR 2016. https://arxiv.org/abs/1512.03385

    Examples
    --------
    >>> small, large = (bottleneck_cnn((32, 32, 3), 2, depth=depth) for depth in (1, 2))
    >>> small.output_shape, small.count_params() < large.count_params()
    ((None, 2), True)
    """
    block = partial(bottleneck_block, kernel=kernel, reduction=reduction)
    return _staged_cnn("bottleneck_cnn", block, input_shape, n_classes, filters, depth, dropout)


def mbconv_cnn(
    input_shape: InputShape,
    n_classes: int,
    *,
    filters: Sequence[int] = (16, 16, 24, 32),
    depth: int = 1,
    kernel: int = 3,
    expansion: int = 4,
    dropout: float = 0.0,
) -> Any:
    """Inverted bottlenecks, as in MobileNetV2.

    Parameters
    ----------
    input_shape, n_classes, filters, depth, kernel, dropout
        As in :func:`separable_cnn`.
    expansion : int
        By how much the inner convolution has more channels than the input.

    Returns
    -------
    tf_keras.Model

    References
    ----------
    Sandler et al.: MobileNetV2: inverted residuals and linear bottlenecks. CVPR 2018.
    https://arxiv.org/abs/1801.04381

    Examples
    --------
    >>> small, large = (mbconv_cnn((32, 32, 3), 2, depth=depth) for depth in (1, 2))
    >>> small.output_shape, small.count_params() < large.count_params()
    ((None, 2), True)
    """
    block = partial(mbconv_block, kernel=kernel, expansion=expansion)
    return _staged_cnn("mbconv_cnn", block, input_shape, n_classes, filters, depth, dropout)


def compound_cnn(
    input_shape: InputShape,
    n_classes: int,
    *,
    phi: float = 1.0,
    alpha: float = 1.2,
    beta: float = 1.1,
    gamma: float = 1.15,
    filters: Sequence[int] = (16, 16, 24, 32),
    depth: int = 1,
    kernel: int = 3,
    expansion: int = 4,
    dropout: float = 0.0,
) -> Any:
    """:func:`mbconv_cnn` scaled by φ, as in EfficientNet: α^φ times deeper and β^φ times wider.

    The third factor, the γ^φ times higher resolution, is chosen by ``input_shape`` or by the classifier's
    ``input_size``: ``CompoundScaling(1).side(96)``, that is 110 pixels, at φ = 1. At φ = 0 it is :func:`mbconv_cnn`.

    Parameters
    ----------
    input_shape, n_classes, filters, depth, kernel, dropout
        As in :func:`separable_cnn`.
    expansion : int
        As in :func:`mbconv_cnn`.
    phi, alpha, beta, gamma : float
        As in :class:`CompoundScaling`.

    Returns
    -------
    tf_keras.Model

    References
    ----------
    Tan and Le: EfficientNet: rethinking model scaling for convolutional neural networks. ICML 2019.
    https://arxiv.org/abs/1905.11946

    Examples
    --------
    >>> compound_cnn((32, 32, 3), 2, phi=0).count_params() == mbconv_cnn((32, 32, 3), 2).count_params()
    True
    """
    scaling = CompoundScaling(phi, alpha, beta, gamma)
    widths = [scaling.filters(width) for width in filters] if phi else filters
    block = partial(mbconv_block, kernel=kernel, expansion=expansion)
    return _staged_cnn("compound_cnn", block, input_shape, n_classes, widths, scaling.repeats(depth), dropout)


def _staged_cnn(
    name: str,
    block: Callable[..., Any],
    input_shape: InputShape,
    n_classes: int,
    filters: Sequence[int],
    depth: int,
    dropout: float,
) -> Any:
    layers = backend.keras().layers
    images = layers.Input(input_shape, name="images")
    x = conv_block(images, filters[0], 3, stride=2, name="stem")
    for stage, width in enumerate(filters[1:], start=1):
        x = layers.MaxPooling2D(name=f"stage{stage}_pool")(x)
        for number in range(1, depth + 1):
            x = block(x, width, name=f"stage{stage}_{number}")
    x = layers.GlobalAveragePooling2D(name="mean")(x)
    if dropout:
        x = layers.Dropout(dropout, name="dropout")(x)
    return backend.keras().Model(images, classify(x, n_classes), name=name)
