"""Read what stands around the cells of an .xls sheet: hidden rows and columns, merges, margins, links (MS-XLS 2.4)."""

from __future__ import annotations

import struct
from typing import Final

from proofroom.extract.tabular.biff_context import Readers, SheetContext
from proofroom.extract.tabular.biff_links import link_target
from proofroom.model.evidence import PieceKind

_HIDDEN_ROW: Final = 0x20
_LAST_COLUMN: Final = 255


class BiffAround:
    """Takes the records around the cells."""

    def __init__(self, context: SheetContext, index: int) -> None:
        """Give what is found to the sheet with this number."""
        self._context, self._data, self._index = context, context.data, index

    def readers(self) -> Readers:
        """Give the readers of these records."""
        return {
            0x0208: (14, self._row),
            0x007D: (10, self._columns),
            0x00E5: (2, self._merged),
            0x01B8: (32, self._link),
            0x0800: (12, self._tip),
            0x00CD: (3, self._query),
            **self.margins(),
        }

    def margins(self) -> Readers:
        """Give the readers of headers and footers, which charts have too."""
        return {0x0014: (0, self._header), 0x0015: (0, self._footer), 0x089C: (38, self._more_margins)}

    def _row(self, start: int, _end: int) -> None:
        if self._data[start + 12] & _HIDDEN_ROW:
            self._context.cells.hidden_rows.add(struct.unpack_from("<H", self._data, start)[0] + 1)

    def _columns(self, start: int, _end: int) -> None:
        first, last, _, _, options = struct.unpack_from("<5H", self._data, start)
        if options & 1:
            self._context.cells.hidden_columns.update(range(first + 1, min(last, _LAST_COLUMN) + 2))

    def _merged(self, start: int, end: int) -> None:
        corners = struct.iter_unpack("<4H", self._data[start + 2 : end - (end - start - 2) % 8])
        self._context.sink.merges(
            self._index, [(top + 1, left + 1, low + 1, right + 1) for top, low, left, right in corners]
        )

    def _margin(self, kind: PieceKind, what: str, text: str) -> None:
        if text:
            self._context.lines.add(self._context.on.at_sheet(what, kind, text))

    def _header(self, start: int, end: int) -> None:
        if start < end:
            self._margin(PieceKind.HEADER, "header", self._context.counted(start, end))

    def _footer(self, start: int, end: int) -> None:
        if start < end:
            self._margin(PieceKind.FOOTER, "footer", self._context.counted(start, end))

    def _more_margins(self, start: int, end: int) -> None:
        """Take headers and footers of even and of first pages."""
        lengths = struct.unpack_from("<4H", self._data, start + 30)
        at = start + 38
        for place, length in enumerate(lengths):
            if length and at < end:
                wide = self._data[at + 2] & 1
                stop = at + 3 + (2 * length if wide else length)
                text = self._data[at + 3 : min(stop, end)].decode(
                    "utf-16-le" if wide else "latin-1", "replace"
                )
                what, kind = (("header", PieceKind.HEADER), ("footer", PieceKind.FOOTER))[place % 2]
                self._margin(kind, what, text)
                at = stop

    def _link(self, start: int, end: int) -> None:
        row, _, column, _ = struct.unpack_from("<4H", self._data, start)
        target = link_target(self._data[start + 24 : end])
        self._put(row, column, target)

    def _tip(self, start: int, end: int) -> None:
        row, _, column, _ = struct.unpack_from("<4H", self._data, start + 2)
        raw = self._data[start + 10 : end]
        self._put(row, column, raw[: len(raw) & ~1].decode("utf-16-le", "replace").partition("\0")[0])

    def _put(self, row: int, column: int, text: str) -> None:
        line = self._context.on.at_cell(row + 1, column + 1, "link", PieceKind.META, text)
        self._context.lines.add(line)

    def _query(self, start: int, end: int) -> None:
        """Take what a table asks a database for: where it is and the question."""
        self._context.sink.meta("ole:query", self._context.counted(start, end))
