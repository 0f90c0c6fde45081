"""Turn the text of a PDF page into lines in reading order, with their places and with what of them is unseen."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from ctypes import byref, c_double
from dataclasses import dataclass
from itertools import pairwise
from math import pi
from typing import Any, Final

from pypdfium2 import raw as pdfium

from proofroom.extract.pages.box import Box, around, as_shown
from proofroom.extract.pages.characters import is_unreliable, page_units, spans, tidy
from proofroom.extract.pages.hiding import Hiding, Unseen, is_unseen, unseen_places, what_hides
from proofroom.extract.pages.ordering import reading_order
from proofroom.extract.pages.things import Thing

MOST_CHARACTERS: Final = 1 << 20
"""Characters of one page that are read at the most."""

_TALL: Final = 1.5
_WIDE: Final = 0x2E80
_LEAST_COLUMN: Final = 2
_ALMOST: Final = 0.1
_WIDE_GAP: Final = 2.0
_BLANKS: Final = (0x20, 0x09, 0x0A, 0x0D, 0xA0, 0x3000)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is known of a page from elsewhere: opaque annotations on it, and the layers that are switched off."""

    notes: Sequence[Box] = ()
    hidden_layers: frozenset[str] = frozenset()


@dataclass(slots=True)
class PageLine:
    """One line: its text, where it stands as the page is shown, and what of it nobody sees and why.

    box: left, top, right, bottom in tenths of a point. untrusted_unseen: only what is unseen; "" where that is
    all of the line, which `unseen` tells, or nothing.
    """

    untrusted_text: str
    box: tuple[int, int, int, int]
    unseen: Unseen = Unseen.NONE
    untrusted_unseen: str = ""
    unseen_box: tuple[int, int, int, int] = (0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Text:
    """The lines of a page in reading order, and what is wrong with them.

    cut: there were more characters than are read. unreliable: a good part of them is shown in fonts that do
    not say which characters they show, or stands for no character at all: the text is other than what is seen.
    """

    lines: list[PageLine]
    cut: bool = False
    unreliable: bool = False


def page_text(page: Any, things: Sequence[Thing], around_it: Surroundings) -> Text:
    """Read the lines of a loaded page (a raw handle) on which those things are drawn."""
    text_page = pdfium.FPDFText_LoadPage(page)
    if not text_page:
        return Text([])
    turns = pdfium.FPDFPage_GetRotation(page)
    try:
        count = max(pdfium.FPDFText_CountChars(text_page), 0)
        units = page_units(text_page, min(count, MOST_CHARACTERS))
        hiding = what_hides(things, page_box(page), around_it.notes, around_it.hidden_layers)
        hiding.turns = turns
        unreliable = is_unreliable(text_page, units)
        found = [
            _line(text_page, units, part, hiding)
            for span in spans(units)
            for part in _parts(text_page, units, span, turns)
        ]
    finally:
        pdfium.FPDFText_ClosePage(text_page)
    found = [one for one in found if one[0].untrusted_text.strip()]
    order = reading_order([box for _, box, _ in found], [is_column for _, _, is_column in found])
    return Text([found[place][0] for place in order], cut=count > MOST_CHARACTERS, unreliable=unreliable)


def _line(
    text_page: Any, units: array[int], span: tuple[int, int], hiding: Hiding
) -> tuple[PageLine, Box, bool]:
    """Read one line: what it says, its box as the page is shown, and whether it is written downwards."""
    (start, end), turns = span, hiding.turns
    text, box = tidy(units[start:end]), _box(text_page, start, end - start)
    line = PageLine(text, as_shown(box, hiding.page, turns))
    if text.strip() and (hiding.anything or not hiding.page.holds_all(box)):
        _mark_unseen(line, text_page, units, (span, box), hiding)
    shown = box.turned(turns)
    return line, shown, _is_column(text_page, start, text, shown, turns)


def _parts(text_page: Any, units: array[int], span: tuple[int, int], turns: int) -> list[tuple[int, int]]:
    """Cut a column of Chinese text where it leaves a wide gap: PDFium joins all that stands in one column."""
    start, end = span
    shown = _box(text_page, start, end - start).turned(turns)
    if not _is_column(text_page, start, tidy(units[start:end]), shown, turns):
        return [span]
    cuts, before = [start], _character(text_page, start).turned(turns)
    for place in range(start + 1, end):
        if units[place] in _BLANKS:
            continue
        box = _character(text_page, place).turned(turns)
        if before.bottom - box.top > _WIDE_GAP * shown.width:
            cuts.append(place)
        before = box
    return [*pairwise((*cuts, end))]


def _is_column(text_page: Any, start: int, text: str, shown: Box, turns: int) -> bool:
    return shown.height > _TALL * shown.width and _is_upright(text_page, start, turns, text)


def _character(text_page: Any, place: int) -> Box:
    left, right, bottom, top = sides = [c_double() for _ in range(4)]
    pdfium.FPDFText_GetCharBox(text_page, place, *map(byref, sides))
    return Box(left.value, bottom.value, right.value, top.value)


def page_box(page: Any) -> Box:
    """Give the part of a page that is shown, in its own points."""
    found = pdfium.FS_RECTF()
    if not pdfium.FPDF_GetPageBoundingBox(page, byref(found)):
        return Box(0, 0, pdfium.FPDF_GetPageWidthF(page), pdfium.FPDF_GetPageHeightF(page))
    return Box(found.left, found.bottom, found.right, found.top)


def _mark_unseen(
    line: PageLine, text_page: Any, units: array[int], place: tuple[tuple[int, int], Box], hiding: Hiding
) -> None:
    """Say of a line what nobody sees of it."""
    span, box = place
    places, why = unseen_places(text_page, span, box, hiding)
    unseen = [at for at in places if units[at] not in _BLANKS]
    visible = sum(unit not in _BLANKS for unit in units[slice(*span)])
    if not is_unseen(len(unseen), visible):
        return
    line.unseen = why
    if len(unseen) < visible:
        kept = set(places)
        runs = array("H", (units[at] if at in kept else 0x20 for at in range(*span)))
        line.untrusted_unseen = " ".join(tidy(runs).split())
        seen_as = around([_character(text_page, at) for at in unseen])
        line.unseen_box = as_shown(seen_as, hiding.page, hiding.turns)


def _is_upright(text_page: Any, start: int, quarter_turns: int, text: str) -> bool:
    """Say whether a line that is higher than wide is Chinese written downwards, not a line that lies on its side."""
    if len(text.strip()) < _LEAST_COLUMN or not any(ord(one) >= _WIDE for one in text):
        return False
    angle = pdfium.FPDFText_GetCharAngle(text_page, start) / (pi / 2)
    return bool(abs((angle + quarter_turns + 0.5) % 4 - 0.5) < _ALMOST)


def _box(text_page: Any, start: int, count: int) -> Box:
    """Give the box around some characters in the page's own points."""
    sides = [c_double() for _ in range(4)]
    left, top, right, bottom = sides
    return around(
        [
            Box(left.value, bottom.value, right.value, top.value)
            for number in range(max(pdfium.FPDFText_CountRects(text_page, start, count), 0))
            if pdfium.FPDFText_GetRect(text_page, number, *map(byref, sides))
        ]
    )
