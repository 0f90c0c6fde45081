"""Give all that an Access database holds: its tables, those of the program too, and rows that were deleted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from proofroom.extract.databases.blobs import Blobs, File
from proofroom.extract.databases.jet_objects import attachment
from proofroom.extract.databases.jet_pages import DATA, Broken, Header, Pages, read_header
from proofroom.extract.databases.jet_rows import Rows
from proofroom.extract.databases.jet_tables import JetTable, pages_of, read_table
from proofroom.extract.databases.jet_values import moment
from proofroom.extract.databases.table_sheet import Column, Moment, TableSheet, Value
from proofroom.extract.format import Sink, Source, Unreadable
from proofroom.extract.markup.batches import LineBatch
from proofroom.model.evidence import Flag, PieceKind
from proofroom.model.states import Reason, State

_CATALOG: Final = 2
_TABLE, _LINKED = 1, (4, 6)
_PAGE: Final = 0x00FFFFFF
_SYSTEM_FLAGS: Final = 0x80000002 | 0x8
_FIRST_ROW: Final = 2
_LONG: Final = 1 << 16
_DELETED: Final = int(Flag.DELETED | Flag.HIDDEN_ROW)


@dataclass(frozen=True, slots=True)
class Listed:
    """A table as the catalog lists it."""

    untrusted_name: str
    page: int
    is_system: bool


def read_access(source: Source, sink: Sink) -> None:
    """Read a database; raises Unreadable when it is encrypted, or when its catalog is lost."""
    header = read_header(source)
    _tell_header(header, sink)
    reader = _Reader(Pages(source, header), sink)
    try:
        reader.read()
    finally:
        reader.tell()
    if source.size % header.page_size:
        raise Unreadable(State.DAMAGED, Reason.CUT_SHORT)


def _tell_header(header: Header, sink: Sink) -> None:
    """Send what the header says."""
    sink.meta("access:version", str(header.version))
    created = moment(header.created)
    if isinstance(created, Moment) and header.created:
        sink.meta("access:created", created.shown.decode())
    if header.has_password:
        # In files before Access 2007 it only asks for a password; nothing in them is encrypted with it.
        sink.meta("access:has-password", "yes")


class _Reader:
    """Reads one database."""

    def __init__(self, pages: Pages, sink: Sink) -> None:
        self._pages = pages
        self._sink = sink
        self._rows = Rows(pages, pages.header.encoding)
        self._blobs = Blobs(sink)
        # What the program keeps for itself is seldom a file, whatever its length.
        self._blobs_of_system = Blobs(sink, _LONG)
        self._linked = 0
        self._missing = 0

    def read(self) -> None:
        """Give how tables are declared, then their rows: those of people first."""
        listed = self._listed()
        tables: list[tuple[Listed, JetTable]] = []
        for one in sorted(listed, key=lambda one: one.is_system):
            try:
                tables.append((one, read_table(self._pages, one.page)))
            except Broken:
                self._missing += 1
        with LineBatch(self._sink) as lines:
            for number, (one, table) in enumerate(tables, 1):
                columns = ", ".join(f"{column.untrusted_name} {column.declared}" for column in table.columns)
                text = f"{one.untrusted_name} ({columns})"
                lines.put((("schema", str(number)),), PieceKind.PARAGRAPH, text)
        owned = self._owned()
        for index, (one, table) in enumerate(tables, 1):
            self._table(index, one, table, owned.get(one.page, []))

    def tell(self) -> None:
        """Say what was broken, and which tables lie in other files."""
        broken = self._rows.damage + self._missing
        if broken:
            self._sink.meta("access:broken", str(broken))
            self._sink.partly(Reason.DAMAGED_PART)
        if self._linked:
            self._sink.partly(Reason.EXTERNAL_PART)

    def _listed(self) -> list[Listed]:
        """Give the tables that the catalog lists, itself included; raises Unreadable when it cannot be read."""
        try:
            catalog = read_table(self._pages, _CATALOG)
            numbers = pages_of(self._pages, catalog)
        except Broken:
            raise Unreadable(State.DAMAGED, Reason.NOT_WELL_FORMED) from None
        names = [column.untrusted_name for column in catalog.columns]
        found: list[Listed] = []
        for values in self._rows.living(catalog, numbers, set()):
            row = dict(zip(names, values, strict=True))
            kind, name, number, flags = (row.get(key) for key in ("Type", "Name", "Id", "Flags"))
            if kind == _TABLE and isinstance(number, int) and isinstance(name, str):
                is_system = isinstance(flags, int) and bool(flags & _SYSTEM_FLAGS)
                found.append(Listed(name, number & _PAGE, is_system))
            elif kind in _LINKED:
                self._linked += 1
                self._sink.meta("access:linked-table", str(name))
        return found

    def _owned(self) -> dict[int, list[int]]:
        """Give the pages of rows by the page of the table that they say they belong to."""
        owned: dict[int, list[int]] = {}
        for number in range(1, self._pages.count):
            try:
                page = self._pages.page(number)
            except Broken:
                break
            if page[0] == DATA:
                owned.setdefault(self._pages.owner(page), []).append(number)
        return owned

    def _table(self, index: int, one: Listed, table: JetTable, owned: list[int]) -> None:
        """Give the rows of a table; behind them those that are deleted, hidden."""
        visibility = Flag.HIDDEN_SHEET if one.is_system else Flag.NONE
        columns = [Column(column.untrusted_name, column.declared) for column in table.columns]
        try:
            numbers = pages_of(self._pages, table)
        except Broken:
            # Without its map a table's pages are those that name it as their owner.
            numbers = owned
            self._rows.damage += 1
        blobs = self._blobs_of_system if one.is_system else self._blobs
        with TableSheet(self._sink, index, one.untrusted_name, columns, blobs, visibility) as sheet:
            attached = _Attached(columns)
            for number, (values, flags) in enumerate(self._all(table, numbers, owned), _FIRST_ROW):
                attached.unwrap(values)
                sheet.row(number, values, flags)

    def _all(
        self, table: JetTable, numbers: list[int], owned: list[int]
    ) -> Iterator[tuple[list[Value], int]]:
        moved: set[tuple[int, int]] = set()
        for values in self._rows.living(table, numbers, moved):
            yield values, 0
        for values in self._rows.deleted(table, numbers, moved):
            yield values, _DELETED
        # Pages that were a table's and are free now still hold the rows that were on them.
        free = sorted(set(owned) - set(numbers))
        before = self._rows.damage
        for values in self._rows.living(table, free, moved):
            yield values, _DELETED
        self._rows.damage = before


class _Attached:
    """Finds attachments in the rows of the hidden tables in which Access keeps them."""

    def __init__(self, columns: list[Column]) -> None:
        names = [column.untrusted_name for column in columns]
        self._places = [names.index(name) if name in names else -1 for name in ("FileData", "FileName")]

    def unwrap(self, values: list[Value]) -> None:
        """Put the file itself in the place of its wrapping."""
        data, name = self._places
        if data < 0 or name < 0:
            return
        wrapped, called = values[data], values[name]
        found = attachment(wrapped) if isinstance(wrapped, bytes) else None
        if found is not None:
            values[data] = File(found, called if isinstance(called, str) else "")
