"""Read the nested items in which packages keep OneNote's objects (MS-FSSHTTPB 2.2.1.5)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from proofroom.extract.onenote.cursor import Broken, Cursor

_DEEPEST: Final = 64
_LONG: Final = 0x7FFF
_SHORT_START, _SHORT_END, _START, _END = 0, 1, 2, 3


@dataclass(frozen=True, slots=True)
class Item:
    """The beginning of an item with its data, or (`ends`) the end of one that holds others."""

    kind: int
    data: bytes
    holds: bool
    ends: bool = False


def items(cursor: Cursor) -> Iterator[Item]:
    """Give the beginnings and ends of items one after the other, to the end of the outermost one."""
    depth = 0
    while cursor.left >= 1:
        item = _item(cursor)
        if item.ends:
            depth -= 1
        elif item.holds:
            depth += 1
        if depth > _DEEPEST:
            raise Broken
        yield item
        if depth <= 0 and item.ends:
            return


def _item(cursor: Cursor) -> Item:
    """Read one head and the data behind it."""
    form = cursor.data[cursor.at] & 3
    if form == _SHORT_END:
        return Item(cursor.number(1) >> 2, b"", holds=False, ends=True)
    if form == _END:
        return Item(cursor.number(2) >> 2, b"", holds=False, ends=True)
    if form == _SHORT_START:
        head = cursor.number(2)
        return Item(head >> 3 & 0x3F, cursor.take(head >> 9), holds=bool(head & 4))
    head = cursor.number(4)
    length = head >> 17
    if length == _LONG:
        length = cursor.compact_number()
    return Item(head >> 3 & 0x3FFF, cursor.take(length), holds=bool(head & 4))
