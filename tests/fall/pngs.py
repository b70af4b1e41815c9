"""PNG files made by hand, as no image library would write them."""

import struct
import zlib

SIGNATURE = b"\x89PNG\r\n\x1a\n"
GREY, RGB = 0, 2


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(
    width: int, height: int, rows: bytes | None = None, *, depth: int = 8, color: int = GREY, before=b"", after=b""
) -> bytes:
    """A PNG of filtered ``rows`` (zeros by default), with more chunks before and after the pixels."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, 0))
    return SIGNATURE + header + before + chunk(b"IDAT", _compressed(width, height, rows, depth, color)) + after + END


END = chunk(b"IEND", b"")


def _compressed(width: int, height: int, rows: bytes | None, depth: int, color: int) -> bytes:
    if rows is not None:
        return zlib.compress(rows)
    row = bytes(1 + (width * depth * (3 if color == RGB else 1) + 7) // 8)
    packer = zlib.compressobj(9)  # row by row: the files are small, what they unpack to is not
    return b"".join([packer.compress(row) for _ in range(height)]) + packer.flush()
