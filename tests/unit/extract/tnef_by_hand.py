"""Writes TNEF by hand (MS-OXTNEF): attributes with their checksums, and properties inside them."""

from __future__ import annotations

import struct

from msg_by_hand import Values, wide

ATTACHED = 0x00069002
_WIDTHS = {0x02: 4, 0x03: 4, 0x0B: 4, 0x40: 8, 0x14: 8}
Names = dict[int, tuple[bytes, int | str]]


def envelope(attributes: list[tuple[int, bytes]]) -> bytes:
    """Write an envelope of attributes; from the first attachment on they are of attachments."""
    out, level = b"\x78\x9f\x3e\x22\1\0", 1
    for number, data in attributes:
        level = 2 if number == ATTACHED else level
        out += struct.pack("<BII", level, number, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)
    return out


def attachment(
    title: bytes, data: bytes | None, values: Values | None = None, icon: bytes = b""
) -> list[tuple[int, bytes]]:
    """Write the attributes of one attachment."""
    found = [(ATTACHED, struct.pack("<HIHHI", 1, 0, 0, 0, 0))]
    found += [(0x00018010, title + b"\0")] if title else []
    found += [(0x0006800F, data)] if data is not None else []
    found += [(0x00068011, icon)] if icon else []
    return found + ([(0x00069005, properties(values))] if values else [])


def properties(values: Values, names: Names | None = None) -> bytes:
    """Write a list of properties."""
    out = struct.pack("<I", len(values))
    for key, value in values.items():
        tag, kind = key >> 16, key & 0xFFFF
        out += struct.pack("<HH", kind, tag) + (_name(*names[tag]) if names and tag in names else b"")
        if isinstance(value, int):
            out += value.to_bytes(_WIDTHS[kind], "little")
            continue
        several = [value] if isinstance(value, bytes) else value
        out += struct.pack("<I", len(several))
        for one in several:
            out += struct.pack("<I", len(one)) + one + bytes(-len(one) % 4)
    return out


def _name(guid: bytes, name: int | str) -> bytes:
    if isinstance(name, int):
        return guid + struct.pack("<II", 0, name)
    raw = wide(name + "\0")
    return guid + struct.pack("<II", 1, len(raw)) + raw + bytes(-len(raw) % 4)
