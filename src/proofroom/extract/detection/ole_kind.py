"""Tell what an OLE compound file holds by its directory (MS-CFB 2.2, 2.6), read within fixed bounds."""

from __future__ import annotations

import struct
from typing import BinaryIO, Final

OLE: Final = "application/x-ole-storage"
HANGUL: Final = "application/x-hwp"
ENCRYPTED: Final = "application/x-ole-encrypted"
SIGNATURE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LAST: Final = 0xFFFFFFFA
_ENTRY: Final = 128
_MOST_SECTORS: Final = 8_192
_MOST_TABLES: Final = 4_096
_NOTHING: Final = 0xFFFFFFFF
_ROOT: Final = 5
_WORKBOOK: Final = bytes.fromhex("0908100000060500")
_WORD_VERSIONS: Final = (*range(101, 106), 0xC1, 0xC2, 0xD9)
_DOCUMENTS: Final = tuple(
    mark + bytes((version, 0)) for mark in (b"\xec\xa5", b"\xdc\xa5") for version in _WORD_VERSIONS
)
_NAMES: Final = (
    ("worddocument", "application/msword"),
    ("workbook", "application/vnd.ms-excel"),
    ("book", "application/vnd.ms-excel"),
    ("powerpoint document", "application/vnd.ms-powerpoint"),
    ("pp97_dualstorage", "application/vnd.ms-powerpoint"),
    ("__properties_version1.0", "application/vnd.ms-outlook"),
    ("visiodocument", "application/vnd.visio"),
    ("quill", "application/x-mspublisher"),
    ("matost", "application/vnd.ms-works"),
)


def ole_media_type(stream: BinaryIO) -> str:
    """Name the media type of a compound file by the names at the top of its directory."""
    names = _top_names(stream)
    if not names:
        return _first_stream(stream)
    if "encryptedpackage" in names and ("encryptioninfo" in names or "\6dataspaces" in names):
        return ENCRYPTED
    if {"fileheader", "docinfo"} <= names:
        return HANGUL
    return next((media_type for name, media_type in _NAMES if name in names), OLE)


def _first_stream(stream: BinaryIO) -> str:
    """Tell what stands behind the header: the directory is lost where a file arrived cut short."""
    stream.seek(512)
    first = stream.read(len(_WORKBOOK))
    if first == _WORKBOOK:
        return "application/vnd.ms-excel"
    return "application/msword" if first[:4] in _DOCUMENTS else OLE


def _top_names(stream: BinaryIO) -> set[str]:
    """Give the names directly below the root, in lower case; all names where the tree is broken."""
    entries = _entries(stream)
    if not entries:
        return set()
    names = {number: _name(entry) for number, entry in enumerate(entries)}
    root = next((entry for entry in entries if entry[66] == _ROOT), None)
    if root is None:
        return set(names.values())
    waiting = [struct.unpack_from("<I", root, 76)[0]]
    seen: set[int] = set()
    while waiting:
        number = waiting.pop()
        if number in seen or number >= len(entries):
            continue
        seen.add(number)
        waiting.extend(struct.unpack_from("<II", entries[number], 68))
    return {names[number] for number in seen} or set(names.values())


def _name(entry: bytes) -> str:
    """Read an entry's name: UTF-16, its length in bytes with the closing NUL."""
    length = min(struct.unpack_from("<H", entry, 64)[0], 64)
    return entry[: max(length - 2, 0)].decode("utf-16-le", "replace").lower()


def _entries(stream: BinaryIO) -> list[bytes]:
    """Follow the chain of directory sectors; loops and wild pointers end it."""
    stream.seek(0)
    head = stream.read(512)
    if len(head) < 512:
        return []
    shift = struct.unpack_from("<H", head, 30)[0]
    if shift not in (9, 12):
        return []
    width = 1 << shift
    tables = _tables(stream, head, width)
    sector = struct.unpack_from("<I", head, 48)[0]
    entries: list[bytes] = []
    seen: set[int] = set()
    while sector < _LAST and sector not in seen and len(seen) < _MOST_SECTORS:
        seen.add(sector)
        data = _sector(stream, sector, width)
        entries.extend(data[at : at + _ENTRY] for at in range(0, len(data) - _ENTRY + 1, _ENTRY))
        sector = _next(stream, tables, sector, width)
    return entries


def _tables(stream: BinaryIO, head: bytes, width: int) -> list[int]:
    """Give the sectors of the allocation table: 109 stand in the header, the rest in a chain."""
    tables = list(struct.unpack_from("<109I", head, 76))
    more = struct.unpack_from("<I", head, 68)[0]
    seen: set[int] = set()
    while more < _LAST and more not in seen and len(tables) < _MOST_TABLES * 109:
        seen.add(more)
        data = _sector(stream, more, width)
        if len(data) < width:
            break
        numbers = struct.unpack(f"<{width // 4}I", data)
        tables.extend(numbers[:-1])
        more = numbers[-1]
    return tables


def _next(stream: BinaryIO, tables: list[int], sector: int, width: int) -> int:
    """Look up which sector follows; `_NOTHING` where the table does not say."""
    table, place = divmod(sector, width // 4)
    if table >= len(tables) or tables[table] >= _LAST:
        return _NOTHING
    stream.seek((tables[table] + 1) * width + place * 4)
    data = stream.read(4)
    return int.from_bytes(data, "little") if len(data) == 4 else _NOTHING


def _sector(stream: BinaryIO, sector: int, width: int) -> bytes:
    stream.seek((sector + 1) * width)
    return stream.read(width)
