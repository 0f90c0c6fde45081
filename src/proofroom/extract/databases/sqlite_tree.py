"""Walk the trees of an SQLite file: the records of a table, in the order of their row ids or keys.

A page that is broken, or lies in two places, costs what hangs on it and nothing else; it is counted.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from typing import Final

from proofroom.extract.databases.sqlite_pages import HEADER, Broken, Pages, signed, varint

TABLE_LEAF: Final = 13
_TABLE_INNER: Final = 5
_INDEX_LEAF, _INDEX_INNER = 10, 2
_INNER: Final = (_TABLE_INNER, _INDEX_INNER)
_INDEX: Final = (_INDEX_LEAF, _INDEX_INNER)
_KINDS: Final = (TABLE_LEAF, _TABLE_INNER, *_INDEX)

Record = tuple[int, bytes]
"""A row id and the record; a table without row ids has 0 for all."""


class Trees:
    """Walks trees; `damage` counts the pages and cells that could not be read."""

    def __init__(self, pages: Pages) -> None:
        """Walk in these pages."""
        self.pages = pages
        self.damage = 0
        self.seen = bytearray(pages.count + 1)

    def is_index(self, root: int) -> bool:
        """Tell whether a root is that of an index, as of a table without row ids; of a broken one it is not."""
        try:
            return self.pages.page(root)[_start(root)] in _INDEX
        except Broken:
            return False

    def records(self, root: int, visit: Callable[[int, bytes], None] | None = None) -> Iterator[Record]:
        """Give the records of a tree in order; `visit` sees each leaf page of a table on the way."""
        waiting: list[int | Record] = [root]
        while waiting:
            number = waiting.pop()
            if isinstance(number, tuple):
                yield number
                continue
            try:
                page, kind = self._fresh(number)
                if kind in _INNER:
                    waiting += reversed(self._inside(number, page))
                    continue
            except Broken:
                self.damage += 1
                continue
            if visit is not None and kind == TABLE_LEAF:
                visit(number, page)
            yield from self._leaf(number, page, of_table=kind == TABLE_LEAF)

    def forget(self) -> None:
        """Let pages be walked again."""
        self.seen = bytearray(len(self.seen))

    def _fresh(self, number: int) -> tuple[bytes, int]:
        """Give a page of a tree that was not walked before, and its kind; raises Broken otherwise."""
        page = self.pages.page(number)
        kind = page[_start(number)]
        if self.seen[number] or kind not in _KINDS:
            raise Broken
        self.seen[number] = 1
        return page, kind

    def _inside(self, number: int, page: bytes) -> list[int | Record]:
        """Give what hangs on an inner page, in order; an index has records between its pages."""
        start = _start(number)
        of_table = page[start] == _TABLE_INNER
        found: list[int | Record] = []
        for at in cell_places(page, number):
            try:
                (left,) = struct.unpack_from(">I", page, at)
                found.append(left)
                if not of_table:
                    length, begin = varint(page, at + 4)
                    found.append((0, self.pages.payload(page, begin, length, of_table=False)[0]))
            except (Broken, struct.error):
                self.damage += 1
        (right,) = struct.unpack_from(">I", page, start + 8)
        found.append(right)
        return found

    def _leaf(self, number: int, page: bytes, *, of_table: bool) -> Iterator[Record]:
        """Give the records of a leaf page."""
        try:
            places = cell_places(page, number)
        except Broken:
            self.damage += 1
            return
        for at in places:
            try:
                length, begin = varint(page, at)
                row = 0
                if of_table:
                    row, begin = varint(page, begin)
                record = self.pages.payload(page, begin, length, of_table=of_table)[0]
            except Broken:
                self.damage += 1
                continue
            yield signed(row), record


def _start(number: int) -> int:
    """Give where a page's own header begins: on the first page behind that of the file."""
    return HEADER if number == 1 else 0


def cell_places(page: bytes, number: int) -> tuple[int, ...]:
    """Give where the cells of a page begin, in their order, as far as they lie on it; raises Broken."""
    start = _start(number)
    (count,) = struct.unpack_from(">H", page, start + 3)
    at = pointers_end(page, number) - 2 * count
    if at + 2 * count > len(page):
        raise Broken
    return struct.unpack_from(f">{count}H", page, at)


def pointers_end(page: bytes, number: int) -> int:
    """Give where the list of a page's cells ends."""
    start = _start(number)
    (count,) = struct.unpack_from(">H", page, start + 3)
    return start + (12 if page[start] in _INNER else 8) + 2 * int(count)
