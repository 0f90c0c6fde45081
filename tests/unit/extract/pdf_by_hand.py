"""PDF files written by hand, for tests: contents of pages, objects of their own, a table that fits."""

from __future__ import annotations

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
