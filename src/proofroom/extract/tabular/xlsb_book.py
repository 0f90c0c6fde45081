"""Read the workbook part of .xlsb: its sheets, names, date system, and what formulas may name (MS-XLSB 2.1.7.62)."""

from __future__ import annotations

import struct
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from proofroom.extract.format import Sink
from proofroom.extract.ooxml.number_formats import BUILT_IN, GENERAL, NumberFormats
from proofroom.extract.ooxml.package import Package
from proofroom.extract.ooxml.relationships import Relationship
from proofroom.extract.ooxml.string_use import StringUse
from proofroom.extract.tabular.formula_layout import XLSB
from proofroom.extract.tabular.formula_scope import LinkedBook, NotRendered, Scope, Table, quoted
from proofroom.extract.tabular.formula_text import FormulaText
from proofroom.extract.tabular.pinned import Counts
from proofroom.extract.tabular.xlsb_formulas import parsed
from proofroom.extract.tabular.xlsb_records import part_records, reading_aid, rich_text, wide_text
from proofroom.model.evidence import Flag
from proofroom.model.states import Reason
from proofroom.model.where import cell_name

_VISIBILITY: Final = {1: Flag.HIDDEN_SHEET, 2: Flag.VERY_HIDDEN_SHEET}
_FORMATS, _STYLES_BEGIN, _STYLES_END, _STYLE = 44, 617, 618, 47
_PROPERTIES, _SHEET, _NAME, _TEXT, _SHARING, _PIVOT = 153, 156, 39, 19, 548, 386
_BOOK, _SELF, _SAME, _ADD_IN, _PLACEHOLDER, _REFERENCES = 355, 357, 358, 667, 361, 362
_LIST, _LIST_COLUMN = 343, 347
_LIST_NAMES, _LIST_NUMBER, _COLUMN_NAMES = 64, 20, 24
_GLOBAL: Final = 0xFFFFFFFF
_MOST_REFERENCES: Final = 65_536


@dataclass(slots=True)
class XlsbBook:
    """What holds for all sheets of one workbook.

    names: key, sheet (from 0, `_GLOBAL` for none), name, formula and what stands behind it, of each name.
    hints: how texts are read aloud, by their numbers, until a cell shows them. use: which texts cells show.
    linked, pivots: the relationships of other workbooks and of pivot caches, in their order.
    """

    part: str
    arrows: list[Relationship]
    date1904: bool = False
    sheets: list[tuple[str, str, Flag]] = field(default_factory=list)
    texts: list[tuple[bytes, bool]] = field(default_factory=list)
    hints: dict[int, str] = field(default_factory=dict)
    use: StringUse = field(default_factory=StringUse)
    styles: list[int] = field(default_factory=list)
    formats: NumberFormats = field(default_factory=NumberFormats)
    counts: Counts = field(default_factory=Counter)
    scope: Scope = field(default_factory=Scope)
    names: list[tuple[str, int, str, bytes, bytes]] = field(default_factory=list)
    linked: dict[str, LinkedBook] = field(default_factory=dict)
    pivots: list[str] = field(default_factory=list)

    def target(self, kind: str) -> str:
        """Give the part of a kind that the workbook points to, "" for none."""
        return next(
            (one.untrusted_target for one in self.arrows if one.kind == kind and not one.external), ""
        )

    def part_of(self, number: str) -> str:
        """Give the part that a relationship of the workbook points to, "" for none."""
        return next(
            (one.untrusted_target for one in self.arrows if one.id == number and not one.external), ""
        )

    @property
    def formulas(self) -> FormulaText:
        """Give what writes the formulas of this workbook."""
        return FormulaText(XLSB, self.scope)


def read_book(package: Package, book: XlsbBook, sink: Sink) -> None:
    """Read what the workbook part says; a damaged record costs only itself."""
    for kind, data in part_records(package, book.part, sink.partly):
        reader = _READERS.get(kind)
        if reader is not None:
            try:
                reader(book, data, sink)
            except (struct.error, IndexError):
                sink.partly(Reason.DAMAGED_PART)
    book.scope.sheets = [name for _, name, _ in book.sheets]


def _properties(book: XlsbBook, data: bytes, _sink: Sink) -> None:
    book.date1904 = bool(data[0] & 1)


def _sheet(book: XlsbBook, data: bytes, _sink: Sink) -> None:
    state = struct.unpack_from("<I", data)[0]
    number, at = wide_text(data, 8)
    book.sheets.append((number, wide_text(data, at)[0], _VISIBILITY.get(state, Flag.NONE)))


def _name(book: XlsbBook, data: bytes, sink: Sink) -> None:
    sheet = struct.unpack_from("<I", data, 5)[0]
    name, at = wide_text(data, 9)
    book.scope.names.append(name)
    tokens, extra, at = parsed(data, at)
    key = "defined-name-hidden" if data[0] & 1 else "defined-name"
    book.names.append((key, sheet, name, tokens, extra))
    if at + 4 <= len(data) and (comment := wide_text(data, at)[0]):
        sink.meta("ooxml:defined-name-comment", f"{name}={comment}")


def _sharing(_book: XlsbBook, data: bytes, sink: Sink) -> None:
    if user := wide_text(data, 4)[0]:
        sink.meta("ooxml:file-sharing-user", user)


def _pivot(book: XlsbBook, data: bytes, _sink: Sink) -> None:
    book.pivots.append(wide_text(data, 4)[0])


def _linked(book: XlsbBook, data: bytes, _sink: Sink) -> None:
    linked = LinkedBook()
    book.linked[wide_text(data, 0)[0]] = linked
    book.scope.books.append(linked)


def _own(book: XlsbBook, _data: bytes, _sink: Sink) -> None:
    book.scope.books.append(LinkedBook(own=True))


def _nobody(book: XlsbBook, _data: bytes, _sink: Sink) -> None:
    book.scope.books.append(LinkedBook())


def _placeholder(book: XlsbBook, data: bytes, _sink: Sink) -> None:
    if book.scope.books:
        book.scope.books[-1].names.append(wide_text(data, 0)[0])


def _references(book: XlsbBook, data: bytes, _sink: Sink) -> None:
    (count,) = struct.unpack_from("<I", data)
    for number in range(min(count, _MOST_REFERENCES)):
        book.scope.references.append(struct.unpack_from("<Iii", data, 4 + 12 * number))


_READERS: Final[dict[int, Callable[[XlsbBook, bytes, Sink], None]]] = {
    _PROPERTIES: _properties,
    _SHEET: _sheet,
    _NAME: _name,
    _SHARING: _sharing,
    _PIVOT: _pivot,
    _BOOK: _linked,
    _SELF: _own,
    _SAME: _own,
    _ADD_IN: _nobody,
    _PLACEHOLDER: _placeholder,
    _REFERENCES: _references,
}


def send_names(book: XlsbBook, sink: Sink) -> None:
    """Send the defined names with what they mean, and the date system."""
    formulas = book.formulas
    for key, sheet, name, tokens, extra in book.names:
        text = f"{quoted(book.scope.sheets[sheet])}!{name}" if sheet < len(book.scope.sheets) else name
        try:
            text += f"={formulas.text(tokens, extra)}" if tokens else ""
        except (NotRendered, struct.error):
            sink.partly(Reason.UNREAD_PART)
        sink.meta(f"ooxml:{key}", text)
    if book.date1904:
        sink.meta("ooxml:date-system", "1904")


def read_styles(package: Package, book: XlsbBook, sink: Sink) -> None:
    """Read the number format of each style."""
    codes, inside = dict(BUILT_IN), False
    book.formats = NumberFormats(book.date1904)
    try:
        for kind, data in part_records(package, book.target("styles"), sink.partly):
            if kind == _FORMATS:
                codes[struct.unpack_from("<H", data)[0]] = wide_text(data, 2)[0]
            elif kind in (_STYLES_BEGIN, _STYLES_END):
                inside = kind == _STYLES_BEGIN
            elif kind == _STYLE and inside:
                number = struct.unpack_from("<H", data, 2)[0]
                book.styles.append(book.formats.add(codes.get(number, GENERAL)))
    except struct.error:
        sink.partly(Reason.DAMAGED_PART)


def read_texts(package: Package, book: XlsbBook, sink: Sink) -> None:
    """Read the table of texts that cells point into."""
    for kind, data in part_records(package, book.target("sharedStrings"), sink.partly):
        if kind == _TEXT:
            book.texts.append(rich_text(data, 0) if len(data) > 4 else (b"", False))
            if hint := reading_aid(data):
                book.hints[len(book.texts) - 1] = hint


def read_table(package: Package, book: XlsbBook, part: str, sink: Sink) -> tuple[str, str]:
    """Read a table on a sheet, so that formulas can name its columns; gives its name and range, and its columns."""
    table, ranges = None, ""
    try:
        for kind, data in part_records(package, part, sink.partly):
            if kind == _LIST:
                name, at = wide_text(data, _LIST_NAMES)
                table = Table(wide_text(data, at)[0] or name)
                top, low, left, right = struct.unpack_from("<4I", data)
                ranges = f"{cell_name(top + 1, left + 1)}:{cell_name(low + 1, right + 1)}"
                book.scope.tables[struct.unpack_from("<I", data, _LIST_NUMBER)[0]] = table
            elif kind == _LIST_COLUMN and table is not None:
                name, at = wide_text(data, _COLUMN_NAMES)
                table.columns.append(wide_text(data, at)[0] or name)
    except (struct.error, IndexError):
        sink.partly(Reason.DAMAGED_PART)
    return (table.untrusted_name, f"{ranges}: {', '.join(table.columns)}") if table is not None else ("", "")
