"""Read the sheets of an Office Open XML workbook with all that is pinned to them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from proofroom.extract.format import Line, Sink
from proofroom.extract.markup.batches import LineBatch
from proofroom.extract.markup.plain_text import put_whole
from proofroom.extract.ooxml.annotations import (
    comment_authors,
    comment_lines,
    link_lines,
    margin_lines,
    thread_numbers,
)
from proofroom.extract.ooxml.cell_pictures import CellPictures
from proofroom.extract.ooxml.package import Package
from proofroom.extract.ooxml.pins import Pins
from proofroom.extract.ooxml.relationships import Relationship, relationships, small_part
from proofroom.extract.ooxml.safe_xml import Element
from proofroom.extract.ooxml.sheet import SheetReader
from proofroom.extract.ooxml.sheet_objects import object_lines
from proofroom.extract.ooxml.sheet_outside import SheetOutside
from proofroom.extract.ooxml.workbook import SheetEntry, Workbook
from proofroom.extract.tabular.sheet_drawings import SheetDrawings
from proofroom.extract.tabular.told import tell
from proofroom.extract.tabular.xlsx_tables import SheetTables, control_settings
from proofroom.model.evidence import PieceKind
from proofroom.model.states import Reason

_SHEET_BLOCK = 1 << 18
"""Bytes of a sheet at a time: all that is made of them stays in the processor's cache."""

_FACT = "meta="


class XlsxSheets:
    """Reads the sheets of one workbook with all that is pinned to them."""

    def __init__(self, package: Package, workbook: Workbook, sink: Sink, reader: SheetReader) -> None:
        """Read from the package into the sink; `people` are those who take part in threads, by their ids."""
        self._package, self._sink, self._reader = package, sink, reader
        self._pictures = CellPictures(package, workbook, sink.partly)
        self._drawings = SheetDrawings(package, sink.partly)
        self._tables = SheetTables(package, sink)
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
        inside = [arrow for arrow in arrows if not arrow.external]
        with LineBatch(self._sink) as lines:
            _put(lines, margin_lines(outside, on))
            _put(lines, link_lines(outside.links, arrows, on))
            _put(lines, self._in_cells(outside, on))
            _put(lines, _noted(outside, on))
            self._comments([one for one in inside if one.kind in ("comments", "threadedComment")], on, lines)
            _put(lines, self._objects(outside, arrows, on))
            previews = {one.preview for one in outside.objects}
            for arrow in inside:
                if arrow.id not in previews:
                    self._pinned(arrow, on, lines)

    def _in_cells(self, outside: SheetOutside, on: Pins) -> Iterator[Line]:
        """Give the names of the pictures that stand in cells, and how texts are read aloud."""
        for row, column, number in outside.in_cells:
            if part := self._pictures.of_value(number):
                yield on.picture((row, column), part)
        for row, column, name in outside.shown_pictures:
            if part := self._pictures.of_image(name):
                yield on.picture((row, column), part)
        for row, column, hint in outside.hints:
            yield on.line((row, column), "ruby", PieceKind.NOTE, hint.decode("utf-8", "replace"))

    def _comments(self, arrows: list[Relationship], on: Pins, lines: LineBatch) -> None:
        """Send comments: notes first, then the threads."""
        trees = [self._tree(arrow.untrusted_target) for arrow in sorted(arrows, key=lambda one: one.kind)]
        threads = frozenset[str]().union(*map(thread_numbers, trees))
        for tree in trees:
            for author in comment_authors(tree):
                tell(self._sink, "ooxml:comment-author", author)
            _put(lines, comment_lines(tree, on, threads, self.people))

    def _pinned(self, arrow: Relationship, on: Pins, lines: LineBatch) -> None:
        """Give what one drawing, one table, or the picture behind the cells, pins to the sheet."""
        part = arrow.untrusted_target
        if arrow.kind == "image":
            _put(lines, [on.picture(None, part)])
        elif arrow.kind == "drawing":
            self._drawings.send(part, on, lines)
        elif arrow.kind == "vmlDrawing":
            self._drawings.send_legacy(part, on, lines)
        else:
            _put(lines, self._tables.lines(arrow, on))

    def _objects(self, outside: SheetOutside, arrows: list[Relationship], on: Pins) -> Iterator[Line]:
        """Give embedded objects and controls, with what the parts of the controls say."""
        targets = {one.id: one.untrusted_target for one in arrows}
        settings = {
            one.id: control_settings(self._package, one.untrusted_target, self._sink.partly)
            for one in arrows
            if one.kind == "ctrlProp" and not one.external
        }
        yield from object_lines(outside.objects, targets, settings, on)

    def _tree(self, part: str) -> Element:
        return small_part(self._package, part, self._sink.partly)


def _put(lines: LineBatch, found: Iterable[Line]) -> None:
    """Give lines; a very long one in parts."""
    for line in found:
        put_whole(lines, line.part, line.kind, line.untrusted_text, line.flags)


def _noted(outside: SheetOutside, on: Pins) -> Iterator[Line]:
    """Give the rules of a sheet and what it says of itself."""
    for note in outside.notes:
        if note.what.startswith(_FACT):
            yield on.fact(note.what.removeprefix(_FACT), note.untrusted_text)
            continue
        for line in on.at(note.what, note.kind, note.untrusted_text, note.place):
            yield line
            for name, value, kind, text in note.below:
                yield Line(f"{line.part}&{name}={value}", kind, text, line.flags)
