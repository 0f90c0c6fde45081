"""The pages of an SQLite file: its header, its pages, and what goes on in overflow pages.

After https://www.sqlite.org/fileformat2.html. Nothing is executed: no view, trigger, collation or function
of the file is ever asked for anything.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import BinaryIO, Final

from proofroom.extract.format import Source, Unreadable
from proofroom.model.states import Reason, State

MAGIC: Final = b"SQLite format 3\0"
HEADER: Final = 100
_SMALLEST, _LARGEST = 512, 65_536
_FEWEST_USABLE: Final = 480
_ENCODINGS: Final = {0: "utf-8", 1: "utf-8", 2: "utf-16-le", 3: "utf-16-be"}
_WAL: Final = 2
_LONGEST_VARINT: Final = 9


class Broken(Exception):
    """A page or record breaks the rules of the format; what stands around it is read all the same."""


@dataclass(frozen=True, slots=True)
class Header:
    """The numbers in the first hundred bytes that we use."""

    page_size: int
    usable: int
    is_wal: bool
    stated_pages: int
    first_trunk: int
    free_pages: int
    encoding: str
    user_version: int
    application_id: int
    changes: int
    written_by: int


def read_header(source: Source) -> Header:
    """Read the header; raises Unreadable when it is none that SQLite could open."""
    source.untrusted.seek(0)
    head = source.untrusted.read(HEADER)
    if len(head) < HEADER:
        raise Unreadable(State.DAMAGED, Reason.CUT_SHORT)
    (size,) = struct.unpack_from(">H", head, 16)
    size = _LARGEST if size == 1 else size
    numbers = struct.unpack_from(">19I", head, 24)
    usable = size - head[20]
    encoding = _ENCODINGS.get(numbers[8])
    if not head.startswith(MAGIC) or size & (size - 1) or not size >= _SMALLEST or usable < _FEWEST_USABLE:
        raise Unreadable(State.DAMAGED, Reason.NOT_WELL_FORMED)
    if encoding is None:
        raise Unreadable(State.DAMAGED, Reason.NOT_WELL_FORMED)
    changes, stated, trunk, free = numbers[:4]
    return Header(
        size,
        usable,
        is_wal=head[19] == _WAL,
        # An old version did not keep the number of pages; then it is what the change counter does not confirm.
        stated_pages=stated if numbers[17] == changes else 0,
        first_trunk=trunk,
        free_pages=free,
        encoding=encoding,
        user_version=numbers[9],
        application_id=numbers[11],
        changes=changes,
        written_by=numbers[18],
    )


class Pages:
    """Gives pages by their number, from 1; remembers which were part of a tree."""

    def __init__(self, source: Source, header: Header) -> None:
        """Give the pages of a file with this header."""
        self._stream: BinaryIO = source.untrusted
        self.header = header
        self.size = header.page_size
        self.usable = header.usable
        self.count = -(-source.size // header.page_size)
        self._whole = source.size // header.page_size

    def page(self, number: int) -> bytes:
        """Give a page; raises Broken when the file has no whole page of that number."""
        if not 1 <= number <= self._whole:
            raise Broken
        self._stream.seek((number - 1) * self.size)
        data = self._stream.read(self.size)
        if len(data) < self.size:
            raise Broken
        return data

    def payload(self, page: bytes, at: int, length: int, *, of_table: bool) -> tuple[bytes, int]:
        """Give the payload of a cell and where its part on the page ends; raises Broken."""
        most = self.usable - 35 if of_table else (self.usable - 12) * 64 // 255 - 23
        if length <= most:
            end = at + length
            if end > self.usable:
                raise Broken
            return page[at:end], end
        least = (self.usable - 12) * 32 // 255 - 23
        local = least + (length - least) % (self.usable - 4)
        local = local if local <= most else least
        end = at + local
        if end + 4 > self.usable or length > self._whole * self.size:
            raise Broken
        (following,) = struct.unpack_from(">I", page, end)
        return self._overflow(page[at:end], length, following), end + 4

    def _overflow(self, begun: bytes, length: int, number: int) -> bytes:
        """Follow a chain of overflow pages; as long as its length is, no longer."""
        parts = [begun]
        left = length - len(begun)
        while left > 0:
            page = self.page(number)
            parts.append(page[4 : 4 + min(left, self.usable - 4)])
            left -= len(parts[-1])
            (number,) = struct.unpack_from(">I", page)
        return b"".join(parts)


def varint(data: bytes, at: int) -> tuple[int, int]:
    """Read a number of one to nine bytes; gives it and where it ends. Raises Broken at the end of the data."""
    value = 0
    for place in range(at, min(at + _LONGEST_VARINT, len(data))):
        byte = data[place]
        if place == at + _LONGEST_VARINT - 1:
            return value << 8 | byte, place + 1
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, place + 1
    raise Broken


def signed(value: int) -> int:
    """Read 64 bits as a number with a sign."""
    return value - (1 << 64) if value >= 1 << 63 else value
