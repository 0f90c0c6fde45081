"""What a drawn picture (EMF, WMF) shows: words at their places, joined to lines, and pictures inside it."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

_GAP: Final = 0.3
_SAME_HEIGHT: Final = 2


@dataclass(frozen=True, slots=True)
class Words:
    """Words as they were drawn: where they begin, and how wide they are, -1 where nothing says it."""

    x: int
    y: int
    width: int
    untrusted_text: str


@dataclass(frozen=True, slots=True)
class Bitmap:
    """A picture inside a drawing: the head of its pixels, and the pixels; or a whole file without a head."""

    head: bytes
    pixels: bytes

    def as_file(self) -> tuple[str, bytes]:
        """Give its extension and its bytes as a file."""
        if not self.head:
            return "bin", self.pixels
        size = 14 + len(self.head) + len(self.pixels)
        mark = struct.pack("<2sIHHI", b"BM", size & 0xFFFFFFFF, 0, 0, 14 + len(self.head))
        return "bmp", mark + self.head + self.pixels


def lines(drawn: Iterable[Words]) -> Iterator[str]:
    """Join words that follow each other at one height, with a space where there is one to see."""
    line = ""
    last: Words | None = None
    for words in drawn:
        if not words.untrusted_text:
            continue
        if last is None or not _follows(last, words):
            if line.strip():
                yield line
            line = words.untrusted_text
        else:
            line += (" " if _apart(last, words) else "") + words.untrusted_text
        last = words
    if line.strip():
        yield line


def _follows(last: Words, words: Words) -> bool:
    return abs(last.y - words.y) <= _SAME_HEIGHT and words.x > last.x


def _apart(last: Words, words: Words) -> bool:
    """Tell whether there is room between two words, or nothing that says how wide the first one is."""
    if last.width < 0:
        return not last.untrusted_text.endswith(" ")
    gap = words.x - last.x - last.width
    return gap > _GAP * last.width / max(len(last.untrusted_text), 1)
