"""What stands at an address: a Where becomes a Piece, with its neighbours, from the segments alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from proofroom.base.guarded import UntrustedText
from proofroom.errors import BadWhere
from proofroom.model.evidence import Flag, Piece, PieceKind, Recognised
from proofroom.model.where import Parts, Where, cell_name, format_parts, parse_cell
from proofroom.store.addresses import is_cell, is_row, masked_parts, parse_or_none
from proofroom.store.cells import COLUMNS, Cells, Merges, Stored
from proofroom.store.reading import Reading
from proofroom.store.typed import hidden_parts
from proofroom.values.masking import OPEN, Mask

AROUND_ROWS: Final = 2
AROUND_COLUMNS: Final = 3
AROUND_PIECES: Final = 3
_DATE_SYSTEM: Final = format_parts((("meta", "ooxml:date-system"),))
_NO_ESCAPE: Final = r"^[A-Za-z0-9\-._~:/=&]*$"
"""A stored part of these characters alone can be written in one way only."""
_ROW_NUMBER: Final = re.compile(r"[1-9][0-9]{0,9}")
_LAST: Final = 2**31 - 1
_REMEDY: Final = "Copy the address from a search hit or from `proofroom artifacts`."


class Evidence:
    """Finds the piece at an address and what stands around it; raises BadWhere when nothing is there.

    An address that was shown through the mask, with pseudonyms in its names, finds the same piece.
    """

    def __init__(self, reading: Reading, mask: Mask = OPEN) -> None:
        """Look in the store, for somebody who sees addresses through that mask."""
        self._reading = reading
        self._mask = mask
        self._epochs: dict[str, bool] = {}
        self._seqs: dict[Where, int] = {}

    def pieces_at(self, where: Where) -> list[Piece]:
        """Give the piece at an address, or every cell of a row when the address is a row."""
        if is_cell(where.parts):
            return [self.cell(where)]
        if is_row(where.parts):
            return self.row(where)
        return [self.piece(where)]

    def cell(self, where: Where) -> Piece:
        """Give one cell; one of the sheet's used range that holds nothing gives a value of None."""
        sheet, prefix = self._sheet(where)
        row, column = parse_cell(where.part("cell") or "")
        pieces = list(self._cells(where.artifact, sheet, prefix, row, row))
        here = Where(where.artifact, (*prefix, ("cell", cell_name(row, column))))
        for piece in pieces:
            if piece.where == here:
                return piece
        merges = self._merges(where.artifact, sheet, row, row)
        if not merges.cover(row, column) and not self._is_used(where.artifact, sheet, row, column):
            message = f"{cell_name(row, column)} lies outside what the sheet uses"
            raise BadWhere(message, remedy=_REMEDY)
        master = merges.master(row, column)
        return Piece(here, PieceKind.CELL, UntrustedText(""), None, UntrustedText(""), merged=master)

    def row(self, where: Where) -> list[Piece]:
        """Give every stored cell of a row."""
        sheet, prefix = self._sheet(where)
        number = where.part("row") or ""
        if not _ROW_NUMBER.fullmatch(number):
            message = f"{number!r} is not a row number"
            raise BadWhere(message)
        pieces = list(self._cells(where.artifact, sheet, prefix, int(number), int(number)))
        if not pieces:
            message = f"nothing stands in row {number}"
            raise BadWhere(message, remedy=_REMEDY)
        return pieces

    def window(self, where: Where, rows: int = 100) -> tuple[Parts, Iterator[Stored]]:
        """Give every stored cell of so many rows from the cell's row on, behind the address of the sheet.

        They are plain tuples: a page has thousands of them, and is to be there at once.
        """
        sheet, prefix = self._sheet(where)
        row, _column = parse_cell(where.part("cell") or "A1")
        table, cells = self._stored(where.artifact, sheet, prefix, row, row + rows - 1)
        return prefix, cells.stored(table)

    def piece(self, where: Where) -> Piece:
        """Give the paragraph, line, shape, comment or property at an address."""
        seq = self._seq(where)
        if seq is None:
            message = f"nothing stands at {where}"
            raise BadWhere(message, remedy=_REMEDY)
        table = self._reading.of_artifact(_noun(where), where.artifact, between=("seq", seq, seq))
        piece = _text_piece(where.artifact, table.to_pylist()[0])
        self._seqs[piece.where] = seq
        return piece

    def neighbours(self, where: Where) -> list[Piece]:
        """Give what stands around an address: cells of the rows beside it, or the pieces before and after."""
        if is_cell(where.parts):
            return self._cells_around(where)
        seq = self._seqs.get(where) or self._seq(where)
        if seq is None:
            return []
        between = ("seq", max(0, seq - AROUND_PIECES), seq + AROUND_PIECES)
        table = self._reading.of_artifact(_noun(where), where.artifact, between=between)
        return [_text_piece(where.artifact, found) for found in table.to_pylist() if found["seq"] != seq]

    def _seq(self, where: Where) -> int | None:
        """Give the number of the piece at an address, as it is stored, spelled otherwise, or masked."""
        table = self._reading.of_artifact(_noun(where), where.artifact, columns=("seq", "part"))
        same = table.filter(pc.equal(table["part"], format_parts(where.parts)))
        if not same.num_rows:
            same = self._otherwise(table, where.parts)
        return int(same["seq"][0].as_py()) if same.num_rows else None

    def _otherwise(self, table: pa.Table, parts: Parts) -> pa.Table:
        """Keep the pieces whose parts mean the given ones, though they are not written so."""
        if self._mask.secret is None:
            table = table.filter(pc.invert(pc.match_substring_regex(table["part"], _NO_ESCAPE)))
        keep = []
        for part in table["part"].to_pylist():
            stored = parse_or_none(part)
            keep.append(stored is not None and parts in (stored, masked_parts(stored, self._mask)))
        return table.filter(pa.array(keep, pa.bool_()))

    def _cells_around(self, where: Where) -> list[Piece]:
        sheet, prefix = self._sheet(where)
        row, column = parse_cell(where.part("cell") or "")
        first, last = max(1, row - AROUND_ROWS), row + AROUND_ROWS
        columns = (max(1, column - AROUND_COLUMNS), column + AROUND_COLUMNS)
        around = self._cells(where.artifact, sheet, prefix, first, last, columns)
        return [piece for piece in around if piece.where.part("cell") != cell_name(row, column)]

    def _sheet(self, where: Where) -> tuple[int, Parts]:
        """Give a sheet's number from its name, and the address's first part; CSV and TSV have sheet 0."""
        name = where.part("sheet")
        sheets = self._reading.of_artifact("sheets", where.artifact).to_pylist()
        if name is None:
            if any(found["sheet"] == 0 for found in sheets) or not sheets:
                return 0, ()
            message = "the address needs sheet=NAME"
            raise BadWhere(message)
        fitting = [found for found in sheets if found["name"] == name]
        fitting = fitting or [found for found in sheets if self._mask.text(found["name"]) == name]
        if not fitting:
            message = f"there is no sheet {name!r}"
            raise BadWhere(message)
        if len({found["name"] for found in fitting}) > 1:
            message = f"several sheets show as {name!r}"
            raise BadWhere(message)
        return int(fitting[0]["sheet"]), (("sheet", fitting[0]["name"]),)

    def _cells(
        self,
        artifact: str,
        sheet: int,
        prefix: Parts,
        first: int,
        last: int,
        columns: tuple[int, int] = (1, _LAST),
    ) -> Iterator[Piece]:
        """Give the stored cells of some rows and columns."""
        table, cells = self._stored(artifact, sheet, prefix, first, last)
        low, high = columns
        if columns != (1, _LAST):
            table = table.filter(
                pc.and_(pc.greater_equal(table["col"], low), pc.less_equal(table["col"], high))
            )
        return cells.pieces(table)

    def _stored(
        self, artifact: str, sheet: int, prefix: Parts, first: int, last: int
    ) -> tuple[pa.Table, Cells]:
        """Give the stored cells of some rows as a table, and what reads it."""
        between = ("row", first, last)
        table = self._reading.of_artifact("cells", artifact, between=between, sheet=sheet, columns=COLUMNS)
        merges = self._merges(artifact, sheet, first, last)
        return table, Cells(artifact, prefix, merges, lambda: self._date1904(artifact))

    def _merges(self, artifact: str, sheet: int, first: int, last: int) -> Merges:
        return Merges(self._reading.of_artifact("merges", artifact, sheet=sheet), first, last)

    def _is_used(self, artifact: str, sheet: int, row: int, column: int) -> bool:
        """Say whether a cell lies inside the range that the stored cells of its sheet span."""
        return all(
            self._reading.holds("cells", artifact, (name, low, _LAST), sheet)
            for name, low in (("row", row), ("col", column))
        )

    def _date1904(self, artifact: str) -> bool:
        """Say whether a workbook counts its days from 1904."""
        if artifact not in self._epochs:
            pieces = self._reading.of_artifact("pieces", artifact, columns=("part", "text"))
            system = pieces.filter(pc.equal(pieces["part"], _DATE_SYSTEM))["text"].to_pylist()
            self._epochs[artifact] = system[-1:] == ["1904"]
        return self._epochs[artifact]


def _text_piece(artifact: str, found: dict[str, Any]) -> Piece:
    """Build the piece of one stored text."""
    where = Where(artifact, parse_or_none(found["part"]) or ())
    text = UntrustedText(found["text"])
    flags = Flag(found.get("flags", 0))
    warnings = tuple(
        name for flag, name in ((Flag.DELETED, "deleted"), (Flag.INSERTED, "inserted")) if flags & flag
    )
    kind, hidden = PieceKind(found["kind"]), hidden_parts(flags)
    return Piece(where, kind, text, found["text"], text, None, hidden, None, warnings, _recognised(found))


def _noun(where: Where) -> str:
    """Say where a piece is stored: what engines read from pictures stands apart."""
    return "pieces" if where.part("ocr") is None else "ocr"


def _recognised(found: dict[str, Any]) -> Recognised | None:
    """Give by which engine a stored text was read, if by one."""
    if "engine" not in found:
        return None
    box = (found["left"], found["top"], found["right"], found["bottom"])
    return Recognised(found["engine"], found["confidence"], box if any(box) else None)
