"""The last step of deep compression: lossless coding of pruned and clustered weights (Han, Mao and Dally 2016).

For each tensor three parts are stored, see :mod:`fall.compression.storage.words`: the positions of the nonzero weights;
the index of each weight's shared value; and the shared values in float32.

The format, with integers as :func:`fall.compression.storage.byte_reader.varint` writes them::

    "HFDC" 1, number of tensors
    each tensor: number of axes, sides; the weights as `encode_words` writes them
    CRC-32 of everything before
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from common.errors import InvalidInputError, ModelIntegrityError
from fall.compression.storage.byte_reader import ByteReader, varint
from fall.compression.storage.words import decode_words, encode_words

Weights = npt.NDArray[np.float32]

_MAGIC = b"HFDC\x01"
_MAX_AXES = 16


def encode_weights(weights: Sequence[npt.NDArray[np.float32]]) -> bytes:
    """Encode the weights of a network without loss.

    Parameters
    ----------
    weights : sequence of ndarray of float32, of any shapes
        Such as ``model.get_weights()``. They become small if many weights are zero and the others share up to 256
        values.

    Returns
    -------
    bytes
        Input for :func:`decode_weights`.

    Raises
    ------
    InvalidInputError
        If a tensor is not float32.

    Examples
    --------
    A kernel in which one weight in ten is not zero, with four distinct values:

    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> kernel = rng.choice(np.array([-0.5, -0.2, 0.3, 0.6], np.float32), (500, 20))
    >>> kernel[rng.random(kernel.shape) < 0.9] = 0
    >>> data = encode_weights([kernel])
    >>> kernel.nbytes // len(data)
    43
    >>> bool((decode_weights(data)[0] == kernel).all())
    True
    """
    if not isinstance(weights, (list, tuple)):
        raise InvalidInputError(f"weights is a {type(weights).__name__}; pass a list of arrays, one for each tensor")
    body = _MAGIC + varint(len(weights)) + b"".join(_encode_tensor(tensor, i) for i, tensor in enumerate(weights))
    return body + zlib.crc32(body).to_bytes(4, "little")


def decode_weights(data: bytes, *, max_weights: int = 100_000_000) -> list[Weights]:
    """Decode what :func:`encode_weights` encoded.

    Parameters
    ----------
    data : bytes
        Encoded weights; they need not come from a trusted source.
    max_weights : int
        More are refused before memory is allocated: zeros take no bytes, so a few bytes can claim any number.

    Returns
    -------
    list of ndarray of float32
        The weights, bit for bit, also −0.0 and NaN. A −0.0, which a mask leaves of a negative weight, takes as many
        bytes as a weight that is not zero: add 0.0 to masked weights before they are encoded.

    Raises
    ------
    ModelIntegrityError
        If the data are damaged, cut off, of another kind, or too large.
    InvalidInputError
        If ``data`` is not of type bytes.

    Examples
    --------
    >>> import numpy as np
    >>> data = encode_weights([np.float32([[0.0, 0.5], [0.5, 0.0]])])
    >>> decode_weights(data)[0].tolist()
    [[0.0, 0.5], [0.5, 0.0]]
    >>> decode_weights(data[:-1])
    Traceback (most recent call last):
        ...
    common.errors.ModelIntegrityError: the checksum of the encoded weights is wrong: they are damaged or cut off
    """
    if not isinstance(data, (bytes, bytearray, memoryview)):
        raise InvalidInputError(f"data is a {type(data).__name__}; it must be the bytes of encode_weights")
    data = bytes(data)
    if not data.startswith(_MAGIC):
        raise ModelIntegrityError("the data do not begin as encoded weights of this version do")
    body = data[:-4]
    if zlib.crc32(body).to_bytes(4, "little") != data[-4:]:
        raise ModelIntegrityError("the checksum of the encoded weights is wrong: they are damaged or cut off")
    reader = ByteReader(body[len(_MAGIC) :])
    tensors: list[Weights] = []
    for _ in range(reader.varint(at_most=len(body), of="tensors")):
        tensors.append(_decode_tensor(reader, max_weights))
        max_weights -= tensors[-1].size
    if reader.rest():
        raise ModelIntegrityError("bytes are left after the last tensor: the data are damaged")
    return tensors


def _encode_tensor(tensor: Weights, number: int) -> bytes:
    if not isinstance(tensor, np.ndarray) or tensor.dtype != np.float32:
        kind = tensor.dtype if isinstance(tensor, np.ndarray) else type(tensor).__name__
        raise InvalidInputError(f"weights[{number}] is {kind}; it must be an array of float32: use .astype(np.float32)")
    if tensor.ndim > _MAX_AXES:
        raise InvalidInputError(f"weights[{number}] has {tensor.ndim} axes; up to {_MAX_AXES} are possible")
    values = np.ravel(tensor)
    shape = b"".join(varint(side) for side in (tensor.ndim, *tensor.shape))
    # As bit patterns, since NaN does not equal itself and −0.0 equals 0.0.
    return shape + encode_words(values.view(np.uint32))


def _decode_tensor(reader: ByteReader, max_weights: int) -> Weights:
    n_axes = reader.varint(at_most=_MAX_AXES, of="axes")
    shape = tuple(reader.varint(at_most=max_weights, of="weights along an axis") for _ in range(n_axes))
    if math.prod(max(side, 1) for side in shape) > max_weights:
        raise ModelIntegrityError(
            f"the data claim a tensor of shape {shape}, beyond max_weights: they are damaged or too large"
        )
    return decode_words(reader, math.prod(shape), np.uint32).view(np.float32).reshape(shape)
