"""Builds EXIF blocks by hand (CIPA DC-008), so that every byte of a photo's metadata is ours and known."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

_BYTE, _ASCII, _SHORT, _LONG, _RATIONAL, _UNDEFINED = 1, 2, 3, 4, 5, 7
_EXIF_IFD, _GPS_IFD = 0x8769, 0x8825
Value = tuple[int, bytes]  # type, payload


@dataclass(slots=True)
class Exif:
    """The three directories of a camera's file, and the thumbnail it carries."""

    main: dict[int, Value] = field(default_factory=dict)
    photo: dict[int, Value] = field(default_factory=dict)
    gps: dict[int, Value] = field(default_factory=dict)
    thumbnail: bytes = b""

    def block(self) -> bytes:
        """Give the APP1 payload: `Exif`, a TIFF header, the directories, the thumbnail."""
        main = dict(self.main)
        # Sizes first: pointers are fixed-size entries, so a directory's length does not depend on them.
        main[_EXIF_IFD] = long(0)
        if self.gps:
            main[_GPS_IFD] = long(0)
        photo_at = 8 + _length(main)
        gps_at = photo_at + _length(self.photo)
        thumb_at = gps_at + (_length(self.gps) if self.gps else 0)
        main[_EXIF_IFD] = long(photo_at)
        if self.gps:
            main[_GPS_IFD] = long(gps_at)
        body = b"MM\0*\0\0\0\x08" + _directory(main, 8, thumb_at if self.thumbnail else 0)
        body += _directory(self.photo, photo_at, 0)
        if self.gps:
            body += _directory(self.gps, gps_at, 0)
        if self.thumbnail:
            small = {0x0103: short(6), 0x0201: long(0), 0x0202: long(len(self.thumbnail))}
            small[0x0201] = long(thumb_at + _length(small))
            body += _directory(small, thumb_at, 0) + self.thumbnail
        return b"Exif\0\0" + body


def text(value: str) -> Value:
    """Give an ASCII field, ended by a zero byte."""
    return _ASCII, value.encode("ascii") + b"\0"


def short(value: int) -> Value:
    """Give a 16-bit number."""
    return _SHORT, struct.pack(">H", value)


def long(value: int) -> Value:
    """Give a 32-bit number."""
    return _LONG, struct.pack(">I", value)


def rationals(*values: tuple[int, int]) -> Value:
    """Give one or more fractions."""
    return _RATIONAL, b"".join(struct.pack(">II", *value) for value in values)


def undefined(value: bytes) -> Value:
    """Give bytes of a maker's own."""
    return _UNDEFINED, value


def version(*numbers: int) -> Value:
    """Give a version as single bytes."""
    return _BYTE, bytes(numbers)


def degrees(value: float) -> Value:
    """Give an angle as degrees, minutes and hundredths of seconds."""
    hundredths = round(abs(value) * 360_000)
    minutes, rest = divmod(hundredths, 6000)
    return rationals((minutes // 60, 1), (minutes % 60, 1), (rest, 100))


_SIZES = {_BYTE: 1, _ASCII: 1, _SHORT: 2, _LONG: 4, _RATIONAL: 8, _UNDEFINED: 1}


def _length(entries: dict[int, Value]) -> int:
    outside = sum(len(data) + len(data) % 2 for _, data in entries.values() if len(data) > 4)
    return 2 + 12 * len(entries) + 4 + outside


def _directory(entries: dict[int, Value], start: int, following: int) -> bytes:
    head, tail = struct.pack(">H", len(entries)), b""
    outside = start + 2 + 12 * len(entries) + 4
    for tag, (kind, data) in sorted(entries.items()):
        count = len(data) // _SIZES[kind]
        if len(data) <= 4:
            place = data.ljust(4, b"\0")
        else:
            place = struct.pack(">I", outside + len(tail))
            tail += data + b"\0" * (len(data) % 2)
        head += struct.pack(">HHI", tag, kind, count) + place
    return head + struct.pack(">I", following) + tail
