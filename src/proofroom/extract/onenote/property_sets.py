"""Read the properties of an object (MS-ONESTORE 2.6.1): values, and references in the order in which they stand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from proofroom.extract.onenote.cursor import Broken, Cursor
from proofroom.extract.onenote.notebook import Id, Properties, Value

_DEEPEST: Final = 24
_COUNT: Final = 0xFFFFFF
_EXTENDED: Final = 1 << 30
_NO_SPACES: Final = 1 << 31
_WIDTHS: Final = {3: 1, 4: 2, 5: 4, 6: 8}
_BYTES, _SETS, _SET = 7, 0x10, 0x11
_ONE: Final = {8: 0, 0xA: 1, 0xC: 2}
_MANY: Final = {9: 0, 0xB: 1, 0xD: 2}
_NO_DATA, _BOOLEAN = 1, 2
_BOOLEAN_BIT: Final = 1 << 31


@dataclass(slots=True)
class References:
    """What the properties of one object refer to: objects, spaces and contexts, each kind in its order."""

    lists: tuple[list[Id], list[Id], list[Id]]
    places: list[int] = field(default_factory=lambda: [0, 0, 0])

    def take(self, kind: int, count: int) -> list[Id]:
        """Take the next references of a kind."""
        start = self.places[kind]
        if start + count > len(self.lists[kind]):
            raise Broken
        self.places[kind] += count
        return self.lists[kind][start : start + count]


def object_properties(data: bytes, identify: Callable[[int], Id]) -> Properties:
    """Read an object of the revision store: its references, then its properties."""
    cursor = Cursor(data)
    return property_set(cursor, references(cursor, identify))


def references(cursor: Cursor, identify: Callable[[int], Id]) -> References:
    """Read the streams of references at the head of an object; `identify` knows what a short one means."""
    objects, flags = _stream(cursor, identify)
    spaces: list[Id] = []
    contexts: list[Id] = []
    if not flags & _NO_SPACES:
        spaces, flags = _stream(cursor, identify)
        if flags & _EXTENDED:
            contexts, _ = _stream(cursor, identify)
    return References((objects, spaces, contexts))


def _stream(cursor: Cursor, identify: Callable[[int], Id]) -> tuple[list[Id], int]:
    head = cursor.number(4)
    count = head & _COUNT
    if count * 4 > cursor.left:
        raise Broken
    return [identify(cursor.number(4)) for _ in range(count)], head


def property_set(cursor: Cursor, referred: References, depth: int = 0) -> Properties:
    """Read one set of properties; those in it are sets of their own."""
    if depth > _DEEPEST:
        raise Broken
    count = cursor.number(2)
    if count * 4 > cursor.left:
        raise Broken
    names = [cursor.number(4) for _ in range(count)]
    return {name & ~_BOOLEAN_BIT: _value(name, cursor, referred, depth) for name in names}


def _value(name: int, cursor: Cursor, referred: References, depth: int) -> Value:
    """Read one value, of the kind that its name says."""
    kind = name >> 26 & 0x1F
    if kind in (_NO_DATA, _BOOLEAN):
        return bool(name & _BOOLEAN_BIT)
    if kind in _WIDTHS:
        return cursor.number(_WIDTHS[kind])
    if kind == _BYTES:
        return cursor.take(cursor.number(4))
    if kind in _ONE:
        return referred.take(_ONE[kind], 1)
    if kind in _MANY:
        return referred.take(_MANY[kind], cursor.number(4))
    if kind == _SET:
        return [property_set(cursor, referred, depth + 1)]
    if kind == _SETS:
        count = cursor.number(4)
        if count:
            cursor.number(4)
        if count * 2 > cursor.left:
            raise Broken
        return [property_set(cursor, referred, depth + 1) for _ in range(count)]
    raise Broken
