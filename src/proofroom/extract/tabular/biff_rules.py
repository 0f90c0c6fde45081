"""Read what rules the cells of an .xls sheet: lists of allowed values, conditions, filters, scenarios (MS-XLS 2.4)."""

from __future__ import annotations

import struct
from typing import Final

from proofroom.extract.ooxml.rule_texts import CONDITIONS, VALIDATIONS, filter_text, range_names, rule_text
from proofroom.extract.tabular.biff_context import Readers, SheetContext
from proofroom.extract.tabular.biff_records import continued
from proofroom.extract.tabular.biff_values import BOOLEANS, error_text, rk_number
from proofroom.extract.tabular.cell_columns import number_text
from proofroom.model.evidence import PieceKind
from proofroom.model.where import cell_name

_MOST_RANGES: Final = 8_192
_FUTURE_HEAD: Final = 12
_COMPARED: Final = ("", "<", "=", "<=", ">", "<>", ">=")
_RK, _REAL, _TEXT, _CODE, _BLANK, _NOT_BLANK = 2, 4, 6, 8, 12, 14
Range = tuple[int, int, int, int]


class BiffRules:
    """Takes the records of rules."""

    def __init__(self, context: SheetContext) -> None:
        """Give rules to the context's lines, each at the first cell that it holds for."""
        self._context, self._data = context, context.data
        self._ranges: list[Range] = []
        self._filtered = 0

    def readers(self) -> Readers:
        """Give the readers of the records of rules."""
        return {
            0x01BE: (20, self._validation),
            0x01B0: (14, self._condition_ranges),
            0x0879: (26, self._condition_ranges_2007),
            0x01B1: (6, self._condition),
            0x087A: (24, self._condition_2007),
            0x009E: (24, self._filter),
            0x087E: (14, self._filter_2007),
            0x087F: (22, self._filter_value),
            0x00AF: (7, self._scenario),
        }

    def _ranges_at(self, at: int, end: int) -> list[Range]:
        (count,) = struct.unpack_from("<H", self._data, at)
        count = min(count, _MOST_RANGES, (end - at - 2) // 8)
        found = struct.iter_unpack("<4H", self._data[at + 2 : at + 2 + 8 * count])
        return [(top + 1, left + 1, low + 1, right + 1) for top, low, left, right in found]

    def _put(self, ranges: list[Range], what: str, kind: PieceKind, text: str) -> None:
        if text and ranges:
            row, column = ranges[0][:2]
            self._context.lines.add(self._context.on.at_cell(row, column, what, kind, text))

    def _formula(self, tokens: bytes, ranges: list[Range]) -> str:
        row, column = (ranges[0][0] - 1, ranges[0][1] - 1) if ranges else (0, 0)
        return self._context.formula(tokens, b"", row, column)

    def _validation(self, start: int, end: int) -> None:
        """Take which values are allowed, and what is said to whoever enters one."""
        (flags,) = struct.unpack_from("<I", self._data, start)
        record = continued(self._data, start + 4, end)
        texts: list[str] = []
        for _ in range(4):
            (length,) = struct.unpack("<H", record.take(2))
            texts.append(record.characters(length, record.take(1)[0]).strip("\0") if length else "")
        stored = []
        for _ in range(2):
            size, _ = struct.unpack("<HH", record.take(4))
            stored.append(record.take(size))
        (count,) = struct.unpack("<H", record.take(2))
        corners = struct.iter_unpack("<4H", record.take(8 * min(count, _MOST_RANGES)))
        ranges = [(top + 1, left + 1, low + 1, right + 1) for top, low, left, right in corners]
        formulas = [self._formula(one, ranges).replace("\0", ",") for one in stored]
        rule = rule_text(VALIDATIONS, flags & 0xF, flags >> 20 & 0xF, formulas)
        self._put(ranges, "validation", PieceKind.META, f"{range_names(ranges)} {rule}" if rule else "")
        self._put(ranges, "prompt", PieceKind.NOTE, "\n".join(filter(None, (texts[0], texts[2]))))
        self._put(ranges, "prompt", PieceKind.NOTE, "\n".join(filter(None, (texts[1], texts[3]))))

    def _condition_ranges(self, start: int, end: int) -> None:
        self._ranges = self._ranges_at(start + 12, end)

    def _condition_ranges_2007(self, start: int, end: int) -> None:
        self._ranges = self._ranges_at(start + _FUTURE_HEAD + 12, end)

    def _condition(self, start: int, end: int) -> None:
        """Take one condition; its formulas stand at the record's end."""
        kind, compares, first, second = struct.unpack_from("<BBHH", self._data, start)
        split = end - second
        self._put_condition(kind, compares, self._data[split - first : split], self._data[split:end])

    def _condition_2007(self, start: int, end: int) -> None:
        at = start + _FUTURE_HEAD
        kind, compares, first, second, size = struct.unpack_from("<BBHHI", self._data, at)
        at += 10 + (size or 2)
        if at + first + second <= end:
            one, two = self._data[at : at + first], self._data[at + first : at + first + second]
            self._put_condition(kind, compares, one, two)

    def _put_condition(self, kind: int, compares: int, *stored: bytes) -> None:
        formulas = [self._formula(one, self._ranges) for one in stored]
        rule = rule_text(CONDITIONS, kind, compares - 1, formulas)
        text = f"{range_names(self._ranges)} {rule}" if rule else ""
        self._put(self._ranges, "condition", PieceKind.META, text)

    def _filter(self, start: int, end: int) -> None:
        """Take what a column is filtered for."""
        column, flags = struct.unpack_from("<HH", self._data, start)
        if flags & 0x10:
            best = "top" if flags & 0x20 else "bottom"
            self._put_filter(column, f"{best} {flags >> 7}{'%' if flags & 0x40 else ''}")
            return
        at, tests = start + 24, []
        for place in (start + 4, start + 14):
            test, at = self._test(place, at, end)
            tests.append(test)
        self._put_filter(column, filter_text(tests, either=flags & 3 == 1))

    def _filter_2007(self, start: int, _end: int) -> None:
        (self._filtered,) = struct.unpack_from("<H", self._data, start + _FUTURE_HEAD)

    def _filter_value(self, start: int, end: int) -> None:
        self._put_filter(self._filtered, self._test(start + _FUTURE_HEAD, start + _FUTURE_HEAD + 10, end)[0])

    def _put_filter(self, column: int, text: str) -> None:
        if text:
            line = self._context.on.at_sheet("filter", PieceKind.META, f"column {column + 1}: {text}")
            self._context.lines.add(line)

    def _test(self, at: int, text_at: int, end: int) -> tuple[str, int]:
        """Read one comparison; gives it and where the next text stands."""
        kind, sign = self._data[at], self._data[at + 1]
        compared = _COMPARED[sign] if sign < len(_COMPARED) else ""
        if kind == _TEXT:
            length = self._data[at + 6]
            text, text_at = self._characters(text_at, length, end)
            return f'{compared} "{text}"', text_at
        if kind in (_RK, _REAL):
            form = "<I" if kind == _RK else "<d"
            (stored,) = struct.unpack_from(form, self._data, at + 2)
            return f"{compared} {number_text(rk_number(stored) if kind == _RK else stored).decode()}", text_at
        if kind == _CODE:
            is_error, code = self._data[at + 2], self._data[at + 3]
            return f"{compared} {(error_text(code) if is_error else BOOLEANS[code != 0]).decode()}", text_at
        return {_BLANK: "= blank", _NOT_BLANK: "<> blank"}.get(kind, ""), text_at

    def _characters(self, at: int, length: int, end: int) -> tuple[str, int]:
        codec = self._context.known.codec
        if codec:
            return self._data[at : at + length].decode(codec, "replace"), at + length
        if at >= end:
            return "", at
        wide = self._data[at] & 1
        stop = at + 1 + (2 * length if wide else length)
        return self._data[at + 1 : stop].decode("utf-16-le" if wide else "latin-1", "replace"), stop

    def _scenario(self, start: int, end: int) -> None:
        """Take a scenario: its name, who made it and why, and the values it puts into cells."""
        if self._context.known.codec:
            return
        record = continued(self._data, start, end)
        count, _, hidden, name, comment, user = struct.unpack("<HBBBBB", record.take(7))
        texts = [record.characters(name, record.take(1)[0])]
        for length in (user, comment):
            if length:
                (stored,) = struct.unpack("<H", record.take(2))
                texts.append(record.characters(stored, record.take(1)[0]))
        if hidden:
            texts.append("hidden")
        line = self._context.on.at_sheet("scenario", PieceKind.NOTE, "\n".join(filter(None, texts)))
        self._context.lines.add(line)
        places = [struct.unpack("<HH", record.take(4)) for _ in range(count)]
        for row, column in places:
            (length,) = struct.unpack("<H", record.take(2))
            value = record.characters(length, record.take(1)[0]) if length else ""
            on = self._context.on
            number = line.part.rpartition("=")[2]
            where = (
                ("sheet", on.untrusted_sheet),
                ("scenario", number),
                ("value", cell_name(row + 1, column + 1)),
            )
            self._context.lines.put(where, PieceKind.BODY, value, on.flags)
