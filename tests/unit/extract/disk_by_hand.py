"""Images of disks written byte by byte: a small FAT12 with long names and a deleted file, and tables around it."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass

SECTOR = 512
ROOTS = 32
TABLE_SECTORS = 1
FIRST_DATA = 1 + TABLE_SECTORS + ROOTS * 32 // SECTOR
MOMENT = (0x5A2B, 0x48E1)


@dataclass(frozen=True)
class Placed:
    """A file to put onto the disk: its short name of eleven letters, content, and whether it was deleted."""

    short: bytes
    data: bytes = b""
    long: str = ""
    deleted: bool = False
    below: Sequence[Placed] | None = None
    size: int = -1


class Fat12:
    """A FAT12 in the making."""

    def __init__(self, sectors: int = 64) -> None:
        """Begin with nothing on it."""
        self.sectors = sectors
        self.table = [0xFF8, 0xFFF]
        self.data = bytearray()

    def take(self, content: bytes, *, free: bool = False) -> int:
        """Put content into the next clusters; gives the first one, 0 for nothing."""
        if not content:
            return 0
        first = len(self.table)
        count = -(-len(content) // SECTOR)
        chain = [0] * count if free else [*range(first + 1, first + count), 0xFFF]
        self.table += chain
        self.data += content.ljust(count * SECTOR, b"\0")
        return first

    def entries(self, files: Sequence[Placed]) -> bytes:
        """Write the entries of a folder."""
        return b"".join(self.entry(one) for one in files)

    def entry(self, one: Placed) -> bytes:
        """Write one entry, with those of its long name before it."""
        content = one.data if one.below is None else self.entries(one.below)
        first = self.take(content, free=one.deleted)
        short = b"\xe5" + one.short[1:] if one.deleted else one.short
        attribute = 0x20 if one.below is None else 0x10
        size = 0 if one.below is not None else len(one.data) if one.size < 0 else one.size
        time, date = MOMENT
        own = struct.pack(
            "<11sBBBHHHHHHHI", short, attribute, 0, 0, time, date, date, 0, time, date, first, size
        )
        return b"".join(long_entries(one.long, one.short)) + own if one.long else own

    def written(self, files: Sequence[Placed], label: bytes = b"MY DISK    ") -> bytes:
        """Write the whole file system."""
        root = struct.pack("<11sB10xHHHI", label, 8, 0, 0, 0, 0) + self.entries(files)
        head = b"\xeb\x3c\x90PROOFRM " + struct.pack(
            "<HBHBHHBHHHIIBBBI11s8s",
            SECTOR, 1, 1, 1, ROOTS, self.sectors, 0xF8, TABLE_SECTORS, 16, 2, 0, 0,
            0x80, 0, 0x29, 0x12345678, label, b"FAT12   ",
        )  # fmt: skip
        boot = head.ljust(510, b"\0") + b"\x55\xaa"
        bits = sum(number << 12 * place for place, number in enumerate(self.table))
        table = bits.to_bytes(TABLE_SECTORS * SECTOR, "little")
        whole = boot + table + root.ljust(ROOTS * 32, b"\0") + bytes(self.data)
        return whole.ljust(self.sectors * SECTOR, b"\0")


def long_entries(name: str, short: bytes) -> list[bytes]:
    """Write the entries that hold a long name, last piece first."""
    total = 0
    for letter in short:
        total = ((total & 1) << 7 | total >> 1) + letter & 0xFF
    units = name.encode("utf-16-le") + b"\0\0"
    pieces = [units[at : at + 26].ljust(26, b"\xff") for at in range(0, len(units), 26)]
    return [
        bytes((number | (0x40 if number == len(pieces) else 0),))
        + piece[:10] + b"\x0f\0" + bytes((total,)) + piece[10:22] + b"\0\0" + piece[22:]
        for number, piece in reversed(list(enumerate(pieces, 1)))
    ]  # fmt: skip


FILES = (
    Placed(b"NOTE    TXT", b"hello disk"),
    Placed(b"GONE    DOC", b"deleted text", deleted=True),
    Placed(b"FOLDER     ", below=(Placed(b"LIST~1  CSV", b"1,2\n" * 200, "名单 of everybody.csv"),)),
)


def fat12(files: Sequence[Placed] = FILES, sectors: int = 64) -> bytes:
    """Write a FAT12."""
    return Fat12(sectors).written(files)


def with_table(*parts: tuple[int, bytes], first: int = 1, gap: int = 0) -> bytes:
    """Put file systems behind a table of partitions."""
    table, whole, at = b"", b"", first
    for kind, data in parts:
        length = -(-len(data) // SECTOR)
        table += struct.pack("<B3sB3sII", 0, b"\0\0\0", kind, b"\0\0\0", at, length)
        whole += data.ljust(length * SECTOR, b"\0") + bytes(gap * SECTOR)
        at += length + gap
    return (
        table.rjust(446 + len(table), b"\0").ljust(510, b"\0")
        + b"\x55\xaa"
        + bytes((first - 1) * SECTOR)
        + whole
    )
