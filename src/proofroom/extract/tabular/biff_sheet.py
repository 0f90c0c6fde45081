"""Read one sheet of an .xls workbook (MS-XLS 2.1.7.20): its cells, and all that stands around and over them.

Worksheets, macro sheets, dialog sheets and chart sheets alike; a chart on a sheet is a part of its own
inside. Sheets need no memory for cells that are not there.
"""

from __future__ import annotations

import struct
from functools import partial
from typing import Final

from proofroom.extract.format import Sink
from proofroom.extract.markup.batches import LineBatch
from proofroom.extract.tabular.biff_around import BiffAround
from proofroom.extract.tabular.biff_cells import BiffCells
from proofroom.extract.tabular.biff_charts import BiffChart
from proofroom.extract.tabular.biff_context import Readers, SheetContext
from proofroom.extract.tabular.biff_drawings import BiffDrawings
from proofroom.extract.tabular.biff_formulas import BiffFormulas
from proofroom.extract.tabular.biff_globals import BIFF2, BoundSheet, Globals
from proofroom.extract.tabular.biff_pictures import send_old_picture
from proofroom.extract.tabular.biff_records import BEGINNINGS, EOF, records
from proofroom.extract.tabular.biff_rules import BiffRules
from proofroom.extract.tabular.biff_two import BiffTwoCells
from proofroom.extract.tabular.cell_columns import CellColumns
from proofroom.extract.tabular.pinned import Counts, Pinned
from proofroom.model.states import Reason

_SHEETS: Final = (0x05, 0x10, 0x40)
_CHART: Final = 0x20
_GRAPH: Final = 0x8000
_PICTURES: Final = {0x7F: "picture", 0xE9: "background"}
_NO_READER: Final = (0, None)


class BiffSheet:
    """Reads one sheet record by record."""

    def __init__(
        self,
        data: bytes,
        index: int,
        sheet: BoundSheet,
        known: Globals,
        sink: Sink,
        counts: Counts,
        pictures: dict[int, str] | None = None,
    ) -> None:
        """Prepare to read the sheet with what holds for the whole workbook."""
        self._data, self._start, self._index = data, sheet.at, index
        self._pictures = pictures or {}
        cells = CellColumns(sink, index, sheet.visibility, known.number_formats[0])
        on = Pinned(sheet.untrusted_name, sheet.visibility, cells, counts)
        formulas = BiffFormulas(data, sheet.at, known)
        self._context = SheetContext(data, known, sink, cells, on, LineBatch(sink), formulas)
        self._inner: list[tuple[Readers, BiffDrawings]] = []
        self._old_pictures = 0

    def read(self) -> bool:
        """Read to the sheet's end; gives whether that end is there."""
        context = self._context
        with context.lines, context.cells:
            whole = self._walk()
            for _, drawings in reversed(self._inner):
                drawings.finish()
        if context.formulas.unread or context.known.formulas.unnamed:
            context.partial.add(Reason.UNREAD_PART)
        for reason in sorted(context.partial):
            context.sink.partly(reason)
        return whole

    def _walk(self) -> bool:
        """Take the records one by one, those of a chart inside the sheet by its own readers."""
        readers: Readers = {}
        data, told = self._data, self._context.partial
        for record, start, end in records(data, self._start):
            if record in BEGINNINGS:
                readers = self._begin(start)
                continue
            if record == EOF:
                if len(self._inner) <= 1:
                    return True
                readers = self._end()
                continue
            if not self._inner:
                return False
            least, reader = readers.get(record, _NO_READER)
            if reader is None:
                continue
            if end - start < least:
                told.add(Reason.DAMAGED_PART)
                continue
            try:
                reader(start, end)
            except (struct.error, IndexError):
                told.add(Reason.DAMAGED_PART)
        return False

    def _begin(self, start: int) -> Readers:
        """Begin a sheet, or a chart inside it; what is neither is not read, and that is told."""
        kind = struct.unpack_from("<H", self._data, start + 2)[0]
        drawings = BiffDrawings(self._context, self._pictures)
        readers: Readers = {}
        if kind in (_CHART, _GRAPH):
            chart = BiffChart(self._context, self._context.on.next_at_sheet("chart"))
            readers = {
                **drawings.readers(),
                **BiffAround(self._context, self._index).margins(),
                **chart.readers(),
            }
            if kind == _GRAPH:  # it keeps its table in front of the chart, in the records of Excel 2
                readers.update(BiffTwoCells(self._context).readers())
        elif kind in _SHEETS:
            cells = BiffCells if self._context.known.version > BIFF2 else BiffTwoCells
            around, rules = BiffAround(self._context, self._index), BiffRules(self._context)
            for part in (cells(self._context), around, rules):
                readers.update(part.readers())
            readers.update(drawings.readers())
            readers.update({kind: (8, partial(self._old_picture, name)) for kind, name in _PICTURES.items()})
        else:
            self._context.partial.add(Reason.UNREAD_PART)
        self._inner.append((readers, drawings))
        return readers

    def _old_picture(self, name: str, start: int, end: int) -> None:
        self._old_pictures += 1
        member = f"sheets/{self._index}/{name}-{self._old_pictures}"
        send_old_picture(self._data, start, end, member, self._context.sink)

    def _end(self) -> Readers:
        """End a chart and go on with the sheet that holds it."""
        _, drawings = self._inner.pop()
        drawings.finish()
        return self._inner[-1][0]
