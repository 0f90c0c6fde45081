"""Read lists of property changes (sprms, MS-DOC 2.6): what is hidden, deleted, inserted, a symbol, in a table.

Word 6 and 95 number them with one byte and Word 97 with two; the old numbers that matter here are given as
the new ones. A list that breaks off, or holds an old number whose length nobody knows, ends there.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Final, NamedTuple

_SIZES: Final = (1, 1, 2, 4, 2, 2, 0, 3)
_TABS: Final = (0xC615, 23)
_LONG_TABLES: Final = (0xD608, 0xD606, 190, 188)
_OLD_WIDTHS: Final[dict[int, int]] = (
    dict.fromkeys((*range(4, 12), 13, 14, 24, 25, 29, 37, 44, 50, 51), 1)
    | dict.fromkeys(
        (2, 16, 17, 18, 19, 21, 22, 26, 27, 28, *range(30, 37), *range(38, 44), *range(45, 50)), 2
    )
    | {20: 4, 52: 0, 65: 1, 66: 1, 67: 1, 69: 2, 70: 4, 71: 1, 72: 2, 73: 3, 75: 1, 80: 2, 83: 0, 84: 0}
    | dict.fromkeys((*range(85, 93), 94, 98, 99, 100, 101, 102, 104, 117, 118), 1)
    | {93: 2, 95: 3, 96: 2, 97: 2, 107: 2, 109: 2, 110: 2, 111: 1, 112: 1, 113: 2, 114: 2, 115: 2, 116: 2}
    | {182: 2, 183: 2, 184: 2, 185: 1, 186: 1, 189: 2, 191: 1}
)
_OLD_LISTS: Final = (3, 12, 15, 23, 68, 74, 81, 82, 103, 105, 106, 108, 120, 187, 188, 190)
_NEW_NUMBER: Final = {
    12: 0x260A, 24: 0x2416, 25: 0x2417, 65: 0x0800, 66: 0x0801, 67: 0x0802, 68: 0x6A03, 69: 0x4804, 70: 0x6805,
    71: 0x0806, 74: 0x6A09, 75: 0x080A, 80: 0x4A30, 83: 0x2A33, 92: 0x083C, 93: 0x4A4F, 117: 0x0855, 118: 0x0856,
}  # fmt: skip
_FLAGS: Final = {
    0x0800: "deleted", 0x0801: "inserted", 0x0855: "special", 0x0856: "is_object", 0x080A: "is_object",
    0x0806: "is_data",
}  # fmt: skip
_NUMBERS: Final = {0x4A30: "style", 0x4A4F: "font", 0x6A03: "picture"}
_OF_PIECE: Final = 12
_AS_STYLE: Final = 0x80
_OPPOSITE: Final = 0x81


class Change(NamedTuple):
    """A list of property changes in one of the two numberings."""

    sprms: bytes
    old: bool


NO_CHANGE: Final = Change(b"", old=False)


@dataclass(frozen=True, slots=True)
class Look:
    """The properties of characters that matter here. hidden: 0, 1, or as the style says (0x80, 0x81)."""

    hidden: int = _AS_STYLE
    style: int = -1
    font: int = -1
    deleted: bool = False
    inserted: bool = False
    special: bool = False
    is_object: bool = False
    is_data: bool = False
    symbol: str = ""
    picture: int = -1
    deleted_by: tuple[int, int] = (0, 0)
    inserted_by: tuple[int, int] = (0, 0)

    def is_hidden(self, *, by_style: bool) -> bool:
        """Tell whether the characters are hidden, given whether their style hides them."""
        if self.hidden in (_AS_STYLE, _OPPOSITE):
            return by_style is (self.hidden == _AS_STYLE)
        return bool(self.hidden)


@dataclass(frozen=True, slots=True)
class Shape:
    """The properties of a paragraph that matter here; None where only its style may say."""

    style: int = 0
    row_end: bool = False
    inner_cell: bool = False
    inner_row_end: bool = False
    list_use: int | None = None
    level: int | None = None
    elsewhere: int = -1


def sprms(change: Change) -> Iterator[tuple[int, bytes]]:
    """Give each change by its number of Word 97, with its operand."""
    return _old_sprms(change.sprms) if change.old else _new_sprms(change.sprms)


def look(changes: tuple[Change, ...], start: Look) -> Look:
    """Apply changes to the properties of characters."""
    found = start
    for change in changes:
        for code, operand in sprms(change):
            found = _look(found, code, operand)
    return found


def shape(changes: tuple[Change, ...], style: int) -> Shape:
    """Read the properties of a paragraph."""
    found = Shape(style)
    for change in changes:
        for code, operand in sprms(change):
            found = _shape(found, code, operand)
    return found


def _new_sprms(data: bytes) -> Iterator[tuple[int, bytes]]:
    at, end = 0, len(data)
    while at + 2 < end:
        code = data[at] | data[at + 1] << 8
        at += 2
        size = _SIZES[code >> 13]
        if not size:
            size = _list_size(code, data, at)
            at += 1 if code not in _LONG_TABLES else 2
        if at + size > end:
            return
        yield code, data[at : at + size]
        at += size


def _old_sprms(data: bytes) -> Iterator[tuple[int, bytes]]:
    at, end = 0, len(data)
    while at < end:
        code = data[at]
        at += 1
        if code in _OLD_LISTS and not (code == _OF_PIECE and len(data) == 2):
            size = _list_size(code, data, at)
            at += 1 if code not in _LONG_TABLES else 2
        elif code in _OLD_WIDTHS or code == _OF_PIECE:
            size = _OLD_WIDTHS.get(code, 1)
        else:
            return
        if at + size > end:
            return
        if code in _NEW_NUMBER:
            yield _NEW_NUMBER[code], data[at : at + size]
        at += size


def _list_size(code: int, data: bytes, at: int) -> int:
    """Give how long an operand is that says so itself, behind the bytes that say it."""
    if code in _LONG_TABLES:
        return max(int.from_bytes(data[at : at + 2], "little") - 1, 0)
    size = data[at] if at < len(data) else 0
    if code in _TABS and size == 0xFF:
        cleared = data[at + 1] if at + 1 < len(data) else 0
        more = at + 2 + 4 * cleared
        return 2 + 4 * cleared + 3 * (data[more] if more < len(data) else 0)
    return size


def _look(now: Look, code: int, operand: bytes) -> Look:
    """Apply one change to the properties of characters."""
    value = int.from_bytes(operand, "little")
    if code in _FLAGS:
        changed: dict[str, Any] = {_FLAGS[code]: bool(value & 1)}
        return replace(now, **changed)
    if code == 0x083C:
        return replace(now, hidden=value)
    if code in _NUMBERS:
        changed = {_NUMBERS[code]: value}
        return replace(now, **changed)
    if code in (0x4863, 0x6864):
        author, time = now.deleted_by
        return replace(now, deleted_by=(value, time) if code == 0x4863 else (author, value))
    if code in (0x4804, 0x6805):
        author, time = now.inserted_by
        return replace(now, inserted_by=(value, time) if code == 0x4804 else (author, value))
    if code == 0x6A09 and len(operand) >= 3:
        return replace(now, symbol=_symbol(operand))
    if code == 0x2A33:
        return replace(now, hidden=_AS_STYLE)
    return now


def _symbol(operand: bytes) -> str:
    """Give a character of a symbol font: its font, then the character, of one byte in Word 6 and 95."""
    font_and_sign = struct.unpack("<HH", operand) if len(operand) == 4 else (0, 0xF000 | operand[2])
    sign = font_and_sign[1]
    return chr(sign) if not 0xD800 <= sign <= 0xDFFF else ""


def _shape(now: Shape, code: int, operand: bytes) -> Shape:
    """Apply one change to the properties of a paragraph."""
    value = int.from_bytes(operand, "little")
    if code == 0x2417:
        return replace(now, row_end=bool(value))
    if code == 0x244B:
        return replace(now, inner_cell=bool(value))
    if code == 0x244C:
        return replace(now, inner_row_end=bool(value))
    if code == 0x460B:
        return replace(now, list_use=value)
    if code == 0x260A:
        return replace(now, level=value)
    if code in (0x6645, 0x6646):
        return replace(now, elsewhere=value)
    return now
