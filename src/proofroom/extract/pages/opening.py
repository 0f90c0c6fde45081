"""Open a PDF with PDFium: with no password or one of those given, and with an end of our making if it broke off."""

from __future__ import annotations

import io
import logging
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO, Final

import pikepdf
import pypdfium2
from pypdfium2 import raw as pdfium

from proofroom.extract.format import Source, Unreadable
from proofroom.extract.pages.pdf_bytes import PdfBytes, mended
from proofroom.extract.pages.stand_in_font import install
from proofroom.model.states import Reason, State

# What they say on standard error is not ours to let out.
for library in (pypdfium2, pikepdf):
    logging.getLogger(library.__name__).setLevel(logging.CRITICAL + 1)

_LARGEST_COPY: Final = 64 << 20
_FONT: Final = install()


@dataclass(slots=True)
class Opened:
    """An open document (PDFium's own), the password that opened it, and where it is read from if not the file."""

    pdf: Any
    password: str | None = None
    password_index: int = -1
    stream: BinaryIO | None = None


def open_pdf(source: Source, scanned: PdfBytes) -> Opened:
    """Open the document, if it broke off with an end of our making; raises Unreadable."""
    try:
        return _unlocked(source.untrusted, source)
    except pypdfium2.PdfiumError as failed:
        whole = mended(source.untrusted) if scanned.breaks_off else b""
        if not whole or failed.err_code == pdfium.FPDF_ERR_SECURITY:
            raise refusal(failed.err_code, scanned) from failed
    try:
        opened = _unlocked(whole, source)
    except pypdfium2.PdfiumError as failed:
        raise refusal(failed.err_code, scanned) from failed
    opened.stream = io.BytesIO(whole)
    return opened


def _unlocked(untrusted: BinaryIO | bytes, source: Source) -> Opened:
    """Open a document with no password or one of those given."""
    given = source.passwords[: source.limits.password_attempts]
    for number, password in enumerate((None, *given), -1):
        try:
            pdf = pypdfium2.PdfDocument(untrusted, password=password)
        except pypdfium2.PdfiumError as failed:
            if failed.err_code != pdfium.FPDF_ERR_PASSWORD:
                raise
        except UnicodeEncodeError:
            continue
        else:
            return Opened(pdf, password, number)
    if isinstance(untrusted, bytes) or source.size > _LARGEST_COPY:
        raise Unreadable(State.LOCKED, Reason.PASSWORD_UNKNOWN)
    return _by_qpdf(untrusted, given)


def _by_qpdf(untrusted: BinaryIO, given: Sequence[str]) -> Opened:
    """Open a copy in the clear that qpdf makes: PDFium takes no password where somebody changed the permissions."""
    for number, password in enumerate(("", *given), -1):
        try:
            with pikepdf.open(
                untrusted, password=password, access_mode=pikepdf.AccessMode.stream, suppress_warnings=True
            ) as document:
                out = io.BytesIO()
                with warnings.catch_warnings():
                    # It warns of forms that no viewer would show.
                    warnings.simplefilter("ignore")
                    document.save(out, encryption=False, compress_streams=False)
                return Opened(pypdfium2.PdfDocument(out.getvalue()), password, number)
        except (pikepdf.PasswordError, UnicodeEncodeError):
            continue
        except (pikepdf.PikepdfError, pypdfium2.PdfiumError, RuntimeError, ValueError):
            break
    raise Unreadable(State.LOCKED, Reason.PASSWORD_UNKNOWN)


def refusal(code: int | None, scanned: PdfBytes) -> Unreadable:
    """Say why PDFium did not open a document."""
    if code == pdfium.FPDF_ERR_SECURITY:
        return Unreadable(State.LOCKED, Reason.UNSUPPORTED_ENCRYPTION)
    return Unreadable(State.DAMAGED, Reason.CUT_SHORT if scanned.breaks_off else Reason.NOT_WELL_FORMED)
