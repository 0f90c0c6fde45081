"""Unpack the blocks of which Apple's programs make files: Snappy without its frame, behind a length of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

_LARGEST_BLOCK: Final = 1 << 20
_HEAD: Final = 4


class Broken(Exception):
    """The bytes are not what they should be."""


def unpacked(data: bytes, spend: Callable[[int], None]) -> bytes:
    """Unpack a whole file block by block, counted by `spend`; raises Broken where it cannot be read on."""
    blocks: list[bytes] = []
    for block in _blocks(data):
        spend(len(block))
        blocks.append(block)
    return b"".join(blocks)


def _blocks(data: bytes) -> Iterator[bytes]:
    at = 0
    while at < len(data):
        if at + _HEAD > len(data) or data[at]:
            raise Broken
        length = int.from_bytes(data[at + 1 : at + _HEAD], "little")
        at += _HEAD
        if at + length > len(data):
            raise Broken
        yield unpack_block(data[at : at + length])
        at += length


def unpack_block(data: bytes) -> bytes:
    """Unpack one block; it says its own length first."""
    length, at = varint(data, 0)
    if length > _LARGEST_BLOCK:
        raise Broken
    out = bytearray()
    while at < len(data):
        tag = data[at]
        at += 1
        kind, size = tag & 3, tag >> 2
        if not kind:
            size, at = _literal_size(data, at, size)
            if at + size > len(data):
                raise Broken
            out += data[at : at + size]
            at += size
        else:
            at = _copy(data, at, tag, out)
        if len(out) > length:
            raise Broken
    if len(out) != length:
        raise Broken
    return bytes(out)


def _literal_size(data: bytes, at: int, size: int) -> tuple[int, int]:
    """Give how many bytes stand here as they are."""
    if size < 60:
        return size + 1, at
    width = size - 59
    if at + width > len(data):
        raise Broken
    return int.from_bytes(data[at : at + width], "little") + 1, at + width


def _copy(data: bytes, at: int, tag: int, out: bytearray) -> int:
    """Repeat what was unpacked before."""
    kind = tag & 3
    width = (0, 1, 2, 4)[kind]
    if at + width > len(data):
        raise Broken
    back = int.from_bytes(data[at : at + width], "little")
    size = (tag >> 2) + 1
    if kind == 1:
        back |= tag >> 5 << 8
        size = (tag >> 2 & 7) + 4
    if not 0 < back <= len(out):
        raise Broken
    while size > 0:
        piece = out[len(out) - back : len(out) - back + min(size, back)]
        out += piece
        size -= len(piece)
    return at + width


def varint(data: bytes, at: int) -> tuple[int, int]:
    """Read a number of seven bits per byte; gives it and the place behind it."""
    value = shift = 0
    while at < len(data) and shift < 70:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at += 1
        if byte < 0x80:
            return value, at
        shift += 7
    raise Broken
