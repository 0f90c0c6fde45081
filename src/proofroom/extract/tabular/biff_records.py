"""Walk the records of an .xls workbook (MS-XLS 2.1.4) and read texts that run over several of them."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final

from proofroom.extract.encoding import decode_all
from proofroom.extract.format import utf8

CONTINUE: Final = 0x3C
BOF: Final = 0x0809
BEGINNINGS: Final = (BOF, 0x0409, 0x0209, 0x09)
"""How a workbook or sheet begins, in Excel 5 and later and in the three versions before."""

EOF: Final = 0x0A
_HEAD: Final = struct.Struct("<HH")
_WIDE: Final = 1
_EXTENDED: Final = 4
_RICH: Final = 8
_AID_AT: Final = 14
"""Where the characters of a reading aid begin."""


def records(data: bytes, at: int) -> Iterator[tuple[int, int, int]]:
    """Give kind, start and end of each record from a place on; one that is cut short ends the walk."""
    read, length = _HEAD.unpack_from, len(data)
    while at + 4 <= length:
        kind, size = read(data, at)
        at += 4
        if at + size > length:
            return
        yield kind, at, at + size
        at += size


def continued(data: bytes, start: int, end: int) -> Continued:
    """Join a record with the CONTINUE records behind it."""
    pieces = [(start, end)]
    for kind, first, last in records(data, end):
        if kind != CONTINUE:
            break
        pieces.append((first, last))
    return Continued(data, pieces)


class Continued:
    """Reads through the pieces of one long record."""

    def __init__(self, data: bytes, pieces: list[tuple[int, int]]) -> None:
        """Begin with the first piece."""
        self._data = data
        self._pieces = pieces
        self._next = 1
        self._at, self._end = pieces[0]

    @property
    def pieces(self) -> list[tuple[int, int]]:
        """Give where the pieces stand."""
        return self._pieces

    def take(self, count: int) -> bytes:
        """Give the next bytes, over the ends of pieces; raises struct.error when there are too few."""
        data = self._data
        if self._at + count <= self._end:
            self._at += count
            return data[self._at - count : self._at]
        taken: list[bytes] = []
        while count:
            if self._at >= self._end:
                self._turn()
            some = data[self._at : min(self._at + count, self._end)]
            taken.append(some)
            self._at += len(some)
            count -= len(some)
        return b"".join(taken)

    def characters(self, count: int, flags: int) -> str:
        """Give the next characters; each further piece says anew whether they are one or two bytes wide."""
        texts: list[str] = []
        while count:
            if self._at >= self._end:
                self._turn()
                flags = self.take(1)[0]
            width = 1 + (flags & _WIDE)
            many = min(count, (self._end - self._at) // width)
            if not many:
                self._at = self._end  # half a character before a piece's end is no character
                continue
            raw = self._data[self._at : self._at + many * width]
            texts.append(raw.decode("utf-16-le", "replace") if flags & _WIDE else raw.decode("latin-1"))
            self._at += many * width
            count -= many
        return "".join(texts)

    def shared_string(self) -> tuple[bytes, bool, str]:
        """Give the next entry of the table of texts, if it has several fonts, and how it is read aloud.

        XLUnicodeRichExtendedString and ExtRst, MS-XLS 2.5.293 and 2.5.81.
        """
        count, flags = struct.unpack("<HB", self.take(3))
        runs = int.from_bytes(self.take(2), "little") if flags & _RICH else 0
        more = int.from_bytes(self.take(4), "little") if flags & _EXTENDED else 0
        text = utf8(self.characters(count, flags))
        self.skip(4 * runs)
        aid = self.take(min(more, _AID_AT))
        length = min(int.from_bytes(aid[-2:], "little") if len(aid) == _AID_AT else 0, (more - len(aid)) // 2)
        hint = self.take(2 * length).decode("utf-16-le", "replace")
        self.skip(more - len(aid) - 2 * length)
        return text, runs > 0, hint

    def skip(self, count: int) -> None:
        """Leave out bytes, over the ends of pieces."""
        while count:
            if self._at >= self._end:
                self._turn()
            step = min(count, self._end - self._at)
            self._at += step
            count -= step

    def _turn(self) -> None:
        """Go on to the next piece."""
        if self._next >= len(self._pieces):
            raise struct.error
        self._at, self._end = self._pieces[self._next]
        self._next += 1


def text_at(data: bytes, at: int, end: int, *, count_size: int, codec: str) -> str:
    """Read a counted text within one record: Unicode (BIFF8), or bytes where `codec` names a code page."""
    count = int.from_bytes(data[at : at + count_size], "little")
    at += count_size
    if codec:
        return decode_all(data[at : min(at + count, end)], codec)
    if at >= end:
        return ""
    flags = data[at]
    at += 1 + (2 if flags & _RICH else 0) + (4 if flags & _EXTENDED else 0)
    if flags & _WIDE:
        return data[at : min(at + 2 * count, end)].decode("utf-16-le", "replace")
    return data[at : min(at + count, end)].decode("latin-1")
