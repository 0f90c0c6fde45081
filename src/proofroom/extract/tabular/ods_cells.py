"""Follow an OpenDocument spreadsheet element by element (OASIS ODF 1.2, 9.1) and give its cells.

Numbers and dates are taken as they are written; a repeated cell or row is given as often as it stands in
the sheet, unless it is empty. Tables inside cells and recorded changes are not read as cells.
"""

from __future__ import annotations

from collections import Counter
from typing import Final

from proofroom.extract.format import Sink, Unreadable, utf8
from proofroom.extract.markup.batches import LineBatch
from proofroom.extract.ooxml.safe_xml import Attributes
from proofroom.extract.tabular.cell_columns import CellColumns
from proofroom.extract.tabular.ods_values import OFFICE as _OFFICE
from proofroom.extract.tabular.ods_values import TABLE as _TABLE
from proofroom.extract.tabular.ods_values import OdsCell, count_of, precision_of, value_of
from proofroom.extract.tabular.pinned import Counts, Pinned
from proofroom.model.evidence import Flag, PieceKind
from proofroom.model.states import Reason, State

_TEXT: Final = "urn:oasis:names:tc:opendocument:xmlns:text:1.0 "
_STYLE: Final = "urn:oasis:names:tc:opendocument:xmlns:style:1.0 "
_LINK: Final = "http://www.w3.org/1999/xlink "
_COLUMNS_REPEATED: Final = f"{_TABLE}number-columns-repeated"
_ROWS_REPEATED: Final = f"{_TABLE}number-rows-repeated"
_WIDE: Final = f"{_TABLE}number-columns-spanned"
_HIGH: Final = f"{_TABLE}number-rows-spanned"
_FORMULA: Final = f"{_TABLE}formula"
_VALUE_TYPE: Final = f"{_OFFICE}value-type"
_HIDDEN: Final = ("collapse", "filter")
_LAST_COLUMN: Final = 1 << 14
_LAST_PLACE: Final = 1 << 24
_MOST_BLANKS: Final = 1 << 16


class OdsCells:
    """Takes the elements of `content.xml` and gives sheets, cells and what is pinned to them."""

    def __init__(self, sink: Sink, lines: LineBatch) -> None:
        """Give to the sink."""
        self.partial: set[Reason] = set()
        self._sink = sink
        self._lines = lines
        self._sheet = self._row = self._column = 0
        self._hidden_styles: set[str] = set()
        self._style = ""
        self.cells: CellColumns | None = None
        self._counts: Counts = Counter()
        self._on = Pinned("", Flag.NONE, CellColumns(sink, 0, Flag.NONE), self._counts)
        self._merges: list[tuple[int, int, int, int]] = []
        self._cell: OdsCell | None = None
        self._in_row: list[tuple[int, int, OdsCell]] = []
        self._row_repeated, self._row_hidden = 1, False
        self._outside = self._drawing = 0
        self._note: list[str] | None = None
        self._author = ""
        self._text: list[str] = []
        self._taking = False

    def start(self, name: str, attributes: Attributes) -> None:
        """Take the start of an element."""
        if self._outside or name in ("tracked-changes", "dde-links") or (name == "table" and self._cell):
            self._outside += 1
            self.partial.add(Reason.UNREAD_PART)
            return
        reader = _STARTS.get(name)
        if reader is not None:
            reader(self, attributes)

    def end(self, name: str) -> None:
        """Take the end of an element."""
        if self._outside:
            self._outside -= 1
            return
        reader = _ENDS.get(name)
        if reader is not None:
            reader(self)

    def text(self, untrusted_text: str) -> None:
        """Take characters."""
        if self._taking and not self._outside:
            self._text.append(untrusted_text)

    def finish(self) -> None:
        """Send what is left of a sheet that does not end."""
        if self.cells is not None:
            self.cells.flush()
            self._sink.merges(self._sheet, self._merges)
        self.cells, self._merges = None, []

    def _start_style(self, attributes: Attributes) -> None:
        self._style = attributes.get(f"{_STYLE}name", "")

    def _start_table_style(self, attributes: Attributes) -> None:
        if attributes.get(f"{_TABLE}display") == "false":
            self._hidden_styles.add(self._style)

    def _start_table(self, attributes: Attributes) -> None:
        self.finish()
        self._sheet += 1
        self._row = self._column = 0
        name = attributes.get(f"{_TABLE}name", "")
        hidden = attributes.get(f"{_TABLE}style-name") in self._hidden_styles
        flags = Flag.HIDDEN_SHEET if hidden else Flag.NONE
        self._sink.sheet(self._sheet, name, flags)
        self.cells = CellColumns(self._sink, self._sheet, flags)
        self._on = Pinned(name, flags, self.cells, self._counts)

    def _start_column(self, attributes: Attributes) -> None:
        many = count_of(attributes, _COLUMNS_REPEATED)
        if attributes.get(f"{_TABLE}visibility") in _HIDDEN and self.cells is not None:
            last = min(self._column + many, _LAST_COLUMN)
            self.cells.hidden_columns.update(range(self._column + 1, last + 1))
        self._column += many

    def _start_row(self, attributes: Attributes) -> None:
        self._row_repeated = count_of(attributes, _ROWS_REPEATED)
        self._row_hidden = attributes.get(f"{_TABLE}visibility") in _HIDDEN
        self._column = 0
        self._in_row = []

    def _end_row(self) -> None:
        """Give the cells of a row, as often as it stands in the sheet."""
        many = self._row_repeated if self._in_row else 0
        for row in range(self._row + 1, self._row + many + 1):
            if self.cells is not None and self._row_hidden:
                self.cells.hidden_rows.add(row)
            for column, repeated, cell in self._in_row:
                self._give(row, column, repeated, cell)
        self._row += self._row_repeated
        self._in_row = []

    def _start_cell(self, attributes: Attributes) -> None:
        self._cell = OdsCell(attributes, covered=False)

    def _start_covered(self, attributes: Attributes) -> None:
        self._cell = OdsCell(attributes, covered=True)

    def _end_cell(self) -> None:
        cell, self._cell = self._cell, None
        if cell is None:
            return
        many = count_of(cell.attributes, _COLUMNS_REPEATED)
        if (
            cell.paragraphs
            or cell.comments
            or cell.links
            or cell.pictures
            or _VALUE_TYPE in cell.attributes
            or _FORMULA in cell.attributes
        ):
            self._in_row.append((self._column + 1, many, cell))
        self._span(cell)
        self._column += many

    def _span(self, cell: OdsCell) -> None:
        if _WIDE not in cell.attributes and _HIGH not in cell.attributes:
            return
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
            texts, flags = (utf8(raw), utf8(shown)), precision_of(kind, raw)
            for place in range(column, column + many):
                self.cells.add(row, place, kind, *texts, -1, flags, utf8(formula))
        for author, text in cell.comments:
            self._lines.add(self._on.at_cell(row, column, "comment", PieceKind.COMMENT, text))
            if author:
                self._sink.meta("odf:comment-author", author)
        for what, kind_of, targets in (
            ("link", PieceKind.META, cell.links),
            ("picture", PieceKind.NAME, cell.pictures),
        ):
            for target in targets:
                self._lines.add(self._on.at_cell(row, column, what, kind_of, target))

    def _start_note(self, _attributes: Attributes) -> None:
        self._note, self._author = [], ""

    def _end_note(self) -> None:
        if self._cell is not None and self._note:
            self._cell.comments.append((self._author, "\n".join(self._note)))
        self._note = None

    def _start_text(self, _attributes: Attributes) -> None:
        self._text, self._taking = [], True

    def _end_paragraph(self) -> None:
        text, self._text, self._taking = "".join(self._text), [], False
        if self._note is not None:
            self._note.append(text)
        elif self._cell is not None and not self._drawing:
            self._cell.paragraphs.append(text)
        elif text:
            self._lines.add(self._on.at_sheet("shape", PieceKind.SHAPE, text))

    def _end_author(self) -> None:
        self._author, self._text, self._taking = "".join(self._text), [], False

    def _start_blanks(self, attributes: Attributes) -> None:
        self.text(" " * min(count_of(attributes, f"{_TEXT}c"), _MOST_BLANKS))

    def _start_tab(self, _attributes: Attributes) -> None:
        self.text("\t")

    def _start_break(self, _attributes: Attributes) -> None:
        self.text("\n")

    def _start_link(self, attributes: Attributes) -> None:
        if self._cell is not None and attributes.get(f"{_LINK}href"):
            self._cell.links.append(attributes[f"{_LINK}href"])

    def _start_drawing(self, _attributes: Attributes) -> None:
        self._drawing += 1

    def _end_drawing(self) -> None:
        self._drawing = max(self._drawing - 1, 0)

    def _start_described(self, attributes: Attributes) -> None:
        if self._drawing:
            self._start_text(attributes)

    def _end_described(self) -> None:
        if self._drawing:
            self._end_paragraph()

    def _start_picture(self, attributes: Attributes) -> None:
        if self._cell is not None and attributes.get(f"{_LINK}href"):
            self._cell.pictures.append(attributes[f"{_LINK}href"])

    def _start_name(self, attributes: Attributes) -> None:
        target = attributes.get(f"{_TABLE}cell-range-address") or attributes.get(f"{_TABLE}expression", "")
        self._sink.meta("odf:defined-name", f"{attributes.get(f'{_TABLE}name', '')}={target}")


_DRAWINGS: Final = (
    *("frame", "custom-shape", "rect", "circle", "ellipse", "polygon", "polyline", "path", "line"),
    *("connector", "caption", "measure", "control", "regular-polygon"),
)
_STARTS: Final = {
    **dict.fromkeys(_DRAWINGS, OdsCells._start_drawing),  # noqa: SLF001
    "title": OdsCells._start_described,  # noqa: SLF001
    "desc": OdsCells._start_described,  # noqa: SLF001
    "image": OdsCells._start_picture,  # noqa: SLF001
    "style": OdsCells._start_style,  # noqa: SLF001 - a table of this module's own class
    "table-properties": OdsCells._start_table_style,  # noqa: SLF001
    "table": OdsCells._start_table,  # noqa: SLF001
    "table-column": OdsCells._start_column,  # noqa: SLF001
    "table-row": OdsCells._start_row,  # noqa: SLF001
    "table-cell": OdsCells._start_cell,  # noqa: SLF001
    "covered-table-cell": OdsCells._start_covered,  # noqa: SLF001
    "annotation": OdsCells._start_note,  # noqa: SLF001
    "p": OdsCells._start_text,  # noqa: SLF001
    "h": OdsCells._start_text,  # noqa: SLF001
    "creator": OdsCells._start_text,  # noqa: SLF001
    "s": OdsCells._start_blanks,  # noqa: SLF001
    "tab": OdsCells._start_tab,  # noqa: SLF001
    "line-break": OdsCells._start_break,  # noqa: SLF001
    "a": OdsCells._start_link,  # noqa: SLF001
    "named-range": OdsCells._start_name,  # noqa: SLF001
    "named-expression": OdsCells._start_name,  # noqa: SLF001
}
_ENDS: Final = {
    **dict.fromkeys(_DRAWINGS, OdsCells._end_drawing),  # noqa: SLF001
    "title": OdsCells._end_described,  # noqa: SLF001
    "desc": OdsCells._end_described,  # noqa: SLF001
    "table": OdsCells.finish,
    "table-row": OdsCells._end_row,  # noqa: SLF001
    "table-cell": OdsCells._end_cell,  # noqa: SLF001
    "covered-table-cell": OdsCells._end_cell,  # noqa: SLF001
    "annotation": OdsCells._end_note,  # noqa: SLF001
    "p": OdsCells._end_paragraph,  # noqa: SLF001
    "h": OdsCells._end_paragraph,  # noqa: SLF001
    "creator": OdsCells._end_author,  # noqa: SLF001
}
