"""How the tokens of formulas are stored in each version of Excel: the widths of references, names and texts."""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from proofroom.extract.tabular.formula_scope import NotRendered, Scope
from proofroom.model.where import column_letters

Take = Callable[[struct.Struct], tuple[int, ...]]

_BYTE, _SHORT, _LONG = struct.Struct("<B"), struct.Struct("<H"), struct.Struct("<I")
_COLUMN_MOVES, _ROW_MOVES = 0x4000, 0x8000
_ARRAY_HEAD = struct.Struct("<BH")
_letters = lru_cache(maxsize=1 << 14)(column_letters)


@dataclass(frozen=True, slots=True)
class Layout:
    """How one version stores tokens.

    rows, columns: how many a sheet has. all_wide: texts are always UTF-16 (.xlsb). in_row: whether the bits
    that say what moves stand with the row (before Excel 97) or with the column.
    """

    version: int
    rows: int
    columns: int
    one: struct.Struct
    two: struct.Struct
    name: struct.Struct
    name_rest: int
    memory: int
    range_size: int
    in_row: bool = True
    all_wide: bool = False
    text_length: struct.Struct = _BYTE
    attribute: struct.Struct = _SHORT
    function: struct.Struct = _SHORT
    count: struct.Struct = _SHORT
    array: int = 7
    array_head: struct.Struct = _ARRAY_HEAD
    array_text: struct.Struct = _BYTE

    @property
    def cell_size(self) -> int:
        """The bytes of a reference to a cell."""
        return self.one.size

    @property
    def area_size(self) -> int:
        """The bytes of a reference to several cells."""
        return self.two.size

    def array_size(self, first: int, second: int) -> tuple[int, int]:
        """Give rows and columns of an array of constants from the two numbers before it."""
        if self.all_wide:
            return first, second
        if self.version >= 8:
            return second + 1, first + 1
        return second, first or 256

    def cell(self, take: Take, row: int, column: int, *, moves: bool) -> str:
        """Read a reference to one cell, `B2` or `$B$2`; it moves with the cell where it is a shared formula's."""
        down, right = take(self.one)
        return _joined(*self._end(down, right, row, column, moves=moves))

    def area(self, take: Take, row: int, column: int, *, moves: bool) -> str:
        """Read a reference to several cells: `B2:C5`, `B:C`, `2:5`."""
        top, low, left, right = take(self.two)
        first = self._end(top, left, row, column, moves=moves)
        last = self._end(low, right, row, column, moves=moves)
        if first[0] == 0 and last[0] == self.rows - 1:
            return f"{first[3]}{_letters(first[1] + 1)}:{last[3]}{_letters(last[1] + 1)}"
        if first[1] == 0 and last[1] == self.columns - 1:
            return f"{first[2]}{first[0] + 1}:{last[2]}{last[0] + 1}"
        return f"{_joined(*first)}:{_joined(*last)}"

    def _end(self, down: int, right: int, row: int, column: int, *, moves: bool) -> tuple[int, int, str, str]:
        """Give row and column (from 0) of one end of a reference, and what is written before each."""
        flags = down if self.in_row else right
        if self.in_row:
            down &= 0x3FFF
        else:
            right &= 0x3FFF
        row_fix = "" if flags & _ROW_MOVES else "$"
        column_fix = "" if flags & _COLUMN_MOVES else "$"
        if moves:
            down = (down + row) % self.rows if not row_fix else down
            right = (right + column) % self.columns if not column_fix else right
        if down >= self.rows or right >= self.columns:
            raise NotRendered
        return down, right, row_fix, column_fix

    def prefix(self, take: Take, scope: Scope) -> str:
        """Read which sheet a reference means, and write it with its `!`."""
        if self.version >= 8:
            return scope.prefix(take(_SHORT)[0])
        number, first, last = take(_OLD_SHEETS)
        return scope.old_prefix(number, first, last)

    def external_name(self, take: Take) -> tuple[int, int]:
        """Read which name of which other workbook is meant."""
        if self.version >= 8:
            reference, index = take(_EXTERNAL)
            return reference, index & 0xFFFF if self.version == 8 else index
        number, index = take(_OLD_EXTERNAL)
        return abs(number) - 1, index


def _joined(row: int, column: int, row_fix: str, column_fix: str) -> str:
    return f"{column_fix}{_letters(column + 1)}{row_fix}{row + 1}"


_EXTERNAL: Final = struct.Struct("<HI")
_OLD_EXTERNAL: Final = struct.Struct("<h8xH12x")
_OLD_SHEETS: Final = struct.Struct("<h8xhh")
_OLD_CELL, _OLD_AREA = struct.Struct("<HB"), struct.Struct("<HHBB")

BIFF8: Final = Layout(
    8, 1 << 16, 1 << 8, struct.Struct("<HH"), struct.Struct("<HHHH"), _LONG, 0, 4, 8, in_row=False,
    array_text=_SHORT,
)  # fmt: skip
XLSB: Final = Layout(
    12, 1 << 20, 1 << 14, struct.Struct("<IH"), struct.Struct("<IIHH"), _LONG, 0, 4, 16, in_row=False,
    all_wide=True, text_length=_SHORT, count=_LONG, array=14, array_head=struct.Struct("<II"),
    array_text=_SHORT,
)  # fmt: skip
BIFF5: Final = Layout(5, 1 << 14, 1 << 8, _OLD_CELL, _OLD_AREA, _SHORT, 12, 4, 6)
BIFF4: Final = Layout(4, 1 << 14, 1 << 8, _OLD_CELL, _OLD_AREA, _SHORT, 8, 4, 6)
BIFF3: Final = Layout(3, 1 << 14, 1 << 8, _OLD_CELL, _OLD_AREA, _SHORT, 8, 4, 6, function=_BYTE)
BIFF2: Final = Layout(
    2, 1 << 14, 1 << 8, _OLD_CELL, _OLD_AREA, _SHORT, 5, 3, 6, attribute=_BYTE, function=_BYTE, array=6
)


def of_version(version: int) -> Layout:
    """Give how a version of the format (2 to 6, 6 being that of Excel 97) stores its formulas."""
    return {2: BIFF2, 3: BIFF3, 4: BIFF4, 5: BIFF5}.get(version, BIFF8)
