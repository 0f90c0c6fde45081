"""Read the pivot caches of an .xls workbook (MS-XLS 2.1.7.12): the source values that a pivot table was made from.

A cache keeps them also where the source was deleted, filtered, or lay in a workbook that nobody handed over.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final

from proofroom.extract.format import Sink
from proofroom.extract.markup.batches import LineBatch
from proofroom.extract.ole.streams import Streams
from proofroom.extract.tabular.biff_records import continued, records
from proofroom.extract.tabular.biff_values import BOOLEANS, error_text
from proofroom.extract.tabular.cell_columns import number_text
from proofroom.extract.tabular.pivot_cache import Field, PivotCache
from proofroom.model.states import Reason

_FIELD, _ROW, _TIME = 0xC7, 0xC8, 0xCE
_NUMBER, _BOOLEAN, _ERROR, _WHOLE, _TEXT, _NOTHING = 0xC9, 0xCA, 0xCB, 0xCC, 0xCD, 0xCF
_CACHE: Final = 0xC6
_VALUES: Final = (_NUMBER, _BOOLEAN, _ERROR, _WHOLE, _TEXT, _TIME, _NOTHING)
_ALL_LISTED, _LONG, _CALCULATED, _LISTED_RANGE = 0x01, 0x0200, 0x8000, 0x10
_LARGEST: Final = 256 << 20


def send_pivot_caches(streams: Streams, storage: str, sink: Sink, lines: LineBatch) -> None:
    """Send the values of every pivot cache in a storage."""
    found = streams.find(storage)
    if found is None:
        return
    for number, entry in enumerate(streams.inside(found), 1):
        if not entry.is_stream:
            continue
        data = streams.read(entry, _LARGEST)
        try:
            whole = _send(data, number, lines, sink)
        except (struct.error, IndexError):
            whole = False
        if not whole or len(data) < entry.size:
            sink.partly(Reason.DAMAGED_PART)


def _send(data: bytes, number: int, lines: LineBatch, sink: Sink) -> bool:
    """Send one cache; gives whether it reaches its end."""
    cache = PivotCache(number, lines)
    field: Field | None = None
    waiting: list[int] | None = None
    row: list[str] = []
    for kind, start, end in records(data, 0):
        if kind == _CACHE:
            _send_facts(data[start:end], number, sink)
        elif kind == _FIELD:
            field = _field(data, start, end)
            cache.fields.append(field)
        elif kind == _ROW:
            cache.begin()
            row, waiting = _row(cache, data[start:end])
            if not waiting:
                cache.row(row)
                waiting = []
        elif kind in _VALUES:
            text = _value(data, kind, start, end)
            if waiting:
                row[waiting.pop(0)] = text
                if not waiting:
                    cache.row(row)
            elif waiting is None and field is not None and len(field.items) < field.listed:
                field.items.append(text)
            else:
                row, waiting = _unlisted(cache, text)
        elif kind == 0x0A:
            cache.finish()
            return True
    cache.finish()
    return False


def _unlisted(cache: PivotCache, text: str) -> tuple[list[str], list[int]]:
    """Begin a row of a cache none of whose values are listed."""
    cache.begin()
    row = [""] * len(cache.fields)
    waiting = [place for place, field in enumerate(cache.fields) if field.in_rows and not field.items]
    if not waiting:
        raise struct.error
    row[waiting.pop(0)] = text
    if not waiting:
        cache.row(row)
    return row, waiting


def _row(cache: PivotCache, record: bytes) -> tuple[list[str], list[int]]:
    """Read which of the listed values a row has; gives the row and the fields whose values follow."""
    row, waiting, at = [""] * len(cache.fields), [], 0
    for place, field in enumerate(cache.fields):
        if not field.in_rows:
            continue
        if not field.items:
            waiting.append(place)
            continue
        width = 2 if field.long else 1
        item = int.from_bytes(record[at : at + width], "little")
        at += width
        row[place] = field.use(item)
    if at > len(record):
        raise struct.error
    return row, waiting


def _field(data: bytes, start: int, end: int) -> Field:
    """Read the name of a field and how its values are kept."""
    flags, _, _, unique, _, _, listed = struct.unpack_from("<7H", data, start)
    record = continued(data, start + 14, end)
    (length,) = struct.unpack("<H", record.take(2))
    name = record.characters(length, record.take(1)[0]) if length else ""
    grouped = bool(flags & _LISTED_RANGE) or struct.unpack_from("<H", data, start + 4)[0] != 0xFFFF
    in_rows = not flags & _CALCULATED and (bool(flags & _ALL_LISTED) or not grouped)
    return Field(name, listed=max(listed, unique), long=bool(flags & _LONG), in_rows=in_rows)


def _send_facts(record: bytes, number: int, sink: Sink) -> None:
    """Send how many rows the source had, and who refreshed the cache."""
    if len(record) < 20:
        return
    (rows,) = struct.unpack_from("<I", record)
    sink.meta("ole:pivot-cache", f"{number}: {rows} rows")
    length = struct.unpack_from("<H", record, 18)[0]
    if length and len(record) > 20:
        user = b"".join(_characters(record[20:], length)).decode("utf-16-le", "replace")
        sink.meta("ole:pivot-refreshed-by", user)


def _characters(raw: bytes, length: int) -> Iterator[bytes]:
    if raw[0] & 1:
        yield raw[1 : 1 + 2 * length]
    else:
        yield raw[1 : 1 + length].decode("latin-1").encode("utf-16-le")


def _value(data: bytes, kind: int, start: int, end: int) -> str:
    """Read one value."""
    if kind == _NUMBER:
        return number_text(struct.unpack_from("<d", data, start)[0]).decode()
    if kind == _WHOLE:
        return str(struct.unpack_from("<h", data, start)[0])
    if kind == _BOOLEAN:
        return BOOLEANS[struct.unpack_from("<H", data, start)[0] != 0].decode()
    if kind == _ERROR:
        return error_text(struct.unpack_from("<H", data, start)[0]).decode()
    if kind == _TIME:
        year, month, day, hour, minute, second = struct.unpack_from("<HHBBBB", data, start)
        return f"{year:04d}-{month:02d}-{day:02d}T{hour:02d}:{minute:02d}:{second:02d}"
    if kind == _TEXT:
        record = continued(data, start, end)
        (length,) = struct.unpack("<H", record.take(2))
        return record.characters(length, record.take(1)[0]) if length else ""
    return ""
