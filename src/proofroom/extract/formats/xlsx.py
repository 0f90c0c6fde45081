"""Read Office Open XML workbooks (xlsx, xlsm, xltx, xltm): every cell as written, and all around the cells.

Values, formulas, formats and flags come from our own pass over the sheet XML, because calamine gives
neither the stored number text nor formulas. Texts are decoded as Excel decodes them (`_x000D_` is a
carriage return). Comments, links, headers, shapes and pictures are lines at their address (the text of a
picture is the name of the member that holds it); every part that holds content of its own (media, embedded
files, macros, pivot caches, charts) is a member.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final

from proofroom.extract.format import Format, Line, Sink, Source, Unreadable
from proofroom.extract.markup.batches import LineBatch
from proofroom.extract.markup.plain_text import put_whole
from proofroom.extract.ooxml.annotations import (
    Pins,
    comment_authors,
    comment_lines,
    drawing_lines,
    legacy_lines,
    link_lines,
    margin_lines,
    people_of,
    thread_numbers,
)
from proofroom.extract.ooxml.cell_kinds import CellKinds
from proofroom.extract.ooxml.cell_pictures import CellPictures
from proofroom.extract.ooxml.collection import no_collection
from proofroom.extract.ooxml.number_formats import read_number_formats
from proofroom.extract.ooxml.package import Package, copy_member, entry_name, open_package, plain_name
from proofroom.extract.ooxml.properties import send_properties
from proofroom.extract.ooxml.relationships import (
    Relationship,
    external_relationships,
    relationships,
    small_part,
)
from proofroom.extract.ooxml.safe_xml import Element, parse_small
from proofroom.extract.ooxml.shared_strings import SharedStrings, read_shared_strings
from proofroom.extract.ooxml.sheet import SheetReader
from proofroom.extract.ooxml.sheet_outside import SheetOutside
from proofroom.extract.ooxml.workbook import SheetEntry, Workbook, read_workbook
from proofroom.model.states import Reason, State

_PLUMBING: Final = re.compile(
    r"\[content_types\]\.xml|(?:.*/)?_rels/.*\.rels|xl/(?:calcchain|metadata)\.xml|.*/|"
    r"xl/theme/[^/]*\.xml|xl/(?:tables|slicers|slicercaches)/[^/]*\.xml|xl/printersettings/.*",
    re.DOTALL,
)
_TAKEN_ANYWAY: Final = re.compile(r"xl/richdata/rdrichvalue\.xml", re.DOTALL)
"""Read for its pictures alone; what else it holds (stocks, places, people) is told by its text."""

_SHEET_BLOCK: Final = 1 << 18
"""Bytes of a sheet at a time: all that is made of them stays in the processor's cache."""

_LONGEST_PROPERTY: Final = 65_536
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
    people = _send_people(package, workbook, sink)
    styles = small_part(package, workbook.target("styles", "xl/styles.xml"), sink.partly)
    formats = read_number_formats(styles, date1904=workbook.date1904)
    sink.number_formats(formats.codes)
    if formats.cut:
        sink.partly(Reason.LIMIT_TEXT_BYTES)
    strings = _strings(package, workbook, sink, fast=fast)
    sheets = _Sheets(package, workbook, sink, SheetReader(sink, CellKinds(formats), strings, fast=fast))
    sheets.people.update(people)
    for sheet in workbook.sheets:
        sheets.read(sheet)
    for arrow in external_relationships(package):
        if arrow.kind not in ("hyperlink", "externalLinkPath"):
            _tell(sink, f"ooxml:external:{arrow.kind[:64]}", arrow.untrusted_target)
    _send_members(package, workbook, sink)
    if package.salvaged:
        raise Unreadable(State.DAMAGED, Reason.CUT_SHORT)


class _Sheets:
    """Reads the sheets of one workbook with all that is pinned to them."""

    def __init__(self, package: Package, workbook: Workbook, sink: Sink, reader: SheetReader) -> None:
        self._package, self._sink, self._reader = package, sink, reader
        self._pictures = CellPictures(package, workbook, sink.partly)
        self._counts: Counter[tuple[str, ...]] = Counter()
        self.people: dict[str, str] = {}

    def read(self, sheet: SheetEntry) -> None:
        """Read one sheet."""
        self._sink.sheet(sheet.index, sheet.untrusted_name, sheet.visibility)
        entry = self._package.find(sheet.part) if sheet.part else None
        if entry is None:
            self._sink.partly(Reason.DAMAGED_PART)
            return
        outside = self._reader.read(
            sheet.index, int(sheet.visibility), self._package.blocks(entry, _SHEET_BLOCK)
        )
        arrows = relationships(self._package, sheet.part, self._sink.partly)
        on = Pins(sheet.untrusted_name, sheet.visibility, outside.hidden_at, self._counts)
        self._send(margin_lines(outside, on))
        self._send(link_lines(outside.links, arrows, on))
        self._send(self._in_cells(outside, on))
        inside = [arrow for arrow in arrows if not arrow.external]
        self._comments([arrow for arrow in inside if arrow.kind in ("comments", "threadedComment")], on)
        for arrow in inside:
            self._send(self._pinned(arrow, on))

    def _send(self, lines: Iterable[Line]) -> None:
        """Send lines; a very long one in parts."""
        with LineBatch(self._sink) as batch:
            for line in lines:
                put_whole(batch, line.part, line.kind, line.untrusted_text, line.flags)

    def _in_cells(self, outside: SheetOutside, on: Pins) -> Iterator[Line]:
        """Give the names of the pictures that stand in cells."""
        for row, column, number in outside.in_cells:
            if part := self._pictures.of_value(number):
                yield on.picture((row, column), part)
        for row, column, name in outside.shown_pictures:
            if part := self._pictures.of_image(name):
                yield on.picture((row, column), part)

    def _comments(self, arrows: list[Relationship], on: Pins) -> None:
        """Send comments: notes first, then the threads."""
        trees = [self._tree(arrow.untrusted_target) for arrow in sorted(arrows, key=lambda one: one.kind)]
        threads = frozenset[str]().union(*map(thread_numbers, trees))
        for tree in trees:
            for author in comment_authors(tree):
                _tell(self._sink, "ooxml:comment-author", author)
            self._send(comment_lines(tree, on, threads, self.people))

    def _pinned(self, arrow: Relationship, on: Pins) -> Iterator[Line]:
        """Give what one drawing, or the picture behind the cells, pins to the sheet."""
        part = arrow.untrusted_target
        if arrow.kind == "image":
            yield on.picture(None, part)
        elif arrow.kind == "drawing":
            yield from drawing_lines(
                self._tree(part), relationships(self._package, part, self._sink.partly), on
            )
        elif arrow.kind == "vmlDrawing":
            broken: list[Reason] = []
            entry = self._package.find(part)
            tree = parse_small(self._package.blocks(entry), broken.append) if entry else Element("")
            yield from legacy_lines(tree, relationships(self._package, part, self._sink.partly), on)
            if broken:
                # Excel writes old drawings that are no XML: whoever wants them finds them among the members.
                self._package.used.discard(plain_name(part))

    def _tree(self, part: str) -> Element:
        return small_part(self._package, part, self._sink.partly)


def _strings(package: Package, workbook: Workbook, sink: Sink, *, fast: bool) -> SharedStrings:
    """Read the shared strings; a workbook may have none."""
    entry = package.find(workbook.target("sharedStrings", "xl/sharedStrings.xml"))
    if entry is None:
        return SharedStrings()
    with no_collection():
        return read_shared_strings(package.blocks(entry), sink.partly, fast=fast)


def _send_names(package: Package, workbook: Workbook, sink: Sink) -> None:
    """Send defined names and links to other workbooks as properties."""
    if workbook.date1904:
        sink.meta("ooxml:date-system", "1904")
    for name, target, hidden in workbook.names:
        _tell(sink, "ooxml:defined-name-hidden" if hidden else "ooxml:defined-name", f"{name}={target}")
    for arrow in workbook.related:
        if arrow.kind == "externalLink" and not arrow.external:
            for link in relationships(package, arrow.untrusted_target, sink.partly):
                _tell(sink, "ooxml:external-link", link.untrusted_target)


def _send_people(package: Package, workbook: Workbook, sink: Sink) -> dict[str, str]:
    """Send those who take part in threads as properties; give their names by their ids."""
    people: dict[str, str] = {}
    for arrow in workbook.related:
        if arrow.kind == "person" and not arrow.external:
            people |= people_of(small_part(package, arrow.untrusted_target, sink.partly))
    for name in filter(None, people.values()):
        _tell(sink, "ooxml:person", name)
    return people


def _tell(sink: Sink, key: str, untrusted_value: str) -> None:
    """Send a property; one that is too long is cut, and that is said."""
    if len(untrusted_value) > _LONGEST_PROPERTY:
        sink.partly(Reason.LIMIT_TEXT_BYTES)
    sink.meta(key, untrusted_value[:_LONGEST_PROPERTY])


def _send_members(package: Package, workbook: Workbook, sink: Sink) -> None:
    """Hand out every part that was not read and is no mere plumbing; each keeps its path in the zip.

    Of two parts of the same name only the last is read: the others are handed out, whatever they are.
    """
    known = {plain_name(workbook.part)} | {plain_name(sheet.part) for sheet in workbook.sheets}
    for entry in package.entries:
        name = plain_name(entry_name(entry))
        if name.endswith("/"):
            continue
        second = package.by_name[name] is not entry
        read_already = name in package.used or name in known or _PLUMBING.fullmatch(name)
        if second or not read_already or _TAKEN_ANYWAY.fullmatch(name):
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
