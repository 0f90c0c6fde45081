"""Tell whether a PDF page shows something that is not text: pictures, shadings, or many drawn lines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from pypdfium2 import raw as pdfium

from proofroom.extract.pages.things import Thing

_MANY_PATHS: Final = 32
_MOST_OF_A_PAGE: Final = 0.5
_FEW_CHARACTERS: Final = 64
_PICTURES: Final = (pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_SHADING)


def waits_for_ocr(things: Sequence[Thing], page_area: float, characters: int) -> bool:
    """Say whether a page holds text only as a picture, as far as can be told without looking at it.

    That is a page without text that shows pictures or many paths (text may be drawn as curves), and one
    with a few words of text on a picture that covers most of it, as scanners stamp them.
    """
    if characters >= _FEW_CHARACTERS:
        return False
    paths, area = 0, 0.0
    for thing in things:
        if thing.kind == pdfium.FPDF_PAGEOBJ_PATH:
            paths += 1
        elif thing.kind in _PICTURES:
            if not characters:
                return True
            area += thing.outer if thing.outer >= 0 else thing.box.area
    return (not characters and paths >= _MANY_PATHS) or (
        page_area > 0 and area >= _MOST_OF_A_PAGE * page_area
    )
