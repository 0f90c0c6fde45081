"""Writes workbooks as .xlsx, locks them with real OOXML encryption, and plants an inert macro on demand."""

from __future__ import annotations

import io
from datetime import date, datetime

import xlsxwriter
from msoffcrypto.format.ooxml import OOXMLFile
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from proofroom.model.states import State
from proofroom.world import zips
from proofroom.world.parts import MARKER, NEVER, Made, digest
from proofroom.world.sheets import GENERAL, Book, Cell, Sheet, facts, serial

_PICTURE_SCALE = 0.12


def write(book: Book, *, blind: bool) -> Made:
    """Write a book; its pictures become members named as they stand inside the container."""
    stream = io.BytesIO()
    workbook = xlsxwriter.Workbook(stream, {"in_memory": True, "date_1904": book.date1904})
    workbook.set_properties(_properties(book, blind=blind))
    if not blind:
        workbook.set_custom_property("Marker", MARKER)
    formats: dict[tuple[str, bool], Format] = {}
    for sheet in book.sheets:
        _write_sheet(workbook, sheet, formats, date1904=book.date1904)
    workbook.close()
    data = zips.repack(stream.getvalue())
    return Made(
        data, "xlsx", facts(book), members=_pictures(book, data), extra={"pictures": _anchors(book, data)}
    )


def lock(made: Made, password: str, opens_by: str) -> Made:
    """Lock a workbook with a password (ECMA-376 agile encryption, AES-256, SHA-512)."""
    stream = io.BytesIO()
    OOXMLFile(io.BytesIO(made.data or b"")).encrypt(password, stream)
    never = opens_by == NEVER
    return Made(
        stream.getvalue(),
        "xlsx",
        state=State.LOCKED if never else State.READ,
        reason="password-unknown" if never else "decrypted",
        password=password,
        opens_by=opens_by,
        decrypted=made,
        written=made.written,
    )


def _properties(book: Book, *, blind: bool) -> dict[str, str | datetime]:
    properties: dict[str, str | datetime] = dict(book.properties)
    properties["created"] = datetime(book.day.year, book.day.month, book.day.day, 10, 12)
    if not blind:
        properties["comments"] = MARKER
    return properties


def _write_sheet(
    workbook: xlsxwriter.Workbook, sheet: Sheet, formats: dict[tuple[str, bool], Format], *, date1904: bool
) -> None:
    target = workbook.add_worksheet(sheet.name)
    for top, left, bottom, right in sheet.merges:
        target.merge_range(top - 1, left - 1, bottom - 1, right - 1, "")
    for (row, column), cell in sorted(sheet.cells.items()):
        key = cell.format, cell.quoted
        if key not in formats:
            formats[key] = workbook.add_format({"num_format": cell.format, "quote_prefix": cell.quoted})
        plain = cell.format == GENERAL and not cell.quoted
        _write_cell(target, row - 1, column - 1, cell, None if plain else formats[key], date1904=date1904)
    for row in sheet.hidden_rows:
        target.set_row(row - 1, None, None, {"hidden": True})
    for column in sheet.hidden_columns:
        target.set_column(column - 1, column - 1, None, None, {"hidden": True})
    for (row, column), text in sheet.comments.items():
        target.write_comment(row - 1, column - 1, text, {"author": "登记员"})
    _place_pictures(target, sheet)
    if sheet.state == "hidden":
        target.hide()
    elif sheet.state == "veryHidden":
        target.very_hidden()


def _write_cell(
    target: Worksheet, row: int, column: int, cell: Cell, form: Format | None, *, date1904: bool
) -> None:
    value = cell.value
    if cell.formula is not None:
        cached = serial(value, date1904=date1904) if isinstance(value, date) else value
        target.write_formula(row, column, "=" + cell.formula, form, cached)
    elif isinstance(value, bool):
        target.write_boolean(row, column, value, form)
    elif isinstance(value, date):
        target.write_number(row, column, serial(value, date1904=date1904), form)
    elif isinstance(value, int | float):
        target.write_number(row, column, value, form)
    else:
        target.write_string(row, column, value or "", form)


def _place_pictures(target: Worksheet, sheet: Sheet) -> None:
    for row, column, how, data in sheet.pictures:
        options = {"image_data": io.BytesIO(data)}
        if how == "in cell":
            target.embed_image(row - 1, column - 1, "photo.jpg", options)
        else:
            scale = {"x_scale": _PICTURE_SCALE, "y_scale": _PICTURE_SCALE}
            target.insert_image(row - 1, column - 1, "photo.jpg", options | scale)


def _pictures(book: Book, data: bytes) -> list[tuple[str, Made]]:
    if not any(sheet.pictures for sheet in book.sheets):
        return []
    inside = zips.entries(data)
    return [(name, Made(inside[name], "photo")) for name in sorted(inside) if name.startswith("xl/media/")]


def _anchors(book: Book, data: bytes) -> list[dict[str, object]]:
    """Say which picture stands at which cell, by the digest of its bytes."""
    names = {digest(made.data or b""): name for name, made in _pictures(book, data)}
    return [
        {"sheet": sheet.name, "row": row, "column": column, "how": how, "member": names[digest(picture)]}
        for sheet in book.sheets
        for row, column, how, picture in sheet.pictures
    ]
