"""Files with segments of numbers: restored to the bit, cut into pieces, and refused where they claim too much."""

import contextlib
import zlib

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from common.errors import FrugalError, InvalidInputError, ModelIntegrityError
from fall.compression.storage import segments as module
from fall.compression.storage.byte_reader import varint
from fall.compression.storage.segments import Segment, decode_bytes, encode_bytes

WORDS = st.sampled_from([0, 0, 0, 1, 2**7, 2**15, 2**31]) | st.integers(0, 2**32 - 1)
NUMBERS = st.lists(WORDS, max_size=400)


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.binary(max_size=9), st.sampled_from([1, 2, 4]), st.lists(WORDS, max_size=400)), max_size=4)
)
def test_bytes_and_numbers_come_back(parts):
    content, segments = b"", []
    for before, word_bytes, values in parts:
        content += before
        data = (np.array(values, np.uint64) % 2 ** (8 * word_bytes)).astype(f"<u{word_bytes}").tobytes()
        segments.append(Segment(len(content), len(values), word_bytes))
        content += data
    assert decode_bytes(encode_bytes(content, segments[::-1]), max_bytes=len(content)) == content


@pytest.mark.parametrize(("n_words", "word_bytes"), [(99, 1), (100, 2), (101, 4), (1000, 4)])
def test_long_segments_are_cut_into_pieces(monkeypatch, n_words, word_bytes):
    monkeypatch.setattr(module, "_MAX_WORDS", 100)
    values = np.random.default_rng(0).choice([0, 0, 0, 7], n_words).astype(f"<u{word_bytes}")
    content = b"before" + values.tobytes() + b"after"
    assert decode_bytes(encode_bytes(content, [Segment(6, n_words, word_bytes)]), max_bytes=LIMIT) == content


def test_numbers_that_deflate_makes_smaller_are_left_to_it():
    content = np.arange(256, dtype=np.uint8).tobytes() * 100
    data = encode_bytes(content, [Segment(0, len(content), 1)])
    assert len(data) < len(zlib.compress(content, 9)) + 12


@pytest.mark.parametrize(
    "segments", [[Segment(8, 2, 4)], [Segment(0, 2, 4), Segment(4, 1, 4)], [Segment(-1, 1, 1)], [Segment(0, 1, 3)]]
)
def test_segments_that_do_not_fit_are_refused(segments):
    with pytest.raises(InvalidInputError, match="overlaps another one, lies outside"):
        encode_bytes(bytes(12), segments)


LIMIT = 10_000
NOTHING = zlib.compress(b"")


def head(size, *segments, rest=NOTHING):
    table = b"".join(varint(number) for segment in segments for number in segment)
    return varint(size) + varint(len(segments)) + table + varint(len(rest)) + rest


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (head(LIMIT + 1), "10001 bytes"),
        (head(8, (0, 2**30, 1)), "1073741824 numbers in a segment"),
        (head(8, (0, 2, 3)), "2 numbers of 3 bytes"),
        (head(8, (0, 0, 4)), "0 numbers of 4 bytes"),
        (head(8, (4, 2, 4)), "ends at byte 12 of 8"),
        (head(8, (9, 1, 1)), "9 bytes before a segment"),
        (head(8, rest=zlib.compress(bytes(9))), "are not 8 bytes"),
        (head(8, rest=zlib.compress(bytes(7))), "are not 8 bytes"),
        (head(8, rest=zlib.compress(bytes(10_000_000))), "are not 8 bytes"),
        (head(8, rest=zlib.compress(bytes(8))[:-1]), "are not 8 bytes"),
        (head(8, rest=zlib.compress(bytes(8)) + b"x"), "are not 8 bytes"),
        (head(8, rest=b"no zlib"), "compressed data are damaged"),
        (head(4, (0, 1, 4)), "1 bytes are expected"),
        (head(0) + b"x", "bytes are left"),
        (varint(8) + varint(7), "1 bytes are expected"),
    ],
)
def test_damaged_bytes_are_refused(data, message):
    with pytest.raises(ModelIntegrityError, match=message):
        decode_bytes(data, max_bytes=LIMIT)


@settings(deadline=None, max_examples=300)
@given(st.binary(max_size=60))
def test_any_bytes_are_refused_or_decoded_but_never_more(data):
    with contextlib.suppress(FrugalError):
        assert len(decode_bytes(data, max_bytes=LIMIT)) <= LIMIT
