"""Read what is pinned to the cells of a sheet: comments, threaded comments, links; headers and footers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from proofroom.extract.format import Line, with_facts
from proofroom.extract.ooxml.pins import Pins
from proofroom.extract.ooxml.ranges import parse_range
from proofroom.extract.ooxml.relationships import Relationship
from proofroom.extract.ooxml.safe_xml import Element, whole_number
from proofroom.extract.ooxml.sheet_outside import SheetOutside
from proofroom.model.evidence import PieceKind

_THREAD: Final = "tc="


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
        text = text_of(element) if note else _own_text(element)
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


def text_of(element: Element) -> str:
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
