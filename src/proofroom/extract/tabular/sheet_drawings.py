"""Read what is drawn over a sheet: shapes, pictures at their cells, charts and diagrams; drawings of old too."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from proofroom.extract.format import Line
from proofroom.extract.markup.batches import LineBatch
from proofroom.extract.markup.charts import send_chart
from proofroom.extract.markup.plain_text import put_whole
from proofroom.extract.ooxml.annotations import text_of
from proofroom.extract.ooxml.package import Package, plain_name
from proofroom.extract.ooxml.pins import Pins, Place
from proofroom.extract.ooxml.relationships import Relationship, relationships, small_part
from proofroom.extract.ooxml.safe_xml import Element, is_true, parse_small, whole_number
from proofroom.extract.ooxml.sheet_objects import corner_of
from proofroom.model.evidence import Flag, PieceKind
from proofroom.model.states import Reason

_ANCHORS: Final = ("twoCellAnchor", "oneCellAnchor", "absoluteAnchor")
_SHAPES: Final = ("sp", "cxnSp", "pic", "graphicFrame")
_NOTE: Final = "Note"


@dataclass(slots=True)
class SheetDrawings:
    """Reads the drawings of one workbook; charts and diagrams are read with the drawing that shows them."""

    package: Package
    failed: Callable[[Reason], None]

    def send(self, part: str, on: Pins, lines: LineBatch) -> None:
        """Give all that one drawing pins to a sheet."""
        arrows = relationships(self.package, part, self.failed)
        targets = {one.id: one.untrusted_target for one in arrows}
        tree = small_part(self.package, part, self.failed)
        for anchor in _seen(tree):
            if anchor.name not in _ANCHORS:
                continue
            place = corner_of(anchor)
            for shape in _seen(anchor):
                if shape.name in _SHAPES:
                    for line in _shape_lines(shape, targets, place, on):
                        put_whole(lines, line.part, line.kind, line.untrusted_text, line.flags)
                if shape.name == "graphicFrame":
                    self._framed(shape, targets, on, lines)

    def _framed(self, frame: Element, targets: dict[str, str], on: Pins, lines: LineBatch) -> None:
        """Give the chart or the diagram in a frame."""
        for inside in _seen(frame):
            chart, diagram = targets.get(inside.get("id"), ""), targets.get(inside.get("dm"), "")
            if inside.name == "chart" and chart:
                where = (on.next_at_sheet("chart"), on.flags)
                send_chart(self.package, chart, where, lines, self.failed)
            elif inside.name == "relIds" and diagram:
                text = "\n".join(_points(small_part(self.package, diagram, self.failed)))
                if text:
                    line = on.at_sheet("shape", PieceKind.SHAPE, text)
                    put_whole(lines, line.part, line.kind, text, line.flags)

    def send_legacy(self, part: str, on: Pins, lines: LineBatch) -> None:
        """Give what a drawing of the old kind (VML) pins to a sheet."""
        entry = self.package.find(part)
        broken: list[Reason] = []
        tree = parse_small(self.package.blocks(entry), broken.append) if entry else Element("")
        for line in _legacy_lines(tree, relationships(self.package, part, self.failed), on):
            put_whole(lines, line.part, line.kind, line.untrusted_text, line.flags)
        if broken:
            # Excel writes old drawings that are no XML: whoever wants them finds them among the members.
            self.package.used.discard(plain_name(part))


def _shape_lines(shape: Element, targets: dict[str, str], place: Place | None, on: Pins) -> Iterator[Line]:
    """Give text, descriptions, picture, links and macro of one shape."""
    named = shape.all("cNvPr")
    hidden = Flag.HIDDEN_TEXT if any(is_true(one.get("hidden")) for one in named) else Flag.NONE
    said = [text for one in named for text in (one.get("title"), one.get("descr")) if text]
    text = "\n".join(filter(None, (text_of(shape), *said)))
    if text:
        yield on.at_sheet("shape", PieceKind.SHAPE, text, hidden)
    for picture in shape.all("blip"):
        target = targets.get(picture.get("embed")) or targets.get(picture.get("link"))
        if target:
            yield on.picture(place, target)
    for name in ("hlinkClick", "hlinkHover"):
        for link in shape.all(name):
            if target := targets.get(link.get("id"), ""):
                yield on.at_sheet("link", PieceKind.META, target, hidden)
    if macro := shape.get("macro").strip():
        yield on.at_sheet("macro", PieceKind.META, macro, hidden)


def _legacy_lines(tree: Element, arrows: list[Relationship], on: Pins) -> Iterator[Line]:
    """Give the texts of old drawings (buttons and boxes; notes stand elsewhere) and their pictures."""
    for shape in tree.all("shape"):
        facts = shape.all("ClientData")
        if any(one.get("ObjectType") == _NOTE for one in facts):
            continue
        texts = [
            " ".join("".join(piece for one in box.walk() for piece in one.pieces).split())
            for box in shape.all("textbox")
        ]
        if text := "\n".join(filter(None, (*texts, shape.get("alt")))):
            yield on.at_sheet("shape", PieceKind.SHAPE, text)
        for one in facts:
            for macro in one.all("FmlaMacro"):
                if macro.untrusted_text.strip():
                    yield on.at_sheet("macro", PieceKind.META, macro.untrusted_text)
    yield from _legacy_pictures(
        tree, {one.id: one.untrusted_target for one in arrows if one.kind == "image"}, on
    )


def _legacy_pictures(tree: Element, targets: dict[str, str], on: Pins) -> Iterator[Line]:
    """Give the pictures of old drawings at their cells; those of headers and footers have none."""
    shown: set[str] = set()
    for shape in tree.all("shape"):
        places = [_old_corner(one.untrusted_text) for one in shape.all("Anchor")]
        for picture in shape.all("imagedata"):
            target = targets.get(picture.get("relid") or picture.get("id"), "")
            shown.add(target)
            yield from on.picture_once(places[0] if places else None, target)
    for target in dict.fromkeys(targets.values()):
        if target not in shown:
            yield from on.picture_once(None, target)


def _old_corner(anchor: str) -> Place | None:
    """Give the cell of an anchor such as `0, 12, 4, 3, 2, 0, 9, 1`: column, pixels, row, pixels, from 0."""
    numbers = [whole_number(one) for one in anchor.split(",")[:3]]
    column, row = (numbers[0], numbers[2]) if len(numbers) > 2 else (None, None)
    return (row + 1, column + 1) if row is not None and column is not None else None


def _points(tree: Element) -> Iterator[str]:
    """Give the texts of a diagram, point by point."""
    for point in tree.all("pt"):
        for inside in point.children:
            if inside.name == "t" and (text := text_of(inside)):
                yield text


def _seen(top: Element) -> Iterator[Element]:
    """Walk, leaving out what is only for programs that do not know the first choice."""
    waiting = [top]
    while waiting:
        element = waiting.pop()
        yield element
        chosen = any(child.name == "Choice" for child in element.children)
        waiting.extend(
            child for child in reversed(element.children) if not (chosen and child.name == "Fallback")
        )
