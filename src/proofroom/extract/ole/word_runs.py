"""Read the pages of properties in a Word document (MS-DOC 2.9.22, 2.9.55, 2.9.175): which bytes look how."""

from __future__ import annotations

import struct
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from proofroom.extract.ole.word_sprms import Change, Look, Shape, look, shape
from proofroom.extract.ole.word_tables import WordFile, positions

PAGE: Final = 512
_LAST: Final = 511
_MOST_PAGES: Final = 1 << 20
_NUMBER: Final = 0x3FFFFF
_PLAIN: Final = Look()


@dataclass(slots=True)
class Runs:
    """Stretches of bytes, in order and without overlap, each with its properties."""

    starts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    changes: list[bytes] = field(default_factory=list)
    pages: list[int] = field(default_factory=list)

    def find(self, at: int) -> bytes | None:
        """Give the properties of the byte at a place, None where no page speaks of it."""
        place = bisect_right(self.starts, at) - 1
        if place < 0 or at >= self.ends[place]:
            return None
        return self.changes[place]

    def between(self, start: int, end: int) -> Iterator[tuple[int, int, bytes]]:
        """Cut a stretch of bytes where properties change; what no page speaks of has none."""
        place = max(bisect_right(self.starts, start) - 1, 0)
        while start < end:
            while place < len(self.starts) and self.ends[place] <= start:
                place += 1
            if place >= len(self.starts) or self.starts[place] >= end:
                yield start, end, b""
                return
            if self.starts[place] > start:
                yield start, self.starts[place], b""
                start = self.starts[place]
            until = min(self.ends[place], end)
            yield start, until, self.changes[place]
            start = until


class Looks:
    """What the characters and paragraphs of one document look like."""

    def __init__(self, word: WordFile) -> None:
        """Read all pages."""
        self._old = word.fib.old
        self._data = word.data
        self.characters = _runs(word, "characters")
        self.paragraphs = _runs(word, "paragraphs")
        self._looks: dict[tuple[bytes, Change], Look] = {}
        self._shapes: dict[bytes, Shape] = {}

    def look(self, changes: bytes, of_piece: Change) -> Look:
        """Give the properties of characters by their page, and by the piece they stand in."""
        key = (changes, of_piece)
        found = self._looks.get(key)
        if found is None:
            found = look((Change(changes, self._old), of_piece), _PLAIN)
            self._looks[key] = found
        return found

    def shape(self, at: int, of_piece: Change) -> Shape | None:
        """Give the properties of the paragraph whose mark stands at a byte, None where no page says."""
        raw = self.paragraphs.find(at)
        if raw is None:
            return None
        found = self._shapes.get(raw)
        if found is None:
            found = self._shapes[raw] = self._read_shape(raw)
        if of_piece.sprms:
            changed = shape((of_piece,), found.style)
            if changed.row_end:
                return changed
        return found

    def _read_shape(self, raw: bytes) -> Shape:
        """Read a paragraph's properties; those of long rows stand in the stream of pictures."""
        style = int.from_bytes(raw[:2], "little")
        own = Change(raw[2:], self._old)
        found = shape((own,), style)
        if found.elsewhere >= 0:
            size = int.from_bytes(self._data[found.elsewhere : found.elsewhere + 2], "little")
            more = self._data[found.elsewhere + 2 : found.elsewhere + 2 + size]
            found = shape((own, Change(more, old=False)), style)
        return found


def _runs(word: WordFile, kind: str) -> Runs:
    """Read the runs of all pages of one kind, in the order of the bytes they speak of."""
    found: list[tuple[int, int, bytes]] = []
    pages = list(dict.fromkeys(_pages(word, kind)))
    for page in pages[:_MOST_PAGES]:
        data = word.main[page * PAGE : (page + 1) * PAGE]
        if len(data) == PAGE:
            found += _page(data, kind, old=word.fib.old)
    found.sort(key=lambda run: run[0])
    runs = Runs(pages=pages)
    before = 0
    for start, end, changes in found:
        first = max(start, before)
        if end > first:
            runs.starts.append(first)
            runs.ends.append(end)
            runs.changes.append(changes)
            before = end
    return runs


def _pages(word: WordFile, kind: str) -> list[int]:
    """Give the numbers of the pages, of two bytes in Word 6 and 95."""
    width = 2 if word.fib.old else 4
    _, lines = positions(word.part(kind), width)
    return [int.from_bytes(line, "little") & (0xFFFF if word.fib.old else _NUMBER) for line in lines]


def _page(data: bytes, kind: str, *, old: bool) -> Iterator[tuple[int, int, bytes]]:
    """Read one page: places in the text, then a line for each run that says where its properties stand."""
    count = data[_LAST]
    width = 1 if kind == "characters" else 7 if old else 13
    if not count or 4 * (count + 1) + width * count > _LAST:
        return
    places = struct.unpack_from(f"<{count + 1}I", data)
    first = 4 * (count + 1)
    for number in range(count):
        at = 2 * data[first + width * number]
        yield places[number], places[number + 1], _changes(data, at, kind) if at else b""


def _changes(data: bytes, at: int, kind: str) -> bytes:
    """Read the properties of one run; of a paragraph its style stands before them."""
    size = data[at]
    if kind == "characters":
        return data[at + 1 : min(at + 1 + size, _LAST)]
    if size:
        return data[at + 1 : min(at + 2 * size, _LAST)]
    return data[at + 2 : min(at + 2 + 2 * data[min(at + 1, _LAST)], _LAST)]
