"""Walk the records of a section of HWP 5 (document file format 5.0, revision 1.3): paragraphs and what holds them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from proofroom.extract.hangul.places import BODY, Places

_HEADER, _TEXT, _CONTROL = 0x42, 0x43, 0x47
_EQUATION: Final = 0x58
_LONG: Final = 0xFFF
_SINGLE: Final = frozenset((0, 10, 13, *range(24, 32)))
_WIDE: Final = 16
_SIGNS: Final = {9: "\t", 10: "\n", 13: "\n", 24: "-", 30: "\u00a0", 31: " "}
_HOLDERS: Final = {
    b"head": "header",
    b"foot": "footer",
    b"fn  ": "note",
    b"en  ": "note",
    b"tcmt": "comment",
    b"gso ": "shape",
}
_LINK: Final = b"%hlk"
_LINK_HEAD: Final = 11


class Record(NamedTuple):
    """One record: its kind, how deep it lies, its bytes."""

    kind: int
    level: int
    data: bytes


class _Paragraph(NamedTuple):
    """A paragraph under way: how deep it lies, what it stands in, its text, links and equations."""

    level: int
    holder: str
    pieces: list[str]
    links: list[str]
    alts: list[str]


class Broken(Exception):
    """The records break off."""


def records(data: bytes) -> Iterator[Record]:
    """Give the records in order; raises Broken where one ends before it should."""
    at = 0
    while at < len(data):
        if at + 4 > len(data):
            raise Broken
        head = int.from_bytes(data[at : at + 4], "little")
        at += 4
        size = head >> 20
        if size == _LONG:
            size = int.from_bytes(data[at : at + 4], "little")
            at += 4
        if at + size > len(data):
            raise Broken
        yield Record(head & 0x3FF, head >> 10 & 0x3FF, data[at : at + size])
        at += size


class Section:
    """One section on its way to the places: a paragraph is given when the next one begins."""

    def __init__(self, places: Places) -> None:
        """Give to the places."""
        self._places = places
        self._open: list[tuple[int, str]] = []
        self._texts: list[_Paragraph] = []

    def take(self, record: Record) -> None:
        """Take the next record."""
        while self._open and self._open[-1][0] >= record.level:
            self._open.pop()
        if record.kind == _HEADER:
            self._end(record.level)
            self._texts.append(_Paragraph(record.level, self._holder(), [], [], []))
        elif record.kind == _TEXT and self._texts:
            self._texts[-1].pieces.append(shown(record.data))
        elif record.kind == _CONTROL:
            self._control(record)
        elif record.kind == _EQUATION and self._texts:
            length = int.from_bytes(record.data[4:6], "little")
            self._texts[-1].alts.append(record.data[6 : 6 + 2 * length].decode("utf-16-le", "replace"))

    def end(self) -> None:
        """Give what waits."""
        self._end(0)

    def _end(self, level: int) -> None:
        """Give the paragraphs that lie this deep or deeper, in the order in which they began."""
        ended = [one for one in self._texts if one.level >= level]
        self._texts = [one for one in self._texts if one.level < level]
        for one in ended:
            self._places.put(one.holder, "".join(one.pieces), one.links, one.alts)

    def _control(self, record: Record) -> None:
        name = record.data[3::-1] if len(record.data) >= 4 else b""
        self._open.append((record.level, _HOLDERS.get(name, "")))
        if name == _LINK and self._texts:
            length = int.from_bytes(record.data[9:11], "little")
            raw = record.data[_LINK_HEAD : _LINK_HEAD + 2 * length]
            command = raw.decode("utf-16-le", "replace")
            self._texts[-1].links.append(command.partition(";")[0].replace("\\:", ":"))

    def _holder(self) -> str:
        """Say in what a paragraph stands: the innermost thing that has a place of its own."""
        return next((holder for _, holder in reversed(self._open) if holder), BODY)


def shown(data: bytes) -> str:
    """Give the signs of a paragraph without what only marks the place of something else."""
    text: list[str] = []
    at = 0
    while at + 1 < len(data):
        code = data[at] | data[at + 1] << 8
        if code >= 32:
            end = at + 2
            while end + 1 < len(data) and (data[end] | data[end + 1] << 8) >= 32:
                end += 2
            text.append(data[at:end].decode("utf-16-le", "replace"))
            at = end
            continue
        text.append(_SIGNS.get(code, ""))
        at += 2 if code in _SINGLE else _WIDE
    return "".join(text)
