"""Read files of icons and pointers (ico, cur, icns): each picture in them is a member, its size a property."""

from __future__ import annotations

import struct
from typing import Final

from proofroom.extract.format import Format, Sink, Source, Unreadable
from proofroom.model.states import Reason, State

_ENTRY: Final = struct.Struct("<BBBBHHII")
_MOST: Final = 4_096
_MOST_IN_MEMORY: Final = 256 << 20
_PNG: Final = b"\x89PNG"
_WHOLE: Final = {_PNG: "png", b"\0\0\0\x0c": "jp2", b"\xff\x4f\xff\x51": "jp2"}
_BITMAP_HEAD: Final = 40
_OTHER_PARTS: Final = (b"TOC ", b"icnV", b"info")


def read(source: Source, sink: Sink) -> None:
    """Give each picture of an icon as a file of its own; pictures in forms of their own are only named."""
    source.untrusted.seek(0)
    data = source.untrusted.read(_MOST_IN_MEMORY)
    whole = _apple(data, sink) if data.startswith(b"icns") else _windows(data, sink)
    if not whole:
        raise Unreadable(State.DAMAGED, Reason.CUT_SHORT)


def _windows(data: bytes, sink: Sink) -> bool:
    """Give the pictures of an icon or a pointer; tells whether all that it names is there."""
    count, whole, seen = int.from_bytes(data[4:6], "little"), True, set[tuple[int, int]]()
    pointer = data[2:3] == b"\2"
    for number in range(1, min(count, _MOST) + 1):
        entry = data[6 + 16 * (number - 1) : 6 + 16 * number]
        if len(entry) < _ENTRY.size:
            return False
        width, height, colours, _, across, bits, size, start = _ENTRY.unpack(entry)
        more = f"hot={across},{bits}" if pointer else f"planes={across} bits={bits}"
        sink.meta(
            "icon:entry", f"{number}: {width or 256}x{height or 256} colours={colours} {more} {size} bytes"
        )
        picture = data[start : start + size]
        whole = whole and len(picture) == size
        if picture and (start, size) not in seen:
            seen.add((start, size))
            _give(sink, number, picture)
    return whole and count <= _MOST


def _give(sink: Sink, number: int, picture: bytes) -> None:
    """Give one picture: PNG as it stands, the other kind with the head that a file has and a half of its height."""
    ending = "png"
    if not picture.startswith(_PNG):
        ending = "bmp"
        if len(picture) < _BITMAP_HEAD:
            sink.partly(Reason.DAMAGED_PART)
            return
        head, width, high = struct.unpack_from("<Iii", picture)
        bits, packing = struct.unpack_from("<HI", picture, 14)
        colours = struct.unpack_from("<I", picture, 32)[0] or (1 << bits if bits <= 8 else 0)
        start = head + 4 * min(colours, 256) + (12 if packing == 3 else 0)
        picture = struct.pack("<Iii", head, width, high // 2) + picture[12:]
        picture = struct.pack("<2sIHHI", b"BM", 14 + len(picture), 0, 0, 14 + start) + picture
    with sink.member(f"icon-{number}.{ending}".encode(), len(picture)) as out:
        out.write(picture)


def _apple(data: bytes, sink: Sink) -> bool:
    """Give the pictures of a Macintosh icon; tells whether all that it names is there."""
    at, unread = 8, False
    for number in range(1, _MOST + 1):
        if at + 8 > len(data):
            break
        kind, size = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8])
        if size < 8 or at + size > len(data):
            return False
        body = data[at + 8 : at + size]
        sink.meta("icon:entry", f"{number}: {kind.decode('latin-1')} {len(body)} bytes")
        ending = next((one for begin, one in _WHOLE.items() if body.startswith(begin)), "")
        if ending:
            with sink.member(f"icon-{number}.{ending}".encode(), len(body)) as out:
                out.write(body)
        elif kind not in _OTHER_PARTS:
            unread = True
        at += size
    if unread:
        sink.partly(Reason.UNREAD_PART)
    return at >= len(data)


FORMAT = Format(
    name="icons",
    media_types=frozenset(("image/vnd.microsoft.icon", "image/x-icns")),
    read=read,
    sample="icons.ico",
)
