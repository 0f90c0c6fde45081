"""What an SQLite file says it holds: the rows of its schema, and of each table the columns of its records."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from proofroom.extract.databases.create_table import CreateTable, Defined, parse_create_table
from proofroom.extract.databases.sqlite_pages import Broken
from proofroom.extract.databases.sqlite_records import Texts, decode_record
from proofroom.extract.databases.sqlite_tree import Trees
from proofroom.extract.databases.table_sheet import Column, Value

_FIELDS: Final = 5
_ROWID_NAMES: Final = ("rowid", "_rowid_", "oid")
_NUMERIC: Final = ("INT", "REAL", "FLOA", "DOUB", "NUM", "DEC", "BOOL", "DATE")


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of the schema: a table, index, view or trigger, where its tree begins, and the SQL that made it."""

    number: int
    kind: str
    untrusted_name: str
    root: int
    untrusted_sql: str


def schema(trees: Trees, texts: Texts) -> Iterator[Entry]:
    """Give the rows of the schema, which is the table on the first page, counted from 1."""
    for number, (_row, record) in enumerate(trees.records(1), 1):
        try:
            values = decode_record(record, texts)
        except Broken:
            trees.damage += 1
            continue
        kind, name, _table, root, sql = (*values, *[None] * _FIELDS)[:_FIELDS]
        yield Entry(number, _str(kind), _str(name), root if type(root) is int else 0, _str(sql))


def _str(value: Value) -> str:
    return value if isinstance(value, str) else ""


class Layout:
    """How the values of a record become the fields of a row."""

    def __init__(self, untrusted_sql: str, *, of_index: bool) -> None:
        """Lay out a table by its statement; `of_index` says that its records lie in the order of its key."""
        made = parse_create_table(untrusted_sql)
        self.known = bool(made.columns)
        self._defined = made.columns
        self._alias = -1 if of_index else made.rowid_alias
        self._with_rowid = not of_index and self._alias < 0
        self._places = _by_key(made) if of_index else _in_order(made.columns)
        self._plain = self._places == list(range(len(made.columns)))
        self._defaults = [_converted(one) for one in made.columns]

    @property
    def columns(self) -> list[Column]:
        """Give the columns, and behind them the row id, where no column bears it."""
        columns = [one.column for one in self._defined]
        if self._with_rowid:
            taken = {column.untrusted_name.casefold() for column in columns}
            columns.append(Column(next((name for name in _ROWID_NAMES if name not in taken), "rowid")))
        return columns

    @property
    def stored(self) -> int:
        """How many values a whole record has."""
        return len(self._places)

    def row(self, rowid: int, values: list[Value]) -> list[Value]:
        """Give the fields of a row; raises Broken when the record has more values than the table has columns."""
        if len(values) > len(self._places):
            raise Broken
        if self._plain:
            fields = values
            if len(values) < len(self._defined):
                fields = values + self._defaults[len(values) :]
        else:
            fields = [None] * len(self._defined)
            for at, place in enumerate(self._places):
                fields[place] = values[at] if at < len(values) else self._defaults[place]
        if self._alias >= 0:
            fields[self._alias] = rowid
        elif self._with_rowid:
            fields.append(rowid)
        return fields


def _in_order(columns: Sequence[Defined]) -> list[int]:
    """Give the places of the columns that are stored."""
    return [at for at, one in enumerate(columns) if one.stored]


def _by_key(made: CreateTable) -> list[int]:
    """Give the places of the stored columns as a table without row ids keeps them: its key first."""
    key = [place for place in dict.fromkeys(map(made.place, made.key)) if place >= 0]
    return key + [at for at in _in_order(made.columns) if at not in key]


def _converted(one: Defined) -> Value:
    """Give the default of a column, as a number where the column holds numbers and it is written like one."""
    default = one.default
    if isinstance(default, str) and any(word in one.column.declared.upper() for word in _NUMERIC):
        try:
            return int(default) if default.lstrip("-").isdecimal() else float(default)
        except ValueError:
            return default
    return default
