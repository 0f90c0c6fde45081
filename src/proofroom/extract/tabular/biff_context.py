"""What the readers of one sheet's records share: the bytes, the workbook, the sink, and what is not read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from proofroom.extract.format import Sink
from proofroom.extract.markup.batches import LineBatch
from proofroom.extract.tabular.biff_formulas import BiffFormulas
from proofroom.extract.tabular.biff_globals import BIFF8, Globals
from proofroom.extract.tabular.biff_records import text_at
from proofroom.extract.tabular.cell_columns import CellColumns
from proofroom.extract.tabular.pinned import Pinned
from proofroom.model.states import Reason

Take = Callable[[int, int], None]
"""Takes one record by where its content starts and ends."""

Readers = dict[int, tuple[int, Take]]
"""The readers of records by kind, each with the fewest bytes that such a record has."""


@dataclass(slots=True)
class SheetContext:
    """One sheet of an .xls while it is read."""

    data: bytes
    known: Globals
    sink: Sink
    cells: CellColumns
    on: Pinned
    lines: LineBatch
    formulas: BiffFormulas
    partial: set[Reason] = field(default_factory=set)

    def counted(self, start: int, end: int) -> str:
        """Read a counted text in the workbook's way: two bytes of length since Excel 97, one before."""
        size = 2 if self.known.version == BIFF8 else 1
        return text_at(self.data, start, end, count_size=size, codec=self.known.codec)

    def formula(self, tokens: bytes, extra: bytes = b"", row: int = 0, column: int = 0) -> str:
        """Write a formula; "" for none and for one that cannot be written, which is told."""
        return self.formulas.of_tokens(tokens, extra, row, column).decode() if tokens else ""
