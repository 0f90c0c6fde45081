"""Find the formula of a cell of .xlsb: its own, that of a range that shares one, an array's or a data table's."""

from __future__ import annotations

import struct
from typing import Final

from proofroom.extract.tabular.formula_scope import NotRendered
from proofroom.extract.tabular.formula_text import FormulaText
from proofroom.model.where import cell_name

ARRAY, SHARED, TABLE = 426, 427, 428
DEFINITIONS: Final = frozenset((ARRAY, SHARED, TABLE))
_RANGE: Final = 16
_LONGEST: Final = 1 << 16
_SIZE: Final = struct.Struct("<I")
_BOTH, _ROW_INPUT = 2, 1
_Definition = tuple[bytes, bytes, bool]
_Anchor = tuple[int, int]


def parsed(data: bytes, at: int) -> tuple[bytes, bytes, int]:
    """Read a formula and what stands behind it; gives both, and where they end."""
    (size,) = _SIZE.unpack_from(data, at)
    tokens = data[at + 4 : at + 4 + min(size, _LONGEST)]
    at += 4 + size
    if at + 4 > len(data):
        return tokens, b"", at
    (more,) = _SIZE.unpack_from(data, at)
    return tokens, data[at + 4 : at + 4 + more], at + 4 + more


class XlsbFormulas:
    """Gives the formulas of one sheet as text; `unread` says whether one could not be written."""

    def __init__(self, text: FormulaText) -> None:
        """Write with what the workbook names."""
        self._text = text
        self._defined: dict[_Anchor, _Definition | str] = {}
        self.unread = False

    def waits(self, tokens: bytes, extra: bytes) -> bool:
        """Tell whether a formula stands at a cell whose record is still to come."""
        return tokens[:1] in (b"\1", b"\2") and _anchor(tokens, extra) not in self._defined

    def define(self, kind: int, data: bytes, row: int, column: int) -> None:
        """Take the formula that holds for all of a range, at its first cell (from 0)."""
        definition: _Definition | str
        if kind == TABLE:
            definition = _table_text(data)
        else:
            tokens, extra, _ = parsed(data, _RANGE + (1 if kind == ARRAY else 0))
            definition = (tokens, extra, kind == SHARED)
        self._defined[row, column] = definition
        top, _, left, _ = struct.unpack_from("<4I", data)
        self._defined.setdefault((top, left), definition)

    def of_cell(self, tokens: bytes, extra: bytes, row: int, column: int) -> bytes:
        """Give the formula of a cell (from 0), b"" where it cannot be written."""
        return self.text(tokens, extra, row, column).encode("utf-8", "replace")

    def text(self, tokens: bytes, extra: bytes = b"", row: int = 0, column: int = 0) -> str:
        """Write a formula, "" where that cannot be done."""
        moves = True
        if tokens[:1] in (b"\1", b"\2"):
            found = self._defined.get(_anchor(tokens, extra), (b"", b"", False))
            if isinstance(found, str):
                return found
            tokens, extra, moves = found
        try:
            return self._text.text(tokens, extra, *((row, column) if moves else (0, 0)))
        except (NotRendered, struct.error):
            self.unread = True
            return ""


def _anchor(tokens: bytes, extra: bytes) -> _Anchor:
    if len(tokens) < 5 or len(extra) < 4:
        return -1, -1
    return _SIZE.unpack_from(tokens, 1)[0], _SIZE.unpack_from(extra)[0]


def _table_text(data: bytes) -> str:
    """Write a data table as Excel does: `TABLE(row input,column input)`."""
    row, column, row_2, column_2, flags = struct.unpack_from("<4IB", data, _RANGE)
    first = cell_name(row + 1, column + 1)
    if flags & _BOTH:
        return f"TABLE({first},{cell_name(row_2 + 1, column_2 + 1)})"
    return f"TABLE({first},)" if flags & _ROW_INPUT else f"TABLE(,{first})"
