"""Hand out the pictures of an .xls workbook (MS-ODRAW 2.2.20 to 2.2.31), each as a member."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import Final

from proofroom.extract.format import Sink
from proofroom.model.states import Reason

_HEAD: Final = struct.Struct("<HHI")
_CONTAINER: Final = 0xF
_ENTRY: Final = 0xF007
_ENTRY_HEAD: Final = 36
_DRAWN: Final = {0xF01A: ("emf", (0x3D4,)), 0xF01B: ("wmf", (0x216,)), 0xF01C: ("pict", (0x542,))}
_PIXELS: Final = {
    0xF01D: ("jpg", (0x46A, 0x6E2)),
    0xF02A: ("jpg", (0x46A, 0x6E2)),
    0xF01E: ("png", (0x6E0,)),
    0xF01F: ("dib", (0x7A8,)),
    0xF029: ("tif", (0x6E4,)),
}
_MOST_DEEP: Final = 16


def send_pictures(data: bytes, pieces: list[tuple[int, int]], sink: Sink) -> None:
    """Hand out each picture as `pictures/N.TYPE`, in the order in which the workbook keeps them."""
    drawing = b"".join(data[start:end] for start, end in pieces)
    try:
        for number, (ending, picture) in enumerate(_pictures(drawing, 0, len(drawing), 0), 1):
            with sink.member(f"pictures/{number}.{ending}".encode(), len(picture)) as out:
                out.write(picture)
    except (struct.error, zlib.error):
        sink.partly(Reason.DAMAGED_PART)


def _pictures(data: bytes, at: int, end: int, depth: int) -> Iterator[tuple[str, bytes]]:
    """Walk the tree of records; raises struct.error where one is longer than what holds it."""
    while at + _HEAD.size <= end and depth <= _MOST_DEEP:
        version, kind, size = _HEAD.unpack_from(data, at)
        at += _HEAD.size
        if at + size > end:
            raise struct.error
        if version & 0xF == _CONTAINER:
            yield from _pictures(data, at, at + size, depth + 1)
        elif kind == _ENTRY:
            yield from _pictures(data, at + _ENTRY_HEAD + data[at + 33], at + size, depth + 1)
        elif kind in _PIXELS:
            ending, single = _PIXELS[kind]
            yield ending, data[at + 17 + (0 if version >> 4 in single else 16) : at + size]
        elif kind in _DRAWN:
            ending, single = _DRAWN[kind]
            yield ending, _drawn(data[at + (16 if version >> 4 in single else 32) : at + size])
        at += size


def _drawn(data: bytes) -> bytes:
    """Unpack a drawing; its head of 34 bytes says how long it is."""
    length, packed = struct.unpack_from("<I", data)[0], data[32:33] == b"\0"
    if not packed:
        return data[34:]
    return zlib.decompressobj().decompress(data[34:], min(length + 1, 64 << 20))
