"""Walk through the segments of a JPEG (ITU-T T.81 annex B): their order, tables, comments, and its end.

The walk decodes no pixel. It tells what a reader of pixels throws away: the order of the segments and
the quantisation tables name the program that saved the picture, and bytes may follow its end.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

_START: Final = 0xD8
_END: Final = 0xD9
_SCAN: Final = 0xDA
_TABLES: Final = 0xDB
_COMMENT: Final = 0xFE
_APP0, _APP1, _APP2, _APP13 = 0xE0, 0xE1, 0xE2, 0xED
_ALONE: Final = frozenset((0x01, _START, *range(0xD0, 0xD8)))
_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_NAMES: Final = {
    _START: "SOI",
    _END: "EOI",
    _SCAN: "SOS",
    _TABLES: "DQT",
    _COMMENT: "COM",
    0xC4: "DHT",
    0xDD: "DRI",
}
_AFTER_SCAN: Final = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")
_IDENTIFIER: Final = re.compile(rb"[A-Za-z0-9 ./_:-]{2,32}")
_EXIF: Final = b"Exif\0"
_EXTENDED: Final = b"http://ns.adobe.com/xmp/extension/\0"
_INDEX: Final = b"MPF\0"
_MORE_JFIF: Final = b"JFXX\0"
_PHOTOSHOP: Final = b"Photoshop 3.0\0"
_UNITS: Final = {0: "", 1: " dpi", 2: " dpcm"}
_MOST: Final = 256
_MOST_PARTS: Final = 4_096
_MOST_MARKERS: Final = 1_000_000
_ENTRIES: Final = 64


@dataclass(slots=True)
class JpegWalk:
    """What the segments of one JPEG tell; `end` is where the picture ends, -1 when it has no end.

    small, extension: thumbnails of JFIF. index: the list of further pictures (MPF), and where it stands.
    """

    segments: list[str] = field(default_factory=list)
    tables: dict[int, tuple[int, ...]] = field(default_factory=dict)
    comments: list[bytes] = field(default_factory=list)
    size: tuple[int, int] = (0, 0)
    sampling: str = ""
    jfif: str = ""
    small: bytes = b""
    extension: list[tuple[int, bytes]] = field(default_factory=list)
    exif: bytes = b""
    extended_xmp: list[bytes] = field(default_factory=list)
    photoshop: bytes = b""
    index: bytes = b""
    index_at: int = 0
    end: int = -1

    def facts(self) -> Iterator[tuple[str, str]]:
        """Give the facts as properties."""
        yield "jpeg:markers", " ".join(self.segments)
        if self.tables:
            tables = "; ".join(
                f"{number}: {_numbers(values)}" for number, values in sorted(self.tables.items())
            )
            yield "jpeg:quantisation", tables
            yield "jpeg:quantisation-hash", hashlib.sha256(tables.encode()).hexdigest()[:16]
        if self.sampling:
            yield "jpeg:sampling", self.sampling
        if self.jfif:
            yield "jpeg:jfif", self.jfif


def walk_jpeg(data: bytes, at: int = 0, most: int = _MOST_MARKERS) -> JpegWalk:
    """Walk from segment to segment as far as they go, from a place on, so many at the most; never raises."""
    walk = JpegWalk()
    for _ in range(most):
        at = data.find(b"\xff", at)
        if at < 0 or at + 1 >= len(data):
            break
        code = data[at + 1]
        if code in (0x00, 0xFF):
            at += 1
            continue
        at += 2
        if code == _END:
            _note(walk, "EOI")
            walk.end = at
            break
        if code in _ALONE:
            _note(walk, _name(code, b""))
            continue
        body = data[at + 2 : at + max(int.from_bytes(data[at : at + 2]), 2)]
        _note(walk, _name(code, body))
        _take(walk, code, body)
        if code == _APP2 and body.startswith(_INDEX) and not walk.index:
            walk.index, walk.index_at = body[len(_INDEX) :], at + 2 + len(_INDEX)
        at += 2 + len(body)
        if code == _SCAN:
            found = _AFTER_SCAN.search(data, at)
            at = found.start() if found else len(data)
    return walk


def _take(walk: JpegWalk, code: int, body: bytes) -> None:
    """Take what one segment tells."""
    if code == _TABLES:
        _take_tables(walk, body)
    elif code in _FRAMES and len(body) >= 6 and walk.size == (0, 0):
        walk.size = (int.from_bytes(body[3:5]), int.from_bytes(body[1:3]))
        parts = [body[7 + 3 * number] for number in range(body[5]) if 8 + 3 * number <= len(body)]
        walk.sampling = " ".join(f"{part >> 4}x{part & 15}" for part in parts)
    elif code == _COMMENT and len(walk.comments) < _MOST:
        walk.comments.append(body)
    elif code == _APP0 and body[:5] == b"JFIF\0" and len(body) >= 12 and not walk.jfif:
        across, down = int.from_bytes(body[8:10]), int.from_bytes(body[10:12])
        walk.small = body[12:]
        walk.jfif = f"{body[5]}.{body[6]:02d} {across}x{down}{_UNITS.get(body[7], '')}"
    elif code == _APP0 and body.startswith(_MORE_JFIF) and len(body) > 6 and len(walk.extension) < _MOST:
        walk.extension.append((body[5], body[6:]))
    elif code == _APP1 and body.startswith(_EXTENDED) and len(walk.extended_xmp) < _MOST_PARTS:
        walk.extended_xmp.append(body[len(_EXTENDED) :])
    elif code == _APP1 and body.startswith(_EXIF):
        walk.exif += body[6:] if walk.exif == b"" or not _is_tiff(body[6:]) else b""
    elif code == _APP13 and body.startswith(_PHOTOSHOP):
        walk.photoshop += body[len(_PHOTOSHOP) :]


def _is_tiff(block: bytes) -> bool:
    """Tell a second block of its own from the continuation of the first."""
    return block[:4] in (b"II*\0", b"MM\0*")


def _take_tables(walk: JpegWalk, body: bytes) -> None:
    """Take quantisation tables, in the order in which they are stored (zigzag)."""
    at = 0
    while at < len(body):
        wide, number = body[at] >> 4, body[at] & 15
        width = 2 if wide else 1
        values = body[at + 1 : at + 1 + _ENTRIES * width]
        if len(values) < _ENTRIES * width:
            return
        walk.tables[number] = tuple(
            int.from_bytes(values[place : place + width]) for place in range(0, len(values), width)
        )
        at += 1 + len(values)


def _note(walk: JpegWalk, name: str) -> None:
    if len(walk.segments) < _MOST:
        walk.segments.append(name)


def _name(code: int, body: bytes) -> str:
    """Name a segment; an application's one with the identifier it begins with."""
    if code in _NAMES:
        return _NAMES[code]
    if 0xE0 <= code <= 0xEF:
        found = _IDENTIFIER.match(body)
        return f"APP{code - 0xE0}" + (f"({found.group().decode('ascii').strip()})" if found else "")
    return f"SOF{code - 0xC0}" if code in _FRAMES else f"x{code:02X}"


def _numbers(values: tuple[int, ...]) -> str:
    return " ".join(map(str, values))
