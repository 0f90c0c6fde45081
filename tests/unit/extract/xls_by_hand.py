"""Write old workbooks by hand, record by record, and read them."""

from __future__ import annotations

import struct
from datetime import date

from workbook_sink import Keeper, keep

from proofroom.extract.format import Unreadable
from proofroom.extract.formats.calamine import FORMAT
from proofroom.limits import DEFAULT, Limits
from proofroom.model.evidence import Flag
from proofroom.model.states import Reason, State
from proofroom.model.where import parse_cell, parse_parts
from proofroom.world import compound
from proofroom.world.parts import Made
from proofroom.world.sheets import Book, Sheet


def book() -> Book:
    sheet = Sheet("名单")
    sheet.put(2, 2, "阿迪力·买买提")
    sheet.put(2, 3, date(2015, 6, 12), "yyyy-mm-dd")
    sheet.put(3, 2, 990101199001011234)
    sheet.put(3, 3, 0.125, "0.0%")
    sheet.put(4, 2, "x" * 9_000)
    sheet.hidden_rows.add(3)
    sheet.hidden_columns.add(3)
    hidden = Sheet("底表", state="veryHidden")
    hidden.put(1, 1, "藏")
    return Book([sheet, hidden])


def read(data: bytes, limits: Limits = DEFAULT, passwords: tuple[str, ...] = ()) -> Keeper:
    return keep(FORMAT.read, data, limits, passwords=passwords)


def ending(keeper: Keeper) -> tuple[State, Reason] | None:
    return (keeper.ended.state, keeper.ended.reason) if isinstance(keeper.ended, Unreadable) else None


def assert_as_in(made: Made, keeper: Keeper) -> None:
    """Hold what was read against what was written: raw, shown and what hides it."""
    numbers = {name: index for index, (name, _) in keeper.sheets.items()}
    seen = 0
    for fact in made.facts:
        parts = dict(parse_parts(fact.part))
        if fact.kind != "cell" or "cell" not in parts:
            continue
        seen += 1
        cell = keeper.kept[numbers[parts["sheet"]], *parse_cell(parts["cell"])]
        hides = tuple(
            name
            for name, bits in (
                ("sheet", Flag.HIDDEN_SHEET | Flag.VERY_HIDDEN_SHEET),
                ("row", Flag.HIDDEN_ROW),
                ("column", Flag.HIDDEN_COLUMN),
            )
            if cell.flags & bits
        )
        assert (cell.raw, cell.shown or cell.raw, hides) == (fact.raw, fact.shown, fact.hidden), fact
    assert seen == len(keeper.kept)


def record(kind: int, data: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def wide(text: str) -> bytes:
    return struct.pack("<HB", len(text), 1) + text.encode("utf-16-le")


def workbook(cells: bytes, *, first: bytes = b"", version: int = 0x0600, stream: str = "Workbook") -> bytes:
    """Write a workbook of one sheet from its records."""
    name = b"\5\0Blatt" if version == 0x0600 else b"\5Blatt"
    head = record(0x0809, struct.pack("<HHHHII", version, 5, 0, 0, 0, 0)) + first
    tail = record(0x00E0, bytes(20)) + record(0x0A)
    place = len(head) + 4 + 6 + len(name) + len(tail)
    body = record(0x0809, struct.pack("<HHHHII", version, 0x10, 0, 0, 0, 0)) + cells + record(0x0A)
    return compound.write(
        [(stream, head + record(0x85, struct.pack("<IBB", place, 0, 0) + name) + tail + body)]
    )


def place(row: int, column: int) -> bytes:
    return struct.pack("<HHH", row - 1, column - 1, 0)


def formula(row: int, column: int, result: bytes) -> bytes:
    return record(0x06, place(row, column) + result + bytes(6) + b"\3\0\x1e\7\0")
