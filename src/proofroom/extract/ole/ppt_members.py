"""Hand out what a presentation carries: pictures, objects, macros, sounds, fonts, newer drawings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from proofroom.extract.format import Sink, Unreadable
from proofroom.extract.ole.blips import blip_at, blips, blocks, inflated, place_of
from proofroom.extract.ole.ppt_deck import Deck
from proofroom.extract.ole.ppt_records import Kind, Record, Records
from proofroom.extract.ole.ppt_tags import newer
from proofroom.extract.ole.ppt_text import strings
from proofroom.model.states import Reason, State

_UNSAFE: Final = re.compile(r"[^\w.-]+")
_OBJECTS: Final = (Kind.OLE_EMBED, Kind.OLE_LINK, Kind.OLE_CONTROL)
_MACROS_AT: Final = 0
_PACKED: Final = 1
_NUMBER_AT, _STORAGE_AT = 8, 16
_BULLET_HEAD: Final = 2


def give(sink: Sink, name: str, pieces: Iterable[bytes], size: int = -1) -> None:
    """Hand out one member; damage to it is said of the whole."""
    broken = False
    with sink.member(name.encode(), size) as out:
        try:
            for piece in pieces:
                out.write(piece)
        except Unreadable as cut:
            broken = cut.state is State.DAMAGED
            raise
    if broken:
        sink.partly(Reason.DAMAGED_PART)


class Pictures:
    """The pictures of a presentation, by their number in its store."""

    def __init__(self, records: Records, document: Record | None, stream: bytes) -> None:
        """Find the pictures in the stream, those that the store names and those it does not."""
        self._stream = stream
        found, self.whole = blips(stream)
        places = {one.at: one for one in found}
        self._entries = list(records.deep(document, (Kind.STORE_ENTRY,))) if document else []
        stored = [place_of(records.body(one)) for one in self._entries]
        for place in stored:
            blip = blip_at(stream, place)
            if blip is not None:
                places.setdefault(place, blip)
        self._blips = [places[place] for place in sorted(places)]
        names = {one.at: f"pictures/{number}.{one.ending}" for number, one in enumerate(self._blips, 1)}
        self._names = [names.get(place, "") for place in stored]
        self._records = records

    def name(self, number: int) -> str:
        """Give the member that holds a picture by its number in the store, "" for none."""
        return self._names[number - 1] if 0 < number <= len(self._names) else ""

    def send(self, sink: Sink) -> None:
        """Hand out every picture, in the order of the stream; those kept in the store itself follow."""
        if not self.whole:
            sink.partly(Reason.DAMAGED_PART)
        for number, one in enumerate(self._blips, 1):
            give(sink, f"pictures/{number}.{one.ending}", blocks(self._stream, one))
        self.send_kept(sink, self._entries, 0, "pictures/store")

    def send_kept(self, sink: Sink, kept: Iterable[Record], skip: int, name: str) -> None:
        """Hand out pictures that lie in records of the document."""
        for number, record in enumerate(kept, 1):
            at = record.at if not skip else record.start + skip
            blip = blip_at(self._records.data[: record.end], at)
            if blip is not None and blip.start < blip.end:
                give(sink, f"{name}-{number}.{blip.ending}", blocks(self._records.data, blip))

    def send_bullets(self, sink: Sink, document: Record) -> None:
        """Hand out the pictures that stand for bullets."""
        kept = newer(self._records, document, Kind.BULLET_PICTURE)
        self.send_kept(sink, kept, _BULLET_HEAD, "pictures/bullet")


class Objects:
    """The embedded objects of a presentation, by the numbers its shapes know them by."""

    def __init__(self, deck: Deck) -> None:
        """Name every object in the stream, also those of earlier edits."""
        self._records = deck.records
        storages = [one for one in deck.records.top() if one.kind == Kind.OLE_STORAGE]
        known = {one.at for one in storages}
        self._told: dict[int, str] = {}
        self._by_number: dict[int, str] = {}
        current: dict[int, str] = {}
        for number, persist, told in _listed(deck):
            record = deck.record(persist, Kind.OLE_STORAGE)
            if record is None:
                continue
            if record.at not in known:
                known.add(record.at)
                storages.append(record)
            name = current.setdefault(record.at, f"objects/{len(current) + 1}.ole")
            self._by_number[number] = name
            self._told[record.at] = told
        macros = _macros(deck)
        if macros is not None:
            current[macros.at] = "macros.ole"
        self._storages = [
            (current.get(one.at, f"objects/earlier-{number}.ole"), one)
            for number, one in enumerate(storages, 1)
        ]

    def name(self, number: int) -> str:
        """Give the member that holds an object, "" for none."""
        return self._by_number.get(number, "")

    def send(self, sink: Sink) -> None:
        """Hand out every object, and say which program it is of."""
        for name, storage in self._storages:
            if self._told.get(storage.at):
                sink.meta("ole:object", f"{name} {self._told[storage.at]}")
            data, start = self._records.data, storage.start
            if storage.instance == _PACKED:
                size = self._records.number(storage, "<I")
                give(sink, name, inflated(data, start + 4, storage.end, size), size)
            else:
                give(sink, name, (data[start : storage.end],), storage.end - start)


def send_sounds(records: Records, document: Record, sink: Sink) -> None:
    """Hand out embedded sounds under their numbers and names."""
    for number, sound in enumerate(records.deep(document, (Kind.SOUND,)), 1):
        told = strings(records, sound)
        data = records.first(sound, Kind.SOUND_DATA)
        if data is not None:
            name = _UNSAFE.sub("-", told.get(0, "")).strip(".-")[:80]
            ending = _UNSAFE.sub("", told.get(1, "")).strip(".")[:8] or "wav"
            name = name.removesuffix(f".{ending}")
            whole = f"sounds/{number}{'-' if name else ''}{name}.{ending}"
            give(sink, whole, (records.body(data),), data.end - data.start)


def send_fonts(records: Records, document: Record, sink: Sink) -> None:
    """Hand out embedded fonts; their bytes stay packed as they are."""
    for number, font in enumerate(records.deep(document, (Kind.FONT_DATA,)), 1):
        give(sink, f"fonts/{number}.fntdata", (records.body(font),), font.end - font.start)


def _listed(deck: Deck) -> Iterator[tuple[int, int, str]]:
    """Give of every object its number, the number of its storage, and its program and name."""
    if deck.document is None:
        return
    for one in deck.records.deep(deck.document, _OBJECTS):
        atom = deck.records.first(one, Kind.OLE_ATOM)
        if atom is not None:
            told = strings(deck.records, one)
            words = " ".join(filter(None, (told.get(2), told.get(3))))
            number = deck.records.number(atom, "<I", _NUMBER_AT)
            yield number, deck.records.number(atom, "<I", _STORAGE_AT), words


def _macros(deck: Deck) -> Record | None:
    """Give the storage of the macros."""
    if deck.document is None:
        return None
    for info in deck.records.deep(deck.document, (Kind.VBA_INFO,)):
        for atom in deck.records.inside(info):
            found = deck.record(deck.records.number(atom, "<I", _MACROS_AT), Kind.OLE_STORAGE)
            if found is not None:
                return found
    return None
