"""The building blocks of the networks: functions from tensors to tensors.

In the cost formulas the input has ``M`` channels, the output ``N`` channels and side ``D_v``, and the kernel side
``D_r``. Costs are multiply-accumulates for one image; batch normalization adds nothing, because it is folded into the
convolution before it. This, and a smaller working memory, is why the order is always convolution, batch normalization,
ReLU, pooling.
"""

from __future__ import annotations

from typing import Any

from common.errors import InvalidInputError
from fall import backend

# Running means converge within a few hundred steps; Keras' 0.99 is meant for many thousands.
_MOMENTUM = 0.9


def conv_block(
    x: Any,
    filters: int,
    kernel: int,
    *,
    name: str,
    stride: int = 1,
    padding: str = "same",
    groups: int = 1,
    bias: bool = False,
    relu: bool = True,
) -> Any:
    """Convolution, batch normalization, ReLU: D_r²·(M/g)·D_v²·N with g groups, D_r²·(M/g)·N weights.

    Parameters
    ----------
    x : tensor of shape (n, height, width, channels)
        Input.
    filters, kernel, stride : int
        Channels of the output, side of the kernel, and distance between its positions in pixels.
    name : str
        Prefix of the layers' names.
    padding : "same" or "valid"
        As in Keras.
    groups : int
        Number of groups; each group of filters sees an equal share of the channels. Divides both numbers.
    bias : bool
        A bias in the convolution, which batch normalization makes redundant; the lecture's CNN has one.
    relu : bool
        Whether a ReLU follows.

    Raises
    ------
    InvalidInputError
        If ``groups`` does not divide the channels and the filters.
    """
    layers = backend.keras().layers
    for number, what in ((x.shape[-1], "the input's channels"), (filters, "filters")):
        if number % groups:
            raise InvalidInputError(f"groups is {groups} at {name}; it must divide {what} ({number})")
    x = layers.Conv2D(
        filters, kernel, strides=stride, padding=padding, groups=groups, use_bias=bias, name=f"{name}_conv"
    )(x)
    return _normalize(x, name, relu=relu)


def depthwise_block(x: Any, kernel: int, *, name: str, padding: str = "same") -> Any:
    """Convolution with one kernel for each channel, batch normalization, ReLU: D_r²·M·D_v²."""
    layers = backend.keras().layers
    x = layers.DepthwiseConv2D(kernel, padding=padding, use_bias=False, name=f"{name}_conv")(x)
    return _normalize(x, name)


def separable_block(x: Any, filters: int, kernel: int = 3, *, name: str, padding: str = "same") -> Any:
    """Depthwise-separable convolution (MobileNet): D_r²·M·D_v² + M·D_v²·N.

    Every channel is filtered separately, then a 1×1 convolution mixes the channels. Compared with D_r²·M·D_v²·N for a
    plain convolution, the cost is reduced by the factor 1/N + 1/D_r².

    References
    ----------
    Howard et al.: MobileNets. 2017. https://arxiv.org/abs/1704.04861
    """
    x = depthwise_block(x, kernel, name=f"{name}_depthwise", padding=padding)
    return conv_block(x, filters, 1, name=f"{name}_pointwise")


def residual_block(x: Any, filters: int, kernel: int = 3, *, name: str) -> Any:
    """Two convolutions with a shortcut around them (ResNet): D_r²·D_v²·(M·N + N²).

    The shortcut is the identity if the channels agree, else a 1×1 convolution, which adds M·D_v²·N.

    References
    ----------
    He et al.: Deep residual learning for image recognition. CVPR 2016. https://arxiv.org/abs/1512.03385
    """
    inner = conv_block(x, filters, kernel, name=f"{name}_first")
    inner = conv_block(inner, filters, kernel, name=f"{name}_second", relu=False)
    return _add_shortcut(x, inner, name)


def bottleneck_block(
    x: Any, filters: int, kernel: int = 3, *, name: str, reduction: int = 4, width: int | None = None, groups: int = 1
) -> Any:
    """1×1 to fewer channels B, k×k, 1×1 back, and a shortcut (ResNet): D_v²·(M·B + D_r²·B²/g + B·N).

    Parameters
    ----------
    x : tensor of shape (n, height, width, channels)
        Input.
    filters, kernel : int
        Channels of the output, and the side of the inner kernel.
    name : str
        Prefix of the layers' names.
    reduction : int
        B = N / reduction, at least 1.
    width : int, optional
        B, instead of ``reduction``.
    groups : int
        Groups g of the inner convolution.

    References
    ----------
    He et al.: Deep residual learning for image recognition. CVPR 2016. https://arxiv.org/abs/1512.03385
    """
    width = width or max(1, filters // reduction)
    inner = conv_block(x, width, 1, name=f"{name}_reduce")
    inner = conv_block(inner, width, kernel, groups=groups, name=f"{name}_inner")
    inner = conv_block(inner, filters, 1, name=f"{name}_restore", relu=False)
    return _add_shortcut(x, inner, name)


def grouped_block(x: Any, filters: int, kernel: int = 3, *, name: str, groups: int = 4) -> Any:
    """A bottleneck half as wide as its output, in ``groups`` groups (ResNeXt): D_v²·(M·B + D_r²·B²/g + B·N), B = N/2.

    It is wider than a bottleneck with one group of the same cost; the 1×1 convolutions connect the groups.

    References
    ----------
    Xie et al.: Aggregated residual transformations for deep neural networks. CVPR 2017.
    https://arxiv.org/abs/1611.05431
    """
    return bottleneck_block(x, filters, kernel, name=name, reduction=2, groups=groups)


def mbconv_block(x: Any, filters: int, kernel: int = 3, *, name: str, expansion: int = 6) -> Any:
    """Inverted bottleneck (MobileNetV2): D_v²·t·M·(M + D_r² + N) with expansion t.

    1×1 to t·M channels, a depthwise convolution, 1×1 to few channels without ReLU (which would destroy information
    there), and a shortcut if input and output have the same shape.

    References
    ----------
    Sandler et al.: MobileNetV2: inverted residuals and linear bottlenecks. CVPR 2018.
    https://arxiv.org/abs/1801.04381
    """
    channels = x.shape[-1]
    inner = conv_block(x, expansion * channels, 1, name=f"{name}_expand")
    inner = depthwise_block(inner, kernel, name=f"{name}_depthwise")
    inner = conv_block(inner, filters, 1, name=f"{name}_project", relu=False)
    return backend.keras().layers.Add(name=f"{name}_add")([x, inner]) if channels == filters else inner


def classify(x: Any, n_classes: int, *, name: str = "probabilities") -> Any:
    """Class probabilities by a dense layer: M·N."""
    return backend.keras().layers.Dense(n_classes, activation="softmax", name=name)(x)


def _normalize(x: Any, name: str, *, relu: bool = True) -> Any:
    layers = backend.keras().layers
    x = layers.BatchNormalization(momentum=_MOMENTUM, name=f"{name}_bn")(x)
    return layers.ReLU(name=f"{name}_relu")(x) if relu else x


def _add_shortcut(x: Any, inner: Any, name: str) -> Any:
    layers = backend.keras().layers
    if x.shape[-1] != inner.shape[-1]:
        x = conv_block(x, inner.shape[-1], 1, name=f"{name}_shortcut", relu=False)
    x = layers.Add(name=f"{name}_add")([x, inner])
    return layers.ReLU(name=f"{name}_relu")(x)
