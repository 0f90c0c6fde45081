"""Read the cells of plain sheet XML with bytes regexes: the path that nearly every workbook takes.

Whole rows are read by one regex that was learned from the rows before (`row_grammar`), other rows cell by
cell; both know every byte between the values. Where a byte is not known the piece goes to expat, with the
same result.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from itertools import chain
from typing import Final

from proofroom.extract.ooxml.cell_kinds import CellKinds
from proofroom.extract.ooxml.formulas import Formulas
from proofroom.extract.ooxml.found_cells import IN_HIDDEN_ROW, Found
from proofroom.extract.ooxml.row_grammar import CELL, ROW, Layout, RowGrammar, plain_attributes
from proofroom.extract.ooxml.row_runs import Run, RunReader
from proofroom.extract.ooxml.sheet_outside import SheetOutside, hides_row
from proofroom.extract.ooxml.xml_bytes import (
    NotPlain,
    decode_escapes,
    has_controls,
    is_plain,
    one_line_ends,
    unescape_all,
)
from proofroom.model.where import column_number

_MOST_REMEMBERED: Final = 50_000
_ROW_END: Final = b"</row>"
_NO_PICTURE: Final = ""


class _Gathering:
    """The cells of one piece in the making."""

    def __init__(self) -> None:
        self.rows, self.columns = array("i"), array("i")
        self.kinds: list[Sequence[int]] = []
        self.odd_kinds: list[int] = []
        self.values: list[bytes] = []
        self.formulas: list[tuple[int, bytes, bytes]] = []
        self.hidden: list[tuple[int, int]] = []
        self.pictures: list[tuple[int, int, str]] = []
        self.hidden_rows: list[int] = []
        self.last_row = 0

    def end_odd(self) -> None:
        """Put away the kinds of cells that came one by one."""
        if self.odd_kinds:
            self.kinds.append(self.odd_kinds)
            self.odd_kinds = []

    def take(self, run: Run) -> None:
        """Take many rows."""
        self.end_odd()
        base = len(self.values)
        self.formulas += [(base + place, written, text) for place, written, text in run.formulas]
        self.values += run.values
        self.kinds.append(run.kinds)
        self.columns.frombytes(run.columns)
        self.rows.frombytes(run.rows)
        self.last_row = run.numbers[-1]

    def hide(self, row: int, start: int, end: int) -> None:
        """Note that a row is hidden, and which cells are its own."""
        self.hidden_rows.append(row)
        self.hidden.append((start, end))


class FastCells:
    """Reads pieces of one sheet; keeps the number of the last row."""

    def __init__(
        self, kinds: CellKinds, formulas: Formulas, outside: SheetOutside, prefixes: set[str]
    ) -> None:
        """Use the kinds of this workbook, the formulas of this sheet and the prefixes it declares."""
        self._all_kinds, self._formulas, self._outside = kinds, formulas, outside
        self._prefixes = prefixes
        self._grammar = RowGrammar()
        self._reader: RunReader | None = None
        self._columns: dict[bytes, int] = {}
        self._kinds: dict[bytes, tuple[int, str]] = {}
        self._hiding: dict[bytes, bool] = {}
        self._stated: dict[bytes, dict[str, str]] = {}
        self.last_row = 0

    def read(self, piece: bytes) -> Found | None:
        """Read a piece of whole rows; None (and nothing changed) where it is not plain enough."""
        if not is_plain(piece):
            return None
        gathering = _Gathering()
        try:
            self._rows(one_line_ends(piece), gathering)
            found = self._found(gathering, escaped=b"&" in piece)
        except NotPlain:
            return None
        self.last_row = gathering.last_row or self.last_row
        self._outside.in_cells += gathering.pictures
        for row in gathering.hidden_rows:
            self._outside.hide_row(row)
        return found

    def _rows(self, piece: bytes, gathering: _Gathering) -> None:
        """Read row after row: with the learned regex as long as it fits, else cell by cell."""
        at, end = 0, len(piece)
        while at < end:
            layout = self._grammar.layout
            if layout is not None:
                groups: list[bytes] = []
                match = layout.pattern.match
                while row := match(piece, at):
                    groups += row.groups(b"")
                    at = row.end()
                if groups:
                    self._take(layout, groups, gathering)
            if at < end:
                at = self._odd_row(piece, at, gathering)
        gathering.end_odd()

    def _take(self, layout: Layout, groups: list[bytes], gathering: _Gathering) -> None:
        """Take the rows that the learned regex read, and note which of them are hidden."""
        if self._reader is None or self._reader.layout is not layout:
            self._reader = RunReader(layout)
        run, base = self._reader.read(groups), len(gathering.values)
        gathering.take(run)
        hiding = {written for written in set(run.attributes) if self._hides(written)}
        if hiding:
            for place, written in enumerate(run.attributes):
                if written in hiding:
                    start, end = run.starts[place], run.starts[place + 1]
                    gathering.hide(run.numbers[place], base + start, base + end)

    def _hides(self, written: bytes) -> bool:
        """Tell whether these attributes of a row hide it."""
        known = self._hiding.get(written)
        if known is None:
            if len(self._hiding) >= _MOST_REMEMBERED:
                self._hiding.clear()
            known = self._hiding[written] = hides_row(plain_attributes(written, self._prefixes))
        return known

    def _odd_row(self, piece: bytes, at: int, gathering: _Gathering) -> int:
        """Read one row cell by cell; gives where it ends."""
        row = ROW.match(piece, at)
        if row is None:
            raise NotPlain
        digits, written, closed = row.groups()
        number = gathering.last_row = int(digits)
        first, at = len(gathering.values), row.end()
        if not closed:
            at = self._odd_cells(piece, at, digits, gathering)
            gathering.rows.extend([number] * (len(gathering.values) - first))
        if self._hides(written):
            gathering.hide(number, first, len(gathering.values))
        return at

    def _odd_cells(self, piece: bytes, at: int, digits: bytes, gathering: _Gathering) -> int:
        """Read the cells of one row and learn their forms; gives where the row ends."""
        learning = self._grammar.learning
        while cell := CELL.match(piece, at):
            letters, own, written, known, formula, value, inline = cell.groups()
            if own != digits:
                raise NotPlain
            kind, picture = self._kinds.get(written) or self._kind(written)
            column = self._columns.get(letters) or self._column(letters)
            text = value or inline or b""
            if picture:
                gathering.pictures.append((int(digits), column, picture))
                learning = False
            if known or formula:
                gathering.formulas.append((len(gathering.values), known or b"", formula or b""))
            if text or known or formula:
                gathering.values.append(text)
                gathering.columns.append(column)
                gathering.odd_kinds.append(kind)
            if learning:
                self._grammar.learn(column, cell, kind)
            at = cell.end()
        if not piece.startswith(_ROW_END, at):
            raise NotPlain
        if learning:
            self._grammar.end_row()
        return at + len(_ROW_END)

    def _column(self, letters: bytes) -> int:
        column = self._columns[letters] = column_number(letters.decode("ascii"))
        return column

    def _kind(self, written: bytes) -> tuple[int, str]:
        """Give the kind that the attributes of a cell mean, and the number of the picture in it."""
        attributes = plain_attributes(written)
        kind = self._all_kinds.of(attributes.get("s", ""), attributes.get("t", ""))
        if len(self._kinds) >= _MOST_REMEMBERED:
            self._kinds.clear()
        self._kinds[written] = known = (kind, attributes.get("vm", _NO_PICTURE))
        return known

    def _state(self, written: bytes) -> dict[str, str]:
        """Read the attributes of a formula, which many cells share."""
        if len(self._stated) >= _MOST_REMEMBERED:
            self._stated.clear()
        attributes = self._stated[written] = plain_attributes(written) if written else {}
        return attributes

    def _found(self, gathering: _Gathering, *, escaped: bool) -> Found:
        """Make columns of what was gathered; raises NotPlain for text that XML does not allow."""
        values = gathering.values
        gathering.formulas.sort()
        stated = [text for _, _, text in gathering.formulas]
        text = b"".join(chain(values, stated))
        if has_controls(text) or b"]]>" in text:
            raise NotPlain
        if escaped:
            values, stated = unescape_all(values), unescape_all(stated)
        if b"_x" in text:
            values = decode_escapes(values)
        # Attributes are read before any formula is taken over, which cannot be undone.
        known = [self._stated.get(written) or self._state(written) for _, written, _ in gathering.formulas]
        formulas: dict[int, bytes] = {}
        for (place, _, _), attributes, one in zip(gathering.formulas, known, stated, strict=True):
            whole = one
            if attributes:
                row, column = gathering.rows[place], gathering.columns[place]
                whole = self._formulas.formula(attributes, one, row, column)
            if whole:
                formulas[place] = whole
        kinds = self._all_kinds.joined(gathering.kinds)
        return Found(gathering.rows, gathering.columns, kinds, values, formulas, _marks(gathering))


def _marks(gathering: _Gathering) -> bytes | bytearray:
    """Mark the cells of hidden rows."""
    if not gathering.hidden:
        return b""
    marks = bytearray(len(gathering.values))
    for start, end in gathering.hidden:
        marks[start:end] = bytes((IN_HIDDEN_ROW,)) * (end - start)
    return marks
