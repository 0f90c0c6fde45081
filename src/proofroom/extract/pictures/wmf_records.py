"""Read the records of a Windows metafile (MS-WMF): words in the code page of their font, and pictures inside it."""

from __future__ import annotations

import codecs
import struct
from collections.abc import Iterator
from heapq import heappop, heappush
from typing import Final

from proofroom.extract.encoding import decode_all, find_encoding
from proofroom.extract.pictures.drawn import Bitmap, Words

_PLACEABLE: Final = b"\xd7\xcd\xc6\x9a"
_PLACEABLE_SIZE: Final = 22
_HEAD_SIZE: Final = 18
_RECORD: Final = struct.Struct("<IH")
_END: Final = 0
_TEXT, _LONG_TEXT = 0x0521, 0x0A32
_FONT, _SELECT, _DELETE = 0x02FB, 0x012D, 0x01F0
_OTHER_OBJECTS: Final = (0x02FA, 0x02FC, 0x00F7, 0x06FF, 0x01F9, 0x0142)
_BITMAPS: Final = {0x0F43: 22, 0x0B41: 20, 0x0940: 16, 0x0D33: 18}
_FRAMED: Final = 0x06
_GLYPHS: Final = 0x10
_MOST_OBJECTS: Final = 1 << 16
_CODECS: Final = {
    0: "cp1252", 128: "cp932", 129: "cp949", 134: "gb18030", 136: "cp950", 161: "cp1253", 162: "cp1254",
    163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251", 222: "cp874", 238: "cp1250",
}  # fmt: skip
"""Codecs by the character sets that fonts name; of others the bytes decide."""

for _codec in _CODECS.values():
    codecs.lookup(_codec)  # a sealed worker can load no codec any more


def wmf_records(data: bytes) -> Iterator[Words | Bitmap]:
    """Give what is drawn, in order; raises ValueError where the file ends before its last record."""
    start = _PLACEABLE_SIZE if data.startswith(_PLACEABLE) else 0
    at = start + _HEAD_SIZE
    fonts = _Fonts()
    while True:
        if at + _RECORD.size > len(data):
            raise ValueError
        words, kind = _RECORD.unpack_from(data, at)
        size = 2 * words
        if kind == _END:
            return
        if size < _RECORD.size or at + size > len(data):
            raise ValueError
        body = data[at + _RECORD.size : at + size]
        fonts.take(kind, body)
        yield from _record(kind, body, fonts.codec)
        at += size


class _Fonts:
    """Which font is in use: objects are numbered by the lowest number that is free."""

    def __init__(self) -> None:
        self._objects: dict[int, str] = {}
        self._free: list[int] = []
        self.codec = ""

    def take(self, kind: int, body: bytes) -> None:
        """Follow the records that make, choose and drop objects."""
        if kind == _FONT:
            self._add(_CODECS.get(body[13], "") if len(body) > 13 else "")
        elif kind in _OTHER_OBJECTS:
            self._add("-")
        elif kind in (_SELECT, _DELETE) and len(body) >= 2:
            number = int.from_bytes(body[:2], "little")
            if kind == _DELETE:
                if self._objects.pop(number, None) is not None:
                    heappush(self._free, number)
            elif self._objects.get(number, "-") != "-":
                self.codec = self._objects[number]

    def _add(self, codec: str) -> None:
        number = heappop(self._free) if self._free else len(self._objects)
        if number < _MOST_OBJECTS:
            self._objects[number] = codec


def _record(kind: int, body: bytes, codec: str) -> Iterator[Words | Bitmap]:
    try:
        if kind == _TEXT:
            (count,) = struct.unpack_from("<H", body)
            y, x = struct.unpack_from("<hh", body, 2 + count + count % 2)
            yield Words(x, y, -1, _text(body[2 : 2 + count], codec))
        elif kind == _LONG_TEXT:
            y, x, count, options = struct.unpack_from("<hhHH", body)
            at = 16 if options & _FRAMED else 8
            raw = b"" if options & _GLYPHS else body[at : at + count]
            yield Words(x, y, _width(body, at + count + count % 2, count), _text(raw, codec))
        elif kind in _BITMAPS:
            yield from _bitmap(body[_BITMAPS[kind] :])
    except struct.error:
        return


def _width(body: bytes, at: int, count: int) -> int:
    """Add up how far each sign moves on, -1 where that is left out."""
    return sum(struct.unpack_from(f"<{count}H", body, at)) if count and at + 2 * count <= len(body) else -1


def _text(untrusted: bytes, codec: str) -> str:
    if not codec:
        codec = find_encoding(untrusted, True).encoding
    return decode_all(untrusted, codec).replace("\0", "")


def _bitmap(body: bytes) -> Iterator[Bitmap]:
    """Give a picture if its head makes sense: 40 bytes, and a table of colours."""
    if len(body) <= 40 or struct.unpack_from("<I", body)[0] != 40:
        return
    bits, packing = struct.unpack_from("<HI", body, 14)
    colours = struct.unpack_from("<I", body, 32)[0] or (1 << bits if bits <= 8 else 0)
    head = 40 + 4 * colours + (12 if packing == 3 else 0)
    if head < len(body):
        yield Bitmap(body[:head], body[head:])
