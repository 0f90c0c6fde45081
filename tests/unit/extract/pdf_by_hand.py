"""PDF files written by hand, for tests: contents of pages, objects of their own, a table that fits."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pikepdf

FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"


def at(x: int, y: int, text: bytes) -> bytes:
    """Draw a text at a place of the page."""
    return b"BT /F1 12 Tf %d %d Td (%s) Tj ET\n" % (x, y, text)


def written(*pages: tuple[bytes, bytes], extra: tuple[bytes, ...] = (), catalog: bytes = b"") -> bytes:
    """Write a PDF from page contents with further page entries; extra objects begin with number 4."""
    objects = [b"", b"", FONT, *extra]
    kids = []
    for content, entries in pages:
        objects.append(b"<< /Length %d >>\nstream\n" % len(content) + content + b"\nendstream")
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents %d 0 R "
            b"/Resources << /Font << /F1 3 0 R >> >> %s >>" % (len(objects), entries)
        )
        kids.append(b"%d 0 R" % len(objects))
    objects[0] = b"<< /Type /Catalog /Pages 2 0 R %s >>" % catalog
    objects[1] = b"<< /Type /Pages /Count %d /Kids [%s] >>" % (len(kids), b" ".join(kids))
    body, table = b"%PDF-1.7\n", b"0000000000 65535 f \n"
    for number, content in enumerate(objects, 1):
        table += b"%010d 00000 n \n" % len(body)
        body += b"%d 0 obj\n" % number + content + b"\nendobj\n"
    count = len(objects) + 1
    return (
        body
        + b"xref\n0 %d\n" % count
        + table
        + b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
        % (
            count,
            len(body),
        )
    )


def edited(data: bytes, edit: Callable[[pikepdf.Pdf], None], **save: Any) -> bytes:
    """Open a PDF, change its objects, and write it anew."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as document:
        edit(document)
        document.save(out, **save)
    return out.getvalue()


def updated(data: bytes, objects: dict[int, bytes]) -> bytes:
    """Append an incremental update that gives some objects anew."""
    before = data.rpartition(b"startxref")[2].split()[0]
    body, table = data, b""
    for number, content in objects.items():
        table += b"%d 1\n%010d 00000 n \n" % (number, len(body))
        body += b"%d 0 obj\n" % number + content + b"\nendobj\n"
    trailer = b"trailer\n<< /Size 99 /Root 1 0 R /Prev %s >>\nstartxref\n%d\n%%%%EOF\n" % (before, len(body))
    return body + b"xref\n" + table + trailer
