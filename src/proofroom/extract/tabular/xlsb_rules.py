"""Read what rules the cells of an .xlsb sheet: allowed values, conditions, filters (MS-XLSB 2.4.357, 2.4.23, 2.4.1)."""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Final

from proofroom.extract.markup.batches import LineBatch
from proofroom.extract.ooxml.rule_texts import CONDITIONS, VALIDATIONS, filter_text, range_names, rule_text
from proofroom.extract.tabular.biff_values import BOOLEANS, DOUBLE, error_text
from proofroom.extract.tabular.cell_columns import number_text
from proofroom.extract.tabular.pinned import Pinned
from proofroom.extract.tabular.xlsb_formulas import XlsbFormulas, parsed
from proofroom.extract.tabular.xlsb_records import wide_text
from proofroom.model.evidence import PieceKind

_MOST_RANGES: Final = 8_192
_COMPARED: Final = ("", "<", "=", "<=", ">", "<>", ">=")
_NUMBER, _TEXT, _CODE = 4, 6, 8
_BLANKS: Final = {12: "= blank", 14: "<> blank"}
Range = tuple[int, int, int, int]


class XlsbRules:
    """Takes the records of rules of one sheet."""

    def __init__(self, lines: LineBatch, on: Pinned, formulas: XlsbFormulas) -> None:
        """Give rules to the lines, each at the first cell that it holds for."""
        self._lines, self._on, self._formulas = lines, on, formulas
        self._ranges: list[Range] = []
        self._column = 0
        self._either = False
        self._tests: list[str] = []
        self.readers: dict[int, Callable[[bytes], None]] = {
            64: self._validation,
            461: self._condition_ranges,
            463: self._condition,
            163: self._filter_column,
            164: self._end_of_column,
            165: self._blanks,
            167: self._filter,
            172: self._custom,
            174: self._custom_test,
            170: self._best,
            175: self._dates,
        }

    def _put(self, ranges: list[Range], what: str, kind: PieceKind, text: str) -> None:
        if text and ranges:
            self._lines.add(self._on.at_cell(*ranges[0][:2], what, kind, text))

    def _formula(self, data: bytes, at: int, ranges: list[Range]) -> tuple[str, int]:
        """Write a formula that holds for ranges, seen from their first cell; gives it and where it ends."""
        tokens, extra, at = parsed(data, at)
        row, column = (ranges[0][0] - 1, ranges[0][1] - 1) if ranges else (0, 0)
        return self._formulas.text(tokens, extra, row, column) if tokens else "", at

    def _validation(self, data: bytes) -> None:
        (flags,) = struct.unpack_from("<I", data)
        ranges, at = _ranges(data, 4)
        texts = []
        for _ in range(4):
            text, at = wide_text(data, at)
            texts.append(text)
        first, at = self._formula(data, at, ranges)
        second, at = self._formula(data, at, ranges)
        written = [one.replace("\0", ",") for one in (first, second)]
        rule = rule_text(VALIDATIONS, flags & 0xF, flags >> 20 & 0xF, written)
        self._put(ranges, "validation", PieceKind.META, f"{range_names(ranges)} {rule}" if rule else "")
        for title, text in (texts[:2], texts[2:]):
            self._put(ranges, "prompt", PieceKind.NOTE, "\n".join(filter(None, (title, text))))

    def _condition_ranges(self, data: bytes) -> None:
        self._ranges = _ranges(data, 8)[0]

    def _condition(self, data: bytes) -> None:
        kind, _, _, _, compares = struct.unpack_from("<5I", data)
        sizes = struct.unpack_from("<3I", data, 30)
        _, at = wide_text(data, 42)
        written = []
        for size in sizes:
            if size:
                text, at = self._formula(data, at, self._ranges)
                written.append(text)
        rule = rule_text(CONDITIONS, kind, compares - 1, written)
        text = f"{range_names(self._ranges)} {rule}" if rule else ""
        self._put(self._ranges, "condition", PieceKind.META, text)

    def _filter_column(self, data: bytes) -> None:
        (self._column,) = struct.unpack_from("<I", data)
        self._tests, self._either = [], True

    def _end_of_column(self, _data: bytes) -> None:
        text = filter_text(self._tests, either=self._either)
        if text:
            self._lines.add(self._on.at_sheet("filter", PieceKind.META, f"column {self._column + 1}: {text}"))
        self._tests = []

    def _blanks(self, data: bytes) -> None:
        if struct.unpack_from("<I", data)[0]:
            self._tests.append(_BLANKS[12])

    def _filter(self, data: bytes) -> None:
        self._tests.append(f'= "{wide_text(data, 0)[0]}"')

    def _custom(self, data: bytes) -> None:
        self._either = not struct.unpack_from("<I", data)[0]

    def _custom_test(self, data: bytes) -> None:
        kind, sign = data[0], data[1]
        compared = _COMPARED[sign] if sign < len(_COMPARED) else ""
        if kind == _TEXT:
            self._tests.append(f'{compared} "{wide_text(data, 10)[0]}"')
        elif kind == _NUMBER:
            self._tests.append(f"{compared} {number_text(DOUBLE.unpack_from(data, 2)[0]).decode()}")
        elif kind == _CODE:
            text = error_text(data[3]) if data[2] else BOOLEANS[data[3] != 0]
            self._tests.append(f"{compared} {text.decode()}")
        elif kind in _BLANKS:
            self._tests.append(_BLANKS[kind])

    def _best(self, data: bytes) -> None:
        best = "top" if data[0] & 1 else "bottom"
        number = number_text(DOUBLE.unpack_from(data, 1)[0]).decode()
        self._tests.append(f"{best} {number}{'%' if data[0] & 2 else ''}")

    def _dates(self, data: bytes) -> None:
        year, month, day = struct.unpack_from("<HHI", data)
        self._tests.append("= " + "-".join(f"{one:02d}" for one in (year, month, day) if one))


def _ranges(data: bytes, at: int) -> tuple[list[Range], int]:
    """Read ranges, as first row, first column, last row, last column from 1; gives them and where they end."""
    (count,) = struct.unpack_from("<I", data, at)
    found = []
    for number in range(min(count, _MOST_RANGES)):
        top, low, left, right = struct.unpack_from("<4I", data, at + 4 + 16 * number)
        found.append((top + 1, left + 1, low + 1, right + 1))
    return found, at + 4 + 16 * count
