"""Hold the streams of one Word document, and read the kinds of tables that Word keeps in them (MS-DOC 2.2)."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from proofroom.extract.ole.word_fib import Fib

_MOST: Final = 1 << 20
_EXTENDED: Final = 0xFFFF


@dataclass(frozen=True, slots=True)
class WordFile:
    """One document: its block, the bytes of its text, of its tables and of its pictures; `codec` of 8-bit texts."""

    fib: Fib
    main: bytes
    table: bytes
    data: bytes
    codec: str

    def part(self, name: str) -> bytes:
        """Give the bytes of one of its tables, as far as they are there."""
        start, size = self.fib.places.get(name, (0, 0))
        return self.table[start : start + size]

    def is_cut(self, name: str) -> bool:
        """Tell whether a table reaches beyond the end of its stream."""
        start, size = self.fib.places.get(name, (0, 0))
        return bool(size) and start + size > len(self.table)

    def from_part(self, name: str) -> bytes:
        """Give what begins with one of its tables and may go on behind it."""
        start, size = self.fib.places.get(name, (0, 0))
        return self.table[start:] if size else b""


def positions(data: bytes, width: int) -> tuple[list[int], list[bytes]]:
    """Read a PLC: places in the text, one more than there are things of `width` bytes between them."""
    count = max(len(data) - 4, 0) // (4 + width)
    if not count:
        return [], []
    places = list(struct.unpack_from(f"<{count + 1}I", data))
    first = 4 * (count + 1)
    return places, [data[first + width * number : first + width * (number + 1)] for number in range(count)]


def texts(data: bytes, codec: str) -> Iterator[tuple[str, bytes]]:
    """Read an STTB: texts with what hangs on each; of one or two bytes a character, as its head says."""
    if len(data) < 4:
        return
    wide = struct.unpack_from("<H", data)[0] == _EXTENDED
    at = 2 if wide else 0
    if len(data) < at + 4:
        return
    count, extra = struct.unpack_from("<HH", data, at)
    at += 4
    for _ in range(min(count, _MOST)):
        if at >= len(data):
            return
        text, at = short_text(data, at, codec, wide=wide)
        yield text, data[at : at + extra]
        at += extra


def old_texts(data: bytes, codec: str) -> Iterator[str]:
    """Read an STTB of Word 6 and 95: its own length, then texts that each begin with their length."""
    end = min(struct.unpack_from("<H", data)[0], len(data)) if len(data) > 2 else 0
    at = 2
    while at < end:
        text, at = short_text(data, at, codec, wide=False)
        yield text


def counted_texts(data: bytes, codec: str, *, wide: bool) -> Iterator[str]:
    """Read texts that follow each other, each behind its length."""
    at = 0
    while at < len(data):
        text, at = short_text(data, at, codec, wide=wide)
        yield text


def short_text(data: bytes, at: int, codec: str, *, wide: bool) -> tuple[str, int]:
    """Read one text behind its length; gives it and where it ends."""
    if not wide:
        end = at + 1 + (data[at] if at < len(data) else 0)
        return data[at + 1 : end].decode(codec, "replace"), end
    if at + 2 > len(data):
        return "", len(data)
    end = at + 2 + 2 * struct.unpack_from("<H", data, at)[0]
    return data[at + 2 : end].decode("utf-16-le", "replace"), end
