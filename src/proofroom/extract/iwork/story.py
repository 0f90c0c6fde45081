"""Give a document of packed messages: sheets of Numbers, slides of Keynote, the texts of Pages."""

from __future__ import annotations

from collections import Counter
from typing import Final

from proofroom.extract.format import Sink
from proofroom.extract.iwork import objects as of
from proofroom.extract.iwork.objects import Archived, Objects
from proofroom.extract.iwork.tables import Tables
from proofroom.extract.iwork.texts import Comment, Paragraph, comments, paragraphs
from proofroom.extract.markup.batches import LineBatch
from proofroom.extract.markup.plain_text import put_whole
from proofroom.model.evidence import Flag, PieceKind
from proofroom.model.states import Reason
from proofroom.model.where import format_parts

_PAGES_DOCUMENT: Final = 10_000
_PLACES: Final = {0: "para", 1: "header", 2: "note", 3: "shape", 4: "note", 7: "outline"}
_KINDS: Final = {
    "para": PieceKind.PARAGRAPH,
    "header": PieceKind.HEADER,
    "note": PieceKind.NOTE,
    "notes": PieceKind.NOTE,
    "shape": PieceKind.SHAPE,
    "outline": PieceKind.NAME,
    "leftover": PieceKind.PARAGRAPH,
}
_DEEPEST: Final = 64
_DRAWABLE_AT: Final = {of.SHAPE: 2, of.GROUP: 1, of.PICTURE: 1, of.FILM: 1} | dict(
    zip((*of.TABLE, *of.PLACEHOLDERS), (1, 2, 3, 3), strict=True)
)
"""How deep in what is drawn lies what is common to all of it."""

_DRAWN: Final = (*of.STORAGE, of.SHAPE, *of.PLACEHOLDERS, of.GROUP, *of.TABLE, of.PICTURE, of.FILM)


class Story:
    """One document on its way to the sink."""

    def __init__(self, objects: Objects, sink: Sink, lines: LineBatch) -> None:
        """Give tables to the sink, texts to the lines."""
        self._objects = objects
        self._sink = sink
        self._lines = lines
        self._tables = Tables(objects, sink, lines)
        self._seen: set[int] = set()
        self._counts: Counter[str] = Counter()

    def tell(self) -> None:
        """Give the document, then what none of its parts shows."""
        if self._objects.find(1, _PAGES_DOCUMENT) or self._objects.of(_PAGES_DOCUMENT):
            self._sink.meta("iwork:program", "Pages")
            self._pages()
        elif self._objects.of(of.SLIDE_NODE):
            self._sink.meta("iwork:program", "Keynote")
            self._keynote()
        else:
            self._sink.meta("iwork:program", "Numbers")
            self._numbers()
        self._tables.rest("")
        self._seen |= self._tables.texts
        self._counts.clear()
        for number, _ in self._objects.of(*of.STORAGE):
            self._text("", "leftover", number)
        if self._tables.formulas:
            # Their values are given; how they are computed is kept in a form that is not read.
            self._sink.meta("iwork:formulas", str(self._tables.formulas))
            self._sink.partly(Reason.UNREAD_PART)

    def _numbers(self) -> None:
        """Give the sheets in their order: tables, then texts beside them."""
        documents = [found for _, found in self._objects.of(of.DOCUMENT)]
        listed = [one for found in documents for one in found.message.references(1)]
        rest = [number for number, _ in self._objects.of(*of.SHEET) if number not in listed]
        for number in [*listed, *rest]:
            found = self._objects.find(number, *of.SHEET)
            if found is None:
                continue
            message = found.message if found.kind == of.SHEET[0] else found.message.message(1)
            visibility = Flag.HIDDEN_SHEET if message.number(25) else Flag.NONE
            self._counts.clear()
            place = format_parts((("sheet", message.text(1)),)) + "&"
            for drawn in message.references(2):
                self._drawn(place, drawn, message.text(1), visibility)
            for key, name in ((18, "header"), (15, "header"), (19, "footer"), (16, "footer")):
                for one in message.references(key):
                    self._text(place, name, one)

    def _keynote(self) -> None:
        """Give the slides in the order of the show, then those that are its layouts."""
        order = [
            one for _, show in self._objects.of(of.SHOW) for one in show.message.message(3).references(2)
        ]
        nodes = [self._objects.find(one, of.SLIDE_NODE) for one in order]
        slides = [node.message.reference(2) for node in nodes if node is not None]
        for count, node in enumerate(filter(None, nodes), 1):
            if node.message.number(4):
                self._sink.meta("iwork:skipped-slide", str(count))
            self._slide(f"slide={count}&", node.message.reference(2))
        layouts = [number for number, _ in self._objects.of(*of.SLIDES) if number not in slides]
        for count, number in enumerate(layouts, 1):
            self._slide(f"layout={count}&", number)

    def _slide(self, place: str, number: int) -> None:
        """Give one slide: title, body, what else is drawn, then its notes."""
        slide = self._objects.find(number, *of.SLIDES)
        if slide is None:
            return
        self._counts.clear()
        message = slide.message
        self._put(f"{place}name=1", PieceKind.NAME, message.text(10))
        for key in (5, 6, 30, 42, 7, 20):
            for drawn in message.references(key):
                self._drawn(place, drawn, place.rstrip("&").replace("=", " "), Flag.NONE)
        note = self._objects.find(message.reference(27), of.NOTE)
        if note is not None:
            self._text(place, "notes", note.message.reference(1))

    def _pages(self) -> None:
        """Give the texts of Pages, each by what it is: body, header, note, box."""
        for number, found in self._objects.of(*of.STORAGE):
            kind = found.message.number(1)
            if kind in _PLACES:
                self._text("", _PLACES[kind], number)
        for number, _ in self._objects.of(*_DRAWABLE_AT):
            self._drawn("", number, "", Flag.NONE)

    def _drawn(self, place: str, number: int, sheet: str, visibility: Flag, depth: int = 0) -> None:
        """Give what is drawn: its text, its table, what is grouped in it, what hangs on it."""
        found = self._objects.find(number, *_DRAWN)
        if found is None or number in self._seen or depth > _DEEPEST:
            return
        if found.kind in of.STORAGE:
            self._text(place, "shape", number)
            return
        self._seen.add(number)
        if found.kind in of.TABLE:
            self._tables.give(number, sheet, visibility)
        self._hanging(place, found)
        for one in found.refers:
            self._drawn(place, one, sheet, visibility, depth + 1)

    def _hanging(self, place: str, found: Archived) -> None:
        """Give the link, the description and the comment of what is drawn."""
        message = found.message
        for _ in range(_DRAWABLE_AT[found.kind]):
            message = message.message(1)
        for key, name, kind in ((4, "link", PieceKind.META), (8, "alt", PieceKind.NAME)):
            if text := message.text(key):
                self._put(self._next(place, name), kind, text)
        for comment in comments(self._objects, message.reference(6)):
            self._comment(self._next(place, "comment"), comment)

    def _next(self, place: str, name: str) -> str:
        self._counts[name] += 1
        return f"{place}{name}={self._counts[name]}"

    def _comment(self, part: str, comment: Comment) -> None:
        self._put(part, PieceKind.COMMENT, comment.text)
        self._put(f"{part}&author=1", PieceKind.NAME, comment.author)
        self._put(f"{part}&created=1", PieceKind.META, comment.created)

    def _text(self, place: str, name: str, number: int) -> None:
        """Give one text: in the body paragraph by paragraph, elsewhere too, each under the next number."""
        storage = self._objects.find(number, *of.STORAGE)
        if storage is None or number in self._seen:
            return
        self._seen.add(number)
        for one in paragraphs(storage, self._objects):
            if one.text.strip() or one.deleted.strip() or one.comments:
                self._paragraph(self._next(place, name), _KINDS.get(name, PieceKind.FOOTER), one)

    def _paragraph(self, part: str, kind: PieceKind, one: Paragraph) -> None:
        self._put(part, kind, one.text)
        if one.deleted:
            put_whole(self._lines, f"{part}&deleted=1", kind, one.deleted, Flag.DELETED)
        for number, link in enumerate(one.links, 1):
            self._put(f"{part}&link={number}", PieceKind.META, link)
        for number, comment in enumerate(one.comments, 1):
            self._comment(f"{part}&comment={number}", comment)

    def _put(self, part: str, kind: PieceKind, text: str) -> None:
        put_whole(self._lines, part, kind, text)
