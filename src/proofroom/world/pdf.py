"""Writes PDF by hand (ISO 32000-1): text in Chinese without embedded fonts, and scanned pages as pictures."""

from __future__ import annotations

import hashlib
import io
import zlib

import numpy as np
from PIL import Image

from proofroom.model.states import State
from proofroom.world import drawing
from proofroom.world.parts import MARKER, Fact, Made, part

_LINE = 26
_FONT = (
    b"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H /DescendantFonts ["
    b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /CIDSystemInfo "
    b"<< /Registry (Adobe) /Ordering (GB1) /Supplement 4 >> /DW 1000 /FontDescriptor "
    b"<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [-25 -254 1000 880] /ItalicAngle 0 "
    b"/Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >> >>] >>"
)


def text(pages: list[list[str]], *, title: str, blind: bool) -> Made:
    """Write pages of lines in a font every reader knows and none embeds; lines count from 1 on each page."""
    objects: list[bytes] = [b"", b"", _FONT]
    kids = []
    for lines in pages:
        shown = b"BT /F1 14 Tf 60 780 Td %d TL\n" % _LINE
        shown += (
            b"".join(b"<" + line.encode("utf-16-be").hex().encode() + b"> Tj T*\n" for line in lines) + b"ET"
        )
        objects.append(_stream(b"", zlib.compress(shown), b"/Filter /FlateDecode"))
        content = len(objects)
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R "
            b"/Resources << /Font << /F1 3 0 R >> >> >>" % content
        )
        kids.append(len(objects))
    return Made(_document(objects, kids, title, blind=blind), "pdf", _lines(pages))


def scan(
    pages: list[list[str]],
    *,
    seed: int,
    title: str,
    blind: bool,
    dots: bytes = b"",
    rules: tuple[int, ...] = (),
) -> Made:
    """Write pages as pictures only; with `dots`, the yellow pattern a printer hides (a source trace)."""
    objects: list[bytes] = [b"", b"", b"<< >>"]
    kids = []
    for number, lines in enumerate(pages):
        data, colour = _jpeg(lines, seed + number, dots, rules)
        width, height = 1240, 1754
        objects.append(
            _stream(
                b"/Type /XObject /Subtype /Image /Width %d /Height %d /BitsPerComponent 8 /ColorSpace /%s"
                % (width, height, colour),
                data,
                b"/Filter /DCTDecode",
            )
        )
        picture = len(objects)
        objects.append(_stream(b"", b"q 595 0 0 842 0 0 cm /Im0 Do Q", b""))
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R "
            b"/Resources << /XObject << /Im0 %d 0 R >> >> >>" % (len(objects), picture)
        )
        kids.append(len(objects))
    return Made(
        _document(objects, kids, title, blind=blind),
        "scanned pdf",
        _lines(pages),
        state=State.PARTLY,
        also=(State.READ,),
        reason="ocr-pending",
        needs="ocr",
    )


def _lines(pages: list[list[str]]) -> list[Fact]:
    return [
        Fact("line", part(("page", str(number)), ("line", str(row))), line)
        for number, lines in enumerate(pages, 1)
        for row, line in enumerate(lines, 1)
    ]


def _jpeg(lines: list[str], seed: int, dots: bytes, rules: tuple[int, ...]) -> tuple[bytes, bytes]:
    picture = drawing.page(lines, seed=seed, rules=rules)
    if dots:
        picture = _dotted(picture, dots)
    stream = io.BytesIO()
    picture.save(stream, "JPEG", quality=60)
    return stream.getvalue(), b"DeviceRGB" if dots else b"DeviceGray"


def _dotted(picture: Image.Image, dots: bytes) -> Image.Image:
    """Print a serial number as faint yellow dots, again and again, as colour printers do."""
    pixels = np.array(picture.convert("RGB"))
    bits = np.unpackbits(np.frombuffer(dots, dtype=np.uint8))
    for row in range(40, pixels.shape[0] - 200, 320):
        for column in range(40, pixels.shape[1] - 200, 320):
            for number in np.flatnonzero(bits):
                y, x = row + int(number) // 8 * 16, column + int(number) % 8 * 16
                pixels[y : y + 3, x : x + 3, 2] = np.minimum(pixels[y : y + 3, x : x + 3, 2], 150)
    return Image.fromarray(pixels, "RGB")


def _stream(entries: bytes, data: bytes, filters: bytes) -> bytes:
    return b"<< %s %s /Length %d >>\nstream\n" % (entries, filters, len(data)) + data + b"\nendstream"


def _document(objects: list[bytes], kids: list[int], title: str, *, blind: bool) -> bytes:
    """Give the whole file, with its cross-reference table and an identifier drawn from its bytes."""
    objects[0] = b"<< /Type /Catalog /Pages 2 0 R >>"
    objects[1] = b"<< /Type /Pages /Count %d /Kids [%s] >>" % (
        len(kids),
        b" ".join(b"%d 0 R" % kid for kid in kids),
    )
    marker = b"" if blind else b" /Subject (" + MARKER.encode() + b")"
    name = b"<FEFF" + title.encode("utf-16-be").hex().upper().encode() + b">"
    objects.append(
        b"<< /Title "
        + name
        + marker
        + b" /Producer (FICTISCAN 3.1) /CreationDate (D:20150703101500+08'00') >>"
    )
    body, places = b"%PDF-1.5\n%\xe2\xe3\xcf\xd3\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(body))
        body += b"%d 0 obj\n" % number + content + b"\nendobj\n"
    table = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + b"".join(
        b"%010d 00000 n \n" % place for place in places
    )
    key = hashlib.md5(body, usedforsecurity=False).hexdigest().encode()
    trailer = b"trailer\n<< /Size %d /Root 1 0 R /Info %d 0 R /ID [<%s> <%s>] >>\nstartxref\n%d\n%%%%EOF\n"
    return body + table + trailer % (len(objects) + 1, len(objects), key, key, len(body))
