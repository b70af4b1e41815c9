"""Code a sequence of numbers by their bit patterns: the positions of those that are not zero, and their values.

Positions are stored as the number of zeros before each number that is not zero, Huffman coded; if that is shorter,
every number is stored and no position. Values are stored as indices into a code book, Huffman coded; if there are many
distinct values, as they are. A pattern is zero if all of its bits are: −0.0 is a value like any other.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from common.errors import ModelIntegrityError
from fall.compression.storage.byte_reader import ByteReader, varint
from fall.compression.storage.huffman import ALPHABET, huffman_decode, huffman_encode

Words = npt.NDArray[np.unsignedinteger[Any]]

_SKIP = 255  # this many zeros without a number after them: the paper's "filler zero"


def encode_words(words: Words) -> bytes:
    """Encode bit patterns of 8, 16 or 32 bits; their number and their type are not stored.

    Returns
    -------
    bytes
        Bytes of positions (0: every pattern is stored), positions; size of the code book (0: none), code book; bytes of
        indices, indices (or the patterns themselves).
    """
    stored = np.flatnonzero(words)
    positions = huffman_encode(_gaps(stored))
    sparse = varint(len(positions)) + positions + _encode_values(words[stored])
    if 2 * len(stored) < len(words):
        return sparse
    # If few are zero, it may be shorter to store zero as one more value, without positions.
    return min(sparse, varint(0) + _encode_values(words), key=len)


def decode_words(reader: ByteReader, n_words: int, dtype: npt.DTypeLike) -> Words:
    """Decode what :func:`encode_words` encoded; raises ModelIntegrityError if the data are damaged."""
    positions = reader.take(reader.varint(at_most=8 * n_words + 512, of="bytes of positions"))
    if not positions:
        return _decode_values(reader, n_words, dtype)
    stored = _positions(huffman_decode(positions, max_symbols=n_words + n_words // _SKIP))
    if len(stored) and stored[-1] >= n_words:
        raise ModelIntegrityError(f"weight {stored[-1]} of a tensor of {n_words} is stored: the data are damaged")
    words = np.zeros(n_words, dtype)
    words[stored] = _decode_values(reader, len(stored), dtype)
    return words


def _gaps(stored: npt.NDArray[np.intp]) -> npt.NDArray[np.int64]:
    """Number of zeros before each stored word; 255 or more become skips and a remainder."""
    skips, remainder = np.divmod(np.diff(stored, prepend=-1) - 1, _SKIP)
    gaps = np.full(int(skips.sum()) + len(stored), _SKIP)
    gaps[np.cumsum(skips + 1) - 1] = remainder
    return gaps


def _positions(gaps: npt.NDArray[np.uint8]) -> npt.NDArray[np.int64]:
    is_stored = gaps != _SKIP
    return np.asarray(np.cumsum(gaps + is_stored.astype(np.int64))[is_stored] - 1, dtype=np.int64)


def _encode_values(values: Words) -> bytes:
    """A code book and indices, or the values themselves if that is shorter."""
    plain = _little_endian(values)
    codebook, indices = np.unique(values, return_inverse=True)
    if len(codebook) <= ALPHABET:
        coded = huffman_encode(indices)
        shared = varint(len(codebook)) + _little_endian(codebook) + varint(len(coded)) + coded
        if len(codebook) and len(shared) < len(plain):
            return shared
    return varint(0) + plain


def _decode_values(reader: ByteReader, count: int, dtype: npt.DTypeLike) -> Words:
    size = reader.varint(at_most=ALPHABET, of="shared values")
    stored = np.dtype(dtype).newbyteorder("<")
    codebook = np.frombuffer(reader.take(stored.itemsize * (size or count)), stored)
    if size == 0:
        return codebook.astype(dtype)
    indices = huffman_decode(
        reader.take(reader.varint(at_most=8 * count + 512, of="bytes of indices")), max_symbols=count
    )
    if len(indices) != count or indices.max(initial=0) >= size:
        raise ModelIntegrityError(f"{count} weights need as many indices below {size}: the data are damaged")
    return codebook[indices].astype(dtype)


def _little_endian(values: Words) -> bytes:
    return values.astype(values.dtype.newbyteorder("<")).tobytes()
