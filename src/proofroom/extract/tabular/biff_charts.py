"""Read the charts of an .xls workbook (MS-XLS 2.1.7.20.1): their texts, their sources, and the values they keep.

A chart keeps the values that it was drawn from, also where its source has changed or was never handed over.
"""

from __future__ import annotations

import struct
from typing import Final

from proofroom.extract.tabular.biff_context import Readers, SheetContext
from proofroom.extract.tabular.biff_records import text_at
from proofroom.extract.tabular.biff_values import BOOLEANS, error_text
from proofroom.extract.tabular.cell_columns import number_text
from proofroom.model.evidence import PieceKind

_CACHES: Final = {1: "value", 2: "category", 3: "size"}
_REFERENCE: Final = 2


class BiffChart:
    """Takes the records of one chart."""

    def __init__(self, context: SheetContext, number: str) -> None:
        """Give what the chart with this number on its sheet says to the context's lines."""
        self._context, self._number, self._data = context, number, context.data
        self._texts = self._sources = 0
        self._cache = ""

    def readers(self) -> Readers:
        """Give the readers of the records of a chart."""
        return {
            0x100D: (3, self._text),
            0x1051: (8, self._source),
            0x1065: (2, self._begin_cache),
            0x0203: (14, self._value),
            0x0204: (8, self._label),
            0x0205: (8, self._code),
        }

    def put(self, text: str) -> None:
        """Give one text of the chart."""
        self._texts += 1
        self._put(PieceKind.SHAPE, text, ("text", str(self._texts)))

    def _put(self, kind: PieceKind, text: str, *more: tuple[str, str]) -> None:
        on = self._context.on
        parts = (("sheet", on.untrusted_sheet), ("chart", self._number), *more)
        self._context.lines.put(parts, kind, text, on.flags)

    def _text(self, start: int, end: int) -> None:
        self.put(text_at(self._data, start + 2, end, count_size=1, codec=self._context.known.codec))

    def _source(self, start: int, end: int) -> None:
        """Take the formula that says where a title or the values of a series come from."""
        kind, (size,) = self._data[start + 1], struct.unpack_from("<H", self._data, start + 6)
        if kind == _REFERENCE and size:
            self._sources += 1
            formula = self._context.formula(self._data[start + 8 : min(start + 8 + size, end)])
            self._put(PieceKind.META, formula, ("source", str(self._sources)))

    def _begin_cache(self, start: int, _end: int) -> None:
        self._cache = _CACHES.get(struct.unpack_from("<H", self._data, start)[0], "")

    def _cached(self, start: int, text: str) -> None:
        point, series = struct.unpack_from("<HH", self._data, start)
        if self._cache:
            where = (("series", str(series + 1)), (self._cache, str(point + 1)))
            self._put(PieceKind.BODY, text, *where)

    def _value(self, start: int, _end: int) -> None:
        self._cached(start, number_text(struct.unpack_from("<d", self._data, start + 6)[0]).decode())

    def _label(self, start: int, end: int) -> None:
        self._cached(
            start, text_at(self._data, start + 6, end, count_size=2, codec=self._context.known.codec)
        )

    def _code(self, start: int, _end: int) -> None:
        code, is_error = self._data[start + 6], self._data[start + 7] != 0
        self._cached(start, (error_text(code) if is_error else BOOLEANS[code != 0]).decode())
