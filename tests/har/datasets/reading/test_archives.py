"""Archives of arrays: bombs are refused unpacked, and whatever is damaged is named."""

import io
import struct
import tracemalloc
import zipfile

import numpy as np
import pytest

from common.errors import InvalidInputError
from har.datasets import load_motionsense, load_sisfall, load_umafall
from har.datasets.reading.archives import read_arrays
from tests.har.datasets.samples import COMPACT, LAYOUTS, content, write

LIMIT = 32 * 2**20


def npy(array):
    stream = io.BytesIO()
    np.lib.format.write_array(stream, np.asarray(array))
    return stream.getvalue()


def header(shape, descr="<i2", version=(1, 0), text=None):
    """The header of an array, and none of its values."""
    text = text or f"{{'descr': {descr!r}, 'fortran_order': False, 'shape': {shape}, }}"
    data = text.encode().ljust(117) + b"\n"
    return b"\x93NUMPY" + bytes(version) + struct.pack("<H" if version == (1, 0) else "<I", len(data)) + data


def archive(file, *members, method=zipfile.ZIP_DEFLATED):
    with zipfile.ZipFile(file, "w", method) as stream:
        for name, data in members:
            if callable(data):
                with stream.open(name, "w", force_zip64=True) as member:
                    data(member)
            else:
                stream.writestr(name, data)
    return file


def zeros(n):
    def fill(member):
        member.write(header((n,), "|u1"))
        for _ in range(n // 2**20):
            member.write(bytes(2**20))

    return fill


REFUSED = {
    "540 MB of zeros": [("X.npy", zeros(540 * 2**20))],
    "12 MB of zeros": [("X.npy", zeros(12 * 2**20))],
    "a shape larger than its bytes": [("X.npy", header((10**9, 9)))],
    "a shape that overflows": [("X.npy", header((2**62, 2**62)))],
    "a negative shape": [("X.npy", header((-1, -4)) + bytes(8))],
    "no bytes of many": [("X.npy", header((10**15, 0)))],
    "text without letters": [("X.npy", header((10**12,), "<U0"))],
    "more bytes than its shape": [("X.npy", npy([1, 2]) + b"x")],
    "a header without an end": [("X.npy", header((1,), text="{'descr': ('<i2'" + "(" * 90))],
    "a header that is no dictionary": [("X.npy", header((1,), text="1+1"))],
    "a header of another alphabet": [("X.npy", header((1,), text="\xff" * 50))],
    "a long header": [("X.npy", header((1,), version=(2, 0))[:8] + struct.pack("<I", 2**31))],
    "an unknown format": [("X.npy", header((1,), version=(9, 9)))],
    "Python objects": [("X.npy", b"\x93NUMPY\x01\x00" + header((1,), "|O")[8:] + b"cos\nsystem\n(S'echo'\ntR.")],
    "an archive in the archive": [("X.npy", b"PK\x03\x04" + bytes(100))],
    "nothing": [("X.npy", b"")],
    "another name": [("Y.npy", npy([1]))],
    "a name below a folder": [("a/X.npy", npy([1]))],
    "a great many members": [("X.npy", npy([1])), *((f"{i}.npy", b"") for i in range(1001))],
}


@pytest.mark.parametrize("kind", REFUSED)
def test_claims_are_checked_before_anything_is_unpacked(tmp_path, kind):
    file = archive(tmp_path / "x.npz", *REFUSED[kind])
    tracemalloc.start()
    try:
        with pytest.raises(InvalidInputError, match=r"x\.npz cannot be read as arrays named X"):
            read_arrays(file, ["X"])
        assert tracemalloc.get_traced_memory()[1] < LIMIT
    finally:
        tracemalloc.stop()


@pytest.mark.filterwarnings("ignore:Duplicate name:UserWarning")
def test_a_member_that_is_there_twice_is_refused(tmp_path):
    file = archive(tmp_path / "x.npz", ("X.npy", npy([1])), ("X.npy", npy([2])))
    with pytest.raises(InvalidInputError, match="twice"):
        read_arrays(file, ["X"])


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_methods_than_those_of_numpy_are_refused(tmp_path, method):
    file = archive(tmp_path / "x.npz", ("X.npy", npy([1])), method=method)
    with pytest.raises(InvalidInputError, match="method"):
        read_arrays(file, ["X"])


@pytest.mark.parametrize(
    "array", [np.arange(6.0).reshape(2, 3), np.asfortranarray(np.arange(6).reshape(2, 3)), ["é", "ab"]]
)
def test_sound_arrays_are_those_of_numpy(tmp_path, array):
    np.savez(tmp_path / "x.npz", X=array)
    found = read_arrays(tmp_path / "x.npz", ["X"])["X"]
    np.testing.assert_array_equal(found, array)
    assert found.dtype == np.asarray(array).dtype


@pytest.mark.parametrize("layout", COMPACT)
@pytest.mark.parametrize("record", [b"PK\x01\x02", b"PK\x03\x04", b"PK\x05\x06"], ids=["directory", "member", "end"])
def test_any_byte_of_the_structure_may_be_damaged(tmp_path, layout, record):
    load, make = LAYOUTS[layout]
    ((name, whole),) = make().items()
    expected = content(load(write(tmp_path, {name: whole})))
    start = whole.index(record)
    for place in range(start, min(start + 46, len(whole))):
        for change in (0x01, 0x20, 0x63, 0xFF):
            damaged = bytearray(whole)
            damaged[place] ^= change
            write(tmp_path, {name: bytes(damaged)})
            try:
                found = content(load(tmp_path))
            except InvalidInputError:
                continue
            assert found == expected  # of no consequence, as a date


ARRAYS = {
    "motionsense_raw.npz": (
        load_motionsense,
        {
            "values_i16": np.ones((4, 9), "i2"),
            "scale": np.ones(9),
            "offsets": np.array([0, 2, 4]),
            "y": np.array([0, 0]),
            "subject": np.array([1, 2]),
            "trial": np.array([1, 1]),
            "label_names": np.array(["sitting"]),
        },
    ),
    "sisfall_100hz.npz": (
        load_sisfall,
        {
            "values_i16": np.ones((4, 6), "i2"),
            "scale": np.ones(6),
            "offsets": np.array([0, 2, 4]),
            "activity": np.array(["D01", "F01"]),
            "subject": np.array(["SA01", "SA02"]),
        },
    ),
    "umafall_20hz.npz": (
        load_umafall,
        {
            "X": np.ones((2, 5, 300, 6), "f4"),
            "activity": np.array([0, 0]),
            "activity_names": np.array(["ADL_Walking"]),
            "subject": np.array([1, 2]),
            "damaged": np.array([False, False]),
        },
    ),
}
WRONG = {
    "offsets": [
        np.array([0, 4, 2]),
        np.array([-2, 2, 4]),
        np.array([0, 2, 9]),
        np.array([0.0, 2, 4]),
        np.array([0, 4]),
    ],
    "y": [np.array([0, -1]), np.array([0, 1]), np.array([0, 0, 0]), np.array([0.0, 0.0])],
    "activity": [np.array([[0, 0]]), np.array([0, -1]), np.array(["D01"])],
    "subject": [np.array([1]), np.array([[1, 2]]), np.array([1, 2, 3])],
    "scale": [np.ones(3), np.array(["1"] * 9), np.ones((9, 9))],
    "values_i16": [np.ones((4, 2), "i2"), np.array(["1"]), np.ones(4, "i2")],
    "damaged": [np.array([0, 1]), np.array([True])],
    "X": [np.ones((2, 5, 300), "f4"), np.ones((2, 5, 300, 6), "i2"), np.full((2, 5, 300, 6), np.inf)],
    "label_names": [np.array([1]), np.array("sitting")],
}


@pytest.mark.parametrize("name", ARRAYS)
def test_arrays_that_do_not_fit_together_are_refused(tmp_path, name):
    load, arrays = ARRAYS[name]
    np.savez(tmp_path / name, **arrays)
    assert len(load(tmp_path)) == 2
    for key in sorted(set(arrays) & set(WRONG)):
        for wrong in WRONG[key]:
            np.savez(tmp_path / name, **{**arrays, key: wrong})
            with pytest.raises(InvalidInputError, match=name):
                load(tmp_path)
