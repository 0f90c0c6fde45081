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
from proofroom.extract.tabular.xlsb_book import XlsbBook
from proofroom.extract.tabular.xlsb_formulas import DEFINITIONS, XlsbFormulas, parsed
from proofroom.extract.tabular.xlsb_records import rich_text, wide_text
from proofroom.extract.tabular.xlsb_rules import XlsbRules
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
_FLAGS: Final = 2


class XlsbSheet:
    """Gives the cells of one sheet; cells outside what a sheet can have are damage."""

    def __init__(
        self, index: int, cells: CellColumns, book: XlsbBook, sink: Sink, lines: LineBatch, on: Pinned
    ) -> None:
        """Read into the columns, with the styles, texts and names of the workbook."""
        self._index, self._cells, self._sink, self._lines, self._on = index, cells, sink, lines, on
        self._styles, self._texts = book.styles, book.texts
        self._use, self._hints = book.use, book.hints
        self._formulas = XlsbFormulas(book.formulas)
        self._waiting: tuple[int, int, bytes, bytes, bytes] | None = None

    def read(self, records: Iterator[tuple[int, bytes]], targets: dict[str, str]) -> None:
        """Give all cells, merges, links, rules, headers and footers."""
        row = 0
        merges: list[tuple[int, int, int, int]] = []
        damaged = False
        rules = XlsbRules(self._lines, self._on, self._formulas).readers
        for kind, data in records:
            try:
                if self._waiting is not None:
                    self._settle(kind, data)
                if kind in _CELLS:
                    damaged |= not self._cell(row, kind, data)
                elif kind == _ROW:
                    row = struct.unpack_from("<I", data)[0] + 1
                    if data[11] & _HIDDEN_ROW:
                        self._cells.hidden_rows.add(row)
                elif kind == _COLUMNS:
                    _hide(self._cells, data)
                elif kind == _MERGED:
                    top, low, left, right = struct.unpack_from("<4i", data)
                    merges.append((top + 1, left + 1, low + 1, right + 1))
                elif kind == _LINK:
                    self._link(targets, data)
                elif kind == _MARGINS:
                    self._margins(data)
                elif kind in rules:
                    rules[kind](data)
            except (struct.error, IndexError, OverflowError):
                damaged = True
        self._end(merges, damaged=damaged)

    def _end(self, merges: list[tuple[int, int, int, int]], *, damaged: bool) -> None:
        """Give what is left, and say what was not read."""
        if self._waiting is not None:
            self._settle(-1, b"")
        self._sink.merges(self._index, merges)
        if damaged:
            self._sink.partly(Reason.DAMAGED_PART)
        if self._formulas.unread:
            self._sink.partly(Reason.UNREAD_PART)

    def _settle(self, kind: int, data: bytes) -> None:
        """Give the cell that waited for the formula it shares, which is the next record if there is one."""
        if self._waiting is None:
            return
        (row, kind_of_cell, stored, tokens, extra), self._waiting = self._waiting, None
        column = _HEAD.unpack_from(stored)[0]
        if kind in DEFINITIONS:
            self._formulas.define(kind, data, row - 1, column)
        formula = self._formulas.of_cell(tokens, extra, row - 1, column)
        self._give(row, kind_of_cell, stored, formula)

    def _cell(self, row: int, kind: int, data: bytes) -> bool:
        """Give one cell; false when it points to nothing or lies outside the sheet."""
        if not 1 <= row <= _LAST_ROW or _HEAD.unpack_from(data)[0] >= _LAST_COLUMN:
            return False
        if kind not in _FORMULAS:
            return self._give(row, kind, data)
        end = wide_text(data, _VALUE)[1] if kind == 8 else _VALUE + (8 if kind == 9 else 1)
        tokens, extra = parsed(data, end + _FLAGS)[:2] if end + _FLAGS + 4 <= len(data) else (b"", b"")
        if self._formulas.waits(tokens, extra):
            self._waiting = (row, kind, data, tokens, extra)
            return True
        column = _HEAD.unpack_from(data)[0]
        return self._give(row, kind, data, self._formulas.of_cell(tokens, extra, row - 1, column))

    def _give(self, row: int, kind: int, data: bytes, formula: bytes = b"") -> bool:
        """Give the value of a cell with its formula; false when it points to nothing."""
        cells = self._cells
        column, style = _HEAD.unpack_from(data)
        style &= _STYLE_BITS
        place = self._styles[style] if style < len(self._styles) else 0
        flags = int(Flag.HAS_FORMULA) if kind in _FORMULAS else 0
        kind = _FORMULAS.get(kind, kind)
        column += 1
        if kind == _REAL:
            cells.number(row, column, _DOUBLE.unpack_from(data, _VALUE)[0], place, flags, formula)
        elif kind == _RK:
            cells.number(row, column, rk_number(struct.unpack_from("<I", data, _VALUE)[0]), place, flags)
        elif kind == _SHARED:
            number = struct.unpack_from("<I", data, _VALUE)[0]
            if number >= len(self._texts):
                return False
            text, rich = self._texts[number]
            self._use.note_one(number, len(self._texts))
            if hint := self._hints.pop(number, ""):
                self._lines.add(self._on.at_cell(row, column, "ruby", PieceKind.NOTE, hint))
            cells.text(row, column, text, place, int(Flag.RICH_TEXT) if rich else 0)
        elif kind == _TEXT:
            cells.text(row, column, utf8(wide_text(data, _VALUE)[0]), place, flags, formula)
        elif kind == _RICH:
            text, rich = rich_text(data, _VALUE)
            cells.text(row, column, text, place, int(Flag.RICH_TEXT) if rich else 0)
        elif kind == _BOOLEAN:
            raw = BOOLEANS[data[_VALUE] != 0]
            cells.add(row, column, CellType.BOOLEAN, raw, b"", place, flags, formula)
        else:
            cells.add(row, column, CellType.ERROR, error_text(data[_VALUE]), b"", place, flags, formula)
        return True

    def _link(self, targets: dict[str, str], data: bytes) -> None:
        row, _, column, _ = struct.unpack_from("<4I", data)
        number, at = wide_text(data, 16)
        place, at = wide_text(data, at)
        target = targets.get(number, "") + (f"#{place}" if place else "")
        tip = wide_text(data, at)[0] if at + 4 <= len(data) else ""
        for text in (target, tip):
            self._lines.add(self._on.at_cell(row + 1, column + 1, "link", PieceKind.META, text))

    def _margins(self, data: bytes) -> None:
        """Give headers and footers of odd, even and first pages."""
        at = 2
        for _ in range(3):
            for what, kind in (("header", PieceKind.HEADER), ("footer", PieceKind.FOOTER)):
                text, at = wide_text(data, at)
                if text:
                    self._lines.add(self._on.at_sheet(what, kind, text))


def _hide(cells: CellColumns, data: bytes) -> None:
    """Remember hidden columns."""
    first, last, _, _, options = struct.unpack_from("<4IH", data)
    if options & 1:
        cells.hidden_columns.update(range(first + 1, min(last, _LAST_COLUMN) + 2))
