"""What SQLite deleted and did not wipe: records on free pages and in the gaps of pages that are in use.

A leftover is known by its page and the byte there. One that equals a record still in the table is a stale
copy and is dropped. Where nothing fits a record any more, its runs of readable signs are given.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Container, Iterator
from typing import Final

from proofroom.extract.databases.sqlite_pages import Broken, Pages, signed, varint
from proofroom.extract.databases.sqlite_records import Texts, size_of, types_of
from proofroom.extract.databases.sqlite_stumps import OVERWRITTEN, cells_in, restored
from proofroom.extract.databases.sqlite_tree import TABLE_LEAF, cell_places, pointers_end

_RUN: Final = re.compile(
    rb"(?:[\x20-\x7e]|[\xc2-\xdf][\x80-\xbf]|[\xe1-\xef][\x80-\xbf]{2}|\xf0[\x90-\xbf][\x80-\xbf]{2}){4,}"
)
_FEWEST_TOLD: Final = 2
_SHORTEST: Final = 6
_LONGEST_TAIL: Final = 1 << 16
_MOST: Final = 50_000
_MOST_BYTES: Final = 64 << 20
_PLACE: Final = 8
_MORE: Final = 0x80
_LONGEST_NUMBERS: Final = 14
_MOST_LOOKED_AT: Final = 48 << 20
_LONGEST_BEFORE: Final = 4

Place = tuple[int, int]


class Leftovers:
    """Collects what may be left over; `full` says that there was more than is kept."""

    def __init__(self, pages: Pages, texts: Texts) -> None:
        """Look in these pages; `widths` are the numbers of values in the records of its tables."""
        self.records: dict[tuple[int, bytes], Place] = {}
        self.stumps: dict[Place, bytes] = {}
        self.runs: dict[Place, str] = {}
        self.full = False
        self.widths: set[int] = set()
        self._fewest = 1
        self._looked_at = 0
        self._pages = pages
        self._texts = texts
        self._tails: dict[bytes, Place] = {}
        self._size = 0

    def __bool__(self) -> bool:
        """Say whether anything was found."""
        return bool(self.records or self.runs or self._tails)

    def expect(self, width: int) -> None:
        """Expect records with so many values on the pages that come."""
        self.widths.add(width)
        self._fewest = min(self.widths)

    def on_page(self, number: int, page: bytes) -> None:
        """Look at a leaf page of a table that is in use: at its gap and its free blocks."""
        start = 100 if number == 1 else 0
        if self.full:
            return
        first_block, _count, content = struct.unpack_from(">HHH", page, start + 1)
        gap = pointers_end(page, number), min(content or len(page), self._pages.usable)
        if page[slice(*gap)].strip(b"\0"):
            self._gap(number, page, *gap)
        at = first_block
        while at and at + OVERWRITTEN <= self._pages.usable:
            following, size = struct.unpack_from(">HH", page, at)
            self._block(number, page, at, size)
            # Free blocks lie in rising order; anything else is a loop.
            at = following if following > at else 0

    def on_free_pages(self) -> int:
        """Look at the pages on the free list; gives how many are listed."""
        found, seen = 0, set[int]()
        trunk = self._pages.header.first_trunk
        while trunk and trunk not in seen:
            seen.add(trunk)
            try:
                page = self._pages.page(trunk)
            except Broken:
                break
            following, count = struct.unpack_from(">II", page)
            count = min(count, self._pages.usable // 4 - 2)
            self._gap(trunk, page, _PLACE + 4 * count, self._pages.usable)
            for number in struct.unpack_from(f">{count}I", page, _PLACE):
                if number not in seen:
                    seen.add(number)
                    self._free(number)
            found += 1 + count
            trunk = following
        return found

    def still_there(self, rowid: int, record: bytes) -> None:
        """Drop what equals a record that is in a table."""
        self.records.pop((rowid, record), None)
        before = _varint_length(len(record)) + _varint_length(rowid)
        if self._tails and before <= _LONGEST_BEFORE:
            self._tails.pop(record[OVERWRITTEN - before :], None)

    def settle(self) -> None:
        """Give the ends of records their headers, once all records were compared."""
        for tail, place in self._tails.items():
            record = restored(tail, self.widths)
            if record is not None:
                self.stumps[place] = record
        self._tails.clear()

    def _free(self, number: int) -> None:
        """Look at a page that is free: if it was a leaf of a table, its records are whole."""
        try:
            page = self._pages.page(number)
        except Broken:
            return
        if page[0] != TABLE_LEAF or not self._leaf(number, page):
            self._runs(number, page, 0, len(page))

    def _leaf(self, number: int, page: bytes) -> bool:
        """Keep the records of a free page; says whether there were any."""
        found = False
        try:
            for at in cell_places(page, number):
                found = self._record(number, page, at) > 0 or found
        except Broken:
            return found
        return found

    def _gap(self, number: int, page: bytes, at: int, end: int, *, is_block: bool = False) -> None:
        """Look for records in the gap of a page, or in a free block, which begins with the end of one."""
        self._looked_at += end - at
        self.full = self.full or self._looked_at > _MOST_LOOKED_AT
        begun, keep = at, self._rest if is_block else self._runs
        while at < end and not self.full:
            length = self._record(number, page, at, self.widths) if self._may_begin(page, at, end) else 0
            if length:
                keep(number, page, begun, at)
                keep, begun = self._runs, at + length
                at = begun
            else:
                at += 1
        keep(number, page, begun, end)

    def _rest(self, number: int, page: bytes, start: int, end: int) -> None:
        """Keep what lies before a whole record: the end of another one, or runs."""
        tail = page[start:end]
        if not tail.strip(b"\0"):
            return
        if len(tail) > _LONGEST_TAIL or restored(tail, self.widths) is None:
            self._runs(number, page, start, end)
        elif self._has_room(len(tail)):
            self._tails[tail] = number, start - OVERWRITTEN

    def _may_begin(self, page: bytes, at: int, end: int) -> bool:
        """Tell quickly whether a record could begin here: behind two numbers stands the size of its header."""
        last = min(at + _LONGEST_NUMBERS, end - 1)
        for _number in range(2):
            while at < last and page[at] & _MORE:
                at += 1
            at += 1
        return at < end and (page[at] & _MORE > 0 or page[at] > self._fewest)

    def _block(self, number: int, page: bytes, at: int, size: int) -> None:
        """Look at a free block: keep the ends of records by their bytes, look for whole ones in the rest."""
        for start, end in cells_in(page, at, min(at + size, self._pages.usable)):
            tail = page[start + OVERWRITTEN : end]
            if restored(tail, self.widths) is None:
                self._gap(number, page, start + OVERWRITTEN, end, is_block=True)
            else:
                self._rest(number, page, start + OVERWRITTEN, end)

    def _record(self, number: int, page: bytes, at: int, widths: Container[int] | None = None) -> int:
        """Keep a record if there is one at this place: all of its lengths must agree. Gives its length."""
        try:
            length, begin = varint(page, at)
            rowid, begin = varint(page, begin)
            record, end = self._pages.payload(page, begin, length, of_table=True)
            types, values = types_of(record)
            fits = values + sum(map(size_of, types)) == len(record)
        except Broken:
            return 0
        if (
            not fits
            or len(record) < values + _FEWEST_TOLD
            or (widths is not None and len(types) not in widths)
        ):
            return 0
        if self._has_room(len(record)):
            self.records.setdefault((signed(rowid), record), (number, at))
        return end - at

    def _runs(self, number: int, data: bytes, start: int, end: int) -> None:
        """Keep runs of readable signs."""
        for untrusted, at in self._readable(data[start:end]):
            if self._has_room(len(untrusted)):
                self.runs[number, start + at] = untrusted

    def _readable(self, data: bytes) -> Iterator[tuple[str, int]]:
        if self._texts.encoding == "utf-8":
            for found in _RUN.finditer(data):
                if len(found.group()) >= _SHORTEST and found.group().strip():
                    yield found.group().decode("utf-8", "replace"), found.start()

    def _has_room(self, more: int) -> bool:
        """Count what is kept against a bound of our own."""
        self._size += more
        kept = len(self.records) + len(self.runs) + len(self._tails)
        self.full = self.full or self._size > _MOST_BYTES or kept >= _MOST
        return not self.full


def _varint_length(value: int) -> int:
    """Give how many bytes a number takes as it is stored."""
    return 9 if value < 0 or value >= 1 << 56 else max((value.bit_length() + 6) // 7, 1)
