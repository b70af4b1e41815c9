"""Read bytes that nobody vouches for: every length is checked before it is believed."""

from __future__ import annotations

from common.errors import ModelIntegrityError

_VARINT_BYTES = 9  # 63 bits


def varint(value: int) -> bytes:
    """A number of 0 or more in 7 bits a byte, lowest first; the eighth bit says that more follow (LEB128).

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
    """A place in some bytes, which moves forward.

    Examples
    --------
    >>> reader = ByteReader(varint(3) + b"abcde")
    >>> reader.take(reader.varint(at_most=10, of="letters")), reader.rest()
    (b'abc', b'de')
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._place = 0

    def take(self, n_bytes: int) -> bytes:
        """The next bytes, all of them or an error."""
        left = len(self._data) - self._place
        if n_bytes > left:
            raise ModelIntegrityError(
                f"{n_bytes} bytes are expected and {left} are left: the data are cut off or damaged"
            )
        self._place += n_bytes
        return self._data[self._place - n_bytes : self._place]

    def rest(self) -> bytes:
        """All bytes that are left."""
        return self.take(len(self._data) - self._place)

    def varint(self, *, at_most: int, of: str) -> int:
        """The number that :func:`varint` wrote, if it is not above a limit; ``of`` says of what, for the error."""
        value = 0
        for place in range(_VARINT_BYTES):
            byte = self.take(1)[0]
            value |= (byte & 127) << 7 * place
            if byte < 128:
                break
        else:
            raise ModelIntegrityError("a number is longer than 63 bits: the data are damaged")
        if value > at_most:
            raise ModelIntegrityError(
                f"the data claim {value} {of}, more than {at_most}: they are damaged or too large"
            )
        return value
