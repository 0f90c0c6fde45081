"""Read the records of an enhanced metafile (MS-EMF, MS-EMFPLUS): words, and pictures inside it."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final

from proofroom.extract.pictures.drawn import Bitmap, Words

_HEAD: Final = struct.Struct("<II")
_WORDS, _NARROW_WORDS = 84, 83
_MANY_WORDS, _MANY_NARROW = 97, 96
_SMALL: Final = 108
_COMMENT: Final = 70
_END: Final = 14
_FONT: Final = 82
_BITMAPS: Final = {76: 84, 77: 84, 78: 84, 79: 84, 80: 48, 81: 48, 114: 84, 116: 84}
"""Records that hold pixels, and where in them stands where head and pixels are."""

_GLYPHS: Final = 0x10
_NO_FRAME: Final = 0x100
_ONE_BYTE: Final = 0x200
_MOST_TEXTS: Final = 4_096
_PLUS: Final = b"EMF+"
_DRAW_STRING, _DRAW_SIGNS, _OBJECT = 0x401C, 0x4036, 0x4008
_SIGNS_ARE_TEXT: Final = 1
_IMAGE: Final = 5


def emf_records(data: bytes) -> Iterator[Words | Bitmap]:
    """Give what is drawn, in order; raises ValueError where the file ends before its last record."""
    at = 0
    while True:
        if at + _HEAD.size > len(data):
            raise ValueError
        kind, size = _HEAD.unpack_from(data, at)
        if size < _HEAD.size or at + size > len(data):
            raise ValueError
        yield from _record(data[at : at + size], kind)
        if kind == _END:
            return
        at += size


def description(data: bytes) -> list[str]:
    """Give what the head says of the program and the picture."""
    if len(data) < 72:
        return []
    count, at = struct.unpack_from("<II", data, 60)
    told = data[at : at + 2 * min(count, _MOST_TEXTS)].decode("utf-16-le", "replace") if at else ""
    return [text for text in told.split("\0") if text.strip()]


def fonts(data: bytes) -> Iterator[str]:
    """Give the names of the fonts that words are drawn in."""
    at = 0
    while at + _HEAD.size <= len(data):
        kind, size = _HEAD.unpack_from(data, at)
        if size < _HEAD.size:
            return
        if kind == _FONT:
            yield data[at + 40 : min(at + 104, at + size)].decode("utf-16-le", "replace").partition("\0")[0]
        at += size


def _record(record: bytes, kind: int) -> Iterator[Words | Bitmap]:
    try:
        if kind in (_WORDS, _NARROW_WORDS):
            yield _words(record, 36, wide=kind == _WORDS)
        elif kind in (_MANY_WORDS, _MANY_NARROW):
            (count,) = struct.unpack_from("<I", record, 36)
            for number in range(min(count, _MOST_TEXTS)):
                yield _words(record, 40 + 40 * number, wide=kind == _MANY_WORDS)
        elif kind == _SMALL:
            yield _small(record)
        elif kind in _BITMAPS:
            yield from _bitmap(record, _BITMAPS[kind])
        elif kind == _COMMENT and record[12:16] == _PLUS:
            yield from _plus(record[16:])
    except struct.error:
        return


def _words(record: bytes, at: int, *, wide: bool) -> Words:
    x, y, count, place, options = struct.unpack_from("<iiIII", record, at)
    (widths,) = struct.unpack_from("<I", record, at + 36)
    raw = record[place : place + count * (2 if wide else 1)]
    text = "" if options & _GLYPHS else raw.decode("utf-16-le" if wide else "cp1252", "replace")
    width = -1
    if widths and widths + 4 * count <= len(record):
        width = sum(struct.unpack_from(f"<{count}I", record, widths))
    return Words(x, y, width, text.replace("\0", ""))


def _small(record: bytes) -> Words:
    x, y, count, options = struct.unpack_from("<iiII", record, 8)
    at = 36 if options & _NO_FRAME else 52
    wide = not options & _ONE_BYTE
    raw = record[at : at + count * (2 if wide else 1)]
    text = "" if options & _GLYPHS else raw.decode("utf-16-le" if wide else "latin-1", "replace")
    return Words(x, y, -1, text.replace("\0", ""))


def _bitmap(record: bytes, at: int) -> Iterator[Bitmap]:
    head_at, head_size, at, size = struct.unpack_from("<IIII", record, at)
    head, pixels = record[head_at : head_at + head_size], record[at : at + size]
    if head_size and len(head) == head_size and pixels:
        yield Bitmap(head, pixels)


def _plus(data: bytes) -> Iterator[Words | Bitmap]:
    """Read the newer records that hide in comments."""
    at = 0
    while at + 12 <= len(data):
        kind, flags, size, length = struct.unpack_from("<HHII", data, at)
        body = data[at + 12 : at + 12 + length]
        if kind == _DRAW_STRING:
            count, x, y = struct.unpack_from("<Iff", body, 8)
            yield Words(_whole(x), _whole(y), -1, body[28 : 28 + 2 * count].decode("utf-16-le", "replace"))
        elif kind == _DRAW_SIGNS:
            options, _, count = struct.unpack_from("<III", body, 4)
            x, y = (
                struct.unpack_from("<ff", body, 16 + 2 * count) if options & _SIGNS_ARE_TEXT else (0.0, 0.0)
            )
            if options & _SIGNS_ARE_TEXT:
                yield Words(
                    _whole(x), _whole(y), -1, body[16 : 16 + 2 * count].decode("utf-16-le", "replace")
                )
        elif kind == _OBJECT and flags >> 8 & 0x7F == _IMAGE and _is_packed(body):
            yield Bitmap(b"", body[28:])
        at += max(size, 12)


def _is_packed(image: bytes) -> bool:
    """Tell whether an image object holds a file such as a PNG, not naked pixels."""
    return image[4:8] == b"\1\0\0\0" and image[24:28] == b"\1\0\0\0"


def _whole(number: float) -> int:
    """Write a place as a whole number; what is no number is the origin."""
    return int(number) if abs(number) < 1 << 30 else 0
