"""The last step of deep compression: lossless coding of pruned and clustered weights (Han, Mao and Dally 2016).

For each tensor three parts are stored: the positions of the nonzero weights, as the number of zeros before each
(Huffman coded); the index of each weight's shared value (Huffman coded); and the shared values in float32. If values
are not shared, as in biases, the nonzero values themselves are stored.

The format, with integers as :func:`fall.compression.storage.byte_reader.varint` writes them::

    "HFDC" 1, number of tensors
    each tensor: number of axes, sides; bytes of positions (0: every weight is stored), positions;
                 size of the code book (0: none), code book; bytes of indices, indices (or the values themselves)
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
from fall.compression.storage.huffman import ALPHABET, huffman_decode, huffman_encode

Weights = npt.NDArray[np.float32]

_MAGIC = b"HFDC\x01"
_SKIP = 255  # this many zeros without a weight after them: the paper's "filler zero"
_MAX_AXES = 16


def encode_weights(weights: Sequence[npt.NDArray[np.float32]]) -> bytes:
    """Encode the weights of a network without loss.

    Parameters
    ----------
    weights : sequence of ndarray of float32
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
        The weights, bit for bit, except that −0.0 becomes 0.0. Pruning leaves many −0.0, which would otherwise take
        more bytes than all other weights.

    Raises
    ------
    ModelIntegrityError
        If the data are damaged, cut off, of another kind, or too large.
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
    stored = np.flatnonzero(values)
    positions = huffman_encode(_gaps(stored))
    shape = b"".join(varint(side) for side in (tensor.ndim, *tensor.shape))
    # As bit patterns, since NaN does not equal itself.
    sparse = varint(len(positions)) + positions + _encode_values(values[stored].view(np.uint32))
    if 2 * len(stored) < len(values):
        return shape + sparse
    # If few weights are zero, it may be shorter to store zero as one more value, without positions.
    all_values = np.where(values == 0, np.float32(0), values).view(np.uint32)
    return shape + min(sparse, varint(0) + _encode_values(all_values), key=len)


def _decode_tensor(reader: ByteReader, max_weights: int) -> Weights:
    n_axes = reader.varint(at_most=_MAX_AXES, of="axes")
    shape = tuple(reader.varint(at_most=max_weights, of="weights along an axis") for _ in range(n_axes))
    if math.prod(max(side, 1) for side in shape) > max_weights:
        raise ModelIntegrityError(
            f"the data claim a tensor of shape {shape}, beyond max_weights: they are damaged or too large"
        )
    size = math.prod(shape)
    positions = reader.take(reader.varint(at_most=8 * size + 512, of="bytes of positions"))
    if not positions:
        return _decode_values(reader, size).view(np.float32).reshape(shape)
    stored = _positions(huffman_decode(positions, max_symbols=size + size // _SKIP))
    if len(stored) and stored[-1] >= size:
        raise ModelIntegrityError(f"weight {stored[-1]} of a tensor of {size} is stored: the data are damaged")
    patterns = np.zeros(size, dtype=np.uint32)
    patterns[stored] = _decode_values(reader, len(stored))
    return patterns.view(np.float32).reshape(shape)


def _gaps(stored: npt.NDArray[np.intp]) -> npt.NDArray[np.int64]:
    """Number of zeros before each stored weight; 255 or more become skips and a remainder."""
    skips, remainder = np.divmod(np.diff(stored, prepend=-1) - 1, _SKIP)
    gaps = np.full(int(skips.sum()) + len(stored), _SKIP)
    gaps[np.cumsum(skips + 1) - 1] = remainder
    return gaps


def _positions(gaps: npt.NDArray[np.uint8]) -> npt.NDArray[np.int64]:
    is_weight = gaps != _SKIP
    return np.asarray(np.cumsum(gaps + is_weight.astype(np.int64))[is_weight] - 1, dtype=np.int64)


def _encode_values(values: npt.NDArray[np.uint32]) -> bytes:
    """A code book and indices, or the values themselves if that is shorter."""
    plain = values.astype("<u4").tobytes()
    codebook, indices = np.unique(values, return_inverse=True)
    if len(codebook) <= ALPHABET:
        coded = huffman_encode(indices)
        shared = varint(len(codebook)) + codebook.astype("<u4").tobytes() + varint(len(coded)) + coded
        if len(codebook) and len(shared) < len(plain):
            return shared
    return varint(0) + plain


def _decode_values(reader: ByteReader, count: int) -> npt.NDArray[np.uint32]:
    size = reader.varint(at_most=ALPHABET, of="shared values")
    codebook = np.frombuffer(reader.take(4 * (size or count)), "<u4")
    if size == 0:
        return codebook.astype(np.uint32)
    indices = huffman_decode(
        reader.take(reader.varint(at_most=8 * count + 512, of="bytes of indices")), max_symbols=count
    )
    if len(indices) != count or indices.max(initial=0) >= size:
        raise ModelIntegrityError(f"{count} weights need as many indices below {size}: the data are damaged")
    return codebook[indices].astype(np.uint32)
