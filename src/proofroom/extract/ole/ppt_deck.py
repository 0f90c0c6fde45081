"""Put a presentation together as it stood after one edit: slides in their order, masters, notes (MS-PPT 2.4)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from proofroom.extract.ole.ppt_records import Kind, Record, Records
from proofroom.extract.ole.ppt_text import Text, hyperlinks, texts

_SLIDES, _MASTERS, _NOTES = 0, 1, 2
_NOTES_ID_AT: Final = 16
_NOTES_MASTER_AT: Final = 24
_HIDDEN: Final = 1 << 2
_PAGES: Final = (Kind.SLIDE, Kind.MAIN_MASTER, Kind.NOTES, Kind.HANDOUT)


@dataclass(slots=True)
class Page:
    """One slide, master or page of notes: its record and its texts in the outline."""

    record: Record
    outline: list[Text] = field(default_factory=list)
    listed: bool = True


class Deck:
    """A presentation after one edit; `whole` is false where a record that it names is not there."""

    def __init__(
        self, records: Records, document: Record | None, places: dict[int, int], *, in_order: bool = True
    ) -> None:
        """Read the lists of the document; `places` says where each numbered record lies.

        in_order: the lists may be believed; where no edit leads to the numbers, they name nothing.
        """
        self.records = records
        self.document = document
        self.in_order = in_order
        self.whole = document is not None
        self._places = places
        self._used: set[int] = set()
        self.links = hyperlinks(records, document) if document else {}
        self.slides: list[Page] = []
        self.masters: list[Page] = []
        self._notes: dict[int, Page] = {}
        if document is not None and in_order:
            self._read_lists(document)
        records_named = (records.at(place) for place in dict.fromkeys(places.values()))
        self._named = [one for one in records_named if one is not None and one.kind in _PAGES]
        listed = bool(self.slides)
        for record in self._lying(Kind.SLIDE):
            # Where no list of slides is left, which of them are shown is not known: then all are.
            self.slides.append(Page(record, listed=not listed))
        self.loose_notes = [Page(record) for record in self._lying(Kind.NOTES)]
        self.masters += [Page(record) for record in self._lying(Kind.MAIN_MASTER, Kind.HANDOUT)]

    def notes_of(self, slide: Page) -> Page | None:
        """Give the page of notes of a slide."""
        atom = self.records.first(slide.record, Kind.SLIDE_ATOM)
        number = self.records.number(atom, "<I", _NOTES_ID_AT) if atom else 0
        return self._notes.pop(number, None) if number else None

    def notes_left(self) -> Iterator[Page]:
        """Give the pages of notes that no slide names."""
        yield from self._notes.values()
        yield from self.loose_notes

    def is_hidden(self, slide: Page) -> bool:
        """Tell whether a slide is passed over when the presentation is shown."""
        info = self.records.first(slide.record, Kind.SHOW_INFO)
        return bool(info and self.records.number(info, "<H", 10) & _HIDDEN)

    def record(self, number: int, *kinds: int) -> Record | None:
        """Give a numbered record if it is of one of these kinds."""
        found = self.records.at(self._places.get(number, -1))
        return found if found is not None and found.kind in kinds else None

    def _read_lists(self, document: Record) -> None:
        """Read the lists of slides, masters and notes, and the two masters that stand apart."""
        for listed in self.records.of(document, Kind.LIST_WITH_TEXT):
            for number, page in self._pages(listed):
                if listed.instance == _SLIDES:
                    self.slides.append(page)
                elif listed.instance == _MASTERS:
                    self.masters.append(page)
                else:
                    self._notes[number] = page
        atom = self.records.first(document, Kind.DOCUMENT_ATOM)
        apart = self.records.numbers(atom, "<II", _NOTES_MASTER_AT) if atom else None
        for number in apart or ():
            found = self.record(number, *_PAGES) if number else None
            if found is not None and found.at not in self._used:
                self._used.add(found.at)
                self.masters.append(Page(found))

    def _pages(self, listed: Record) -> Iterator[tuple[int, Page]]:
        """Give the pages of one list with the numbers by which others name them."""
        head: Record | None = None
        below: list[Record] = []
        for one in [*self.records.inside(listed), None]:
            if one is not None and one.kind != Kind.SLIDE_PERSIST:
                below.append(one)
                continue
            if head is not None:
                page = self._page(head, below)
                if page is not None:
                    yield self.records.number(head, "<I", 12), page
            head, below = one, []

    def _page(self, head: Record, below: list[Record]) -> Page | None:
        """Give one page of a list; each record only once, whatever the lists say."""
        found = self.record(self.records.number(head, "<I"), *_PAGES)
        if found is None or found.at in self._used:
            self.whole = self.whole and found is not None
            return None
        self._used.add(found.at)
        return Page(found, list(texts(self.records, below, self.links)))

    def _lying(self, *kinds: int) -> list[Record]:
        """Give the numbered records of these kinds that no list names."""
        found: list[Record] = []
        for record in self._named:
            if record.kind in kinds and record.at not in self._used:
                self._used.add(record.at)
                found.append(record)
        return found
