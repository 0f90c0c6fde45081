"""Turn the groups of many rows that one layout read into columns of cells, empty ones left out.

Which cells of a row are filled makes a pattern; the columns and kinds of a pattern are worked out once.
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, compress
from typing import Final

from proofroom.extract.ooxml.row_grammar import Layout

_WIDTH: Final = array("i").itemsize
_MOST_PATTERNS: Final = 4_096
_BYTE: Final = 0xFF


@dataclass(slots=True)
class Run:
    """Cells of many rows: formulas are (place, attributes, text); starts are the first places of the rows."""

    numbers: list[int]
    attributes: list[bytes]
    rows: bytes
    columns: bytes
    kinds: Sequence[int]
    values: list[bytes]
    formulas: list[tuple[int, bytes, bytes]]
    starts: list[int]


class RunReader:
    """Reads runs of one layout; remembers patterns."""

    def __init__(self, layout: Layout) -> None:
        """Use the layout."""
        self.layout = layout
        self._width = len(layout.columns)
        self._patterns: dict[bytes, tuple[bytes, Sequence[int]]] = {}

    def read(self, groups: list[bytes]) -> Run:
        """Take the groups of some rows, which are used up."""
        stride, width = self.layout.stride, self._width
        numbers, attributes = list(map(int, groups[::stride])), groups[1::stride]
        formulas = self._formulas(groups)
        for other in self.layout.others:
            del groups[other::stride]
            stride -= 1
        keep = bytearray(map(bool, groups))
        for place, _, _ in formulas:
            keep[place] = 1
        starts = range(0, len(groups) + 1, width) if width else [0] * (len(numbers) + 1)
        patterns = [bytes(keep[start : start + width]) for start in starts[:-1]]
        known = [self._patterns.get(pattern) or self._pattern(pattern) for pattern in patterns]
        if 0 in keep:
            places = list(accumulate(keep, initial=0))
            formulas = [(places[place], written, text) for place, written, text in formulas]
            starts = [places[start] for start in starts]
            groups = list(compress(groups, keep))
        counts = [len(columns) // _WIDTH for columns, _ in known]
        return Run(
            numbers,
            attributes,
            b"".join(
                [n.to_bytes(_WIDTH, sys.byteorder) * count for n, count in zip(numbers, counts, strict=True)]
            ),
            b"".join([columns for columns, _ in known]),
            _joined([kinds for _, kinds in known]),
            groups,
            formulas,
            list(starts),
        )

    def _formulas(self, groups: list[bytes]) -> list[tuple[int, bytes, bytes]]:
        """Give place, attributes and text of the formulas, one column after the other."""
        stride = self.layout.stride
        found: list[tuple[int, bytes, bytes]] = []
        for of_attributes, of_text, place in self.layout.formulas:
            written = groups[of_text::stride]
            known = groups[of_attributes::stride] if of_attributes >= 0 else [b""] * len(written)
            filled = map(bool, written) if of_attributes < 0 else map(max, known, written)
            found += [
                (row * self._width + place, known[row], written[row])
                for row in compress(range(len(written)), filled)
            ]
        return found

    def _pattern(self, pattern: bytes) -> tuple[bytes, Sequence[int]]:
        """Give the columns and kinds of the cells that are filled in one pattern."""
        columns = array("i", list(compress(self.layout.columns, pattern))).tobytes()
        kinds = list(compress(self.layout.kinds, pattern))
        known = columns, bytes(kinds) if max(kinds, default=0) <= _BYTE else kinds
        if len(self._patterns) < _MOST_PATTERNS:
            self._patterns[pattern] = known
        return known


def _joined(chunks: list[Sequence[int]]) -> Sequence[int]:
    """Join kinds, as bytes where that is possible."""
    if all(isinstance(chunk, bytes) for chunk in chunks):
        return b"".join(map(bytes, chunks))
    return [kind for chunk in chunks for kind in chunk]
