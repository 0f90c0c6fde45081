"""Turn records of texts into columns of cells, with no Python step per cell."""

from __future__ import annotations

import sys
from array import array
from collections.abc import Iterator
from itertools import accumulate, compress, pairwise
from typing import Final

from proofroom.extract.format import Cells, Unreadable
from proofroom.extract.ooxml.text_columns import packed
from proofroom.extract.tabular.records import Fields
from proofroom.model.evidence import CellType
from proofroom.model.states import Reason, State

BATCH: Final = 65_536
"""Cells given to the sink at a time."""

_LAST_ROW: Final = 0x7FFFFFFF
_MOST_PATTERNS: Final = 4_096
_WIDEST_PATTERN: Final = 1_024


class TextCells:
    """Makes `Cells` of records in which every value is a text."""

    def __init__(self) -> None:
        """Remember which columns are filled under which pattern of filled and empty fields."""
        self._columns = _Columns()

    def of(self, fields: Fields, first_row: int) -> Iterator[Cells]:
        """Give the cells of records; empty fields are left out, the first record is `first_row`."""
        if first_row + len(fields.widths) > _LAST_ROW:
            raise Unreadable(State.TRUNCATED, Reason.LIMIT_CELLS)
        rows, columns = self._addresses(fields, first_row)
        filled = fields.texts if len(fields.texts) == len(rows) else list(filter(None, fields.texts))
        for start in range(0, len(filled), BATCH):
            some = filled[start : start + BATCH]
            yield Cells(
                rows[start : start + BATCH],
                columns[start : start + BATCH],
                bytes((CellType.STRING,)) * len(some),
                array("H", bytes(2 * len(some))),
                array("i", b"\xff" * (4 * len(some))),
                packed(some),
            )

    def _addresses(self, fields: Fields, first_row: int) -> tuple[array[int], array[int]]:
        """Give row and column of each filled field."""
        filled = bytes(map(bool, fields.texts))
        ends = list(accumulate(fields.widths, initial=0))
        patterns = [filled[start:end] for start, end in pairwise(ends)]
        columns = list(map(self._columns.__getitem__, patterns))
        rows = [
            row.to_bytes(4, sys.byteorder) * (len(numbers) >> 2)
            for row, numbers in enumerate(columns, first_row)
        ]
        return array("i", b"".join(rows)), array("i", b"".join(columns))


class _Columns(dict[bytes, bytes]):
    """The column numbers (as int32) of the filled fields of a record, by its pattern of filled and empty."""

    def __missing__(self, pattern: bytes) -> bytes:
        """Count them out once."""
        numbers = array("i", compress(range(1, len(pattern) + 1), pattern)).tobytes()
        if len(pattern) <= _WIDEST_PATTERN:
            if len(self) >= _MOST_PATTERNS:
                self.clear()
            self[pattern] = numbers
        return numbers
