"""Read what is pinned to the cells of a sheet: comments, threaded comments, links, shapes and pictures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from proofroom.extract.format import Line
from proofroom.extract.ooxml.relationships import Relationship
from proofroom.extract.ooxml.safe_xml import Element
from proofroom.extract.ooxml.sheet_outside import parse_range
from proofroom.model.evidence import Flag, PieceKind
from proofroom.model.where import cell_name, format_parts

_ANCHORS: Final = ("twoCellAnchor", "oneCellAnchor", "absoluteAnchor")
_SHAPES: Final = ("sp", "cxnSp", "pic", "graphicFrame")
_DIGITS: Final = 7


@dataclass(slots=True)
class Pins:
    """Makes lines at the cells of one sheet, numbering what shares a cell."""

    untrusted_sheet: str
    flags: Flag
    _counts: Counter[tuple[str, str]]
    shapes: int = 0

    def line(self, cell: str, what: str, kind: PieceKind, untrusted_text: str) -> Line:
        """Give a line at a cell: the next comment, link or picture there."""
        self._counts[cell, what] += 1
        number = str(self._counts[cell, what])
        part = format_parts((("sheet", self.untrusted_sheet), ("cell", cell), (what, number)))
        return Line(part, kind, untrusted_text, self.flags)

    def at_sheet(self, what: str, number: int, kind: PieceKind, untrusted_text: str) -> Line:
        """Give a line that belongs to the sheet as a whole: a header, a footer, a shape."""
        part = format_parts((("sheet", self.untrusted_sheet), (what, str(number))))
        return Line(part, kind, untrusted_text, self.flags)


def pins(untrusted_sheet: str, flags: Flag) -> Pins:
    """Begin the pins of one sheet."""
    return Pins(untrusted_sheet, flags, Counter())


def comment_lines(tree: Element, on: Pins) -> Iterator[Line]:
    """Give the comments of a sheet (legacy notes and threaded comments alike) at their cells."""
    for element in tree.walk():
        if element.name in ("comment", "threadedComment"):
            corner = parse_range(element.get("ref"))
            text = _text(element) if element.name == "comment" else _own_text(element)
            if corner and text:
                yield on.line(cell_name(corner[0], corner[1]), "comment", PieceKind.COMMENT, text)


def comment_authors(tree: Element) -> list[str]:
    """Give the names of those who commented."""
    named = [element.untrusted_text for element in tree.walk() if element.name == "author"]
    return [*named, *(element.get("displayName") for element in tree.walk() if element.name == "person")]


def link_lines(links: list[tuple[str, str, str]], arrows: list[Relationship], on: Pins) -> Iterator[Line]:
    """Give the targets of links at their cells."""
    targets = {one.id: one.untrusted_target for one in arrows}
    for reference, number, place in links:
        corner = parse_range(reference)
        target = targets.get(number, "") + (f"#{place}" if place else "")
        if corner and target:
            yield on.line(cell_name(corner[0], corner[1]), "link", PieceKind.META, target)


def drawing_lines(tree: Element, arrows: list[Relationship], on: Pins) -> Iterator[Line]:
    """Give texts and descriptions of shapes, and at its anchor cell the name of each embedded picture."""
    targets = {one.id: one.untrusted_target for one in arrows}
    for anchor in tree.walk():
        if anchor.name not in _ANCHORS:
            continue
        cell = _anchor_cell(anchor)
        for shape in anchor.walk():
            if shape.name not in _SHAPES:
                continue
            on.shapes += 1
            text = "\n".join(filter(None, (_text(shape), *_descriptions(shape))))
            if text:
                yield on.at_sheet("shape", on.shapes, PieceKind.SHAPE, text)
            for picture in shape.all("blip"):
                target = targets.get(picture.get("embed")) or targets.get(picture.get("link"))
                if target and cell:
                    yield on.line(cell, "picture", PieceKind.NAME, target)


def _descriptions(shape: Element) -> list[str]:
    """Give the alternative texts of a shape."""
    return [text for named in shape.all("cNvPr") for text in (named.get("title"), named.get("descr")) if text]


def _anchor_cell(anchor: Element) -> str:
    """Give the cell a drawing is anchored to (stored from 0), "" for one that floats."""
    for corner in anchor.children:
        if corner.name == "from":
            found = {child.name: child.untrusted_text.strip() for child in corner.children}
            row, column = found.get("row", ""), found.get("col", "")
            if row.isdigit() and column.isdigit() and len(row) <= _DIGITS and len(column) <= _DIGITS:
                return cell_name(int(row) + 1, int(column) + 1)
    return ""


def _text(element: Element) -> str:
    """Join the runs of an element, paragraphs on lines of their own, phonetic runs left out."""
    paragraphs = element.all("p")
    if paragraphs:
        return "\n".join(filter(None, (_runs(paragraph) for paragraph in paragraphs)))
    return _runs(element)


def _own_text(element: Element) -> str:
    """Give the text of a threaded comment."""
    return "".join(child.untrusted_text for child in element.walk() if child.name == "text")


def _runs(element: Element) -> str:
    """Join all `t` below an element, except in phonetic runs."""
    phonetic = {id(text) for hint in element.all("rPh") for text in hint.walk()}
    return "".join(
        text.untrusted_text for text in element.walk() if text.name == "t" and id(text) not in phonetic
    )
