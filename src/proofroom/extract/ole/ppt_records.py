"""Walk the records of a PowerPoint stream (MS-PPT 2.3.1): a head of eight bytes, then a body or more records."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

HEAD: Final = struct.Struct("<HHI")
_CONTAINER: Final = 0xF
_MOST_DEEP: Final = 64


class Kind:
    """The numbers of the records that are read here (MS-PPT 2.13.24, MS-ODRAW 2.2)."""

    DOCUMENT: Final = 1000
    DOCUMENT_ATOM: Final = 1001
    SLIDE: Final = 1006
    SLIDE_ATOM: Final = 1007
    NOTES: Final = 1008
    NOTES_ATOM: Final = 1009
    SLIDE_PERSIST: Final = 1011
    MAIN_MASTER: Final = 1016
    SHOW_INFO: Final = 1017
    VBA_INFO: Final = 1023
    ROUTING_SLIP: Final = 1030
    EXTERNAL_LIST: Final = 1033
    DRAWING_GROUP: Final = 1035
    DRAWING: Final = 1036
    NAMED_SHOW: Final = 1041
    LIST: Final = 2000
    SOUND: Final = 2022
    SOUND_DATA: Final = 2023
    BULLET_PICTURE: Final = 2041
    OBJECT_REFERENCE: Final = 3009
    PLACEHOLDER: Final = 3011
    OUTLINE_REFERENCE: Final = 3998
    TEXT_HEADER: Final = 3999
    TEXT_CHARS: Final = 4000
    TEXT_BYTES: Final = 4008
    FONT: Final = 4023
    FONT_DATA: Final = 4024
    STRING: Final = 4026
    OLE_ATOM: Final = 4035
    HANDOUT: Final = 4041
    OLE_EMBED: Final = 4044
    OLE_LINK: Final = 4046
    HYPERLINK_ATOM: Final = 4051
    HYPERLINK: Final = 4055
    MARGINS: Final = 4057
    MARGINS_ATOM: Final = 4058
    OLE_CONTROL: Final = 4078
    LIST_WITH_TEXT: Final = 4080
    INTERACTIVE: Final = 4082
    INTERACTIVE_ATOM: Final = 4083
    USER_EDIT: Final = 4085
    CURRENT_USER: Final = 4086
    OLE_STORAGE: Final = 4113
    PROG_TAGS: Final = 5000
    STRING_TAG: Final = 5001
    BINARY_TAG: Final = 5002
    BINARY_DATA: Final = 5003
    DIRECTORY: Final = 6002
    COMMENT: Final = 12000
    COMMENT_ATOM: Final = 12001
    CRYPT_SESSION: Final = 12052
    HEADER_PLACEHOLDER: Final = 1056
    STORE: Final = 0xF001
    GROUP: Final = 0xF003
    SHAPE: Final = 0xF004
    STORE_ENTRY: Final = 0xF007
    MEDIA: Final = (4101, 4109, 4110, 4112)
    SHAPE_ATOM: Final = 0xF00A
    OPTIONS: Final = 0xF00B
    TEXT_BOX: Final = 0xF00D
    CHILD_ANCHOR: Final = 0xF00F
    CLIENT_DATA: Final = 0xF011
    MORE_OPTIONS: Final = (0xF00B, 0xF121, 0xF122)


@dataclass(frozen=True, slots=True)
class Record:
    """One record: where its head begins, and where its body begins and ends."""

    kind: int
    instance: int
    holds_records: bool
    at: int
    start: int
    end: int


class Records:
    """The bytes of one stream as records; `whole` turns false where a record is longer than what holds it."""

    def __init__(self, data: bytes) -> None:
        """Read from the data."""
        self.data = data
        self.whole = True

    def at(self, place: int) -> Record | None:
        """Give the record that begins at a place, or None where none can."""
        if not 0 <= place <= len(self.data) - HEAD.size:
            return None
        return next(self._between(place, len(self.data)), None)

    def top(self, start: int = 0) -> Iterator[Record]:
        """Give the records of the stream that lie in no other."""
        return self._between(start, len(self.data))

    def inside(self, record: Record) -> Iterator[Record]:
        """Give the records that lie directly in a record; none in one that holds plain bytes."""
        return self._between(record.start, record.end) if record.holds_records else iter(())

    def of(self, record: Record, *kinds: int) -> Iterator[Record]:
        """Give the records of these kinds that lie directly in a record."""
        return (one for one in self.inside(record) if one.kind in kinds)

    def first(self, record: Record, kind: int) -> Record | None:
        """Give the first record of a kind that lies directly in a record."""
        return next(self.of(record, kind), None)

    def deep(self, record: Record, kinds: Iterable[int]) -> Iterator[Record]:
        """Give the records of these kinds at any depth below a record, in the stream's order."""
        wanted = frozenset(kinds)
        waiting = [self.inside(record)]
        while waiting:
            one = next(waiting[-1], None)
            if one is None:
                waiting.pop()
                continue
            if one.kind in wanted:
                yield one
            if one.holds_records:
                self.descend(waiting, one)

    def descend(self, waiting: list[Iterator[Record]], record: Record) -> None:
        """Go one level down; below 64 levels nothing is read, and said not to be."""
        if len(waiting) < _MOST_DEEP:
            waiting.append(self.inside(record))
        else:
            self.whole = False

    def body(self, record: Record, most: int = 1 << 30) -> bytes:
        """Give the bytes of a record, at most so many."""
        return self.data[record.start : min(record.end, record.start + most)]

    def numbers(self, record: Record, layout: str, skip: int = 0) -> tuple[int, ...] | None:
        """Read numbers at a place in a record's body; None where it is too short for them."""
        if record.start + skip + struct.calcsize(layout) > record.end:
            return None
        return struct.unpack_from(layout, self.data, record.start + skip)

    def number(self, record: Record, layout: str, skip: int = 0) -> int:
        """Read one number in a record's body; 0 where it is too short."""
        found = self.numbers(record, layout, skip)
        return found[0] if found else 0

    def _between(self, place: int, end: int) -> Iterator[Record]:
        while place + HEAD.size <= end:
            version, kind, size = HEAD.unpack_from(self.data, place)
            start = place + HEAD.size
            stop = start + size
            if stop > end:
                self.whole = False
                stop = end
            yield Record(kind, version >> 4, version & 0xF == _CONTAINER, place, start, stop)
            place = stop
