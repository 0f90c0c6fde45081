"""Read one sheet of a binary workbook record by record (MS-XLSB 2.1.7.62)."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final

from proofroom.extract.format import Sink, utf8
from proofroom.extract.markup.batches import LineBatch
from proofroom.extract.tabular.biff_values import BOOLEANS, error_text, rk_number
from proofroom.extract.tabular.cell_columns import CellColumns
from proofroom.extract.tabular.pinned import Pinned
from proofroom.extract.tabular.xlsb_records import rich_text, wide_text
from proofroom.model.evidence import CellType, Flag, PieceKind
from proofroom.model.states import Reason

_ROW, _COLUMNS, _MERGED, _LINK, _MARGINS = 0, 60, 176, 494, 479
_RK, _ERROR, _BOOLEAN, _REAL, _TEXT, _SHARED, _RICH = 2, 3, 4, 5, 6, 7, 62
_FORMULAS: Final = {8: _TEXT, 9: _REAL, 10: _BOOLEAN, 11: _ERROR}
_CELLS: Final = frozenset((_RK, _ERROR, _BOOLEAN, _REAL, _TEXT, _SHARED, _RICH, *_FORMULAS))
_HEAD: Final = struct.Struct("<II")
_DOUBLE: Final = struct.Struct("<d")
_HIDDEN_ROW: Final = 0x10
_STYLE_BITS: Final = 0xFFFFFF
_LAST_ROW: Final = 1 << 20
_LAST_COLUMN: Final = 1 << 14
_VALUE: Final = 8


class XlsbSheet:
    """Gives the cells of one sheet; cells outside what a sheet can have are damage."""

    def __init__(
        self, index: int, cells: CellColumns, styles: list[int], texts: list[tuple[bytes, bool]]
    ) -> None:
        """Read into the columns, with the styles and texts of the workbook."""
        self._index = index
        self._cells = cells
        self._styles = styles
        self._texts = texts

    def read(
        self,
        records: Iterator[tuple[int, bytes]],
        sink: Sink,
        lines: LineBatch,
        on: Pinned,
        targets: dict[str, str],
    ) -> None:
        """Give all cells, merges, links, headers and footers."""
        row = 0
        merges: list[tuple[int, int, int, int]] = []
        damaged = False
        cells = self._cells
        for kind, data in records:
            try:
                if kind in _CELLS:
                    damaged |= not self._cell(cells, row, kind, data)
                elif kind == _ROW:
                    row = struct.unpack_from("<I", data)[0] + 1
                    if data[11] & _HIDDEN_ROW:
                        cells.hidden_rows.add(row)
                elif kind == _COLUMNS:
                    _hide(cells, data)
                elif kind == _MERGED:
                    top, low, left, right = struct.unpack_from("<4i", data)
                    merges.append((top + 1, left + 1, low + 1, right + 1))
                elif kind == _LINK:
                    _give_link(lines, on, targets, data)
                elif kind == _MARGINS:
                    _give_margins(lines, on, data)
            except (struct.error, IndexError, OverflowError):
                damaged = True
        sink.merges(self._index, merges)
        if damaged:
            sink.partly(Reason.DAMAGED_PART)

    def _cell(self, cells: CellColumns, row: int, kind: int, data: bytes) -> bool:
        """Give one cell; false when it points to nothing or lies outside the sheet."""
        column, style = _HEAD.unpack_from(data)
        style &= _STYLE_BITS
        place = self._styles[style] if style < len(self._styles) else 0
        flags = int(Flag.HAS_FORMULA) if kind in _FORMULAS else 0
        kind = _FORMULAS.get(kind, kind)
        column += 1
        if not 1 <= row <= _LAST_ROW or column > _LAST_COLUMN:
            return False
        if kind == _REAL:
            cells.number(row, column, _DOUBLE.unpack_from(data, _VALUE)[0], place, flags)
        elif kind == _RK:
            cells.number(row, column, rk_number(struct.unpack_from("<I", data, _VALUE)[0]), place, flags)
        elif kind == _SHARED:
            number = struct.unpack_from("<I", data, _VALUE)[0]
            if number >= len(self._texts):
                return False
            text, rich = self._texts[number]
            cells.text(row, column, text, place, int(Flag.RICH_TEXT) if rich else 0)
        elif kind == _TEXT:
            cells.text(row, column, utf8(wide_text(data, _VALUE)[0]), place, flags)
        elif kind == _RICH:
            text, rich = rich_text(data, _VALUE)
            cells.text(row, column, text, place, int(Flag.RICH_TEXT) if rich else 0)
        elif kind == _BOOLEAN:
            cells.add(row, column, CellType.BOOLEAN, BOOLEANS[data[_VALUE] != 0], b"", place, flags)
        else:
            raw = error_text(data[_VALUE])
            cells.add(row, column, CellType.ERROR, raw, b"", place, flags)
        return True


def _hide(cells: CellColumns, data: bytes) -> None:
    """Remember hidden columns."""
    first, last, _, _, options = struct.unpack_from("<4IH", data)
    if options & 1:
        cells.hidden_columns.update(range(first + 1, min(last, _LAST_COLUMN) + 2))


def _give_link(lines: LineBatch, on: Pinned, targets: dict[str, str], data: bytes) -> None:
    row, _, column, _ = struct.unpack_from("<4I", data)
    number, at = wide_text(data, 16)
    place, _ = wide_text(data, at)
    target = targets.get(number, "") + (f"#{place}" if place else "")
    lines.add(on.at_cell(row + 1, column + 1, "link", PieceKind.META, target))


def _give_margins(lines: LineBatch, on: Pinned, data: bytes) -> None:
    """Give headers and footers of odd, even and first pages."""
    at = 2
    for _ in range(3):
        for what, kind in (("header", PieceKind.HEADER), ("footer", PieceKind.FOOTER)):
            text, at = wide_text(data, at)
            if text:
                lines.add(on.at_sheet(what, kind, text))
