"""Read what stands in a sheet part beside its cells: hidden rows and columns, merged ranges, header, links."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import compress
from typing import Final

from proofroom.extract.ooxml.safe_xml import Attributes, attribute, is_true, whole_number
from proofroom.model.evidence import Flag
from proofroom.model.where import column_number

_RANGE: Final = re.compile(r"\$?([A-Z]{1,4})\$?([0-9]{1,8})(?::\$?([A-Z]{1,4})\$?([0-9]{1,8}))?\Z")
_ZERO: Final = re.compile(r"0*\.?0+\Z|0+\.\Z")
_LAST_COLUMN: Final = 1 << 14
_LAST_ROW: Final = 1 << 20
_MARGINS: Final = frozenset(
    ("oddHeader", "evenHeader", "firstHeader", "oddFooter", "evenFooter", "firstFooter"),
)
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


def hides_row(attributes: Attributes) -> bool:
    """Tell whether the attributes of a row hide it; a height of zero hides as well."""
    return is_true(attributes.get("hidden", "")) or bool(_ZERO.match(attributes.get("ht", "1").strip()))


@dataclass(slots=True)
class SheetOutside:
    """Takes expat's events outside of the table of rows and keeps what they say.

    in_cells: row, column and number of each picture that stands in a cell. shown_pictures: the same for
    those that a formula shows.
    """

    hidden_columns: frozenset[int] = frozenset()
    merges: list[Range] = field(default_factory=list)
    headers: list[str] = field(default_factory=list)
    footers: list[str] = field(default_factory=list)
    links: list[tuple[str, str, str]] = field(default_factory=list)
    in_cells: list[tuple[int, int, str]] = field(default_factory=list)
    shown_pictures: list[tuple[int, int, str]] = field(default_factory=list)
    _hidden_columns: bytearray | None = None
    _hidden_rows: bytearray | None = None
    _pieces: list[str] | None = None

    def start(self, name: str, attributes: Attributes) -> None:
        """Take the start of an element."""
        if name == "mergeCell":
            found = parse_range(attributes.get("ref", ""))
            if found is not None:
                self.merges.append(found)
        elif name == "col":
            self._column(attributes)
        elif name in _MARGINS:
            self._pieces = []
        elif name == "hyperlink":
            self._link(attributes)

    def end(self, name: str) -> None:
        """Take the end of an element."""
        if name in _MARGINS and self._pieces is not None:
            text, self._pieces = "".join(self._pieces), None
            if text:
                (self.headers if name.endswith("Header") else self.footers).append(text)

    def text(self, untrusted_text: str) -> None:
        """Take characters."""
        if self._pieces is not None:
            self._pieces.append(untrusted_text)

    def begin_cells(self) -> None:
        """Settle which columns are hidden: what is said of columns stands before the cells."""
        if self._hidden_columns is not None:
            self.hidden_columns = frozenset(compress(range(_LAST_COLUMN + 1), self._hidden_columns))

    def hide_row(self, row: int) -> None:
        """Note that a row is hidden, so that what is pinned to its cells is known to be."""
        if row <= _LAST_ROW:
            if self._hidden_rows is None:
                self._hidden_rows = bytearray(_LAST_ROW + 1)
            self._hidden_rows[row] = 1

    def hidden_at(self, row: int, column: int) -> Flag:
        """Tell whether the row and the column of a cell are hidden."""
        flags = Flag.NONE
        if self._hidden_rows is not None and row <= _LAST_ROW and self._hidden_rows[row]:
            flags |= Flag.HIDDEN_ROW
        if column in self.hidden_columns:
            flags |= Flag.HIDDEN_COLUMN
        return flags

    def _column(self, attributes: Attributes) -> None:
        """Note which columns are hidden; a width of zero hides as well."""
        first, last = whole_number(attributes.get("min", "")), whole_number(attributes.get("max", ""))
        narrow = _ZERO.match(attributes.get("width", "1").strip())
        if first is None or last is None or not (narrow or is_true(attributes.get("hidden", ""))):
            return
        if self._hidden_columns is None:
            self._hidden_columns = bytearray(_LAST_COLUMN + 1)
        last = min(last, _LAST_COLUMN)
        if 0 < first <= last:
            self._hidden_columns[first : last + 1] = b"\x01" * (last + 1 - first)

    def _link(self, attributes: Attributes) -> None:
        """Keep where a link stands, its relationship and its place inside the target."""
        place = attributes.get("location", "")
        self.links.append((attributes.get("ref", ""), attribute(attributes, "id"), place))
