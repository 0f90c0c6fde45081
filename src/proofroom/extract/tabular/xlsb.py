"""Read a binary workbook (.xlsb, MS-XLSB): cells and formulas, all that is pinned to them; the rest as members."""

from __future__ import annotations

import re
import struct
from typing import Final

from proofroom.extract.format import Sink, Unreadable, with_facts
from proofroom.extract.markup.batches import LineBatch
from proofroom.extract.markup.office_parts import send_external
from proofroom.extract.ooxml.package import Package, copy_member, entry_name, plain_name
from proofroom.extract.ooxml.pins import Pins
from proofroom.extract.ooxml.properties import send_properties
from proofroom.extract.ooxml.relationships import Relationship, relationships
from proofroom.extract.tabular.cell_columns import CellColumns
from proofroom.extract.tabular.formula_scope import quoted
from proofroom.extract.tabular.left_over import send_left_over
from proofroom.extract.tabular.pinned import Pinned
from proofroom.extract.tabular.sheet_drawings import SheetDrawings
from proofroom.extract.tabular.told import tell
from proofroom.extract.tabular.xlsb_book import (
    XlsbBook,
    read_book,
    read_styles,
    read_table,
    read_texts,
    send_names,
)
from proofroom.extract.tabular.xlsb_linked import send_linked
from proofroom.extract.tabular.xlsb_pivots import send_xlsb_pivots
from proofroom.extract.tabular.xlsb_records import part_records, rich_text, wide_text
from proofroom.extract.tabular.xlsb_sheet import XlsbSheet
from proofroom.model.evidence import PieceKind
from proofroom.model.states import Reason, State

_PLUMBING: Final = re.compile(
    r"\[content_types\]\.xml|(?:.*/)?_rels/.*\.rels|.*/|docprops/.*\.xml|xl/theme/.*\.xml|"
    r"xl/printersettings/.*|xl/(?:calcchain|metadata|pivottables/.*|worksheets/binaryindex.*)\.bin",
    re.DOTALL,
)
_AUTHOR, _COMMENT, _COMMENT_TEXT = 632, 635, 637


def read_xlsb(package: Package, sink: Sink) -> None:
    """Read a workbook; what a damaged or missing part costs is said, the rest is given."""
    arrows = relationships(package, "", sink.partly)
    part = next((one.untrusted_target for one in arrows if one.kind == "officeDocument"), "xl/workbook.bin")
    if package.find(part) is None:
        raise Unreadable(State.DAMAGED, Reason.NOT_WELL_FORMED)
    send_properties(package, sink, sink.partly)
    book = XlsbBook(part, relationships(package, part, sink.partly))
    send_external(book.arrows, sink)
    read_book(package, book, sink)
    send_linked(package, book, sink)
    sheets = _Sheets(package, book, sink)
    send_names(book, sink)
    read_styles(package, book, sink)
    sink.number_formats(book.formats.codes)
    read_texts(package, book, sink)
    for index in range(1, len(book.sheets) + 1):
        sheets.read(index)
    send_left_over([text for text, _ in book.texts], book.use, sink, "ooxml", book.hints)
    send_xlsb_pivots(package, book, sink)
    for entry in package.entries:
        name = plain_name(entry_name(entry))
        if name not in package.used and not _PLUMBING.fullmatch(name):
            copy_member(package, entry, sink)
    if package.salvaged:
        raise Unreadable(State.DAMAGED, Reason.CUT_SHORT)


class _Sheets:
    """Reads the sheets of one workbook with what is pinned to them."""

    def __init__(self, package: Package, book: XlsbBook, sink: Sink) -> None:
        """Follow the sheets to their parts; tables are read first, since any formula may name them."""
        self._package, self._book, self._sink = package, book, sink
        self._parts = [book.part_of(number) for number, _, _ in book.sheets]
        self._arrows = [relationships(package, part, sink.partly) if part else [] for part in self._parts]
        for (_, sheet, _), arrows in zip(book.sheets, self._arrows, strict=True):
            for arrow in arrows:
                if arrow.kind == "table" and not arrow.external:
                    name, told = read_table(package, book, arrow.untrusted_target, sink)
                    tell(sink, "ooxml:table", f"{name}={quoted(sheet)}!{told}" if name else "")

    def read(self, index: int) -> None:
        """Read one sheet; one without a part is damage."""
        _, name, visibility = self._book.sheets[index - 1]
        sink, package, part = self._sink, self._package, self._parts[index - 1]
        sink.sheet(index, name, visibility)
        if package.find(part) is None:
            sink.partly(Reason.DAMAGED_PART)
            return
        arrows = self._arrows[index - 1]
        cells = CellColumns(sink, index, visibility, self._book.formats)
        on = Pinned(name, visibility, cells, self._book.counts)
        with LineBatch(sink) as lines, cells:
            targets = {one.id: one.untrusted_target for one in arrows}
            sheet = XlsbSheet(index, cells, self._book, sink, lines, on)
            sheet.read(part_records(package, part, sink.partly), targets)
            for arrow in arrows:
                if not arrow.external:
                    self._pinned(arrow, lines, on)

    def _pinned(self, arrow: Relationship, lines: LineBatch, on: Pinned) -> None:
        """Give what one comment part or drawing pins to the sheet."""
        package, sink, part = self._package, self._sink, arrow.untrusted_target
        pins = Pins(on.untrusted_sheet, on.flags, on.hidden_at, on.counts)
        if arrow.kind == "comments":
            _read_comments(package, part, sink, lines, on)
        elif arrow.kind == "drawing":
            SheetDrawings(package, sink.partly).send(part, pins, lines)
        elif arrow.kind == "vmlDrawing":
            SheetDrawings(package, sink.partly).send_legacy(part, pins, lines)


def _read_comments(package: Package, part: str, sink: Sink, lines: LineBatch, on: Pinned) -> None:
    """Read the comments of a sheet."""
    corner, authors, by = (1, 1), list[str](), 0
    try:
        for kind, data in part_records(package, part, sink.partly):
            if kind == _AUTHOR:
                authors.append(wide_text(data, 0)[0])
                if authors[-1]:
                    sink.meta("ooxml:comment-author", authors[-1])
            elif kind == _COMMENT:
                by, row, _, column, _ = struct.unpack_from("<5I", data, 0)
                corner = (row + 1, column + 1)
            elif kind == _COMMENT_TEXT:
                text = rich_text(data, 0)[0].decode()
                author = authors[by] if by < len(authors) else ""
                for line in with_facts(
                    on.at_cell(*corner, "comment", PieceKind.COMMENT, text), author=author
                ):
                    lines.add(line)
    except (struct.error, IndexError):
        sink.partly(Reason.DAMAGED_PART)
