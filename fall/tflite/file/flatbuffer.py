"""Verify the structure of a .tflite file: every offset in it is followed and checked before a runtime sees the file.

A .tflite file is a FlatBuffer: tables that point to one another by offsets. Runtimes follow these without checking
them, so a damaged file may crash the process. This module walks the tables of TensorFlow Lite's schema as the C++
library's verifier does, and refuses what image classifiers do not need: sparse encodings, data in other files.

References
----------
https://flatbuffers.dev/internals, and tensorflow/compiler/mlir/lite/schema/schema.fbs
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from common.errors import ModelIntegrityError

IDENTIFIER = b"TFL3"
_ADVICE = "fetch or convert the model again"


@dataclass(frozen=True)
class _Scalar:
    bytes: int


@dataclass(frozen=True)
class _Vector:
    """Numbers of ``bytes`` bytes each; a text has one more byte at the end, a zero."""

    bytes: int
    is_text: bool = False


@dataclass(frozen=True)
class _Table:
    name: str


@dataclass(frozen=True)
class _Tables:
    name: str


@dataclass(frozen=True)
class _Union:
    """A table whose type is given by the field before it, which is number ``kind`` of its table."""

    name: str
    kind: int


class _Refused:
    """Valid in the schema, but not needed by image classifiers."""


_BYTE, _INT, _LONG = _Scalar(1), _Scalar(4), _Scalar(8)
_BYTES, _INTS, _LONGS, _TEXT = _Vector(1), _Vector(4), _Vector(8), _Vector(1, is_text=True)
_OPTIONS, _DETAILS, _REFUSED = _Union("Options", kind=3), _Union("Details", kind=4), _Refused()
_Typed = _Scalar | _Vector | _Table | _Tables | _Refused

# The fields of each table in the schema's order. Fields that later schemas add are ignored by today's runtimes too.
_SCHEMA: dict[str, tuple[_Typed | _Union, ...]] = {
    "Model": (
        *(_INT, _Tables("OperatorCode"), _Tables("SubGraph"), _TEXT, _Tables("Buffer"), _INTS, _Tables("Metadata")),
        *(_Tables("SignatureDef"), _REFUSED, _REFUSED),
    ),
    "OperatorCode": (_BYTE, _TEXT, _INT, _INT),
    "SubGraph": (_Tables("Tensor"), _INTS, _INTS, _Tables("Operator"), _TEXT, _INT),
    "Tensor": (
        *(_INTS, _BYTE, _INT, _TEXT, _Table("QuantizationParameters"), _BYTE, _REFUSED, _INTS, _BYTE),
        *(_REFUSED, _INT),
    ),
    "QuantizationParameters": (_INTS, _INTS, _INTS, _LONGS, _BYTE, _DETAILS, _INT),
    "Operator": (
        *(_INT, _INTS, _INTS, _BYTE, _OPTIONS, _REFUSED, _BYTE, _BYTES, _REFUSED, _LONG, _LONG),
        *(_BYTE, _REFUSED, _INT),
    ),
    "Buffer": (_BYTES, _LONG, _LONG),
    "Metadata": (_TEXT, _INT),
    "SignatureDef": (_Tables("TensorMap"), _Tables("TensorMap"), _TEXT, _REFUSED, _INT),
    "TensorMap": (_TEXT, _INT),
    # How a tensor is quantized, if not by channels. The number is that of the union QuantizationDetails.
    "Details 1": (_REFUSED,),  # custom
    "Details 2": (_INT, _INT, _INT, _INTS),  # blockwise
    "Details 3": (_REFUSED, _REFUSED, _REFUSED),  # by several axes
    # The options of operators. The number is that of the union BuiltinOptions; a table without an entry is not read.
    "Options 1": (_BYTE, _INT, _INT, _BYTE, _INT, _INT, _BYTE),  # convolution
    "Options 2": (_BYTE, _INT, _INT, _INT, _BYTE, _INT, _INT),  # depthwise convolution
    "Options 3": (_INT, _REFUSED, _REFUSED),  # concatenated embeddings
    "Options 5": (_BYTE, _INT, _INT, _INT, _INT, _BYTE),  # pooling
    "Options 8": (_BYTE, _BYTE, _BYTE, _BYTE, _BYTE, _REFUSED),  # fully connected
    "Options 9": (_INT,),  # softmax
    "Options 10": (_INT, _BYTE),  # concatenation
    "Options 11": (_BYTE, _BYTE),  # add
    "Options 12": (_BYTE,),  # L2 normalization
    "Options 15": (_INT, _INT, _BYTE, _BYTE),  # resize bilinear
    "Options 17": (_INTS,),  # reshape
    "Options 19": (_INT,),  # space to depth
    "Options 21": (_BYTE,),  # multiply
    "Options 27": (_BYTE,),  # mean and sum
    "Options 28": (_BYTE, _BYTE),  # subtract
    "Options 29": (_BYTE,),  # divide
    "Options 30": (_INTS,),  # squeeze
    "Options 32": (_INT, _INT, _INT, _INT, _INT, _BYTE),  # strided slice
    "Options 35": (_INT,),  # split
    "Options 37": (_BYTE, _BYTE),  # cast
    "Options 55": (_BYTE,),  # shape
    "Options 59": (_INT, _INT),  # pack
    "Options 74": (_BYTE, _BYTE),  # resize to the nearest neighbour
    "Options 75": (_INT,),  # leaky ReLU
    "Options 77": (_BYTE,),  # mirror padding
    "Options 94": (_INT,),  # depth to space
    "Options 111": (_REFUSED, _REFUSED),  # variable
    "Options 115": (_REFUSED,),  # bucketize
    "Options 116": (_BYTE,),  # GELU
}


def verify(content: bytes) -> None:
    """Raise unless every table, vector and text of a .tflite file lies within it.

    Parameters
    ----------
    content : bytes
        The file.

    Raises
    ------
    ModelIntegrityError
        If it is not a .tflite file, is damaged, or has parts that image classifiers do not need.

    Examples
    --------
    >>> verify(b"not a model")
    Traceback (most recent call last):
    common.errors.ModelIntegrityError: a model of 11 bytes is not a .tflite file: fetch or convert the model again
    """
    if len(content) < 12:
        raise ModelIntegrityError(f"a model of {len(content)} bytes is not a .tflite file: {_ADVICE}")
    if content[4:8] != IDENTIFIER:
        raise ModelIntegrityError(
            f"the model has the identifier {content[4:8]!r}; .tflite files have {IDENTIFIER!r}: {_ADVICE}"
        )
    if len(content) >= 2**31:
        raise ModelIntegrityError(f"the model has {len(content):,} bytes; a .tflite file has less than 2 GB")
    try:
        _Verifier(content).follow(0, "Model")
    except struct.error:  # an offset at the very end
        raise _damaged("it ends in the middle of a field") from None


class _Verifier:
    def __init__(self, content: bytes) -> None:
        self._content = content
        # The parts visited must not add up to more bytes than the file has. Only vectors of numbers may be shared.
        self._bytes_left = len(content)
        self._vectors: set[tuple[int, int]] = set()

    def follow(self, position: int, name: str) -> None:
        """Check the table that the offset at ``position`` points to."""
        (offset,) = struct.unpack_from("<I", self._content, position)
        self._table(position + offset, name)

    def _table(self, position: int, name: str) -> None:
        self._claim(position, 4, name)
        (back,) = struct.unpack_from("<i", self._content, position)
        vtable = position - back
        if not 0 <= vtable <= len(self._content) - 4:
            raise _damaged(f"the layout of a {name} lies outside the file")
        vtable_bytes, table_bytes = struct.unpack_from("<HH", self._content, vtable)
        if vtable_bytes < 4 or vtable_bytes % 2 or table_bytes < 4:
            raise _damaged(f"the layout of a {name} is impossible")
        places = struct.unpack_from(f"<{vtable_bytes // 2 - 2}H", self._content, vtable + 4)
        self._claim(position + 4, table_bytes - 4, name)
        if any(place and not 4 <= place < table_bytes for place in places):
            raise _damaged(f"a field of a {name} lies outside of it")
        for place, field in zip(places, _SCHEMA.get(name, ()), strict=False):
            if not place:
                continue
            if isinstance(field, _Union):
                kind = self._content[position + places[field.kind]] if places[field.kind] else 0
                typed: _Typed = _Table(f"{field.name} {kind}")
            else:
                typed = field
            self._field(position + place, position + table_bytes, typed, name)

    def _field(self, position: int, end: int, field: _Typed, name: str) -> None:
        if isinstance(field, _Refused):
            raise ModelIntegrityError(
                f"the model's {name} has a field that image classifiers do not need, such as a sparse tensor: "
                "convert it with fall.tflite.convert"
            )
        if position + (field.bytes if isinstance(field, _Scalar) else 4) > end:
            raise _damaged(f"a field of a {name} reaches beyond it")
        if isinstance(field, _Scalar):
            return
        if isinstance(field, _Table):
            self.follow(position, field.name)
            return
        (offset,) = struct.unpack_from("<I", self._content, position)
        vector = position + offset
        (length,) = struct.unpack_from("<I", self._content, vector)
        if isinstance(field, _Tables):
            self._claim(vector, 4 + 4 * length, name)
            for number in range(length):
                self.follow(vector + 4 + 4 * number, field.name)
            return
        size = 4 + field.bytes * length + field.is_text
        if (vector, size) in self._vectors:
            return
        self._claim(vector, size, name)
        if field.is_text:
            self._text(vector + 4, length, name)
        else:
            self._vectors.add((vector, size))

    def _text(self, position: int, length: int, name: str) -> None:
        if self._content[position + length]:
            raise _damaged(f"a text of a {name} has no end")
        try:
            self._content[position : position + length].decode("utf-8")
        except UnicodeDecodeError:
            raise _damaged(f"a text of a {name} is not UTF-8") from None

    def _claim(self, position: int, size: int, name: str) -> None:
        """Count a part of the file as visited; raise if it reaches beyond the file or overlaps other parts."""
        self._bytes_left -= size
        if position + size > len(self._content) or self._bytes_left < 0:
            raise _damaged(f"a {name} claims more than the file holds")


def _damaged(how: str) -> ModelIntegrityError:
    return ModelIntegrityError(f"the model is a damaged .tflite file ({how}): {_ADVICE}")
