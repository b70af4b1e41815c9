"""The networks by name: the lecture's perceptron and CNN, more efficient CNNs, and MobileNetV2.

All are flat ``tf_keras`` models from images to class probabilities, without preprocessing layers or nested models, as
the compression tools and converters require. They expect float32 pixels from −1 to 1, see :func:`scale_pixels`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from common.errors import InvalidInputError
from common.validation import check_choice, check_integer
from fall.networks.efficient import (
    bottleneck_cnn as bottleneck_cnn,
    compound_cnn as compound_cnn,
    grouped_cnn as grouped_cnn,
    mbconv_cnn as mbconv_cnn,
    residual_cnn as residual_cnn,
    separable_cnn as separable_cnn,
)
from fall.networks.lecture import InputShape as InputShape, lecture_cnn as lecture_cnn, perceptron as perceptron
from fall.networks.mobilenet import file_sha256 as file_sha256, mobilenet_v2 as mobilenet_v2
from fall.networks.pixels import scale_pixels as scale_pixels
from fall.networks.scaling import (
    CompoundScaling as CompoundScaling,
    scaling_grid as scaling_grid,
    search_scaling as search_scaling,
)

NETWORKS: dict[str, Callable[..., Any]] = {
    "perceptron": perceptron,
    "lecture_cnn": lecture_cnn,
    "grouped_cnn": grouped_cnn,
    "separable_cnn": separable_cnn,
    "residual_cnn": residual_cnn,
    "bottleneck_cnn": bottleneck_cnn,
    "mbconv_cnn": mbconv_cnn,
    "compound_cnn": compound_cnn,
    "mobilenet_v2": mobilenet_v2,
}


def build_network(name: str, input_shape: InputShape = (96, 96, 3), n_classes: int = 2, **options: Any) -> Any:
    """Build a network with random weights (MobileNetV2: with those named in ``weights``).

    Parameters
    ----------
    name : str
        "perceptron", "lecture_cnn", "grouped_cnn", "separable_cnn", "residual_cnn", "bottleneck_cnn",
        "mbconv_cnn", "compound_cnn" or "mobilenet_v2".
    input_shape : tuple of int
        Height, width, channels.
    n_classes : int
        Outputs, at least 2.
    **options
        Options of the function of that name in :mod:`fall.networks`, such as ``filters``, ``depth``, ``kernel``.

    Returns
    -------
    tf_keras.Model
        Maps float32 images ``(n, height, width, channels)`` with pixels from −1 to 1, see
        :func:`fall.networks.scale_pixels`, to probabilities ``(n, n_classes)``. Initial weights are determined by the
        seed of ``tf_keras.utils.set_random_seed``.

    Raises
    ------
    InvalidInputError
        If there is no such network or option, or the images are too small for it.

    Examples
    --------
    The lecture's CNN at the lecture's size and at the lab's:

    >>> build_network("lecture_cnn", (224, 224, 3)).count_params()
    1442226
    >>> build_network("lecture_cnn").count_params()
    229810
    """
    network = NETWORKS[check_choice(name, "name", tuple(NETWORKS))]
    shape = _check_shape(input_shape)
    check_integer(n_classes, "n_classes", at_least=2)
    known = [parameter.name for parameter in inspect.signature(network).parameters.values()][2:]
    unknown = sorted(set(options) - set(known))
    if unknown:
        raise InvalidInputError(f"{name} has no option {unknown[0]!r}; it takes {', '.join(known)}")
    try:
        return network(shape, n_classes, **options)
    except (TypeError, ValueError, IndexError) as error:
        if isinstance(error, InvalidInputError):
            raise
        raise InvalidInputError(
            f"{name} cannot be built for input_shape {shape} with {options or 'its defaults'} ({error}): "
            "use larger images, or correct the options"
        ) from error


def _check_shape(input_shape: Any) -> InputShape:
    if not isinstance(input_shape, (tuple, list)) or len(input_shape) != 3:
        raise InvalidInputError(f"input_shape is {input_shape!r}; it must be (height, width, channels)")
    height, width, channels = (check_integer(side, "input_shape", at_least=1) for side in input_shape)
    return height, width, channels
