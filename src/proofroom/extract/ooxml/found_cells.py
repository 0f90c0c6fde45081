"""Cells as they stand in a piece of XML, column by column, before anything is made of them."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, compress
from typing import Final

IN_HIDDEN_ROW: Final = 1
IN_SEVERAL_FONTS: Final = 2


@dataclass(slots=True)
class Found:
    """Cells of one piece of XML; texts are unescaped UTF-8.

    kinds: ids from `CellKinds`, as bytes where all are below 256. values: of `<v>` or the inline string,
    b"" for none. formulas: by their place among these cells, rising. marks: bits by place, or b"" for none.
    """

    rows: array[int]
    columns: array[int]
    kinds: Sequence[int]
    values: list[bytes]
    formulas: dict[int, bytes] = field(default_factory=dict)
    marks: bytes | bytearray = b""

    def part(self, start: int, end: int) -> Found:
        """Give some of these cells."""
        return Found(
            self.rows[start:end],
            self.columns[start:end],
            self.kinds[start:end],
            self.values[start:end],
            {place - start: text for place, text in self.formulas.items() if start <= place < end},
            self.marks[start:end],
        )

    def only(self, keep: Sequence[bool]) -> Found:
        """Give those of these cells for which `keep` holds."""
        formulas = self.formulas
        if formulas:
            places = list(accumulate(keep))
            formulas = {places[place] - 1: text for place, text in formulas.items() if keep[place]}
        return Found(
            array("i", list(compress(self.rows, keep))),
            array("i", list(compress(self.columns, keep))),
            like(self.kinds, compress(self.kinds, keep)),
            list(compress(self.values, keep)),
            formulas,
            bytes(compress(self.marks, keep)),
        )


def like(kinds: Sequence[int], some: Iterable[int]) -> Sequence[int]:
    """Keep kinds in the form they had."""
    return bytes(some) if isinstance(kinds, bytes) else list(some)
