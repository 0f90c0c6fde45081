"""Read the names of an .xls workbook and the other workbooks that it names (MS-XLS 2.4.150, 2.4.271, 2.4.105).

What was last seen in the cells of those other workbooks is kept in the file, and given: it is evidence of
files that nobody handed over.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from proofroom.extract.encoding import decode_all
from proofroom.extract.tabular.biff_paths import decoded_path
from proofroom.extract.tabular.biff_records import Continued, continued, text_at
from proofroom.extract.tabular.biff_values import BOOLEANS, error_text
from proofroom.extract.tabular.cell_columns import number_text
from proofroom.extract.tabular.formula_scope import LinkedBook, NotRendered, Scope, quoted
from proofroom.extract.tabular.formula_text import FormulaText
from proofroom.model.where import cell_name

_BUILT_IN: Final = (
    "Consolidate_Area", "Auto_Open", "Auto_Close", "Extract", "Database", "Criteria", "Print_Area",
    "Print_Titles", "Recorder", "Data_Form", "Auto_Activate", "Auto_Deactivate", "Sheet_Title",
    "_FilterDatabase",
)  # fmt: skip
_OWN, _ADD_IN = 0x0401, 0x3A01
_HIDDEN, _MACRO, _IS_BUILT_IN = 1, 0x0E, 0x20
_DDE: Final = 0x7FE2
_OLD_OWN, _OLD_ADD_IN, _OLD_SAME = "\3", ":", "\2"


@dataclass(frozen=True, slots=True)
class StoredName:
    """One defined name as it is stored: what it means is written when all names are known."""

    untrusted_name: str
    flags: int
    sheet: int
    formula: bytes
    extra: bytes


@dataclass(slots=True)
class Names:
    """The names, other books and their cached cells that were found; `cells` says where the latter stand."""

    scope: Scope = field(default_factory=Scope)
    stored: list[StoredName] = field(default_factory=list)
    cells: list[tuple[int, int, int, int]] = field(default_factory=list)
    told: list[tuple[str, str]] = field(default_factory=list)
    sheet: int = 0

    def told_names(self, formulas: FormulaText) -> Iterator[tuple[str, str, bool]]:
        """Give a key, a text `NAME=FORMULA` and whether the formula could be written, for each name."""
        for one in self.stored:
            key = "defined-name-hidden" if one.flags & _HIDDEN else "defined-name"
            name, whole = one.untrusted_name, True
            if 0 < one.sheet <= len(self.scope.sheets):
                name = f"{quoted(self.scope.sheets[one.sheet - 1])}!{name}"
            if one.formula:
                try:
                    name = f"{name}={formulas.text(one.formula, one.extra)}"
                except (NotRendered, struct.error):
                    whole = False
            yield key, name, whole


def read_name(names: Names, data: bytes, start: int, end: int, codec: str) -> None:
    """Read one defined name of Excel 5 or later."""
    flags, _, length, size, _, sheet = struct.unpack_from("<HBBHHH", data, start)
    at = start + 14
    if codec:
        name, at = decode_all(data[at : at + length], codec), at + length
    else:
        wide = data[at] & 1
        stop = at + 1 + (2 * length if wide else length)
        name = data[at + 1 : stop].decode("utf-16-le" if wide else "latin-1", "replace")
        at = stop
    add_name(names, name, flags, sheet, data[at : min(at + size, end)], data[at + size : end])


def add_name(names: Names, name: str, flags: int, sheet: int, formula: bytes, extra: bytes) -> None:
    """Take one name; one of Excel's own is a number that stands for it."""
    if flags & _IS_BUILT_IN and name and ord(name[0]) < len(_BUILT_IN):
        name = _BUILT_IN[ord(name[0])] + name[1:]
    names.scope.names.append(name)
    names.stored.append(StoredName(name, flags, sheet, formula, extra))


def read_book(names: Names, data: bytes, start: int, end: int) -> None:
    """Read which other workbook formulas may name (BIFF8), with its sheets."""
    record = continued(data, start, end)
    sheets, kind = struct.unpack("<HH", record.take(4))
    book = LinkedBook(own=kind == _OWN)
    names.scope.books.append(book)
    if kind in (_OWN, _ADD_IN):
        return
    book.untrusted_path = decoded_path(record.characters(kind, record.take(1)[0]))
    names.told.append(("external-link", book.untrusted_path))
    for _ in range(sheets):
        (length,) = struct.unpack("<H", record.take(2))
        book.sheets.append(record.characters(length, record.take(1)[0]))


def read_references(names: Names, data: bytes, start: int, end: int) -> None:
    """Read which sheets the numbers in formulas mean (BIFF8)."""
    record = continued(data, start, end)
    (count,) = struct.unpack("<H", record.take(2))
    for _ in range(count):
        book, first, last = struct.unpack("<Hhh", record.take(6))
        names.scope.references.append((book, first, last))


def read_old_reference(names: Names, data: bytes, start: int, end: int, codec: str) -> None:
    """Read one reference to a sheet or a book (before Excel 97), whose number is its place."""
    text = text_at(data, start, end, count_size=1, codec=codec)
    if text[:1] == _OLD_OWN:
        text = data[start + 1 : start + 2 + data[start]].decode(codec, "replace")
    scope = names.scope
    scope.references.append((len(scope.books), 0, 0))
    if text[:1] in (_OLD_OWN, _OLD_SAME, "") or text[:1] == _OLD_ADD_IN:
        scope.books.append(LinkedBook(own=text[:1] != _OLD_ADD_IN, sheets=[text[1:]]))
        return
    path, bracket, sheet = decoded_path(text).partition("]")
    path = path.replace("[", "")
    scope.books.append(LinkedBook(path, sheets=[sheet] if bracket else []))
    names.told.append(("external-link", path + (f"#{sheet}" if sheet else "")))


def read_external_name(names: Names, data: bytes, start: int, end: int, codec: str) -> None:
    """Read one name of the other workbook that was named last; one of a program may hold its last values."""
    if not names.scope.books:
        raise struct.error
    (flags,) = struct.unpack_from("<H", data, start)
    name = text_at(data, start + 6, end, count_size=1, codec=codec)
    book = names.scope.books[-1]
    book.names.append(name)
    if flags & _DDE and name:
        names.told.append(("external-item", f"{book.untrusted_path}!{name}"))
        if not codec:
            length, wide = data[start + 6], data[start + 7] & 1
            at = start + 8 + (2 * length if wide else length)
            if at + 3 < end:
                names.cells.append((len(names.scope.books), -len(book.names), at, end))


def read_sheet_of_cells(names: Names, data: bytes, start: int, end: int) -> None:
    """Note to which sheet of the other workbook the cells behind belong."""
    names.sheet = struct.unpack_from("<H", data, start + 2)[0] if end - start >= 4 else 0


def read_cells(names: Names, _data: bytes, start: int, end: int) -> None:
    """Note where cells of the other workbook stand."""
    names.cells.append((len(names.scope.books), names.sheet, start, end))


def cached_cells(names: Names, data: bytes) -> Iterator[tuple[int, str, str, str]]:
    """Give book (from 1), sheet, cell and text of all that was last seen in other workbooks."""
    for book_number, sheet, start, end in names.cells:
        if not 0 < book_number <= len(names.scope.books):
            continue
        book = names.scope.books[book_number - 1]
        record = continued(data, start, end)
        if sheet < 0:
            last, rows = struct.unpack("<BH", record.take(3))
            name = book.names[-sheet - 1]
            for number in range((last + 1) * (rows + 1)):
                text = _value(record)
                yield book_number, name, cell_name(number // (last + 1) + 1, number % (last + 1) + 1), text
            continue
        last, first, row = struct.unpack("<BBH", record.take(4))
        name = book.sheets[sheet] if sheet < len(book.sheets) else str(sheet + 1)
        for column in range(first, last + 1):
            yield book_number, name, cell_name(row + 1, column + 1), _value(record)


def _value(record: Continued) -> str:
    """Read one cached value."""
    (kind,) = record.take(1)
    if kind == 2:
        (length,) = struct.unpack("<H", record.take(2))
        return record.characters(length, record.take(1)[0])
    raw = record.take(8)
    if kind == 1:
        return number_text(struct.unpack("<d", raw)[0]).decode()
    if kind == 4:
        return BOOLEANS[raw[0] != 0].decode()
    return error_text(raw[0]).decode() if kind == 16 else ""
