"""What the OCR worker's child says of one page, and how that crosses to the parent, which believes none of it.

The child turns the page upright and takes out its skew: all boxes are in pixels of that *prepared* page.
An answer is a magic number and sections (`kind u8, length u32, body`), the last of them empty. Numbers are
little-endian; a text is the rest of its section, in UTF-8. The parent maps boxes back to the given picture.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, TypeAlias

Quad: TypeAlias = "tuple[tuple[int, int], tuple[int, int], tuple[int, int], tuple[int, int]]"
Affine: TypeAlias = "tuple[float, float, float, float, float, float]"
"""Gives (a·x + b·y + c, d·x + e·y + f) of the given picture for (x, y) of the prepared page."""

SCRIPTS: Final = ("", "Han", "Arab", "Latn")
"""By their numbers on the wire; the first says that the child could not tell."""

MAX_ANSWER: Final = 256 << 20
"""Bytes of one answer at the most: the lines, and pictures of one byte per pixel for another engine."""

_MAGIC: Final = b"PFOC"
_SECTION: Final = struct.Struct("<BI")
_FACTS: Final = struct.Struct("<HiBBIII6d")
_LINE: Final = struct.Struct("<fB8i")
_CELL: Final = struct.Struct("<5H4i")
_STRIP: Final = struct.Struct("<BBiiIIf")
_END, _FACT, _A_LINE, _A_CELL, _A_STRIP, _OVER_LINE = range(6)
_MOST: Final = 20_000
_MOST_STRIPS: Final = 64
_FAR: Final = 1 << 20
_THOUSAND: Final = 1000


class BadAnswer(ValueError):
    """What came from the child is no answer; nothing of it is believed."""


@dataclass(frozen=True, slots=True)
class RawLine:
    """One line that the child's own engine read; `script` is that of its characters, "" where it was blind.

    Without a text it only says that the engine saw a line there.
    """

    untrusted_text: str
    confidence: float
    script: str
    box: Quad


@dataclass(frozen=True, slots=True)
class GridCell:
    """One cell of a ruled table: where it stands in its table, and its edges on the prepared page."""

    table: int
    row: int
    column: int
    row_span: int
    column_span: int
    left: int
    top: int
    right: int
    bottom: int


@dataclass(frozen=True, slots=True)
class Strip:
    """A part of the prepared page for another engine, one byte per pixel, enlarged by `scale`.

    `probe` marks one that only serves to find the script and which way is up.
    """

    script: str
    probe: bool
    left: int
    top: int
    width: int
    height: int
    scale: float
    untrusted_grey: bytes


@dataclass(frozen=True, slots=True)
class Looked:
    """What the child found on a page.

    boxes: how many lines its detector saw. turned: whether it is sure which way is up; where it is not, `over`
    are the lines as they read with the page on its head, in places of the page as it is.
    """

    orientation: int
    skew: float
    script: str
    turned: bool
    boxes: int
    width: int
    height: int
    to_given: Affine
    lines: list[RawLine] = field(default_factory=list)
    cells: list[GridCell] = field(default_factory=list)
    strips: list[Strip] = field(default_factory=list)
    over: list[RawLine] = field(default_factory=list)


def pack(looked: Looked) -> Iterator[bytes]:
    """Write an answer, in pieces."""
    yield _MAGIC
    facts = (
        looked.orientation,
        round(looked.skew * _THOUSAND),
        SCRIPTS.index(looked.script),
        looked.turned,
        looked.boxes,
        looked.width,
        looked.height,
    )
    yield from _section(_FACT, _FACTS.pack(*facts, *looked.to_given))
    for kind, lines in ((_A_LINE, looked.lines), (_OVER_LINE, looked.over)):
        for line in lines[:_MOST]:
            corners = [number for corner in line.box for number in corner]
            head = _LINE.pack(line.confidence, SCRIPTS.index(line.script), *corners)
            yield from _section(kind, head + line.untrusted_text.encode("utf-8", "replace"))
    for cell in looked.cells[:_MOST]:
        place = (cell.table, cell.row, cell.column, cell.row_span, cell.column_span)
        yield from _section(_A_CELL, _CELL.pack(*place, cell.left, cell.top, cell.right, cell.bottom))
    for strip in looked.strips[:_MOST_STRIPS]:
        at = (strip.left, strip.top, strip.width, strip.height)
        head = _STRIP.pack(SCRIPTS.index(strip.script), strip.probe, *at, strip.scale)
        yield from _section(_A_STRIP, head + strip.untrusted_grey)
    yield from _section(_END, b"")


def _section(kind: int, body: bytes) -> Iterator[bytes]:
    yield _SECTION.pack(kind, len(body))
    yield body


def unpack(untrusted: bytes) -> Looked:
    """Check an answer and give what it says; raises BadAnswer."""
    if untrusted[: len(_MAGIC)] != _MAGIC:
        raise BadAnswer("no answer begins here")
    looked: Looked | None = None
    at = len(_MAGIC)
    try:
        while True:
            kind, length = _SECTION.unpack_from(untrusted, at)
            at += _SECTION.size
            body = untrusted[at : at + length]
            at += length
            if len(body) != length:
                raise BadAnswer("a section longer than the answer")
            if kind == _END:
                break
            if (looked is None) != (kind == _FACT):
                raise BadAnswer("the facts come first, and once")
            looked = _facts(body) if looked is None else looked
            if kind != _FACT:
                _take(looked, kind, body)
    except (struct.error, UnicodeDecodeError, IndexError) as broken:
        raise BadAnswer("a section that does not hold what it must") from broken
    if looked is None or at != len(untrusted):
        raise BadAnswer("no facts, or bytes behind the end")
    return looked


def _facts(body: bytes) -> Looked:
    """Read the facts of a page."""
    orientation, skew, script, turned, boxes, width, height, *to_given = _FACTS.unpack(body)
    if orientation not in {0, 90, 180, 270} or abs(skew) > 45 * _THOUSAND:
        raise BadAnswer("a page turned in a way that does not exist")
    if not (0 < width < _FAR and 0 < height < _FAR and all(abs(one) < _FAR for one in to_given)):
        raise BadAnswer("a page without a size")
    a, b, c, d, e, f = to_given
    affine = (a, b, c, d, e, f)
    return Looked(orientation, skew / _THOUSAND, SCRIPTS[script], bool(turned), boxes, width, height, affine)


def _take(looked: Looked, kind: int, body: bytes) -> None:
    """Read one section behind the facts."""
    most = max(len(looked.lines), len(looked.over), len(looked.cells))
    if most > _MOST or len(looked.strips) > _MOST_STRIPS:
        raise BadAnswer("more than a page holds")
    if kind == _A_LINE:
        looked.lines.append(_line(body))
    elif kind == _OVER_LINE:
        looked.over.append(_line(body))
    elif kind == _A_CELL:
        looked.cells.append(_cell(looked, body))
    elif kind == _A_STRIP:
        looked.strips.append(_strip(body))
    else:
        raise BadAnswer("a kind of section that does not exist")


def _line(body: bytes) -> RawLine:
    confidence, script, *numbers = _LINE.unpack_from(body)
    if not 0 <= confidence <= 1 or any(abs(one) >= _FAR for one in numbers):
        raise BadAnswer("a line out of all bounds")
    x = numbers
    quad = ((x[0], x[1]), (x[2], x[3]), (x[4], x[5]), (x[6], x[7]))
    return RawLine(body[_LINE.size :].decode("utf-8"), confidence, SCRIPTS[script], quad)


def _cell(looked: Looked, body: bytes) -> GridCell:
    cell = GridCell(*_CELL.unpack(body))
    inside = 0 <= cell.left < cell.right <= looked.width and 0 <= cell.top < cell.bottom <= looked.height
    if not inside or not min(cell.table, cell.row, cell.column, cell.row_span, cell.column_span):
        raise BadAnswer("a cell that lies nowhere")
    return cell


def _strip(body: bytes) -> Strip:
    script, probe, left, top, width, height, scale = _STRIP.unpack_from(body)
    grey = body[_STRIP.size :]
    if not width or width * height != len(grey) or not 0.01 < scale < 100:
        raise BadAnswer("a picture of another size than it says")
    if not (abs(left) < _FAR and abs(top) < _FAR):
        raise BadAnswer("a picture that lies nowhere")
    return Strip(SCRIPTS[script], bool(probe), left, top, width, height, scale, grey)
