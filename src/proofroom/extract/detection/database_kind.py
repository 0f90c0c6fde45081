"""Recognise tables of dBase and FoxPro by their header, which has no mark but must fit itself."""

from __future__ import annotations

from typing import Final

_VERSIONS: Final = frozenset(
    (0x03, 0x04, 0x05, 0x30, 0x31, 0x32, 0x43, 0x63, 0x7B, 0x83, 0x8B, 0x8C, 0x8E, 0xCB, 0xE5, 0xF5, 0xFB)
)
_SEVEN: Final = (0x04, 0x8C)
_TYPES: Final = frozenset(b"CNFDLMGPBITYVQWO@+0")
_HEAD: Final = 32
_LAST_CONTROL: Final = 0x20
_MONTHS, _DAYS = 12, 31


def is_dbf(head: bytes) -> bool:
    """Tell whether bytes begin with the header of a dBase table: its fields end where it says and fill a record."""
    if len(head) <= _HEAD or head[0] not in _VERSIONS or head[2] > _MONTHS or head[3] > _DAYS:
        return False
    begins, record = int.from_bytes(head[8:10], "little"), int.from_bytes(head[10:12], "little")
    at, size, name, kind = (68, 48, 32, 32) if head[0] in _SEVEN else (32, 32, 11, 11)
    width = wide = 1
    while at < begins and head[at : at + 1] not in (b"\r", b""):
        field = head[at : at + size]
        if len(field) < size or field[kind] not in _TYPES or field[0] <= _LAST_CONTROL:
            return False
        if any(byte < _LAST_CONTROL for byte in field[:name].partition(b"\0")[0]):
            return False
        width += field[kind + 1] if size > _HEAD else field[16]
        wide += (field[17] << 8) * (size == _HEAD and field[kind] == ord("C"))
        at += size
    return at > size and record in (width, width + wide - 1) and record > 1
