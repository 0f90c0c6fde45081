"""Open a PDF with PDFium: with no password or one of those given, and with an end of our making if it broke off."""

from __future__ import annotations

import io
import logging
import warnings
from dataclasses import dataclass
from itertools import chain
from typing import Any, BinaryIO, Final

import pikepdf
import pypdfium2
from pypdfium2 import raw as pdfium

from proofroom.extract.format import Sink, Source, Unreadable, utf8
from proofroom.extract.pages.pdf_bytes import PdfBytes, mended
from proofroom.extract.pages.stand_in_font import install
from proofroom.extract.trying import OF_DEFAULT, Tries
from proofroom.model.states import Reason, State

# What they say on standard error is not ours to let out.
for library in (pypdfium2, pikepdf):
    logging.getLogger(library.__name__).setLevel(logging.CRITICAL + 1)

_LARGEST_COPY: Final = 64 << 20
_COST: Final = 0.15
_FONT: Final = install()


@dataclass(slots=True)
class Opened:
    """An open document (PDFium's own), the password that opened it, and where it is read from if not the file."""

    pdf: Any
    password: str | None = None
    stream: BinaryIO | None = None


def open_pdf(source: Source, scanned: PdfBytes, sink: Sink | None = None) -> Opened:
    """Open the document, if it broke off with an end of our making; raises Unreadable.

    The sink, where there is one, is told which password fitted and how many were tried.
    """
    tries = Tries(source, sink, "pdf")
    try:
        try:
            return _unlocked(source.untrusted, source, tries)
        except pypdfium2.PdfiumError as failed:
            whole = mended(source.untrusted) if scanned.breaks_off else b""
            if not whole or failed.err_code == pdfium.FPDF_ERR_SECURITY:
                raise refusal(failed.err_code, scanned) from failed
        try:
            opened = _unlocked(whole, source, tries)
        except pypdfium2.PdfiumError as failed:
            raise refusal(failed.err_code, scanned) from failed
    finally:
        tries.tell()
    opened.stream = opened.stream or io.BytesIO(whole)
    return opened


def _unlocked(untrusted: BinaryIO | bytes, source: Source, tries: Tries) -> Opened:
    """Open a document with no password or one of those given."""
    opened = _by_pdfium(untrusted, None)
    if opened is not None:
        return Opened(opened)
    stream = io.BytesIO(untrusted) if isinstance(untrusted, bytes) else untrusted
    for place, word in chain(((OF_DEFAULT, ""),), tries.each(_COST)):
        found = _opened_with(untrusted, stream, source.size, word)
        if found is not None:
            if place != OF_DEFAULT:
                tries.found(place)
            return found
    raise tries.refuse()


def _opened_with(untrusted: BinaryIO | bytes, stream: BinaryIO, size: int, word: str) -> Opened | None:
    """Open a document with one password: asked of qpdf, which is quicker to say no, and opened with PDFium."""
    for form in _written(word):
        verdict = _fits(stream, form)
        if verdict is False:
            continue
        opened = _by_pdfium(untrusted, word) if word else None
        if opened is not None:
            return Opened(opened, word)
        # PDFium takes no password where somebody changed the permissions, and none in an encoding of its time.
        clear = _in_the_clear(stream, form) if verdict and size <= _LARGEST_COPY else b""
        if clear and form == utf8(word):
            return Opened(pypdfium2.PdfDocument(clear), word)
        if clear:
            return Opened(pypdfium2.PdfDocument(clear), stream=io.BytesIO(clear))
    return None


def _fits(stream: BinaryIO, form: bytes) -> bool | None:
    """Say whether qpdf opens a document with a password; None where it is too damaged for qpdf to say."""
    stream.seek(0)
    try:
        _open_quietly(stream, form).close()
    except pikepdf.PasswordError:
        return False
    except (pikepdf.PikepdfError, RuntimeError, ValueError):
        return None
    return True


def _in_the_clear(stream: BinaryIO, form: bytes) -> bytes:
    """Give a copy in the clear that qpdf makes; nothing where it cannot."""
    stream.seek(0)
    out = io.BytesIO()
    try:
        with _open_quietly(stream, form) as document, warnings.catch_warnings():
            # It warns of forms that no viewer would show.
            warnings.simplefilter("ignore")
            document.save(out, encryption=False, compress_streams=False)
    except (pikepdf.PikepdfError, RuntimeError, ValueError):
        return b""
    return out.getvalue()


def _open_quietly(stream: BinaryIO, form: bytes) -> Any:
    return pikepdf.open(stream, password=form, access_mode=pikepdf.AccessMode.stream, suppress_warnings=True)


def _written(word: str) -> list[bytes]:
    """Give the bytes that programs made of a password: UTF-8 of late, and the bytes of the writer's system before."""
    forms: list[bytes] = []
    for encoding in ("utf-8", "latin-1", "gb18030", "cp1251"):
        try:
            form = word.encode(encoding)
        except UnicodeEncodeError:
            continue
        if form not in forms:
            forms.append(form)
    return forms


def _by_pdfium(untrusted: BinaryIO | bytes, password: str | None) -> Any:
    """Open a document with a password; None when it does not fit."""
    try:
        return pypdfium2.PdfDocument(untrusted, password=password)
    except pypdfium2.PdfiumError as failed:
        if failed.err_code != pdfium.FPDF_ERR_PASSWORD:
            raise
    except UnicodeEncodeError:
        pass
    return None


def refusal(code: int | None, scanned: PdfBytes) -> Unreadable:
    """Say why PDFium did not open a document."""
    if code == pdfium.FPDF_ERR_SECURITY:
        return Unreadable(State.LOCKED, Reason.UNSUPPORTED_ENCRYPTION)
    return Unreadable(State.DAMAGED, Reason.CUT_SHORT if scanned.breaks_off else Reason.NOT_WELL_FORMED)
