"""Turn one page of a PDF into a picture, upright, for an engine that reads text from pictures.

Text in a font that neither the document nor PDFium has is left out: it is known as text already, and what
would be drawn for it here is a box for every character, which an engine reads as 口.
"""

from __future__ import annotations

from ctypes import byref, c_size_t, c_uint
from math import sqrt
from typing import Any, Final

import pypdfium2
from pypdfium2 import raw as pdfium

from proofroom.extract.format import Source, Unreadable
from proofroom.extract.pages.bombs import page_swells
from proofroom.extract.pages.opening import Opened, open_pdf
from proofroom.extract.pages.pdf_bytes import scan_pdf
from proofroom.extract.pages.stand_in_font import is_stand_in, own_shapes
from proofroom.extract.pages.structure import open_structure
from proofroom.extract.pages.things import page_things
from proofroom.extract.pages.tree import BROKEN
from proofroom.model.states import Reason, State

MOST_PIXELS: Final = 40_000_000
"""Pixels of a page's picture at the most: A3 at 450 dpi; a larger page is drawn at fewer dots per inch."""

_POINTS_PER_INCH: Final = 72
_LONGEST_SIDE: Final = 30_000
_WHITE: Final = 0xFFFFFFFF


def render_page(source: Source, number: int, dpi: int) -> tuple[int, int, bytes]:
    """Draw one page (from 1) as the reader of the document sees it: width, height and three bytes per pixel.

    A page too large for `source.limits.pixels` or MOST_PIXELS is drawn at fewer dots per inch. Opens the
    document anew, with the passwords of the source. Raises Unreadable.
    """
    with own_shapes():
        return _rendered(source, number, dpi)


def _rendered(source: Source, number: int, dpi: int) -> tuple[int, int, bytes]:
    opened = open_pdf(source, scan_pdf(source.untrusted, source.size))
    try:
        if not 1 <= number <= min(len(opened.pdf), source.limits.pages):
            raise Unreadable(State.TRUNCATED, Reason.LIMIT_PAGES)
        _refuse_bomb(source, opened, number)
        page = pdfium.FPDF_LoadPage(opened.pdf, number - 1)
        if not page:
            raise Unreadable(State.DAMAGED, Reason.DAMAGED_PART)
        try:
            return _drawn(page, dpi, source.limits.pixels)
        finally:
            pdfium.FPDF_ClosePage(page)
    except pypdfium2.PdfiumError:
        raise Unreadable(State.DAMAGED, Reason.DAMAGED_PART) from None
    finally:
        opened.pdf.close()


def _refuse_bomb(source: Source, opened: Opened, number: int) -> None:
    """Refuse a page that would unpack or draw too much; raises Unreadable."""
    document = open_structure(opened.stream or source.untrusted, opened.password)
    if document is None:
        return
    try:
        if number <= len(document.pages) and page_swells(document.pages[number - 1].obj):
            raise Unreadable(State.TRUNCATED, Reason.LIMIT_EXPANSION)
    except BROKEN:
        return
    finally:
        document.close()


def _drawn(page: Any, dpi: int, pixels: int) -> tuple[int, int, bytes]:
    """Draw a loaded page."""
    _prepare(page, pixels)
    width, height = _size(page, dpi, min(pixels, MOST_PIXELS))
    stride = width * 3
    buffer = bytearray(stride * height)
    view = (pdfium.c_ubyte * len(buffer)).from_buffer(buffer)
    bitmap = pdfium.FPDFBitmap_CreateEx(width, height, pdfium.FPDFBitmap_BGR, view, stride)
    if not bitmap:
        raise Unreadable(State.TRUNCATED, Reason.LIMIT_PIXELS)
    try:
        pdfium.FPDFBitmap_FillRect(bitmap, 0, 0, width, height, _WHITE)
        how = pdfium.FPDF_ANNOT | pdfium.FPDF_REVERSE_BYTE_ORDER
        pdfium.FPDF_RenderPageBitmap(bitmap, page, 0, 0, width, height, 0, how)
    finally:
        pdfium.FPDFBitmap_Destroy(bitmap)
    return width, height, bytes(buffer)


def _size(page: Any, dpi: int, most: int) -> tuple[int, int]:
    """Give the picture's width and height, in the shape of the page as it is shown."""
    wide, high = pdfium.FPDF_GetPageWidthF(page), pdfium.FPDF_GetPageHeightF(page)
    if not (0 < wide < float("inf") and 0 < high < float("inf")):
        raise Unreadable(State.DAMAGED, Reason.DAMAGED_PART)
    scale = min(dpi / _POINTS_PER_INCH, _LONGEST_SIDE / max(wide, high), sqrt(most / (wide * high)))
    return max(int(wide * scale), 1), max(int(high * scale), 1)


def _prepare(page: Any, pixels: int) -> None:
    """Refuse pictures that are too large to unpack, and leave out text that has no shapes of its own."""
    for one in page_things(page):
        thing, kind = one.handle, one.kind
        if kind == pdfium.FPDF_PAGEOBJ_IMAGE:
            width, height = c_uint(), c_uint()
            known = pdfium.FPDFImageObj_GetImagePixelSize(thing, byref(width), byref(height))
            if known and width.value * height.value > pixels:
                raise Unreadable(State.TRUNCATED, Reason.LIMIT_PIXELS)
        elif kind == pdfium.FPDF_PAGEOBJ_TEXT and _is_without_shapes(thing):
            pdfium.FPDFTextObj_SetTextRenderMode(thing, pdfium.FPDF_TEXTRENDERMODE_INVISIBLE)


def _is_without_shapes(text: Any) -> bool:
    """Say whether a text would be drawn in the font that stands in for those a document does not embed."""
    font, size = pdfium.FPDFTextObj_GetFont(text), c_size_t()
    if not font or pdfium.FPDFFont_GetIsEmbedded(font) == 1:
        return False
    return bool(pdfium.FPDFFont_GetFontData(font, None, 0, byref(size))) and is_stand_in(size.value)
