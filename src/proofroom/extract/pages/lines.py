"""Turn the text of a PDF page into lines in reading order, as PDFium finds them.

PDFium gives text in the order in which it was drawn, which is mostly the order in which it is read, but
headers, footers and boxes come when they please. A line is moved only when another one stands clearly
above it in the same column; columns stay one after the other.
"""

from __future__ import annotations

from array import array
from ctypes import byref, c_double
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

from pypdfium2 import raw as pdfium

MOST_CHARACTERS: Final = 1 << 20
"""Characters of one page that are read at the most."""

_MOST_ORDERED: Final = 600
_LOOKED_AT: Final = 256
_GOOD_PART: Final = 10
_LEAST_RISE: Final = 1.0
_SHARE_OF_HEIGHT: Final = 0.6
_SHARE_OF_WIDTH: Final = 0.2
_REPLACEMENT: Final = 0xFFFD
_PRIVATE: Final = range(0xE000, 0xF900)
# PDFium marks a hyphen at the end of a line so, and swallows the line's end.
_HYPHENS: Final = (0x0002, 0xFFFE)
_CONTROLS: Final = {code: None for code in (*range(0x20), *range(0x7F, 0xA0), 0xFFFE, 0xFFFF) if code != 0x09}


@dataclass(frozen=True, slots=True)
class Box:
    """Where a line stands as the page is shown: y grows upwards."""

    left: float
    bottom: float
    right: float
    top: float

    @property
    def middle(self) -> float:
        """The height of the line's middle."""
        return (self.bottom + self.top) / 2


@dataclass(frozen=True, slots=True)
class Text:
    """The lines of a page in reading order, and what is wrong with them.

    cut: there were more characters than are read. unreliable: a good part of them is shown in fonts that do
    not say which characters they show, or stands for no character at all: the text is other than what is seen.
    """

    untrusted_lines: list[str]
    cut: bool = False
    unreliable: bool = False


def page_text(page: Any, quarter_turns: int) -> Text:
    """Read the lines of a loaded page (a raw handle) that is shown turned clockwise by so many quarters."""
    text_page = pdfium.FPDFText_LoadPage(page)
    if not text_page:
        return Text([])
    try:
        count = max(pdfium.FPDFText_CountChars(text_page), 0)
        units = _units(text_page, min(count, MOST_CHARACTERS))
        unreliable = _is_nameless(text_page, len(units)) or _is_senseless(units)
        found = [
            (_tidy(units[start:end]), _box(text_page, start, end - start, quarter_turns))
            for start, end in _spans(units)
        ]
    finally:
        pdfium.FPDFText_ClosePage(text_page)
    lines = [(text, box) for text, box in found if text.strip()]
    ordered = [lines[place][0] for place in _order([box for _, box in lines])]
    return Text(ordered, cut=count > MOST_CHARACTERS, unreliable=unreliable)


def _units(text_page: Any, count: int) -> array[int]:
    """Give the characters as PDFium numbers them: UTF-16 units, so that a rare character takes two."""
    unit = pdfium.FPDFText_GetUnicode
    return array("H", [unit(text_page, number) & 0xFFFF for number in range(count)])


def _is_nameless(text_page: Any, count: int) -> bool:
    """Look at some characters of a page and say whether a good part of them has no name in its font."""
    looked = range(0, count, max(count // _LOOKED_AT, 1))
    nameless = sum(pdfium.FPDFText_HasUnicodeMapError(text_page, number) == 1 for number in looked)
    return bool(nameless > len(looked) // _GOOD_PART)


def _is_senseless(units: array[int]) -> bool:
    """Say whether a good part of the characters are replacements or of nobody's (private use)."""
    senseless = sum(unit == _REPLACEMENT or unit in _PRIVATE for unit in units)
    return senseless > len(units) // _GOOD_PART


def _spans(units: array[int]) -> list[tuple[int, int]]:
    """Find where lines begin and end: at line breaks, and after a hyphen that swallowed one."""
    spans, start = [], 0
    for place, unit in enumerate(units):
        if unit in (0x0A, 0x0D):
            spans.append((start, place))
            start = place + 1
        elif unit in _HYPHENS:
            spans.append((start, place + 1))
            start = place + 1
    spans.append((start, len(units)))
    return [(start, end) for start, end in spans if end > start]


def _tidy(units: array[int]) -> str:
    """Give the text of a line: hyphens as they are shown, no control characters."""
    for place, unit in enumerate(units):
        if unit in _HYPHENS:
            units[place] = 0x2D
    return units.tobytes().decode("utf-16-le", "replace").translate(_CONTROLS)


def _box(text_page: Any, start: int, count: int, quarter_turns: int) -> Box:
    """Give the box around some characters, turned as the page is shown."""
    sides = [c_double() for _ in range(4)]
    left, top, right, bottom = sides
    boxes = [
        Box(left.value, bottom.value, right.value, top.value)
        for number in range(max(pdfium.FPDFText_CountRects(text_page, start, count), 0))
        if pdfium.FPDFText_GetRect(text_page, number, *map(byref, sides))
    ]
    if not boxes:
        return Box(0, 0, 0, 0)
    whole = Box(
        min(box.left for box in boxes),
        min(box.bottom for box in boxes),
        max(box.right for box in boxes),
        max(box.top for box in boxes),
    )
    for _ in range(quarter_turns % 4):
        whole = Box(whole.bottom, -whole.right, whole.top, -whole.left)
    return whole


def _order(boxes: list[Box]) -> list[int]:
    """Order lines so that none comes before one that stands above it; else they stay as they are drawn."""
    order = list(range(len(boxes)))
    falling = all(before.middle >= after.middle for before, after in pairwise(boxes))
    if falling or len(boxes) > _MOST_ORDERED:
        return order
    below: list[list[int]] = [[] for _ in boxes]
    waits_for = [0] * len(boxes)
    for upper in order:
        for lower in order:
            if _is_above(boxes[upper], boxes[lower]):
                below[upper].append(lower)
                waits_for[lower] += 1
    ready = {place for place in order if not waits_for[place]}
    ordered: list[int] = []
    while ready:
        following = ordered[-1] + 1 if ordered else 0
        # On with what was drawn next; else with what stands highest, so that a footer waits for all columns.
        place = following if following in ready else max(ready, key=lambda one: (boxes[one].middle, -one))
        ready.remove(place)
        ordered.append(place)
        for lower in below[place]:
            waits_for[lower] -= 1
            if not waits_for[lower]:
                ready.add(lower)
    return ordered


def _is_above(upper: Box, lower: Box) -> bool:
    """Say whether a line stands clearly above another one in the same column."""
    height = max(upper.top - upper.bottom, lower.top - lower.bottom)
    if upper.middle - lower.middle <= max(_LEAST_RISE, _SHARE_OF_HEIGHT * height):
        return False
    shared = min(upper.right, lower.right) - max(upper.left, lower.left)
    narrower = min(upper.right - upper.left, lower.right - lower.left)
    return shared > _SHARE_OF_WIDTH * narrower
