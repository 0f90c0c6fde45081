"""Walk through Photoshop's image resources (8BIM), which stand in PSD, JPEG and TIFF: texts, IPTC, thumbnails."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from typing import Final

from PIL import Image

from proofroom.extract.pictures.inner import Inner
from proofroom.extract.pictures.packets import iptc_records, xmp_facts
from proofroom.extract.pictures.short_texts import decode_short

_MOST: Final = 2_048
_MARKS: Final = (b"8BIM", b"MeSa", b"AgHg", b"PHUT", b"DCSR")
_IPTC, _XMP, _EXIF = 0x0404, 0x0424, (0x0422, 0x0423)
_THUMBNAIL, _OLD_THUMBNAIL = 0x040C, 0x0409
_THUMBNAIL_HEAD: Final = struct.Struct(">IIIIIIHH")
_MOST_SIDE: Final = 4_096
_PASCAL_LISTS: Final = {0x03EE: "photoshop:channel"}
_PASCAL: Final = {0x0BB7: "photoshop:clipping-path"}
_TEXTS: Final = {0x040B: "photoshop:url"}
_HEX: Final = {0x0425: "photoshop:caption-digest"}
_WIDE_LISTS: Final = {0x0415: "photoshop:channel"}
_VERSION, _ADDRESSES, _COPYRIGHT = 0x0421, 0x041E, 0x040A
_PATHS: Final = range(0x07D0, 0x0BB7)


def take_resources(inner: Inner, data: bytes) -> None:
    """Take what a block of image resources holds; never raises, and takes nothing behind what is no resource."""
    numbers: list[str] = []
    for number, name, body in _resources(data):
        numbers.append(f"{number:04X}")
        if number in (_THUMBNAIL, _OLD_THUMBNAIL):
            inner.add("photoshop-thumbnail.jpg", _thumbnail(body, turned=number == _OLD_THUMBNAIL))
        elif number in _EXIF and not inner.exif:
            inner.exif = body.removeprefix(b"Exif\0\0")
        else:
            inner.facts += [(key, value) for key, value in _facts(number, name, body) if value.strip()]
    if numbers:
        inner.facts.append(("photoshop:resources", " ".join(numbers)))


def _resources(data: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """Walk through resources: signature, number, name, length, body, each on an even place."""
    at = 0
    for _ in range(_MOST):
        if data[at : at + 4] not in _MARKS or at + 7 > len(data):
            return
        length = data[at + 6]
        name = data[at + 7 : at + 7 + length]
        body = at + 7 + length + (length + 1) % 2
        size = int.from_bytes(data[body : body + 4])
        yield int.from_bytes(data[at + 4 : at + 6]), name, data[body + 4 : body + 4 + size]
        at = body + 4 + size + size % 2


def _facts(number: int, name: bytes, body: bytes) -> Iterator[tuple[str, str]]:
    """Give what one resource says."""
    if number == _IPTC:
        yield from iptc_records(body)
    elif number == _XMP:
        yield from xmp_facts(body)
    elif number in _TEXTS:
        yield _TEXTS[number], decode_short(body)
    elif number in _PASCAL:
        yield _PASCAL[number], decode_short(body[1 : 1 + (body[0] if body else 0)])
    elif number in _HEX:
        yield _HEX[number], body.hex()
    elif number in _PASCAL_LISTS:
        yield from ((_PASCAL_LISTS[number], one) for one in _pascal_list(body))
    elif number in _WIDE_LISTS:
        yield from ((_WIDE_LISTS[number], one) for one in _wide_list(body))
    elif number == _VERSION and len(body) > 5:
        yield from zip(("photoshop:writer", "photoshop:reader"), _wide_list(body[5:]), strict=False)
    elif number == _ADDRESSES:
        yield from (("photoshop:url", one) for one in _addresses(body))
    elif number == _COPYRIGHT:
        yield "photoshop:copyrighted", "yes" if any(body[:1]) else ""
    elif number in _PATHS:
        yield "photoshop:path", decode_short(name)


def _pascal_list(body: bytes) -> Iterator[str]:
    at = 0
    while at < len(body):
        yield decode_short(body[at + 1 : at + 1 + body[at]])
        at += 1 + body[at]


def _wide_list(body: bytes) -> Iterator[str]:
    """Give texts in UTF-16, each behind its length in characters."""
    at = 0
    while at + 4 <= len(body):
        count = int.from_bytes(body[at : at + 4])
        if not count or at + 4 + 2 * count > len(body):
            return
        yield body[at + 4 : at + 4 + 2 * count].decode("utf-16-be", "replace").rstrip("\0")
        at += 4 + 2 * count


def _addresses(body: bytes) -> Iterator[str]:
    """Give the addresses of a list: a count, then for each a kind, a number and a text."""
    at = 4
    for _ in range(min(int.from_bytes(body[:4]), _MOST)):
        count = int.from_bytes(body[at + 8 : at + 12])
        if at + 12 + 2 * count > len(body):
            return
        yield body[at + 12 : at + 12 + 2 * count].decode("utf-16-be", "replace").rstrip("\0")
        at += 12 + 2 * count


def _thumbnail(body: bytes, *, turned: bool) -> bytes:
    """Give a thumbnail: its JPEG as it stands, naked pixels as PNG (in the older one red and blue are exchanged)."""
    if len(body) < _THUMBNAIL_HEAD.size:
        return b""
    form, width, height, row, *_ = _THUMBNAIL_HEAD.unpack_from(body)
    pixels = body[_THUMBNAIL_HEAD.size :]
    if form == 1:
        return pixels
    if (
        not (0 < width <= _MOST_SIDE and 0 < height <= _MOST_SIDE and row >= 3 * width)
        or len(pixels) < row * height
    ):
        return b""
    rows = b"".join(pixels[row * at : row * at + 3 * width] for at in range(height))
    return as_png((width, height), rows, "BGR" if turned else "RGB")


def as_png(size: tuple[int, int], pixels: bytes, order: str = "RGB") -> bytes:
    """Give naked pixels, three bytes each, as a PNG."""
    out = io.BytesIO()
    Image.frombytes("RGB", size, pixels, "raw", order).save(out, "PNG")
    return out.getvalue()
