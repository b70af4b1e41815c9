"""Number formats against NumPy's and ml_dtypes' own, and against the definitions."""

import math

import ml_dtypes
import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from common import InvalidInputError
from fall.compression.arithmetic.number_formats import (
    BF16,
    FP16,
    FP32,
    INTEGER_ENCODINGS,
    decode_fixed_point,
    decode_integer,
    encode_fixed_point,
    encode_integer,
    round_to_bfloat16,
)

FORMATS = [(FP32, np.float32), (FP16, np.float16), (BF16, ml_dtypes.bfloat16)]


@pytest.mark.parametrize("encoding", INTEGER_ENCODINGS)
def test_every_byte_is_read_back(encoding):
    lowest = -128 if encoding == "twos_complement" else -127
    patterns = [encode_integer(value, encoding=encoding) for value in range(lowest, 128)]
    assert [decode_integer(pattern, encoding=encoding) for pattern in patterns] == list(range(lowest, 128))
    assert len(set(patterns)) == 128 - lowest
    assert {len(pattern) for pattern in patterns} == {8}


def test_twos_complement_is_numpys():
    for value in range(-128, 128):
        assert encode_integer(value) == np.binary_repr(value, 8)


def test_minus_zero_has_a_sign_bit_and_is_zero():
    assert decode_integer("10000000", encoding="sign_magnitude") == 0
    assert decode_integer("10000000") == -128


@settings(deadline=None)
@given(st.integers(-(2**15), 2**15 - 1), st.integers(1, 15))
def test_fixed_point_is_read_back(steps, fraction_bits):
    pattern = encode_fixed_point(steps / 2**fraction_bits, 16 - fraction_bits, fraction_bits)
    assert decode_fixed_point(pattern) == steps / 2**fraction_bits
    assert pattern.index(".") == 16 - fraction_bits


@pytest.mark.parametrize(("float_format", "dtype"), FORMATS)
@settings(deadline=None)
@given(value=st.floats(allow_nan=False) | st.floats(width=16, allow_nan=False))
def test_encoding_is_the_processors(float_format, dtype, value):
    # ml_dtypes goes by way of float32, where some doubles are rounded twice; it is given what both round once.
    if dtype is ml_dtypes.bfloat16:
        with np.errstate(over="ignore"):
            value = float(np.float32(value))
    with np.errstate(over="ignore"):
        expected = np.array(value).astype(dtype)
    bits = float_format.encode(value)
    unsigned = expected.view(np.uint32 if float_format.bits == 32 else np.uint16)
    assert bits.pattern.replace(" ", "") == f"{int(unsigned):0{float_format.bits}b}"
    assert bits.value == float(expected)
    assert math.copysign(1, bits.value) == math.copysign(1, value)
    assert float_format.decode(bits.pattern) == bits


@pytest.mark.parametrize(("float_format", "dtype"), FORMATS)
def test_fields_of_the_extremes(float_format, dtype):
    info = ml_dtypes.finfo(dtype)
    assert float_format.encode(float(info.max)).exponent == float_format.largest_exponent - 1
    assert float_format.encode(float(info.smallest_subnormal)).pattern.count("1") == 1
    assert float_format.encode(float(info.tiny)).exponent == 1
    assert math.isnan(float_format.encode(math.nan).value)
    assert str(float_format.encode(-math.inf)).endswith("= -inf")
    assert float_format.bits == np.dtype(dtype).itemsize * 8


@settings(deadline=None)
@given(st.lists(st.floats(width=32), min_size=1))
def test_rounding_to_bfloat16_is_ml_dtypes(values):
    values = np.array(values, dtype=np.float32)
    np.testing.assert_array_equal(round_to_bfloat16(values), values.astype(ml_dtypes.bfloat16).astype(np.float32))


def test_bfloat16_ties_go_to_even_and_scalars_stay_scalars():
    step = 2.0**-7
    assert round_to_bfloat16(1 + step / 2) == 1
    assert round_to_bfloat16(1 + 3 * step / 2) == 1 + 2 * step
    assert round_to_bfloat16(1.0).shape == ()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: encode_integer(128),
            "value is 128; it must be at least -128 and at most 127 to be written with 8 bits",
        ),
        (lambda: encode_integer(-128, encoding="sign_magnitude"), "at least -127"),
        (lambda: encode_integer(1.5), "must be an integer"),
        (lambda: encode_integer(1, 1), "bits is 1"),
        (lambda: encode_integer(1, encoding="ones"), "encoding is 'ones'"),
        (lambda: decode_integer("012"), "must consist of 0 and 1"),
        (lambda: decode_integer(""), "must consist of 0 and 1"),
        (lambda: decode_integer("1"), "at least 2 bits"),
        (lambda: encode_fixed_point(8), "at least -8 and below 8"),
        (lambda: encode_fixed_point(math.nan), "value is nan"),
        (lambda: decode_fixed_point("00110001"), "has a point"),
        (lambda: FP16.decode("0 01101 00010000001"), "pattern has 17 bits; FP16 has 16"),
    ],
)
def test_what_cannot_be_written_or_read_is_refused(call, message):
    with pytest.raises(InvalidInputError, match=message):
        call()
