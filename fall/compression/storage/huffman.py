"""Canonical Huffman coding: frequent symbols get short codes, which are determined by their lengths.

Symbols are integers from 0 to 255. Codes have at most 15 bits, so that one table of 2¹⁵ entries decodes them.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from itertools import count
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import entr

from common.errors import ModelIntegrityError
from common.validation import check_integers
from fall.compression.storage.bits import pack_bits, packed_bytes, unpack_bits
from fall.compression.storage.byte_reader import ByteReader, varint

ALPHABET = 256
MAX_LENGTH = 15  # fits 4 bits
_BLOCK_BYTES = 1 << 16


def entropy_bits(symbols: npt.ArrayLike) -> float:
    """Lower bound on the number of bits of any code of single symbols (Shannon 1948).

    Examples
    --------
    >>> entropy_bits([0, 0, 1, 2])
    6.0
    """
    sequence = _check_symbols(symbols)
    frequencies = np.bincount(sequence) / max(len(sequence), 1)
    return float(entr(frequencies).sum() / np.log(2) * len(sequence))


def code_lengths(counts: Sequence[int] | npt.NDArray[Any]) -> npt.NDArray[np.int64]:
    """Length of each symbol's code in bits (Huffman 1952); 0 if it does not occur, 1 if it is the only symbol.

    Examples
    --------
    >>> code_lengths([4, 2, 1, 1, 0])
    array([1, 2, 3, 3, 0])
    """
    lengths = np.zeros(len(counts), dtype=np.int64)
    order = count()  # ties go to the older tree, which keeps codes short
    heap = [(int(n), next(order), [symbol]) for symbol, n in enumerate(counts) if n > 0]
    if len(heap) == 1:
        lengths[heap[0][2]] = 1
    heapq.heapify(heap)
    while len(heap) > 1:
        first, second = heapq.heappop(heap), heapq.heappop(heap)
        merged = first[2] + second[2]
        lengths[merged] += 1
        heapq.heappush(heap, (first[0] + second[0], next(order), merged))
    if lengths.max(initial=0) > MAX_LENGTH:
        # As in bzip2: more equal counts give shorter codes. Only Fibonacci-like counts need this.
        return code_lengths([(n + 1) // 2 for n in counts])
    return lengths


def huffman_encode(symbols: npt.ArrayLike) -> bytes:
    """Encode symbols, with everything needed to decode them.

    Parameters
    ----------
    symbols : array-like of int of shape (n_symbols,)
        From 0 to 255. If all are equal, only a header is stored.

    Returns
    -------
    bytes
        The number of symbols, the size of the alphabet, the code lengths in 4 bits each, and the codes.

    Examples
    --------
    >>> symbols = [0, 0, 0, 0, 1, 1, 2, 3]
    >>> data = huffman_encode(symbols)
    >>> len(data)  # 1 + 1 + 2 bytes, and 14 bits
    6
    >>> huffman_decode(data)
    array([0, 0, 0, 0, 1, 1, 2, 3], dtype=uint8)
    """
    sequence = _check_symbols(symbols)
    lengths = code_lengths(np.bincount(sequence))
    header = varint(len(sequence)) + varint(len(lengths)) + pack_bits(lengths, 4)
    if np.count_nonzero(lengths) < 2:
        return header
    bits = lengths[sequence]
    # For every bit of the output: the number of bits of its code that follow it, by which the code is shifted.
    following = np.repeat(np.cumsum(bits), bits) - 1 - np.arange(bits.sum())
    digits = np.repeat(_canonical_codes(lengths)[sequence], bits) >> following & 1
    return header + np.packbits(digits.astype(np.uint8)).tobytes()


def huffman_decode(data: bytes, *, max_symbols: int = 100_000_000) -> npt.NDArray[np.uint8]:
    """Decode what :func:`huffman_encode` encoded.

    Parameters
    ----------
    data : bytes
        Exactly what was encoded. Sizes that it claims are checked before memory is allocated.
    max_symbols : int
        More are refused: equal symbols take no bytes, so a few bytes can claim any number.

    Returns
    -------
    ndarray of uint8, shape (n_symbols,)

    Raises
    ------
    ModelIntegrityError
        If the data are not a Huffman code.

    Examples
    --------
    >>> huffman_decode(huffman_encode([7, 7, 7, 200])).tolist()
    [7, 7, 7, 200]
    """
    reader = ByteReader(data)
    n_symbols = reader.varint(at_most=max_symbols, of="symbols")
    n_lengths = reader.varint(at_most=ALPHABET, of="code lengths")
    lengths = unpack_bits(reader.take(packed_bytes(4, n_lengths)), 4, n_lengths)
    payload = reader.rest()
    used = np.flatnonzero(lengths)
    if len(used) < 2:
        if payload or (n_symbols > 0) != (len(used) == 1):
            raise ModelIntegrityError("a Huffman code of less than two symbols has a payload: the data are damaged")
        return np.full(n_symbols, used[0] if n_symbols else 0, dtype=np.uint8)
    if (1 << (MAX_LENGTH - lengths[used])).sum() != 1 << MAX_LENGTH:  # Kraft's equality
        raise ModelIntegrityError("the lengths of a Huffman code make no complete code: the data are damaged")
    if n_symbols > 8 * len(payload):
        raise ModelIntegrityError(f"{n_symbols} symbols do not fit {len(payload)} bytes: the data are damaged")
    return _decode_payload(payload, lengths, n_symbols)


def _decode_payload(payload: bytes, lengths: npt.NDArray[np.int64], n_symbols: int) -> npt.NDArray[np.uint8]:
    """Look up the code that would begin at every bit, then step from code to code; by blocks, to limit memory."""
    symbol_table, length_table = _tables(lengths)
    padded = np.frombuffer(payload + bytes(2), np.uint8)
    decoded = np.empty(n_symbols, dtype=np.uint8)
    done = position = 0
    for first in range(0, len(payload), _BLOCK_BYTES):
        ahead = _next_bits(padded[first : first + _BLOCK_BYTES + 2].astype(np.uint32))
        steps = length_table[ahead].tobytes()  # bytes give plain integers fast
        starts: list[int] = []
        while position < len(steps) and done + len(starts) < n_symbols:
            starts.append(position)
            position += steps[position]
        decoded[done : done + len(starts)] = symbol_table[ahead[starts]]
        done += len(starts)
        position -= len(steps)
    # The last code ends in the last byte, and the bits after it are zero.
    if done < n_symbols or not -8 < position <= 0 or (payload and payload[-1] & (1 << -position) - 1):
        raise ModelIntegrityError(
            f"{n_symbols} symbols do not end where their {len(payload)} bytes do: they are damaged"
        )
    return decoded


def _next_bits(block: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint32]:
    """The 15 bits from each bit on, for all bytes but the last two; the 24 bits from each byte on contain them."""
    windows = block[:-2] << 16 | block[1:-1] << 8 | block[2:]
    return np.asarray(windows[:, None] >> np.arange(9, 1, -1, dtype=np.uint32) & ((1 << MAX_LENGTH) - 1)).ravel()


def _canonical_codes(lengths: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Codes ordered by length, then by symbol: each is the previous one plus one."""
    codes = np.zeros(len(lengths), dtype=np.int64)
    order = np.argsort(lengths, kind="stable")
    order = order[lengths[order] > 0]
    # As 15-bit numbers, each code begins where the range of the previous one ends.
    widths = 1 << (MAX_LENGTH - lengths[order])
    codes[order] = (np.cumsum(widths) - widths) >> (MAX_LENGTH - lengths[order])
    return codes


def _tables(lengths: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]:
    """For every 15-bit number: the symbol whose code it begins with, and the code's length."""
    order = np.argsort(lengths, kind="stable")
    order = order[lengths[order] > 0]
    widths = 1 << (MAX_LENGTH - lengths[order])
    return np.repeat(order, widths).astype(np.uint8), np.repeat(lengths[order], widths).astype(np.uint8)


def _check_symbols(symbols: npt.ArrayLike) -> npt.NDArray[np.int64]:
    return check_integers(symbols, "symbols", at_least=0, at_most=ALPHABET - 1).ravel()
