"""Read what is pinned to the cells of a sheet: comments, threaded comments, links, shapes and pictures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

from proofroom.extract.format import Line, with_facts
from proofroom.extract.ooxml.relationships import Relationship
from proofroom.extract.ooxml.safe_xml import Element, whole_number
from proofroom.extract.ooxml.sheet_outside import SheetOutside, parse_range
from proofroom.model.evidence import Flag, PieceKind
from proofroom.model.where import cell_name, format_parts

Place = tuple[int, int]
_ANCHORS: Final = ("twoCellAnchor", "oneCellAnchor", "absoluteAnchor")
_SHAPES: Final = ("sp", "cxnSp", "pic", "graphicFrame")
_THREAD: Final = "tc="


@dataclass(slots=True)
class Pins:
    """Makes lines at the cells of one sheet, numbering what shares a cell.

    counts is shared by the sheets of a workbook: two of the same name must not use an address twice.
    """

    untrusted_sheet: str
    flags: Flag
    hidden_at: Callable[[int, int], Flag]
    counts: Counter[tuple[str, ...]] = field(default_factory=Counter)

    def line(self, place: Place, what: str, kind: PieceKind, untrusted_text: str) -> Line:
        """Give a line at a cell: the next comment, link or picture there."""
        parts = (("sheet", self.untrusted_sheet), ("cell", cell_name(*place)))
        flags = self.flags | self.hidden_at(*place)
        return Line(format_parts((*parts, self._next(what, *parts[1]))), kind, untrusted_text, flags)

    def at_sheet(self, what: str, kind: PieceKind, untrusted_text: str) -> Line:
        """Give a line that belongs to the sheet as a whole: a header, a footer, a shape, a floating picture."""
        part = format_parts((("sheet", self.untrusted_sheet), self._next(what)))
        return Line(part, kind, untrusted_text, self.flags)

    def picture(self, place: Place | None, target: str) -> Line:
        """Give the line that names a picture, at its cell or, where it floats, at the sheet."""
        if place is None:
            return self.at_sheet("picture", PieceKind.NAME, target)
        return self.line(place, "picture", PieceKind.NAME, target)

    def _next(self, what: str, *at: str) -> tuple[str, str]:
        key = (self.untrusted_sheet, what, *at)
        self.counts[key] += 1
        return what, str(self.counts[key])


def margin_lines(outside: SheetOutside, on: Pins) -> Iterator[Line]:
    """Give headers and footers, with Excel's codes (&L, &C, &R, &P) as they are stored."""
    for text in outside.headers:
        yield on.at_sheet("header", PieceKind.HEADER, text)
    for text in outside.footers:
        yield on.at_sheet("footer", PieceKind.FOOTER, text)


def thread_numbers(tree: Element) -> frozenset[str]:
    """Give the numbers of the threaded comments of a part."""
    return frozenset(element.get("id") for element in tree.all("threadedComment"))


def comment_lines(tree: Element, on: Pins, threads: frozenset[str], people: dict[str, str]) -> Iterator[Line]:
    """Give the comments of a sheet (legacy notes and threaded comments alike) at their cells, with their authors.

    Excel writes a note with a copy of each thread for programs that know only notes: it is left out.
    """
    authors = [element.untrusted_text for element in tree.all("author")]
    for element in tree.walk():
        if element.name not in ("comment", "threadedComment"):
            continue
        corner = parse_range(element.get("ref"))
        note = element.name == "comment"
        text = _text(element) if note else _own_text(element)
        number = whole_number(element.get("authorId"))
        author = authors[number] if note and number is not None and number < len(authors) else ""
        name = author if note else people.get(element.get("personId"), "")
        copied = author.startswith(_THREAD) and author.removeprefix(_THREAD) in threads
        if corner and text and not copied:
            line = on.line((corner[0], corner[1]), "comment", PieceKind.COMMENT, text)
            yield from with_facts(
                line, author="" if name.startswith(_THREAD) else name, date=element.get("dT")
            )


def people_of(tree: Element) -> dict[str, str]:
    """Give the names of those who take part in threads, by their ids."""
    return {person.get("id"): person.get("displayName") for person in tree.all("person")}


def comment_authors(tree: Element) -> list[str]:
    """Give the names of those who commented."""
    named = [element.untrusted_text for element in tree.all("author")]
    return [name for name in named if name and not name.startswith(_THREAD)]


def link_lines(links: list[tuple[str, str, str]], arrows: list[Relationship], on: Pins) -> Iterator[Line]:
    """Give the targets of links at their cells."""
    targets = {one.id: one.untrusted_target for one in arrows}
    for reference, number, place in links:
        corner = parse_range(reference)
        target = targets.get(number, "") + (f"#{place}" if place else "")
        if corner and target:
            yield on.line((corner[0], corner[1]), "link", PieceKind.META, target)


def drawing_lines(tree: Element, arrows: list[Relationship], on: Pins) -> Iterator[Line]:
    """Give texts and descriptions of shapes, and at its anchor cell the name of each embedded picture."""
    targets = {one.id: one.untrusted_target for one in arrows}
    for anchor in _seen(tree):
        if anchor.name not in _ANCHORS:
            continue
        place = _anchor_cell(anchor)
        for shape in _seen(anchor):
            if shape.name not in _SHAPES:
                continue
            text = "\n".join(filter(None, (_text(shape), *_descriptions(shape))))
            if text:
                yield on.at_sheet("shape", PieceKind.SHAPE, text)
            for picture in shape.all("blip"):
                target = targets.get(picture.get("embed")) or targets.get(picture.get("link"))
                if target:
                    yield on.picture(place, target)


def legacy_lines(tree: Element, arrows: list[Relationship], on: Pins) -> Iterator[Line]:
    """Give the texts of old drawings (buttons and boxes; notes stand elsewhere) and their pictures."""
    for shape in tree.all("shape"):
        if all(data.get("ObjectType") != "Note" for data in shape.all("ClientData")):
            for box in shape.all("textbox"):
                text = " ".join("".join(piece for one in box.walk() for piece in one.pieces).split())
                if text:
                    yield on.at_sheet("shape", PieceKind.SHAPE, text)
    for arrow in arrows:
        if arrow.kind == "image":
            yield on.picture(None, arrow.untrusted_target)


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


def _descriptions(shape: Element) -> list[str]:
    """Give the alternative texts of a shape."""
    return [text for named in shape.all("cNvPr") for text in (named.get("title"), named.get("descr")) if text]


def _anchor_cell(anchor: Element) -> Place | None:
    """Give the cell a drawing is anchored to (stored from 0), None for one that floats."""
    for corner in anchor.children:
        if corner.name == "from":
            found = {child.name: whole_number(child.untrusted_text) for child in corner.children}
            row, column = found.get("row"), found.get("col")
            if row is not None and column is not None:
                return row + 1, column + 1
    return None


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
