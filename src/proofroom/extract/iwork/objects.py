"""Collect the objects of a document from its packed files: kind, content, and what each refers to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from proofroom.extract.iwork.messages import Damage, Message
from proofroom.extract.iwork.snappy import Broken, unpacked, varint

STORAGE: Final = (2001, 2005)
SHAPE, PLACEHOLDERS, GROUP, PICTURE, FILM = 2011, (7, 12), 3008, 3005, 3007
COMMENT, AUTHOR, HIGHLIGHT, LINK, FOOTNOTE = 3056, 212, 2013, 2032, 2008
TABLE: Final = (6000, 6007)
MODEL, TILE, LIST, SEGMENT, RICH_TEXT, MERGES = 6001, 6002, (6005, 6201), 6011, 6218, 6144
DATA: Final = 11006
DOCUMENT, SHEET, SHOW, SLIDE_NODE, SLIDES, NOTE = 1, (2, 3), 2, 4, (5, 6), 15


@dataclass(frozen=True, slots=True)
class Archived:
    """One object: its kind, its bytes, and the objects that it refers to in their order."""

    kind: int
    data: bytes
    refers: tuple[int, ...]
    damage: Damage

    @property
    def message(self) -> Message:
        """Read its fields."""
        return Message(self.data, self.damage)


@dataclass(slots=True)
class Objects:
    """The objects of a document by their numbers, in the order in which they stand."""

    by_number: dict[int, Archived] = field(default_factory=dict)
    damage: Damage = field(default_factory=Damage)

    def add(self, packed: bytes, spend: Callable[[int], None]) -> None:
        """Take every object of one file; raises Broken where it breaks off, what came before stays.

        `spend` counts what is unpacked, and raises Unreadable where it becomes too much.
        """
        data = unpacked(packed, spend)
        at = 0
        while at < len(data):
            length, at = varint(data, at)
            head = Message(data[at : at + length], self.damage)
            at += length
            first = True
            for info in head.messages(2):
                size = info.number(3)
                content = data[at : at + size]
                if len(content) != size:
                    raise Broken
                at += size
                # Further messages are changes that older programs are to read on top of the first.
                if first:
                    archived = Archived(info.number(1), content, tuple(info.numbers(5)), self.damage)
                    self.by_number[head.number(1)] = archived
                first = False

    def find(self, number: int, *kinds: int) -> Archived | None:
        """Give an object if it is of one of these kinds."""
        found = self.by_number.get(number)
        return found if found is not None and (not kinds or found.kind in kinds) else None

    def of(self, *kinds: int) -> list[tuple[int, Archived]]:
        """Give every object of these kinds."""
        return [(number, found) for number, found in self.by_number.items() if found.kind in kinds]
