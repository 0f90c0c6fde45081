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

from proofroom.extract.format import Sink, Source, Unreadable
from proofroom.extract.pages.pdf_bytes import PdfBytes, mended
from proofroom.extract.pages.stand_in_font import install
from proofroom.extract.trying import OF_DEFAULT, Tries
from proofroom.model.states import Reason, State

# What they say on standard error is not ours to let out.
for library in (pypdfium2, pikepdf):
    logging.getLogger(library.__name__).setLevel(logging.CRITICAL + 1)

_LARGEST_COPY: Final = 64 << 20
_COST: Final = 0.05
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
    opened.stream = io.BytesIO(whole)
    return opened


def _unlocked(untrusted: BinaryIO | bytes, source: Source, tries: Tries) -> Opened:
    """Open a document with no password or one of those given."""
    opened = _by_pdfium(untrusted, None)
    if opened is not None:
        return Opened(opened)
    for place, password in tries.each(_COST):
        opened = _by_pdfium(untrusted, password)
        if opened is not None:
            tries.found(place)
            return Opened(opened, password)
    if isinstance(untrusted, bytes) or source.size > _LARGEST_COPY:
        raise tries.refuse()
    return _by_qpdf(untrusted, tries)


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


def _by_qpdf(untrusted: BinaryIO, tries: Tries) -> Opened:
    """Open a copy in the clear that qpdf makes: PDFium takes no password where somebody changed the permissions."""
    for place, password in chain(((OF_DEFAULT, ""),), tries.each(_COST)):
        try:
            with pikepdf.open(
                untrusted, password=password, access_mode=pikepdf.AccessMode.stream, suppress_warnings=True
            ) as document:
                out = io.BytesIO()
                with warnings.catch_warnings():
                    # It warns of forms that no viewer would show.
                    warnings.simplefilter("ignore")
                    document.save(out, encryption=False, compress_streams=False)
                opened = pypdfium2.PdfDocument(out.getvalue())
        except (pikepdf.PasswordError, UnicodeEncodeError):
            continue
        except (pikepdf.PikepdfError, pypdfium2.PdfiumError, RuntimeError, ValueError):
            break
        if place != OF_DEFAULT:
            tries.found(place)
        return Opened(opened, password)
    raise tries.refuse()


def refusal(code: int | None, scanned: PdfBytes) -> Unreadable:
    """Say why PDFium did not open a document."""
    if code == pdfium.FPDF_ERR_SECURITY:
        return Unreadable(State.LOCKED, Reason.UNSUPPORTED_ENCRYPTION)
    return Unreadable(State.DAMAGED, Reason.CUT_SHORT if scanned.breaks_off else Reason.NOT_WELL_FORMED)
