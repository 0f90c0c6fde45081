"""Read the cells of an Excel 2 sheet, whose records carry their style in three bytes of their own."""

from __future__ import annotations

import struct
from typing import Final

from proofroom.extract.encoding import decode_all
from proofroom.extract.format import utf8
from proofroom.extract.tabular.biff_context import Readers, SheetContext
from proofroom.extract.tabular.biff_records import text_at
from proofroom.extract.tabular.biff_values import BOOLEANS, DOUBLE, error_text
from proofroom.model.evidence import CellType, Flag

_CELL: Final = struct.Struct("<HH3B")
_FORMULA: Final = int(Flag.HAS_FORMULA)
_FORMAT: Final = 0x3F


class BiffTwoCells:
    """Takes the records of cells."""

    def __init__(self, context: SheetContext) -> None:
        """Give cells to the context's columns."""
        self._context, self._data, self._cells = context, context.data, context.cells
        self._places = context.known.number_formats[1]
        self._waiting: tuple[int, int, int, bytes] | None = None

    def readers(self) -> Readers:
        """Give the readers of the records of cells."""
        return {
            0x02: (9, self._whole),
            0x03: (15, self._number),
            0x04: (8, self._label),
            0x05: (9, self._code),
            0x06: (17, self._formula),
            0x07: (1, self._formula_text),
        }

    def _at(self, start: int) -> tuple[int, int, int]:
        """Give row, column (from 1) and the place of the number format."""
        row, column, _, look, _ = _CELL.unpack_from(self._data, start)
        number = look & _FORMAT
        return row + 1, column + 1, self._places[number] if number < len(self._places) else 0

    def _whole(self, start: int, _end: int) -> None:
        row, column, place = self._at(start)
        self._cells.number(row, column, float(struct.unpack_from("<H", self._data, start + 7)[0]), place)

    def _number(self, start: int, _end: int) -> None:
        row, column, place = self._at(start)
        self._cells.number(row, column, DOUBLE.unpack_from(self._data, start + 7)[0], place)

    def _label(self, start: int, end: int) -> None:
        row, column, place = self._at(start)
        text = text_at(self._data, start + 7, end, count_size=1, codec=self._context.known.codec)
        self._cells.text(row, column, utf8(text), place)

    def _code(self, start: int, _end: int) -> None:
        self._add(self._at(start), self._data[start + 7], is_error=self._data[start + 8] != 0)

    def _add(
        self, at: tuple[int, int, int], code: int, formula: bytes = b"", flags: int = 0, *, is_error: bool
    ) -> None:
        kind = CellType.ERROR if is_error else CellType.BOOLEAN
        raw = error_text(code) if is_error else BOOLEANS[code != 0]
        self._cells.add(at[0], at[1], kind, raw, b"", at[2], flags, formula)

    def _formula(self, start: int, end: int) -> None:
        at, data = self._at(start), self._data
        size, first = data[start + 16], start + 17
        tokens, extra = data[first : min(first + size, end)], data[first + size : end]
        text = self._context.formulas.of_tokens(tokens, extra, at[0] - 1, at[1] - 1)
        result = data[start + 7 : start + 15]
        if result[6:] != b"\xff\xff":
            self._cells.number(at[0], at[1], DOUBLE.unpack(result)[0], at[2], _FORMULA, text)
        elif result[0] == 0:
            self._waiting = (*at, text)
        elif result[0] in (1, 2):
            self._add(at, result[2], text, _FORMULA, is_error=result[0] == 2)
        else:
            self._cells.text(at[0], at[1], b"", at[2], _FORMULA, text)

    def _formula_text(self, start: int, end: int) -> None:
        if self._waiting is not None:
            row, column, place, formula = self._waiting
            self._waiting = None
            raw = self._data[start + 1 : min(start + 1 + self._data[start], end)]
            text = decode_all(raw, self._context.known.codec)
            self._cells.text(row, column, utf8(text), place, _FORMULA, formula)
