"""The tables of a dump while it is read: their columns as they become known, and their next row."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Final, Self

from proofroom.extract.databases.blobs import Blobs
from proofroom.extract.databases.dump_text import is_foreign
from proofroom.extract.databases.table_sheet import Column, Number, TableSheet, Value
from proofroom.extract.format import Sink, Unreadable
from proofroom.model.states import Reason, State

_FIRST_ROW: Final = 2
_MOST_WAITING: Final = 400_000
_MOST_TABLES: Final = 100_000
_LOOK_EVERY: Final = 4_096
_NUMERIC: Final = re.compile(r"int|serial|numeric|decimal|real|double|float|number|money", re.IGNORECASE)
_NUMBER: Final = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\Z")
_TRUTH: Final = re.compile(r"bool", re.IGNORECASE)
_BYTES: Final = re.compile(r"bytea", re.IGNORECASE)
_HEX: Final = re.compile(r"\\x((?:[0-9A-Fa-f]{2})*)\Z")


@dataclass(slots=True)
class Table:
    """A table: its sheet, its columns in order, the next row."""

    sheet: TableSheet
    columns: list[Column] = field(default_factory=list)
    next_row: int = _FIRST_ROW

    def places(self, untrusted_names: Sequence[str]) -> list[int]:
        """Give the places of columns, from 0, by their names; those not known yet are added."""
        known = {column.untrusted_name.casefold(): at for at, column in enumerate(self.columns)}
        for name in untrusted_names:
            if name.casefold() not in known:
                known[name.casefold()] = len(self.columns)
                self.columns.append(Column(name))
                self.sheet.name_columns(self.columns[-1:])
        return [known[name.casefold()] for name in untrusted_names]

    def row(self, values: Sequence[Value], places: Sequence[int]) -> None:
        """Take a row; `places` says where its values belong, none that they are in the columns' order."""
        if places:
            fields: list[Value] = [None] * len(self.columns)
            for value, place in zip(values, places, strict=False):
                fields[place] = value
            values = [*fields, *values[len(places) :]]
        self.sheet.row(self.next_row, values)
        self.next_row += 1


class Tables:
    """All tables of a dump by their names; as a context it sends what waits."""

    def __init__(self, sink: Sink) -> None:
        """Begin with none."""
        self.database = ""
        self._sink = sink
        self._blobs = Blobs(sink)
        self._tables: dict[str, Table] = {}
        self._rows = 0

    def find(self, untrusted_name: str, columns: Sequence[Column] = ()) -> Table:
        """Give a table by its name; one that is not known yet begins a sheet."""
        name = untrusted_name
        if self.database and "." not in name:
            name = f"{self.database}.{name}"
        table = self._tables.get(name)
        if table is None:
            if len(self._tables) >= _MOST_TABLES:
                raise Unreadable(State.TRUNCATED, Reason.LIMIT_PIECES)
            sheet = TableSheet(self._sink, len(self._tables) + 1, name, columns, self._blobs)
            table = self._tables[name] = Table(sheet, list(columns))
        elif columns:
            table.places([column.untrusted_name for column in columns])
        return table

    def count_row(self) -> None:
        """Look from time to time whether too much waits in all tables together."""
        self._rows += 1
        if self._rows % _LOOK_EVERY == 0:
            waiting = sum(table.sheet.waiting for table in self._tables.values())
            if waiting > _MOST_WAITING:
                self.flush()

    def flush(self) -> None:
        """Send what waits."""
        for table in self._tables.values():
            table.sheet.flush()

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Send what is left."""
        self.flush()


def typed(untrusted: str, column: Column | None) -> Value:
    """Give a text of a COPY block as what its column is declared to hold."""
    declared = column.declared if column else ""
    if _NUMERIC.search(declared) and _NUMBER.match(untrusted):
        return Number(untrusted.encode())
    if _TRUTH.search(declared) and untrusted in ("t", "f"):
        return untrusted == "t"
    found = _HEX.match(untrusted) if _BYTES.search(declared) else None
    if found is not None:
        return bytes.fromhex(found[1])
    return untrusted.encode("utf-8", "surrogateescape") if is_foreign(untrusted) else untrusted
