"""Read references to cells and ranges as sheets write them."""

from __future__ import annotations

import re
from typing import Final

from proofroom.model.where import column_number

_RANGE: Final = re.compile(r"\$?([A-Z]{1,4})\$?([0-9]{1,8})(?::\$?([A-Z]{1,4})\$?([0-9]{1,8}))?\Z")
Range = tuple[int, int, int, int]


def parse_range(text: str) -> Range | None:
    """Read `B2:D5` as (first row, first column, last row, last column); None when it is no range."""
    found = _RANGE.match(text.strip().upper())
    if found is None:
        return None
    left, top, right, bottom = found.groups()
    rows = sorted((int(top), int(bottom or top)))
    columns = sorted((column_number(left), column_number(right or left)))
    return (rows[0], columns[0], rows[1], columns[1]) if rows[0] else None
