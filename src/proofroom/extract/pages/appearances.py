"""What PDF annotations and fields show, where that is not what they say: stamps, boxes of text, values that differ.

How an annotation looks is a drawing of its own. The drawings are put on pages of a document of our making, one
each, and read from there.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import pikepdf
import pypdfium2
from pypdfium2 import raw as pdfium

from proofroom.extract.format import Sink
from proofroom.extract.markup.batches import LineBatch
from proofroom.extract.pages.bombs import page_swells
from proofroom.extract.pages.lines import Surroundings, page_text
from proofroom.extract.pages.tree import box_of, entry, one_part, words
from proofroom.model.evidence import Flag, PieceKind
from proofroom.model.states import Reason
from proofroom.model.where import Parts

_MOST: Final = 2_000
_QUIET: Final = ("Link", "Popup", "Highlight", "Underline", "StrikeOut", "Squiggly")
_LEAST: Final = 2


@dataclass(frozen=True, slots=True)
class _Drawing:
    where: Parts
    form: Any
    untrusted_said: str
    flags: Flag


@dataclass(slots=True)
class Appearances:
    """Collects the drawings of annotations and then reads them."""

    sink: Sink
    _drawings: list[_Drawing] = field(default_factory=list)

    def take(self, note: Any, where: Parts, untrusted_said: str, flags: Flag) -> None:
        """Keep how an annotation looks, and what it says, up to a bound."""
        form = entry(note, "/AP", "/N")
        drawn = isinstance(form, pikepdf.Stream) and words(entry(note, "/Subtype")) not in _QUIET
        if drawn and len(self._drawings) < _MOST:
            self._drawings.append(_Drawing(where, form, untrusted_said, flags))

    def send(self, lines: LineBatch) -> None:
        """Send what the drawings show, where the annotations do not say it."""
        if not self._drawings:
            return
        with one_part(self.sink):
            for drawing, untrusted_shown in zip(self._drawings, self._shown(), strict=False):
                shown = "".join(untrusted_shown.split())
                if len(shown) >= _LEAST and shown not in "".join(drawing.untrusted_said.split()):
                    where = (*drawing.where, ("shown", "1"))
                    lines.put(where, PieceKind.SHAPE, untrusted_shown, drawing.flags)

    def _shown(self) -> Iterator[str]:
        """Give the text of each drawing."""
        pdf = pypdfium2.PdfDocument(self._sheets())
        try:
            for number in range(len(pdf)):
                page = pdfium.FPDF_LoadPage(pdf, number)
                if not page:
                    yield ""
                    continue
                try:
                    text = page_text(page, (), Surroundings())
                finally:
                    pdfium.FPDF_ClosePage(page)
                yield "\n".join(line.untrusted_text for line in text.lines)
        finally:
            pdf.close()

    def _sheets(self) -> bytes:
        """Put each drawing on a page of its own."""
        out = io.BytesIO()
        with pikepdf.new() as sheets:
            for drawing in self._drawings:
                box = box_of(entry(drawing.form, "/BBox"))
                size = (max(box.width, 1), max(box.height, 1)) if box else (1, 1)
                sheets.add_blank_page(page_size=(min(size[0], 14_400), min(size[1], 14_400)))
                page = sheets.pages[-1].obj
                form = sheets.copy_foreign(drawing.form)
                form["/Subtype"] = pikepdf.Name("/Form")
                page["/Resources"] = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Fm=form))
                page["/Contents"] = sheets.make_stream(b"/Fm Do")
                if page_swells(page):
                    self.sink.partly(Reason.LIMIT_EXPANSION)
                    page["/Contents"] = sheets.make_stream(b"")
            sheets.save(out)
        return out.getvalue()
