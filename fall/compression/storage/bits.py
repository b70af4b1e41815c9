"""Pack small integers without gaps."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from common.errors import ModelIntegrityError


def bits_for(n_values: int) -> int:
    """Number of bits that distinguish this many values; a single value needs none.

    Examples
    --------
    >>> bits_for(1), bits_for(4), bits_for(5)
    (0, 2, 3)
    """
    return max(n_values - 1, 0).bit_length()


def pack_bits(values: npt.NDArray[Any], bits: int) -> bytes:
    """Pack integers from 0 to 2^bits − 1, most significant bit first, padded to whole bytes at the end.

    Examples
    --------
    >>> pack_bits(np.array([3, 0, 2, 1]), 2).hex()
    'c9'
    """
    places = np.arange(bits - 1, -1, -1)
    return np.packbits((values.ravel()[:, None] >> places & 1).astype(np.uint8)).tobytes()


def unpack_bits(data: bytes, bits: int, count: int) -> npt.NDArray[np.int64]:
    """Unpack what :func:`pack_bits` packed.

    Examples
    --------
    >>> unpack_bits(bytes.fromhex("c9"), 2, 4)
    array([3, 0, 2, 1])
    """
    if len(data) != packed_bytes(bits, count):
        raise ModelIntegrityError(
            f"{count} integers of {bits} bits do not fill {len(data)} bytes: the data are damaged"
        )
    digits = np.unpackbits(np.frombuffer(data, np.uint8), count=bits * count).reshape(count, bits)
    return digits @ (1 << np.arange(bits - 1, -1, -1, dtype=np.int64))


def packed_bytes(bits: int, count: int) -> int:
    """Length of what :func:`pack_bits` returns."""
    return (bits * count + 7) // 8
