"""Read the piece table of a Word document (MS-DOC 2.8.35, 2.9.38): in which order its bytes make its text."""

from __future__ import annotations

import re
import struct
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from proofroom.extract.ole.word_sprms import NO_CHANGE, Change
from proofroom.extract.ole.word_tables import WordFile, positions

_TABLE: Final = 2
_CHANGES: Final = 1
_COMPRESSED: Final = 0x40000000
_LATIN: Final = re.compile(rb"[\x07\x09-\x15\x1e-\x7e\x91-\x97]{24,}")
_HIGH: Final = frozenset((0x00, 0x04, 0x06, 0x20, 0x30, 0xFF, *range(0x4E, 0xA0)))


@dataclass(frozen=True, slots=True)
class Piece:
    """Characters from `start` to `end` of the text stand at byte `at`, two bytes each where `wide`."""

    start: int
    end: int
    at: int
    wide: bool
    change: Change = NO_CHANGE

    def place(self, position: int) -> int:
        """Give the byte at which a character of the piece stands."""
        return self.at + (position - self.start) * (2 if self.wide else 1)

    @property
    def until(self) -> int:
        """The byte behind its last character."""
        return self.place(self.end)


class Pieces:
    """The pieces of one document in the order of its text."""

    def __init__(self, word: WordFile, found: list[Piece]) -> None:
        """Keep the pieces; use `read_pieces`."""
        self.all = found
        self._starts = [piece.start for piece in found]
        self._main = word.main
        self._codec = word.codec

    def between(self, start: int, end: int) -> Iterator[Piece]:
        """Give the pieces, cut to the characters from `start` to `end`."""
        for piece in self.all[max(bisect_right(self._starts, start) - 1, 0) :]:
            first, last = max(piece.start, start), min(piece.end, end)
            if piece.start >= end:
                return
            if first < last:
                yield Piece(first, last, piece.place(first), piece.wide, piece.change)

    def text(self, piece: Piece, codec: str = "") -> str:
        """Decode a piece; bytes that are not there are missing."""
        raw = self._main[piece.at : piece.until]
        return raw.decode("utf-16-le" if piece.wide else codec or self._codec, "replace")

    def find(self, position: int) -> Piece | None:
        """Give the piece in which a character stands."""
        place = bisect_right(self._starts, position) - 1
        if place < 0 or position >= self.all[place].end:
            return None
        return self.all[place]


def read_pieces(word: WordFile) -> Pieces:
    """Read the piece table, or make one where the text stands in one run as Word 6 and 95 keep it."""
    found = list(_of_table(word)) if not word.fib.old or word.fib.complex else []
    return Pieces(word, found or _in_one_run(word))


def _in_one_run(word: WordFile) -> list[Piece]:
    """Take the text as it stands between the two places that the block names."""
    fib = word.fib
    start, end = fib.text_start, max(min(fib.text_end, len(word.main)), fib.text_start)
    if not fib.old:
        return list(_guessed(word.main, start, end))
    count = (end - start) // (2 if fib.wide else 1)
    return [Piece(0, count, start, fib.wide)] if count else []


def _guessed(data: bytes, start: int, end: int) -> Iterator[Piece]:
    """Divide text whose list of pieces is lost: long runs of Latin letters have one byte a character."""
    stretches: list[tuple[int, int, bool]] = []
    at = start
    for found in _LATIN.finditer(data, start, end):
        stretches += [(at, found.start(), _looks_wide(data[at : found.start()])), (*found.span(), False)]
        at = found.end()
    stretches.append((at, end, _looks_wide(data[at:end])))
    position = 0
    for first, last, wide in stretches:
        count = (last - first) // (2 if wide else 1)
        if count:
            yield Piece(position, position + count, first, wide)
            position += count


def _looks_wide(data: bytes) -> bool:
    """Tell whether bytes are text of two bytes a character: the second ones are mostly NUL or those of Han."""
    high = data[1:8192:2]
    return bool(high) and sum(byte in _HIGH for byte in high) * 5 > len(high) * 3


def _of_table(word: WordFile) -> Iterator[Piece]:
    """Give the pieces of the table, each where the one before it ends or later."""
    changes, table = _split(word.part("pieces"))
    places, lines = positions(table, 8)
    before = 0
    for number, line in enumerate(lines):
        start, end = max(places[number], before), places[number + 1]
        at, change = struct.unpack_from("<IH", line, 2)
        wide, eight = word.fib.wide, word.fib.old
        if not eight:
            wide = not at & _COMPRESSED
            at = at & ~_COMPRESSED if wide else (at & ~_COMPRESSED) // 2
        if at >= len(word.main) or end <= start:
            continue
        end = min(end, start + (len(word.main) - at) // (2 if wide else 1))
        before = end
        yield Piece(start, end, at, wide, _change(change, changes))


def _split(data: bytes) -> tuple[list[bytes], bytes]:
    """Divide the table into changes of properties and the list of pieces."""
    changes: list[bytes] = []
    at = 0
    while at + 3 <= len(data) and data[at] == _CHANGES:
        size = struct.unpack_from("<H", data, at + 1)[0]
        changes.append(data[at + 3 : at + 3 + size])
        at += 3 + size
    if at + 5 > len(data) or data[at] != _TABLE:
        return changes, b""
    return changes, data[at + 5 : at + 5 + struct.unpack_from("<I", data, at + 1)[0]]


def _change(packed: int, changes: list[bytes]) -> Change:
    """Give what a piece changes of the properties below it: one sprm by its old number, or a list."""
    if packed & 1:
        return Change(changes[packed >> 1], old=False) if packed >> 1 < len(changes) else NO_CHANGE
    return Change(bytes((packed >> 1 & 0x7F, packed >> 8)), old=True) if packed else NO_CHANGE
