"""Read a cabinet's own tables: whether it is one of a set, and which members lie on blocks with wrong checksums.

The library compares a block's checksum only when it leaves the block, so what came before in it would pass for whole.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, Final

from proofroom.extract.containers.giving import text_of
from proofroom.extract.format import Source

_HEAD: Final = struct.Struct("<4s4xI4xI4xBBHHHHH")
_FOLDER: Final = struct.Struct("<IHH")
_FILE: Final = struct.Struct("<IIH6x")
_BLOCK: Final = struct.Struct("<IHH")
_PREVIOUS, _NEXT, _RESERVED = 1, 2, 4
_CONTINUED: Final = 0xFFFD
_LONGEST_NAME: Final = 1_024
_WORD: Final = 32


@dataclass(slots=True)
class Cabinet:
    """What the tables say: how long it is, the set it belongs to ("" for none), the places of broken members from 1."""

    size: int = 0
    set_facts: str = ""
    broken: set[int] = field(default_factory=set)


def cabinet_of(source: Source) -> Cabinet:
    """Read the tables as far as they stand; what they get wrong is found when the members are unpacked."""
    stream = source.untrusted
    stream.seek(0)
    head = stream.read(_HEAD.size)
    found = Cabinet()
    if len(head) < _HEAD.size:
        return found
    _, found.size, files_at, _, _, folders, files, flags, _, number = _HEAD.unpack(head)
    per_folder = per_block = 0
    if flags & _RESERVED:
        per_header, per_folder, per_block = struct.unpack("<HBB", stream.read(4).ljust(4, b"\0"))
        stream.seek(per_header, 1)
    told = [f"number={number + 1}"]
    for flag, name in ((_PREVIOUS, "previous"), (_NEXT, "next")):
        if flags & flag:
            told.append(f"{name}={text_of(_text(stream))}")
            _text(stream)
    if flags & (_PREVIOUS | _NEXT):
        found.set_facts = " ".join(told)
    table = [
        _FOLDER.unpack(stream.read(_FOLDER.size + per_folder).ljust(_FOLDER.size, b"\0")[: _FOLDER.size])
        for _ in range(folders)
    ]
    bad = [list(_bad_blocks(stream, at, blocks, per_block)) for at, blocks, _ in table]
    if any(bad):
        stream.seek(files_at)
        found.broken = set(_touched(stream, files, bad))
    return found


def _bad_blocks(stream: BinaryIO, at: int, blocks: int, reserved: int) -> Iterator[tuple[int, int]]:
    """Give where in the unpacked folder those blocks lie whose checksum is wrong."""
    unpacked = 0
    for _ in range(blocks):
        stream.seek(at)
        head = stream.read(_BLOCK.size + reserved)
        if len(head) < _BLOCK.size:
            return
        stated, packed, size = _BLOCK.unpack_from(head)
        data = stream.read(packed)
        if stated and len(data) == packed and checksum(data) ^ checksum(head[4:]) != stated:
            yield unpacked, unpacked + size
        at += len(head) + packed
        unpacked += size


def _touched(stream: BinaryIO, files: int, bad: list[list[tuple[int, int]]]) -> Iterator[int]:
    """Give the members that lie on such blocks."""
    for number in range(1, files + 1):
        head = stream.read(_FILE.size)
        if len(head) < _FILE.size:
            return
        size, start, folder = _FILE.unpack(head)
        _text(stream)
        if folder >= _CONTINUED:
            folder = 0 if folder == _CONTINUED else len(bad) - 1
        if folder < len(bad) and any(begin < start + size and start < end for begin, end in bad[folder]):
            yield number


def checksum(data: bytes) -> int:
    """Give the checksum of a cabinet: all words of four bytes by exclusive or, the last bytes the other way round."""
    whole = len(data) & ~3
    found = int.from_bytes(data[:whole], "little")
    width = whole * 8
    while width > _WORD:
        width = (width // _WORD + 1) // 2 * _WORD
        found = (found >> width) ^ (found & ((1 << width) - 1))
    return found ^ int.from_bytes(data[whole:], "big")


def _text(stream: BinaryIO) -> bytes:
    """Read a text up to its NUL."""
    found = bytearray()
    while len(found) < _LONGEST_NAME and (byte := stream.read(1)) not in (b"", b"\0"):
        found += byte
    return bytes(found)
