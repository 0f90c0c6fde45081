"""Writes workbooks as .xls (BIFF8, MS-XLS) by hand: what a county office still kept in those years."""

from __future__ import annotations

import struct
from dataclasses import replace
from datetime import date

from proofroom.world import compound
from proofroom.world.parts import MARKER, Fact, Made
from proofroom.world.sheets import GENERAL, Book, Cell, Sheet, facts, serial

_BOF, _EOF, _LONGEST = 0x0809, 0x000A, 8000
_FIRST_FORMAT = 164


def write(book: Book, *, blind: bool) -> Made:
    """Write a book's cells, hidden rows, columns and sheets; formulas are stored as their values here."""
    forms = sorted({cell.format for sheet in book.sheets for cell in sheet.cells.values()} - {GENERAL})
    styles = {GENERAL: 15} | {form: 16 + number for number, form in enumerate(forms)}
    texts = _Texts()
    bodies = [_sheet(sheet, styles, texts, date1904=book.date1904) for sheet in book.sheets]
    head = _head(book, forms)
    tail = texts.records() + _record(_EOF)
    names = [_bound(sheet, 0) for sheet in book.sheets]
    place = len(head) + sum(map(len, names)) + len(tail)
    bound = b""
    for sheet, body in zip(book.sheets, bodies, strict=True):
        bound += _bound(sheet, place)
        place += len(body)
    streams = [("Workbook", head + bound + tail + b"".join(bodies))]
    if not blind:
        streams.append(("\x05SummaryInformation", compound.summary(MARKER)))
    return Made(compound.write(streams), "xls", [_binary(fact) for fact in facts(book)])


def _binary(fact: Fact) -> Fact:
    """Give a number as its shortest text: an .xls stores it in binary, no text of it stands anywhere."""
    number = fact.value if fact.kind == "cell" and isinstance(fact.value, int | float) else None
    if isinstance(number, float) and not number.is_integer():
        return replace(fact, raw=repr(number).upper())
    if number is not None and "E+" in (fact.raw or ""):
        return replace(fact, raw=repr(float(number)).upper())
    return fact


class _Texts:
    """The table of texts that cells point into."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}
        self.used = 0

    def number(self, text: str) -> int:
        self.used += 1
        return self.numbers.setdefault(text, len(self.numbers))

    def records(self) -> bytes:
        """Give the table, cut between texts where a record would grow too long."""
        pieces = [struct.pack("<II", self.used, len(self.numbers))]
        for text in self.numbers:
            packed = struct.pack("<HB", len(text), 1) + text.encode("utf-16-le")
            if len(pieces[-1]) + len(packed) > _LONGEST:
                pieces.append(b"")
            pieces[-1] += packed
        return _record(0x00FC, pieces[0]) + b"".join(_record(0x003C, piece) for piece in pieces[1:])


def _record(kind: int, data: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def _head(book: Book, forms: list[str]) -> bytes:
    out = _record(_BOF, struct.pack("<HHHHII", 0x0600, 5, 0x0DBB, 1996, 0, 6))
    out += _record(0x0042, struct.pack("<H", 1200)) + _record(0x0022, struct.pack("<H", book.date1904))
    window = struct.pack("<HHHHHHHHH", 0, 0, 16000, 9000, 0x38, 0, 0, 1, 600)
    out += _record(0x003D, window)
    font = struct.pack("<HHHHHBBBB", 220, 0, 0x7FFF, 400, 0, 0, 0, 134, 0) + _short_text("Arial")
    out += _record(0x0031, font) * 4
    for number, form in enumerate(forms, _FIRST_FORMAT):
        out += _record(0x041E, struct.pack("<HHB", number, len(form), 1) + form.encode("utf-16-le"))
    out += b"".join(_record(0x00E0, _style(0, built_in=True)) for _ in range(15)) + _record(0x00E0, _style(0))
    return out + b"".join(_record(0x00E0, _style(_FIRST_FORMAT + number)) for number in range(len(forms)))


def _style(form: int, *, built_in: bool = False) -> bytes:
    return struct.pack(
        "<HHHBBBBIIH", 0, form, 0xFFF5 if built_in else 1, 0x20, 0, 0, 0xF4 if built_in else 4, 0, 0, 0x20C0
    )


def _short_text(text: str) -> bytes:
    return struct.pack("<BB", len(text), 1) + text.encode("utf-16-le")


def _bound(sheet: Sheet, place: int) -> bytes:
    state = {"visible": 0, "hidden": 1, "veryHidden": 2}[sheet.state]
    return _record(0x0085, struct.pack("<IBB", place, state, 0) + _short_text(sheet.name))


def _sheet(sheet: Sheet, styles: dict[str, int], texts: _Texts, *, date1904: bool) -> bytes:
    out = _record(_BOF, struct.pack("<HHHHII", 0x0600, 0x10, 0x0DBB, 1996, 0, 6))
    for column in sorted(sheet.hidden_columns):
        out += _record(0x007D, struct.pack("<HHHHHH", column - 1, column - 1, 2304, 15, 1, 0))
    width = max(column for _, column in sheet.cells)
    out += _record(0x0200, struct.pack("<IIHHH", 0, sheet.last_row(), 0, width, 0))
    for row in range(1, sheet.last_row() + 1):
        options = 0x0100 | (0x20 if row in sheet.hidden_rows else 0)
        out += _record(0x0208, struct.pack("<HHHHHHHH", row - 1, 0, width, 255, 0, 0, options, 15))
    for (row, column), cell in sorted(sheet.cells.items()):
        out += _cell(row - 1, column - 1, cell, styles[cell.format], texts, date1904=date1904)
    if sheet.merges:
        ranges = b"".join(
            struct.pack("<HHHH", top - 1, low - 1, left - 1, right - 1)
            for top, left, low, right in sheet.merges
        )
        out += _record(0x00E5, struct.pack("<H", len(sheet.merges)) + ranges)
    return out + _record(_EOF)


def _cell(row: int, column: int, cell: Cell, style: int, texts: _Texts, *, date1904: bool) -> bytes:
    value = cell.value
    place = struct.pack("<HHH", row, column, style)
    if isinstance(value, bool):
        return _record(0x0205, place + struct.pack("<BB", value, 0))
    if isinstance(value, date):
        value = serial(value, date1904=date1904)
    if isinstance(value, int | float):
        return _record(0x0203, place + struct.pack("<d", value))
    return _record(0x00FD, place + struct.pack("<I", texts.number(value or "")))
