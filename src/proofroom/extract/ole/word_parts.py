"""Divide the texts behind a Word document's main text: notes, headers, comments and boxes (MS-DOC 2.3)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from proofroom.extract.ole.word_fib import COUNTS
from proofroom.extract.ole.word_pieces import Pieces
from proofroom.extract.ole.word_tables import WordFile, positions

Stretch = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Part:
    """One text inside the document: where it begins and ends, and the stories in it."""

    start: int
    end: int
    stories: list[Stretch]


def parts_of(word: WordFile, pieces: Pieces) -> dict[str, Part]:
    """Give every text of the document by its name; what the block forgets to count is the part `rest`."""
    found: dict[str, Part] = {}
    length = pieces.all[-1].end if pieces.all else 0
    start = 0
    for name in COUNTS:
        end = min(start + word.fib.counts.get(name, 0), length)
        found[name] = Part(start, end, [(start, end)])
        start = end
    if start == 0:
        found["main"] = Part(0, length, [(0, length)])
    elif length > start + 1:
        found["rest"] = Part(start, length, [(start, length)])
    return found


def stories(word: WordFile, part: Part, table: str, width: int = 0) -> list[Stretch]:
    """Divide a text by a table of places; a damaged table loses none of it."""
    places, _ = positions(word.part(table), width)
    return list(_stretches(places, part))


def _stretches(places: list[int], part: Part) -> Iterator[Stretch]:
    """Give what stands between places that rise, then what no place speaks of."""
    size = part.end - part.start
    first = before = min(places[0], size) if places else 0
    for place in places[1:]:
        until = max(min(place, size), before)
        yield part.start + before, part.start + until
        before = until
    if first:
        yield part.start, part.start + first
    if before < size:
        yield part.start + before, part.end


def references(word: WordFile, table: str, width: int) -> list[tuple[int, bytes]]:
    """Give the characters of the main text that point to notes or comments, with what stands there."""
    places, lines = positions(word.part(table), width)
    return list(zip(places, lines, strict=False))
