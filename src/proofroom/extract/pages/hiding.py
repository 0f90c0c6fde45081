"""Tell which characters of a PDF page nobody sees: invisible, under a box, off the page, white, tiny, switched off.

Text that lies under an opaque box drawn later is what a careless redaction leaves behind. White text counts
as unseen only where nothing darker lies below it.
"""

from __future__ import annotations

from collections.abc import Sequence
from ctypes import addressof, byref, c_double, c_float, c_ulong, create_string_buffer
from dataclasses import dataclass, field
from enum import IntFlag
from typing import Any, Final

from pypdfium2 import raw as pdfium

from proofroom.extract.pages.box import Box
from proofroom.extract.pages.things import (
    Thing,
    clip_box,
    fill_color,
    is_opaque,
    path_mode,
    path_rectangles,
)

_ALMOST_WHITE: Final = 250
_LEAST_HEIGHT: Final = 1.0
_LEAST_STROKE: Final = 4.0
_SCAN: Final = 0.5
_MOST_COVERS: Final = 2_000
_MOST_BACKGROUNDS: Final = 2_000
_LEAST_UNSEEN: Final = 2
_LAYER_MARK: Final = "OC"
_NAME_BYTES: Final = 512


class Unseen(IntFlag):
    """Why a text cannot be seen; the names become properties."""

    NONE = 0
    INVISIBLE = 1
    COVERED = 2
    UNDER_PICTURE = 4
    OUTSIDE_PAGE = 8
    WHITE = 16
    TINY = 32
    HIDDEN_LAYER = 64

    @property
    def said(self) -> str:
        """The name of the property that tells on which pages there is such text."""
        return f"{(self.name or 'unseen').lower().replace('_', '-')}-text"


@dataclass(slots=True)
class _Cover:
    order: int
    box: Box
    why: Unseen


@dataclass(slots=True)
class Hiding:
    """What hides text on a page, where the page ends, and by how many quarters it is shown turned."""

    page: Box
    turns: int = 0
    texts: dict[int, tuple[int, Unseen]] = field(default_factory=dict)
    covers: list[_Cover] = field(default_factory=list)
    backgrounds: list[tuple[int, Box]] = field(default_factory=list)
    any_text: bool = False

    @property
    def anything(self) -> bool:
        """Whether anything on the page can hide text."""
        return self.any_text or bool(self.covers)


def what_hides(
    things: Sequence[Thing], page: Box, notes: Sequence[Box], hidden_layers: frozenset[str]
) -> Hiding:
    """Look through the things of a page; `notes` are opaque annotations, which lie above everything."""
    hiding = Hiding(page)
    for thing in things:
        if thing.kind == pdfium.FPDF_PAGEOBJ_TEXT:
            why = _of_text(thing, hidden_layers)
            hiding.texts[thing.address] = (thing.order, why)
            hiding.any_text = hiding.any_text or bool(why)
        elif thing.kind in (pdfium.FPDF_PAGEOBJ_PATH, pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_SHADING):
            _look_at(thing, hiding)
    hiding.covers += [_Cover(len(things), box, Unseen.COVERED) for box in notes]
    # What is drawn before the first text covers none.
    first = min((order for order, _ in hiding.texts.values()), default=len(things))
    hiding.covers = [cover for cover in hiding.covers if cover.order > first]
    return hiding


def _look_at(thing: Thing, hiding: Hiding) -> None:
    """Keep a path or picture as a cover where it is opaque, and as a background."""
    is_path = thing.kind == pdfium.FPDF_PAGEOBJ_PATH
    filled, stroked = path_mode(thing) if is_path else (True, False)
    color = fill_color(thing) if is_path and filled else None
    if filled and not _is_white(color) and len(hiding.backgrounds) < _MOST_BACKGROUNDS:
        hiding.backgrounds.append((thing.order, thing.box))
    if not (filled or stroked) or len(hiding.covers) >= _MOST_COVERS or not is_opaque(thing):
        return
    clip = clip_box(thing)
    if clip is None or thing.kind == pdfium.FPDF_PAGEOBJ_SHADING:
        return
    if not is_path:
        box = thing.box.within(clip)
        # A picture over a whole page is a scan whose text lies below it, as some programs do.
        scan = box.area > _SCAN * hiding.page.area
        boxes, why = [box], Unseen.UNDER_PICTURE if scan else Unseen.COVERED
    else:
        boxes = path_rectangles(thing) if filled else []
        boxes, why = [*boxes, *(_thick_line(thing) if stroked else ())], Unseen.COVERED
    cut = (box.within(clip) for box in boxes)
    hiding.covers += [_Cover(thing.order, box, why) for box in cut if box.area > 0]


def _thick_line(thing: Thing) -> list[Box]:
    """Give the box that a thick straight line paints, as people strike names out with."""
    width = c_float()
    pdfium.FPDFPageObj_GetStrokeWidth(thing.handle, byref(width))
    box = thing.box
    thin = min(box.width, box.height)
    if width.value < _LEAST_STROKE or pdfium.FPDFPath_CountSegments(thing.handle) != 2:
        return []
    # The bounds hold the width of the line; a line that slants is wider than it should be.
    return [box] if thin <= 2 * width.value else []


def _of_text(thing: Thing, hidden_layers: frozenset[str]) -> Unseen:
    """Say why a text object is unseen by itself."""
    why = Unseen.NONE
    mode = pdfium.FPDFTextObj_GetTextRenderMode(thing.handle)
    filled = mode in (pdfium.FPDF_TEXTRENDERMODE_FILL, pdfium.FPDF_TEXTRENDERMODE_FILL_CLIP)
    color = fill_color(thing) if filled else None
    if mode == pdfium.FPDF_TEXTRENDERMODE_INVISIBLE or (color is not None and color[3] == 0):
        why |= Unseen.INVISIBLE
    if color is not None and _is_white(color):
        why |= Unseen.WHITE
    size, matrix = c_float(), pdfium.FS_MATRIX()
    if pdfium.FPDFTextObj_GetFontSize(thing.handle, byref(size)) and pdfium.FPDFPageObj_GetMatrix(
        thing.handle, byref(matrix)
    ):
        a, b, c, d = thing.matrix[:4]
        scale = abs((matrix.a * matrix.d - matrix.b * matrix.c) * (a * d - b * c)) ** 0.5
        if abs(size.value) * scale < _LEAST_HEIGHT:
            why |= Unseen.TINY
    if hidden_layers and _layers(thing.handle) & hidden_layers:
        why |= Unseen.HIDDEN_LAYER
    return why


def _is_white(color: tuple[int, int, int, int] | None) -> bool:
    return color is not None and min(color[:3]) >= _ALMOST_WHITE


def _layers(handle: Any) -> frozenset[str]:
    """Give the names of the layers that a thing is marked to belong to."""
    names = set()
    for number in range(max(pdfium.FPDFPageObj_CountMarks(handle), 0)):
        mark = pdfium.FPDFPageObj_GetMark(handle, number)
        if mark and _mark_text(pdfium.FPDFPageObjMark_GetName, mark) == _LAYER_MARK:
            names.add(_mark_text(pdfium.FPDFPageObjMark_GetParamStringValue, mark, b"Name"))
    return frozenset(names)


def _mark_text(ask: Any, *what: Any) -> str:
    buffer, size = create_string_buffer(_NAME_BYTES), c_ulong()
    wide = pdfium.cast(buffer, pdfium.POINTER(pdfium.FPDF_WCHAR))
    if not ask(*what, wide, _NAME_BYTES, byref(size)):
        return ""
    return buffer.raw[: size.value].decode("utf-16-le", "replace").rstrip("\0")


def unseen_places(
    text_page: Any, span: tuple[int, int], line: Box, hiding: Hiding
) -> tuple[list[int], Unseen]:
    """Give the places of the characters of a line that nobody sees, and why; spaces are not counted."""
    places: list[int] = []
    reasons = Unseen.NONE
    covers = [cover for cover in hiding.covers if cover.box.meets(line)]
    inside = hiding.page.holds_all(line)
    if inside and not covers and not hiding.any_text:
        return places, reasons
    for place in range(*span):
        text = pdfium.FPDFText_GetTextObject(text_page, place)
        # A space that PDFium put in belongs to no text.
        if not text:
            continue
        order, why = hiding.texts.get(addressof(text.contents), (0, Unseen.NONE))
        if covers or not inside or Unseen.WHITE in why:
            why = _why(text_page, place, order, why, covers, hiding)
        if why:
            places.append(place)
            reasons |= why
    return places, reasons


def _why(text_page: Any, place: int, order: int, why: Unseen, covers: list[_Cover], hiding: Hiding) -> Unseen:
    """Say why one character is unseen, from what its text says and what stands around it."""
    left, right, bottom, top = sides = [c_double() for _ in range(4)]
    if not pdfium.FPDFText_GetCharBox(text_page, place, *map(byref, sides)):
        return why
    x, y = (left.value + right.value) / 2, (bottom.value + top.value) / 2
    if not hiding.page.holds(x, y):
        why |= Unseen.OUTSIDE_PAGE
    for cover in covers:
        if cover.order > order and cover.box.holds(x, y):
            why |= cover.why
    if Unseen.WHITE in why and any(below < order and box.holds(x, y) for below, box in hiding.backgrounds):
        why &= ~Unseen.WHITE
    return why


def is_unseen(unseen: int, visible: int) -> bool:
    """Say whether a line counts as hidden when so many of its characters are unseen."""
    return unseen > 0 and (unseen >= _LEAST_UNSEEN or unseen >= visible)
