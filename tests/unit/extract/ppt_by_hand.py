"""Writes presentations of PowerPoint 97 record by record, for tests and for the sample."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable

from proofroom.world import compound

OPEN, LOCKED = 0xE391C05F, 0xF3D1C4DF
TITLE, BODY, NOTES, OTHER = 0, 1, 2, 4


def rec(kind: int, body: bytes = b"", instance: int = 0, version: int = 0) -> bytes:
    """Write a record that holds plain bytes."""
    return struct.pack("<HHI", instance << 4 | version, kind, len(body)) + body


def box(kind: int, *inside: bytes, instance: int = 0) -> bytes:
    """Write a record that holds records."""
    return rec(kind, b"".join(inside), instance, 0xF)


def string(text: str, instance: int = 0) -> bytes:
    return rec(4026, text.encode("utf-16-le"), instance)


def text(words: str, kind: int = OTHER) -> bytes:
    """Write a text with its head; one byte a sign where that is enough."""
    head = rec(3999, struct.pack("<I", kind))
    try:
        return head + rec(4008, words.encode("latin-1"))
    except UnicodeEncodeError:
        return head + rec(4000, words.encode("utf-16-le"))


def options(*some: tuple[int, int | bytes]) -> bytes:
    """Write the options of a shape."""
    heads = b"".join(
        struct.pack(
            "<HI",
            number | (0x8000 if isinstance(value, bytes) else 0),
            value if isinstance(value, int) else len(value),
        )
        for number, value in some
    )
    tails = b"".join(value for _, value in some if isinstance(value, bytes))
    return rec(0xF00B, heads + tails, len(some), 3)


def wide(words: str) -> bytes:
    return (words + "\0").encode("utf-16-le")


def shape(*inside: bytes, said: bytes = b"", client: bytes = b"") -> bytes:
    """Write a shape: its text box, its client data, and whatever else."""
    boxes = [box(0xF00D, said)] if said else []
    clients = [box(0xF011, client)] if client else []
    return box(0xF004, rec(0xF00A, bytes(8), 1, 2), *inside, *clients, *boxes)


def holder(number: int) -> bytes:
    """Write which placeholder a shape is."""
    return rec(3011, struct.pack("<iBBH", 0, number, 0, 0))


def anchor(left: int, top: int) -> bytes:
    return rec(0xF00F, struct.pack("<4i", left, top, left + 10, top + 10))


def drawing(*shapes: bytes) -> bytes:
    return box(1036, box(0xF002, box(0xF003, *shapes)))


def slide(*inside: bytes, notes: int = 0, hidden: bool = False, kind: int = 1006) -> bytes:
    """Write a slide (or a title master) from its drawing and what else is in it."""
    info = rec(1017, struct.pack("<iIBBHI", 0, 0, 0, 0, 4 if hidden else 0, 0))
    return box(kind, rec(1007, struct.pack("<I8sIIHH", 0, b"", 0, notes, 0, 0), 0, 2), info, *inside)


def notes_page(*inside: bytes) -> bytes:
    return box(1008, rec(1009, struct.pack("<IHH", 0, 0, 0), 0, 1), *inside)


def listed(number: int, *pages: tuple[int, int, bytes]) -> bytes:
    """Write a list: of slides (0), masters (1) or notes (2); each with its record, its number and its texts."""
    heads = (rec(1011, struct.pack("<IIiII", one, 0, 0, name, 0)) + said for one, name, said in pages)
    return box(4080, *heads, instance=number)


def document(*inside: bytes, notes_master: int = 0) -> bytes:
    atom = struct.pack("<6iIIHHBBBB", 5760, 4320, 0, 0, 5, 10, notes_master, 0, 1, 0, 0, 0, 0, 1)
    return box(1000, rec(1001, atom, 0, 1), *inside)


def hyperlink(number: int, target: str) -> bytes:
    return box(1033, box(4055, rec(4051, struct.pack("<I", number)), string(target, 1)))


def click(link: int) -> bytes:
    return box(4082, rec(4083, struct.pack("<IIBBBBB3x", 0, link, 4, 0, 0, 0, 8)))


def comment(author: str, words: str) -> bytes:
    atom = rec(12001, struct.pack("<I8H2i", 1, 2015, 6, 5, 12, 8, 30, 0, 0, 0, 0))
    one = box(12000, string(author), string(words, 1), string("x", 2), atom)
    return box(5000, box(5002, string("___PPT10"), rec(5003, one)))


def ole_storage(data: bytes, *, stated: int | None = None) -> bytes:
    size = len(data) if stated is None else stated
    return rec(4113, struct.pack("<I", size) + zlib.compress(data), 1)


def embedded(number: int, persist: int, program: str) -> bytes:
    atom = rec(4035, struct.pack("<6I", 1, 0, number, 0, persist, 0), 0, 1)
    return box(1033, box(4044, rec(4045, bytes(8)), atom, string("menu", 1), string(program, 2)))


def blip(kind: int, instance: int, body: bytes) -> bytes:
    return rec(kind, bytes(16) + body, instance)


def store(*places: int) -> bytes:
    """Write the store of pictures: where in their stream each begins."""
    entries = (
        rec(0xF007, struct.pack("<BB16sHIIIBBBB", 6, 6, b"", 0, 0, 1, place, 0, 0, 0, 0), 6, 2)
        for place in places
    )
    return box(1035, box(0xF000, box(0xF001, *entries)))


class Saved:
    """The stream of a presentation as it grows, save by save."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.data = bytearray()
        self.edits: list[int] = []
        self.places: dict[int, int] = {}
        self._new: dict[int, int] = {}

    def put(self, number: int, record: bytes) -> None:
        """Append a numbered record."""
        self._new[number] = self.places[number] = len(self.data)
        self.data += record

    def save(self, document: int = 1, session: int | None = None) -> None:
        """Append the directory of what is new, and the edit."""
        directory = len(self.data)
        runs = b"".join(struct.pack("<II", 1 << 20 | number, at) for number, at in self._new.items())
        self.data += rec(6002, runs)
        before = self.edits[-1] if self.edits else 0
        self.edits.append(len(self.data))
        body = struct.pack("<IHBBIIIIHH", 0, 0, 0, 3, before, directory, document, 99, 1, 0)
        self.data += rec(4085, body + (b"" if session is None else struct.pack("<I", session)))
        self._new = {}

    def user(self, token: int = OPEN) -> bytes:
        """Write the stream that points to the last edit."""
        name = "办公室"
        body = struct.pack("<IIIHHBBH", 20, token, self.edits[-1], len(name), 0x3F4, 3, 0, 0)
        return rec(4086, body + b"x" * len(name) + struct.pack("<I", 8) + name.encode("utf-16-le"))

    def file(self, *more: tuple[str, bytes], token: int = OPEN) -> bytes:
        """Write the compound file."""
        streams = [("PowerPoint Document", bytes(self.data)), ("Current User", self.user(token)), *more]
        return compound.write(streams)


def saved(pages: Iterable[bytes], *parts: bytes) -> Saved:
    """Write slides in their order after a document that lists them."""
    given = list(pages)
    deck = Saved()
    slides = listed(0, *((number, 255 + number, b"") for number in range(10, 10 + len(given))))
    deck.put(1, document(*parts, slides))
    for number, page in enumerate(given, 10):
        deck.put(number, page)
    deck.save()
    return deck
