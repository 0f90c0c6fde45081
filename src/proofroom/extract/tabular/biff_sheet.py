"""Read one sheet of an .xls workbook (MS-XLS 2.1.7.20.5): cells as stored, merges, comments, links, shapes.

Formulas are stored as compiled tokens, which are not turned back into text: such cells carry the flag
HAS_FORMULA and their stored result. Sheets need no memory for cells that are not there.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Final

from proofroom.extract.format import Sink, utf8
from proofroom.extract.markup.batches import LineBatch
from proofroom.extract.tabular.biff_globals import BIFF8, BoundSheet, Globals
from proofroom.extract.tabular.biff_links import link_target
from proofroom.extract.tabular.biff_records import BOF, EOF, continued, records, text_at
from proofroom.extract.tabular.cell_columns import CellColumns
from proofroom.extract.tabular.pinned import Counts, Pinned
from proofroom.model.evidence import CellType, Flag, PieceKind
from proofroom.model.states import Reason

ERRORS: Final = {
    0x00: b"#NULL!",
    0x07: b"#DIV/0!",
    0x0F: b"#VALUE!",
    0x17: b"#REF!",
    0x1D: b"#NAME?",
    0x24: b"#NUM!",
    0x2A: b"#N/A",
    0x2B: b"#GETTING_DATA",
}
BOOLEANS: Final = (b"FALSE", b"TRUE")
_CELL: Final = struct.Struct("<HHH")
_NUMBER: Final = struct.Struct("<HHHd")
_RK: Final = struct.Struct("<HHHI")
_RK_PAIR: Final = struct.Struct("<HI")
_SHARED: Final = struct.Struct("<HHHI")
_DOUBLE: Final = struct.Struct("<d")
_HIDDEN_ROW: Final = 0x20
_FORMULA: Final = int(Flag.HAS_FORMULA)
_WORKSHEETS: Final = (0x10, 0x40)
_CELL_RECORDS: Final = (0x0203, 0x0204, 0x0205, 0x00FD)


class BiffSheet:
    """Reads one sheet record by record."""

    def __init__(
        self, data: bytes, index: int, sheet: BoundSheet, known: Globals, sink: Sink, counts: Counts
    ) -> None:
        """Prepare to read the sheet with what holds for the whole workbook."""
        self._data = data
        self._sheet = sheet
        self._known = known
        self._sink = sink
        self._index = index
        formats, self._places = known.number_formats
        self.cells = CellColumns(sink, index, sheet.visibility, formats)
        self._on = Pinned(sheet.untrusted_name, sheet.visibility, self.cells, counts)
        self._waiting: tuple[int, int, int] | None = None
        self._object = -1
        self._shapes: dict[int, str] = {}
        self._lines = LineBatch(sink)
        self._partial: set[Reason] = set()

    def read(self) -> bool:
        """Read to the sheet's end; gives whether that end is there."""
        depth, whole, kind = 0, False, 0x10
        with self._lines, self.cells:
            for record, start, end in records(self._data, self._sheet.at):
                if record == BOF:
                    depth += 1
                    kind = kind if depth > 1 else struct.unpack_from("<H", self._data, start + 2)[0]
                elif record == EOF:
                    depth -= 1
                    if depth <= 0:
                        whole = True
                        break
                elif depth == 1 and kind in _WORKSHEETS:
                    self._take(record, start, end)
                elif depth == 0:
                    break
                elif record in _CELL_RECORDS:
                    self._partial.add(Reason.UNREAD_PART)  # values a chart keeps for itself
            for text in self._shapes.values():
                self._shape(text)
        for reason in sorted(self._partial):
            self._sink.partly(reason)
        return whole

    def _take(self, record: int, start: int, end: int) -> None:
        """Take one record; one that is damaged costs only itself."""
        least, reader = _READERS.get(record, _NO_READER)
        if reader is None:
            return
        if end - start < least:
            self._partial.add(Reason.DAMAGED_PART)
            return
        try:
            reader(self, start, end)
        except (struct.error, IndexError):
            self._partial.add(Reason.DAMAGED_PART)

    def _place(self, style: int) -> int:
        return self._places[style] if style < len(self._places) else 0

    def _number(self, start: int, _end: int) -> None:
        row, column, style, value = _NUMBER.unpack_from(self._data, start)
        self.cells.number(row + 1, column + 1, value, self._place(style))

    def _rk(self, start: int, _end: int) -> None:
        row, column, style, packed = _RK.unpack_from(self._data, start)
        self.cells.number(row + 1, column + 1, rk_number(packed), self._place(style))

    def _many_rk(self, start: int, end: int) -> None:
        row, column = struct.unpack_from("<HH", self._data, start)
        for number, at in enumerate(range(start + 4, end - 7, 6), column + 1):
            style, packed = _RK_PAIR.unpack_from(self._data, at)
            self.cells.number(row + 1, number, rk_number(packed), self._place(style))

    def _shared(self, start: int, _end: int) -> None:
        row, column, style, place = _SHARED.unpack_from(self._data, start)
        if place >= len(self._known.texts):
            self._partial.add(Reason.DAMAGED_PART)
            return
        flags = int(Flag.RICH_TEXT) if place in self._known.rich else 0
        self.cells.text(row + 1, column + 1, self._known.texts[place], self._place(style), flags)

    def _label(self, start: int, end: int) -> None:
        row, column, style = _CELL.unpack_from(self._data, start)
        text = text_at(self._data, start + 6, end, count_size=2, codec=self._known.codec)
        self.cells.text(row + 1, column + 1, utf8(text), self._place(style))

    def _boolean_or_error(self, start: int, _end: int) -> None:
        row, column, style = _CELL.unpack_from(self._data, start)
        self._code(row, column, style, self._data[start + 6], 0, is_error=self._data[start + 7] != 0)

    def _code(self, row: int, column: int, style: int, code: int, flags: int, *, is_error: bool) -> None:
        kind = CellType.ERROR if is_error else CellType.BOOLEAN
        raw = ERRORS.get(code, b"#%d" % code) if is_error else BOOLEANS[code != 0]
        self.cells.add(row + 1, column + 1, kind, raw, b"", self._place(style), flags)

    def _formula(self, start: int, _end: int) -> None:
        row, column, style = _CELL.unpack_from(self._data, start)
        result = self._data[start + 6 : start + 14]
        if result[6:] != b"\xff\xff":
            self.cells.number(row + 1, column + 1, _DOUBLE.unpack(result)[0], self._place(style), _FORMULA)
        elif result[0] == 0:
            self._waiting = (row, column, style)
        elif result[0] in (1, 2):
            self._code(row, column, style, result[2], _FORMULA, is_error=result[0] == 2)
        else:
            self.cells.text(row + 1, column + 1, b"", self._place(style), _FORMULA)

    def _formula_text(self, start: int, end: int) -> None:
        """Take the text that the formula before gave; a long one runs over several records."""
        if self._waiting is None:
            return
        (row, column, style), self._waiting = self._waiting, None
        if self._known.codec:
            text = text_at(self._data, start, end, count_size=2, codec=self._known.codec)
        else:
            pieces = continued(self._data, start, end)
            count, flags = struct.unpack("<HB", pieces.take(3))
            text = pieces.characters(count, flags)
        self.cells.text(row + 1, column + 1, utf8(text), self._place(style), _FORMULA)

    def _row(self, start: int, _end: int) -> None:
        if self._data[start + 12] & _HIDDEN_ROW:
            self.cells.hidden_rows.add(struct.unpack_from("<H", self._data, start)[0] + 1)

    def _columns(self, start: int, _end: int) -> None:
        first, last, _, _, options = struct.unpack_from("<5H", self._data, start)
        if options & 1:
            self.cells.hidden_columns.update(range(first + 1, min(last, 255) + 2))

    def _merged(self, start: int, end: int) -> None:
        corners = struct.iter_unpack("<4H", self._data[start + 2 : end - (end - start - 2) % 8])
        self._sink.merges(
            self._index, [(top + 1, left + 1, low + 1, right + 1) for top, low, left, right in corners]
        )

    def _margin(self, kind: PieceKind, what: str, start: int, end: int) -> None:
        if start < end:
            size = 2 if self._known.version == BIFF8 else 1
            text = text_at(self._data, start, end, count_size=size, codec=self._known.codec)
            self._lines.add(self._on.at_sheet(what, kind, text))

    def _header(self, start: int, end: int) -> None:
        self._margin(PieceKind.HEADER, "header", start, end)

    def _footer(self, start: int, end: int) -> None:
        self._margin(PieceKind.FOOTER, "footer", start, end)

    def _link(self, start: int, end: int) -> None:
        row, _, column, _ = struct.unpack_from("<4H", self._data, start)
        target = link_target(self._data[start + 24 : end])
        self._lines.add(self._on.at_cell(row + 1, column + 1, "link", PieceKind.META, target))

    def _drawn(self, start: int, _end: int) -> None:
        kind, _, _, number = struct.unpack_from("<4H", self._data, start)
        self._object = number if kind == 0x15 else -1

    def _drawn_text(self, start: int, end: int) -> None:
        """Take the text of a comment or shape: it stands in the CONTINUE records behind."""
        count = struct.unpack_from("<H", self._data, start + 10)[0]
        pieces = continued(self._data, start, end).pieces[1:]
        if count and pieces:
            text = continued(self._data, *pieces[0])
            self._shapes[self._object] = text.characters(count, text.take(1)[0])

    def _note(self, start: int, end: int) -> None:
        """Take a comment: in BIFF8 its text is that of a shape, before it holds the text itself."""
        row, column, length, number = struct.unpack_from("<4H", self._data, start)
        if self._known.codec:
            text = self._data[start + 6 : start + 6 + length].decode(self._known.codec, "replace")
        else:
            text = self._shapes.pop(number, "")
            author = text_at(self._data, start + 8, end, count_size=2, codec="")
            if author:
                self._sink.meta("ole:comment-author", author)
        self._lines.add(self._on.at_cell(row + 1, column + 1, "comment", PieceKind.COMMENT, text))

    def _shape(self, text: str) -> None:
        self._lines.add(self._on.at_sheet("shape", PieceKind.SHAPE, text))


def rk_number(packed: int) -> float:
    """Unpack a number of four bytes (MS-XLS 2.5.217): 30 bits of a whole number or of a binary one."""
    if packed & 2:
        value = float((packed >> 2) - (1 << 30 if packed & 0x80000000 else 0))
    else:
        value = _DOUBLE.unpack(struct.pack("<II", 0, packed & 0xFFFFFFFC))[0]
    return value / 100 if packed & 1 else value


_Reader = Callable[[BiffSheet, int, int], None]
_NO_READER: Final[tuple[int, _Reader | None]] = (0, None)
_READERS: Final[dict[int, tuple[int, _Reader | None]]] = {
    0x0203: (14, BiffSheet._number),  # noqa: SLF001 - a table of this module's own class
    0x027E: (10, BiffSheet._rk),  # noqa: SLF001
    0x00BD: (12, BiffSheet._many_rk),  # noqa: SLF001
    0x00FD: (10, BiffSheet._shared),  # noqa: SLF001
    0x0204: (8, BiffSheet._label),  # noqa: SLF001
    0x00D6: (8, BiffSheet._label),  # noqa: SLF001
    0x0205: (8, BiffSheet._boolean_or_error),  # noqa: SLF001
    0x0006: (14, BiffSheet._formula),  # noqa: SLF001
    0x0206: (14, BiffSheet._formula),  # noqa: SLF001
    0x0406: (14, BiffSheet._formula),  # noqa: SLF001
    0x0207: (2, BiffSheet._formula_text),  # noqa: SLF001
    0x0208: (14, BiffSheet._row),  # noqa: SLF001
    0x007D: (10, BiffSheet._columns),  # noqa: SLF001
    0x00E5: (2, BiffSheet._merged),  # noqa: SLF001
    0x0014: (0, BiffSheet._header),  # noqa: SLF001
    0x0015: (0, BiffSheet._footer),  # noqa: SLF001
    0x01B8: (32, BiffSheet._link),  # noqa: SLF001
    0x005D: (8, BiffSheet._drawn),  # noqa: SLF001
    0x01B6: (12, BiffSheet._drawn_text),  # noqa: SLF001
    0x001C: (8, BiffSheet._note),  # noqa: SLF001
}
