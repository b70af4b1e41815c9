"""Weights of four bits, two to a byte: the first one in the lower half, as LiteRT stores them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt


def packed_size(n: int) -> int:
    """Bytes that ``n`` numbers take.

    Examples
    --------
    >>> packed_size(5)
    3
    """
    return (n + 1) // 2


def unpack(packed: npt.NDArray[np.uint8], n: int) -> npt.NDArray[np.int8]:
    """The first ``n`` signed numbers.

    Examples
    --------
    >>> unpack(np.array([0x81, 0x0F], np.uint8), 3)
    array([ 1, -8, -1], dtype=int8)
    """
    codes = np.stack([packed & 15, packed >> 4], axis=1).ravel()[:n].astype(np.int8)
    return np.where(codes >= 8, codes - np.int8(16), codes)


def pack(values: npt.NDArray[np.int8]) -> npt.NDArray[np.uint8]:
    """The inverse of :func:`unpack`; the half byte after the last number is zero.

    Examples
    --------
    >>> pack(np.array([1, -8, -1], np.int8)).tolist()
    [129, 15]
    """
    codes = np.zeros(2 * packed_size(values.size), np.uint8)
    codes[: values.size] = values.ravel().view(np.uint8) & 15
    return codes[::2] | codes[1::2] << np.uint8(4)
