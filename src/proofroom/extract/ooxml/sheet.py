"""Read one sheet part from its first byte to its last: the regex path where it is plain, expat elsewhere."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Final

from proofroom.extract.format import Sink, Unreadable
from proofroom.extract.ooxml.cell_batch import Batcher, TooMuchText
from proofroom.extract.ooxml.cell_kinds import CellKinds
from proofroom.extract.ooxml.collection import no_collection
from proofroom.extract.ooxml.formulas import Formulas
from proofroom.extract.ooxml.found_cells import Found
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
_SHOWN_PICTURE: Final = re.compile(rb'DISPIMG\("([^"]{1,256})"')


class SheetReader:
    """Reads the sheets of one workbook into a sink; `paths` counts the cells that each path read."""

    def __init__(self, sink: Sink, kinds: CellKinds, strings: SharedStrings, *, fast: bool = True) -> None:
        """Share kinds and strings among the sheets; `fast=False` reads everything by expat (for tests)."""
        self._sink, self._kinds, self._strings, self._fast = sink, kinds, strings, fast
        self.paths = Counter[str]()

    def read(self, index: int, flags: int, blocks: Iterable[bytes]) -> SheetOutside:
        """Read one sheet; what is damaged is said to the sink, what was read before stays."""
        with no_collection():
            return self._read(index, flags, blocks)

    def _read(self, index: int, flags: int, blocks: Iterable[bytes]) -> SheetOutside:
        outside = SheetOutside()
        sheet = _Sheet(self._sink, index, outside)
        sheet.batcher = Batcher(self._kinds, self._strings, flags, sheet.miss)
        formulas = Formulas()
        slow = SlowCells(self._kinds, formulas, outside)
        parser = SafeParser(slow, whole=True)
        fast = FastCells(self._kinds, formulas, outside, parser.prefixes)
        try:
            for piece, plain in cut_pieces(blocks, _TABLE):
                found = fast.read(piece) if self._fast and plain and slow.between_rows else None
                if found is not None:
                    self.paths["slow"] += sheet.emit(slow.take())
                    self.paths["fast"] += sheet.emit(found)
                    slow.last_row = fast.last_row
                    continue
                for start in range(0, len(piece), _SLICE):
                    parser.feed(piece[start : start + _SLICE])
                    if slow.full:
                        self.paths["slow"] += sheet.emit(slow.take())
                fast.last_row = slow.last_row
            parser.feed(b"", final=True)
        except DamagedPart as damaged:
            self._sink.partly(damaged.reason)
        self.paths["slow"] += sheet.emit(slow.take())
        if formulas.unresolved or sheet.missing_strings:
            self._sink.partly(Reason.DAMAGED_PART)
        self._sink.merges(index, outside.merges)
        return outside


class _Sheet:
    """Sends the cells of one sheet, in as many frames as their text needs."""

    batcher: Batcher

    def __init__(self, sink: Sink, index: int, outside: SheetOutside) -> None:
        self._sink, self._index, self._outside = sink, index, outside
        self.missing_strings = False

    def emit(self, found: Found | None) -> int:
        """Send some cells; gives how many were found."""
        if found is None or not found.values:
            return 0
        self._note_pictures(found)
        for place, hint in self.batcher.hints(found):
            self._outside.hints.append((found.rows[place], found.columns[place], hint))
        self._send(found)
        return len(found.values)

    def miss(self) -> None:
        """Note that a cell names a shared string that does not exist."""
        self.missing_strings = True

    def _send(self, found: Found) -> None:
        """Send them in two parts where they are too much for one; one cell alone that is, is cut off."""
        try:
            cells = self.batcher.cells(found, self._outside.hidden_columns)
        except TooMuchText:
            count = len(found.values)
            if count == 1:
                raise Unreadable(State.TRUNCATED, Reason.LIMIT_TEXT_BYTES) from None
            self._send(found.part(0, count // 2))
            self._send(found.part(count // 2, count))
            return
        if cells is not None:
            self._sink.cells(self._index, cells)

    def _note_pictures(self, found: Found) -> None:
        """Note which cells show a picture by a formula, as WPS Office writes it."""
        for place, formula in found.formulas.items():
            if b"DISPIMG" in formula and (shown := _SHOWN_PICTURE.search(formula)):
                number = shown.group(1).decode("utf-8", "replace")
                self._outside.shown_pictures.append((found.rows[place], found.columns[place], number))
