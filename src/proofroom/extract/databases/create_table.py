"""Find the columns in a CREATE TABLE statement: names, types, defaults and keys, in any dialect of SQL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from proofroom.extract.databases.sql_tokens import Token, tokens
from proofroom.extract.databases.table_sheet import Column

_CONSTRAINTS: Final = frozenset(("CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN", "EXCLUDE"))
_KEYS: Final = frozenset(("KEY", "INDEX", "FULLTEXT", "SPATIAL"))
_ENDS_TYPE: Final = frozenset(
    (
        *("CONSTRAINT", "PRIMARY", "NOT", "NULL", "UNIQUE", "CHECK", "DEFAULT", "COLLATE", "REFERENCES"),
        *(
            "GENERATED",
            "AS",
            "AUTO_INCREMENT",
            "AUTOINCREMENT",
            "COMMENT",
            "ON",
            "IDENTITY",
            "CHARSET",
            "ENABLE",
        ),
    )
)
_WORDS_OF_VALUES: Final = {"NULL": None, "TRUE": 1, "FALSE": 0}
_NAMES: Final = ("name", "word", "text")
_LONGEST_TYPE: Final = 64
_MOST_DIGITS: Final = 19
_FARTHEST_PRIMARY: Final = 3


@dataclass(slots=True)
class Defined:
    """A column as it is defined.

    default: what rows say that were written before the column was added. stored: false where it is computed.
    """

    column: Column
    default: str | int | float | None = None
    stored: bool = True
    is_key: bool = False
    descending: bool = False


@dataclass(slots=True)
class CreateTable:
    """What a statement says of a table: its columns in order, its key by their names, whether it has row ids."""

    columns: list[Defined] = field(default_factory=list)
    key: list[str] = field(default_factory=list)
    without_rowid: bool = False

    def place(self, name: str) -> int:
        """Give the place of a column from 0 by its name in any case, -1 for none."""
        wanted = name.casefold()
        names = (one.column.untrusted_name.casefold() for one in self.columns)
        return next((at for at, known in enumerate(names) if known == wanted), -1)

    @property
    def rowid_alias(self) -> int:
        """Give the place of the column that is another name of the row id in SQLite, -1 for none."""
        if len(self.key) != 1 or self.without_rowid:
            return -1
        at = self.place(self.key[0])
        if at < 0:
            return -1
        found = self.columns[at]
        quirk = found.is_key and found.descending
        return at if found.column.declared.upper() == "INTEGER" and not quirk else -1


def parse_create_table(untrusted_sql: str) -> CreateTable:
    """Find the columns; of a statement that is none, or has no list of columns, there are none."""
    every = list(tokens(untrusted_sql))
    start = next((at for at, token in enumerate(every) if token.is_mark("(")), len(every))
    found = CreateTable()
    items, end = _items(every, start + 1)
    for item in items:
        _take(item, found)
    options = [token.word for token in every[end:]]
    found.without_rowid = ("WITHOUT", "ROWID") in pairwise(options)
    return found


def _items(every: Sequence[Token], start: int) -> tuple[list[list[Token]], int]:
    """Cut what stands in brackets at its commas; gives the parts and where the bracket closed."""
    items: list[list[Token]] = [[]]
    depth = 1
    for at in range(start, len(every)):
        token = every[at]
        depth += token.is_mark("(") - token.is_mark(")")
        if depth == 0:
            return items, at + 1
        if depth == 1 and token.is_mark(","):
            items.append([])
        else:
            items[-1].append(token)
    return items, len(every)


def _take(item: list[Token], found: CreateTable) -> None:
    """Take one part: a column, or a constraint on the table."""
    if not item:
        return
    if item[0].word in _CONSTRAINTS:
        _take_constraint(item, found)
    elif item[0].kind in _NAMES and not _is_index(item):
        defined = _column(item)
        found.columns.append(defined)
        if defined.is_key:
            found.key = [defined.column.untrusted_name]


def _is_index(item: list[Token]) -> bool:
    """Tell `KEY name (column)` from a column that is named `key`."""
    if item[0].word not in _KEYS:
        return False
    opening = next((at for at, token in enumerate(item) if token.is_mark("(")), 0)
    return opening > 0 and len(item) > opening + 1 and item[opening + 1].kind in ("name", "word")


def _take_constraint(item: list[Token], found: CreateTable) -> None:
    """Take the primary key, if the constraint is one."""
    words = [token.word for token in item]
    if "PRIMARY" not in words[:_FARTHEST_PRIMARY]:
        return
    opening = next((at for at, token in enumerate(item) if token.is_mark("(")), len(item))
    parts, _end = _items(item, opening + 1)
    found.key = [part[0].untrusted_text for part in parts if part]


def _column(item: list[Token]) -> Defined:
    """Read one column."""
    end = 1
    while end < len(item) and item[end].word not in _ENDS_TYPE:
        end += 1
    defined = Defined(Column(item[0].untrusted_text, _type(item[1:end])))
    words = [token.word for token in item]
    for at in range(end, len(item)):
        if words[at] == "PRIMARY":
            defined.is_key = True
            defined.descending = words[at + 2 : at + 3] == ["DESC"]
        elif words[at] == "DEFAULT":
            defined.default = _default(item[at + 1 :])
        elif words[at] == "AS" and at + 1 < len(item) and item[at + 1].is_mark("("):
            defined.stored = "STORED" in words[at:]
    return defined


def _type(some: Sequence[Token]) -> str:
    """Write a type as it is declared, without blanks around brackets."""
    text = ""
    for token in some:
        glue = " " if text and (token.kind == "word" and not text.endswith("(")) else ""
        text += glue + token.untrusted_text
        if len(text) > _LONGEST_TYPE:
            break
    return text[:_LONGEST_TYPE]


def _default(some: Sequence[Token]) -> str | int | float | None:
    """Give a default that is a plain value; of an expression there is none."""
    sign = 1
    if some and some[0].kind == "mark" and some[0].untrusted_text in "+-":
        sign = -1 if some[0].untrusted_text == "-" else 1
        some = some[1:]
    if not some:
        return None
    first = some[0]
    if first.kind == "number":
        return sign * number_of(first.untrusted_text)
    if first.kind in ("text", "name"):
        return first.untrusted_text
    return _WORDS_OF_VALUES.get(first.word)


def number_of(text: str) -> int | float:
    """Give a number as SQL means it."""
    return int(text) if text.isdecimal() and len(text) <= _MOST_DIGITS else float(text)
