"""Stored values as what they are: numbers, truth values and ISO dates, and what hides a cell or piece."""

from __future__ import annotations

import math
from datetime import datetime, time, timedelta
from functools import lru_cache
from typing import Final

from proofroom.model.evidence import CellType, Flag

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


@lru_cache(maxsize=16_384)
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


@lru_cache(maxsize=1024)
def hidden_parts(flags: int) -> tuple[str, ...]:
    """Say what hides a cell or piece: its sheet, its row, its column, or its own text."""
    return tuple(dict.fromkeys(name for flag, name in _HIDDEN if flags & flag))
