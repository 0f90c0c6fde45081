"""One table on its way to the sink: row 1 names the columns, the rows of the table follow from row 2.

What stores NULL is left out, so that an empty text, which is a cell, stays apart from it.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Self

from proofroom.extract.databases.blobs import Blobs, File
from proofroom.extract.format import Cells, Sink, Unreadable, utf8
from proofroom.extract.ooxml.text_columns import packed
from proofroom.extract.tabular.cell_columns import number_text
from proofroom.model.evidence import CellType, Flag
from proofroom.model.states import Reason, State

HEADING: Final = 1
"""The row that names the columns."""

_BATCH: Final = 32_768
_MOST_TEXT: Final = 8 << 20
_LAST: Final = 0x7FFFFFFF
_LONG: Final = 1 << 20
_DIGITS: Final = 15
_DATED: Final = re.compile(r"date|time", re.IGNORECASE)
_ISO: Final = re.compile(
    rb"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d(?::?\d\d)?)?)?\Z"
)
_STRING, _NUMBER = int(CellType.STRING), int(CellType.NUMBER)
_BOOLEAN, _DATE = int(CellType.BOOLEAN), int(CellType.DATE)
_PRECISION: Final = int(Flag.PRECISION)


@dataclass(frozen=True, slots=True)
class Number:
    """A number as its file writes it, digit for digit."""

    written: bytes


@dataclass(frozen=True, slots=True)
class Moment:
    """A date, with or without a time: as stored (or ISO 8601, where what is stored is no text), and as shown."""

    raw: bytes
    shown: bytes = b""


Value = str | int | float | bool | bytes | Number | Moment | File | None
"""What a field of a row holds; bytes are a blob."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column by its name and its type as declared."""

    untrusted_name: str
    declared: str = ""

    @property
    def is_dated(self) -> bool:
        """Tell whether the declared type promises dates or times."""
        return _DATED.search(self.declared) is not None


class TableSheet:
    """The rows of one table; as a context it sends what is left, also when reading fails."""

    def __init__(
        self,
        sink: Sink,
        index: int,
        untrusted_name: str,
        columns: Sequence[Column],
        blobs: Blobs,
        visibility: Flag = Flag.NONE,
    ) -> None:
        """Announce the sheet and name its columns; the cells of a hidden one are hidden."""
        self.index = index
        self.untrusted_name = untrusted_name
        self.width = 0
        self._sink = sink
        self._blobs = blobs
        self._dated: list[bool] = []
        self._hidden = int(visibility)
        self._clear()
        sink.sheet(index, untrusted_name, visibility)
        self.name_columns(columns)

    def name_columns(self, columns: Sequence[Column]) -> None:
        """Name further columns, behind those that are named already."""
        for at, column in enumerate(columns, self.width + 1):
            if column.untrusted_name:
                self._put(HEADING, at, _STRING, utf8(column.untrusted_name), 0)
            self._dated.append(column.is_dated)
        self.width += len(columns)

    def row(self, number: int, values: Sequence[Value], flags: int = 0) -> None:
        """Take the fields of a row of the sheet (the first of the table is 2)."""
        if number > _LAST:
            raise Unreadable(State.TRUNCATED, Reason.LIMIT_CELLS)
        for column, value in enumerate(values, 1):
            if value is not None:
                self.cell(number, column, value, flags)
        if len(self._raw) >= _BATCH or self._size >= _MOST_TEXT:
            self.flush()

    def cell(self, row: int, column: int, value: Value, flags: int = 0) -> None:
        """Take one field; None is no cell."""
        if type(value) is str:
            raw = utf8(value)
            dated = column <= len(self._dated) and self._dated[column - 1] and _ISO.match(raw)
            self._put(row, column, _DATE if dated else _STRING, raw, flags)
        elif type(value) is int:
            self._put(row, column, _NUMBER, b"%d" % value, flags)
        elif type(value) is float:
            raw = number_text(value)
            digits = raw.partition(b"E")[0].translate(None, b"-.").lstrip(b"0")
            self._put(row, column, _NUMBER, raw, flags | (_PRECISION if len(digits) > _DIGITS else 0))
        elif value is not None:
            self._rarer(row, column, value, flags)

    def _rarer(self, row: int, column: int, value: Value, flags: int) -> None:
        """Take what is neither text nor binary number."""
        if isinstance(value, bool):
            self._put(row, column, _BOOLEAN, b"TRUE" if value else b"FALSE", flags)
        elif isinstance(value, Number):
            self._put(row, column, _NUMBER, value.written, flags)
        elif isinstance(value, Moment):
            self._put(row, column, _DATE, value.raw, flags, value.shown)
        elif isinstance(value, File):
            self._put(
                row, column, _STRING, self._blobs.file(self.untrusted_name, (row, column), value), flags
            )
        elif isinstance(value, bytes):
            raw, shown = self._blobs.cell(self.untrusted_name, (row, column), value)
            self._put(row, column, _STRING, raw, flags, shown)

    def _put(self, row: int, column: int, kind: int, raw: bytes, flags: int, shown: bytes = b"") -> None:
        self._rows.append(row)
        self._columns.append(column)
        self._kinds.append(kind)
        self._flags.append(flags | self._hidden)
        self._raw.append(raw)
        self._size += len(raw)
        if shown:
            self._shown[len(self._raw) - 1] = shown
            self._size += len(shown)
        if len(raw) >= _LONG and self._size >= _MOST_TEXT:
            self.flush()

    def _clear(self) -> None:
        self._rows, self._columns, self._flags = array("i"), array("i"), array("H")
        self._kinds = bytearray()
        self._raw: list[bytes] = []
        self._shown: dict[int, bytes] = {}
        self._size = 0

    @property
    def waiting(self) -> int:
        """How many cells wait to be sent."""
        return len(self._raw)

    def flush(self) -> None:
        """Send what waits."""
        if not self._raw:
            return
        count = len(self._raw)
        shown = packed([self._shown.get(at, b"") for at in range(count)]) if self._shown else None
        cells = Cells(
            self._rows,
            self._columns,
            self._kinds,
            self._flags,
            array("i", b"\xff" * (4 * count)),
            packed(self._raw),
            shown,
        )
        self._clear()
        self._sink.cells(self.index, cells)

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Send what is left."""
        self.flush()
