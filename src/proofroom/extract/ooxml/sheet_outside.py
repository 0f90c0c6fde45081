"""Read what stands in a sheet part beside its cells: hidden rows and columns, merged ranges, header, links."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import compress
from typing import Final

from proofroom.extract.ooxml.ranges import Range, parse_range
from proofroom.extract.ooxml.safe_xml import Attributes, Element, Tree, attribute, is_true, whole_number
from proofroom.extract.ooxml.sheet_notes import HEADS, NOTED, SheetNote, notes_of
from proofroom.extract.ooxml.sheet_objects import PLACED, SheetObject, object_of
from proofroom.model.evidence import Flag

_ZERO: Final = re.compile(r"0*\.?0+\Z|0+\.\Z")
_LAST_COLUMN: Final = 1 << 14
_LAST_ROW: Final = 1 << 20
_MARGINS: Final = frozenset(
    ("oddHeader", "evenHeader", "firstHeader", "oddFooter", "evenFooter", "firstFooter"),
)
_GATHERED: Final = NOTED | PLACED


def hides_row(attributes: Attributes) -> bool:
    """Tell whether the attributes of a row hide it; a height of zero hides as well."""
    return is_true(attributes.get("hidden", "")) or bool(_ZERO.match(attributes.get("ht", "1").strip()))


@dataclass(slots=True)
class SheetOutside:
    """Takes expat's events outside of the table of rows and keeps what they say.

    in_cells: row, column and number of each picture that stands in a cell. shown_pictures: the same for
    those that a formula shows. hints: row, column and reading aid of texts that have one.
    """

    hidden_columns: frozenset[int] = frozenset()
    merges: list[Range] = field(default_factory=list)
    headers: list[str] = field(default_factory=list)
    footers: list[str] = field(default_factory=list)
    links: list[tuple[str, str, str]] = field(default_factory=list)
    in_cells: list[tuple[int, int, str]] = field(default_factory=list)
    shown_pictures: list[tuple[int, int, str]] = field(default_factory=list)
    hints: list[tuple[int, int, bytes]] = field(default_factory=list)
    notes: list[SheetNote] = field(default_factory=list)
    objects: list[SheetObject] = field(default_factory=list)
    _hidden_columns: bytearray | None = None
    _hidden_rows: bytearray | None = None
    _pieces: list[str] | None = None
    _item: Tree | None = None
    _depth: int = 0

    def start(self, name: str, attributes: Attributes) -> None:
        """Take the start of an element."""
        if self._item is not None or name in _GATHERED:
            self._gather(name, attributes)
        elif name == "mergeCell":
            found = parse_range(attributes.get("ref", ""))
            if found is not None:
                self.merges.append(found)
        elif name == "col":
            self._column(attributes)
        elif name in _MARGINS:
            self._pieces = []
        elif name == "hyperlink":
            self._link(attributes)
        elif name in HEADS:
            self.notes += notes_of(Element(name, attributes))

    def end(self, name: str) -> None:
        """Take the end of an element."""
        if self._item is not None:
            self._depth -= 1
            self._item.end(name)
            if not self._depth:
                self._settle(self._item)
        elif name in _MARGINS and self._pieces is not None:
            text, self._pieces = "".join(self._pieces), None
            if text:
                (self.headers if name.endswith("Header") else self.footers).append(text)

    def text(self, untrusted_text: str) -> None:
        """Take characters."""
        if self._item is not None:
            self._item.text(untrusted_text)
        elif self._pieces is not None:
            self._pieces.append(untrusted_text)

    def _gather(self, name: str, attributes: Attributes) -> None:
        """Keep an element with all that is in it until it ends."""
        self._item = self._item or Tree()
        self._item.start(name, attributes)
        self._depth += 1

    def _settle(self, item: Tree) -> None:
        """Make of an element that ended what is kept of it."""
        self._item = None
        for element in item.top.children:
            if element.name in PLACED:
                self.objects.append(object_of(element))
            else:
                self.notes += notes_of(element)

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
