"""The characters of a PDF page as PDFium numbers them: put right, cut into lines, and judged."""

from __future__ import annotations

import re
from array import array
from ctypes import byref, c_double
from typing import Any, Final

from pypdfium2 import raw as pdfium

_LOOKED_AT: Final = 256
_GOOD_PART: Final = 10
_REPLACEMENT: Final = 0xFFFD
_PRIVATE: Final = range(0xE000, 0xF900)
# PDFium marks a hyphen at the end of a line so, and swallows the line's end.
_HYPHENS: Final = (0x0002, 0xFFFE)
_CONTROLS: Final = {code: None for code in (*range(0x20), *range(0x7F, 0xA0), 0xFFFE, 0xFFFF) if code != 0x09}
_FROM_RIGHT: Final = (range(0x0590, 0x0900), range(0xFB1D, 0xFE00), range(0xFE70, 0xFF00))
"""Hebrew, Arabic and what stands between them, and their forms of presentation."""

_SOME_FROM_RIGHT: Final = re.compile(
    "[" + "".join(f"{chr(one.start)}-{chr(one.stop - 1)}" for one in _FROM_RIGHT) + "]"
)


def page_units(text_page: Any, count: int) -> array[int]:
    """Give the characters as PDFium numbers them: UTF-16 units, so that a rare character takes two."""
    unit = pdfium.FPDFText_GetUnicode
    units = array("H", [unit(text_page, number) & 0xFFFF for number in range(count)])
    _right_ligatures(text_page, units)
    return units


def _right_ligatures(text_page: Any, units: array[int]) -> None:
    """Put right the characters of one shape that stand for several, as لا does.

    PDFium turns a line of Arabic script around character by character, and with it what one shape stands for.
    """
    if not _SOME_FROM_RIGHT.search(units.tobytes().decode("utf-16-le", "replace")):
        return
    place = 0
    while place < len(units) - 1:
        if not _is_from_right(units[place]) or not _is_from_right(units[place + 1]):
            place += 1
            continue
        end, at = place + 1, _origin(text_page, place)
        while end < len(units) and _is_from_right(units[end]) and _origin(text_page, end) == at:
            end += 1
        units[place:end] = units[place:end][::-1]
        place = end


def _is_from_right(unit: int) -> bool:
    return any(unit in block for block in _FROM_RIGHT)


def _origin(text_page: Any, place: int) -> tuple[float, float]:
    x, y = c_double(), c_double()
    pdfium.FPDFText_GetCharOrigin(text_page, place, byref(x), byref(y))
    return x.value, y.value


def is_unreliable(text_page: Any, units: array[int]) -> bool:
    """Say whether a good part of a page's characters are other than what is seen, as far as fonts tell."""
    return _is_nameless(text_page, len(units)) or _is_senseless(units)


def _is_nameless(text_page: Any, count: int) -> bool:
    """Look at some characters of a page and say whether a good part of them has no name in its font."""
    looked = range(0, count, max(count // _LOOKED_AT, 1))
    nameless = sum(pdfium.FPDFText_HasUnicodeMapError(text_page, number) == 1 for number in looked)
    return bool(nameless > len(looked) // _GOOD_PART)


def _is_senseless(units: array[int]) -> bool:
    """Say whether a good part of the characters are replacements or of nobody's (private use)."""
    senseless = sum(unit == _REPLACEMENT or unit in _PRIVATE for unit in units)
    return senseless > len(units) // _GOOD_PART


def spans(units: array[int]) -> list[tuple[int, int]]:
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


def tidy(units: array[int]) -> str:
    """Give the text of a line: hyphens as they are shown, no control characters."""
    for place, unit in enumerate(units):
        if unit in _HYPHENS:
            units[place] = 0x2D
    return units.tobytes().decode("utf-16-le", "replace").translate(_CONTROLS)
