"""Read the shapes of a drawing in an old Office file (MS-ODRAW 2.2.14): where they stand, what they say and show."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from proofroom.extract.ole.shape_options import (
    DESCRIPTION,
    LINK,
    PICTURE,
    TOOLTIP,
    WORD_ART,
    Options,
    link_target,
)

_HEAD: Final = struct.Struct("<HHI")
_SHAPE, _ANCHOR, _OBJECT = 0xF004, 0xF010, 0xF011
_PROPERTIES: Final = (0xF00B, 0xF121, 0xF122)
_CONTAINER: Final = 0xF
_MOST_DEEP: Final = 32
_MOST_SHAPES: Final = 65_536


@dataclass(slots=True)
class Shape:
    """One shape: its cell (from 1, 0 for none), its picture (from 1), the texts that are its own."""

    row: int = 0
    column: int = 0
    picture: int = 0
    has_object: bool = False
    hidden: bool = False
    texts: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)


def shapes(drawing: bytes) -> list[Shape]:
    """Give the shapes of a drawing in their order; one that is cut short gives those before the cut."""
    found: list[Shape] = []
    for kind, start, end in _records(drawing, 0, len(drawing), 0):
        if kind == _SHAPE:
            if len(found) >= _MOST_SHAPES:
                break
            found.append(Shape())
        elif found:
            _take(found[-1], drawing, kind, start, end)
    return found


def _records(data: bytes, at: int, end: int, depth: int) -> Iterator[tuple[int, int, int]]:
    """Walk the tree, containers before what they hold; what is longer than its container ends there.

    Text boxes are told by other records in between, so that a shape may seem longer than the bytes are.
    """
    while at + _HEAD.size <= end and depth <= _MOST_DEEP:
        version, kind, size = _HEAD.unpack_from(data, at)
        at += _HEAD.size
        stop = min(at + size, end)
        yield kind, at, stop
        if version & 0xF == _CONTAINER:
            yield from _records(data, at, stop, depth + 1)
        at = stop


def _take(shape: Shape, data: bytes, kind: int, start: int, end: int) -> None:
    """Take over what one record says about a shape."""
    if kind == _ANCHOR and end - start >= 18:
        _, shape.column, _, shape.row = struct.unpack_from("<4H", data, start)
        shape.row, shape.column = shape.row + 1, shape.column + 1
    elif kind == _OBJECT:
        shape.has_object = True
    elif kind in _PROPERTIES:
        options = Options()
        options.add(data[start:end], _HEAD.unpack_from(data, start - _HEAD.size)[0] >> 4)
        shape.picture = options.numbers.get(PICTURE, 0) or shape.picture
        shape.hidden = shape.hidden or options.hidden
        shape.texts += filter(None, (options.text(WORD_ART), options.text(DESCRIPTION)))
        shape.links += filter(None, (link_target(options.blobs.get(LINK, b"")), options.text(TOOLTIP)))
