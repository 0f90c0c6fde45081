"""Follow an OpenDocument spreadsheet element by element (OASIS ODF 1.3 part 3, 9.1) and give its cells.

Numbers and dates are taken as they are written; a repeated cell or row is given as often as it stands in
the sheet, unless it is empty. Elements have names such as `table:table-cell` here, whatever a writer's prefixes.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable
from typing import Final

from proofroom.extract.format import Sink, Unreadable, utf8
from proofroom.extract.markup.batches import LineBatch
from proofroom.extract.ooxml.safe_xml import Attributes
from proofroom.extract.opendocument.sheet_around import OdsAround
from proofroom.extract.opendocument.sheet_changes import CHANGES, OdsChanges
from proofroom.extract.opendocument.sheet_drawn import OdsDrawn
from proofroom.extract.opendocument.sheet_values import OFFICE as _OFFICE
from proofroom.extract.opendocument.sheet_values import TABLE as _TABLE
from proofroom.extract.opendocument.sheet_values import OdsCell, count_of, precision_of, value_of
from proofroom.extract.opendocument.styles import Styles
from proofroom.extract.tabular.cell_columns import CellColumns
from proofroom.extract.tabular.pinned import Pinned
from proofroom.model.evidence import Flag
from proofroom.model.states import Reason, State

_TEXT: Final = "urn:oasis:names:tc:opendocument:xmlns:text:1.0 "
_LINK: Final = "http://www.w3.org/1999/xlink "
_MOST_COPIES: Final = 4_000_000
"""Cells that stand in a sheet by being repeated: four full columns. A few bytes can claim billions."""

_COLUMNS_REPEATED: Final = f"{_TABLE}number-columns-repeated"
_ROWS_REPEATED: Final = f"{_TABLE}number-rows-repeated"
_WIDE: Final = f"{_TABLE}number-columns-spanned"
_HIGH: Final = f"{_TABLE}number-rows-spanned"
_FORMULA: Final = f"{_TABLE}formula"
_VALUE_TYPE: Final = f"{_OFFICE}value-type"
_STYLE: Final = f"{_TABLE}style-name"
_DEFAULT: Final = f"{_TABLE}default-cell-style-name"
_VALIDATION: Final = f"{_TABLE}content-validation-name"
_HIDDEN: Final = ("collapse", "filter")
_LAST_COLUMN: Final = 1 << 14
_LAST_PLACE: Final = 1 << 24
_MOST_BLANKS: Final = 1 << 16
_CELLS: Final = ("table:table-cell", "table:covered-table-cell")
_LINKED: Final = "'file:"

Start = Callable[[Attributes], None]
End = Callable[[], None]


class OdsCells:
    """Takes the elements of a spreadsheet's body and gives sheets, cells and what is pinned to them."""

    def __init__(self, sink: Sink, lines: LineBatch, styles: Styles) -> None:
        """Give to the sink; `styles` knows number formats and what is hidden."""
        self.partial: set[Reason] = set()
        self._sink = sink
        self._styles = styles
        self._formats: dict[str, int] = {}
        self._sheet = self._row = self._column = 0
        self.cells: CellColumns | None = None
        self._on = Pinned("", Flag.NONE, CellColumns(sink, 0, Flag.NONE), Counter())
        self.around = OdsAround(sink, lines, self._on)
        self._drawn = OdsDrawn(sink, self.around)
        self._changes: OdsChanges | None = None
        self._merges: list[tuple[int, int, int, int]] = []
        self._cell: OdsCell | None = None
        self._in_row: list[tuple[int, int, OdsCell]] = []
        self._row_repeated, self._row_hidden, self._row_style = 1, False, ""
        self._column_ends: list[int] = []
        self._column_styles: list[str] = []
        self._nested = self._copies = 0
        self._special = False
        self._text: list[str] | None = None
        self._starts = self._start_readers()
        self._ends = self._end_readers()
        styles.formats.fill()
        sink.number_formats(styles.formats.codes)

    def start(self, name: str, attributes: Attributes) -> None:
        """Take the start of an element."""
        reader = self._starts.get(name)
        if reader is not None and (not self._special or self._stands(name)):
            reader(attributes)
        elif self._changes is not None:
            self._changes.start(name, attributes)
        elif name == CHANGES:
            self._changes, self._special = OdsChanges(), True
        elif self._nested and name == "table:table":
            self._nested += 1
        elif not self._drawn.start(name, attributes, self._cell) and reader is None:
            self.around.start(name, attributes, self._cell)

    def end(self, name: str) -> None:
        """Take the end of an element."""
        reader = self._ends.get(name)
        if reader is not None and (not self._special or self._stands(name)):
            reader()
        elif self._changes is not None:
            if name == CHANGES:
                self.around.changes, self._changes, self._special = self._changes.found, None, False
            else:
                self._changes.end(name)
        elif self._nested and name == "table:table":
            self._nested -= 1
            self._special = self._nested > 0
        elif not self._drawn.end(name) and reader is None:
            self.around.end(name)

    def _stands(self, name: str) -> bool:
        """Tell whether an element is read as ever inside a table in a cell: texts are, cells are not."""
        return self._changes is None and name.startswith("text:")

    def text(self, untrusted_text: str) -> None:
        """Take characters."""
        if self._text is not None:
            self._text.append(untrusted_text)
        elif self._changes is not None:
            self._changes.text(untrusted_text)
        else:
            self._drawn.text(untrusted_text)
            self.around.text(untrusted_text)

    def finish(self) -> None:
        """Send what is left of a sheet that does not end, and what belongs to no sheet while it is read."""
        self._drawn.finish()
        self._end_table()
        self.around.finish()

    def _start_readers(self) -> dict[str, Start]:
        return {
            "table:table": self._start_table,
            "table:table-column": self._start_column,
            "table:table-row": self._start_row,
            **dict.fromkeys(_CELLS, self._start_cell),
            "text:p": self._start_paragraph,
            "text:h": self._start_paragraph,
            "text:s": lambda attributes: self.text(
                " " * min(count_of(attributes, f"{_TEXT}c"), _MOST_BLANKS)
            ),
            "text:tab": lambda _attributes: self.text("\t"),
            "text:line-break": lambda _attributes: self.text("\n"),
            "text:a": self._start_link,
        }

    def _end_readers(self) -> dict[str, End]:
        return {
            "table:table": self._end_table,
            "table:table-row": self._end_row,
            **dict.fromkeys(_CELLS, self._end_cell),
            "text:p": self._end_paragraph,
            "text:h": self._end_paragraph,
        }

    def _start_table(self, attributes: Attributes) -> None:
        if self._cell is not None:
            self._nested, self._special = 1, True
            return
        self._end_table()
        self._sheet += 1
        self._row = self._column = 0
        self._column_ends, self._column_styles = [], []
        name = self.around.linked or attributes.get(f"{_TABLE}name", "")
        style = attributes.get(_STYLE, "")
        hidden = self._styles.hides("table", style)
        flags = Flag.HIDDEN_SHEET if hidden else Flag.NONE
        if self.around.linked or name.startswith(_LINKED):
            # What another workbook held when it was last looked at: no tab shows it.
            flags = Flag.VERY_HIDDEN_SHEET
        self._sink.sheet(self._sheet, name, flags)
        self.cells = CellColumns(self._sink, self._sheet, flags)
        self._on = Pinned(name, flags, self.cells, self._on.counts)
        self.around.sheet(self._on, attributes, self._styles.master_of("table", style))

    def _end_table(self) -> None:
        if self.cells is not None:
            self.cells.flush()
            self._sink.merges(self._sheet, self._merges)
        self.cells, self._merges = None, []

    def _start_column(self, attributes: Attributes) -> None:
        many = count_of(attributes, _COLUMNS_REPEATED)
        if attributes.get(f"{_TABLE}visibility") in _HIDDEN and self.cells is not None:
            last = min(self._column + many, _LAST_COLUMN)
            self.cells.hidden_columns.update(range(self._column + 1, last + 1))
        self._column += many
        if _DEFAULT in attributes and not self._column_ends:
            # Columns before the first with a style of its own have none.
            self._column_ends, self._column_styles = [self._column - many], [""]
        if self._column_ends and len(self._column_ends) < _LAST_COLUMN:
            self._column_ends.append(self._column)
            self._column_styles.append(attributes.get(_DEFAULT, ""))

    def _start_row(self, attributes: Attributes) -> None:
        self._row_repeated = count_of(attributes, _ROWS_REPEATED)
        self._row_hidden = attributes.get(f"{_TABLE}visibility") in _HIDDEN
        self._row_style = attributes.get(_DEFAULT, "")
        self._column = 0
        self._in_row = []

    def _end_row(self) -> None:
        """Give the cells of a row, as often as it stands in the sheet."""
        many = self._row_repeated if self._in_row else 0
        for row in range(self._row + 1, self._row + many + 1):
            if self.cells is not None and self._row_hidden:
                self.cells.hidden_rows.add(row)
            for column, repeated, cell in self._in_row:
                self._copies += repeated - (row == self._row + 1)
                if self._copies > _MOST_COPIES:
                    raise Unreadable(State.TRUNCATED, Reason.LIMIT_EXPANSION)
                self._give(row, column, repeated, cell)
        self._row += self._row_repeated
        self._in_row = []

    def _start_cell(self, attributes: Attributes) -> None:
        self._cell = OdsCell(attributes)
        if _VALIDATION in attributes:
            self.around.validated(attributes[_VALIDATION], self._row + 1, self._column + 1)

    def _end_cell(self) -> None:
        cell, self._cell = self._cell, None
        if cell is None:
            return
        attributes = cell.attributes
        many = count_of(attributes, _COLUMNS_REPEATED) if _COLUMNS_REPEATED in attributes else 1
        if (
            cell.paragraphs
            or _VALUE_TYPE in attributes
            or _FORMULA in attributes
            or cell.comments is not None
            or cell.pinned is not None
        ):
            self._in_row.append((self._column + 1, many, cell))
        if _WIDE in attributes or _HIGH in attributes:
            self._span(cell)
        self._column += many

    def _span(self, cell: OdsCell) -> None:
        wide = count_of(cell.attributes, _WIDE)
        high = count_of(cell.attributes, _HIGH)
        if wide > 1 or high > 1:
            top, left = self._row + 1, self._column + 1
            self._merges.append((top, left, top + high - 1, left + wide - 1))

    def _give(self, row: int, column: int, many: int, cell: OdsCell) -> None:
        """Give one cell, as often as it is repeated, and what is pinned to it."""
        raw, kind, shown = value_of(cell)
        formula = cell.attributes.get(_FORMULA, "")
        if formula:
            formula = formula.partition(":=")[2] if ":=" in formula[:8] else formula.removeprefix("=")
        if row > _LAST_PLACE or column + many > _LAST_PLACE:
            raise Unreadable(State.TRUNCATED, Reason.LIMIT_CELLS)
        if (raw or formula) and self.cells is not None:
            texts = utf8(raw), utf8(shown) if shown else b"", utf8(formula) if formula else b""
            flags = precision_of(kind, raw)
            for place in range(column, column + many):
                self.cells.add(
                    row, place, kind, texts[0], texts[1], self._format(cell, place), flags, texts[2]
                )
        if cell.comments is not None or cell.pinned is not None:
            self.around.pinned(row, column, cell)

    def _format(self, cell: OdsCell, column: int) -> int:
        """Give the place of a cell's number format: its own, or the one of its row or column."""
        style = cell.attributes.get(_STYLE) or self._row_style
        if not style and self._column_ends:
            at = bisect_left(self._column_ends, column)
            style = self._column_styles[at] if at < len(self._column_styles) else ""
        place = self._formats.get(style)
        if place is None:
            place = self._styles.formats.place(self._styles.data_style(style)) if style else -1
            self._formats[style] = place
        return place

    def _start_paragraph(self, _attributes: Attributes) -> None:
        self._text = []

    def _end_paragraph(self) -> None:
        if self._text is None:
            return
        text, self._text = "".join(self._text), None
        if self._drawn.takes(text) or self.around.takes(text):
            return
        if self._cell is not None:
            self._cell.paragraphs.append(text)
        elif text:
            self.around.shape(text)

    def _start_link(self, attributes: Attributes) -> None:
        if self._cell is not None and attributes.get(f"{_LINK}href"):
            self._cell.pin("link", attributes[f"{_LINK}href"])
