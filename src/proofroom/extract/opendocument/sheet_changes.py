"""Read the tracked changes of OpenDocument sheets (ODF 1.3 part 3, 9.9): what cells held before, what came and went."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from proofroom.extract.ooxml.safe_xml import Attributes, attribute, whole_number
from proofroom.extract.opendocument.sheet_values import OdsCell, value_of

CHANGES: Final = "table:tracked-changes"
_KINDS: Final = ("table:cell-content-change", "table:insertion", "table:deletion", "table:movement")
_MOST: Final = 1_000_000
_CELLS: Final = ("table:change-track-table-cell", "table:table-cell")


@dataclass(slots=True)
class Held:
    """One cell as it was: where it stands if that is said, its value as shown, and its formula."""

    sheet: int = 0
    row: int = 0
    column: int = 0
    text: str = ""
    formula: str = ""


@dataclass(slots=True)
class OdsChange:
    """One change: of what kind, by whom and when, at which cell, and what it took away; places from 1."""

    kind: str
    author: str = ""
    date: str = ""
    comment: list[str] = field(default_factory=list)
    state: str = ""
    told: str = ""
    sheet: int = 0
    row: int = 0
    column: int = 0
    held: list[Held] = field(default_factory=list)


class OdsChanges:
    """Takes the elements below `table:tracked-changes`."""

    def __init__(self) -> None:
        """Begin without any."""
        self.found: list[OdsChange] = []
        self._open: list[OdsChange] = []
        self._cell: OdsCell | None = None
        self._place = (0, 0, 0)
        self._text: list[str] | None = None

    def start(self, name: str, attributes: Attributes) -> None:
        """Take the start of an element."""
        if name in _KINDS:
            self._begin(name, attributes)
        elif not self._open:
            return
        elif name == "table:cell-address":
            self._take_place(attributes)
        elif name in ("table:source-range-address", "table:target-range-address"):
            self._open[-1].told += f" {_range(attributes)}"
        elif name in _CELLS:
            self._cell = OdsCell(attributes)
        elif name in ("text:p", "dc:creator", "dc:date"):
            self._text = []
        elif name == "office:change-info":
            self._open[-1].author = attribute(attributes, "chg-author")
            self._open[-1].date = attribute(attributes, "chg-date-time")

    def text(self, untrusted_text: str) -> None:
        """Take characters."""
        if self._text is not None:
            self._text.append(untrusted_text)

    def end(self, name: str) -> None:
        """Take the end of an element."""
        if not self._open:
            return
        if name in _KINDS:
            self._open.pop()
        elif name in _CELLS and self._cell is not None:
            self._take_cell(self._cell)
            self._cell = None
        elif name in ("text:p", "dc:creator", "dc:date") and self._text is not None:
            text, self._text = "".join(self._text), None
            self._take_text(name, text)

    def _begin(self, name: str, attributes: Attributes) -> None:
        change = OdsChange(name.removeprefix("table:"), state=attribute(attributes, "acceptance-state"))
        position = whole_number(attribute(attributes, "position"))
        if position is not None:
            what, count = attribute(attributes, "type"), attribute(attributes, "count") or "1"
            change.told = f"{what} {position + 1} ({count})"
            sheet = whole_number(attribute(attributes, "table"))
            change.sheet = position + 1 if what == "table" else 0 if sheet is None else sheet + 1
        self._place = (0, 0, 0)
        self._open.append(change)
        if len(self.found) < _MOST:
            self.found.append(change)

    def _take_place(self, attributes: Attributes) -> None:
        found = [whole_number(attribute(attributes, key)) for key in ("table", "row", "column")]
        if None not in found:
            sheet, row, column = (one + 1 for one in found if one is not None)
            self._place = sheet, row, column
            change = self._open[-1]
            if change.kind == "cell-content-change":
                change.sheet, change.row, change.column = self._place

    def _take_cell(self, cell: OdsCell) -> None:
        raw, _kind, shown = value_of(cell)
        formula = attribute(cell.attributes, "formula")
        if raw or formula:
            self._open[-1].held.append(Held(*self._place, shown or raw, formula))
        self._place = (0, 0, 0)

    def _take_text(self, name: str, text: str) -> None:
        change = self._open[-1]
        if name == "dc:creator":
            change.author = text.strip()
        elif name == "dc:date":
            change.date = text.strip()
        elif self._cell is not None:
            self._cell.paragraphs.append(text)
        else:
            change.comment.append(text)


def _range(attributes: Attributes) -> str:
    """Write a range as it stands in the change: numbers of sheet, row and column from 0."""
    keys = (
        "table",
        "row",
        "column",
        "start-table",
        "start-row",
        "start-column",
        "end-table",
        "end-row",
        "end-column",
    )
    return " ".join(f"{key}={attribute(attributes, key)}" for key in keys if attribute(attributes, key))
