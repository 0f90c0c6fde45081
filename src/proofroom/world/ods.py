"""Writes workbooks as OpenDocument spreadsheets (OASIS ODF 1.2), by hand, so that the bytes are ours."""

from __future__ import annotations

from datetime import date
from itertools import groupby
from xml.sax.saxutils import escape, quoteattr

from proofroom.world import zips
from proofroom.world.parts import MARKER, Fact, Made, cell_name, part
from proofroom.world.sheets import Book, Cell, Sheet, shown_of

_NAMES = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in (
        ("office", "office"),
        ("table", "table"),
        ("text", "text"),
        ("style", "style"),
        ("meta", "meta"),
    )
)
_TYPE = "application/vnd.oasis.opendocument.spreadsheet"


def write(book: Book, *, blind: bool) -> Made:
    """Write a book's cells and its hidden rows, columns and sheets; merges and pictures are not used here."""
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {_NAMES} office:version="1.2">'
        '<office:automatic-styles><style:style style:name="off" style:family="table">'
        '<style:table-properties table:display="false"/>'
        "</style:style></office:automatic-styles><office:body><office:spreadsheet>"
        + "".join(_table(sheet) for sheet in book.sheets)
        + "</office:spreadsheet></office:body></office:document-content>"
    )
    marker = "" if blind else f'<meta:user-defined meta:name="Marker">{MARKER}</meta:user-defined>'
    meta = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-meta {_NAMES} office:version="1.2">'
        f"<office:meta><meta:creation-date>{book.day}T10:12:00</meta:creation-date>{marker}</office:meta>"
        "</office:document-meta>"
    )
    manifest = (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"'
        ' manifest:version="1.2">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{_TYPE}"/>'
        '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>'
        '<manifest:file-entry manifest:full-path="meta.xml" manifest:media-type="text/xml"/>'
        "</manifest:manifest>"
    )
    data = zips.pack(
        [
            ("mimetype", _TYPE.encode()),
            ("content.xml", content.encode()),
            ("meta.xml", meta.encode()),
            ("META-INF/manifest.xml", manifest.encode()),
        ]
    )
    return Made(data, "ods", _facts(book))


def _table(sheet: Sheet) -> str:
    width = max(column for _, column in sheet.cells)
    style = ' table:style-name="off"' if sheet.state != "visible" else ""
    columns = "".join(
        f"<table:table-column{_collapsed(column in sheet.hidden_columns)}/>" for column in range(1, width + 1)
    )
    rows = {row: dict(cells) for row, cells in _by_row(sheet)}
    body = []
    for row in range(1, sheet.last_row() + 1):
        cells = "".join(_cell(rows.get(row, {}).get(column)) for column in range(1, width + 1))
        body.append(f"<table:table-row{_collapsed(row in sheet.hidden_rows)}>{cells}</table:table-row>")
    return f"<table:table table:name={quoteattr(sheet.name)}{style}>{columns}{''.join(body)}</table:table>"


def _by_row(sheet: Sheet) -> list[tuple[int, list[tuple[int, Cell]]]]:
    ordered = sorted(sheet.cells.items())
    return [
        (row, [(place[1], cell) for place, cell in group])
        for row, group in groupby(ordered, key=lambda item: item[0][0])
    ]


def _collapsed(hidden: bool) -> str:  # noqa: FBT001 - a private switch of two attributes
    return ' table:visibility="collapse"' if hidden else ""


def _cell(cell: Cell | None) -> str:
    if cell is None:
        return "<table:table-cell/>"
    shown = f"<text:p>{escape(shown_of(cell))}</text:p>"
    formula = f" table:formula={quoteattr('of:=' + cell.formula)}" if cell.formula else ""
    value = cell.value
    if isinstance(value, date):
        typed = f'office:value-type="date" office:date-value="{value}"'
        return f"<table:table-cell{formula} {typed}>{shown}</table:table-cell>"
    if isinstance(value, int | float):
        typed = f'office:value-type="float" office:value="{_stored(value)}"'
        return f"<table:table-cell{formula} {typed}>{shown}</table:table-cell>"
    return f'<table:table-cell{formula} office:value-type="string">{shown}</table:table-cell>'


def _stored(value: float) -> str:
    return f"{value:.16G}"


def _facts(book: Book) -> list[Fact]:
    """Give the truth: dates are stored as ISO texts here, not as serial numbers."""
    found = []
    for sheet in book.sheets:
        for place, cell in sorted(sheet.cells.items()):
            value = cell.value
            stored = value.isoformat() if isinstance(value, date) else value
            raw = _stored(stored) if isinstance(stored, int | float) else stored
            causes = (
                sheet.state != "visible",
                place[0] in sheet.hidden_rows,
                place[1] in sheet.hidden_columns,
            )
            hidden = tuple(
                name for name, holds in zip(("sheet", "row", "column"), causes, strict=True) if holds
            )
            where = part(("sheet", sheet.name), ("cell", cell_name(*place)))
            found.append(
                Fact(
                    "cell",
                    where,
                    raw,
                    value=stored,
                    shown=shown_of(cell),
                    formula=cell.formula,
                    hidden=hidden,
                )
            )
    return found
