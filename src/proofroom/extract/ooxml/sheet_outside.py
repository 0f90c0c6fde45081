"""Read what stands in a sheet part beside its cells: columns, merged ranges, header, links, drawings."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from proofroom.extract.ooxml.safe_xml import Attributes, attribute
from proofroom.model.where import column_number

_RANGE: Final = re.compile(r"\$?([A-Z]{1,4})\$?([0-9]{1,8})(?::\$?([A-Z]{1,4})\$?([0-9]{1,8}))?\Z")
_LAST_COLUMN: Final = 1 << 14
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
    row, column = int(top), column_number(left)
    if not row:
        return None
    return row, column, int(bottom or top), column_number(right or left)


@dataclass(slots=True)
class SheetOutside:
    """Takes expat's events outside of the table of rows and keeps what they say."""

    hidden_columns: set[int] = field(default_factory=set)
    merges: list[Range] = field(default_factory=list)
    headers: list[str] = field(default_factory=list)
    footers: list[str] = field(default_factory=list)
    links: list[tuple[str, str, str]] = field(default_factory=list)
    drawings: list[str] = field(default_factory=list)
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
        elif name == "drawing":
            self.drawings.append(attribute(attributes, "id"))

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

    def _column(self, attributes: Attributes) -> None:
        """Note which columns are hidden; a width of zero hides as well."""
        first, last = attributes.get("min", ""), attributes.get("max", "")
        narrow = attributes.get("width", "1").strip("0.") == "" and "customWidth" in attributes
        if not (attributes.get("hidden", "") in ("1", "true") or narrow):
            return
        if first.isdigit() and last.isdigit() and len(first) + len(last) <= 10:
            self.hidden_columns.update(range(int(first), min(int(last), _LAST_COLUMN) + 1))

    def _link(self, attributes: Attributes) -> None:
        """Keep where a link stands, its relationship and its place inside the target."""
        place = attributes.get("location", "")
        self.links.append((attributes.get("ref", ""), attribute(attributes, "id"), place))
