"""Read Word documents (docx, docm, dotx, dotm): every paragraph, and what hides beside it.

`para=N` counts from 1 through body, tables and text boxes in reading order, empty ones included. Beside
a paragraph stand `deleted`, `comment`, `field`, `link`, `alt` and `ruby` lines; `header`, `footer` and
`note` number the headers, footers and notes. Embedded files, pictures, charts and macros are members.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Final

from proofroom.extract.format import Format, Sink, Source
from proofroom.extract.markup.batches import LineBatch
from proofroom.extract.markup.office_parts import end, main_part, read_part, send_external, send_members
from proofroom.extract.markup.word_story import Paragraph, WordStory
from proofroom.extract.ooxml.package import Package, open_package
from proofroom.extract.ooxml.properties import send_properties
from proofroom.extract.ooxml.relationships import Relationship, relationships
from proofroom.extract.ooxml.safe_xml import Element, parse_small
from proofroom.model.evidence import Flag, PieceKind
from proofroom.model.states import Reason

_OFFICE: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_MARGINS: Final = {"header": PieceKind.HEADER, "footer": PieceKind.FOOTER}
_NOTES: Final = ("footnotes", "endnotes")
_TOLD: Final = (
    "query",
    "connectString",
    "documentProtection",
    "dataSource",
    "documentType",
    "trackRevisions",
)
_ASIDE: Final = {
    "deleted": (PieceKind.PARAGRAPH, Flag.DELETED),
    "field": (PieceKind.META, Flag.NONE),
    "link": (PieceKind.META, Flag.NONE),
    "alt": (PieceKind.NAME, Flag.NONE),
    "ruby": (PieceKind.NAME, Flag.NONE),
}


def read(source: Source, sink: Sink) -> None:
    """Read a document; what a damaged or missing part costs is said, the rest is given."""
    package = open_package(source)
    main = main_part(package, "word/document.xml", sink.partly)
    send_properties(package, sink, sink.partly)
    arrows = relationships(package, main, sink.partly)
    send_external(arrows, sink)
    _send_settings(package, arrows, sink)
    document = _Document(package, sink, _hidden_styles(package, arrows, sink))
    with LineBatch(sink) as lines:
        document.lines = lines
        broken = document.body(main, arrows)
        document.margins(arrows)
        document.notes(arrows)
        document.comments(arrows)
    send_members(package, sink)
    end(package, broken)


class _Document:
    """One document on its way to the sink."""

    def __init__(self, package: Package, sink: Sink, hidden_styles: frozenset[str]) -> None:
        self.lines = LineBatch(sink)
        self._package = package
        self._sink = sink
        self._hidden_styles = hidden_styles
        self._body = self._story([], [])

    def body(self, main: str, arrows: list[Relationship]) -> Reason:
        """Send the body as it is read."""
        targets = {one.id: one.untrusted_target for one in arrows}
        self._body = WordStory(self._send, targets, self._hidden_styles)
        broken = read_part(self._package, main, self._body)
        self._body.finish()
        return broken

    def margins(self, arrows: list[Relationship]) -> None:
        """Send headers and footers: first those that sections name, in their order, then the others."""
        parts = {one.id: one for one in arrows if one.kind in _MARGINS and not one.external}
        named = [number for _kind, number in self._body.margins if number in parts]
        for kind, piece in _MARGINS.items():
            order = dict.fromkeys(
                parts[number].untrusted_target for number in (*named, *parts) if parts[number].kind == kind
            )
            for number, part in enumerate(order, 1):
                self._side(((kind, str(number)),), piece, self._paragraphs(part))

    def notes(self, arrows: list[Relationship]) -> None:
        """Send footnotes and then endnotes, numbered through; separators are none."""
        number = 0
        for kind in _NOTES:
            for part in _parts(arrows, kind):
                for story, paragraphs in _stories(self._paragraphs(part)).items():
                    if story:
                        number += 1
                        self._side((("note", str(number)),), PieceKind.NOTE, paragraphs)

    def comments(self, arrows: list[Relationship]) -> None:
        """Send comments at the paragraph they stand in; one that stands nowhere has no paragraph."""
        found = self._body.ranges | self._body.comment_at
        counts: Counter[int] = Counter()
        for part in _parts(arrows, "comments"):
            authors: list[str] = []
            for story, paragraphs in _stories(self._paragraphs(part, authors)).items():
                at = found.get(story, 0)
                counts[at] += 1
                number = ("comment", str(counts[at]))
                where = (("para", str(at)), number) if at else (number,)
                self._side(where, PieceKind.COMMENT, paragraphs)
            for author in dict.fromkeys(filter(None, authors)):
                self._sink.meta("ooxml:comment-author", author)

    def _send(self, paragraph: Paragraph) -> None:
        """Send a paragraph of the body and what hangs on it."""
        where = ("para", str(paragraph.number))
        self.lines.put((where,), PieceKind.PARAGRAPH, paragraph.untrusted_text, paragraph.flags)
        self._hanging((where,), [paragraph])

    def _side(self, where: tuple[tuple[str, str], ...], kind: PieceKind, paragraphs: list[Paragraph]) -> None:
        """Send a header, note or comment as one line, and what hangs on it."""
        flags = Flag.NONE
        for paragraph in paragraphs:
            flags |= paragraph.flags
        text = "\n".join(filter(None, (one.untrusted_text for one in paragraphs)))
        self.lines.put(where, kind, text, flags)
        self._hanging(where, paragraphs)

    def _hanging(self, where: tuple[tuple[str, str], ...], paragraphs: Iterable[Paragraph]) -> None:
        counts: Counter[str] = Counter()
        for paragraph in paragraphs:
            for name, texts in paragraph.aside.items():
                kind, flags = _ASIDE[name]
                for text in texts:
                    counts[name] += 1
                    self.lines.put((*where, (name, str(counts[name]))), kind, text, flags)

    def _paragraphs(self, part: str, authors: list[str] | None = None) -> list[Paragraph]:
        """Read a small part as a whole; damage to it is said."""
        found: list[Paragraph] = []
        arrows = relationships(self._package, part, self._sink.partly)
        send_external(arrows, self._sink)
        story = self._story(found, arrows)
        broken = read_part(self._package, part, story)
        story.finish()
        if broken:
            self._sink.partly(broken)
        if authors is not None:
            authors.extend(story.authors)
        return found

    def _story(self, found: list[Paragraph], arrows: list[Relationship]) -> WordStory:
        targets = {one.id: one.untrusted_target for one in arrows}
        return WordStory(found.append, targets, self._hidden_styles)


def _stories(paragraphs: list[Paragraph]) -> dict[str, list[Paragraph]]:
    """Group the paragraphs of a part by note or comment."""
    stories: dict[str, list[Paragraph]] = {}
    for paragraph in paragraphs:
        stories.setdefault(paragraph.story, []).append(paragraph)
    return stories


def _parts(arrows: list[Relationship], kind: str) -> list[str]:
    """Give the parts of one kind that the document points to, each once."""
    return list(
        dict.fromkeys(one.untrusted_target for one in arrows if one.kind == kind and not one.external)
    )


def _hidden_styles(package: Package, arrows: list[Relationship], sink: Sink) -> frozenset[str]:
    """Give the styles that hide their text, by themselves or by the style they are based on."""
    hidden: set[str] = set()
    based: dict[str, str] = {}
    for part in _parts(arrows, "styles"):
        for style in _tree(package, part, sink).all("style"):
            name = style.get("styleId")
            based[name] = next((one.get("val") for one in style.children if one.name == "basedOn"), "")
            if any(mark.get("val") not in ("0", "false", "off") for mark in style.all("vanish")):
                hidden.add(name)
    for name in based:
        above, steps = name, 0
        while above and above not in hidden and steps < len(based):
            above, steps = based.get(above, ""), steps + 1
        if above in hidden:
            hidden.add(name)
    return frozenset(hidden)


def _send_settings(package: Package, arrows: list[Relationship], sink: Sink) -> None:
    """Send what the settings tell of other files: template, mail merge; and whether changes are tracked."""
    for part in _parts(arrows, "settings"):
        send_external(relationships(package, part, sink.partly), sink)
        for element in _tree(package, part, sink).walk():
            if element.name in _TOLD:
                sink.meta(f"ooxml:settings:{element.name}", " ".join(element.attributes.values()) or "1")


def _tree(package: Package, part: str, sink: Sink) -> Element:
    """Parse a small part that may be missing."""
    entry = package.find(part)
    return Element("") if entry is None else parse_small(package.blocks(entry), sink.partly)


FORMAT = Format(
    name="docx",
    media_types=frozenset(
        (
            f"{_OFFICE}.document",
            f"{_OFFICE}.template",
            "application/vnd.ms-word.document.macroenabled.12",
            "application/vnd.ms-word.template.macroenabled.12",
        )
    ),
    read=read,
    sample="docx.docx",
)
