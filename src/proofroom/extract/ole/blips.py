"""Take the pictures out of the store of an Office drawing (MS-ODRAW 2.2.20 to 2.2.32)."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from proofroom.extract.format import Unreadable
from proofroom.model.states import Reason, State

STORE_ENTRY: Final = 0xF007
_HEAD: Final = struct.Struct("<HHI")
_ENTRY_HEAD: Final = 36
_PLACE_AT: Final = 28
_NAME_AT: Final = 33
_DRAWN: Final = {0xF01A: ("emf", 0x3D5), 0xF01B: ("wmf", 0x217), 0xF01C: ("pict", 0x543)}
_PIXELS: Final = {
    0xF01D: ("jpg", (0x46B, 0x6E3)),
    0xF02A: ("jpg", (0x46B, 0x6E3)),
    0xF01E: ("png", (0x6E1,)),
    0xF01F: ("bmp", (0x7A9,)),
    0xF029: ("tif", (0x6E5,)),
}
_DIGEST: Final = 16
_DRAWN_HEAD: Final = 34
_DEFLATED: Final = 0
_BLOCK: Final = 1 << 18
_PACKED_HEAD: Final = 2
_CORE_HEAD: Final = 12
_FULL_HEAD: Final = 40
_INDEXED_BITS: Final = 8
_BIT_FIELDS: Final = 3


@dataclass(frozen=True, slots=True)
class Blip:
    """One picture in a store: where its record begins, what kind it is, and where its bytes are."""

    at: int
    ending: str
    start: int
    end: int
    packed: bool


def blip_at(data: bytes, at: int) -> Blip | None:
    """Give the picture whose record begins at a place, or None where there is none."""
    if not 0 <= at <= len(data) - _HEAD.size:
        return None
    version, kind, size = _HEAD.unpack_from(data, at)
    start, end = at + _HEAD.size, min(at + _HEAD.size + size, len(data))
    if kind == STORE_ENTRY and start + _ENTRY_HEAD < end:
        return blip_at(data[:end], start + _ENTRY_HEAD + data[start + _NAME_AT])
    if kind in _PIXELS:
        ending, double = _PIXELS[kind]
        start += _DIGEST * (2 if version >> 4 in double else 1) + 1
        return Blip(at, ending, start, end, packed=False)
    if kind in _DRAWN:
        ending, twice = _DRAWN[kind]
        start += _DIGEST * (2 if version >> 4 == twice else 1)
        packed = data[start + 32 : start + 33] == bytes((_DEFLATED,))
        return Blip(at, ending, start + _DRAWN_HEAD, end, packed)
    return None


def blips(data: bytes) -> tuple[list[Blip], bool]:
    """Give the pictures that follow each other in a stream, and whether none is cut short."""
    found: list[Blip] = []
    at = 0
    while at + _HEAD.size <= len(data):
        _, _, size = _HEAD.unpack_from(data, at)
        blip = blip_at(data, at)
        if blip is not None:
            found.append(blip)
        at += _HEAD.size + size
    return found, at <= len(data)


def place_of(entry: bytes) -> int:
    """Give where in the stream of pictures the one of a store's entry begins, -1 where it does not say."""
    if len(entry) < _PLACE_AT + 4:
        return -1
    return int.from_bytes(entry[_PLACE_AT : _PLACE_AT + 4], "little")


def blocks(data: bytes, blip: Blip) -> Iterator[bytes]:
    """Give the bytes of a picture; raises Unreadable(DAMAGED) where a packed one breaks off."""
    if not blip.packed:
        if blip.ending == "bmp":
            yield bitmap_head(data[blip.start : blip.start + _FULL_HEAD], blip.end - blip.start)
        yield data[blip.start : blip.end]
        return
    yield from inflated(data, blip.start, blip.end)


def inflated(data: bytes, start: int, end: int, size: int = -1) -> Iterator[bytes]:
    """Unpack deflated bytes block by block; raises Unreadable(DAMAGED) where they break off or do not fit.

    Bytes that stop early are whole if they are as many as `size` says: some programs leave out the end.
    """
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    given, checksum = 0, 1
    try:
        for block in _unpacked(unpacker, data, start + _PACKED_HEAD, end):
            given, checksum = given + len(block), zlib.adler32(block, checksum)
            yield block
    except zlib.error:
        raise Unreadable(State.DAMAGED, Reason.NOT_WELL_FORMED) from None
    if not unpacker.eof and given != size:
        raise Unreadable(State.DAMAGED, Reason.CUT_SHORT)
    stated = unpacker.unused_data[:4]
    if unpacker.eof and len(stated) == 4 and int.from_bytes(stated, "big") != checksum:
        raise Unreadable(State.DAMAGED, Reason.BAD_CHECKSUM)


def _unpacked(unpacker: zlib._Decompress, data: bytes, start: int, end: int) -> Iterator[bytes]:
    """Feed bytes to an unpacker so that neither what goes in nor what comes out is large."""
    for at in range(start, end, _BLOCK):
        waiting = data[at : min(at + _BLOCK, end)]
        while waiting and not unpacker.eof:
            yield unpacker.decompress(waiting, _BLOCK)
            waiting = unpacker.unconsumed_tail
    while not unpacker.eof and (block := unpacker.decompress(b"", _BLOCK)):
        yield block


def bitmap_head(head: bytes, size: int) -> bytes:
    """Write the head that makes a bitmap of memory a file of its own: where its pixels begin."""
    pixels = 14
    if len(head) >= _CORE_HEAD:
        (length,) = struct.unpack_from("<I", head)
        pixels += length
        if length == _CORE_HEAD:
            bits = struct.unpack_from("<H", head, 10)[0]
            pixels += 3 << bits if bits <= _INDEXED_BITS else 0
        elif len(head) >= _FULL_HEAD:
            bits, packing = struct.unpack_from("<HI", head, 14)
            colours = struct.unpack_from("<I", head, 32)[0]
            pixels += 4 * (colours or (1 << bits if bits <= _INDEXED_BITS else 0))
            pixels += 12 if packing == _BIT_FIELDS and length == _FULL_HEAD else 0
    return struct.pack("<2sIHHI", b"BM", min(14 + size, 0xFFFFFFFF), 0, 0, min(pixels, 0xFFFFFFFF))
