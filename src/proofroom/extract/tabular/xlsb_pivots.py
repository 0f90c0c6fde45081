"""Read the pivot caches of an .xlsb: the source values of pivot tables (MS-XLSB 2.1.7.38, 2.1.7.39)."""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from proofroom.extract.format import Sink
from proofroom.extract.markup.batches import LineBatch
from proofroom.extract.ooxml.package import Package
from proofroom.extract.ooxml.relationships import relationships
from proofroom.extract.tabular.biff_values import BOOLEANS, DOUBLE, error_text
from proofroom.extract.tabular.cell_columns import number_text
from proofroom.extract.tabular.pivot_cache import Field, PivotCache
from proofroom.extract.tabular.xlsb_book import XlsbBook
from proofroom.extract.tabular.xlsb_records import part_records, wide_text
from proofroom.model.states import Reason

_FIELD, _LISTED, _END_LISTED, _RUN, _GROUP, _END_GROUP = 183, 189, 190, 191, 219, 220
_PACKED, _ROW, _INDEX = 33, 34, 26
_FROM_SOURCE: Final = 4
_DATES, _TEXTS, _NUMBERS = 4, 8, 0x40
_FIELD_NAME: Final = 20
_Read = Callable[[bytes, int], tuple[str, int]]


def send_xlsb_pivots(package: Package, book: XlsbBook, sink: Sink) -> None:
    """Send the values of every pivot cache of the workbook."""
    with LineBatch(sink) as lines:
        for number, relation in enumerate(book.pivots, 1):
            part = book.part_of(relation)
            cache = _Cache(PivotCache(number, lines))
            try:
                for kind, data in part_records(package, part, sink.partly):
                    cache.define(kind, data)
                for arrow in relationships(package, part, sink.partly) if part else ():
                    if arrow.kind == "pivotCacheRecords" and not arrow.external:
                        for kind, data in part_records(package, arrow.untrusted_target, sink.partly):
                            cache.record(kind, data)
            except (struct.error, IndexError):
                sink.partly(Reason.DAMAGED_PART)
            cache.finish()


@dataclass(slots=True)
class _Cache:
    """One cache while it is read."""

    given: PivotCache
    _listing: bool = False
    _grouping: bool = False
    _kinds: list[int] = field(default_factory=list)
    _row: list[str] | None = None

    def define(self, kind: int, data: bytes) -> None:
        """Take one record of the cache's definition."""
        fields = self.given.fields
        if kind == _FIELD:
            (flags,) = struct.unpack_from("<H", data)
            fields.append(Field(wide_text(data, _FIELD_NAME)[0], in_rows=bool(flags & _FROM_SOURCE)))
            self._kinds.append(0)
        elif kind == _LISTED and fields:
            self._listing = True
            (self._kinds[-1],) = struct.unpack_from("<H", data)
        elif kind in (_GROUP, _END_GROUP):
            self._grouping = kind == _GROUP
        elif kind == _END_LISTED:
            self._listing = False
        elif self._listing and not self._grouping:
            if kind == _RUN:
                fields[-1].items += _run(data)
            elif kind in _VALUES:
                fields[-1].items.append(_VALUES[kind](data, 0)[0])

    def record(self, kind: int, data: bytes) -> None:
        """Take one record of the cache's rows: a whole row, or one value of the row that was begun."""
        self.given.begin()
        if kind == _PACKED:
            self.given.row(self._packed(data))
        elif kind == _ROW:
            self._end_row()
            self._row = []
        elif self._row is not None and kind == _INDEX:
            (item,) = struct.unpack_from("<I", data)
            waiting = self._in_rows()
            self._row.append(waiting[len(self._row)].use(item))
        elif self._row is not None and kind in _VALUES:
            self._row.append(_VALUES[kind](data, 0)[0])

    def finish(self) -> None:
        """Send what is left."""
        self._end_row()
        self.given.finish()

    def _end_row(self) -> None:
        if self._row:
            self.given.row(self._row)
        self._row = None

    def _in_rows(self) -> list[Field]:
        return [one for one in self.given.fields if one.in_rows]

    def _packed(self, data: bytes) -> list[str]:
        """Read a row whose values stand without heads: their fields say what they are."""
        row, at = [], 0
        for one, flags in zip(self.given.fields, self._kinds, strict=True):
            if not one.in_rows:
                continue
            if one.items:
                row.append(one.use(struct.unpack_from("<I", data, at)[0]))
                at += 4
            else:
                text, at = _reader(flags)(data, at)
                row.append(text)
        return row


def _reader(flags: int) -> _Read:
    """Choose how the values of a field are stored that are not listed."""
    if flags & _DATES and not flags & _TEXTS:
        return _time
    return _text if flags & _TEXTS and not flags & (_NUMBERS | _DATES) else _number


def _nothing(_data: bytes, at: int) -> tuple[str, int]:
    return "", at


def _number(data: bytes, at: int) -> tuple[str, int]:
    return number_text(DOUBLE.unpack_from(data, at)[0]).decode(), at + 8


def _boolean(data: bytes, at: int) -> tuple[str, int]:
    return BOOLEANS[data[at] != 0].decode(), at + 1


def _error(data: bytes, at: int) -> tuple[str, int]:
    return error_text(data[at]).decode(), at + 1


def _text(data: bytes, at: int) -> tuple[str, int]:
    return wide_text(data, at)


def _time(data: bytes, at: int) -> tuple[str, int]:
    year, month, day, hour, minute, second = struct.unpack_from("<HHBBBB", data, at)
    return f"{year:04d}-{month:02d}-{day:02d}T{hour:02d}:{minute:02d}:{second:02d}", at + 8


def _run(data: bytes) -> list[str]:
    """Read values of one kind that are stored together."""
    kind, count = struct.unpack_from("<HI", data)
    read = {1: _number, 2: _text, 0x10: _error, 0x20: _time}.get(kind)
    if read is None:
        raise struct.error
    items, at = [], 6
    for _ in range(min(count, len(data))):
        text, at = read(data, at)
        items.append(text)
    return items


_VALUES: Final[dict[int, _Read]] = {
    20: _nothing, 21: _number, 22: _boolean, 23: _error, 24: _text, 25: _time,
    27: _nothing, 28: _number, 29: _boolean, 30: _error, 31: _text, 32: _time,
}  # fmt: skip
