"""What a formula may name: sheets, defined names, other workbooks, tables; and how Excel writes such names."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

_PLAIN: Final = re.compile(r"[^\W\d][\w.]*\Z")
_LIKE_A_CELL: Final = re.compile(r"(?:[A-Z]{1,3}[0-9]+|R[0-9]*C[0-9]*|R|C|TRUE|FALSE)\Z", re.IGNORECASE)
_PREFIXES: Final = ("_xlfn.", "_xlws.", "_xludf.")


class NotRendered(Exception):
    """The formula holds something that cannot be written as text."""


@dataclass(slots=True)
class LinkedBook:
    """A workbook that formulas may name: its path ("" for this one), its sheets and its names."""

    untrusted_path: str = ""
    own: bool = False
    sheets: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Table:
    """A table of a binary workbook: its name and those of its columns by their numbers."""

    untrusted_name: str
    columns: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Scope:
    """The names of one workbook.

    references: what a number of a reference to another sheet means: a book, its first and its last sheet.
    names: defined names in their order.
    """

    sheets: list[str] = field(default_factory=list)
    books: list[LinkedBook] = field(default_factory=list)
    references: list[tuple[int, int, int]] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    tables: dict[int, Table] = field(default_factory=dict)

    def prefix(self, number: int) -> str:
        """Give what stands before a reference to another sheet, with its `!`."""
        if number >= len(self.references):
            raise NotRendered
        book_number, first, last = self.references[number]
        if book_number >= len(self.books):
            raise NotRendered
        book = self.books[book_number]
        sheets = self.sheets if book.own else book.sheets
        if not book.own and first < 0:
            return f"{quoted(bracketed(book.untrusted_path))}!"
        return sheet_prefix("" if book.own else book.untrusted_path, _at(sheets, first), _at(sheets, last))

    def old_prefix(self, number: int, first: int, last: int) -> str:
        """Give the same where a reference names its sheets itself (before Excel 97): this book's if negative."""
        if number < 0:
            return sheet_prefix("", _at(self.sheets, first), _at(self.sheets, last))
        if not 1 <= number <= len(self.books):
            raise NotRendered
        book = self.books[number - 1]
        if not book.sheets:
            return f"{quoted(bracketed(book.untrusted_path))}!"
        return sheet_prefix(book.untrusted_path, book.sheets[0], book.sheets[0])

    def name(self, number: int) -> str:
        """Give a defined name by its number, from 1."""
        if not 1 <= number <= len(self.names):
            raise NotRendered
        return self.names[number - 1]

    def external_name(self, reference: int, number: int) -> str:
        """Give a name of another workbook or of an add-in, by its number from 1."""
        if reference >= len(self.references):
            raise NotRendered
        book_number, sheet, _ = self.references[reference]
        if book_number >= len(self.books):
            raise NotRendered
        book = self.books[book_number]
        if book.own:
            return self.name(number)
        if not 1 <= number <= len(book.names):
            raise NotRendered
        name = book.names[number - 1]
        if not book.untrusted_path:
            return name
        if 0 <= sheet < len(book.sheets):
            return sheet_prefix(book.untrusted_path, book.sheets[sheet], book.sheets[sheet]) + name
        return f"{quoted(book.untrusted_path)}!{name}"


def sheet_prefix(path: str, first: str | None, last: str | None) -> str:
    """Write the sheets that a reference means, with the book they lie in, quoted where Excel quotes."""
    if first is None or last is None:
        return "#REF!"
    between = first if first == last else f"{first}:{last}"
    if path:
        return f"'{bracketed(path)}{between.replace(chr(39), chr(39) * 2)}'!"
    if all(map(_is_plain, (first, last))):
        return f"{between}!"
    return f"'{between.replace(chr(39), chr(39) * 2)}'!"


def bracketed(path: str) -> str:
    """Write a path with its last part in brackets, as formulas do."""
    cut = max(path.rfind("\\"), path.rfind("/")) + 1
    return f"{path[:cut]}[{path[cut:]}]".replace("'", "''")


def quoted(name: str) -> str:
    """Write the name of a sheet or book, quoted where Excel quotes."""
    return name if _is_plain(name) else f"'{name}'"


def shown_name(name: str) -> str:
    """Give a name without what Excel stores before functions that are newer than the format."""
    for prefix in _PREFIXES:
        name = name.removeprefix(prefix)
    return name


def _is_plain(name: str) -> bool:
    return bool(_PLAIN.match(name)) and not _LIKE_A_CELL.match(name)


def _at(sheets: list[str], number: int) -> str | None:
    return sheets[number] if 0 <= number < len(sheets) else None
