"""What a drawn picture (EMF, WMF) shows: words at their places, joined to lines, and pictures inside it."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Final

_GAP: Final = 0.3
_SAME_HEIGHT: Final = 2
_MOST_ON_A_LINE: Final = 10_000
_FEW: Final = 2
_SPELLED: Final = 5
_MOSTLY: Final = 0.8
_WIDE_STEP: Final = 1.8


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
    line: list[Words] = []
    for words in drawn:
        if not words.untrusted_text:
            continue
        if line and not (_follows(line[-1], words) and len(line) < _MOST_ON_A_LINE):
            yield from _joined(line)
            line = []
        line.append(words)
    yield from _joined(line)


def _joined(line: list[Words]) -> Iterator[str]:
    """Join the words of one line; where it is drawn sign by sign, only a wider step than most is a space."""
    steps = [_step(last, words) for last, words in pairwise(line)]
    usual = median(steps) if _is_spelled(line, steps) else 0.0
    text = "".join(words.untrusted_text for words in line[:1])
    for step, last, words in zip(steps, line, line[1:], strict=False):
        open_ends = last.untrusted_text[-1:].isspace() or words.untrusted_text[:1].isspace()
        apart = _apart(last, step, usual) and not (usual and open_ends)
        text += (" " if apart else "") + words.untrusted_text
    if text.strip():
        yield text


def _is_spelled(line: list[Words], steps: list[float]) -> bool:
    """Tell whether words are drawn sign by sign: close together, or with spaces that are drawn as well."""
    signs = sum(len(words.untrusted_text.strip()) < _FEW for words in line)
    if len(line) < _SPELLED or signs < _MOSTLY * len(line):
        return False
    widths = [words.width for words in line]
    close = min(widths) >= 0 and median(steps) < median(widths)
    return median(steps) > 0 and (close or any(words.untrusted_text.isspace() for words in line))


def _follows(last: Words, words: Words) -> bool:
    return abs(last.y - words.y) <= _SAME_HEIGHT and words.x > last.x


def _step(last: Words, words: Words) -> float:
    """Give the room between two words, or how far the second one stands where nothing says how wide the first is."""
    return float(words.x - last.x - max(last.width, 0))


def _apart(last: Words, step: float, usual: float) -> bool:
    """Tell whether there is room between two words, or nothing that says how wide the first one is."""
    if last.width < 0:
        return step > _WIDE_STEP * usual if usual else not last.untrusted_text.endswith(" ")
    return step - usual > _GAP * last.width / max(len(last.untrusted_text), 1)
