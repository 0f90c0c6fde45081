"""Unpack the streams of a Visio drawing (vsd): a tree of pointers, whose ends are lists of chunks, often packed."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

_VERSION_AT: Final = 0x1A
_TRAILER_AT: Final = 0x24
_WIDE_VERSION: Final = 6
UTF16_VERSION: Final = 11
_PACKED: Final = 2
_RING: Final = 4_096
_AHEAD: Final = 18
_SHORTEST_COPY: Final = 3
_LARGEST: Final = 64 << 20
_MOST: Final = 100_000
_DEEP: Final = 16
_HOLDS_POINTERS: Final = (0x1D, 0x1E)
_FIRST_OF_OLD: Final = {0x14: 0x82, 0x1D: 0x1E, 0x4E: 0x1E, 0x1E: 0x36}


@dataclass(frozen=True, slots=True)
class _Pointer:
    kind: int
    at: int
    size: int
    shape: int


class Drawing:
    """The unpacked streams of one drawing; `whole` turns false where one cannot be unpacked."""

    def __init__(self, data: bytes) -> None:
        """Read the version and where the tree begins."""
        self._data = data
        self.version = data[_VERSION_AT] if len(data) > _VERSION_AT else 0
        self.whole = True
        self._spent = 0

    def streams(self) -> Iterator[bytes]:
        """Give the streams that lists of chunks stand in, in the order of the tree."""
        trailer = self._pointer(self._data, _TRAILER_AT)
        seen: set[int] = set()
        waiting = [(trailer, 0)] if trailer else []
        while waiting:
            pointer, depth = waiting.pop()
            if pointer.at in seen or depth > _DEEP or self._spent > _LARGEST or len(seen) > _MOST:
                self.whole = self.whole and pointer.at in seen
                continue
            seen.add(pointer.at)
            content = self._content(pointer)
            if _holds_pointers(pointer):
                below = [one for one in self._pointers(content, pointer) if one.size]
                waiting += [(one, depth + 1) for one in reversed(below)]
            elif content:
                yield content

    def _content(self, pointer: _Pointer) -> bytes:
        """Give a stream's bytes, unpacked."""
        raw = self._data[pointer.at : pointer.at + pointer.size]
        self.whole = self.whole and len(raw) == pointer.size
        content = _unpacked(raw, _LARGEST - self._spent) if pointer.shape & _PACKED else raw
        self._spent += len(content)
        return content

    def _pointers(self, content: bytes, above: _Pointer) -> Iterator[_Pointer]:
        """Read the pointers in a stream: where they stand depends on the version."""
        head = 4 if above.shape & _PACKED else 0
        if self.version < _WIDE_VERSION:
            at = head + _FIRST_OF_OLD.get(above.kind, 10)
            layout, width, skip = "<H", 16, 2
        else:
            if head + 4 > len(content):
                return
            at = head + struct.unpack_from("<I", content, head)[0]
            layout, width, skip = "<I", 18, 8
        if at + skip > len(content):
            return
        count = struct.unpack_from(layout, content, at)[0]
        for place in range(at + skip, min(at + skip + width * count, len(content) - width + 1), width):
            found = self._pointer(content, place)
            if found is not None:
                yield found

    def _pointer(self, content: bytes, at: int) -> _Pointer | None:
        if at + 18 > len(content) and (self.version >= _WIDE_VERSION or at + 16 > len(content)):
            return None
        if self.version < _WIDE_VERSION:
            kind, shape, _, place, size = struct.unpack_from("<HHIII", content, at)
        else:
            kind, _, place, size, shape = struct.unpack_from("<IIIIH", content, at)
        return _Pointer(kind, place, size, shape)


def _holds_pointers(pointer: _Pointer) -> bool:
    """Tell whether a stream leads on to others."""
    if pointer.kind in (0x14, 0x16):
        return pointer.kind == 0x14
    return pointer.shape in _HOLDS_POINTERS or 0x50 <= pointer.shape < 0x60


def _unpacked(raw: bytes, most: int) -> bytes:
    """Undo the packing: bits say which bytes stand for themselves and which point back into the last 4,096."""
    out = bytearray()
    ring = bytearray(_RING)
    at, place = 0, 0
    while at < len(raw) and len(out) < most:
        flags = raw[at]
        at += 1
        for bit in range(8):
            if at >= len(raw):
                break
            if flags >> bit & 1:
                out.append(raw[at])
                ring[place] = raw[at]
                place = (place + 1) % _RING
                at += 1
                continue
            if at + 1 >= len(raw):
                return bytes(out)
            back = (raw[at] | (raw[at + 1] & 0xF0) << 4) + _AHEAD
            for number in range((raw[at + 1] & 0x0F) + _SHORTEST_COPY):
                byte = ring[(back + number) % _RING]
                out.append(byte)
                ring[place] = byte
                place = (place + 1) % _RING
            at += 2
    return bytes(out)
