"""Huffman coding and the container of deep compression: bit for bit, near the entropy, and closed to hostile bytes."""

import contextlib
import heapq
import sys
import tracemalloc
import zlib

import numpy as np
import pytest
from hypothesis import example, given, settings, strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from common import FrugalError, InvalidInputError, ModelIntegrityError
from fall.compression.storage.byte_reader import ByteReader, varint
from fall.compression.storage.coding import decode_weights, encode_weights
from fall.compression.storage.huffman import MAX_LENGTH, code_lengths, entropy_bits, huffman_decode, huffman_encode

TENSORS = arrays(
    np.uint32,
    array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=8),
    elements=st.sampled_from([0, 0, 0, 0x3F800000, 0x80000000]) | st.integers(0, 2**32 - 1),
)


def pruned_and_clustered(shape, sparsity, n_values, seed=0):
    rng = np.random.default_rng(seed)
    weights = rng.choice(rng.normal(size=n_values).astype(np.float32), shape)
    weights[rng.random(shape) < sparsity] = 0
    return weights


def same_bits(first, second):
    return first.shape == second.shape and first.tobytes() == second.tobytes()


def test_the_example_of_huffmans_textbook():
    # Cormen et al., Introduction to Algorithms, section 16.3: a to f, 45, 13, 12, 16, 9, 5 thousand: 224,000 bits.
    counts = np.array([45, 13, 12, 16, 9, 5])
    lengths = code_lengths(counts)
    assert lengths.tolist() == [1, 3, 3, 3, 4, 4]
    assert (lengths * counts).sum() == 224


@settings(deadline=None)
@given(st.lists(st.integers(0, 50), min_size=2, max_size=40).filter(lambda counts: sum(n > 0 for n in counts) > 1))
def test_lengths_are_optimal(counts):
    # The cost of Huffman's tree is the sum of all merged weights.
    heap = [n for n in counts if n]
    heapq.heapify(heap)
    cost = 0
    while len(heap) > 1:
        merged = heapq.heappop(heap) + heapq.heappop(heap)
        cost += merged
        heapq.heappush(heap, merged)
    lengths = code_lengths(counts)
    assert (lengths * counts).sum() == cost
    assert (2.0 ** -lengths[lengths > 0]).sum() == 1


def test_no_code_is_longer_than_the_table():
    fibonacci = [1, 1]
    while len(fibonacci) < 40:
        fibonacci.append(fibonacci[-1] + fibonacci[-2])
    assert code_lengths(fibonacci[:16]).max() == MAX_LENGTH
    lengths = code_lengths(fibonacci)
    assert lengths.max() <= MAX_LENGTH
    assert (2.0**-lengths).sum() == 1


@settings(deadline=None)
@given(st.lists(st.integers(0, 255), max_size=600) | st.lists(st.integers(7, 9), max_size=600))
@example([])
@example([255])
@example([0] * 1000)
def test_symbols_come_back_and_are_near_their_entropy(symbols):
    data = huffman_encode(symbols)
    assert huffman_decode(data).tolist() == symbols
    lengths = code_lengths(np.bincount(symbols, minlength=1))
    payload = lengths[symbols].sum() if len(set(symbols)) > 1 else 0
    assert entropy_bits(symbols) - 1e-6 <= payload <= entropy_bits(symbols) + len(symbols)


def test_decoding_goes_block_by_block():
    symbols = np.minimum(np.random.default_rng(0).geometric(0.02, 200_000), 255)
    data = huffman_encode(symbols)
    assert len(data) > 2 * 2**16
    np.testing.assert_array_equal(huffman_decode(data), symbols)


@settings(deadline=None)
@given(st.lists(TENSORS, max_size=4))
def test_weights_come_back_bit_for_bit(patterns):
    weights = [array.view(np.float32) for array in patterns]
    decoded = decode_weights(encode_weights(weights))
    assert len(decoded) == len(weights)
    assert all(same_bits(one, other) for one, other in zip(weights, decoded, strict=True))


@pytest.mark.parametrize("zeros", [253, 254, 255, 256, 509, 510, 511, 5000])
def test_long_gaps_are_skipped(zeros):
    weights = np.zeros(zeros + 700, np.float32)
    weights[[zeros, -1]] = 1, 2
    assert same_bits(decode_weights(encode_weights([weights]))[0], weights)
    assert same_bits(decode_weights(encode_weights([weights[: zeros + 10]]))[0], weights[: zeros + 10])


@pytest.mark.parametrize(
    "pattern",
    [0x80000000, 0x7FC00001, 0xFF812345, 0x00000001],
    ids=["minus zero", "a NaN", "a signalling NaN", "the smallest number"],
)
@pytest.mark.parametrize("share", [0.01, 0.4, 1.0])
def test_numbers_that_compare_oddly_keep_every_bit(pattern, share):
    rng = np.random.default_rng(0)
    weights = pruned_and_clustered((50, 40), 0.5, 9)
    weights.view(np.uint32)[rng.random(weights.shape) < share] = pattern
    assert same_bits(decode_weights(encode_weights([weights]))[0], weights)


def test_transposed_and_wide_tensors():
    weights = [np.asfortranarray(pruned_and_clustered((30, 40), 0.5, 9)), pruned_and_clustered((100, 100), 0.1, 5000)]
    assert all(
        same_bits(*pair)
        for pair in zip(map(np.ascontiguousarray, weights), decode_weights(encode_weights(weights)), strict=True)
    )


def test_size_is_the_sum_of_two_entropies_and_the_code_book():
    weights = pruned_and_clustered((7056, 32), 0.9, 16)
    n_stored = np.count_nonzero(weights)
    # The entropy of a geometric gap is that of choosing the positions, n H(0.1).
    positions = weights.size * -(0.1 * np.log2(0.1) + 0.9 * np.log2(0.9))
    least = (positions + n_stored * 4) / 8 + 16 * 4
    assert least * 0.99 < len(encode_weights([weights])) < least * 1.02 + 200
    # Zeros and equal values take no more than their headers.
    assert len(encode_weights([np.zeros((7056, 32), np.float32)])) < 25
    assert len(encode_weights([np.ones((7056, 32), np.float32)])) < 35
    # What cannot be shared is stored as it is.
    bias = np.random.default_rng(0).normal(size=32).astype(np.float32)
    assert len(encode_weights([bias])) < bias.nbytes + 25


def count_calls(function):
    """Calls of Python and C functions: what Python spends its time on where NumPy does not do the work."""
    calls = 0

    def count(frame, event, argument):
        nonlocal calls
        calls += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        function()
    finally:
        sys.setprofile(None)
    return calls


def test_encoding_is_vectorized_and_decoding_takes_a_few_calls_for_each_stored_number():
    small, large = (pruned_and_clustered((n, 32), 0.5, 32) for n in (500, 4000))
    calls = {}
    for weights in (small, large):
        data = encode_weights([weights])
        encoding = count_calls(lambda weights=weights: encode_weights([weights]))
        calls[len(weights)] = encoding, count_calls(lambda data=data: decode_weights(data))
    assert calls[4000][0] < calls[500][0] + 500
    # A gap and an index for each weight that is not zero.
    stored_numbers = 2 * np.count_nonzero(large)
    assert calls[4000][1] < 4 * stored_numbers


def test_every_flipped_bit_and_every_cut_is_noticed():
    data = encode_weights([pruned_and_clustered((20, 10), 0.7, 5), np.float32([1.5])])
    for place in range(8 * len(data)):
        damaged = bytearray(data)
        damaged[place // 8] ^= 1 << place % 8
        with pytest.raises(ModelIntegrityError):
            decode_weights(bytes(damaged))
    for end in range(len(data)):
        with pytest.raises(ModelIntegrityError):
            decode_weights(data[:end])
    with pytest.raises(ModelIntegrityError):
        decode_weights(data + b"\0")


def forged(body):
    """The bytes with a checksum that fits: what somebody who means harm sends."""
    return body + zlib.crc32(body).to_bytes(4, "little")


@settings(deadline=None, max_examples=300)
@given(st.data())
def test_forged_bytes_are_refused_or_decoded_but_never_more(data):
    body = bytearray(encode_weights([pruned_and_clustered((20, 10), 0.7, 5), np.float32([1.5, 2])])[:-4])
    for _ in range(data.draw(st.integers(1, 4))):
        body[data.draw(st.integers(5, len(body) - 1))] = data.draw(st.integers(0, 255))
    try:
        tensors = decode_weights(forged(bytes(body)), max_weights=10_000)
    except FrugalError:
        return
    assert sum(tensor.size for tensor in tensors) <= 10_000


@settings(deadline=None, max_examples=300)
@given(st.binary(max_size=60))
def test_any_bytes_are_refused_or_decoded(data):
    for decode in (
        lambda: decode_weights(forged(b"HFDC\x01" + data), max_weights=10_000),
        lambda: huffman_decode(data, max_symbols=10_000),
    ):
        with contextlib.suppress(FrugalError):
            decode()


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (varint(1) + varint(1) + varint(2**40), "1099511627776 weights along an axis"),
        (varint(1) + varint(2) + varint(2**20) * 2, r"shape \(1048576, 1048576\), beyond max_weights"),
        (varint(1) + varint(3) + varint(0) + varint(2**20) * 2, "beyond max_weights"),
        (varint(1) + varint(99), "99 axes"),
        (varint(2**20), "1048576 tensors"),
        (b"\xff" * 12, "longer than 63 bits"),
        (varint(1) + varint(1) + varint(4) + varint(200), "200 bytes are expected"),
        # One position, of weight 4 among 4; then 5 indices for none.
        (varint(1) + varint(1) + varint(4) + varint(5) + bytes([1, 5, 0, 0, 0x10]), "weight 4 of a tensor of 4"),
        (varint(0) + b"x", "bytes are left"),
    ],
)
def test_hostile_claims_are_refused_before_memory_is_allocated(body, message):
    tracemalloc.start()
    try:
        with pytest.raises(ModelIntegrityError, match=message):
            decode_weights(forged(b"HFDC\x01" + body))
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (varint(2**40) + varint(1) + b"\x10", "1099511627776 symbols"),
        (varint(9) + varint(300), "300 code lengths"),
        (varint(9) + varint(2) + b"\x11", "9 symbols do not fit 0 bytes"),
        (varint(9) + varint(2) + b"\x12\x00\x00", "no complete code"),
        (varint(9) + varint(4) + b"\x11\x11\x00\x00", "no complete code"),
        (varint(9) + varint(2) + b"\x11\x00", "do not fit 1 bytes"),
        (varint(8) + varint(2) + b"\x11\x00\x00", "do not end where their 2 bytes do"),
        (varint(7) + varint(2) + b"\x11\x01", "do not end where"),
        (varint(8) + varint(3) + b"\x12\x20\xff", "do not end where"),
        (varint(1) + varint(1) + b"\x10\x00", "has a payload"),
        (varint(1) + varint(0), "less than two symbols"),
    ],
)
def test_broken_huffman_codes_are_refused(data, message):
    with pytest.raises(ModelIntegrityError, match=message):
        huffman_decode(data)


def test_numbers_are_leb128():
    # Wikipedia's example, DWARF's format: 624485 is E5 8E 26.
    assert varint(624485).hex() == "e58e26"
    assert ByteReader(bytes.fromhex("e58e26")).varint(at_most=10**6, of="bytes") == 624485


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: encode_weights(np.zeros((2, 2), np.float32)), "weights is a ndarray; pass a list"),
        (lambda: encode_weights([np.zeros(2)]), r"weights\[0\] is float64"),
        (lambda: encode_weights([np.zeros(2, np.float32), [1.0]]), r"weights\[1\] is list"),
        (lambda: encode_weights([np.zeros((1,) * 17, np.float32)]), "17 axes"),
        (lambda: decode_weights("HFDC"), "data is a str"),
        (lambda: huffman_encode([256]), "symbols is 256"),
        (lambda: huffman_encode([0.5]), "must hold integers"),
    ],
)
def test_what_cannot_be_coded_is_refused(call, message):
    with pytest.raises(InvalidInputError, match=message):
        call()
