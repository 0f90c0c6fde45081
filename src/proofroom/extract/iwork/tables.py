"""Give a table of Numbers, Pages or Keynote cell by cell, with its comments and merged ranges."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from proofroom.extract.format import Cells, Sink, texts
from proofroom.extract.iwork.cells import StoredCell, row_cells
from proofroom.extract.iwork.messages import Message
from proofroom.extract.iwork.objects import (
    LIST,
    MERGES,
    MODEL,
    RICH_TEXT,
    SEGMENT,
    STORAGE,
    TABLE,
    TILE,
    Objects,
)
from proofroom.extract.iwork.snappy import Broken
from proofroom.extract.iwork.texts import comments, paragraphs
from proofroom.extract.markup.batches import LineBatch
from proofroom.extract.markup.plain_text import put_whole
from proofroom.model.evidence import CellType, Flag, PieceKind
from proofroom.model.states import Reason
from proofroom.model.where import cell_name, format_parts

_AT_A_TIME: Final = 8_192
_TILE_ROWS: Final = 256
_STORE: Final = 4
_STRINGS, _RICH, _COMMENTS, _MERGES, _TILES = 4, 17, 19, 13, 3
_MOST_ROWS: Final = 1 << 24


@dataclass(slots=True)
class _Batch:
    """Cells that wait to be sent."""

    rows: array[int] = field(default_factory=lambda: array("i"))
    columns: array[int] = field(default_factory=lambda: array("i"))
    kinds: bytearray = field(default_factory=bytearray)
    flags: array[int] = field(default_factory=lambda: array("H"))
    raw: list[str] = field(default_factory=list)


class SheetNames:
    """Names tables by their sheet and by themselves; no two alike, since an address names them."""

    def __init__(self) -> None:
        """None was given yet."""
        self._taken: dict[str, int] = {}

    def given(self, sheet: str, table: str) -> str:
        """Give the name of the next table: `SHEET/TABLE`, a second one of that name with its number."""
        name = plain = f"{sheet}/{table}" if sheet else table
        while name in self._taken:
            self._taken[plain] += 1
            name = f"{plain} ({self._taken[plain]})"
        self._taken[name] = 1
        return name


class Tables:
    """Gives tables to the sink, each as a sheet of its own, numbered from 1."""

    def __init__(self, objects: Objects, sink: Sink, lines: LineBatch) -> None:
        """Give cells to the sink, comments to the lines."""
        self.formulas = 0
        self._objects = objects
        self._sink = sink
        self._lines = lines
        self._count = 0
        self._names = SheetNames()
        self._given: set[int] = set()
        self.texts: set[int] = set()
        """The texts that stand in cells and are given with them."""

    def give(self, number: int, sheet: str, visibility: Flag = Flag.NONE) -> None:
        """Give one table, by the number of what shows it; once."""
        shown = self._objects.find(number, *TABLE)
        if shown is None:
            return
        message = shown.message if shown.kind == TABLE[0] else shown.message.message(1)
        self.give_model(message.reference(2), sheet, visibility)

    def give_model(self, number: int, sheet: str, visibility: Flag = Flag.NONE) -> None:
        """Give one table, by its own number; once."""
        model = self._objects.find(number, MODEL)
        if model is None or number in self._given:
            return
        self._given.add(number)
        self._count += 1
        message = model.message
        name = message.text(8)
        self._sink.sheet(self._count, f"{sheet}/{name}" if sheet else name, visibility)
        table = _Table(
            self._objects, self._sink, self._lines, self._count, f"{sheet}/{name}" if sheet else name
        )
        table.read(message.message(_STORE))
        self.formulas += table.formulas
        self.texts |= table.texts

    def rest(self, sheet: str) -> None:
        """Give the tables that nothing shows."""
        for number, _ in self._objects.of(MODEL):
            self.give_model(number, sheet)


class _Table:
    """One table on its way to the sink."""

    def __init__(self, objects: Objects, sink: Sink, lines: LineBatch, sheet: int, name: str) -> None:
        self.formulas = 0
        self.texts: set[int] = set()
        self._objects = objects
        self._sink = sink
        self._lines = lines
        self._sheet = sheet
        self._name = name
        self._batch = _Batch()
        self._lists: dict[int, dict[int, Message]] = {}

    def read(self, store: Message) -> None:
        """Read the rows of every tile; a row that cannot be read is said."""
        self._lists = {key: self._entries(store.reference(key)) for key in (_STRINGS, _RICH, _COMMENTS)}
        storage = store.message(_TILES)
        height = storage.number(2, _TILE_ROWS)
        for tile in storage.messages(1):
            found = self._objects.find(tile.reference(2), TILE)
            if found is None:
                self._sink.partly(Reason.DAMAGED_PART)
                continue
            for row in found.message.messages(5):
                self._row(tile.number(1) * height + row.number(1) + 1, row)
        self._send()
        self._merged(store.reference(_MERGES))

    def _row(self, number: int, row: Message) -> None:
        try:
            cells = row_cells(row)
        except Broken:
            self._sink.partly(Reason.DAMAGED_PART)
            return
        for cell in cells if number < _MOST_ROWS else ():
            self._cell(number, cell)

    def _cell(self, row: int, cell: StoredCell) -> None:
        """Take one cell, its value looked up where it stands elsewhere."""
        value = cell.value
        if cell.text:
            entry = self._lists[_STRINGS].get(cell.text)
            value = entry.text(3) if entry else ""
        elif cell.rich:
            value = self._rich(cell.rich)
        if cell.comment:
            self._commented(row, cell)
        self.formulas += bool(cell.formula)
        if not value and cell.kind is CellType.EMPTY:
            return
        batch = self._batch
        batch.rows.append(row)
        batch.columns.append(cell.column)
        batch.kinds.append(int(cell.kind))
        batch.flags.append(int(Flag.HAS_FORMULA if cell.formula else Flag.NONE))
        batch.raw.append(value)
        if len(batch.raw) >= _AT_A_TIME:
            self._send()

    def _rich(self, key: int) -> str:
        """Give the text of a cell that has formats or links of its own; links stand beside the cells."""
        entry = self._lists[_RICH].get(key)
        payload = self._objects.find(entry.reference(9), RICH_TEXT) if entry else None
        number = payload.message.reference(1) if payload else 0
        storage = self._objects.find(number, *STORAGE)
        self.texts.add(number)
        return "\n".join(one.text for one in paragraphs(storage, self._objects)) if storage else ""

    def _commented(self, row: int, cell: StoredCell) -> None:
        entry = self._lists[_COMMENTS].get(cell.comment)
        place = (("sheet", self._name), ("cell", cell_name(row, cell.column)))
        for number, one in enumerate(comments(self._objects, entry.reference(10)) if entry else (), 1):
            put = self._put((*place, ("comment", str(number))))
            put("", PieceKind.COMMENT, one.text)
            put("&author=1", PieceKind.NAME, one.author)
            put("&created=1", PieceKind.META, one.created)

    def _put(self, parts: tuple[tuple[str, str], ...]) -> Callable[[str, PieceKind, str], None]:
        place = format_parts(parts)
        return lambda below, kind, text: put_whole(self._lines, place + below, kind, text)

    def _entries(self, number: int) -> dict[int, Message]:
        """Read a list of values by their keys; a long one lies in segments."""
        found = self._objects.find(number, *LIST)
        if found is None:
            return {}
        message = found.message
        entries = message.messages(3)
        for one in message.references(4):
            segment = self._objects.find(one, SEGMENT)
            entries += segment.message.messages(3) if segment else []
        return {entry.number(1): entry for entry in entries}

    def _send(self) -> None:
        batch, self._batch = self._batch, _Batch()
        count = len(batch.raw)
        if count:
            formats = array("i", (-1,)) * count
            cells = Cells(batch.rows, batch.columns, batch.kinds, batch.flags, formats, texts(batch.raw))
            self._sink.cells(self._sheet, cells)

    def _merged(self, number: int) -> None:
        """Give the merged ranges; each is a corner and a size, two halves of one number."""
        found = self._objects.find(number, MERGES)
        ranges = []
        for one in found.message.messages(1) if found else ():
            corner = int.from_bytes(one.message(1).raw(1), "little")
            size = int.from_bytes(one.message(2).raw(1), "little")
            row, column = (corner & 0xFFFF) + 1, (corner >> 16) + 1
            rows, columns = max(size & 0xFFFF, 1), max(size >> 16, 1)
            ranges.append((row, column, row + rows - 1, column + columns - 1))
        if ranges:
            self._sink.merges(self._sheet, ranges)
