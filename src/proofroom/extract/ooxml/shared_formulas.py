"""Translate a shared formula from the cell that states it to a cell that only refers to it.

Relative references move with the cell and wrap around the edge of the sheet, as in Excel; references in
texts, in quoted sheet names and in structured references stay (ECMA-376 part 1, 18.3.1.40).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from proofroom.model.where import column_letters, column_number

_LAST_ROW: Final = 1 << 20
_LAST_COLUMN: Final = 1 << 14
_MOST_REMEMBERED: Final = 4_096
_PART: Final = re.compile(
    r"""("[^"]*+(?:""[^"]*+)*"|'[^']*+(?:''[^']*+)*'|\[[^\[\]]*+(?:\[[^\[\]]*+\][^\[\]]*+)*\])"""
    r"""|(?<![A-Za-z0-9_.$\\?\u0080-\U0010ffff])(?:(\$?)([A-Za-z]{1,3})(\$?)([1-9][0-9]{0,6})"""
    r"""|(\$?)([A-Za-z]{1,3}):(\$?)([A-Za-z]{1,3})|(\$?)([1-9][0-9]{0,6}):(\$?)([1-9][0-9]{0,6}))"""
    r"""(?![A-Za-z0-9_(.!\\?\u0080-\U0010ffff])"""
)


@dataclass(frozen=True, slots=True)
class _Coordinate:
    """A row or column in a reference that moves."""

    number: int
    is_column: bool


class SharedFormula:
    """One shared formula, taken apart once."""

    def __init__(self, untrusted_formula: str, row: int, column: int) -> None:
        """Take apart the formula that stands at this cell."""
        self._row, self._column = row, column
        self._pieces: list[str | _Coordinate] = []
        at = 0
        for found in _PART.finditer(untrusted_formula):
            if found.group(1) is not None:
                continue
            self._pieces.append(untrusted_formula[at : found.start()])
            self._pieces.extend(_coordinates(found))
            at = found.end()
        self._pieces.append(untrusted_formula[at:])
        self._columns: dict[tuple[int, int], str] = {}

    def at(self, row: int, column: int) -> str:
        """Write the formula as it reads at another cell."""
        down, right = row - self._row, column - self._column
        out: list[str] = []
        for piece in self._pieces:
            if isinstance(piece, str):
                out.append(piece)
            elif piece.is_column:
                out.append(self._letters(piece.number, right))
            else:
                out.append(str((piece.number - 1 + down) % _LAST_ROW + 1))
        return "".join(out)

    def _letters(self, number: int, right: int) -> str:
        """Give the letters of a moved column."""
        known = self._columns.get((number, right))
        if known is None:
            known = column_letters((number - 1 + right) % _LAST_COLUMN + 1)
            if len(self._columns) < _MOST_REMEMBERED:
                self._columns[number, right] = known
        return known


def _coordinates(found: re.Match[str]) -> list[str | _Coordinate]:
    """Give the fixed and the moving pieces of one reference, which may turn out to be none."""
    _, cell_fix, cell, row_fix, row, left_fix, left, right_fix, right, top_fix, top, end_fix, end = (
        found.groups()
    )
    if cell is not None:
        if not _is_column(cell) or int(row) > _LAST_ROW:
            return [found.group()]
        return [*_piece(cell_fix, cell), *_piece(row_fix, row)]
    if left is not None:
        if not (_is_column(left) and _is_column(right)):
            return [found.group()]
        return [*_piece(left_fix, left), ":", *_piece(right_fix, right)]
    if int(top) > _LAST_ROW or int(end) > _LAST_ROW:
        return [found.group()]
    return [*_piece(top_fix, top), ":", *_piece(end_fix, end)]


def _is_column(letters: str) -> bool:
    return column_number(letters.upper()) <= _LAST_COLUMN


def _piece(fixed: str, text: str) -> list[str | _Coordinate]:
    """Give one row or column: as it stands behind a `$`, else as one that moves."""
    if fixed:
        return [fixed + text]
    return [
        _Coordinate(int(text), is_column=False)
        if text.isdigit()
        else _Coordinate(column_number(text.upper()), is_column=True)
    ]
