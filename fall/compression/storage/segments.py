"""Code a file that consists mostly of numbers: each segment of numbers as such, and the rest with Deflate.

The format, with integers as :func:`fall.compression.storage.byte_reader.varint` writes them::

    number of bytes of the file; number of segments
    each segment: bytes between it and the one before; number of words; bytes of a word
    bytes of the compressed rest, the compressed rest (zlib)
    each segment's words as `encode_words` writes them
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from common.errors import InvalidInputError, ModelIntegrityError
from fall.compression.storage.byte_reader import ByteReader, varint
from fall.compression.storage.words import decode_words, encode_words

_DTYPES = {1: np.uint8, 2: np.uint16, 4: np.uint32}
# Longer segments are cut, so that decoding takes little memory beside the file: a few bytes can claim any number of
# equal words.
_MAX_WORDS = 1 << 20


@dataclass(frozen=True)
class Segment:
    """A part of a file that holds numbers.

    Attributes
    ----------
    start : int
        Its first byte.
    n_words : int
        How many numbers it holds.
    word_bytes : int
        Bytes of a number: 1, 2 or 4, lowest first.
    """

    start: int
    n_words: int
    word_bytes: int

    @property
    def end(self) -> int:
        """The first byte after it."""
        return self.start + self.n_words * self.word_bytes


def encode_bytes(content: bytes, segments: Sequence[Segment] = ()) -> bytes:
    """Encode a file without loss.

    Parameters
    ----------
    content : bytes
        The file.
    segments : sequence of Segment
        Where it holds numbers, in any order. Those that Deflate makes smaller are left to it.

    Raises
    ------
    InvalidInputError
        If a segment lies outside the file or overlaps another one.

    Examples
    --------
    >>> import numpy as np
    >>> numbers = np.random.default_rng(0).choice(np.float32([0, 0, 0, 0.5, 1.5]), 10_000)
    >>> content = b"ten thousand numbers:" + numbers.tobytes()
    >>> data = encode_bytes(content, [Segment(start=21, n_words=10_000, word_bytes=4)])
    >>> len(content) // len(data), decode_bytes(data, max_bytes=50_000) == content
    (22, True)
    """
    coded: list[tuple[Segment, bytes]] = []
    end = 0
    for piece in _pieces(sorted(segments, key=lambda segment: segment.start)):
        if piece.start < end or piece.end > len(content) or piece.word_bytes not in _DTYPES:
            raise InvalidInputError(
                f"segments holds {piece}, which overlaps another one, lies outside a file of {len(content)} bytes, or "
                "has words that are not of 1, 2 or 4 bytes"
            )
        end = piece.end
        stored = np.dtype(_DTYPES[piece.word_bytes]).newbyteorder("<")
        words = np.frombuffer(content, stored, piece.n_words, piece.start).astype(_DTYPES[piece.word_bytes])
        data = encode_words(words)
        if len(data) < len(zlib.compress(content[piece.start : piece.end], 9)):
            coded.append((piece, data))
    # Together, Deflate may find more repetitions than in each segment alone.
    return min(_encoded(content, coded), _encoded(content, []), key=len)


def decode_bytes(data: bytes, *, max_bytes: int) -> bytes:
    """Decode what :func:`encode_bytes` encoded.

    Parameters
    ----------
    data : bytes
        Exactly what was encoded; it need not come from a trusted source.
    max_bytes : int
        A larger file is refused before memory is allocated.

    Raises
    ------
    ModelIntegrityError
        If the data are damaged, cut off, or too large.
    """
    reader = ByteReader(data)
    size = reader.varint(at_most=max_bytes, of="bytes")
    segments = _read_segments(reader, size)
    n_rest = size - sum(segment.end - segment.start for segment in segments)
    rest = ByteReader(_inflate(reader.take(reader.varint(at_most=len(data), of="bytes")), n_rest))
    parts, end = [], 0
    for segment in segments:
        parts.append(rest.take(segment.start - end))
        dtype = np.dtype(_DTYPES[segment.word_bytes])
        parts.append(decode_words(reader, segment.n_words, dtype).astype(dtype.newbyteorder("<")).tobytes())
        end = segment.end
    if reader.rest():
        raise ModelIntegrityError("bytes are left after the last segment: the data are damaged")
    return b"".join([*parts, rest.rest()])


def _encoded(content: bytes, coded: list[tuple[Segment, bytes]]) -> bytes:
    table, rest, end = b"", [], 0
    for piece, _ in coded:
        table += varint(piece.start - end) + varint(piece.n_words) + varint(piece.word_bytes)
        rest.append(content[end : piece.start])
        end = piece.end
    compressed = zlib.compress(b"".join([*rest, content[end:]]), 9)
    header = varint(len(content)) + varint(len(coded)) + table + varint(len(compressed)) + compressed
    return header + b"".join(data for _, data in coded)


def _pieces(segments: Sequence[Segment]) -> Iterator[Segment]:
    for segment in segments:
        for first in range(0, segment.n_words, _MAX_WORDS):
            n_words = min(_MAX_WORDS, segment.n_words - first)
            yield Segment(segment.start + first * segment.word_bytes, n_words, segment.word_bytes)


def _read_segments(reader: ByteReader, size: int) -> list[Segment]:
    segments: list[Segment] = []
    end = 0
    for _ in range(reader.varint(at_most=size, of="segments")):
        start = end + reader.varint(at_most=size - end, of="bytes before a segment")
        n_words = reader.varint(at_most=_MAX_WORDS, of="numbers in a segment")
        word_bytes = reader.varint(at_most=4, of="bytes of a number")
        if word_bytes not in _DTYPES or n_words == 0:
            raise ModelIntegrityError(f"a segment has {n_words} numbers of {word_bytes} bytes: the data are damaged")
        segments.append(Segment(start, n_words, word_bytes))
        end = segments[-1].end
        if end > size:
            raise ModelIntegrityError(f"a segment ends at byte {end} of {size}: the data are damaged")
    return segments


def _inflate(compressed: bytes, n_bytes: int) -> bytes:
    """Decompress exactly this many bytes; no more memory is taken, whatever the data claim."""
    inflater = zlib.decompressobj()
    try:
        # One more byte, since a length of 0 means no limit.
        content = inflater.decompress(compressed, n_bytes + 1)
    except zlib.error as error:
        raise ModelIntegrityError(f"the compressed data are damaged ({error})") from error
    if len(content) != n_bytes or not inflater.eof or inflater.unused_data:
        raise ModelIntegrityError(f"the compressed data are not {n_bytes} bytes: they are damaged or cut off")
    return content
