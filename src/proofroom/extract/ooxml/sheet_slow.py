"""Read the cells of any well-formed sheet XML with expat: what the regex path leaves, with the same result.

Cells and rows without an address are counted by position (ECMA-376 part 1, 18.3.1.4 and 18.3.1.73).
"""

from __future__ import annotations

import re
from array import array
from typing import Final

from proofroom.extract.format import utf8
from proofroom.extract.ooxml.cell_kinds import CellKinds
from proofroom.extract.ooxml.formulas import Formulas
from proofroom.extract.ooxml.found_cells import IN_HIDDEN_ROW, IN_SEVERAL_FONTS, Found
from proofroom.extract.ooxml.safe_xml import Attributes, whole_number
from proofroom.extract.ooxml.sheet_outside import SheetOutside, hides_row
from proofroom.extract.ooxml.xml_bytes import decode_escapes
from proofroom.model.where import column_number

BATCH: Final = 20_000
BATCH_TEXT: Final = 4 << 20
_ADDRESS: Final = re.compile(r"\$?([A-Za-z]{1,5})\$?([0-9]{1,9})\Z")
_LAST: Final = (1 << 31) - 1


class SlowCells:
    """Takes expat's events; cells gather here until they are taken, everything else goes to `outside`."""

    def __init__(self, kinds: CellKinds, formulas: Formulas, outside: SheetOutside) -> None:
        """Use the kinds of this workbook and the formulas of this sheet."""
        self._kinds, self._formulas, self._outside = kinds, formulas, outside
        self.last_row = 0
        self._row = self._column = self._id = self._row_mark = 0
        self._value = self._inline = self._formula = ""
        self._formula_attributes: Attributes = {}
        self._is_rich = False
        self._depth = self._data_depth = self._phonetic = 0
        self._text: list[str] | None = None
        self._begin_batch()

    @property
    def between_rows(self) -> bool:
        """Tell whether the parser stands directly inside the table of rows."""
        return bool(self._data_depth) and self._depth == self._data_depth

    @property
    def full(self) -> bool:
        """Tell whether it is time to take the cells."""
        return len(self._values) >= BATCH or self._size >= BATCH_TEXT

    def take(self) -> Found | None:
        """Give the cells gathered so far and begin anew."""
        if not self._values:
            return None
        marks = self._marks if any(self._marks) else b""
        ids = self._kinds.ids(self._ids)
        found = Found(self._rows, self._columns, ids, self._values, self._stated, marks)
        self._begin_batch()
        return found

    def _begin_batch(self) -> None:
        self._rows, self._columns = array("i"), array("i")
        self._ids: list[int] = []
        self._values: list[bytes] = []
        self._stated: dict[int, bytes] = {}
        self._marks = bytearray()
        self._size = 0

    def start(self, name: str, attributes: Attributes) -> None:
        """Take the start of an element."""
        self._depth += 1
        if not self._data_depth:
            if name == "sheetData":
                self._data_depth = self._depth
                self._outside.begin_cells()
            else:
                self._outside.start(name, attributes)
        elif name == "c":
            self._start_cell(attributes)
        elif name in ("v", "t", "f"):
            if name == "f":
                self._formula_attributes = attributes
            self._text = [] if not self._phonetic else None
        elif name == "row":
            self._start_row(attributes)
        elif name == "rPh":
            self._phonetic += 1
        elif name == "r":
            self._is_rich = True

    def end(self, name: str) -> None:
        """Take the end of an element."""
        if not self._data_depth:
            self._outside.end(name)
        elif self._depth == self._data_depth:
            self._data_depth = 0
        elif name in ("v", "t", "f"):
            self._end_text(name)
        elif name == "c":
            self._end_cell()
        elif name == "rPh":
            self._phonetic -= 1
        self._depth -= 1

    def text(self, untrusted_text: str) -> None:
        """Take characters."""
        if self._text is not None:
            self._text.append(untrusted_text)
        elif not self._data_depth:
            self._outside.text(untrusted_text)

    def _start_row(self, attributes: Attributes) -> None:
        number = whole_number(attributes.get("r", ""))
        self.last_row = number or min(self.last_row + 1, _LAST)
        self._column = self._row_mark = 0
        if hides_row(attributes):
            self._row_mark = IN_HIDDEN_ROW
            self._outside.hide_row(self.last_row)

    def _start_cell(self, attributes: Attributes) -> None:
        address = _ADDRESS.match(attributes.get("r", "").strip())
        self._column = min(self._column + 1, _LAST)
        self._row = max(self.last_row, 1)
        if address and int(address.group(2)):
            self._row, self._column = int(address.group(2)), column_number(address.group(1).upper())
        self._id = self._kinds.of(attributes.get("s", ""), attributes.get("t", ""))
        self._value = self._inline = self._formula = ""
        self._formula_attributes = {}
        self._is_rich = False
        if "vm" in attributes:
            self._outside.in_cells.append((self._row, self._column, attributes["vm"]))

    def _end_text(self, name: str) -> None:
        text = "".join(self._text or ())
        self._text = None
        if name == "v":
            self._value = text
        elif name == "f":
            self._formula = text
        else:
            self._inline += text

    def _end_cell(self) -> None:
        value, formula = utf8(self._value or self._inline), utf8(self._formula)
        if b"_x" in value:
            value = decode_escapes((value,))[0]
        if self._formula_attributes:
            formula = self._formulas.formula(self._formula_attributes, formula, self._row, self._column)
        if formula:
            self._stated[len(self._values)] = formula
        self._rows.append(self._row)
        self._columns.append(self._column)
        self._ids.append(self._id)
        self._marks.append(self._row_mark | (IN_SEVERAL_FONTS if self._is_rich else 0))
        self._values.append(value)
        self._size += len(value) + len(formula)
