"""Read the blocks of a tar: headers of every age (V7, ustar, GNU, pax), long names and pax records."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

BLOCK: Final = 512
FILES: Final = b"0\x007SM"
FOLDERS: Final = b"5D"
HARD_LINK: Final = b"1"
WITHOUT_DATA: Final = b"123456V"

_SUM: Final = slice(148, 156)
_SUM_FIELD: Final = re.compile(rb"[ \0]*[0-7]{1,8}[ \0]*\Z")
_RECORD: Final = re.compile(rb"([1-9][0-9]{0,8}) ")
_NUMBER: Final = re.compile(rb"[ \0]*(-?[0-7]*)")
_BINARY: Final = 0x80


@dataclass(frozen=True, slots=True)
class Header:
    """What one header block says; `kind` is its type flag."""

    untrusted_name: bytes
    mode: int
    uid: int
    gid: int
    size: int
    mtime: int
    kind: bytes
    untrusted_link: bytes
    untrusted_owner: bytes
    untrusted_group: bytes
    block: bytes


def parse_header(block: bytes) -> Header | None:
    """Read a header block; None when its checksum does not fit."""
    if len(block) < BLOCK or not _fits(block):
        return None
    name = _text(block[:100])
    posix = block[257:263] == b"ustar\0"
    if posix and block[345]:
        name = _text(block[345:500]) + b"/" + name
    named = block[257:262] == b"ustar"
    return Header(
        untrusted_name=name,
        mode=number(block[100:108]),
        uid=number(block[108:116]),
        gid=number(block[116:124]),
        size=max(number(block[124:136]), 0),
        mtime=number(block[136:148]),
        kind=block[156:157],
        untrusted_link=_text(block[157:257]),
        untrusted_owner=_text(block[265:297]) if named else b"",
        untrusted_group=_text(block[297:329]) if named else b"",
        block=block,
    )


def _fits(block: bytes) -> bool:
    """Tell whether the checksum is right, counted as bytes or, as some old programs did, as signed ones."""
    field = block[_SUM]
    if not _SUM_FIELD.match(field):
        return False
    stated = number(field)
    rest = sum(block) - sum(field) + 8 * 0x20
    if stated == rest:
        return True
    high = sum(byte > 0x7F for byte in block[: _SUM.start] + block[_SUM.stop :])
    return stated == rest - 256 * high


def number(field: bytes) -> int:
    """Read a number: octal digits, or binary where the first bit is set (GNU's way for large ones)."""
    if field[0] & _BINARY:
        value = int.from_bytes(field, "big") & ~(_BINARY << 8 * (len(field) - 1))
        return value - (1 << (8 * len(field) - 1)) if field[0] & 0x40 else value
    found = _NUMBER.match(field)
    digits = found.group(1) if found else b""
    return int(digits, 8) if digits.strip(b"-") else 0


def _text(field: bytes) -> bytes:
    return field.partition(b"\0")[0]


def pax_records(data: bytes) -> tuple[list[tuple[bytes, bytes]], bool]:
    """Read pax records (length, key, value); gives them in order, and whether all could be read."""
    found: list[tuple[bytes, bytes]] = []
    at = 0
    while at < len(data) and data[at]:
        head = _RECORD.match(data, at)
        if head is None:
            return found, False
        end = at + int(head.group(1))
        key, equals, value = data[head.end() : end - 1].partition(b"=")
        if end > len(data) or not equals or data[end - 1 : end] != b"\n":
            return found, False
        found.append((key, value))
        at = end
    return found, True
