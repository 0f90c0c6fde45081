"""Zips written by hand, whose headers may say anything, for tests of readers."""

from __future__ import annotations

import struct


def by_hand(name: bytes, data: bytes, *, flags: int = 0, method: int = 0, **more: int | bytes) -> bytes:
    """Write a zip of one entry whose header may say anything."""
    crc, size, extra = more.get("crc", 0), more.get("size", len(data)), more.get("extra", b"")
    assert isinstance(extra, bytes)
    fields = struct.pack(
        "<HHHHHIIIHH", 20, flags, method, 0x4BC0, 0x48E1, crc, len(data), size, len(name), len(extra)
    )
    local = b"PK\3\4" + fields + name + extra + data
    mode = more.get("mode", 0)
    assert isinstance(mode, int)
    central = b"PK\1\2\x14\3" + fields + bytes(6 + 2) + struct.pack("<II", mode << 16, 0)
    central = central[:-16] + struct.pack("<HHHII", 0, 0, 0, mode << 16, 0) + name + extra
    end = b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, 1, 1, len(central), len(local), 0)
    return local + central + end


def joined(*zips: bytes) -> bytes:
    """Put the entries of zips of one entry each into one zip."""
    data, central = b"", b""
    for one in zips:
        (start,) = struct.unpack("<I", one[-6:-2])
        entry = one[start:-22]
        central += entry[:42] + struct.pack("<I", len(data)) + entry[46:]
        data += one[:start]
    counts = struct.pack("<HHHHIIH", 0, 0, len(zips) & 0xFFFF, len(zips) & 0xFFFF, len(central), len(data), 0)
    return data + central + b"PK\5\6" + counts
