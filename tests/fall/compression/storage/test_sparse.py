"""Sparse storage against SciPy's compressed rows, and the bytes against the definitions."""

import numpy as np
import pytest
import scipy.sparse
from hypothesis import given, settings, strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from common import InvalidInputError, ModelIntegrityError
from fall.compression.storage.bits import unpack_bits
from fall.compression.storage.sparse import CSR, Bitmap, Dense, StorageBytes, storage_bytes

SHAPES = array_shapes(min_dims=1, max_dims=4, min_side=0, max_side=6)
TENSORS = st.one_of(
    arrays(np.int8, SHAPES, elements=st.sampled_from([0, 0, 0, 1, -128])),
    arrays(np.float32, SHAPES, elements=st.sampled_from([0.0, 0.0, -0.0, np.nan, np.inf, 1.5])),
)


def sparse_matrix(shape=(60, 40), density=0.1, dtype=np.float32):
    rng = np.random.default_rng(0)
    return (rng.normal(size=shape) * 50 * (rng.random(shape) < density)).astype(dtype)


@pytest.mark.parametrize("storage", [Dense, Bitmap, CSR])
@settings(deadline=None)
@given(tensor=TENSORS)
def test_tensors_come_back_bit_for_bit(storage, tensor):
    stored = storage.encode(tensor)
    decoded = stored.decode()
    expected = tensor if storage is Dense else tensor + tensor.dtype.type(0)  # without −0.0
    assert (decoded.shape, decoded.dtype, decoded.tobytes()) == (tensor.shape, tensor.dtype, expected.tobytes())
    predicted = storage_bytes(tensor.shape, np.count_nonzero(tensor), tensor.itemsize)
    assert stored.stored_bytes == getattr(predicted, storage.__name__.lower())


def test_rows_are_scipys():
    matrix = sparse_matrix()
    theirs, ours = scipy.sparse.csr_array(matrix), CSR.encode(matrix)
    np.testing.assert_array_equal(unpack_bits(ours.borders, ours.border_bits, 61), theirs.indptr)
    np.testing.assert_array_equal(unpack_bits(ours.columns, ours.column_bits, theirs.nnz), theirs.indices)
    np.testing.assert_array_equal(ours.values, theirs.data)
    # 40 columns need 6 bits.
    bits = 6 * theirs.nnz + ours.border_bits * 61
    assert ours.stored_bytes == pytest.approx(bits / 8 + 4 * theirs.nnz, abs=2)


def test_a_convolutions_rows_run_along_its_filters():
    kernel = sparse_matrix((3, 3, 4, 8))
    csr = CSR.encode(kernel)
    np.testing.assert_array_equal(csr.decode().reshape(-1, 8), scipy.sparse.csr_array(kernel.reshape(-1, 8)).toarray())


def test_the_bitmap_is_numpys_and_costs_a_bit_a_place():
    matrix = sparse_matrix((100, 8), dtype=np.int8)
    bitmap = Bitmap.encode(matrix)
    assert bitmap.bitmap == np.packbits(matrix != 0).tobytes()
    assert bitmap.stored_bytes == 100 + np.count_nonzero(matrix)


def test_int8_pays_from_an_eighth_of_zeros_on():
    assert storage_bytes((80, 100), 7000, 1).bitmap == storage_bytes((80, 100), 7000, 1).dense == 8000
    assert storage_bytes((80, 100), 7001, 1).bitmap > 8000
    # Zeros alone: nothing but the places.
    assert storage_bytes((80, 100), 0, 1) == StorageBytes(8000, 1000, 0)
    assert storage_bytes((), 1, 4) == StorageBytes(4, 5, 5)


def test_a_scalar_has_a_bitmap():
    assert Bitmap.encode(np.float32(2)).decode() == 2


@pytest.mark.parametrize(
    ("damaged", "message"),
    [
        (Bitmap((8,), b"\xff", np.ones(7)), "8 places for 7 values"),
        (Bitmap((9,), b"\xff", np.ones(8)), "do not fill 1 bytes"),
        (CSR((9, 3), b"\x28", b"\xc0", np.ones(2)), "do not fill 1 bytes"),
        (CSR((1, 2), b"\x60", b"\x40", np.ones(2)), "not in ascending order"),
        (CSR((2, 2), b"\x38", b"\x40", np.ones(2)), "not in ascending order"),
        (CSR((1, 3), b"\x40", b"\xc0", np.ones(1)), "column 3 of 3"),
    ],
)
def test_damaged_tensors_are_refused(damaged, message):
    with pytest.raises(ModelIntegrityError, match=message):
        damaged.decode()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Bitmap.encode(np.array(["a"])), "tensor holds <U1"),
        (lambda: Dense.encode(np.array([True])), "tensor holds bool"),
        (lambda: CSR.encode(np.float32(1)), "at least one axis"),
        (lambda: storage_bytes((2, 2), 5, 1), "n_stored is 5"),
        (lambda: storage_bytes((2.0,), 1, 1), "shape is 2.0"),
    ],
)
def test_what_cannot_be_stored_is_refused(call, message):
    with pytest.raises(InvalidInputError, match=message):
        call()
