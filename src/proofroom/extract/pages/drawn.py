"""Tell whether a PDF page shows something that is not text: pictures, shadings, or many drawn lines."""

from __future__ import annotations

from collections.abc import Iterator
from ctypes import byref, c_float
from typing import Any, Final

from pypdfium2 import raw as pdfium

_MOST_OBJECTS: Final = 20_000
_DEEPEST: Final = 4
_MANY_PATHS: Final = 32
_MOST_OF_A_PAGE: Final = 0.5
_FEW_CHARACTERS: Final = 64
_PICTURES: Final = (pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_SHADING)


def waits_for_ocr(page: Any, characters: int) -> bool:
    """Say whether a loaded page holds text only as a picture, as far as can be told without looking at it.

    That is a page without text that shows pictures or many paths (text may be drawn as curves), and one
    with a few words of text on a picture that covers most of it, as scanners stamp them.
    """
    if characters >= _FEW_CHARACTERS:
        return False
    paths, area = 0, 0.0
    for kind, shown in _objects(page):
        if kind == pdfium.FPDF_PAGEOBJ_PATH:
            paths += 1
        elif kind in _PICTURES:
            if not characters:
                return True
            area += shown
    whole = pdfium.FPDF_GetPageWidthF(page) * pdfium.FPDF_GetPageHeightF(page)
    return (not characters and paths >= _MANY_PATHS) or (whole > 0 and area >= _MOST_OF_A_PAGE * whole)


def _objects(page: Any) -> Iterator[tuple[int, float]]:
    """Give the kind of each object on a page, forms opened, and the area of the outermost one it is in."""
    left = _MOST_OBJECTS
    outer = range(max(pdfium.FPDFPage_CountObjects(page), 0))
    waiting = [(pdfium.FPDFPage_GetObject(page, number), 0, -1.0) for number in outer[:left]]
    while waiting and left > 0:
        left -= 1
        thing, depth, area = waiting.pop()
        if not thing:
            continue
        kind = pdfium.FPDFPageObj_GetType(thing)
        area = _area(thing) if area < 0 else area
        yield kind, area
        if kind == pdfium.FPDF_PAGEOBJ_FORM and depth < _DEEPEST:
            inner = range(min(max(pdfium.FPDFFormObj_CountObjects(thing), 0), left))
            waiting += [(pdfium.FPDFFormObj_GetObject(thing, number), depth + 1, area) for number in inner]


def _area(thing: Any) -> float:
    """Give the area of an object's bounds on the page."""
    sides = [c_float() for _ in range(4)]
    if not pdfium.FPDFPageObj_GetBounds(thing, *map(byref, sides)):
        return 0.0
    left, bottom, right, top = (side.value for side in sides)
    return max(right - left, 0.0) * max(top - bottom, 0.0)
