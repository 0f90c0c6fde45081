"""Read Office Open XML workbooks (xlsx, xlsm, xltx, xltm): every cell as written, and all around the cells.

Values, formulas, formats and flags come from our own pass over the sheet XML, because calamine gives
neither the stored number text nor formulas. Texts are decoded as Excel decodes them (`_x000D_` is a
carriage return). Comments, links, headers, shapes and anchored pictures are lines at their address;
every part that holds content of its own (media, embedded files, macros, pivot caches, charts) is a member.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from proofroom.extract.format import Format, Line, Sink, Source, Unreadable
from proofroom.extract.ooxml.annotations import (
    Pins,
    comment_authors,
    comment_lines,
    drawing_lines,
    link_lines,
    pins,
)
from proofroom.extract.ooxml.cell_kinds import CellKinds
from proofroom.extract.ooxml.number_formats import read_number_formats
from proofroom.extract.ooxml.package import Package, copy_member, entry_name, open_package, plain_name
from proofroom.extract.ooxml.properties import send_properties
from proofroom.extract.ooxml.relationships import Relationship, relationships
from proofroom.extract.ooxml.shared_strings import SharedStrings, read_shared_strings
from proofroom.extract.ooxml.sheet import SheetReader
from proofroom.extract.ooxml.sheet_outside import SheetOutside
from proofroom.extract.ooxml.workbook import SheetEntry, Workbook, read_workbook, small_part
from proofroom.model.evidence import PieceKind
from proofroom.model.states import Reason, State

_PLUMBING: Final = re.compile(
    r"\[content_types\]\.xml|(?:.*/)?_rels/.*\.rels|xl/(?:calcchain|metadata)\.xml|.*/|"
    r"xl/theme/.*\.xml|xl/drawings/vmldrawing.*\.vml|xl/(?:tables|slicers)/.*\.xml|"
    r"xl/printersettings/.*|docprops/.*\.xml",
    re.DOTALL,
)
_SPREADSHEET: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def read(source: Source, sink: Sink) -> None:
    """Read a workbook; what a damaged or missing part costs is said, the rest is given."""
    read_by(source, sink, fast=True)


def read_by(source: Source, sink: Sink, *, fast: bool) -> None:
    """Read a workbook, with or without the regex path: both give the same cells (tests rely on it)."""
    package = open_package(source)
    workbook = read_workbook(package, sink.partly)
    send_properties(package, sink, sink.partly)
    _send_names(package, workbook, sink)
    styles = small_part(package, workbook.target("styles", "xl/styles.xml"), sink.partly)
    formats = read_number_formats(styles, date1904=workbook.date1904)
    sink.number_formats(formats.codes)
    strings = _strings(package, workbook, sink, fast=fast)
    reader = SheetReader(sink, CellKinds(formats), strings, fast=fast)
    for sheet in workbook.sheets:
        _read_sheet(package, sheet, reader, sink)
    _send_members(package, workbook, sink)
    if package.salvaged:
        raise Unreadable(State.DAMAGED, Reason.CUT_SHORT)


def _strings(package: Package, workbook: Workbook, sink: Sink, *, fast: bool) -> SharedStrings:
    """Read the shared strings; a workbook may have none."""
    entry = package.find(workbook.target("sharedStrings", "xl/sharedStrings.xml"))
    return (
        SharedStrings()
        if entry is None
        else read_shared_strings(package.blocks(entry), sink.partly, fast=fast)
    )


def _read_sheet(package: Package, sheet: SheetEntry, reader: SheetReader, sink: Sink) -> None:
    """Read one sheet with all that is pinned to it."""
    sink.sheet(sheet.index, sheet.untrusted_name, sheet.visibility)
    entry = package.find(sheet.part) if sheet.part else None
    if entry is None:
        sink.partly(Reason.DAMAGED_PART)
        return
    outside = reader.read(sheet.index, int(sheet.visibility), package.blocks(entry))
    arrows = relationships(package, sheet.part, sink.partly)
    on = pins(sheet.untrusted_name, sheet.visibility)
    sink.lines(list(_margins(outside, on)))
    sink.lines(list(link_lines(outside.links, arrows, on)))
    for arrow in sorted(arrows, key=lambda one: one.kind):
        if not arrow.external:
            sink.lines(list(_pinned(package, arrow, on, sink)))


def _margins(outside: SheetOutside, on: Pins) -> Iterator[Line]:
    """Give headers and footers, with Excel's codes (&L, &C, &R, &P) as they are stored."""
    for number, text in enumerate(outside.headers, 1):
        yield on.at_sheet("header", number, PieceKind.HEADER, text)
    for number, text in enumerate(outside.footers, 1):
        yield on.at_sheet("footer", number, PieceKind.FOOTER, text)


def _pinned(package: Package, arrow: Relationship, on: Pins, sink: Sink) -> Iterator[Line]:
    """Give what one related part pins to the sheet."""
    if arrow.kind not in ("comments", "threadedComment", "drawing"):
        return
    tree = small_part(package, arrow.untrusted_target, sink.partly)
    if arrow.kind == "drawing":
        yield from drawing_lines(tree, relationships(package, arrow.untrusted_target, sink.partly), on)
        return
    for author in comment_authors(tree):
        if author:
            sink.meta("ooxml:comment-author", author)
    yield from comment_lines(tree, on)


def _send_names(package: Package, workbook: Workbook, sink: Sink) -> None:
    """Send defined names, people and links to other workbooks as properties."""
    if workbook.date1904:
        sink.meta("ooxml:date-system", "1904")
    for name, target, hidden in workbook.names:
        sink.meta("ooxml:defined-name-hidden" if hidden else "ooxml:defined-name", f"{name}={target}")
    for arrow in workbook.related:
        if arrow.kind == "externalLink" and not arrow.external:
            for link in relationships(package, arrow.untrusted_target, sink.partly):
                sink.meta("ooxml:external-link", link.untrusted_target)
        elif arrow.kind == "person" and not arrow.external:
            for name in comment_authors(small_part(package, arrow.untrusted_target, sink.partly)):
                sink.meta("ooxml:person", name)


def _send_members(package: Package, workbook: Workbook, sink: Sink) -> None:
    """Hand out every part that was not read and is no mere plumbing; each keeps its path in the zip."""
    known = {plain_name(workbook.part)} | {plain_name(sheet.part) for sheet in workbook.sheets}
    for entry in package.entries:
        name = plain_name(entry_name(entry))
        if name not in package.used and name not in known and not _PLUMBING.fullmatch(name):
            copy_member(package, entry, sink)


FORMAT = Format(
    name="xlsx",
    media_types=frozenset(
        (
            f"{_SPREADSHEET}.sheet",
            f"{_SPREADSHEET}.template",
            "application/vnd.ms-excel.sheet.macroenabled.12",
            "application/vnd.ms-excel.template.macroenabled.12",
        )
    ),
    read=read,
    sample="xlsx.xlsx",
)
