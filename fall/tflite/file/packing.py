"""Weights of two or four bits, several to a byte: the first one in the lowest bits, as LiteRT stores them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt


def packed_size(n: int, bits: int) -> int:
    """Bytes that ``n`` numbers of ``bits`` bits take.

    Examples
    --------
    >>> packed_size(5, bits=4)
    3
    """
    return -(-n * bits // 8)


def unpack(packed: npt.NDArray[np.uint8], n: int, bits: int) -> npt.NDArray[np.int8]:
    """The first ``n`` signed numbers of ``bits`` bits (2 or 4).

    Examples
    --------
    >>> unpack(np.array([0x81, 0x0F], np.uint8), 3, bits=4)
    array([ 1, -8, -1], dtype=int8)
    """
    shifts = np.arange(0, 8, bits, dtype=np.uint8)
    codes = ((packed[:, None] >> shifts) & (2**bits - 1)).ravel()[:n].astype(np.int8)
    return np.asarray(np.where(codes >= 2 ** (bits - 1), codes - 2**bits, codes), np.int8)


def pack(values: npt.NDArray[np.int8], bits: int) -> npt.NDArray[np.uint8]:
    """The inverse of :func:`unpack`; the bits after the last number are zero.

    Examples
    --------
    >>> pack(np.array([1, -8, -1], np.int8), bits=4).tolist()
    [129, 15]
    """
    per_byte = 8 // bits
    codes = np.zeros((packed_size(values.size, bits), per_byte), np.uint8)
    codes.ravel()[: values.size] = values.ravel().view(np.uint8) & np.uint8(2**bits - 1)
    return np.asarray(np.bitwise_or.reduce(codes << np.arange(0, 8, bits, dtype=np.uint8), axis=1), np.uint8)
