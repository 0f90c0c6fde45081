"""Read the cells of one sheet of an .xls workbook (MS-XLS 2.1.7.20.5), each as stored, with its formula."""

from __future__ import annotations

import struct
from typing import Final

from proofroom.extract.format import utf8
from proofroom.extract.tabular.biff_context import Readers, SheetContext
from proofroom.extract.tabular.biff_records import continued, text_at
from proofroom.extract.tabular.biff_values import BOOLEANS, DOUBLE, error_text, rk_number
from proofroom.model.evidence import CellType, Flag, PieceKind
from proofroom.model.states import Reason

_CELL: Final = struct.Struct("<HHH")
_NUMBER: Final = struct.Struct("<HHHd")
_RK: Final = struct.Struct("<HHHI")
_RK_PAIR: Final = struct.Struct("<HI")
_SHARED: Final = struct.Struct("<HHHI")
_FORMULA: Final = int(Flag.HAS_FORMULA)


class BiffCells:
    """Takes the records of cells."""

    def __init__(self, context: SheetContext) -> None:
        """Give cells to the context's columns."""
        self._context = context
        self._data, self._cells, self._formulas = context.data, context.cells, context.formulas
        self._texts, self._rich, self._codec = context.known.texts, context.known.rich, context.known.codec
        self._hints = context.known.hints
        self._places = context.known.number_formats[1]
        self._waiting: tuple[int, int, int, bytes] | None = None

    def readers(self) -> Readers:
        """Give the readers of the records of cells."""
        return {
            0x0203: (14, self._number),
            0x027E: (10, self._rk),
            0x00BD: (12, self._many_rk),
            0x00FD: (10, self._shared),
            0x0204: (8, self._label),
            0x00D6: (8, self._label),
            0x0205: (8, self._boolean_or_error),
            0x0006: (14, self._formula),
            0x0206: (14, self._formula),
            0x0406: (14, self._formula),
            0x0207: (2, self._formula_text),
        }

    def _place(self, style: int) -> int:
        return self._places[style] if style < len(self._places) else 0

    def _number(self, start: int, _end: int) -> None:
        row, column, style, value = _NUMBER.unpack_from(self._data, start)
        self._cells.number(row + 1, column + 1, value, self._place(style))

    def _rk(self, start: int, _end: int) -> None:
        row, column, style, packed = _RK.unpack_from(self._data, start)
        self._cells.number(row + 1, column + 1, rk_number(packed), self._place(style))

    def _many_rk(self, start: int, end: int) -> None:
        row, column = struct.unpack_from("<HH", self._data, start)
        for number, at in enumerate(range(start + 4, end - 7, 6), column + 1):
            style, packed = _RK_PAIR.unpack_from(self._data, at)
            self._cells.number(row + 1, number, rk_number(packed), self._place(style))

    def _shared(self, start: int, _end: int) -> None:
        row, column, style, place = _SHARED.unpack_from(self._data, start)
        if place >= len(self._texts):
            self._context.partial.add(Reason.DAMAGED_PART)
            return
        self._context.known.use.note_one(place, len(self._texts))
        if hint := self._hints.pop(place, ""):
            aid = self._context.on.at_cell(row + 1, column + 1, "ruby", PieceKind.NOTE, hint)
            self._context.lines.add(aid)
        flags = int(Flag.RICH_TEXT) if place in self._rich else 0
        self._cells.text(row + 1, column + 1, self._texts[place], self._place(style), flags)

    def _label(self, start: int, end: int) -> None:
        row, column, style = _CELL.unpack_from(self._data, start)
        text = text_at(self._data, start + 6, end, count_size=2, codec=self._codec)
        self._cells.text(row + 1, column + 1, utf8(text), self._place(style))

    def _boolean_or_error(self, start: int, _end: int) -> None:
        row, column, style = _CELL.unpack_from(self._data, start)
        self._code(row, column, style, self._data[start + 6], b"", is_error=self._data[start + 7] != 0)

    def _code(
        self, row: int, column: int, style: int, code: int, formula: bytes, flags: int = 0, *, is_error: bool
    ) -> None:
        kind = CellType.ERROR if is_error else CellType.BOOLEAN
        raw = error_text(code) if is_error else BOOLEANS[code != 0]
        self._cells.add(row + 1, column + 1, kind, raw, b"", self._place(style), flags, formula)

    def _formula(self, start: int, end: int) -> None:
        row, column, style = _CELL.unpack_from(self._data, start)
        text = self._formulas.of_cell(start, end)
        result = self._data[start + 6 : start + 14]
        if result[6:] != b"\xff\xff":
            value = DOUBLE.unpack(result)[0]
            self._cells.number(row + 1, column + 1, value, self._place(style), _FORMULA, text)
        elif result[0] == 0:
            self._waiting = (row, column, style, text)
        elif result[0] in (1, 2):
            self._code(row, column, style, result[2], text, _FORMULA, is_error=result[0] == 2)
        else:
            self._cells.text(row + 1, column + 1, b"", self._place(style), _FORMULA, text)

    def _formula_text(self, start: int, end: int) -> None:
        """Take the text that the formula before gave; a long one runs over several records."""
        if self._waiting is None:
            return
        (row, column, style, formula), self._waiting = self._waiting, None
        if self._codec:
            text = text_at(self._data, start, end, count_size=2, codec=self._codec)
        else:
            pieces = continued(self._data, start, end)
            count, flags = struct.unpack("<HB", pieces.take(3))
            text = pieces.characters(count, flags)
        self._cells.text(row + 1, column + 1, utf8(text), self._place(style), _FORMULA, formula)
