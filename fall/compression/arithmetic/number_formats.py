"""Number formats: integers, fixed point, and floating point with 32 or 16 bits.

The functions work on readable strings of 0 and 1, except :func:`round_to_bfloat16`, which works on arrays.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from common.errors import InvalidInputError
from common.validation import check_choice, check_integer, check_number

INTEGER_ENCODINGS = ("twos_complement", "sign_magnitude")
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def encode_integer(value: int, bits: int = 8, *, encoding: str = "twos_complement") -> str:
    """Encode an integer with a fixed number of bits.

    Parameters
    ----------
    value : int
        From −2^(bits−1) in two's complement, from −2^(bits−1) + 1 with a sign bit; up to 2^(bits−1) − 1.
    bits : int
        Length of the pattern.
    encoding : {"twos_complement", "sign_magnitude"}
        A negative number is encoded as its sum with 2^bits, or as its magnitude with the first bit set.

    Returns
    -------
    str
        The pattern, most significant bit first.

    Raises
    ------
    InvalidInputError
        If the value needs more bits.

    Examples
    --------
    The lecture's 49 and −49:

    >>> encode_integer(49), encode_integer(-49), encode_integer(-49, encoding="sign_magnitude")
    ('00110001', '11001111', '10110001')
    """
    check_choice(encoding, "encoding", INTEGER_ENCODINGS)
    bits = check_integer(bits, "bits", at_least=2, at_most=64)
    half = 2 ** (bits - 1)
    lowest = -half if encoding == "twos_complement" else -half + 1
    value = check_integer(value, "value", at_least=lowest, at_most=half - 1, why=f"to be written with {bits} bits")
    if value >= 0:
        return f"{value:0{bits}b}"
    return f"{2 * half + value:b}" if encoding == "twos_complement" else f"{half - value:b}"


def decode_integer(pattern: str, *, encoding: str = "twos_complement") -> int:
    """Decode what :func:`encode_integer` encodes.

    Examples
    --------
    >>> decode_integer("11001111"), decode_integer("10110001", encoding="sign_magnitude")
    (-49, -49)
    """
    check_choice(encoding, "encoding", INTEGER_ENCODINGS)
    digits = _check_pattern(pattern)
    if len(digits) < 2:
        raise InvalidInputError(f"pattern is {pattern!r}; an integer with a sign has at least 2 bits")
    magnitude = int(digits[1:], 2)
    if digits[0] == "0":
        return magnitude
    return magnitude - 2 ** (len(digits) - 1) if encoding == "twos_complement" else -magnitude


def encode_fixed_point(value: float, integer_bits: int = 4, fraction_bits: int = 4) -> str:
    """Encode a number as an integer multiple of 2^−fraction_bits, in two's complement.

    Parameters
    ----------
    value : float
        Rounded to the nearest multiple, ties to even.
    integer_bits, fraction_bits : int
        Bits before the point, including the sign bit, and after it.

    Examples
    --------
    The lecture's 3.0625 = 49 · 2⁻⁴:

    >>> encode_fixed_point(3.0625)
    '0011.0001'
    """
    integer_bits = check_integer(integer_bits, "integer_bits", at_least=1, at_most=63)
    fraction_bits = check_integer(fraction_bits, "fraction_bits", at_least=1, at_most=64 - integer_bits)
    steps = round(math.ldexp(check_number(value, "value"), fraction_bits))
    try:
        pattern = encode_integer(steps, integer_bits + fraction_bits)
    except InvalidInputError as error:
        half = 2 ** (integer_bits - 1)
        raise InvalidInputError(
            f"value is {value}; with {integer_bits} bits before the point it must be at least {-half} and below {half}"
        ) from error
    return f"{pattern[:integer_bits]}.{pattern[integer_bits:]}"


def decode_fixed_point(pattern: str) -> float:
    """Decode what :func:`encode_fixed_point` encodes.

    Examples
    --------
    >>> decode_fixed_point("0011.0001")
    3.0625
    """
    whole, point, fraction = str(pattern).partition(".")
    if not point:
        raise InvalidInputError(f"pattern is {pattern!r}; a fixed-point number has a point, such as 0011.0001")
    return math.ldexp(decode_integer(whole + fraction), -len(fraction))


@dataclass(frozen=True)
class FloatBits:
    """The three fields of a floating-point number; printed as its bits and its value.

    Attributes
    ----------
    format : FloatFormat
        The format, which defines the number of bits of each field.
    sign, exponent, fraction : int
        The fields as unsigned integers; the exponent is stored with the format's bias added.
    """

    format: FloatFormat
    sign: int
    exponent: int
    fraction: int

    @property
    def pattern(self) -> str:
        """The three fields, separated by spaces."""
        return (
            f"{self.sign} {self.exponent:0{self.format.exponent_bits}b} {self.fraction:0{self.format.fraction_bits}b}"
        )

    @property
    def power(self) -> int:
        """The power of two; subnormal numbers, whose stored exponent is 0, have the smallest."""
        return max(self.exponent, 1) - self.format.bias

    @property
    def significand(self) -> float:
        """1 plus the fraction; for subnormal numbers the fraction alone."""
        return (self.exponent > 0) + math.ldexp(self.fraction, -self.format.fraction_bits)

    @property
    def value(self) -> float:
        """The number."""
        if self.exponent == self.format.largest_exponent:
            return math.nan if self.fraction else (-1) ** self.sign * math.inf
        return math.copysign(math.ldexp(self.significand, self.power), -self.sign)

    def __str__(self) -> str:
        meaning = f"{self.value}"
        if math.isfinite(self.value):
            power = str(self.power).translate(_SUPERSCRIPTS)
            meaning = f"{'-' if self.sign else ''}{self.significand} · 2{power}"
        return f"{self.format.name} {self.pattern} = {meaning}"


@dataclass(frozen=True)
class FloatFormat:
    """A floating-point format as in IEEE 754: sign, exponent and fraction, with subnormals, infinities and NaN.

    Attributes
    ----------
    name : str
        Name for printing.
    exponent_bits, fraction_bits : int
        Bits of these fields; the sign has one more bit.

    Examples
    --------
    The lecture's number, in the lecture's three formats:

    >>> for float_format in (FP32, FP16, BF16):
    ...     print(float_format.encode(0.265625))
    FP32 0 01111101 00010000000000000000000 = 1.0625 · 2⁻²
    FP16 0 01101 0001000000 = 1.0625 · 2⁻²
    BF16 0 01111101 0001000 = 1.0625 · 2⁻²
    """

    name: str
    exponent_bits: int
    fraction_bits: int

    @property
    def bits(self) -> int:
        """Length of the whole pattern."""
        return 1 + self.exponent_bits + self.fraction_bits

    @property
    def bias(self) -> int:
        """Added to the power of two to give the stored exponent."""
        return (1 << self.exponent_bits - 1) - 1

    @property
    def largest_exponent(self) -> int:
        """The stored exponent of infinities and NaN."""
        return (1 << self.exponent_bits) - 1

    def encode(self, value: float) -> FloatBits:
        """The nearest number of this format, ties to even; too large ones become infinite."""
        value = float(value)
        infinity = self.largest_exponent << self.fraction_bits
        if math.isnan(value):
            pattern = infinity | 1 << (self.fraction_bits - 1)
        elif math.isinf(value):
            pattern = infinity
        else:
            power = max(math.frexp(value)[1] - 1, 1 - self.bias) if value else 1 - self.bias
            steps = round(math.ldexp(abs(value), self.fraction_bits - power))
            # The fields are added: the leading one of a normal number, or a carry from rounding, raises the exponent.
            pattern = min(steps + (power - 1 + self.bias << self.fraction_bits), infinity)
        exponent, fraction = divmod(pattern, 2**self.fraction_bits)
        return FloatBits(self, int(math.copysign(1, value) < 0), exponent, fraction)

    def decode(self, pattern: str) -> FloatBits:
        """Decode a pattern of 0 and 1; spaces between the fields are allowed.

        Examples
        --------
        >>> FP16.decode("0 01101 0001000000").value
        0.265625
        """
        digits = _check_pattern(pattern)
        if len(digits) != self.bits:
            raise InvalidInputError(f"pattern has {len(digits)} bits; {self.name} has {self.bits}")
        end = 1 + self.exponent_bits
        return FloatBits(self, int(digits[0]), int(digits[1:end], 2), int(digits[end:], 2))


FP32 = FloatFormat("FP32", 8, 23)
FP16 = FloatFormat("FP16", 5, 10)
BF16 = FloatFormat("BF16", 8, 7)


def round_to_bfloat16(values: npt.ArrayLike) -> npt.NDArray[np.float32]:
    """Round float32 numbers to the nearest BF16 number, ties to even.

    Parameters
    ----------
    values : array-like
        Of any shape; other types are converted to float32 first. NaN and infinities are kept.

    Returns
    -------
    ndarray of float32, of the same shape
        Numbers whose last 16 bits are zero.

    Examples
    --------
    >>> round_to_bfloat16([0.265625, 1.003, 3.14159])
    array([0.265625, 1.      , 3.140625], dtype=float32)
    """
    numbers = np.array(values, dtype=np.float32)
    patterns = numbers.view(np.uint32)
    # Add just under half of the last kept bit's value, and one more if that bit is odd, so that a carry rounds up.
    last = patterns >> np.uint32(16) & np.uint32(1)
    rounded = patterns + np.uint32(0x7FFF) + last & np.uint32(0xFFFF0000)
    return np.where(np.isnan(numbers), numbers, rounded.view(np.float32))


def _check_pattern(pattern: str) -> str:
    digits = str(pattern).replace(" ", "")
    if not digits or set(digits) - {"0", "1"}:
        raise InvalidInputError(f"pattern is {pattern!r}; it must consist of 0 and 1")
    return digits
