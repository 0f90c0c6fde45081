"""Read a table of the older XML: cells stand one after the other and say how far they lie from the one before."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from typing import Final

from proofroom.extract.format import Cells, Sink, texts
from proofroom.extract.iwork.texts import moment
from proofroom.extract.ooxml.safe_xml import Attributes, attribute, whole_number
from proofroom.model.evidence import CellType, Flag

_KINDS: Final = {
    "t": CellType.STRING,
    "rt": CellType.STRING,
    "o": CellType.STRING,
    "ro": CellType.STRING,
    "n": CellType.NUMBER,
    "rn": CellType.NUMBER,
    "d": CellType.DATE,
    "rd": CellType.DATE,
    "b": CellType.BOOLEAN,
    "cb": CellType.BOOLEAN,
    "rb": CellType.BOOLEAN,
    "du": CellType.DURATION,
    "rdu": CellType.DURATION,
    "re": CellType.ERROR,
}
_MOST_COLUMNS: Final = 1 << 14


@dataclass(slots=True)
class OlderTable:
    """One table under way: its cells, collected until it ends."""

    columns: int = 0
    row: int = 0
    column: int = -1
    depth: int = 0
    kind: CellType = CellType.EMPTY
    value: str = ""
    formula: str = ""
    spans: tuple[int, int] = (1, 1)
    choices: dict[str, str] = field(default_factory=dict)
    choice: str = ""
    found: list[tuple[int, int, CellType, str, str]] = field(default_factory=list)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)

    def begin(self, name: str, attributes: Attributes) -> None:
        """Begin the next cell, at its place."""
        step = whole_number(attribute(attributes, "ct"))
        if step is None:
            self.column += 1
            if self.columns and self.column >= self.columns:
                self.row, self.column = self.row + 1, 0
        else:
            sideways = (step + 128 & 0xFF) - 128
            self.column = max(self.column, 0) + sideways
            self.row += (step - sideways) >> 8
        self.column = min(max(self.column, 0), _MOST_COLUMNS)
        self.kind, self.value, self.formula = CellType.EMPTY, "", ""
        self.spans = (_count(attributes, "row-span"), _count(attributes, "col-span"))
        self.take(name, attributes)

    def take(self, name: str, attributes: Attributes) -> None:
        """Take what an element in a cell says."""
        if name in _KINDS and not self.choice:
            self.kind = _KINDS[name]
            self.value = self._own(attributes) or self.value
        elif name == "ct" and self.choice:
            self.choices[self.choice] = attribute(attributes, "s")
        elif name == "ct":
            self.kind, self.value = CellType.STRING, attribute(attributes, "s")
        elif name == "fo":
            self.formula = attribute(attributes, "fs").removeprefix("=")
        elif name == "proxied-cell-ref":
            self.kind, self.value = CellType.STRING, self.choices.get(attribute(attributes, "IDREF"), "")

    def _own(self, attributes: Attributes) -> str:
        """Give the value that stands in a cell's own attributes."""
        if self.kind is CellType.DATE:
            try:
                return moment(float(attribute(attributes, "cell-date", "0"))).removesuffix("Z")
            except ValueError:
                return attribute(attributes, "cell-date")
        if self.kind is CellType.BOOLEAN:
            ticked = attribute(attributes, "v") or attribute(attributes, "cb")
            return "TRUE" if ticked.lower() in ("1", "true") else "FALSE"
        # The style has the same short name as a text has inside.
        return "" if self.kind is CellType.STRING else attribute(attributes, "v")

    def end(self) -> None:
        """End the cell."""
        if self.kind is not CellType.EMPTY and (self.value or self.formula):
            self.found.append((self.row + 1, self.column + 1, self.kind, self.value, self.formula))
        rows, columns = self.spans
        if rows > 1 or columns > 1:
            row, column = self.row + 1, self.column + 1
            self.merged.append((row, column, row + rows - 1, column + columns - 1))

    def send(self, sink: Sink, sheet: int, start: int, stop: int) -> None:
        """Send some of the cells."""
        some = self.found[start:stop]
        cells = Cells(
            array("i", (one[0] for one in some)),
            array("i", (one[1] for one in some)),
            bytes(int(one[2]) for one in some),
            array("H", (int(Flag.NONE) for _ in some)),
            array("i", (-1 for _ in some)),
            texts([one[3] for one in some]),
            None,
            texts([one[4] for one in some]),
        )
        sink.cells(sheet, cells)


def _count(attributes: Attributes, name: str) -> int:
    return max(min(whole_number(attribute(attributes, name, "1")) or 1, _MOST_COLUMNS), 1)
