"""Read a binary workbook (.xlsb, MS-XLSB): cells as stored, comments, links, headers; the rest as members."""

from __future__ import annotations

import re
import struct
from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from proofroom.extract.format import Sink, Unreadable
from proofroom.extract.markup.batches import LineBatch
from proofroom.extract.markup.office_parts import send_external
from proofroom.extract.ooxml.number_formats import BUILT_IN, GENERAL, NumberFormats
from proofroom.extract.ooxml.package import Package, copy_member, entry_name, plain_name
from proofroom.extract.ooxml.properties import send_properties
from proofroom.extract.ooxml.relationships import Relationship, relationships
from proofroom.extract.tabular.cell_columns import CellColumns
from proofroom.extract.tabular.pinned import Counts, Pinned
from proofroom.extract.tabular.xlsb_records import part_records, rich_text, wide_text
from proofroom.extract.tabular.xlsb_sheet import XlsbSheet
from proofroom.model.evidence import Flag, PieceKind
from proofroom.model.states import Reason, State

_PLUMBING: Final = re.compile(
    r"\[content_types\]\.xml|(?:.*/)?_rels/.*\.rels|.*/|docprops/.*\.xml|xl/theme/.*\.xml|"
    r"xl/printersettings/.*|xl/(?:calcchain|metadata|tables/.*|worksheets/binaryindex.*)\.bin|"
    r"xl/drawings/vmldrawing.*\.vml",
    re.DOTALL,
)
_VISIBILITY: Final = {1: Flag.HIDDEN_SHEET, 2: Flag.VERY_HIDDEN_SHEET}
_FORMATS, _STYLES_BEGIN, _STYLES_END, _STYLE = 44, 617, 618, 47
_PROPERTIES, _SHEET, _NAME, _TEXT = 153, 156, 39, 19
_AUTHOR, _COMMENT, _COMMENT_TEXT = 632, 635, 637


@dataclass(slots=True)
class _Book:
    """What holds for all sheets of one workbook."""

    part: str
    arrows: list[Relationship]
    date1904: bool = False
    sheets: list[tuple[str, str, Flag]] = field(default_factory=list)
    texts: list[tuple[bytes, bool]] = field(default_factory=list)
    styles: list[int] = field(default_factory=list)
    formats: NumberFormats = field(default_factory=NumberFormats)
    counts: Counts = field(default_factory=Counter)

    def target(self, kind: str) -> str:
        """Give the part of a kind that the workbook points to, "" for none."""
        return next(
            (one.untrusted_target for one in self.arrows if one.kind == kind and not one.external), ""
        )


def read_xlsb(package: Package, sink: Sink) -> None:
    """Read a workbook; what a damaged or missing part costs is said, the rest is given."""
    arrows = relationships(package, "", sink.partly)
    part = next((one.untrusted_target for one in arrows if one.kind == "officeDocument"), "xl/workbook.bin")
    if package.find(part) is None:
        raise Unreadable(State.DAMAGED, Reason.NOT_WELL_FORMED)
    send_properties(package, sink, sink.partly)
    book = _Book(part, relationships(package, part, sink.partly))
    send_external(book.arrows, sink)
    _read_book(package, book, sink)
    _read_styles(package, book, sink)
    sink.number_formats(book.formats.codes)
    for kind, data in part_records(package, book.target("sharedStrings"), sink.partly):
        if kind == _TEXT:
            book.texts.append(rich_text(data, 0) if len(data) > 4 else (b"", False))
    for index in range(1, len(book.sheets) + 1):
        _read_sheet(package, book, index, sink)
    for entry in package.entries:
        name = plain_name(entry_name(entry))
        if name not in package.used and not _PLUMBING.fullmatch(name):
            copy_member(package, entry, sink)
    if package.salvaged:
        raise Unreadable(State.DAMAGED, Reason.CUT_SHORT)


def _read_book(package: Package, book: _Book, sink: Sink) -> None:
    """Read the sheets in their order, the date system and the names."""
    try:
        for kind, data in part_records(package, book.part, sink.partly):
            if kind == _PROPERTIES:
                book.date1904 = bool(data[0] & 1)
            elif kind == _SHEET:
                state = struct.unpack_from("<I", data)[0]
                number, at = wide_text(data, 8)
                book.sheets.append((number, wide_text(data, at)[0], _VISIBILITY.get(state, Flag.NONE)))
            elif kind == _NAME:
                hidden = "-hidden" if data[0] & 1 else ""
                sink.meta(f"ooxml:defined-name{hidden}", wide_text(data, 9)[0])
    except (struct.error, IndexError):
        sink.partly(Reason.DAMAGED_PART)
    if book.date1904:
        sink.meta("ooxml:date-system", "1904")


def _read_styles(package: Package, book: _Book, sink: Sink) -> None:
    """Read the number format of each style."""
    codes, inside = dict(BUILT_IN), False
    book.formats = NumberFormats(book.date1904)
    try:
        for kind, data in part_records(package, book.target("styles"), sink.partly):
            if kind == _FORMATS:
                codes[struct.unpack_from("<H", data)[0]] = wide_text(data, 2)[0]
            elif kind in (_STYLES_BEGIN, _STYLES_END):
                inside = kind == _STYLES_BEGIN
            elif kind == _STYLE and inside:
                number = struct.unpack_from("<H", data, 2)[0]
                book.styles.append(book.formats.add(codes.get(number, GENERAL)))
    except struct.error:
        sink.partly(Reason.DAMAGED_PART)


def _read_sheet(package: Package, book: _Book, index: int, sink: Sink) -> None:
    """Read one sheet with what is pinned to it."""
    number, name, visibility = book.sheets[index - 1]
    sink.sheet(index, name, visibility)
    part = next((one.untrusted_target for one in book.arrows if one.id == number and not one.external), "")
    if package.find(part) is None:
        sink.partly(Reason.DAMAGED_PART)
        return
    arrows = relationships(package, part, sink.partly)
    cells = CellColumns(sink, index, visibility, book.formats)
    on = Pinned(name, visibility, cells, book.counts)
    with LineBatch(sink) as lines, cells:
        targets = {one.id: one.untrusted_target for one in arrows}
        sheet = XlsbSheet(index, cells, book.styles, book.texts)
        sheet.read(part_records(package, part, sink.partly), sink, lines, on, targets)
        for arrow in arrows:
            if arrow.kind == "comments" and not arrow.external:
                _read_comments(package, arrow.untrusted_target, sink, lines, on)


def _read_comments(package: Package, part: str, sink: Sink, lines: LineBatch, on: Pinned) -> None:
    """Read the comments of a sheet."""
    corner = (1, 1)
    try:
        for kind, data in part_records(package, part, sink.partly):
            if kind == _AUTHOR:
                author = wide_text(data, 0)[0]
                if author:
                    sink.meta("ooxml:comment-author", author)
            elif kind == _COMMENT:
                row, _, column, _ = struct.unpack_from("<4I", data, 4)
                corner = (row + 1, column + 1)
            elif kind == _COMMENT_TEXT:
                text = rich_text(data, 0)[0].decode()
                lines.add(on.at_cell(*corner, "comment", PieceKind.COMMENT, text))
    except (struct.error, IndexError):
        sink.partly(Reason.DAMAGED_PART)
