"""Cells as pieces: the rows of a table become what a reader sees, many at a time, with what merges cover them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from proofroom.base.guarded import UntrustedText
from proofroom.model.evidence import CellType, Flag, Piece, PieceKind
from proofroom.model.where import Parts, Where, cell_name, column_letters
from proofroom.store.typed import hidden_parts, iso_date, typed_value

COLUMNS: Final = ("sheet", "row", "col", "type", "flags", "raw", "shown", "formula")
_KEPT: Final = COLUMNS[1:]
_STRING: Final = int(CellType.STRING)
_DATE: Final = int(CellType.DATE)
_DIFFERS: Final = int(Flag.SHOWN_DIFFERS)
_FORMULA: Final = int(Flag.HAS_FORMULA)
_PRECISION: Final = int(Flag.PRECISION)

_letters = lru_cache(maxsize=4096)(column_letters)


Stored = tuple[
    str, str | float | int | bool | None, str, str, str | None, tuple[str, ...], str | None, tuple[str, ...]
]
"""A cell: its name, typed value, stored text, shown text, formula, what hides it, what it is merged into, warnings."""


class Merges:
    """The merged ranges that touch some rows of one sheet."""

    def __init__(self, table: pa.Table, first: int, last: int) -> None:
        """Keep, for each of the rows, the ranges that cross it."""
        self._by_row: dict[int, list[tuple[int, int, int]]] = {}
        if not table.num_rows:
            return
        touching = pc.and_(pc.less_equal(table["top"], last), pc.greater_equal(table["bottom"], first))
        for found in table.filter(touching).to_pylist():
            for row in range(max(first, found["top"]), min(last, found["bottom"]) + 1):
                self._by_row.setdefault(row, []).append((found["left"], found["right"], found["top"]))

    def __bool__(self) -> bool:
        """Say whether any merged range crosses the rows."""
        return bool(self._by_row)

    def cover(self, row: int, column: int) -> bool:
        """Say whether a merged range covers a cell."""
        return any(left <= column <= right for left, right, _ in self._by_row.get(row, ()))

    def master(self, row: int, column: int) -> str | None:
        """Give the first cell of the merged range that covers a cell, unless it is that cell itself."""
        for left, right, top in self._by_row.get(row, ()):
            if left <= column <= right and (row, column) != (top, left):
                return cell_name(top, left)
        return None


class Cells:
    """Makes pieces of the stored cells of one sheet."""

    def __init__(self, artifact: str, prefix: Parts, merges: Merges, date1904: Callable[[], bool]) -> None:
        """Make pieces of that artifact's cells, with the sheet's part as prefix of their addresses."""
        self._artifact = artifact
        self._prefix = prefix
        self._merges = merges
        self._date1904 = date1904

    def pieces(self, table: pa.Table) -> Iterator[Piece]:
        """Give the pieces of a table with `COLUMNS`, in its order."""
        for name, value, raw, shown, formula, hidden, merged, warnings in self.stored(table):
            yield Piece(
                Where(self._artifact, (*self._prefix, ("cell", name))),
                PieceKind.CELL,
                UntrustedText(raw),
                value,
                UntrustedText(shown),
                None if formula is None else UntrustedText(formula),
                hidden,
                merged,
                warnings,
            )

    def stored(self, table: pa.Table) -> Iterator[Stored]:
        """Give the same as plain tuples, for a page with thousands of cells."""
        master = self._merges.master if self._merges else None
        for row, col, kind, flags, raw, shown, formula in zip(
            *(table[name].to_pylist() for name in _KEPT), strict=True
        ):
            yield (
                f"{_letters(col)}{row}",
                raw if kind == _STRING else self._typed(kind, raw),
                raw,
                shown if flags & _DIFFERS else raw,
                formula if flags & _FORMULA else None,
                hidden_parts(flags) if flags else (),
                master(row, col) if master else None,
                ("precision",) if flags & _PRECISION else (),
            )

    def _typed(self, kind: int, raw: str) -> str | float | int | bool | None:
        """Give a cell's typed value; a date that is stored as a serial number becomes ISO 8601."""
        if kind == _DATE:
            try:
                serial = float(raw)
            except ValueError:
                return raw
            return iso_date(serial, date1904=self._date1904()) or raw
        return typed_value(CellType(kind), raw)
