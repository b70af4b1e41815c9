"""Sparse storage: a tensor without its zeros, and its exact size in bytes.

Three formats store the positions of the nonzero numbers differently: dense (zeros are stored too), bitmap (a bit for
each position), and CSR, compressed sparse rows (a column number for each nonzero number, and an offset for each row).
Sizes do not include the shape and the type. Numbers are restored bit for bit, except that −0.0, which pruning leaves of
negative weights, counts as zero and becomes 0.0.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from common.errors import InvalidInputError, ModelIntegrityError
from common.validation import check_integer
from fall.compression.storage.bits import bits_for, pack_bits, packed_bytes, unpack_bits

Tensor = npt.NDArray[Any]


@dataclass(frozen=True, eq=False)
class Dense:
    """All numbers, including zeros."""

    tensor: Tensor

    @classmethod
    def encode(cls, tensor: Tensor) -> Dense:
        """Store a tensor of integers or floats as it is."""
        return cls(_check(tensor))

    def decode(self) -> Tensor:
        """The tensor."""
        return self.tensor.copy()

    @property
    def stored_bytes(self) -> int:
        """Size of all numbers."""
        return self.tensor.nbytes


@dataclass(frozen=True, eq=False)
class Bitmap:
    """One bit for each position, and the nonzero numbers.

    Attributes
    ----------
    shape : tuple of int
        Shape of the tensor.
    bitmap : bytes
        Packed bits, in the tensor's order, most significant first.
    values : ndarray of shape (n_stored,)
        The nonzero numbers, in the same order.

    Examples
    --------
    Nine of ten int8 weights are zero: a bit for each weight, and a byte for every tenth.

    >>> import numpy as np
    >>> weights = np.arange(1000, dtype=np.int16).astype(np.int8) * (np.arange(1000) % 10 == 1)
    >>> Bitmap.encode(weights).stored_bytes, Dense.encode(weights).stored_bytes
    (225, 1000)
    >>> bool((Bitmap.encode(weights).decode() == weights).all())
    True
    """

    shape: tuple[int, ...]
    bitmap: bytes
    values: Tensor

    @classmethod
    def encode(cls, tensor: Tensor) -> Bitmap:
        """Store a tensor of integers or floats without its zeros."""
        tensor = _check(tensor)
        stored = tensor != 0
        return cls(tensor.shape, np.packbits(stored).tobytes(), tensor[stored])

    def decode(self) -> Tensor:
        """The tensor.

        Raises
        ------
        ModelIntegrityError
            If the bits and the values do not fit together.
        """
        tensor = np.zeros(self.shape, self.values.dtype)
        stored = unpack_bits(self.bitmap, 1, tensor.size).astype(bool).reshape(self.shape)
        if np.count_nonzero(stored) != len(self.values):
            raise ModelIntegrityError(
                f"the bitmap has {np.count_nonzero(stored)} places for {len(self.values)} values: the data are damaged"
            )
        tensor[stored] = self.values
        return tensor

    @property
    def stored_bytes(self) -> int:
        """Size of the bitmap and the values."""
        return len(self.bitmap) + self.values.nbytes


@dataclass(frozen=True, eq=False)
class CSR:
    """Compressed sparse rows, whose offsets and column numbers take as few bits as possible.

    Attributes
    ----------
    shape : tuple of int
        Shape of the tensor. Its rows run along the last axis, the outputs of a layer.
    borders : bytes
        The index of each row's first value, and n_stored at the end, packed.
    columns : bytes
        The column number of each value, packed.
    values : ndarray of shape (n_stored,)
        The nonzero numbers, row by row.

    Examples
    --------
    >>> import numpy as np
    >>> eye = np.eye(16, dtype=np.float32)
    >>> csr = CSR.encode(eye)
    >>> csr.column_bits, csr.border_bits, csr.stored_bytes  # 16 · 4 bits, 17 · 5 bits, 16 · 4 bytes
    (4, 5, 83)
    >>> bool((csr.decode() == eye).all())
    True
    """

    shape: tuple[int, ...]
    borders: bytes
    columns: bytes
    values: Tensor

    @classmethod
    def encode(cls, tensor: Tensor) -> CSR:
        """Store a tensor of integers or floats, with at least one axis, without its zeros.

        Raises
        ------
        InvalidInputError
            If the tensor is a single number.
        """
        tensor = _check(tensor)
        if tensor.ndim == 0:
            raise InvalidInputError("tensor is a single number; rows need at least one axis")
        matrix = _rows(tensor)
        rows, columns = np.nonzero(matrix)
        borders = np.searchsorted(rows, np.arange(len(matrix) + 1))
        return cls(
            tensor.shape,
            pack_bits(borders, bits_for(len(rows) + 1)),
            pack_bits(columns, bits_for(matrix.shape[1])),
            matrix[rows, columns],
        )

    def decode(self) -> Tensor:
        """The tensor.

        Raises
        ------
        ModelIntegrityError
            If the offsets or the columns do not fit the shape.
        """
        tensor = np.zeros(self.shape, self.values.dtype)
        matrix = _rows(tensor)
        borders = unpack_bits(self.borders, self.border_bits, len(matrix) + 1)
        columns = unpack_bits(self.columns, self.column_bits, len(self.values))
        counts = np.diff(borders)
        if borders[0] != 0 or borders[-1] != len(self.values) or (counts < 0).any():
            raise ModelIntegrityError("the offsets of the rows are not in ascending order: the data are damaged")
        if columns.max(initial=-1) >= matrix.shape[1]:
            raise ModelIntegrityError(f"column {columns.max()} of {matrix.shape[1]} is stored: the data are damaged")
        matrix[np.repeat(np.arange(len(matrix)), counts), columns] = self.values
        return tensor

    @property
    def border_bits(self) -> int:
        """Bits of an offset."""
        return bits_for(len(self.values) + 1)

    @property
    def column_bits(self) -> int:
        """Bits of a column number."""
        return bits_for(self.shape[-1])

    @property
    def stored_bytes(self) -> int:
        """Size of the offsets, the columns and the values."""
        return len(self.borders) + len(self.columns) + self.values.nbytes


@dataclass(frozen=True)
class StorageBytes:
    """Size of a tensor in each format, in bytes."""

    dense: int
    bitmap: int
    csr: int


def storage_bytes(shape: tuple[int, ...], n_stored: int, value_bytes: int) -> StorageBytes:
    """Size of a tensor in each format, to find the sparsity from which a format is worthwhile.

    Parameters
    ----------
    shape : tuple of int
        Shape of the tensor.
    n_stored : int
        Number of nonzero elements.
    value_bytes : int
        Bytes of one number: 4 for float32, 1 for int8.

    Returns
    -------
    StorageBytes
        The bytes of each format: ``dense``, ``bitmap`` and ``csr``.

    Raises
    ------
    InvalidInputError
        If a number is negative, or more elements are stored than there are.

    Examples
    --------
    The lecture's dense layer, 44,944 × 32, in int8, with half of its weights pruned, and with 99 of 100:

    >>> storage_bytes((44944, 32), 719104, 1)
    StorageBytes(dense=1438208, bitmap=898880, csr=1280907)
    >>> storage_bytes((44944, 32), 14382, 1)
    StorageBytes(dense=1438208, bitmap=194158, csr=102025)
    """
    sides = [check_integer(side, "shape", at_least=0) for side in shape]
    size = math.prod(sides)
    n_stored = check_integer(n_stored, "n_stored", at_least=0, at_most=size)
    values = n_stored * check_integer(value_bytes, "value_bytes")
    n_borders, n_columns = math.prod(sides[:-1]) + 1, sides[-1] if sides else 1
    borders = packed_bytes(bits_for(n_stored + 1), n_borders)
    columns = packed_bytes(bits_for(n_columns), n_stored)
    return StorageBytes(size * value_bytes, packed_bytes(1, size) + values, borders + columns + values)


def _rows(tensor: Tensor) -> Tensor:
    """The tensor as a matrix that shares its memory."""
    return tensor.reshape(int(np.prod(tensor.shape[:-1])), tensor.shape[-1])


def _check(tensor: Tensor) -> Tensor:
    array = np.ascontiguousarray(tensor).reshape(np.shape(tensor))
    if array.dtype.kind not in "iuf":
        raise InvalidInputError(f"tensor holds {array.dtype}; it must hold integers or floats")
    return array
