"""Read the numbers, bit lists and texts of a 7z header from memory, never past its end."""

from __future__ import annotations

import struct
from typing import Final

from proofroom.extract.format import Unreadable
from proofroom.model.states import Reason, State

_LONG: Final = 8


def broken() -> Unreadable:
    """Give what is raised on a header that breaks its own rules."""
    return Unreadable(State.DAMAGED, Reason.NOT_WELL_FORMED)


class Cursor:
    """A place in a header's bytes."""

    def __init__(self, data: bytes) -> None:
        """Begin at the beginning."""
        self._data = data
        self._at = 0

    @property
    def left(self) -> int:
        """Give how many bytes are left."""
        return len(self._data) - self._at

    def take(self, count: int) -> bytes:
        """Take so many bytes."""
        if not 0 <= count <= self.left:
            raise broken()
        self._at += count
        return self._data[self._at - count : self._at]

    def byte(self) -> int:
        """Take one byte."""
        return self.take(1)[0]

    def number(self) -> int:
        """Take a number of one to nine bytes; the first byte's leading ones say how many follow."""
        first = self.byte()
        more = 0
        while more < _LONG and first & 0x80 >> more:
            more += 1
        low = int.from_bytes(self.take(more), "little")
        return low | (first & (0x7F >> more)) << 8 * more if more < _LONG else low

    def count(self, least_bytes: int = 1) -> int:
        """Take a number of things that are still to come, each of at least so many bytes."""
        count = self.number()
        if count * least_bytes > self.left:
            raise broken()
        return count

    def long(self) -> int:
        """Take eight bytes as a number."""
        return int(struct.unpack("<Q", self.take(8))[0])

    def word(self) -> int:
        """Take four bytes as a number."""
        return int(struct.unpack("<I", self.take(4))[0])

    def bits(self, count: int) -> list[bool]:
        """Take a list of bits, the highest of each byte first."""
        data = self.take(-(-count // 8))
        return [bool(data[place >> 3] & 0x80 >> (place & 7)) for place in range(count)]

    def defined(self, count: int) -> list[bool]:
        """Take a list of bits that may be shortened to "all of them"."""
        return [True] * count if self.byte() else self.bits(count)

    def checksums(self, count: int) -> list[int | None]:
        """Take checksums for those of so many things that have one."""
        return [self.word() if has else None for has in self.defined(count)]

    def expect(self, mark: int) -> None:
        """Take a mark that must stand here."""
        if self.byte() != mark:
            raise broken()

    def text(self) -> str:
        """Take a text in UTF-16 up to its NUL; lone surrogates stay as they are."""
        at = self._data.find(b"\0\0", self._at)
        while at >= 0 and (at - self._at) % 2:
            at = self._data.find(b"\0\0", at + 1)
        if at < 0:
            raise broken()
        text = self._data[self._at : at].decode("utf-16-le", "surrogatepass")
        self._at = at + 2
        return text
