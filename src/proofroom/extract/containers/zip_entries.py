"""Find the entries of a zip by its directory, wherever in the file that stands (APPNOTE.TXT 6.3.10)."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, Final

ENCRYPTED: Final = 0x1
DESCRIPTOR: Final = 0x8
STRONG: Final = 0x40
MASKED: Final = 0x2000
STORED: Final = 0
LZMA: Final = 14
PPMD: Final = 98
AES: Final = 99
ALL: Final = 0xFFFFFFFF
SHORT_ALL: Final = 0xFFFF

_CENTRAL: Final = struct.Struct("<4sHHHHHHIIIHHHHHII")
_END: Final = struct.Struct("<4sHHHHIIH")
_END64: Final = struct.Struct("<4sQHHIIQQQQ")
_LOCATOR: Final = struct.Struct("<4sIQI")
_REACH: Final = 1 << 20
_TRIES: Final = 64


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry as the directory (`listed`) or its own local header tells it; `at` is its local header's place."""

    untrusted_name: bytes
    at: int
    flags: int
    method: int
    moment: int
    crc: int | None
    packed: int | None
    size: int | None
    version: int
    made_by: int = 0
    external: int = 0
    extra: bytes = b""
    untrusted_comment: bytes = b""
    listed: bool = True

    @property
    def mode(self) -> int:
        """Give the Unix mode that the archiver stored, or 0."""
        return self.external >> 16

    @property
    def is_folder(self) -> bool:
        """Tell whether it names a folder and holds nothing."""
        return self.untrusted_name.endswith((b"/", b"\\")) and not self.size


@dataclass(frozen=True, slots=True)
class Directory:
    """Where the directory stands, by how much its addresses are shifted, and what its end record says.

    `volume` is the number of this file, from 0, where the zip was cut into several.
    """

    start: int
    end: int
    shift: int
    count: int
    after: int
    untrusted_comment: bytes = b""
    volume: int = 0


@dataclass(slots=True)
class Spans:
    """The parts of the file that are accounted for."""

    taken: list[tuple[int, int]] = field(default_factory=list)

    def gaps(self, end: int) -> Iterator[tuple[int, int]]:
        """Give what lies between, in the file's order."""
        at = 0
        for start, stop in sorted(self.taken):
            if start > at:
                yield at, min(start, end)
            at = max(at, stop)
        if at < end:
            yield at, end


def find_directory(stream: BinaryIO, size: int) -> Directory | None:
    """Find the directory by its end record, the last one that leads to a directory; None when there is none."""
    reach = min(size, _REACH)
    stream.seek(size - reach)
    tail = stream.read(reach)
    at = len(tail)
    for _ in range(_TRIES):
        at = tail.rfind(b"PK\5\6", 0, at + 3)
        if at < 0:
            return None
        if len(tail) - at >= _END.size:
            found = _directory(stream, size - reach + at, tail[at : at + _END.size + SHORT_ALL], size)
            if found is not None:
                return found
    return None


def _directory(stream: BinaryIO, at: int, record: bytes, size: int) -> Directory | None:
    """Read one end record and see whether a directory stands where it points."""
    _, volume, _, _, count, length, offset, comment = _END.unpack_from(record)
    after = at + _END.size + comment
    remark = record[_END.size : _END.size + comment]
    ends = at
    if count == SHORT_ALL or ALL in (length, offset):
        wide = _end64(stream, at)
        if wide is not None:
            ends, count, length, offset = wide
    for shift in dict.fromkeys((ends - length - offset, 0)):
        start = offset + shift
        if not 0 <= start <= ends or (not length and count):
            continue
        stream.seek(start)
        if stream.read(4) == b"PK\1\2" or (not count and not length):
            volume = 0 if volume == SHORT_ALL else volume
            return Directory(start, ends, shift, count, max(size - after, 0), remark, volume)
    return None


def _end64(stream: BinaryIO, at: int) -> tuple[int, int, int, int] | None:
    """Read the end record of a large zip: where it stands, its count, the directory's length and address."""
    stream.seek(max(at - _LOCATOR.size, 0))
    locator = stream.read(_LOCATOR.size)
    if len(locator) < _LOCATOR.size or not locator.startswith(b"PK\6\7"):
        return None
    for place in (_LOCATOR.unpack(locator)[2], at - _LOCATOR.size - _END64.size):
        if not 0 <= place < at:
            continue
        stream.seek(place)
        record = stream.read(_END64.size)
        if len(record) == _END64.size and record.startswith(b"PK\6\6"):
            fields = _END64.unpack(record)
            return place, fields[7], fields[8], fields[9]
    return None


def listed_entries(stream: BinaryIO, directory: Directory) -> Iterator[Entry]:
    """Read the directory entry by entry, to its end or to where it breaks."""
    at = directory.start
    while at + _CENTRAL.size <= directory.end:
        stream.seek(at)
        head = stream.read(_CENTRAL.size)
        if len(head) < _CENTRAL.size or not head.startswith(b"PK\1\2"):
            return
        fields = _CENTRAL.unpack(head)
        name, extra, comment = fields[10], fields[11], fields[12]
        rest = stream.read(name + extra + comment)
        if len(rest) < name + extra + comment:
            return
        at += len(head) + len(rest)
        yield _listed(fields, rest[:name], rest[name : name + extra], rest[name + extra :], directory.shift)


def _listed(fields: tuple[int, ...], name: bytes, extra: bytes, comment: bytes, shift: int) -> Entry:
    made, needs, flags, method, time, day, crc, packed, size = fields[1:10]
    # Large values stand in the extra field, in this order, and only those that did not fit (4.5.3).
    wide = extra_fields(extra).get(1, b"")
    large = [packed_value == ALL for packed_value in (size, packed, fields[16])]
    values = [size, packed, fields[16]]
    for place, is_large in enumerate(large):
        if is_large and len(wide) >= 8:
            values[place], wide = int.from_bytes(wide[:8], "little"), wide[8:]
    return Entry(
        untrusted_name=unicode_name(name, extra),
        at=values[2] + shift,
        flags=flags,
        method=method,
        moment=day << 16 | time,
        crc=crc,
        packed=values[1],
        size=values[0],
        version=needs,
        made_by=made,
        external=fields[15],
        extra=extra,
        untrusted_comment=comment,
    )


def extra_fields(extra: bytes) -> dict[int, bytes]:
    """Split an extra field by its numbers; the first of each number stands, a broken end is dropped."""
    found: dict[int, bytes] = {}
    at = 0
    while at + 4 <= len(extra):
        number, length = struct.unpack_from("<HH", extra, at)
        found.setdefault(number, extra[at + 4 : at + 4 + length])
        at += 4 + length
    return found


def unicode_name(name: bytes, extra: bytes) -> bytes:
    """Give the UTF-8 name that the extra field 0x7075 holds for this very name, else the name as it stands."""
    held = extra_fields(extra).get(0x7075, b"")
    if len(held) > 5 and held[0] == 1 and int.from_bytes(held[1:5], "little") == zlib.crc32(name):
        return held[5:]
    return name
