"""Send the texts of a WordprocessingML document at their addresses: body, headers, notes and comments."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Final

from proofroom.extract.format import Sink
from proofroom.extract.markup.batches import LineBatch
from proofroom.extract.markup.office_parts import read_part
from proofroom.extract.markup.word_numbering import Numbering
from proofroom.extract.markup.word_paragraph import By, Paragraph
from proofroom.extract.markup.word_replies import Replies, read_replies
from proofroom.extract.markup.word_story import Gathered, Remark, WordStory
from proofroom.extract.markup.word_styles import read_styles
from proofroom.extract.ooxml.package import Package
from proofroom.extract.ooxml.relationships import Relationship, relationships, small_part
from proofroom.extract.ooxml.safe_xml import Element
from proofroom.model.evidence import Flag, PieceKind
from proofroom.model.states import Reason
from proofroom.model.where import format_parts

Address = tuple[tuple[str, str], ...]

_MARGINS: Final = {"header": PieceKind.HEADER, "footer": PieceKind.FOOTER}
_NOTES: Final = ("footnotes", "endnotes")
_BESIDE_COMMENTS: Final = ("commentsExtended", "commentsIds", "commentsExtensible")
_ASIDE: Final = {
    "field": PieceKind.META,
    "link": PieceKind.META,
    "alt": PieceKind.NAME,
    "ruby": PieceKind.NAME,
    "value": PieceKind.NAME,
    "picture": PieceKind.NAME,
    "object": PieceKind.NAME,
}


class WordDocument:
    """One document on its way to the sink; `above` stands before the address of everything in it."""

    def __init__(
        self, package: Package, sink: Sink, lines: LineBatch, arrows: list[Relationship], above: Address = ()
    ) -> None:
        """Read the parts that all its texts need."""
        self._package = package
        self._sink = sink
        self._lines = lines
        self._arrows = arrows
        self._above = above
        self._styles = read_styles(*self.trees("styles"))
        numbering = Element("", children=self.trees("numbering"))
        self._numbering = Numbering(numbering, self._styles.lists)
        self.gathered = Gathered()
        self._body = self._story([], [])

    def trees(self, kind: str) -> list[Element]:
        """Parse the small parts of one kind that the document points to."""
        return [small_part(self._package, part, self._sink.partly) for part in parts_of(self._arrows, kind)]

    def body(self, main: str) -> Reason:
        """Send the body as it is read; gives why it could not be read to its end."""
        self._body = WordStory(self._send, _targets(self._arrows), self._styles, self.gathered)
        broken = read_part(self._package, main, self._body)
        self._body.finish()
        return broken

    def margins(self) -> None:
        """Send headers and footers: first those that sections name, in their order, then the others."""
        parts = {one.id: one for one in self._arrows if one.kind in _MARGINS and not one.external}
        named = [number for _kind, number in self._body.margins if number in parts]
        for kind, piece in _MARGINS.items():
            order = dict.fromkeys(
                parts[number].untrusted_target for number in (*named, *parts) if parts[number].kind == kind
            )
            for number, part in enumerate(order, 1):
                paragraphs, _ = self._paragraphs(part)
                self._side((*self._above, (kind, str(number))), piece, paragraphs)

    def notes(self) -> None:
        """Send footnotes and then endnotes, numbered through; separators are none."""
        number = 0
        for kind in _NOTES:
            for part in parts_of(self._arrows, kind):
                paragraphs, _ = self._paragraphs(part)
                for story, some in _stories(paragraphs).items():
                    if story:
                        number += 1
                        self._side((*self._above, ("note", str(number))), PieceKind.NOTE, some)

    def comments(self) -> None:
        """Send comments at the paragraph they stand in, with who wrote them, when, and in answer to what."""
        found = self._body.ranges | self._body.comment_at
        replies = read_replies({kind: self.trees(kind) for kind in _BESIDE_COMMENTS})
        counts: Counter[int] = Counter()
        places: dict[str, Address] = {}
        for part in parts_of(self._arrows, "comments"):
            paragraphs, remarks = self._paragraphs(part)
            for story, some in _stories(paragraphs).items():
                at = found.get(story, 0)
                counts[at] += 1
                number = ("comment", str(counts[at]))
                where = (*self._above, *((("para", str(at)),) if at else ()), number)
                self._remark(where, remarks.get(story))
                self._side(where, PieceKind.COMMENT, some)
                if some[-1].id:
                    places[some[-1].id] = where
                    self._replies(where, some[-1].id, replies, places)
            for author in dict.fromkeys(one.by.untrusted_author for one in remarks.values()):
                if author:
                    self._sink.meta("ooxml:comment-author", author)

    def _remark(self, where: Address, remark: Remark | None) -> None:
        """Send who wrote a comment and when."""
        if remark is not None:
            self._by(where, [remark.by])
            self._lines.put((*where, ("initials", "1")), PieceKind.NAME, remark.initials)

    def _replies(self, where: Address, last: str, replies: Replies, places: dict[str, Address]) -> None:
        """Send what other parts say of a comment."""
        above = places.get(replies.above.get(last, ""), ())
        if above:
            self._lines.put((*where, ("answers", "1")), PieceKind.META, format_parts(above))
        if last in replies.done:
            self._lines.put((*where, ("done", "1")), PieceKind.META, "1")
        self._lines.put((*where, ("utc", "1")), PieceKind.META, replies.utc.get(last, ""))

    def _send(self, paragraph: Paragraph) -> None:
        """Send a paragraph of the body, its number in a list, and what hangs on it."""
        where = (*self._above, ("para", str(paragraph.number)))
        self._lines.put((*where, ("label", "1")), PieceKind.NAME, self._label(paragraph))
        self._lines.put(where, PieceKind.PARAGRAPH, paragraph.untrusted_text, paragraph.flags)
        self._hanging(where, [paragraph])

    def _label(self, paragraph: Paragraph) -> str:
        style = paragraph.style or self._styles.default
        return self._numbering.label(style, paragraph.use, paragraph.level)

    def _side(self, where: Address, kind: PieceKind, paragraphs: list[Paragraph]) -> None:
        """Send a header, note or comment as one line, and what hangs on it."""
        flags = Flag.NONE
        texts: list[str] = []
        for paragraph in paragraphs:
            flags |= paragraph.flags
            text, label = paragraph.untrusted_text, self._label(paragraph)
            # A note has no address for the number of a paragraph in it: it stands before its text.
            texts.append(f"{label} {text}" if label and text.strip() else text)
        self._lines.put(where, kind, "\n".join(filter(None, texts)), flags)
        self._hanging(where, paragraphs)

    def _hanging(self, where: Address, paragraphs: Iterable[Paragraph]) -> None:
        """Send what hangs on paragraphs: who inserted, what was deleted, links, fields and pictures."""
        counts: Counter[str] = Counter()
        inserted: dict[By, None] = {}
        for paragraph in paragraphs:
            inserted |= paragraph.inserted_by
            for deleted in paragraph.deleted:
                counts["deleted"] += 1
                place = (*where, ("deleted", str(counts["deleted"])))
                self._lines.put(place, PieceKind.PARAGRAPH, deleted.untrusted_text, Flag.DELETED)
                self._by(place, [deleted.by])
            for name, texts in paragraph.aside.items():
                for text in texts:
                    counts[name] += 1
                    self._lines.put((*where, (name, str(counts[name]))), _ASIDE[name], text)
        self._by(where, inserted)

    def _by(self, where: Address, made: Iterable[By]) -> None:
        """Send who made a change or wrote a comment, and when."""
        for number, by in enumerate(made, 1):
            self._lines.put((*where, ("author", str(number))), PieceKind.NAME, by.untrusted_author)
            self._lines.put((*where, ("date", str(number))), PieceKind.META, by.untrusted_date)

    def _paragraphs(self, part: str) -> tuple[list[Paragraph], dict[str, Remark]]:
        """Read a small part as a whole; damage to it is said."""
        found: list[Paragraph] = []
        arrows = relationships(self._package, part, self._sink.partly)
        story = self._story(found, arrows)
        broken = read_part(self._package, part, story)
        story.finish()
        if broken:
            self._sink.partly(broken)
        return found, story.remarks

    def _story(self, found: list[Paragraph], arrows: list[Relationship]) -> WordStory:
        return WordStory(found.append, _targets(arrows), self._styles, self.gathered)


def parts_of(arrows: list[Relationship], kind: str) -> list[str]:
    """Give the parts of one kind that a part points to, each once."""
    return list(
        dict.fromkeys(one.untrusted_target for one in arrows if one.kind == kind and not one.external)
    )


def _targets(arrows: list[Relationship]) -> dict[str, str]:
    return {one.id: one.untrusted_target for one in arrows}


def _stories(paragraphs: list[Paragraph]) -> dict[str, list[Paragraph]]:
    """Group the paragraphs of a part by note or comment."""
    stories: dict[str, list[Paragraph]] = {}
    for paragraph in paragraphs:
        stories.setdefault(paragraph.story, []).append(paragraph)
    return stories
