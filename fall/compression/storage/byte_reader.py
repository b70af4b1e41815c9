"""Read bytes from an untrusted source: every length is checked before it is used."""

from __future__ import annotations

from common.errors import ModelIntegrityError

_VARINT_BYTES = 9  # 63 bits


def varint(value: int) -> bytes:
    """Encode a non-negative integer in LEB128: 7 bits in each byte, lowest first; the eighth says that more follow.

    Examples
    --------
    >>> varint(5).hex(), varint(300).hex()
    ('05', 'ac02')
    """
    data = bytearray()
    while value > 127:
        data.append(value & 127 | 128)
        value >>= 7
    return bytes([*data, value])


class ByteReader:
    """Reads bytes from front to back.

    Examples
    --------
    >>> reader = ByteReader(varint(3) + b"abcde")
    >>> reader.take(reader.varint(at_most=10, of="letters")), reader.rest()
    (b'abc', b'de')
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._position = 0

    def take(self, n_bytes: int) -> bytes:
        """The next ``n_bytes`` bytes; raises if there are fewer."""
        left = len(self._data) - self._position
        if n_bytes > left:
            raise ModelIntegrityError(
                f"{n_bytes} bytes are expected and {left} are left: the data are cut off or damaged"
            )
        self._position += n_bytes
        return self._data[self._position - n_bytes : self._position]

    def rest(self) -> bytes:
        """All remaining bytes."""
        return self.take(len(self._data) - self._position)

    def varint(self, *, at_most: int, of: str) -> int:
        """The next integer that :func:`varint` encoded; raises if above ``at_most``. ``of`` names it in errors."""
        value = 0
        for position in range(_VARINT_BYTES):
            byte = self.take(1)[0]
            value |= (byte & 127) << 7 * position
            if byte < 128:
                break
        else:
            raise ModelIntegrityError("a number is longer than 63 bits: the data are damaged")
        if value > at_most:
            raise ModelIntegrityError(
                f"the data claim {value} {of}, more than {at_most}: they are damaged or too large"
            )
        return value
