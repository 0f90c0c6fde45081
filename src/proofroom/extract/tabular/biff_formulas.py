"""Find the formula of a cell of .xls: its own, that of a range that shares one, an array's or a data table's."""

from __future__ import annotations

import struct
from typing import Final

from proofroom.extract.tabular.biff_globals import BIFF5, Globals
from proofroom.extract.tabular.biff_records import BEGINNINGS, EOF, records
from proofroom.extract.tabular.formula_scope import NotRendered
from proofroom.model.where import cell_name

_FORMULAS: Final = (0x06, 0x0206, 0x0406)
_SHARED, _ARRAYS, _TABLES = (0x04BC, 0xBC), (0x0221,), (0x0236,)
_HEAD: Final = struct.Struct("<HHBB")
_ANCHOR: Final = struct.Struct("<HH")
_SIZE: Final = struct.Struct("<H")
_ROW_INPUT, _BOTH = 0x04, 0x08
_Definition = tuple[bytes, bytes, bool]
_Anchor = tuple[int, int]


class BiffFormulas:
    """Gives the formulas of one sheet as text; `unread` says whether one could not be written."""

    def __init__(self, data: bytes, start: int, known: Globals) -> None:
        """Read from the records behind `start`."""
        self._data, self._start = data, start
        self._text = known.formulas
        self._before, self._array_head = (22, 12) if known.version >= BIFF5 else (18, 8)
        self._defined: dict[_Anchor, _Definition | str] | None = None
        self.unread = False

    def of_cell(self, start: int, end: int) -> bytes:
        """Give the formula of a FORMULA record of Excel 3 or later, b"" where it cannot be written."""
        data, at = self._data, start + self._before
        if at > end:
            self.unread = True
            return b""
        stop = at + _SIZE.unpack_from(data, at - 2)[0]
        return self.of_tokens(data[at : min(stop, end)], data[stop:end], *_ANCHOR.unpack_from(data, start))

    def of_tokens(self, tokens: bytes, extra: bytes, row: int, column: int) -> bytes:
        """Give a formula by its tokens for the cell it stands in (from 0)."""
        try:
            if tokens[:1] in (b"\1", b"\2"):
                return self._defined_at(tokens, row, column).encode("utf-8", "replace")
            return self._text.text(tokens, extra, row, column).encode("utf-8", "replace")
        except (NotRendered, struct.error):
            self.unread = True
            return b""

    def _defined_at(self, tokens: bytes, row: int, column: int) -> str:
        """Give the formula that stands at another cell for all of a range."""
        if self._defined is None:
            self._defined = self._definitions()
        found = self._defined.get(_ANCHOR.unpack_from(tokens, 1))
        if found is None:
            raise NotRendered
        if isinstance(found, str):
            return found
        definition, extra, moves = found
        return self._text.text(definition, extra, *((row, column) if moves else (0, 0)))

    def _definitions(self) -> dict[_Anchor, _Definition | str]:
        """Find all formulas that stand for several cells; each follows the formula of its first cell."""
        found: dict[_Anchor, _Definition | str] = {}
        anchor, depth = (0, 0), 0
        for kind, start, end in records(self._data, self._start):
            if kind in BEGINNINGS:
                depth += 1
            elif kind == EOF:
                depth -= 1
                if depth <= 0:
                    break
            elif kind in _FORMULAS and end - start >= 4:
                anchor = _ANCHOR.unpack_from(self._data, start)
            elif kind in _SHARED or kind in _ARRAYS or kind in _TABLES:
                definition = self._definition(kind, start, end)
                if definition is not None:
                    found.setdefault(anchor, definition)
                    top, _, left, _ = _HEAD.unpack_from(self._data, start)
                    found.setdefault((top, left), definition)
        return found

    def _definition(self, kind: int, start: int, end: int) -> _Definition | str | None:
        if end - start < 8:
            return None
        data = self._data
        if kind in _TABLES:
            return _table_text(data[start:end])
        at = start + (8 if kind in _SHARED else self._array_head)
        if at + 2 > end:
            return None
        (size,) = _SIZE.unpack_from(data, at)
        at += 2
        return data[at : min(at + size, end)], data[at + size : end], kind in _SHARED


def _table_text(record: bytes) -> str | None:
    """Write a data table as Excel does: `TABLE(row input,column input)`."""
    if len(record) < 16:
        return None
    flags, row, column, row_2, column_2 = struct.unpack_from("<5H", record, 6)
    first = cell_name(row + 1, column + 1)
    if flags & _BOTH:
        return f"TABLE({first},{cell_name(row_2 + 1, column_2 + 1)})"
    return f"TABLE({first},)" if flags & _ROW_INPUT else f"TABLE(,{first})"
