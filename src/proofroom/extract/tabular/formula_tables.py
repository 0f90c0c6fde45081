"""Write references to the columns of a table, such as `Sales[[#This Row],[Price]]` (MS-XLSB 2.5.97.54)."""

from __future__ import annotations

import re
from typing import Final

from proofroom.extract.tabular.formula_scope import NotRendered, Table

_ROWS: Final = {
    0x00: (),
    0x01: ("#All",),
    0x02: ("#Headers",),
    0x04: ("#Data",),
    0x06: ("#Headers", "#Data"),
    0x08: ("#Totals",),
    0x0C: ("#Data", "#Totals"),
    0x10: ("#This Row",),
}
_SPECIAL: Final = re.compile(r"['\[\]#@]")


def table_text(table: Table, flags: int, first: int, last: int) -> str:
    """Write a reference; `flags` says which rows, and whether it means all columns, one or several."""
    rows = _ROWS.get(flags >> 2 & 0x1F)
    if rows is None or max(first, last) >= max(len(table.columns), 1):
        raise NotRendered
    parts = [f"[{row}]" for row in rows]
    many = flags & 3
    if many == 1:
        parts.append(f"[{_column(table, first)}]")
    elif many == 2:
        parts.append(f"[{_column(table, first)}]:[{_column(table, last)}]")
    if not parts:
        return f"{table.untrusted_name}[]"
    if len(parts) == 1 and many < 2:
        return table.untrusted_name + parts[0]
    return f"{table.untrusted_name}[{','.join(parts)}]"


def _column(table: Table, number: int) -> str:
    return _SPECIAL.sub(lambda found: f"'{found.group()}", table.columns[number])
