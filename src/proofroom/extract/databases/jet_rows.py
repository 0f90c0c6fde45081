"""The rows of a table in an Access database: on its pages, moved to others, deleted; with their long values."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final

from proofroom.extract.databases.blobs import File
from proofroom.extract.databases.jet_objects import ole_object
from proofroom.extract.databases.jet_pages import DELETED, ELSEWHERE, Broken, Pages, pointer
from proofroom.extract.databases.jet_tables import JetColumn, JetTable
from proofroom.extract.databases.jet_values import BOOLEAN, MEMO, OLE, TEXT, text_of, value_of
from proofroom.extract.databases.table_sheet import Value

_LONG_HEAD: Final = 12
_INLINE, _ONE_ROW = 0x80000000, 0x40000000
_LENGTH: Final = 0x3FFFFFFF
_POINTER: Final = 4
_MOST_MOVES: Final = 16


class Rows:
    """Reads the rows of tables; `damage` counts those that could not be read."""

    def __init__(self, pages: Pages, encoding: str) -> None:
        """Read from these pages; texts of single bytes are in that encoding."""
        self.damage = 0
        self._pages = pages
        self._encoding = encoding
        self._jet3 = pages.header.is_jet3

    def living(
        self, table: JetTable, numbers: list[int], moved: set[tuple[int, int]]
    ) -> Iterator[list[Value]]:
        """Give the rows on pages that are not deleted; remembers where moved ones lie."""
        for number in numbers:
            try:
                page = self._pages.page(number)
                places = self._pages.places(page)
            except Broken:
                self.damage += 1
                continue
            for at, place in enumerate(places):
                if place & DELETED:
                    continue
                try:
                    start, end = self._pages.span(places, at)
                    row = page[start:end]
                    yield self.fields(table, self._moved(row, moved) if place & ELSEWHERE else row)
                except Broken:
                    self.damage += 1

    def deleted(
        self, table: JetTable, numbers: list[int], moved: set[tuple[int, int]]
    ) -> Iterator[list[Value]]:
        """Give the rows on pages that are deleted and can still be read; what is none of them is no damage."""
        for number in numbers:
            try:
                page = self._pages.page(number)
                places = self._pages.places(page)
            except Broken:
                continue
            for at, place in enumerate(places):
                if not place & DELETED or place & ELSEWHERE or (number, at) in moved:
                    continue
                try:
                    start, end = self._pages.span(places, at)
                    values = self.fields(table, page[start:end])
                except Broken:
                    continue
                if any(value not in (None, False) for value in values):
                    yield values

    def _moved(self, row: bytes, moved: set[tuple[int, int]]) -> bytes:
        """Follow a row to the page on which it really lies."""
        for _ in range(_MOST_MOVES):
            if len(row) < _POINTER:
                raise Broken
            number, at = pointer(int.from_bytes(row[:_POINTER], "little"))
            moved.add((number, at))
            page = self._pages.page(number)
            places = self._pages.places(page)
            start, end = self._pages.span(places, at)
            row = page[start:end]
            if not places[at] & ELSEWHERE:
                return row
        raise Broken

    def fields(self, table: JetTable, row: bytes) -> list[Value]:
        """Take a row apart; raises Broken."""
        head = 1 if self._jet3 else 2
        if len(row) < head + 1:
            raise Broken
        count = int.from_bytes(row[:head], "little")
        mask_at = len(row) - (count + 7) // 8
        if mask_at < head or not 0 < count <= table.most_columns:
            raise Broken
        mask = int.from_bytes(row[mask_at:], "little")
        offsets = self._offsets(row, mask_at) if table.variable_columns else []
        return [self._field(column, row, count, mask, offsets) for column in table.columns]

    def _field(self, column: JetColumn, row: bytes, count: int, mask: int, offsets: list[int]) -> Value:
        """Give one field of a row."""
        is_set = column.number < count and bool(mask >> column.number & 1)
        if column.kind == BOOLEAN:
            return is_set
        if not is_set:
            return None
        if column.is_fixed:
            start = column.fixed_at + (1 if self._jet3 else 2)
            end = start + column.length
        elif column.variable + 1 < len(offsets):
            start, end = offsets[column.variable], offsets[column.variable + 1]
        else:
            return None
        if not 0 <= start <= end <= len(row):
            raise Broken
        data = row[start:end]
        if column.kind == TEXT:
            return text_of(data, self._encoding)
        if column.kind in (MEMO, OLE):
            long = self._long(data)
            return text_of(long, self._encoding) if column.kind == MEMO else self._object(long)
        return value_of(column.kind, column.scale, data)

    @staticmethod
    def _object(data: bytes) -> Value:
        """Give the file in an OLE field without its wrapping."""
        found = ole_object(data)
        return File(found.data, found.untrusted_name) if found is not None else data or None

    def _offsets(self, row: bytes, mask_at: int) -> list[int]:
        """Give where the fields of variable length begin, and where the last one ends."""
        if self._jet3:
            return self._offsets_jet3(row, mask_at)
        (count,) = struct.unpack_from("<H", row, mask_at - 2)
        start = mask_at - 2 - 2 * (count + 1)
        if start < 0:
            raise Broken
        return list(reversed(struct.unpack_from(f"<{count + 1}H", row, start)))

    @staticmethod
    def _offsets_jet3(row: bytes, mask_at: int) -> list[int]:
        """Give them as Access 97 keeps them: of one byte each, with a list of where they pass 256."""
        count = row[mask_at - 1]
        jumps = (len(row) - 1) // 256
        first = mask_at - 1 - jumps - 1
        if jumps and (first - count) // 256 < jumps:
            jumps -= 1
        if first - count < 0:
            raise Broken
        used, offsets = 0, []
        for place in range(count + 1):
            while used < jumps and row[mask_at - 2 - used] == place:
                used += 1
            offsets.append(row[first - place] + used * 256)
        return offsets

    def _long(self, data: bytes) -> bytes:
        """Give a long value, which may lie on pages of its own."""
        if len(data) < _LONG_HEAD:
            raise Broken
        length, place = struct.unpack_from("<II", data)
        if length & _INLINE:
            return data[_LONG_HEAD : _LONG_HEAD + (length & _LENGTH)]
        if length & _ONE_ROW:
            return self._pages.row(*pointer(place))[: length & _LENGTH]
        left, parts = length & _LENGTH, list[bytes]()
        while left > 0:
            row = self._pages.row(*pointer(place))
            part = row[_POINTER : _POINTER + left]
            if not part:
                raise Broken
            parts.append(part)
            left -= len(part)
            place = int.from_bytes(row[:_POINTER], "little")
        return b"".join(parts)
