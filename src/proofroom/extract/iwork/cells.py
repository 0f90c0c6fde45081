"""Read the cells of a row as Numbers keeps them: a head, flags, and one value for each flag."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Final

from proofroom.extract.iwork.messages import Message
from proofroom.extract.iwork.snappy import Broken
from proofroom.model.evidence import CellType

_VERSION: Final = 5
_HEAD: Final = 12
_SINCE: Final = datetime(2001, 1, 1, tzinfo=UTC)
_DECIMAL, _DOUBLE, _SECONDS, _TEXT, _RICH, _FORMULA, _ERROR, _COMMENT = (
    1,
    2,
    4,
    8,
    0x10,
    0x200,
    0x800,
    0x80000,
)
_WIDTHS: Final = {_DECIMAL: 16, _DOUBLE: 8, _SECONDS: 8}
_EXPONENT: Final = 0x1820
_KINDS: Final = {
    2: CellType.NUMBER,
    3: CellType.STRING,
    5: CellType.DATE,
    6: CellType.BOOLEAN,
    7: CellType.DURATION,
    8: CellType.ERROR,
    9: CellType.STRING,
    10: CellType.NUMBER,
}
_LARGEST_EXPONENT: Final = 40
_FARTHEST: Final = 1e11


@dataclass(slots=True)
class StoredCell:
    """A cell: its column from 1, its kind, and its value or where that stands (keys of lists of the table)."""

    column: int
    kind: CellType
    value: str = ""
    text: int = 0
    rich: int = 0
    formula: int = 0
    comment: int = 0


def row_cells(row: Message) -> list[StoredCell]:
    """Give the cells of one row; raises Broken where one cannot be read."""
    data, places = row.raw(6), row.raw(7)
    unit = 4 if row.number(8) else 1
    if not data:
        # As documents before 2018 keep them; later ones may keep both.
        data, places, unit = row.raw(3), row.raw(4), 1
    cells: list[StoredCell] = []
    for column, (place,) in enumerate(struct.iter_unpack("<h", places[: len(places) & ~1]), 1):
        if place >= 0:
            cells.append(_cell(data, place * unit, column))
    return cells


def _older_cell(data: bytes, at: int, column: int) -> StoredCell:
    """Read a cell as it was kept from 2013 to 2017: its values stand behind those that only say how it looks."""
    later = data[at] > 1
    kind = _KINDS.get(data[at + 2], CellType.EMPTY)
    flags = int.from_bytes(data[at + 4 : at + 8], "little")
    at += (12 if later else 8) + 4 * (flags & (0x0D8E if later else 0x018E)).bit_count()
    values: dict[int, bytes] = {}
    for flag, meaning, width in (
        (0x200, _RICH, 4),
        (0x1000, 0, 4),
        (0x2000 if later else 0, 0, 4),
        (0x10, _TEXT, 4),
        (0x20, _DOUBLE, 8),
        (0x40, _SECONDS, 8),
    ):
        if flags & flag:
            values[meaning] = data[at : at + width]
            if len(values[meaning]) != width:
                raise Broken
            at += width
    text, rich = (int.from_bytes(values.get(flag, b""), "little") for flag in (_TEXT, _RICH))
    return StoredCell(column, kind, _value(kind, values), text, rich)


def _cell(data: bytes, at: int, column: int) -> StoredCell:
    if at + _HEAD > len(data) or data[at] > _VERSION:
        raise Broken
    if data[at] < _VERSION:
        return _older_cell(data, at, column)
    kind = _KINDS.get(data[at + 1], CellType.EMPTY)
    flags = int.from_bytes(data[at + 8 : at + 12], "little")
    at += _HEAD
    values: dict[int, bytes] = {}
    for bit in range(21):
        flag = 1 << bit
        if flags & flag:
            width = _WIDTHS.get(flag, 4)
            values[flag] = data[at : at + width]
            if len(values[flag]) != width:
                raise Broken
            at += width
    keys = {
        flag: int.from_bytes(values.get(flag, b""), "little") for flag in (_TEXT, _RICH, _FORMULA, _COMMENT)
    }
    value = _value(kind, values)
    return StoredCell(column, kind, value, keys[_TEXT], keys[_RICH], keys[_FORMULA], keys[_COMMENT])


def _value(kind: CellType, values: dict[int, bytes]) -> str:
    """Write the value that a cell holds itself."""
    double = _double(values.get(_DOUBLE, b""))
    if kind is CellType.NUMBER:
        return _decimal(values[_DECIMAL]) if _DECIMAL in values else _short(double)
    if kind is CellType.BOOLEAN:
        return "TRUE" if double else "FALSE"
    if kind is CellType.DATE:
        seconds = _double(values.get(_SECONDS, b""))
        if not abs(seconds) < _FARTHEST:
            return str(seconds)
        try:
            return (_SINCE + timedelta(seconds=seconds)).replace(tzinfo=None).isoformat(timespec="seconds")
        except OverflowError:
            return str(seconds)
    if kind is CellType.DURATION:
        return f"PT{_short(double)}S"
    return "#ERROR" if kind is CellType.ERROR else ""


def _double(data: bytes) -> float:
    return float(struct.unpack("<d", data)[0]) if len(data) == 8 else 0.0


def _short(number: float) -> str:
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)


def _decimal(data: bytes) -> str:
    """Write a decimal number of 128 bits, exactly."""
    exponent = ((data[15] & 0x7F) << 7 | data[14] >> 1) - _EXPONENT
    digits = int.from_bytes(data[:14] + bytes((data[14] & 1,)), "little")
    number = Decimal((data[15] >> 7, tuple(map(int, str(digits))), exponent))
    if abs(exponent) > _LARGEST_EXPONENT:
        return str(number)
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
