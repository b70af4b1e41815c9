"""MobileNetV2 for transfer learning: pretrained on ImageNet, cut after a middle block, with a dense layer on top."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any

from common.errors import InvalidInputError, ModelIntegrityError
from common.validation import check_integer, check_number
from fall import backend
from fall.networks.blocks import classify
from fall.networks.lecture import InputShape

LAST_BLOCK = 16  # the blocks are numbered from 0 to this, as in Keras

# The widths and image sizes that Keras publishes weights for.
_ALPHAS = (0.35, 0.5, 0.75, 1.0, 1.3, 1.4)
_SIDES = (96, 128, 160, 192, 224)
_SMALLEST_SIDE = 32
_URL = "https://storage.googleapis.com/tensorflow/keras-applications/mobilenet_v2/"


def mobilenet_v2(
    input_shape: InputShape,
    n_classes: int,
    *,
    alpha: float = 0.35,
    last_block: int | None = 10,
    weights: str | os.PathLike[str] | None = None,
    weights_sha256: str | None = None,
    dropout: float = 0.0,
) -> Any:
    """MobileNetV2 up to a block, the mean of its features over the image, and one dense layer, as one flat model.

    Its last blocks are specific to ImageNet's objects. Cut after block 10 it has a seventh of the parameters (317 k for
    alpha 1.0) and detects falls better.

    Parameters
    ----------
    input_shape : tuple of int
        Height, width, 3; at least 32 × 32.
    n_classes : int
        Outputs.
    alpha : float
        Width of every layer relative to the paper's.
    last_block : int, optional
        The last block kept, 0 to 16; None also keeps the 1×1 convolution to 1,280 channels after block 16.
    weights : "imagenet", path, or None
        Weights of the whole network without its top, in Keras' format (HDF5). "imagenet" downloads Keras' file once;
        None gives random weights.
    weights_sha256 : str, optional
        The SHA-256 that the file must have. Keras publishes none for its files; :func:`file_sha256` computes that of a
        file you trust.
    dropout : float
        Fraction of the features dropped in each training step.

    Returns
    -------
    tf_keras.Model

    Raises
    ------
    InvalidInputError
        If an argument is out of range, or there are no such weights.
    ModelIntegrityError
        If the file's hash differs.

    References
    ----------
    Sandler et al.: MobileNetV2: inverted residuals and linear bottlenecks. CVPR 2018.
    https://arxiv.org/abs/1801.04381

    Examples
    --------
    >>> mobilenet_v2((32, 32, 3), 2, last_block=0).output_shape
    (None, 2)
    """
    layers, Model = backend.keras().layers, backend.keras().Model
    check_number(alpha, "alpha", above=0)
    if last_block is not None:
        check_integer(last_block, "last_block", at_least=0, at_most=LAST_BLOCK)
    if min(input_shape[:2]) < _SMALLEST_SIDE or input_shape[2] != 3:
        raise InvalidInputError(
            f"input_shape is {input_shape}; MobileNetV2 takes RGB images of at least 32 x 32 pixels"
        )
    full = backend.keras().applications.MobileNetV2(
        input_shape=input_shape, alpha=alpha, include_top=False, weights=None
    )
    if weights is not None:
        path = imagenet_weights(alpha, input_shape[0]) if weights == "imagenet" else Path(weights)
        _load(full, path, weights_sha256)
    backbone_output = full.output if last_block is None else _block_output(full, last_block)
    x = layers.GlobalAveragePooling2D(name="mean")(backbone_output)
    if dropout:
        x = layers.Dropout(dropout, name="dropout")(x)
    return Model(full.input, classify(x, n_classes), name="mobilenet_v2")


def imagenet_weights(alpha: float, side: int) -> Path:
    """The weights that Keras publishes for this width and image size, downloaded once to ``~/.keras/models``.

    For other image sizes it is the file for 224 pixels.

    Raises
    ------
    InvalidInputError
        If there are none for this ``alpha``, or they cannot be downloaded; the message says which file to put where.
    """
    if alpha not in _ALPHAS:
        raise InvalidInputError(
            f"alpha is {alpha}; ImageNet weights exist for {', '.join(map(str, _ALPHAS))}: choose one of those, "
            "or weights=None for random weights"
        )
    side = side if side in _SIDES else 224
    name = f"mobilenet_v2_weights_tf_dim_ordering_tf_kernels_{float(alpha)}_{side}_no_top.h5"
    try:
        return Path(backend.keras().utils.get_file(name, _URL + name, cache_subdir="models"))
    except Exception as error:  # get_file raises whatever the network stack does
        raise InvalidInputError(
            f"the ImageNet weights {name} are not on this machine and cannot be downloaded ({error}): fetch "
            f"{_URL}{name} where there is a network and put it into ~/.keras/models, or name a file as weights=path"
        ) from error


def file_sha256(path: str | os.PathLike[str]) -> str:
    """The SHA-256 of a file, in hexadecimal.

    Parameters
    ----------
    path : path

    Returns
    -------
    str

    Raises
    ------
    InvalidInputError
        If the file cannot be read.

    References
    ----------
    FIPS 180-4, Secure Hash Standard, 2015.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.NamedTemporaryFile() as file:
    ...     file_sha256(file.name)[:16]  # of no bytes
    'e3b0c44298fc1c14'
    """
    try:
        with Path(path).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise InvalidInputError(
            f"weights is {str(path)!r}, which cannot be read ({error}): name a file of MobileNetV2 weights without "
            'top, or use weights="imagenet"'
        ) from error


def _load(model: Any, path: Path, sha256: str | None) -> None:
    found = file_sha256(path)
    if sha256 is not None and found != sha256.lower():
        raise ModelIntegrityError(
            f"weights {str(path)!r} have the SHA-256 {found}, not {sha256}: fetch the file again, "
            "or correct weights_sha256 if you trust this one"
        )
    try:
        model.load_weights(path)
    except Exception as error:  # h5py and Keras raise many kinds for a file that is something else
        raise InvalidInputError(
            f"weights {str(path)!r} do not fit this network ({error}): it needs Keras' HDF5 file for MobileNetV2 "
            "without top, of the same alpha"
        ) from error


def _block_output(model: Any, last_block: int) -> Any:
    """The output of a block, after the addition if it has a shortcut."""
    prefix = f"block_{last_block}" if last_block else "expanded_conv"
    names = {layer.name for layer in model.layers}
    return model.get_layer(f"{prefix}_add" if f"{prefix}_add" in names else f"{prefix}_project_BN").output
