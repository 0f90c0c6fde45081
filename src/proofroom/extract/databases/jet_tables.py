"""The definition of a table in an Access database: its columns, and which pages hold its rows."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from proofroom.extract.databases.jet_pages import TABLE, Broken, Pages, pointer
from proofroom.extract.databases.jet_values import TYPES

_MOST_PAGES: Final = 4_096
_MOST_COLUMNS: Final = 4_096
_MAP_HEAD: Final = 4
_FIXED: Final = 1
_SYSTEM: Final = 0x53


@dataclass(frozen=True, slots=True)
class JetColumn:
    """A column: its type, where rows keep it, for decimal numbers the digits behind the point, bytes per letter."""

    untrusted_name: str
    kind: int
    number: int
    in_order: int
    is_fixed: bool
    fixed_at: int
    variable: int
    length: int
    scale: int
    letter: int

    @property
    def declared(self) -> str:
        """Write the type as Access names it: Text(50), Date/Time."""
        name = TYPES.get(self.kind, f"type {self.kind}")
        if name == "Text":
            return f"{name}({self.length // self.letter})"
        return f"{name}({self.length})" if name == "Binary" else name


@dataclass(frozen=True, slots=True)
class JetTable:
    """A table: its columns in the order of their numbers, its rows as counted, and its map of pages."""

    columns: tuple[JetColumn, ...]
    stated_rows: int
    most_columns: int
    variable_columns: int
    is_system: bool
    map_at: int


def read_table(pages: Pages, number: int) -> JetTable:
    """Read the definition that begins on a page; raises Broken."""
    data = _whole(pages, number)
    try:
        return _table(pages, data)
    except (struct.error, IndexError):
        raise Broken from None


def _whole(pages: Pages, number: int) -> bytes:
    """Join the pages of a definition; each names the one behind it."""
    parts: list[bytes] = []
    seen: set[int] = set()
    while number:
        page = pages.page(number)
        if page[0] != TABLE or number in seen or len(parts) >= _MOST_PAGES:
            raise Broken
        seen.add(number)
        parts.append(page[8:] if parts else page)
        (number,) = struct.unpack_from("<I", page, 4)
    return b"".join(parts)


def _table(pages: Pages, data: bytes) -> JetTable:
    jet3 = pages.header.is_jet3
    (rows,) = struct.unpack_from("<I", data, 0x0C if jet3 else 0x10)
    kind, most, variable, count, _logical, real, used = struct.unpack_from(
        "<BHHHIII", data, 0x14 if jet3 else 0x28
    )
    at = (0x2B if jet3 else 0x3F) + real * (8 if jet3 else 12)
    if count > _MOST_COLUMNS or at > len(data):
        raise Broken
    size = 18 if jet3 else 25
    described = [data[at + place * size : at + (place + 1) * size] for place in range(count)]
    names = _names(pages, data, at + count * size, count)
    columns = [_column(one, name, jet3=jet3) for one, name in zip(described, names, strict=True)]
    return JetTable(
        tuple(sorted(columns, key=lambda column: (column.in_order, column.number))),
        rows,
        most,
        variable,
        is_system=kind == _SYSTEM,
        map_at=used,
    )


def _names(pages: Pages, data: bytes, at: int, count: int) -> Iterator[str]:
    """Give the names of the columns, each behind its length."""
    for _ in range(count):
        if pages.header.is_jet3:
            length, at = data[at], at + 1
        else:
            (length,) = struct.unpack_from("<H", data, at)
            at += 2
        if at + length > len(data):
            raise Broken
        yield data[at : at + length].decode(pages.header.encoding, "replace")
        at += length


def _column(one: bytes, name: str, *, jet3: bool) -> JetColumn:
    """Read the description of one column."""
    if jet3:
        kind, number, variable, order, _sort, _scale, _more, flags, fixed, length = struct.unpack(
            "<BHHHHHHBHH", one
        )
        scale = one[10]
    else:
        kind, _first, number, variable, order, _misc, flags, _extra, _zero, fixed, length = struct.unpack(
            "<BIHHHIBBIHH", one
        )
        scale = one[12]
    return JetColumn(
        name, kind, number, order, bool(flags & _FIXED), fixed, variable, length, scale, 1 if jet3 else 2
    )


def pages_of(pages: Pages, table: JetTable) -> list[int]:
    """Give the pages that hold a table's rows, as its map says; raises Broken."""
    row = pages.row(*pointer(table.map_at))
    if not row:
        return []
    if row[0] == 0 and len(row) > _MAP_HEAD:
        (first,) = struct.unpack_from("<I", row, 1)
        return list(_marked(row[5:], first, pages.count))
    found: list[int] = []
    for place, (number,) in enumerate(struct.iter_unpack("<I", row[1 : 1 + (len(row) - 1) // 4 * 4])):
        if number:
            bits = pages.page(number)[_MAP_HEAD:]
            found += _marked(bits, place * len(bits) * 8, pages.count)
    return found


def _marked(bits: bytes, first: int, count: int) -> Iterator[int]:
    """Give the numbers whose bits are set, the lowest bit of the first byte first."""
    for at, byte in enumerate(bits):
        if byte:
            for bit in range(8):
                number = first + at * 8 + bit
                if byte >> bit & 1 and number < count:
                    yield number
