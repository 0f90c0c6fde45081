"""Put entries of a RAR together anew, without locks and under one plain name, for the library that unpacks them.

The library knows neither locks nor RAR's old names, and gives up at the first broken header. So it is handed an
archive made for it: a head of ours before the packed bytes, which are decrypted as they are read.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Sequence
from typing import BinaryIO, Final

from proofroom.extract.containers.giving import BLOCK as AT_A_TIME
from proofroom.extract.containers.joined import Joined, Piece
from proofroom.extract.containers.rar_blocks import Entry
from proofroom.extract.containers.rar_keys import BLOCK, Key, decrypted

_NAME: Final = b"x"
_LARGE: Final = 0x100
_HAS_DATA: Final = 0x8000
_HALF: Final = 0xFFFFFFFF
_BLOCK_HEAD: Final = 5
_LAST: Final = 0x40


class Packed:
    """The packed bytes of one entry, decrypted where they are locked, readable from any place."""

    def __init__(self, stream: BinaryIO, entry: Entry, size: int, key: Key | None) -> None:
        """Read from the archive's stream of so many bytes; what is missing at its end is missing here."""
        self.size = max(min(entry.packed, size - entry.at), 0)
        if key is not None:
            self.size -= self.size % BLOCK
        self._stream = stream
        self._at = entry.at
        self._key = key

    def read(self, at: int, count: int) -> bytes:
        """Give at most so many bytes from a place on."""
        count = min(count, self.size - at)
        if count <= 0:
            return b""
        if self._key is None:
            self._stream.seek(self._at + at)
            return self._stream.read(count)
        first, last = at // BLOCK * BLOCK, -(-(at + count) // BLOCK) * BLOCK
        self._stream.seek(self._at + first - (BLOCK if first else 0))
        before = self._stream.read(BLOCK) if first else self._key.start
        plain = decrypted(self._key, before, self._stream.read(last - first))
        return plain[at - first : at - first + count]


def _exact(packed: Packed) -> int:
    """Say where the packed blocks of a locked RAR 5 entry end; its whole size where they make no sense."""
    at = 0
    while True:
        head = packed.read(at, _BLOCK_HEAD)
        if len(head) < 3:
            return packed.size
        width = (head[0] >> 3 & 3) + 1
        length = int.from_bytes(head[2 : 2 + width], "little")
        at += 2 + width + length
        if width > 3 or at > packed.size:
            return packed.size
        if head[0] & _LAST:
            return at


def as_stored(packed: Packed, size: int) -> Iterator[bytes]:
    """Give the bytes of what is not packed; locked ones are filled up to whole blocks, which is cut off."""
    length = packed.size if size < 0 else min(size, packed.size)
    for at in range(0, length, AT_A_TIME):
        yield packed.read(at, min(AT_A_TIME, length - at))


def rewritten(version: int, entries: Sequence[tuple[Entry, Packed]]) -> Joined:
    """Write an archive of entries as they follow each other."""
    pieces: list[bytes | Piece] = [_start_four() if version == 4 else _start_five(solid=len(entries) > 1)]
    for entry, packed in entries:
        if version != 4 and entry.lock is not None:
            packed.size = _exact(packed)
        pieces += [_head_four(entry, packed) if version == 4 else _head_five(entry, packed), packed]
    pieces.append(_end_four() if version == 4 else _five(5, 0, _number(0)))
    return Joined(pieces)


def _start_four() -> bytes:
    return b"Rar!\x1a\x07\0" + _four(0x73, 0, bytes(6))


def _end_four() -> bytes:
    return _four(0x7B, 0x4000, b"")


def _head_four(entry: Entry, packed: Packed) -> bytes:
    version, window, system = entry.kind
    size = 0x7FFFFFFF if entry.size < 0 else entry.size
    large = size > _HALF or packed.size > _HALF
    body = struct.pack(
        "<IIBIIBBHI", packed.size & _HALF, size & _HALF, system, entry.crc or 0, 0x21_0000, version,
        0x30 + entry.method, len(_NAME), 0x81A4 if system == 3 else 0x20,
    )  # fmt: skip
    if large:
        body += struct.pack("<II", packed.size >> 32, size >> 32)
    flags = _HAS_DATA | window | (_LARGE if large else 0)
    return _four(0x74, flags, body + _NAME)


def _four(kind: int, flags: int, body: bytes) -> bytes:
    head = struct.pack("<BHH", kind, flags, 7 + len(body)) + body
    return struct.pack("<H", zlib.crc32(head) & 0xFFFF) + head


def _start_five(*, solid: bool) -> bytes:
    return b"Rar!\x1a\x07\x01\0" + _five(1, 0, _number(4 if solid else 0))


def _head_five(entry: Entry, packed: Packed) -> bytes:
    packing, system = entry.kind
    unknown = 8 if entry.size < 0 else 0
    body = _number(unknown) + _number(max(entry.size, 0)) + _number(0x20) + _number(packing) + _number(system)
    blake = entry.blake if entry.lock is None or not entry.lock.tweaked else b""
    extra = _number(len(blake) + 1) + b"\2" + blake if blake else b""
    return _five(2, 2 | bool(extra), body + _number(len(_NAME)) + _NAME, extra, packed.size)


def _five(kind: int, flags: int, body: bytes, extra: bytes = b"", data: int = 0) -> bytes:
    head = _number(kind) + _number(flags)
    head += _number(len(extra)) if extra else b""
    head += _number(data) if flags & 2 else b""
    head += body + extra
    whole = _number(len(head)) + head
    return struct.pack("<I", zlib.crc32(whole)) + whole


def _number(value: int) -> bytes:
    """Write a number of varying length."""
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)
