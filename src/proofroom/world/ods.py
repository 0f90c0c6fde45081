"""Writes workbooks as OpenDocument spreadsheets (OASIS ODF 1.2), by hand, so that the bytes are ours."""

from __future__ import annotations

import base64
import hashlib
import os
from datetime import date
from itertools import groupby
from xml.sax.saxutils import escape, quoteattr

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from proofroom.model.states import State
from proofroom.world import zips
from proofroom.world.parts import MARKER, NEVER, Fact, Made, cell_name, part
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
_LOCKED = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.4"'
    ' xmlns:loext="urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0">'
    '<manifest:file-entry manifest:full-path="encrypted-package" manifest:media-type="{type}"'
    ' manifest:size="{size}"><manifest:encryption-data>'
    '<manifest:algorithm manifest:algorithm-name="http://www.w3.org/2009/xmlenc11#aes256-gcm"'
    ' manifest:initialisation-vector="{vector}"/><manifest:start-key-generation manifest:key-size="32"'
    ' manifest:start-key-generation-name="http://www.w3.org/2000/09/xmldsig#sha256"/><manifest:key-derivation'
    ' manifest:key-derivation-name="urn:org:documentfoundation:names:experimental:office:manifest:argon2id"'
    ' manifest:key-size="32" manifest:salt="{salt}" loext:argon2-iterations="3" loext:argon2-memory="65536"'
    ' loext:argon2-lanes="4"/></manifest:encryption-data></manifest:file-entry></manifest:manifest>'
)


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


def lock(made: Made, password: str, opens_by: str) -> Made:
    """Lock a file as a whole, as LibreOffice does since 24.8: AES-GCM with a key by Argon2id."""
    data = made.data or b""
    salt, vector = os.urandom(16), os.urandom(12)
    start = hashlib.sha256(password.encode()).digest()
    key = Argon2id(salt=salt, length=32, iterations=3, lanes=4, memory_cost=65536).derive(start)
    manifest = _LOCKED.format(
        type=_TYPE,
        size=len(data),
        vector=base64.b64encode(vector).decode(),
        salt=base64.b64encode(salt).decode(),
    )
    members: list[tuple[str | bytes, bytes]] = [
        ("mimetype", _TYPE.encode()),
        ("encrypted-package", vector + AESGCM(key).encrypt(vector, data, None)),
        ("META-INF/manifest.xml", manifest.encode()),
    ]
    never = opens_by == NEVER
    return Made(
        zips.pack(members),
        made.kind,
        state=State.LOCKED if never else State.READ,
        reason="password-unknown" if never else "decrypted",
        password=password,
        opens_by=opens_by,
        decrypted=made,
        written=made.written,
    )


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
