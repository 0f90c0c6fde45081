"""Read PDF with PDFium and qpdf: lines of each page in reading order, what hangs and hides beside them, the past.

Beside `page=P&line=L` stand annotations and form fields (`annotation`), links, pictures and descriptions;
beside the pages the outline, fields that no page shows, and what the document would do (`action`). Attached
files, pictures and the last revision that holds something else are members. `pdf:pages-for-ocr` names the
pages that show text only as a picture; `pdf:password-index` says which of the given passwords fitted, from 0.
"""

from __future__ import annotations

from typing import Any, Final

import pypdfium2
from pypdfium2 import raw as pdfium

from proofroom.extract.format import Format, Line, Sink, Source, Unreadable
from proofroom.extract.markup.batches import LineBatch
from proofroom.extract.pages.as_page import pdf_page
from proofroom.extract.pages.aside import (
    Annotation,
    meta_text,
    page_annotations,
    send_attachment,
    send_attachments,
    send_form_packets,
)
from proofroom.extract.pages.box import Box, as_shown
from proofroom.extract.pages.drawn import waits_for_ocr
from proofroom.extract.pages.encryption import encryption_facts
from proofroom.extract.pages.facts import packet_facts
from proofroom.extract.pages.hiding import Unseen
from proofroom.extract.pages.layers import MARK
from proofroom.extract.pages.lines import Surroundings, Text, page_box, page_text
from proofroom.extract.pages.numbers import number_ranges
from proofroom.extract.pages.opening import Opened, open_pdf, refusal
from proofroom.extract.pages.pdf_bytes import PdfBytes, scan_pdf
from proofroom.extract.pages.pictures import Pictures
from proofroom.extract.pages.revisions import revisions, send_earlier
from proofroom.extract.pages.structure import Structure, open_structure, refuse_bombs
from proofroom.extract.pages.things import page_things
from proofroom.model.evidence import Flag, PieceKind
from proofroom.model.states import Reason, State
from proofroom.model.where import format_parts

_MOST_FAILURES: Final = 100
_LONGEST: Final = 65_536
_MOST_AUTHORS: Final = 10_000
_HIDDEN_LAYERS: Final = frozenset((MARK,))
_BROKEN: Final = (pypdfium2.PdfiumError, OSError, ValueError, TypeError, AssertionError)


def read(source: Source, sink: Sink) -> None:
    """Read a document; pages that cannot be loaded cost only themselves."""
    scanned = scan_pdf(source.untrusted, source.size)
    for key, value in scanned.facts():
        sink.meta(key, value)
    for key, value in encryption_facts(source.untrusted, source.size, scanned.encrypt_at):
        sink.meta(key, value)
    objects = open_structure(source.untrusted, None)
    if objects is not None:
        refuse_bombs(objects)
    opened = open_pdf(source, scanned, sink)
    if objects is None:
        objects = open_structure(opened.stream or source.untrusted, opened.password)
    document = _Document(opened, objects, source, sink, scanned)
    try:
        document.properties()
        document.pages()
        document.beyond()
    finally:
        document.close()
    document.end()


class _Document:
    """One open document on its way to the sink."""

    def __init__(self, opened: Opened, objects: Any, source: Source, sink: Sink, scanned: PdfBytes) -> None:
        self._opened = opened
        self._pdf = opened.pdf
        self._source = source
        self._sink = sink
        self._scanned = scanned
        self._structure = None if objects is None else Structure(objects, source, sink)
        self._names: set[str] = set()
        self._authors: set[str] = set()
        self._pictures = Pictures(sink, source.limits)
        self._anything = self._bombs = False
        self._hidden_layers: frozenset[str] = frozenset()
        self._for_ocr: list[int] = []
        self._unseen: dict[Unseen, list[int]] = {}
        self._loaded = self._failed = 0

    def close(self) -> None:
        """Let go of the document."""
        self._pdf.close()
        self._opened.pdf.close()
        if self._structure is not None:
            self._structure.pdf.close()

    def properties(self) -> None:
        """Send the document's own properties and identifiers."""
        meta, pdf = self._sink.meta, self._pdf
        meta("pdf:pages", str(len(pdf)))
        for key in pdf.METADATA_KEYS:
            if value := meta_text(pdf, key).strip():
                meta(f"pdf:{key}", value[:_LONGEST])
        kinds = (pdfium.FILEIDTYPE_PERMANENT, pdfium.FILEIDTYPE_CHANGING)
        ids = [pdf.get_identifier(kind).hex() for kind in kinds]
        if any(ids):
            meta("pdf:id", " ".join(ids))
        revision = pdfium.FPDF_GetSecurityHandlerRevision(pdf)
        if revision >= 0:
            meta("pdf:security-revision", str(revision))
            meta("pdf:permissions", f"{pdfium.FPDF_GetDocPermissions(pdf) & 0xFFFFFFFF:08x}")
        if self._structure is None:
            self._sink.partly(Reason.DAMAGED_PART)
            return
        self._structure.before()
        copy = self._structure.marked_copy()
        if copy:
            self._pdf = pypdfium2.PdfDocument(copy)
            self._hidden_layers = _HIDDEN_LAYERS

    def pages(self) -> None:
        """Send page after page; after many in a row that cannot be loaded the others are given up."""
        self._start_forms()
        try:
            self._all_pages()
        finally:
            for name, pages in (
                ("pages-for-ocr", self._for_ocr),
                ("full-page-pictures", self._pictures.scans),
                *((why.said, pages) for why, pages in sorted(self._unseen.items())),
            ):
                if pages:
                    self._sink.meta(f"pdf:{name}", number_ranges(pages))

    def _all_pages(self) -> None:
        in_a_row = 0
        with LineBatch(self._sink) as lines:
            for number in range(1, len(self._pdf) + 1):
                if number > self._source.limits.pages:
                    raise Unreadable(State.TRUNCATED, Reason.LIMIT_PAGES)
                if self._page(number, lines):
                    self._loaded += 1
                    in_a_row = 0
                    continue
                self._failed += 1
                in_a_row += 1
                if in_a_row >= _MOST_FAILURES:
                    break

    def beyond(self) -> None:
        """Send what belongs to no page, the files, and what only an earlier revision holds."""
        if self._structure is None:
            for key, value in packet_facts(self._scanned.packets):
                self._sink.meta(key, value)
            self._anything = self._anything or pdfium.FPDFDoc_GetAttachmentCount(self._pdf) > 0
            send_attachments(self._pdf, self._sink, self._source.limits, self._names)
        else:
            self._structure.survey()
            self._structure.packets(self._scanned.packets)
            self._structure.after()
            self._structure.files()
            self._anything = self._anything or self._structure.anything
        self._anything = self._anything or pdfium.FPDF_GetXFAPacketCount(self._opened.pdf) > 0
        send_form_packets(self._opened.pdf, self._sink)
        self._earlier()

    def _earlier(self) -> None:
        """Tell the revisions, and hand out the last one that holds what the document does not hold any more."""
        ends, cut = self._scanned.revision_ends, self._scanned.breaks_off
        if len(ends) < (1 if cut else 2):
            return
        stream, opened = self._source.untrusted, (self._opened.pdf, self._opened.password)
        found = revisions(stream, ends, self._opened.password)
        for revision in found:
            self._sink.meta("pdf:revision", str(revision))
        # To compare means to load all pages.
        if not self._bombs:
            end = self._source.size if cut else ends[-1]
            send_earlier(stream, found, end, opened, self._sink)

    def end(self) -> None:
        """Say how the document ends as a whole."""
        if not self._loaded and self._failed:
            raise refusal(None, self._scanned)
        if self._scanned.breaks_off:
            raise Unreadable(State.DAMAGED, Reason.CUT_SHORT)
        if self._failed:
            self._sink.partly(Reason.DAMAGED_PART)
        if self._for_ocr:
            self._sink.partly(Reason.OCR_PENDING)
        elif not self._anything and not self._failed:
            raise Unreadable(State.EMPTY, Reason.NO_TEXT)

    def _start_forms(self) -> None:
        """Start PDFium's form environment, which knows the values of fields; without it some are not found."""
        try:
            self._pdf.init_forms()
        except _BROKEN:
            self._sink.partly(Reason.DAMAGED_PART)

    def _page(self, number: int, lines: LineBatch) -> bool:
        """Send one page; says whether it could be loaded."""
        if self._structure is not None and self._structure.is_bomb(number):
            self._sink.partly(Reason.LIMIT_EXPANSION)
            self._anything = self._bombs = True
            return True
        page = pdfium.FPDF_LoadPage(self._pdf, number - 1)
        if not page:
            return False
        try:
            things = page_things(page)
            text = page_text(page, things, self._surroundings(number))
            self._lines(text, number, lines)
            characters = sum(len(line.untrusted_text) for line in text.lines)
            self._anything = self._anything or characters > 0
            shown = page_box(page), pdfium.FPDFPage_GetRotation(page)
            if text.unreliable or waits_for_ocr(things, shown[0].area, characters):
                self._for_ocr.append(number)
            self._annotations(page, number, shown, lines)
            self._pictures.of_page(number, things, shown, lines)
            if self._structure is not None:
                self._structure.page(number, lines)
        finally:
            pdfium.FPDF_ClosePage(page)
        return True

    def _surroundings(self, number: int) -> Surroundings:
        if self._structure is None:
            return Surroundings()
        return Surroundings(self._structure.opaque_notes(number), self._hidden_layers)

    def _lines(self, text: Text, number: int, lines: LineBatch) -> None:
        """Send the lines of a page; what of a line nobody sees stands below it."""
        for place, line in enumerate(text.lines, 1):
            part = format_parts((("page", str(number)), ("line", str(place))))
            flags = Flag.HIDDEN_TEXT if line.unseen else Flag.NONE
            lines.add(Line(part, PieceKind.LINE, line.untrusted_text, flags, line.box))
            if line.untrusted_unseen:
                part = f"{part}&hidden=1"
                lines.add(Line(part, PieceKind.LINE, line.untrusted_unseen, flags, line.unseen_box))
            for why in line.unseen:
                pages = self._unseen.setdefault(why, [])
                if pages[-1:] != [number]:
                    pages.append(number)
        if text.cut:
            self._sink.partly(Reason.LIMIT_TEXT_BYTES)

    def _annotations(self, page: Any, number: int, shown: tuple[Box, int], lines: LineBatch) -> None:
        """Send the texts of the annotations and form fields of a page, and its links."""
        links = 0
        for found in page_annotations(self._pdf, self._pdf.formenv, page):
            where = (("page", str(number)), ("annotation", str(found.number)))
            flags = Flag.HIDDEN_TEXT if found.hidden else Flag.NONE
            kind = PieceKind.SHAPE if found.is_field else PieceKind.COMMENT
            box = as_shown(found.box, *shown)
            lines.add(Line(format_parts(where), kind, found.untrusted_text, flags, box))
            lines.put((*where, ("name", "1")), PieceKind.NAME, found.untrusted_name, flags)
            if found.untrusted_link:
                links += 1
                part = format_parts((where[0], ("link", str(links))))
                lines.add(Line(part, PieceKind.META, found.untrusted_link, flags, box))
            self._beside(found, number)

    def _beside(self, found: Annotation, page: int) -> None:
        """Send an annotation's author once; without qpdf the file attached to it, too."""
        if found.untrusted_text or found.attachment or found.untrusted_name:
            self._anything = True
        author = found.untrusted_author.strip()
        if author and author not in self._authors and len(self._authors) < _MOST_AUTHORS:
            self._authors.add(author)
            self._sink.meta("pdf:annotation-author", author[:_LONGEST])
        if found.unread:
            self._anything = True
            self._sink.partly(Reason.UNREAD_PART)
        if found.attachment is not None and self._structure is None:
            name = f"page-{page}-annotation-{found.number}"
            send_attachment(found.attachment, name, self._names, self._sink, self._source.limits)


FORMAT = Format("pdf", frozenset(("application/pdf",)), read, sample="pdf.pdf", picture=pdf_page)
