"""Lays tables on sheets the way offices do: titles, two-row headers, totals, notes in the margin."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from proofroom.world.parts import cell_name
from proofroom.world.sheets import GENERAL, ISO_DAY, TEXT, WHOLE, Cell, Sheet, Value, serial, shown_of
from proofroom.world.slips import Entry


@dataclass(frozen=True, slots=True)
class Column:
    """One column: the field it shows, its header, and the header above it in a two-row header."""

    key: str
    header: str
    above: str = ""


@dataclass(frozen=True, slots=True)
class Layout:
    """How a table lies on its sheet; rows and columns count from 1."""

    top: int = 1
    left: int = 1
    title: str = ""
    subtitle: str = ""
    two_rows: bool = False
    total: str = ""
    margin: str = ""
    day_format: str = ISO_DAY
    date1904: bool = False
    id_as_general: bool = False


Placed = list[tuple[str, int, Entry]]


def lay(sheet: Sheet, columns: tuple[Column, ...], entries: list[Entry], layout: Layout) -> Placed:
    """Lay a table on a sheet; gives for each entry the sheet's name and the row it got."""
    row = _title(sheet, columns, layout)
    row = _header(sheet, columns, layout, row)
    placed: Placed = []
    first = row
    for entry in entries:
        for offset, column in enumerate(columns):
            value = entry.fields.get(column.key)
            if column.key == "number":
                value = row - first + 1
            _put(sheet, (row, layout.left + offset), value, entry.styles.get(column.key, ""), layout)
        placed.append((sheet.name, row, entry))
        row += 1
    if layout.total:
        count = cell_name(first, layout.left), cell_name(row - 1, layout.left)
        sheet.put(row, layout.left, layout.total)
        sheet.put(row, layout.left + 1, len(entries), GENERAL, f"COUNT({count[0]}:{count[1]})")
    if layout.margin:
        sheet.put(first + 1, layout.left + len(columns) + 1, layout.margin)
    return placed


def records(sheet: Sheet) -> list[list[str]]:
    """Give a sheet as rows of shown texts, for delimited files."""
    width = max((column for _, column in sheet.cells), default=0)
    grid = [[""] * width for _ in range(sheet.last_row())]
    for (row, column), cell in sheet.cells.items():
        grid[row - 1][column - 1] = shown_of(cell)
    return grid


def _title(sheet: Sheet, columns: tuple[Column, ...], layout: Layout) -> int:
    row, last = layout.top, layout.left + len(columns) - 1
    for text in (layout.title, layout.subtitle):
        if text:
            sheet.put(row, layout.left, text)
            sheet.merge(row, layout.left, row, last)
            row += 1
    return row


def _header(sheet: Sheet, columns: tuple[Column, ...], layout: Layout, row: int) -> int:
    if not layout.two_rows:
        for offset, column in enumerate(columns):
            sheet.put(row, layout.left + offset, column.header)
        return row + 1
    offset = 0
    while offset < len(columns):
        column, left = columns[offset], layout.left + offset
        span = 1
        while column.above and offset + span < len(columns) and columns[offset + span].above == column.above:
            span += 1
        sheet.put(row, left, column.above or column.header)
        if not column.above:
            sheet.merge(row, left, row + 1, left)
        elif span > 1:
            sheet.merge(row, left, row, left + span - 1)
        for inner in range(span if column.above else 0):
            sheet.put(row + 1, left + inner, columns[offset + inner].header)
        offset += span
    return row + 2


def _put(sheet: Sheet, place: tuple[int, int], value: Value, style: str, layout: Layout) -> None:
    if value is None or value == "":
        return
    if isinstance(value, date) and style == "serial":
        sheet.cells[place] = Cell(serial(value, date1904=layout.date1904))
    elif isinstance(value, date):
        sheet.cells[place] = Cell(value, layout.day_format)
    elif style == "number":
        sheet.cells[place] = Cell(value, GENERAL if layout.id_as_general else WHOLE)
    elif (
        isinstance(value, str)
        and value.startswith("'")
        and value[1:2].isdigit()
        and not sheet.name.startswith("csv")
    ):
        sheet.cells[place] = Cell(value[1:], TEXT, quoted=True)
    else:
        sheet.cells[place] = Cell(value)
