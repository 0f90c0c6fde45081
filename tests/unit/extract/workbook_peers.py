"""What calamine reads of a workbook, and whether our cells are the same."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Mapping
from pathlib import Path

from python_calamine import CalamineWorkbook
from workbook_sink import Keeper, Kept

from proofroom.model.evidence import CellType

Place = tuple[int, int]
_SERIAL = (CellType.DATE, CellType.DURATION)


def equal(ours: Kept | None, theirs: object) -> bool:
    """Compare a stored text with a value; an empty text is no cell of ours."""
    if ours is None or not ours.raw:
        return theirs in ("", None)
    if isinstance(theirs, bool):
        return ours.raw == str(theirs).upper()
    if isinstance(theirs, int | float):
        return ours.type in (CellType.NUMBER, *_SERIAL) and float(ours.raw) == float(theirs)
    if isinstance(theirs, dt.date | dt.time | dt.timedelta):
        return ours.type in _SERIAL
    return ours.raw == theirs or (ours.type == CellType.ERROR and str(theirs).startswith("#"))


def calamine_cells(path: Path) -> tuple[list[str], list[dict[Place, object]]]:
    """Give the names and the filled cells of all sheets; raises CalamineError where calamine reads nothing."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(path.read_bytes()))
    sheets = []
    for index in range(len(book.sheet_names)):
        sheet = book.get_sheet_by_index(index)
        top, left = sheet.start or (0, 0)
        sheets.append(
            {
                (top + row, left + column): value
                for row, values in enumerate(sheet.to_python(skip_empty_area=True), 1)
                for column, value in enumerate(values, 1)
                if value != ""
            }
        )
    return book.sheet_names, sheets


def differences(found: Keeper, index: int, theirs: Mapping[Place, object]) -> dict[Place, tuple[str, object]]:
    """Give the cells of one sheet (from 1) that are not the same: what we read, and what calamine did.

    calamine gives nothing for an error, and nothing of a formula without a result.
    """
    ours = {(row, column): kept for (sheet, row, column), kept in found.kept.items() if sheet == index}
    different: dict[Place, tuple[str, object]] = {}
    for place in ours.keys() | theirs.keys():
        kept = ours.get(place)
        told = kept if kept is not None and kept.type != CellType.ERROR else None
        if not equal(told, theirs.get(place, "")):
            different[place] = (kept.raw if kept else "", theirs.get(place, ""))
    return different
