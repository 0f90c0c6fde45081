"""Read PowerPoint presentations of the years before 2007 (ppt, pps, pot), what they hide and what they forgot to drop.

`slide=N&shape=M` counts slides as they are shown and shapes with text in the order of the file; a table is
one shape. Notes, comments, links, descriptions, headers and footers stand beside. Hidden slides, and those
that the presentation does not show any more, are flagged as hidden text. A save may leave the one before it
in the file: texts that only an earlier edit holds stand under `edit=N`, those of no edit under `leftover=N`.
"""

from __future__ import annotations

from typing import Final

from proofroom.extract.format import Format, Sink, Source, Unreadable
from proofroom.extract.markup.batches import LineBatch
from proofroom.extract.ole.ppt_deck import Deck
from proofroom.extract.ole.ppt_edits import Edit, current_user, edits, state, weight
from proofroom.extract.ole.ppt_facts import send_facts, send_history, send_tags
from proofroom.extract.ole.ppt_locked import send_decrypted
from proofroom.extract.ole.ppt_members import Objects, Pictures, send_fonts, send_sounds
from proofroom.extract.ole.ppt_old import send_old
from proofroom.extract.ole.ppt_records import Kind, Records
from proofroom.extract.ole.ppt_story import Story
from proofroom.extract.ole.properties import send_ole_properties
from proofroom.extract.ole.streams import Streams
from proofroom.model.evidence import Flag
from proofroom.model.states import Reason, State

_DUAL: Final = "PP97_DUALSTORAGE/"
_DOCUMENT: Final = "PowerPoint Document"
_PAGES: Final = (Kind.SLIDE, Kind.MAIN_MASTER, Kind.NOTES, Kind.HANDOUT)
_MOST_PLACES: Final = 1 << 22
"""Places of records that are looked at for earlier edits: thousands of saves of a large presentation."""


def read(source: Source, sink: Sink) -> None:
    """Read a presentation; what a damaged or missing part costs is said, the rest is given."""
    streams = Streams.of(source)
    streams.send_facts(sink)
    send_ole_properties(streams, sink)
    folder = _DUAL if streams.has(_DUAL + _DOCUMENT) else ""
    data = streams.stream(folder + _DOCUMENT)
    user = current_user(streams.stream(f"{folder}Current User"))
    records = Records(data or b"")
    found, whole = edits(records, user)
    send_history(found, user, sink)
    if (user and user.locked) or any(edit.session for edit in found):
        names = (_DOCUMENT, "Current User", "Pictures", "EncryptedSummary")
        given = {name: streams.stream(name) or b"" for name in names}
        send_decrypted(source, sink, given, found)
    presentation = _Presentation(records, found, sink, source.limits.pages)
    if presentation.is_old:
        send_old(streams, sink)
        return
    presentation.send(streams.stream(f"{folder}Pictures") or b"")
    entry = streams.find(folder + _DOCUMENT)
    if entry is not None and entry.size > len(records.data):
        raise Unreadable(State.DAMAGED, Reason.CUT_SHORT)
    if not (whole and records.whole and presentation.deck.whole and streams.whole):
        sink.partly(Reason.DAMAGED_PART)


class _Presentation:
    """One presentation on its way to the sink."""

    def __init__(self, records: Records, found: list[Edit], sink: Sink, most_pages: int) -> None:
        self._records = records
        self._found = found
        self._sink = sink
        self._most_pages = most_pages
        self.deck = self._deck(0)
        if self.deck.document is None:
            self.deck = self._without_directory()

    @property
    def is_old(self) -> bool:
        """Tell whether nothing of a presentation of PowerPoint 97 and later is there."""
        return self.deck.document is None and not self.deck.slides

    def send(self, pictures: bytes) -> None:
        """Send the last edit, then members, then what only earlier edits and no edit hold."""
        deck, sink = self.deck, self._sink
        kept = Pictures(self._records, deck.document, pictures)
        objects = Objects(deck)
        with LineBatch(sink) as lines:
            story = Story(sink, lines, self._most_pages)
            story.picture_name, story.object_name = kept.name, objects.name
            story.deck(deck)
            lines.flush()
            self._send_parts(kept, objects)
            story.only_new, story.flags = True, Flag.DELETED
            self._earlier(story)
            self._leftover(story)

    def _send_parts(self, pictures: Pictures, objects: Objects) -> None:
        """Send facts and members."""
        deck, sink = self.deck, self._sink
        for page in (*deck.slides, *deck.masters):
            send_tags(self._records, page.record, sink)
        if deck.document is not None:
            send_facts(self._records, deck.document, sink)
            send_tags(self._records, deck.document, sink)
        pictures.send(sink)
        objects.send(sink)
        if deck.document is not None:
            pictures.send_bullets(sink, deck.document)
            send_sounds(self._records, deck.document, sink)
            send_fonts(self._records, deck.document, sink)

    def _earlier(self, story: Story) -> None:
        """Send the texts that only earlier edits hold, from the last to the first."""
        spent = 0
        for number in range(1, len(self._found)):
            spent += weight(self._found[number:])
            if spent > _MOST_PLACES:
                self._sink.partly(Reason.UNREAD_PART)
                return
            story.deck(self._deck(number), (("edit", str(len(self._found) - number)),))

    def _leftover(self, story: Story) -> None:
        """Send the texts of pages that lie in the stream and that no edit names."""
        number = 0
        for record in self._records.top():
            if record.at in story.read or record.kind not in (*_PAGES, Kind.DOCUMENT):
                continue
            number += 1
            where = (("leftover", str(number)),)
            if record.kind == Kind.DOCUMENT:
                story.loose_texts(self._records, record, where)
            else:
                story.loose(self._records, record, where)

    def _deck(self, number: int) -> Deck:
        """Put the presentation together as it stood after an edit, 0 for the last."""
        if number >= len(self._found):
            return Deck(self._records, None, {})
        places = state(self._found, number)
        document = self._records.at(places.get(self._found[number].document, -1))
        if document is not None and document.kind != Kind.DOCUMENT:
            document = None
        return Deck(self._records, document, places)

    def _without_directory(self) -> Deck:
        """Put together what lies in the stream when no edit leads to it: records in the order of the file."""
        lying = list(self._records.top())
        document = next((one for one in reversed(lying) if one.kind == Kind.DOCUMENT), None)
        places = {number: one.at for number, one in enumerate(lying, 1) if one.kind in _PAGES}
        return Deck(self._records, document, places, in_order=False)


FORMAT = Format(
    name="mspowerpoint",
    media_types=frozenset(("application/vnd.ms-powerpoint",)),
    read=read,
    sample="mspowerpoint.ppt",
)
