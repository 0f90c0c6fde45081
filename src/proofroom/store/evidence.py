"""What stands at an address: a Where becomes a Piece, with its neighbours, from the segments alone."""

from __future__ import annotations

import math
from datetime import datetime, time, timedelta
from typing import Any, Final

from proofroom.base.guarded import UntrustedText
from proofroom.errors import BadWhere
from proofroom.model.evidence import CellType, Flag, Piece, PieceKind
from proofroom.model.where import Where, cell_name, format_parts, parse_cell, parse_parts
from proofroom.store.reading import Reading

AROUND_ROWS: Final = 2
AROUND_COLUMNS: Final = 3
AROUND_PIECES: Final = 3
_DATE_SYSTEM: Final = format_parts((("meta", "ooxml:date-system"),))
_LAST_SERIAL: Final = 2_958_466
"""One day behind 31 December 9999, the last date a spreadsheet knows."""
_FALSE_DAY: Final = 60

_HIDDEN: Final = (
    (Flag.HIDDEN_SHEET, "sheet"),
    (Flag.VERY_HIDDEN_SHEET, "sheet"),
    (Flag.HIDDEN_ROW, "row"),
    (Flag.HIDDEN_COLUMN, "column"),
    (Flag.HIDDEN_TEXT, "text"),
)


class Evidence:
    """Finds the piece at an address and what stands around it; raises BadWhere when nothing is there."""

    def __init__(self, reading: Reading) -> None:
        """Look in the store."""
        self._reading = reading
        self._epochs: dict[str, bool] = {}

    def pieces_at(self, where: Where) -> list[Piece]:
        """Give the piece at an address, or every cell of a row when the address is a row."""
        if {key for key, _ in where.parts} in ({"cell"}, {"sheet", "cell"}):
            return [self.cell(where)]
        if where.part("row") is not None:
            return self.row(where)
        return [self.piece(where)]

    def cell(self, where: Where) -> Piece:
        """Give one cell; one inside a sheet that holds nothing gives a value of None."""
        sheet, prefix = self._sheet(where)
        row, column = parse_cell(where.part("cell") or "")
        table = self._reading.of_artifact("cells", where.artifact, between=("row", row, row), sheet=sheet)
        for found in table.to_pylist():
            if found["col"] == column:
                return self._cell_piece(where.artifact, prefix, found)
        master = self._merged_into(where.artifact, sheet, row, column)
        here = Where(where.artifact, (*prefix, ("cell", cell_name(row, column))))
        return Piece(here, PieceKind.CELL, UntrustedText(""), None, UntrustedText(""), merged=master)

    def row(self, where: Where) -> list[Piece]:
        """Give every stored cell of a row."""
        sheet, prefix = self._sheet(where)
        number = where.part("row") or ""
        if not number.isascii() or not number.isdigit():
            message = f"{number!r} is not a row number"
            raise BadWhere(message)
        between = ("row", int(number), int(number))
        table = self._reading.of_artifact("cells", where.artifact, between=between, sheet=sheet)
        return [self._cell_piece(where.artifact, prefix, found) for found in table.to_pylist()]

    def window(self, where: Where, rows: int = 100) -> list[Piece]:
        """Give every stored cell of so many rows from the cell's row on."""
        sheet, prefix = self._sheet(where)
        row, _column = parse_cell(where.part("cell") or "A1")
        between = ("row", row, row + rows - 1)
        table = self._reading.of_artifact("cells", where.artifact, between=between, sheet=sheet)
        return [self._cell_piece(where.artifact, prefix, found) for found in table.to_pylist()]

    def piece(self, where: Where) -> Piece:
        """Give the paragraph, line, shape, comment or property at an address."""
        wanted = format_parts(where.parts)
        table = self._reading.of_artifact("pieces", where.artifact)
        for found in table.to_pylist():
            if found["part"] == wanted or parse_or_none(found["part"]) == where.parts:
                return _text_piece(where.artifact, found)
        message = f"nothing stands at {where}"
        raise BadWhere(message, remedy="Copy the address from a search hit or from `proofroom artifacts`.")

    def neighbours(self, where: Where) -> list[Piece]:
        """Give what stands around an address: cells of the rows beside it, or the pieces before and after."""
        if where.part("cell") is not None and where.part("comment") is None:
            return self._cells_around(where)
        table = self._reading.of_artifact("pieces", where.artifact)
        parts = table["part"].to_pylist()
        wanted = format_parts(where.parts)
        if wanted not in parts:
            return []
        at = parts.index(wanted)
        start = max(0, at - AROUND_PIECES)
        around = table.slice(start, 2 * AROUND_PIECES + 1).to_pylist()
        return [_text_piece(where.artifact, found) for found in around if found["part"] != wanted]

    def _cells_around(self, where: Where) -> list[Piece]:
        sheet, prefix = self._sheet(where)
        row, column = parse_cell(where.part("cell") or "")
        between = ("row", max(1, row - AROUND_ROWS), row + AROUND_ROWS)
        table = self._reading.of_artifact("cells", where.artifact, between=between, sheet=sheet)
        return [
            self._cell_piece(where.artifact, prefix, found)
            for found in table.to_pylist()
            if abs(found["col"] - column) <= AROUND_COLUMNS and (found["row"], found["col"]) != (row, column)
        ]

    def _sheet(self, where: Where) -> tuple[int, tuple[tuple[str, str], ...]]:
        """Give a sheet's number from its name, and the address's first part; CSV and TSV have sheet 0."""
        name = where.part("sheet")
        sheets = self._reading.of_artifact("sheets", where.artifact).to_pylist()
        if name is None:
            if any(found["sheet"] == 0 for found in sheets) or not sheets:
                return 0, ()
            message = "the address needs sheet=NAME"
            raise BadWhere(message)
        for found in sheets:
            if found["name"] == name:
                return int(found["sheet"]), (("sheet", name),)
        message = f"there is no sheet {name!r}"
        raise BadWhere(message)

    def _merged_into(self, artifact: str, sheet: int, row: int, column: int) -> str | None:
        """Give the first cell of the merged range that covers a cell, unless it is that cell itself."""
        for found in self._reading.of_artifact("merges", artifact, sheet=sheet).to_pylist():
            covers = found["top"] <= row <= found["bottom"] and found["left"] <= column <= found["right"]
            if covers and (row, column) != (found["top"], found["left"]):
                return cell_name(found["top"], found["left"])
        return None

    def _typed(self, artifact: str, cell_type: CellType, raw: str) -> str | float | int | bool | None:
        """Give a cell's typed value; a date that is stored as a serial number becomes ISO 8601."""
        if cell_type is CellType.DATE:
            try:
                serial = float(raw)
            except ValueError:
                return raw
            return iso_date(serial, date1904=self._date1904(artifact)) or raw
        return typed_value(cell_type, raw)

    def _date1904(self, artifact: str) -> bool:
        """Say whether a workbook counts its days from 1904."""
        if artifact not in self._epochs:
            pieces = self._reading.of_artifact("pieces", artifact, columns=("part", "text"))
            parts = dict(zip(pieces["part"].to_pylist(), pieces["text"].to_pylist(), strict=True))
            self._epochs[artifact] = parts.get(_DATE_SYSTEM) == "1904"
        return self._epochs[artifact]

    def _cell_piece(self, artifact: str, prefix: tuple[tuple[str, str], ...], found: dict[str, Any]) -> Piece:
        """Build the piece of one stored cell."""
        flags = Flag(found["flags"])
        raw = found["raw"]
        shown = found["shown"] if flags & Flag.SHOWN_DIFFERS else raw
        where = Where(artifact, (*prefix, ("cell", cell_name(found["row"], found["col"]))))
        master = self._merged_into(artifact, found["sheet"], found["row"], found["col"])
        return Piece(
            where,
            PieceKind.CELL,
            UntrustedText(raw),
            self._typed(artifact, CellType(found["type"]), raw),
            UntrustedText(shown),
            UntrustedText(found["formula"]) if flags & Flag.HAS_FORMULA else None,
            hidden_parts(flags),
            master,
            ("precision",) if flags & Flag.PRECISION else (),
        )


def iso_date(serial: float, *, date1904: bool) -> str | None:
    """Give the date that a spreadsheet's serial number stands for, as ISO 8601; None when it is none.

    The 1900 system counts a 29 February 1900 that never was (ECMA-376 part 1, 18.17.4.1): its serial stands
    for no date, and those before it count from a day later.
    """
    if not math.isfinite(serial) or not 0 <= serial < _LAST_SERIAL:
        return None
    if not date1904 and _FALSE_DAY <= serial < _FALSE_DAY + 1:
        return None
    first = (1904, 1, 1) if date1904 else (1899, 12, 31 if serial < _FALSE_DAY else 30)
    epoch = datetime(*first)  # noqa: DTZ001 - dates of paper carry no zone
    moment = epoch + timedelta(seconds=round(serial * 86_400))
    if serial < 1 and not date1904:
        return moment.time().isoformat()
    return moment.date().isoformat() if moment.time() == time() else moment.isoformat()


def typed_value(cell_type: CellType, raw: str) -> str | float | int | bool | None:
    """Give a cell's typed value from its stored text: a number, a truth value, an ISO date or a string."""
    if cell_type is CellType.EMPTY:
        return None
    if cell_type is CellType.BOOLEAN:
        return raw == "TRUE"
    if cell_type is CellType.NUMBER:
        try:
            number = float(raw)
        except ValueError:
            return raw
        if not math.isfinite(number):
            return raw
        return int(number) if number.is_integer() and abs(number) < 2**53 else number
    return raw


def hidden_parts(flags: Flag) -> tuple[str, ...]:
    """Say what hides a cell or piece: its sheet, its row, its column, or its own text."""
    return tuple(dict.fromkeys(name for flag, name in _HIDDEN if flags & flag))


def parse_or_none(part: str) -> tuple[tuple[str, str], ...] | None:
    """Read a stored part, which a taken-over child may have written wrongly."""
    try:
        return parse_parts(part)
    except BadWhere:
        return None


def _text_piece(artifact: str, found: dict[str, Any]) -> Piece:
    """Build the piece of one stored text."""
    where = Where(artifact, parse_or_none(found["part"]) or ())
    text = UntrustedText(found["text"])
    flags = Flag(found["flags"])
    warnings = tuple(
        name for flag, name in ((Flag.DELETED, "deleted"), (Flag.INSERTED, "inserted")) if flags & flag
    )
    return Piece(
        where, PieceKind(found["kind"]), text, found["text"], text, None, hidden_parts(flags), None, warnings
    )
