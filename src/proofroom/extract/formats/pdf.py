"""Read PDF with PDFium: lines of each page in reading order, what hangs beside them, and the file's past.

Beside `page=P&line=L` stand annotations and form fields (`annotation`, a field's name below it) and links.
Attached files are members; pictures stay in their page, and a page that shows text only as a picture
waits for OCR. `pdf:password-index` says which of the given passwords fitted, from 0.
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
    heading_text,
    meta_text,
    page_annotations,
    send_attachment,
    send_attachments,
    send_form_packets,
)
from proofroom.extract.pages.drawn import waits_for_ocr
from proofroom.extract.pages.hiding import Unseen
from proofroom.extract.pages.lines import Surroundings, Text, page_box, page_text
from proofroom.extract.pages.numbers import number_ranges
from proofroom.extract.pages.opening import open_pdf, refusal
from proofroom.extract.pages.pdf_bytes import PdfBytes, scan_pdf
from proofroom.extract.pages.things import page_things
from proofroom.extract.pictures.packets import xmp_facts
from proofroom.model.evidence import Flag, PieceKind
from proofroom.model.states import Reason, State
from proofroom.model.where import format_parts

_MOST_FAILURES: Final = 100
_LONGEST: Final = 65_536
_MOST_HEADINGS: Final = 10_000
_BROKEN: Final = (pypdfium2.PdfiumError, OSError, ValueError, TypeError, AssertionError)


def read(source: Source, sink: Sink) -> None:
    """Read a document; pages that cannot be loaded cost only themselves."""
    scanned = scan_pdf(source.untrusted, source.size)
    for key, value in scanned.facts():
        sink.meta(key, value)
    for packet in scanned.packets:
        for key, value in xmp_facts(packet):
            sink.meta(key, value)
    opened = open_pdf(source, scanned)
    try:
        if opened.password_index >= 0:
            sink.meta("pdf:password-index", str(opened.password_index))
        document = _Document(opened.pdf, source, sink)
        document.properties()
        document.pages()
        document.files()
    finally:
        opened.pdf.close()
    document.end(scanned)


class _Document:
    """One open document on its way to the sink."""

    def __init__(self, pdf: Any, source: Source, sink: Sink) -> None:
        self._pdf = pdf
        self._source = source
        self._sink = sink
        self._names: set[str] = set()
        self._authors: set[str] = set()
        self._anything = False
        self._for_ocr: list[int] = []
        self._unseen: dict[Unseen, list[int]] = {}
        self._loaded = self._failed = 0

    def properties(self) -> None:
        """Send the document's own properties, identifiers and headings."""
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
        for name, count in (
            ("signatures", pdfium.FPDF_GetSignatureCount(pdf)),
            ("scripts", pdfium.FPDFDoc_GetJavaScriptActionCount(pdf)),
        ):
            if count > 0:
                meta(f"pdf:{name}", str(count))
        for number, heading in enumerate(pdf.get_toc()):
            if number >= _MOST_HEADINGS:
                break
            if title := heading_text(heading).strip():
                meta("pdf:heading", title[:_LONGEST])

    def pages(self) -> None:
        """Send page after page; after many in a row that cannot be loaded the others are given up."""
        self._start_forms()
        try:
            self._all_pages()
        finally:
            if self._for_ocr:
                self._sink.meta("pdf:pages-for-ocr", number_ranges(self._for_ocr))
            for why, pages in sorted(self._unseen.items()):
                self._sink.meta(f"pdf:{why.said}", number_ranges(pages))

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

    def files(self) -> None:
        """Hand out attached files and the packets of an XFA form."""
        if pdfium.FPDFDoc_GetAttachmentCount(self._pdf) > 0 or pdfium.FPDF_GetXFAPacketCount(self._pdf) > 0:
            self._anything = True
        send_attachments(self._pdf, self._sink, self._source.limits, self._names)
        send_form_packets(self._pdf, self._sink)

    def end(self, scanned: PdfBytes) -> None:
        """Say how the document ends as a whole."""
        if not self._loaded and self._failed:
            raise refusal(None, scanned)
        if scanned.breaks_off:
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
        page = pdfium.FPDF_LoadPage(self._pdf, number - 1)
        if not page:
            return False
        try:
            things = page_things(page)
            text = page_text(page, things, Surroundings())
            self._lines(text, number, lines)
            characters = sum(len(line.untrusted_text) for line in text.lines)
            self._anything = self._anything or characters > 0
            if text.unreliable or waits_for_ocr(things, page_box(page).area, characters):
                self._for_ocr.append(number)
            self._annotations(page, number, lines)
        finally:
            pdfium.FPDF_ClosePage(page)
        return True

    def _lines(self, text: Text, number: int, lines: LineBatch) -> None:
        """Send the lines of a page; what of a line nobody sees stands below it."""
        for place, line in enumerate(text.lines, 1):
            part = format_parts((("page", str(number)), ("line", str(place))))
            flags = Flag.HIDDEN_TEXT if line.unseen else Flag.NONE
            lines.add(Line(part, PieceKind.LINE, line.untrusted_text, flags, line.box))
            if line.untrusted_unseen:
                part = f"{part}&hidden=1"
                lines.add(Line(part, PieceKind.LINE, line.untrusted_unseen, flags, line.box))
            for why in line.unseen:
                pages = self._unseen.setdefault(why, [])
                if pages[-1:] != [number]:
                    pages.append(number)
        if text.cut:
            self._sink.partly(Reason.LIMIT_TEXT_BYTES)

    def _annotations(self, page: Any, number: int, lines: LineBatch) -> None:
        """Send the annotations, form fields and links of a page."""
        form = self._pdf.formenv
        links = 0
        for found in page_annotations(self._pdf, form, page):
            where = (("page", str(number)), ("annotation", str(found.number)))
            flags = Flag.HIDDEN_TEXT if found.hidden else Flag.NONE
            kind = PieceKind.SHAPE if found.is_field else PieceKind.COMMENT
            lines.put(where, kind, found.untrusted_text, flags)
            lines.put((*where, ("name", "1")), PieceKind.NAME, found.untrusted_name, flags)
            if found.untrusted_link:
                links += 1
                lines.put((where[0], ("link", str(links))), PieceKind.META, found.untrusted_link, flags)
            self._beside(found, number)

    def _beside(self, found: Annotation, page: int) -> None:
        """Send an annotation's author once, and the file attached to it."""
        if found.untrusted_text or found.attachment or found.untrusted_name:
            self._anything = True
        author = found.untrusted_author.strip()
        if author and author not in self._authors and len(self._authors) < _MOST_HEADINGS:
            self._authors.add(author)
            self._sink.meta("pdf:annotation-author", author[:_LONGEST])
        if found.unread:
            self._anything = True
            self._sink.partly(Reason.UNREAD_PART)
        if found.attachment is not None:
            name = f"page-{page}-annotation-{found.number}"
            send_attachment(found.attachment, name, self._names, self._sink, self._source.limits)


FORMAT = Format("pdf", frozenset(("application/pdf",)), read, sample="pdf.pdf", picture=pdf_page)
