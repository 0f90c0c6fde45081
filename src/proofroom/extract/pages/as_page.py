"""Give one page of a PDF as OCR wants it: drawn at so many dots per inch, fewer where the page is very large."""

from __future__ import annotations

from math import sqrt
from typing import Final

import pypdfium2

from proofroom.extract.format import MOST_PICTURE_PIXELS, Picture, Source, Unreadable
from proofroom.extract.pages.opening import open_pdf
from proofroom.extract.pages.pdf_bytes import PdfBytes
from proofroom.extract.pages.picture import render_page
from proofroom.model.states import Reason, State

_POINTS_PER_INCH: Final = 72
_TENTHS: Final = 10


def pdf_page(source: Source, number: int, dpi: int) -> Picture:
    """Draw one page (from 1) of a PDF. Raises Unreadable."""
    wide, high = _size(source, number)
    most = int(sqrt(MOST_PICTURE_PIXELS / (wide * high)) * _POINTS_PER_INCH)
    width, height, rgb = render_page(source, number, max(min(dpi, most), 1))
    return Picture(width, height, rgb, (max(round(wide * _TENTHS), 1), max(round(high * _TENTHS), 1)))


def _size(source: Source, number: int) -> tuple[float, float]:
    """Give the size of a page in points, as it is shown."""
    opened = open_pdf(source, PdfBytes(breaks_off=True))
    try:
        if not 1 <= number <= min(len(opened.pdf), source.limits.pages):
            raise Unreadable(State.TRUNCATED, Reason.LIMIT_PAGES)
        wide, high = opened.pdf.get_page_size(number - 1)
    except pypdfium2.PdfiumError:
        raise Unreadable(State.DAMAGED, Reason.DAMAGED_PART) from None
    finally:
        opened.pdf.close()
    if not (0 < wide < float("inf") and 0 < high < float("inf")):
        raise Unreadable(State.DAMAGED, Reason.DAMAGED_PART)
    return wide, high
