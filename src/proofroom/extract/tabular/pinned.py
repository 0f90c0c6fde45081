"""Make lines for what is pinned to the cells of a sheet: comments, links, pictures; and to the sheet itself."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from proofroom.extract.format import Line
from proofroom.extract.tabular.cell_columns import CellColumns
from proofroom.model.evidence import Flag, PieceKind
from proofroom.model.where import cell_name, format_parts

Counts = Counter[tuple[str, ...]]
"""How often an address was used: one for all sheets of a workbook, as two may have the same name."""


@dataclass(slots=True)
class Pinned:
    """Numbers what hangs on one sheet; what hangs on a hidden row or column is hidden with it."""

    untrusted_sheet: str
    flags: Flag
    cells: CellColumns
    counts: Counts = field(default_factory=Counter)

    def at_cell(self, row: int, column: int, what: str, kind: PieceKind, untrusted_text: str) -> Line:
        """Give the next comment, link or picture at a cell (both from 1)."""
        flags = self.flags | self.hidden_at(row, column)
        name = cell_name(row, column)
        number = self._next(self.untrusted_sheet, name, what)
        parts = (("sheet", self.untrusted_sheet), ("cell", name), (what, number))
        return Line(format_parts(parts), kind, untrusted_text, flags)

    def hidden_at(self, row: int, column: int) -> Flag:
        """Tell whether the row and the column of a cell are hidden."""
        flags = Flag.HIDDEN_ROW if row in self.cells.hidden_rows else Flag.NONE
        return flags | (Flag.HIDDEN_COLUMN if column in self.cells.hidden_columns else Flag.NONE)

    def at_sheet(self, what: str, kind: PieceKind, untrusted_text: str) -> Line:
        """Give the next header, footer or shape of the sheet."""
        number = self._next(self.untrusted_sheet, what)
        part = format_parts((("sheet", self.untrusted_sheet), (what, number)))
        return Line(part, kind, untrusted_text, self.flags)

    def next_at_sheet(self, what: str) -> str:
        """Give the number of the next thing of a kind on the sheet that has parts of its own, such as a chart."""
        return self._next(self.untrusted_sheet, what)

    def _next(self, *key: str) -> str:
        self.counts[key] += 1
        return str(self.counts[key])
