"""Read the drawings of a Word document (MS-DOC 2.9.172; MS-ODRAW): what shapes say, where they hang; form fields."""

from __future__ import annotations

import struct
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from proofroom.extract.ole.shape_options import (
    DESCRIPTION,
    LINK,
    NAME,
    TOOLTIP,
    WORD_ART,
    Options,
    link_target,
)
from proofroom.extract.ole.word_tables import WordFile, positions, short_text, texts

_HEAD: Final = struct.Struct("<HHI")
_CONTAINER: Final = 0xF
_STORE: Final = 0xF001
_DRAWING: Final = 0xF002
_GROUP: Final = 0xF003
_SHAPE: Final = 0xF004
_SHAPE_ID: Final = 0xF00A
_OPTIONS: Final = (0xF00B, 0xF121, 0xF122)
_TEXT_IS_NAME: Final = 0x0105
_MOST_DEEP: Final = 32
_ANCHOR: Final = 26
_BOX: Final = 22
_BOX_SHAPE_AT: Final = 14
_PICTURE_HEAD: Final = 0x44
_LONGEST_FORM: Final = 1 << 16
_FORM: Final = 0xFFFFFFFF


@dataclass(slots=True)
class Said:
    """What a shape says beside its text: word art and descriptions, and where it leads."""

    alts: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Drawings:
    """The shapes of one document: what each says, and to which one on the page each belongs."""

    said: dict[int, Said] = field(default_factory=dict)
    outermost: dict[int, int] = field(default_factory=dict)
    grouped: dict[int, list[int]] = field(default_factory=dict)
    store: tuple[int, int] = (0, 0)


class Anchors:
    """Where shapes hang in a text, and which stretches of the boxes' text belong to them."""

    def __init__(self, word: WordFile, shapes: str, boxes: str, drawings: Drawings) -> None:
        """Read the anchors of the main text or of the headers."""
        places, lines = positions(word.part(shapes), _ANCHOR)
        self._at = {
            int.from_bytes(line[:4], "little"): place for place, line in zip(places, lines, strict=False)
        }
        self._drawings = drawings
        starts, lines = positions(word.part(boxes), _BOX) if not word.fib.old else ([], [])
        owners = [int.from_bytes(line[_BOX_SHAPE_AT : _BOX_SHAPE_AT + 4], "little") for line in lines]
        self.boxes = [(starts[number], starts[number + 1], owner) for number, owner in enumerate(owners)]
        self._shapes = sorted((place, shape) for shape, place in self._at.items())

    def place_of(self, shape: int) -> int | None:
        """Give the character at which a shape hangs, itself or the group around it."""
        return self._at.get(shape, self._at.get(self._drawings.outermost.get(shape, -1)))

    def said_between(self, start: int, end: int) -> list[Said]:
        """Give what the shapes say that hang between two characters."""
        found: list[Said] = []
        for place, shape in self._shapes[bisect_left(self._shapes, (start, -1)) :]:
            if place >= end:
                break
            shapes = (shape, *self._drawings.grouped.get(shape, ()))
            found += [self._drawings.said[one] for one in shapes if one in self._drawings.said]
        return found


def read_drawings(data: bytes) -> Drawings:
    """Read the drawings of a document; what is damaged says nothing."""
    found = Drawings()
    for kind, start, end in _records(data, 0, len(data)):
        if kind == 0xF000:
            for inner, first, last in _records(data, start, end):
                if inner == _STORE:
                    found.store = (first, last)
            _read_pages(data, end, found)
            break
    return found


def _read_pages(data: bytes, at: int, found: Drawings) -> None:
    """Read the drawings of the main text and of the headers, each behind a byte that says which."""
    while at + 1 + _HEAD.size <= len(data):
        _, kind, size = _HEAD.unpack_from(data, at + 1)
        start = at + 1 + _HEAD.size
        if kind == _DRAWING:
            _read_group(data, start, min(start + size, len(data)), found, 0, 0)
        at = start + size


def _read_group(data: bytes, start: int, end: int, found: Drawings, outermost: int, depth: int) -> None:
    """Read the shapes of a group; the first one of it is the group itself."""
    if depth > _MOST_DEEP:
        return
    own = outermost
    for kind, first, last in _records(data, start, end):
        if kind == _GROUP:
            _read_group(data, first, last, found, own, depth + 1)
        elif kind == _SHAPE:
            shape = read_shape(data, first, last, found)
            if depth > 1:
                own = own or shape
                if shape != own:
                    found.outermost[shape] = own
                    found.grouped.setdefault(own, []).append(shape)


def read_shape(data: bytes, start: int, end: int, found: Drawings) -> int:
    """Read one shape and keep what it says; gives its number."""
    number, options = 0, Options()
    for kind, first, last in _records(data, start, end):
        if kind == _SHAPE_ID and last - first >= 4:
            number = int.from_bytes(data[first : first + 4], "little")
        elif kind in _OPTIONS:
            options.add(data[first:last], struct.unpack_from("<H", data, first - _HEAD.size)[0] >> 4)
    said = Said(list(filter(None, map(options.text, (WORD_ART, _TEXT_IS_NAME, NAME, DESCRIPTION, TOOLTIP)))))
    link = link_target(options.blobs.get(LINK, b""))
    if link:
        said.links.append(link)
    if said.alts or said.links:
        found.said[number] = said
    return number


def _records(data: bytes, at: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Give the kind of each record and where its body begins and ends."""
    while at + _HEAD.size <= end:
        _, kind, size = _HEAD.unpack_from(data, at)
        start = at + _HEAD.size
        yield kind, start, min(start + size, end)
        at = start + size


def read_hidden_data(word: WordFile, at: int) -> tuple[list[str], str]:
    """Read what hides behind a field: the texts of a form's field, or where a link leads."""
    if at + _PICTURE_HEAD > len(word.data):
        return [], ""
    size, head = struct.unpack_from("<IH", word.data, at)
    body = word.data[at + head : at + min(size, _LONGEST_FORM)]
    if len(body) < 10:
        return [], ""
    if struct.unpack_from("<I", body)[0] != _FORM:
        return [], link_target(body)
    return list(_form_texts(body)), ""


def _form_texts(body: bytes) -> Iterator[str]:
    """Give the name, the preset, the help, the macros and the choices of a form's field."""
    kind = body[4] & 3
    at = 10
    for number in range(7):
        if number == 1 and kind:
            at += 2
            continue
        text, at = _closed_text(body, at)
        if text:
            yield text
    if kind == 2:
        yield from (text for text, _ in texts(body[at:], "cp1252") if text)


def _closed_text(body: bytes, at: int) -> tuple[str, int]:
    text, end = short_text(body, at, "cp1252", wide=True)
    return text, end + 2
