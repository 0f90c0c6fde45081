"""Write small Access databases byte by byte, of Jet 3 or 4, as tests need them."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass, field

HEADER_KEY = bytes.fromhex("c7da396b")
BOOLEAN, BYTE, SHORT, LONG, MONEY, SINGLE, DOUBLE, DATE, BINARY, TEXT, OLE, MEMO = range(1, 13)
GUID, DECIMAL = 15, 16
SIZES = {
    BOOLEAN: 0,
    BYTE: 1,
    SHORT: 2,
    LONG: 4,
    MONEY: 8,
    SINGLE: 4,
    DOUBLE: 8,
    DATE: 8,
    GUID: 16,
    DECIMAL: 17,
}
DELETED, ELSEWHERE = 0x8000, 0x4000


def rc4(key: bytes, data: bytes) -> bytes:
    state = list(range(256))
    other = 0
    for at in range(256):
        other = (other + state[at] + key[at % len(key)]) & 255
        state[at], state[other] = state[other], state[at]
    one = other = 0
    out = bytearray()
    for byte in data:
        one = (one + 1) & 255
        other = (other + state[one]) & 255
        state[one], state[other] = state[other], state[one]
        out.append(byte ^ state[(state[one] + state[other]) & 255])
    return bytes(out)


@dataclass
class Jet:
    """A database that grows page by page."""

    jet3: bool = False
    key: int = 0
    code_page: int = 1252
    pages: list[bytes] = field(default_factory=lambda: [b"", b"", b""])
    catalog: list[bytes] = field(default_factory=list)

    @property
    def size(self) -> int:
        return 2048 if self.jet3 else 4096

    def text(self, text: str) -> bytes:
        return text.encode(f"cp{self.code_page}") if self.jet3 else text.encode("utf-16-le")

    def add(self, page: bytes) -> int:
        self.pages.append(page)
        return len(self.pages) - 1

    def rows_page(self, owner: int, rows: Sequence[tuple[bytes, int]]) -> bytes:
        """Write a page of rows, each with the marks at its place."""
        places, body, at = b"", b"", self.size
        for row, marks in rows:
            at -= len(row)
            body = row + body
            places += struct.pack("<H", at | marks)
        owned = struct.pack("<I", owner) if owner >= 0 else b"LVAL"
        head = (
            b"\1\1"
            + bytes(2)
            + owned
            + (b"" if self.jet3 else bytes(4))
            + struct.pack("<H", len(rows))
            + places
        )
        return head.ljust(self.size - len(body), b"\0") + body

    def row(self, columns: Sequence[tuple[str, int]], values: Sequence[bytes | bool | None]) -> bytes:
        """Write a row: fixed fields, fields of variable length, their places, what is null."""
        fixed, offsets, variable, mask = b"", list[int](), b"", 0
        head = 1 if self.jet3 else 2
        for at, ((_name, kind), value) in enumerate(zip(columns, values, strict=True)):
            mask |= (value is not None and value is not False) << at
            if kind in SIZES:
                fixed += (value if isinstance(value, bytes) else b"").ljust(SIZES[kind], b"\0")
        for (_name, kind), value in zip(columns, values, strict=True):
            if kind not in SIZES:
                offsets.append(head + len(fixed) + len(variable))
                variable += value if isinstance(value, bytes) else b""
        offsets.append(head + len(fixed) + len(variable))
        start = len(columns).to_bytes(head, "little") + fixed + variable
        nulls = mask.to_bytes((len(columns) + 7) // 8, "little")
        if len(offsets) == 1:
            return start + nulls
        if not self.jet3:
            table = struct.pack(f"<{len(offsets)}H", *reversed(offsets)) + struct.pack("<H", len(offsets) - 1)
            return start + table + nulls
        table = bytes(offset & 255 for offset in reversed(offsets))
        jumps = (len(start) + len(table) + 1 + len(nulls)) // 256
        passed = [
            next((at for at, offset in enumerate(offsets) if offset >= 256 * n), 255)
            for n in range(1, jumps + 1)
        ]
        return start + table + bytes(reversed(passed)) + bytes((len(offsets) - 1,)) + nulls

    def definition(self, columns: Sequence[tuple[str, int]], rows: int, used: int, of: int = 0x4E) -> bytes:
        """Write the page that defines a table; `used` points to the map of its pages."""
        variable = sum(kind not in SIZES for _name, kind in columns)
        numbers = struct.pack("<BHHHIII", of, len(columns), variable, len(columns), 0, 0, used)
        body = (
            struct.pack("<II", 0, rows) + bytes(4)
            if self.jet3
            else struct.pack("<III", 0, 0, rows) + bytes(20)
        )
        body += numbers + bytes(4)
        fixed = other = 0
        for number, (_name, kind) in enumerate(columns):
            flags, length = (1, SIZES[kind]) if kind in SIZES else (0, 100)
            scale = 2 if kind == DECIMAL else 0
            if self.jet3:
                body += struct.pack(
                    "<BHHHHBBHBHH", kind, number, other, number, 0, 0, scale, 0, flags, fixed, length
                )
            else:
                body += struct.pack(
                    "<BIHHHBBHBBIHH", kind, 0, number, other, number, 0, scale, 0, flags, 0, 0, fixed, length
                )
            fixed, other = (fixed + length, other) if kind in SIZES else (fixed, other + 1)
        for name, _kind in columns:
            data = self.text(name)
            body += len(data).to_bytes(1 if self.jet3 else 2, "little") + data
        return (b"\2\1" + bytes(2) + bytes(4) + body).ljust(self.size, b"\0")

    def map_row(self, numbers: Sequence[int]) -> bytes:
        """Write the map of a table's pages."""
        bits = sum(1 << number for number in numbers)
        return b"\0" + bytes(4) + bits.to_bytes(64, "little")

    def table(
        self,
        name: str,
        columns: Sequence[tuple[str, int]],
        rows: Sequence[tuple[bytes, int]],
        *,
        free_rows: Sequence[tuple[bytes, int]] = (),
        flags: int = 0,
    ) -> int:
        """Add a table with its rows on a page, and those that were dropped on one that the map leaves out."""
        definition = len(self.pages)
        self.pages.append(b"")
        data = self.add(self.rows_page(definition, rows))
        if free_rows:
            self.add(self.rows_page(definition, free_rows))
        used = self.add(self.rows_page(0, [(self.map_row([data]), 0)]))
        self.pages[definition] = self.definition(columns, len(rows), used << 8)
        self.list(name, 1, definition, flags)
        return definition

    def list(self, name: str, kind: int, number: int, flags: int = 0) -> None:
        """Enter an object into the catalog."""
        values = [
            struct.pack("<i", number),
            self.text(name),
            struct.pack("<h", kind),
            struct.pack("<i", flags),
        ]
        self.catalog.append(self.row(CATALOG, values))

    def bytes(self) -> bytes:
        """Write the whole file."""
        data = self.add(self.rows_page(2, [(row, 0) for row in self.catalog]))
        used = self.add(self.rows_page(0, [(self.map_row([data]), 0)]))
        self.pages[2] = self.definition(CATALOG, len(self.catalog), used << 8, 0x53)
        self.pages[1] = self.rows_page(0, [])
        hidden = bytearray(0x98 - 0x18)
        struct.pack_into("<HI", hidden, 0x3C - 0x18, self.code_page, self.key)
        created = 42184.5
        if not self.jet3:
            hidden[0x42 - 0x18 : 0x6A - 0x18] = struct.pack("<i", int(created)) * 10
            struct.pack_into("<d", hidden, 0x72 - 0x18, created)
        length = 126 if self.jet3 else 128
        head = b"\0\1\0\0Standard Jet DB\0" + bytes((0 if self.jet3 else 1, 0, 0, 0))
        head += rc4(HEADER_KEY, bytes(hidden[:length])) + bytes(hidden[length:])
        others = [
            rc4(struct.pack("<I", self.key ^ number), page) if self.key else page
            for number, page in enumerate(self.pages)
            if number
        ]
        return head.ljust(self.size, b"\0") + b"".join(others)


CATALOG = (("Id", LONG), ("Name", TEXT), ("Type", SHORT), ("Flags", LONG))


def long_value(data: bytes, place: int = -1, *, one_row: bool = False) -> bytes:
    """Write the field of a long value: with the value itself, or with the place where it lies."""
    if place < 0:
        return struct.pack("<III", len(data) | 0x80000000, 0, 0) + data
    return struct.pack("<III", len(data) | (0x40000000 if one_row else 0), place, 0)
