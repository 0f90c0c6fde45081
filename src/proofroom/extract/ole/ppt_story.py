"""Send a presentation page by page: shapes, notes, comments, margins, and what hangs on them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Final

from proofroom.extract.format import Sink, Unreadable
from proofroom.extract.markup.batches import LineBatch
from proofroom.extract.ole.ppt_deck import Deck, Page
from proofroom.extract.ole.ppt_records import Kind, Record, Records
from proofroom.extract.ole.ppt_shapes import FIELD, MARGINS, NOTES_BODY, PROMPTS, SLIDE_IMAGE, Shape, shapes
from proofroom.extract.ole.ppt_tags import newer
from proofroom.extract.ole.ppt_text import characters, string, strings
from proofroom.model.evidence import Flag, PieceKind
from proofroom.model.states import Reason, State

Parts = tuple[tuple[str, str], ...]

_KINDS: Final = {7: PieceKind.FOOTER, 8: PieceKind.FOOTER, 9: PieceKind.FOOTER, 10: PieceKind.HEADER}
_SHOWN: Final = {0: 1 << 2 | 1 << 0, 1: 1 << 4, 2: 1 << 5}
_MARGIN_NAMES: Final = {0: "footer", 1: "header", 2: "footer"}
_DATE, _HEADER, _FOOTER = 0, 1, 2
_TEXTS: Final = (Kind.TEXT_CHARS, Kind.TEXT_BYTES)


class Story:
    """Sends pages; once `only_new` is set, only texts that were not sent before."""

    def __init__(self, sink: Sink, lines: LineBatch, most_pages: int) -> None:
        """Send to the sink; more pages than allowed end in `truncated`."""
        self._sink = sink
        self._lines = lines
        self._left = most_pages
        self._told: set[str] = set()
        self._pages_told: set[tuple[int, tuple[str, ...]]] = set()
        self.read: set[int] = set()
        """Where the records begin that were read."""
        self.only_new = False
        self.flags = Flag.NONE
        self.picture_name: Callable[[int], str] = lambda _number: ""
        self.object_name: Callable[[int], str] = lambda _number: ""

    def deck(self, deck: Deck, before: Parts = ()) -> None:
        """Send all pages of a presentation; `before` is what stands before each address."""
        for number, slide in enumerate(deck.slides, 1):
            notes = deck.notes_of(slide)
            where = (*before, ("slide", str(number)))
            if self._is_new(slide):
                self._slide(deck, slide, where)
            if notes is not None and self._is_new(notes):
                self._notes(deck, notes, where, self._flags_of(deck, slide))
        for number, page in enumerate(deck.notes_left(), len(deck.slides) + 1):
            if self._is_new(page):
                self._notes(deck, page, (*before, ("slide", str(number))), self.flags | Flag.HIDDEN_TEXT)
        for number, master in enumerate(deck.masters, 1):
            if self._is_new(master):
                self._master(deck, master, (*before, ("master", str(number))))
        if deck.document is not None and self._is_new(Page(deck.document)):
            self._margins(deck.records, deck.document, before, self.flags)
            if not deck.in_order:
                self.read.discard(deck.document.at)

    def loose(self, records: Records, page: Record, where: Parts) -> None:
        """Send the texts of a page that no edit names."""
        self._is_new(Page(page))
        self._page(records, Page(page), where, {}, self.flags)
        for number, one in enumerate(newer(records, page, Kind.COMMENT), 1):
            self._comment(records, one, (*where, ("comment", str(number))), self.flags)

    def loose_texts(self, records: Records, document: Record, where: Parts) -> None:
        """Send the texts of the outline in a document that no edit names."""
        for number, one in enumerate(records.deep(document, _TEXTS), 1):
            self._put((*where, ("shape", str(number))), PieceKind.SHAPE, characters(records, one), self.flags)

    def _slide(self, deck: Deck, slide: Page, where: Parts) -> None:
        flags = self._flags_of(deck, slide)
        self._page(deck.records, slide, where, deck.links, flags)
        self._margins(deck.records, slide.record, where, flags)
        for number, one in enumerate(newer(deck.records, slide.record, Kind.COMMENT), 1):
            self._comment(deck.records, one, (*where, ("comment", str(number))), flags)

    def _flags_of(self, deck: Deck, slide: Page) -> Flag:
        hidden = deck.is_hidden(slide) or not slide.listed
        return self.flags | (Flag.HIDDEN_TEXT if hidden else Flag.NONE)

    def _master(self, deck: Deck, master: Page, where: Parts) -> None:
        self._page(deck.records, master, where, deck.links, self.flags, hidden=PROMPTS)
        self._margins(deck.records, master.record, where, self.flags)

    def _page(
        self,
        records: Records,
        page: Page,
        where: Parts,
        links: dict[int, str],
        flags: Flag,
        hidden: tuple[int, ...] = (),
    ) -> None:
        """Send the shapes of a page, and its name."""
        counted = 0
        beside: Counter[str] = Counter()
        for shape in shapes(records, page.record, links, page.outline):
            mine = flags | shape.flags | (Flag.HIDDEN_TEXT if shape.holder in hidden else Flag.NONE)
            if not shape.untrusted_text.strip() or _is_field(shape):
                self._beside(shape, where, beside, mine)
                continue
            counted += 1
            at = (*where, ("shape", str(counted)))
            self._put(at, _KINDS.get(shape.holder, PieceKind.SHAPE), shape.untrusted_text, mine)
            self._beside(shape, at, Counter(), mine)
        for number, one in enumerate(records.of(page.record, Kind.STRING), 1):
            self._put((*where, ("name", str(number))), PieceKind.NAME, string(records, one), flags)

    def _notes(self, deck: Deck, page: Page, where: Parts, flags: Flag) -> None:
        """Send the speaker's notes as one text, and after it what else stands on the page of notes."""
        found = [
            one
            for one in shapes(deck.records, page.record, deck.links, page.outline)
            if one.holder not in SLIDE_IMAGE and not _is_field(one)
        ]
        body = [one for one in found if one.holder in NOTES_BODY]
        rest = [one for one in found if one.holder not in NOTES_BODY]
        groups = [body, *([one] for one in rest if one.untrusted_text.strip() or one.links or one.alts)]
        for number, group in enumerate(groups, 1):
            at = (*where, ("notes", str(number)))
            text = "\n".join(one.untrusted_text for one in group if one.untrusted_text.strip())
            self._put(at, PieceKind.NOTE, text, flags)
            beside: Counter[str] = Counter()
            for one in group:
                self._beside(one, at, beside, flags)
        self._margins(deck.records, page.record, (*where, ("notes", "1")), flags)

    def _comment(self, records: Records, comment: Record, where: Parts, flags: Flag) -> None:
        """Send a comment, and beside it who wrote it and when."""
        told = strings(records, comment)
        self._put(where, PieceKind.COMMENT, told.get(1, "").replace("\r", "\n"), flags)
        self._put((*where, ("author", "1")), PieceKind.META, told.get(0, ""), flags)
        atom = records.first(comment, Kind.COMMENT_ATOM)
        when = records.numbers(atom, "<8H", 4) if atom else None
        if when and when[0]:
            date = "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}".format(*when[:2], *when[3:7])
            self._put((*where, ("date", "1")), PieceKind.META, date, flags)

    def _margins(self, records: Records, above: Record, where: Parts, flags: Flag) -> None:
        """Send headers, footers and typed dates; those that are switched off are hidden."""
        counts: Counter[str] = Counter()
        for margins in records.of(above, Kind.MARGINS):
            atom = records.first(margins, Kind.MARGINS_ATOM)
            shown = records.number(atom, "<H", 2) if atom else -1
            told = strings(records, margins)
            for kind in (_HEADER, _FOOTER, _DATE):
                if not told.get(kind, "").strip():
                    continue
                name = _MARGIN_NAMES[kind]
                counts[name] += 1
                off = Flag.NONE if shown & _SHOWN[kind] else Flag.HIDDEN_TEXT
                piece = PieceKind.HEADER if kind == _HEADER else PieceKind.FOOTER
                self._put((*where, (name, str(counts[name]))), piece, told[kind], flags | off)

    def _beside(self, shape: Shape, where: Parts, counts: Counter[str], flags: Flag) -> None:
        """Send what hangs on a shape."""
        for name, kind, text in _hanging(shape):
            counts[name] += 1
            self._put((*where, (name, str(counts[name]))), kind, text, flags)
        if self.only_new:
            return
        for name, text in (
            ("picture", self.picture_name(shape.picture)),
            ("object", self.object_name(shape.object)),
        ):
            if text:
                counts[name] += 1
                self._put((*where, (name, str(counts[name]))), PieceKind.META, text, flags)

    def _put(self, where: Parts, kind: PieceKind, text: str, flags: Flag) -> None:
        """Send one text, unless it has to be new and is not."""
        if not text.strip() or (self.only_new and text in self._told):
            return
        self._told.add(text)
        self._lines.put(where, kind, text, flags)

    def _is_new(self, page: Page) -> bool:
        """Count a page that was not read before with the same texts; raises Unreadable at the limit on pages."""
        known = (page.record.at, tuple(text.untrusted_text for text in page.outline))
        if known in self._pages_told:
            return False
        self._pages_told.add(known)
        self.read.add(page.record.at)
        self._left -= 1
        if self._left < 0:
            raise Unreadable(State.TRUNCATED, Reason.LIMIT_PAGES)
        return True


def _is_field(shape: Shape) -> bool:
    """Tell whether a shape holds nothing but the mark where a date, number, header or footer is shown."""
    return shape.holder in MARGINS and shape.untrusted_text.strip() == FIELD


def _hanging(shape: Shape) -> Iterator[tuple[str, PieceKind, str]]:
    """Give what hangs on a shape: links, macros, descriptions."""
    yield from (("link", PieceKind.META, text) for text in shape.links)
    yield from (("field", PieceKind.META, text) for text in shape.macros)
    yield from (("alt", PieceKind.NAME, text) for text in shape.alts)
