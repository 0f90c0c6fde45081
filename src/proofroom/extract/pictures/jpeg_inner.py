"""Give the pictures that a JPEG carries beside its own: thumbnails of JFIF, and those behind its end (CIPA DC-007)."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final

from proofroom.extract.pictures.inner import MOST_INNER, Inner
from proofroom.extract.pictures.jpeg_walk import JpegWalk
from proofroom.extract.pictures.packets import xmp_facts
from proofroom.extract.pictures.photoshop import as_png, take_resources
from proofroom.extract.pictures.short_texts import decode_short

_ENTRIES: Final = 0xB002
_ENTRY: Final = 16
_KINDS: Final = {
    0x010001: "large-thumbnail", 0x010002: "large-thumbnail", 0x020001: "panorama", 0x020002: "disparity",
    0x020003: "angle", 0x030000: "primary",
}  # fmt: skip
_PALETTE: Final = 768
_GUID: Final = 32


def jpeg_inner(walk: JpegWalk, data: bytes) -> Inner:
    """Give what the segments of a JPEG hold; never raises."""
    inner = Inner(facts=list(walk.facts()), exif=walk.exif, end=walk.end)
    inner.facts += [("jpeg:comment", decode_short(comment)) for comment in walk.comments]
    take_resources(inner, walk.photoshop)
    if walk.extended_xmp:
        for one in _extended(walk.extended_xmp):
            inner.facts += [
                (key.replace("xmp:packet", "xmp:extended"), value) for key, value in xmp_facts(one)
            ]
    for size, pixels in _small(walk.small):
        inner.add("jfif-thumbnail.png", as_png(size, pixels))
    for code, body in walk.extension:
        take_extension(inner, code, body)
    _further(inner, walk, data)
    return inner


def _small(small: bytes) -> Iterator[tuple[tuple[int, int], bytes]]:
    """Give naked pixels behind their width and height, one byte each."""
    width, height = small[:2] if len(small) > 2 else (0, 0)
    if width and height and len(small) >= 2 + 3 * width * height:
        yield (width, height), small[2 : 2 + 3 * width * height]


def take_extension(inner: Inner, code: int, body: bytes) -> None:
    """Take the thumbnail of a JFXX segment: a JPEG, a picture with a palette, or naked pixels."""
    if code == 0x10:
        inner.add("jfxx-thumbnail.jpg", body)
    elif code == 0x11 and len(body) > 2 + _PALETTE:
        width, height = body[:2]
        palette, places = body[2 : 2 + _PALETTE], body[2 + _PALETTE : 2 + _PALETTE + width * height]
        if width and height and len(places) == width * height:
            pixels = b"".join(palette[3 * place : 3 * place + 3] for place in places)
            inner.add("jfxx-thumbnail.png", as_png((width, height), pixels))
    elif code == 0x13:
        for size, pixels in _small(body):
            inner.add("jfxx-thumbnail.png", as_png(size, pixels))


def _extended(parts: list[bytes]) -> Iterator[bytes]:
    """Join the parts of XMP packets too long for one segment: name, whole length, place, bytes."""
    packets: dict[bytes, dict[int, bytes]] = {}
    for part in parts:
        place = int.from_bytes(part[_GUID + 4 : _GUID + 8])
        packets.setdefault(part[:_GUID], {})[place] = part[_GUID + 8 :]
    for held in packets.values():
        yield b"".join(held[place] for place in sorted(held))


def _further(inner: Inner, walk: JpegWalk, data: bytes) -> None:
    """Take the further pictures that an index (MPF) names, which lie behind the end of the first."""
    for number, (kind, place, size) in enumerate(further_pictures(walk.index), 1):
        start = place + walk.index_at if place else 0
        inner.facts.append(
            ("mpf:picture", f"{number}: {_KINDS.get(kind, f'{kind:06x}')} at {start} of {size} bytes")
        )
        if start and size and 0 < start < len(data):
            inner.add(f"picture-{number}.jpg", data[start : start + size])
            inner.covered.append((start, start + size))


def further_pictures(index: bytes) -> list[tuple[int, int, int]]:
    """Give kind, place and size of every picture that an index names; a broken index names none."""
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(index[:4], "")
    try:
        (at,) = struct.unpack_from(f"{order}I", index, 4) if order else (len(index),)
        (count,) = struct.unpack_from(f"{order}H", index, at) if order else (0,)
        for number in range(count):
            tag, _kind, size, place = struct.unpack_from(f"{order}HHII", index, at + 2 + 12 * number)
            if tag == _ENTRIES:
                entries = range(place, place + min(size, _ENTRY * MOST_INNER), _ENTRY)
                found = [struct.unpack_from(f"{order}III", index, entry) for entry in entries]
                return [(kind & 0xFFFFFF, start, length) for kind, length, start in found]
    except struct.error:
        return []
    return []
