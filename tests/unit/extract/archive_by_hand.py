"""Old archives written byte by byte, or by libarchive where it can write them."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from functools import reduce

import libarchive

Files = Iterable[tuple[str, bytes]]


def written(kind: str, files: Files, packed: str | None = None) -> bytes:
    """Let libarchive write an archive (or one packed stream, of kind raw)."""
    out: list[bytes] = []
    with libarchive.custom_writer(
        lambda block: out.append(bytes(block)) or len(block), kind, packed
    ) as archive:
        for name, data in files:
            archive.add_file_from_memory(name, len(data), data, mtime=1_467_336_600)
    return b"".join(out)


def _cab_sum(data: bytes, seed: int = 0) -> int:
    whole = len(data) & ~3
    found = reduce(lambda a, b: a ^ b, struct.unpack(f"<{whole // 4}I", data[:whole]), seed)
    return found ^ int.from_bytes(data[whole:], "big")


def cab(files: Iterable[tuple[bytes, bytes]], *, attributes: int = 0x20, flags: int = 0) -> bytes:
    """Write a cabinet whose one folder is not packed."""
    files = list(files)
    data = b"".join(held for _, held in files)
    table, offset = b"", 0
    for name, held in files:
        table += struct.pack("<IIHHHH", len(held), offset, 0, 0x48E1, 0x5A00, attributes) + name + b"\0"
        offset += len(held)
    blocks = [data[at : at + 32_768] for at in range(0, len(data), 32_768)]
    packed = b"".join(
        struct.pack(
            "<IHH",
            _cab_sum(struct.pack("<HH", len(block), len(block)), _cab_sum(block)),
            len(block),
            len(block),
        )
        + block
        for block in blocks
    )
    more = b"before.cab\0disk 1\0" if flags & 1 else b""
    more += b"after.cab\0disk 3\0" if flags & 2 else b""
    first = 36 + len(more) + 8
    size = first + len(table) + len(packed)
    head = struct.pack("<4sIIIIIBBHHHHH", b"MSCF", 0, size, 0, first, 0, 3, 1, 1, len(files), flags, 7, 0)
    return head + more + struct.pack("<IHH", first + len(table), len(blocks), 0) + table + packed


def crc16(data: bytes) -> int:
    """Give the checksum that LHA uses."""
    found = 0
    for byte in data:
        found ^= byte
        for _ in range(8):
            found = found >> 1 ^ (0xA001 if found & 1 else 0)
    return found


def lha(files: Iterable[tuple[bytes, bytes]], level: int = 0, *, mode: int = 0o100644) -> bytes:
    """Write an LHA archive whose files are not packed, with headers of one of the four levels."""
    return b"".join(_lha_member(name, data, level, mode) for name, data in files) + b"\0"


def _lha_member(name: bytes, data: bytes, level: int, mode: int) -> bytes:
    crc = struct.pack("<H", crc16(data))
    if level < 2:
        folder = struct.pack("<BHH", 0x50, mode, 0) if level else b""
        more = struct.pack("<H", len(folder)) + folder if level else b""
        body = struct.pack(
            "<5sIIIBBB", b"-lh0-", len(data) + len(folder), len(data), 0x48E15A00, 0x20, level, len(name)
        )
        body += name + crc + (b"U" + more[:2] if level else b"")
        return bytes((len(body), sum(body) & 0xFF)) + body + folder + data
    width, form = (2, "<H") if level == 2 else (4, "<I")
    where, _, leaf = name.rpartition(b"/")
    parts = [b"\1" + leaf, b"\2" + where.replace(b"/", b"\xff") + b"\xff", b"\x50" + struct.pack("<H", mode)]
    lengths = [len(part) + width for part in parts] + [0]
    chain = b"".join(part + struct.pack(form, after) for part, after in zip(parts, lengths[1:], strict=True))
    fixed = struct.pack("<5sIIIBB", b"-lh0-", len(data), len(data), 1_467_336_600, 0x20, level) + crc + b"U"
    total = 2 + len(fixed) + width + len(chain) + (4 if level == 3 else 0)
    if level == 2:
        return struct.pack("<H", total) + fixed + struct.pack("<H", lengths[0]) + chain + data
    return struct.pack("<H", 4) + fixed + struct.pack("<II", total, lengths[0]) + chain + data


def ar(files: Iterable[tuple[bytes, bytes]]) -> bytes:
    """Write an ar archive, as those of Debian's packages are."""
    out = b"!<arch>\n"
    for name, data in files:
        out += b"%-16s%-12d%-6d%-6d%-8o%-10d`\n" % (name, 1_467_336_600, 0, 0, 0o100644, len(data))
        out += data + b"\n" * (len(data) % 2)
    return out


def rpm(payload: bytes, name: bytes = b"tool-1.0-1") -> bytes:
    """Write a package around a payload: a lead, an empty signature and an empty header."""
    lead = struct.pack(">4sBBHH66sHH16s", b"\xed\xab\xee\xdb", 3, 0, 0, 1, name, 1, 5, b"")
    empty = b"\x8e\xad\xe8\x01\0\0\0\0" + struct.pack(">II", 0, 0)
    return lead + empty + empty + payload
