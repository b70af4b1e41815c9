"""A bundle's files to bytes and back: arrays (``.npy``), JSON (``.json``), and opaque bytes (any other ending).

Nothing here trusts its input, since a hash tells that a file is as it was written, not who wrote it: no pickle, no
object arrays, no size that a header merely claims, and JSON to the letter of its standard.
"""

import io
import json
import math
import re
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from common.errors import InvalidInputError, ModelIntegrityError

Content: TypeAlias = npt.NDArray[Any] | bytes | dict[str, Any] | list[Any] | str | int | float | bool | None

# Booleans, integers, floats, complex numbers, bytes and text: what an array may hold.
_KINDS = "biufcSU"
# Deeper JSON would exhaust the stack of whoever walks through it; parsed, JSON takes up to thirty times its bytes.
_MAX_DEPTH, _MAX_JSON_BYTES = 100, 2**24
# What NumPy writes, and nothing else: its own reader also evaluates what merely looks like it.
_HEADER = re.compile(
    rb"\{'descr': '([<>|=]?[a-zA-Z][0-9]{0,10})', 'fortran_order': (True|False), "
    rb"'shape': \(((?:[0-9]{1,19}, )*[0-9]{0,19},?)\), \} *\n"
)
_LAST_CODE_POINT = 0x10FFFF


def encode(name: str, content: Content) -> bytes:
    """The bytes of a file, by the ending of its name; raises InvalidInputError if the content does not fit it."""
    if name.endswith(".npy"):
        return _encode_array(name, content)
    if name.endswith(".json"):
        return encode_json(name, content)
    if not isinstance(content, bytes):
        raise InvalidInputError(
            f"{name} holds a {type(content).__name__}: name arrays .npy and JSON .json; any other ending needs bytes"
        )
    return content


def decode(name: str, data: bytes) -> Content:
    """The content of a file; raises ModelIntegrityError if it is not what the ending says."""
    if name.endswith(".npy"):
        return _decode_array(name, data)
    return decode_json(name, data) if name.endswith(".json") else data


def encode_json(name: str, content: Any) -> bytes:
    """JSON that reads back as it was: text keys, no NaN, no infinity, one text for one content."""
    try:
        text = json.dumps(content, allow_nan=False, ensure_ascii=True, indent=1, sort_keys=True)
        if json.loads(text) != content:
            raise TypeError("tuples become lists, and keys become text")
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidInputError(
            f"{name} is not plain JSON ({error}): use dicts with text keys, lists, text, finite numbers, bool and None"
        ) from error
    data = text.encode("ascii") + b"\n"
    if len(data) > _MAX_JSON_BYTES:
        raise InvalidInputError(f"{name} has {len(data)} bytes of JSON; the limit is {_MAX_JSON_BYTES}: use arrays")
    return data


def decode_json(name: str, data: bytes) -> Any:
    """Strict JSON: no name twice in an object, no NaN or infinity, at most 100 levels and 16 MiB."""
    if len(data) > _MAX_JSON_BYTES:
        raise ModelIntegrityError(f"{name} has {len(data)} bytes; JSON in a bundle has at most {_MAX_JSON_BYTES}")
    try:
        content = json.loads(
            data.decode("utf-8"),
            object_pairs_hook=_unique,
            parse_constant=_refuse_constant,
            parse_float=_finite,
        )
        _check_depth(content)
    except (ValueError, RecursionError) as error:
        raise ModelIntegrityError(f"{name} is not strict JSON ({error}): fetch or save the bundle again") from error
    return content


def _encode_array(name: str, content: Content) -> bytes:
    if not isinstance(content, np.ndarray):
        raise InvalidInputError(f"{name} holds a {type(content).__name__}; a .npy file needs a NumPy array")
    if content.dtype.kind not in _KINDS or content.dtype.itemsize == 0:
        raise InvalidInputError(
            f"{name} has dtype {content.dtype}; convert it to numbers, booleans or fixed-width text"
        )
    stream = io.BytesIO()
    np.lib.format.write_array(stream, content, version=(1, 0), allow_pickle=False)
    return stream.getvalue()


def _decode_array(name: str, data: bytes) -> npt.NDArray[Any]:
    try:
        dtype, shape, fortran_order, start = _header(data)
        # Compared before anything is allocated: a header of a few bytes can claim terabytes.
        claimed, present = math.prod(shape) * dtype.itemsize, len(data) - start
        if claimed != present:
            raise ValueError(f"shape {shape} of {dtype} needs {claimed} bytes, there are {present}")
        array = np.ndarray(shape, dtype, data, offset=start, order="F" if fortran_order else "C")
        array = array.astype(dtype.newbyteorder("="))  # a copy that can be written to, in this machine's byte order
        if dtype.kind == "U" and np.ravel(array, "K").view(np.uint32).max(initial=0) > _LAST_CODE_POINT:
            raise ValueError("text that is no Unicode")
    except (ValueError, TypeError, OverflowError, MemoryError) as error:
        raise ModelIntegrityError(f"{name} is not a plain array ({error}): fetch or save the bundle again") from error
    return array


def _header(data: bytes) -> tuple[np.dtype[Any], tuple[int, ...], bool, int]:
    """Data type, shape, whether in Fortran's order, and where the values begin."""
    if data[:8] != b"\x93NUMPY\x01\x00":
        raise ValueError("not version 1.0 of the format")
    start = 10 + int.from_bytes(data[8:10], "little")
    found = _HEADER.fullmatch(data[10:start])
    if found is None or len(data) < start:
        raise ValueError("a header that NumPy does not write")
    descr, fortran_order, lengths = (part.decode("ascii") for part in found.groups())
    dtype = np.dtype(descr)
    if dtype.kind not in _KINDS or dtype.itemsize == 0:
        raise ValueError(f"dtype {dtype}")
    shape = tuple(int(length) for length in lengths.split(",") if length.strip())
    return dtype, shape, fortran_order == "True", start


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) < len(pairs):
        raise ValueError("a name occurs twice in an object")
    return content


def _refuse_constant(text: str) -> None:
    raise ValueError(f"{text} is no JSON number")


def _finite(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise ValueError(f"{text} is beyond a float")
    return value


def _check_depth(content: Any, depth: int = 0) -> None:
    if depth > _MAX_DEPTH:
        raise ValueError(f"more than {_MAX_DEPTH} levels")
    inner = content.values() if isinstance(content, dict) else content if isinstance(content, list) else ()
    for value in inner:
        _check_depth(value, depth + 1)
