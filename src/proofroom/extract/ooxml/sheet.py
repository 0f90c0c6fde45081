"""Read one sheet part from its first byte to its last: the regex path where it is plain, expat elsewhere."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from proofroom.extract.format import Sink, Unreadable
from proofroom.extract.ooxml.cell_batch import Batcher, Found, TooMuchText
from proofroom.extract.ooxml.cell_kinds import CellKinds
from proofroom.extract.ooxml.formulas import Formulas
from proofroom.extract.ooxml.package import DamagedPart
from proofroom.extract.ooxml.safe_xml import SafeParser
from proofroom.extract.ooxml.shared_strings import SharedStrings
from proofroom.extract.ooxml.sheet_fast import FastCells
from proofroom.extract.ooxml.sheet_outside import SheetOutside
from proofroom.extract.ooxml.sheet_slow import SlowCells
from proofroom.extract.ooxml.xml_bytes import Table, cut_pieces
from proofroom.model.states import Reason, State

_TABLE: Final = Table(b"(?:worksheet|macrosheet|dialogsheet)", b"sheetData", b"</row>")
_SLICE: Final = 1 << 19


class SheetReader:
    """Reads the sheets of one workbook into a sink."""

    def __init__(self, sink: Sink, kinds: CellKinds, strings: SharedStrings, *, fast: bool = True) -> None:
        """Share kinds and strings among the sheets; `fast=False` reads everything by expat (for tests)."""
        self._sink, self._kinds, self._strings, self._fast = sink, kinds, strings, fast

    def read(self, index: int, flags: int, blocks: Iterable[bytes]) -> SheetOutside:
        """Read one sheet; what is damaged is said to the sink, what was read before stays."""
        outside = SheetOutside()
        sheet = _Sheet(self._sink, index, Batcher(self._kinds, self._strings, flags), outside)
        formulas = Formulas()
        fast = FastCells(self._kinds, formulas)
        slow = SlowCells(self._kinds, formulas, outside)
        parser = SafeParser(slow)
        try:
            for piece, plain in cut_pieces(blocks, _TABLE):
                found = fast.read(piece) if self._fast and plain and slow.between_rows else None
                if found is not None:
                    sheet.emit(slow.take(), slow.hidden_rows)
                    sheet.emit(found, fast.hidden_rows)
                    slow.last_row = fast.last_row
                    continue
                for start in range(0, len(piece), _SLICE):
                    parser.feed(piece[start : start + _SLICE])
                    if slow.full:
                        sheet.emit(slow.take(), slow.hidden_rows)
            parser.feed(b"", final=True)
        except DamagedPart as damaged:
            self._sink.partly(damaged.reason)
        sheet.emit(slow.take(), slow.hidden_rows)
        if formulas.unresolved or sheet.missing_strings:
            self._sink.partly(Reason.DAMAGED_PART)
        self._sink.merges(index, outside.merges)
        return outside


class _Sheet:
    """Sends the cells of one sheet, in as many frames as their text needs."""

    def __init__(self, sink: Sink, index: int, batcher: Batcher, outside: SheetOutside) -> None:
        self._sink, self._index, self._batcher, self._outside = sink, index, batcher, outside
        self.missing_strings = False
        batcher.missing = self._miss

    def emit(self, found: Found | None, hidden_rows: set[int]) -> None:
        """Send some cells."""
        if found is None or not found.values:
            return
        self._batcher.hidden_columns = self._outside.hidden_columns
        try:
            cells = self._batcher.cells(found, hidden_rows)
        except TooMuchText:
            self._emit_halves(found, hidden_rows)
            return
        if cells is not None:
            self._sink.cells(self._index, cells)

    def _emit_halves(self, found: Found, hidden_rows: set[int]) -> None:
        """Send the cells in two parts; one cell alone that is too long is cut off, and that is said."""
        count = len(found.values)
        if count == 1:
            raise Unreadable(State.TRUNCATED, Reason.LIMIT_TEXT_BYTES)
        self.emit(found.part(0, count // 2), hidden_rows)
        self.emit(found.part(count // 2, count), hidden_rows)

    def _miss(self) -> None:
        """Note that a cell names a shared string that does not exist."""
        self.missing_strings = True
