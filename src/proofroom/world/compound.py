"""Writes compound files (MS-CFB): the container of .xls workbooks and of macros, byte for byte by hand."""

from __future__ import annotations

import struct
from itertools import pairwise

_SECTOR = 512
_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_NONE = 0xFFFFFFFF
_SMALLEST = 4096  # shorter streams would need the mini stream; ours are padded instead
_MARKS = 128  # entries of a FAT sector


def write(streams: list[tuple[str, bytes]]) -> bytes:
    """Write streams into one flat compound file of version 3."""
    chains: list[tuple[int, bytes]] = []
    fat: list[int] = []
    for _, data in streams:
        padded = data.ljust(_SMALLEST, b"\0")
        padded += b"\0" * (-len(padded) % _SECTOR)
        chains.append((len(fat), padded))
        fat += _chain(len(fat), len(padded) // _SECTOR)
    directory = _directory(streams, chains)
    directory_at = len(fat)
    fat += _chain(directory_at, len(directory) // _SECTOR)
    tables = 1
    while tables * _MARKS < len(fat) + tables:
        tables += 1
    fat_at = len(fat)
    fat += [_FAT] * tables
    fat += [_FREE] * (tables * _MARKS - len(fat))
    body = b"".join(data for _, data in chains) + directory + struct.pack(f"<{len(fat)}I", *fat)
    return _header(directory_at, fat_at, tables) + body


def summary(comment: str) -> bytes:
    """Write a summary-information stream (MS-OLEPS) that carries one comment."""
    text = comment.encode() + b"\0"
    text += b"\0" * (-len(text) % 4)
    values = struct.pack("<IHxx", 2, 65001) + struct.pack("<II", 30, len(text)) + text
    section = struct.pack("<II", 8 + 16 + len(values), 2) + struct.pack("<IIII", 1, 24, 6, 32) + values
    key = bytes.fromhex("e0859ff2f94f6810ab9108002b27b3d9")
    return (
        struct.pack("<HHI16sI", 0xFFFE, 0, 0x00020105, b"\0" * 16, 1) + key + struct.pack("<I", 48) + section
    )


def _chain(start: int, count: int) -> list[int]:
    return [*range(start + 1, start + count), _END]


def _directory(streams: list[tuple[str, bytes]], chains: list[tuple[int, bytes]]) -> bytes:
    """Write the root and its streams as a one-sided tree, in the order the format sorts names."""
    order = sorted(
        range(len(streams)), key=lambda number: (len(streams[number][0]), streams[number][0].upper())
    )
    entries = [_entry("Root Entry", 5, _NONE, order[0] + 1, _END, 0)]
    following = {left: right + 1 for left, right in pairwise(order)}
    for number, (name, _) in enumerate(streams):
        start, padded = chains[number]
        entries.append(_entry(name, 2, following.get(number, _NONE), _NONE, start, len(padded)))
    while len(entries) % 4:
        entries.append(_entry("", 0, _NONE, _NONE, 0, 0))
    return b"".join(entries)


def _entry(name: str, kind: int, right: int, child: int, start: int, size: int) -> bytes:
    raw = (name + "\0").encode("utf-16-le") if name else b""
    return (
        raw.ljust(64, b"\0")
        + struct.pack("<HBB", len(raw), kind, 1)
        + struct.pack("<III", _NONE, right, child)
        + b"\0" * 36
        + struct.pack("<IQ", start, size)
    )


def _header(directory: int, fat: int, tables: int) -> bytes:
    head = bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 16
    head += struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    head += struct.pack("<IIIIIIIII", 0, tables, directory, 0, _SMALLEST, _END, 0, _END, 0)
    places = [*range(fat, fat + tables), *[_FREE] * (109 - tables)]
    return head + struct.pack("<109I", *places)
