"""A bundle's files to bytes and back: arrays (``.npy``), JSON (``.json``), and opaque bytes (any other ending).

Nothing here trusts its input, since a hash tells that a file is as it was written, not who wrote it: no pickle, no
object arrays, no size that a header merely claims, and JSON to the letter of its standard.
"""

import io
import json
import math
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from common.errors import InvalidInputError, ModelIntegrityError

Content: TypeAlias = npt.NDArray[Any] | bytes | dict[str, Any] | list[Any] | str | int | float | bool | None

# Booleans, integers, floats, complex numbers, bytes and text: what an array may hold.
_KINDS = "biufcSU"
# Deeper JSON would exhaust the stack of whoever walks through it.
_MAX_DEPTH = 100


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
    return text.encode("ascii") + b"\n"


def decode_json(name: str, data: bytes) -> Any:
    """Strict JSON: no name twice in an object, no NaN or infinity, at most 100 levels."""
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
    stream = io.BytesIO(data)
    try:
        if np.lib.format.read_magic(stream) != (1, 0):
            raise ValueError("not version 1.0 of the format")
        shape, fortran_order, dtype = np.lib.format.read_array_header_1_0(stream)
        if dtype.kind not in _KINDS or dtype.itemsize == 0:
            raise ValueError(f"dtype {dtype}")
        # Compared before anything is allocated: a header of a few bytes can claim terabytes.
        claimed, present = math.prod(shape) * dtype.itemsize, len(data) - stream.tell()
        if min(shape, default=0) < 0 or claimed != present:
            raise ValueError(f"shape {shape} of {dtype} needs {claimed} bytes, there are {present}")
        array = np.ndarray(shape, dtype, stream.read(), order="F" if fortran_order else "C")
        return array.astype(dtype.newbyteorder("="))  # a copy that can be written to, in this machine's byte order
    except (ValueError, TypeError, EOFError, OverflowError, MemoryError, RecursionError, SyntaxError) as error:
        raise ModelIntegrityError(f"{name} is not a plain array ({error}): fetch or save the bundle again") from error


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
