"""Models workbooks before they are written: cells as stored, shown and computed, and what is hidden.

The writers (`xlsx`, `ods`, `xls`, `delimited`) and the truth are both made from this one model, so that
the truth is what was written and not what some reader found.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from proofroom.world.parts import Fact, cell_name, part

Value = str | int | float | bool | date | None
Place = tuple[int, int]

GENERAL = "General"
TEXT = "@"
WHOLE = "0"
ISO_DAY = "yyyy-mm-dd"
SLASH_DAY = "yyyy/m/d"
HAN_DAY = 'yyyy"年"m"月"d"日"'
PER_CENT = "0.0%"
THOUSANDS = "#,##0"
_EPOCHS = {False: date(1899, 12, 30), True: date(1904, 1, 1)}
_GENERAL_DIGITS = 11


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its value (for a formula the cached one), number format, and formula without `=`."""

    value: Value
    format: str = GENERAL
    formula: str | None = None
    quoted: bool = False  # typed with a leading apostrophe, which spreadsheets keep as a style


@dataclass(slots=True)
class Sheet:
    """One sheet; rows and columns count from 1."""

    name: str
    cells: dict[Place, Cell] = field(default_factory=dict)
    state: Literal["visible", "hidden", "veryHidden"] = "visible"
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    comments: dict[Place, str] = field(default_factory=dict)
    pictures: list[tuple[int, int, str, bytes]] = field(default_factory=list)  # row, column, how, JPEG

    def put(
        self, row: int, column: int, value: Value, form: str = GENERAL, formula: str | None = None
    ) -> None:
        """Write a value; an empty text or None writes nothing."""
        if value is not None and value != "":
            self.cells[row, column] = Cell(value, form, formula)

    def merge(self, top: int, left: int, bottom: int, right: int) -> None:
        """Merge a range; its first cell keeps the value."""
        self.merges.append((top, left, bottom, right))

    def last_row(self) -> int:
        """Give the last row that holds something."""
        return max((row for row, _ in self.cells), default=0)


@dataclass(slots=True)
class Book:
    """A workbook: its sheets, date system and document properties."""

    sheets: list[Sheet]
    date1904: bool = False
    properties: dict[str, str] = field(default_factory=dict)
    day: date = date(2016, 1, 4)


def serial(day: date, *, date1904: bool) -> int:
    """Give the serial number of a day in a date system."""
    return (day - _EPOCHS[date1904]).days


def raw_of(cell: Cell, *, date1904: bool = False) -> str:
    """Give the text that is stored: numbers as written in the file, booleans as TRUE and FALSE."""
    value = cell.value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, date):
        return str(serial(value, date1904=date1904))
    if isinstance(value, int | float):
        # A formula's result stands in the file as Python writes it, a number with sixteen digits.
        return str(value) if cell.formula else f"{value:.16G}"
    return value or ""


def shown_of(cell: Cell, *, date1904: bool = False) -> str:
    """Give what a person sees: the value after its number format."""
    value = cell.value
    if isinstance(value, date):
        return _shown_day(value, cell.format)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return raw_of(cell, date1904=date1904)
    # A spreadsheet shows fifteen digits of a number, and rounds a half away from zero.
    held = Decimal(f"{value:.15G}")
    whole = held.quantize(Decimal(1), ROUND_HALF_UP)
    share = (held * 100).quantize(Decimal("0.1"), ROUND_HALF_UP)
    shapes = {WHOLE: f"{whole:f}", PER_CENT: f"{share:f}%", THOUSANDS: f"{whole:,f}"}
    return shapes.get(cell.format) or _shown_general(value)


def _shown_day(day: date, form: str) -> str:
    shapes = {
        SLASH_DAY: f"{day.year}/{day.month}/{day.day}",
        HAN_DAY: f"{day.year}年{day.month}月{day.day}日",
    }
    return shapes.get(form, day.isoformat())


def _shown_general(value: float) -> str:
    plain = f"{value:.16G}"
    if len(plain.replace(".", "")) <= _GENERAL_DIGITS:
        return plain
    mantissa, exponent = f"{value:.5E}".split("E")
    return f"{mantissa.rstrip('0').rstrip('.')}E{int(exponent):+03d}" if value >= 1e11 else f"{value:.10G}"


def facts(book: Book) -> list[Fact]:
    """Give the truth of every cell and comment of a book, in the file's order."""
    found: list[Fact] = []
    for sheet in book.sheets:
        covered, prefix = _covered(sheet), part(("sheet", sheet.name)) + "&cell="
        places = sorted(set(sheet.cells) | set(covered))
        found.extend(_fact(book, sheet, place, prefix, covered.get(place)) for place in places)
        for place, text in sorted(sheet.comments.items()):
            where = part(("sheet", sheet.name), ("cell", cell_name(*place)), ("comment", "1"))
            found.append(Fact("comment", where, text, hidden=_hidden(sheet, place)))
    return found


def _covered(sheet: Sheet) -> dict[Place, str]:
    return {
        (row, column): cell_name(top, left)
        for top, left, bottom, right in sheet.merges
        for row in range(top, bottom + 1)
        for column in range(left, right + 1)
        if (row, column) != (top, left)
    }


def _fact(book: Book, sheet: Sheet, place: Place, prefix: str, merged: str | None) -> Fact:
    where = prefix + cell_name(*place)
    hidden = _hidden(sheet, place)
    if merged is not None:
        return Fact("cell", where, None, hidden=hidden, merged=merged)
    cell = sheet.cells[place]
    raw, shown = raw_of(cell, date1904=book.date1904), shown_of(cell, date1904=book.date1904)
    value = cell.value.isoformat() if isinstance(cell.value, date) else cell.value
    return Fact("cell", where, raw, value=value, shown=shown, formula=cell.formula, hidden=hidden)


def _hidden(sheet: Sheet, place: Place) -> tuple[str, ...]:
    causes = (sheet.state != "visible", place[0] in sheet.hidden_rows, place[1] in sheet.hidden_columns)
    return tuple(name for name, holds in zip(("sheet", "row", "column"), causes, strict=True) if holds)
