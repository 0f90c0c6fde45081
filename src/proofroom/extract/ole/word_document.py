"""Send the texts of a Word document at their addresses: main text, boxes, headers, notes and comments."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import zip_longest
from typing import Final, Protocol

from proofroom.extract.markup.dttm import local_time
from proofroom.extract.ole.word_drawings import Anchors, Said, read_drawings, read_hidden_data
from proofroom.extract.ole.word_facts import comment_authors, revision_authors
from proofroom.extract.ole.word_lists import Lists
from proofroom.extract.ole.word_parts import Part, Stretch, parts_of, references, stories
from proofroom.extract.ole.word_pictures import read_in_text
from proofroom.extract.ole.word_pieces import Pieces, read_pieces
from proofroom.extract.ole.word_runs import Looks
from proofroom.extract.ole.word_story import Stories, WordParagraph
from proofroom.extract.ole.word_styles import Styles, font_codecs
from proofroom.extract.ole.word_tables import WordFile, positions
from proofroom.model.evidence import Flag, PieceKind

Address = tuple[tuple[str, str], ...]

_SECTION: Final = 12
_SEPARATORS: Final = 6
_FOOTERS: Final = (2, 3, 5)
_COMMENT, _OLD_COMMENT = 30, 20
_AUTHOR_AT, _OLD_AUTHOR_AT = 20, 10
_DATE: Final = 18
_NEEDED: Final = ("pieces", "characters", "paragraphs", "headers", "note-texts", "comment-texts")


class Lines(Protocol):
    """Takes pieces of text and sends them some thousand at a time."""

    def put(
        self,
        parts: tuple[tuple[str, str], ...],
        kind: PieceKind,
        untrusted_text: str,
        flags: Flag = Flag.NONE,
    ) -> None:
        """Take one piece at an address."""


class Document:
    """One document on its way to the sink. `pieces` and `looks` stay for what else wants to know them."""

    def __init__(self, word: WordFile, lines: Lines, most: int, above: Address = ()) -> None:
        """Read the tables that all its texts need; `most` characters are read of all texts together.

        `above` stands before the address of everything in it.
        """
        self.word = word
        self.pieces: Pieces = read_pieces(word)
        self.looks = Looks(word)
        self.pictures: dict[int, None] = {}
        self._above = above
        self._lines = lines
        self._styles = Styles(word)
        sections = frozenset(positions(word.part("sections"), _SECTION)[0])
        self._stories = Stories(self.pieces, self.looks, self._styles, font_codecs(word), sections, most)
        self._lists = Lists(word, self._styles)
        self._parts = parts_of(word, self.pieces)
        self.drawings = read_drawings(word.part("drawings"))
        self._authors = revision_authors(word)
        self._number = 0
        self._ends = array("q")
        self._numbers = array("q")

    @property
    def is_cut(self) -> bool:
        """Tell whether text is missing that the block counts, or a table that the text needs."""
        counted = sum(self.word.fib.counts.values())
        length = self.pieces.all[-1].end if self.pieces.all else 0
        return length < counted or any(map(self.word.is_cut, _NEEDED))

    def send(self) -> None:
        """Send every text: the main one first, then those that stand beside it."""
        anchors = Anchors(self.word, "shapes", "box-texts", self.drawings)
        self._main(anchors)
        self._headers()
        self._notes()
        self._comments()

    def _main(self, anchors: Anchors) -> None:
        """Send the main text; a box stands behind the paragraph that its shape hangs on."""
        part, boxes = self._parts["main"], self._parts["boxes"]
        waiting: list[tuple[int, Stretch]] = []
        loose: list[Stretch] = []
        for stretch, owner in zip_longest(
            stories(self.word, boxes, "box-texts", 22), (box[2] for box in anchors.boxes), fillvalue=None
        ):
            if stretch is None:
                continue
            place = None if owner is None else anchors.place_of(owner)
            if place is None:
                loose.append(stretch)
            else:
                waiting.append((place, stretch))
        waiting.sort(reverse=True)
        for paragraph in self._stories.paragraphs(part.start, part.end):
            self._paragraph(paragraph, anchors.said_between(paragraph.start, paragraph.end))
            self._ends.append(paragraph.end)
            self._numbers.append(self._number)
            while waiting and waiting[-1][0] < paragraph.end:
                self._body(waiting.pop()[1])
        for _, stretch in reversed(waiting):
            self._body(stretch)
        for stretch in loose:
            self._body(stretch)
        for name in ("macros", "rest"):
            if name in self._parts:
                self._body((self._parts[name].start, self._parts[name].end))

    def _body(self, stretch: Stretch) -> None:
        """Send the paragraphs of a box, or of what stands nowhere else."""
        for paragraph in self._stories.paragraphs(*stretch):
            self._paragraph(paragraph, ())

    def _paragraph(self, paragraph: WordParagraph, said: Sequence[Said]) -> None:
        """Send one paragraph and what hangs on it."""
        self._number += 1
        where: Address = (*self._above, ("para", str(self._number)))
        self._lines.put((*where, ("label", "1")), PieceKind.NAME, self._lists.label(paragraph.shape))
        self._lines.put(where, PieceKind.PARAGRAPH, paragraph.untrusted_text, paragraph.flags)
        self._hang(where, [paragraph], said)

    def _side(self, where: Address, kind: PieceKind, stretch: Stretch, said: Sequence[Said] = ()) -> bool:
        """Send a header, note or comment as one piece; tells whether there was anything."""
        paragraphs = list(self._stories.paragraphs(*stretch))
        flags = Flag.NONE
        for paragraph in paragraphs:
            flags |= paragraph.flags
        labelled = (self._labelled(paragraph) for paragraph in paragraphs)
        text = "\n".join(filter(None, labelled))
        self._lines.put(where, kind, text, flags)
        self._hang(where, paragraphs, said)
        return bool(text.strip() or any(one.deleted or one.codes for one in paragraphs) or said)

    def _labelled(self, paragraph: WordParagraph) -> str:
        """Give a paragraph with its number before it, as a note has no address for it."""
        label = self._lists.label(paragraph.shape)
        text = paragraph.untrusted_text
        return f"{label} {text}" if label and text.strip() else text

    def _hang(self, where: Address, paragraphs: Iterable[WordParagraph], said: Sequence[Said]) -> None:
        """Send what hangs on paragraphs: deletions, fields, links, descriptions, and who wrote when."""
        counts: Counter[str] = Counter()
        for one in paragraphs:
            self.pictures.update(dict.fromkeys(one.pictures))
            for deleted in one.deleted:
                place = self._next(counts, where, "deleted")
                self._lines.put(place, PieceKind.PARAGRAPH, deleted.untrusted_text, Flag.DELETED)
                self._by(place, [deleted.by])
            self._by(where, list(one.inserted_by))
            for code in one.codes:
                self._lines.put(self._next(counts, where, "field"), PieceKind.META, code)
            hidden = [read_hidden_data(self.word, at) for at in dict.fromkeys(one.data)]
            links = [*one.links, *(link for _, link in hidden if link)]
            for link in dict.fromkeys(links):
                self._lines.put(self._next(counts, where, "link"), PieceKind.META, link)
            pictures = [read_in_text(self.word, at).said for at in dict.fromkeys(one.pictures)]
            for value in (text for values, _ in hidden for text in values):
                self._lines.put(self._next(counts, where, "value"), PieceKind.NAME, value)
            self._describe(counts, where, pictures)
        self._describe(counts, where, said)

    def _describe(self, counts: Counter[str], where: Address, said: Sequence[Said]) -> None:
        """Send what pictures and shapes say of themselves, and where they lead."""
        for shape in said:
            for alt in shape.alts:
                self._lines.put(self._next(counts, where, "alt"), PieceKind.NAME, alt)
            for link in shape.links:
                self._lines.put(self._next(counts, where, "link"), PieceKind.META, link)

    def _by(self, where: Address, written: Sequence[tuple[int, int]]) -> None:
        """Send who changed a piece, and when."""
        for number, (author, time) in enumerate((one for one in written if one != (0, 0)), 1):
            name = self._authors[author] if author < len(self._authors) else ""
            self._lines.put((*where, ("author", str(number))), PieceKind.NAME, name)
            self._lines.put((*where, ("date", str(number))), PieceKind.META, local_time(time))

    def _next(self, counts: Counter[str], where: Address, name: str) -> Address:
        counts[name] += 1
        return (*where, (name, str(counts[name])))

    def _headers(self) -> None:
        """Send headers and footers in the order of sections, then the boxes in them."""
        part = self._parts["headers"]
        anchors = Anchors(self.word, "header-shapes", "header-box-texts", self.drawings)
        numbers = {"header": 1, "footer": 1}
        for number, stretch in enumerate(stories(self.word, part, "headers")):
            of_section = number - _SEPARATORS
            kind = (
                "footer"
                if of_section >= 0 and of_section % 6 in _FOOTERS and not self.word.fib.old
                else "header"
            )
            said = anchors.said_between(stretch[0] - part.start, stretch[1] - part.start)
            numbers[kind] += self._margin(kind, numbers[kind], stretch, said)
        boxes = self._parts["header-boxes"]
        for stretch in stories(self.word, boxes, "header-box-texts", 22):
            numbers["header"] += self._margin("header", numbers["header"], stretch, ())

    def _margin(self, kind: str, number: int, stretch: Stretch, said: Sequence[Said]) -> bool:
        piece = PieceKind.FOOTER if kind == "footer" else PieceKind.HEADER
        return self._side((*self._above, (kind, str(number))), piece, stretch, said)

    def _notes(self) -> None:
        """Send footnotes and then endnotes, numbered through."""
        number = 1
        for name, table in (("notes", "note-texts"), ("endnotes", "endnote-texts")):
            for stretch in stories(self.word, self._parts[name], table):
                number += self._side((*self._above, ("note", str(number))), PieceKind.NOTE, stretch)

    def _comments(self) -> None:
        """Send comments at the paragraph they stand in, with who wrote them and when."""
        part: Part = self._parts["comments"]
        old = self.word.fib.old
        marks = references(self.word, "comment-places", _OLD_COMMENT if old else _COMMENT)
        authors = comment_authors(self.word)
        dates = self.word.part("comment-dates")
        counts: Counter[int] = Counter()
        for number, stretch in enumerate(stories(self.word, part, "comment-texts")):
            place, line = marks[number] if number < len(marks) else (-1, b"")
            at = self._paragraph_at(place)
            counts[at] += 1
            place_of: Address = (("para", str(at)),) if at else ()
            where = (*self._above, *place_of, ("comment", str(counts[at])))
            if not self._side(where, PieceKind.COMMENT, stretch):
                counts[at] -= 1
                continue
            author_at = _OLD_AUTHOR_AT if old else _AUTHOR_AT
            author = int.from_bytes(line[author_at : author_at + 2], "little") if line else len(authors)
            if author < len(authors):
                self._lines.put((*where, ("author", "1")), PieceKind.NAME, authors[author])
            date = int.from_bytes(dates[_DATE * number : _DATE * number + 4], "little")
            self._lines.put((*where, ("date", "1")), PieceKind.META, local_time(date))

    def _paragraph_at(self, place: int) -> int:
        """Give the number of the paragraph in which a character of the main text stands, 0 for none."""
        if place < 0:
            return 0
        found = bisect_right(self._ends, place)
        return self._numbers[found] if found < len(self._numbers) else 0
