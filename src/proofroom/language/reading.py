"""Texts as the search reads them: folded, lines joined, hidden characters gone, and the way back.

What a reader does without thinking is done here once, for the index, the query and the highlights
alike: case and width do not matter, a Chinese sentence goes on across a line break, and characters
that cannot be seen (soft hyphens, direction marks, variation selectors) are not there.

- Line breaks, with the blanks around them, are removed beside a Chinese character; elsewhere they
  are one space. U+2029 and U+000C, the separators of paragraphs and pages, are never removed.
- Offsets count code points, as Python does, and point into the original piece.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from functools import cache
from itertools import accumulate
from typing import Final

import numpy as np
from numpy.typing import NDArray

from proofroom.language.fold import (
    CODE_POINTS,
    PIECE,
    Codes,
    Folded,
    fold_pieces,
    fold_table,
    join_pieces,
    scanned,
    text_of,
)
from proofroom.language.han import HAN_RANGES


class Kind(IntEnum):
    """What a folded character is to the search."""

    OTHER = 0  # punctuation, symbols, controls: it separates words
    WORD = 1  # letters, marks and digits of every script but Chinese
    HAN = 2
    EDGE = 3  # U+001E, between pieces
    BLANK = 4
    BREAK = 5
    HIDDEN = 6


Kinds = NDArray[np.uint8]

_LINE_BREAKS: Final = "\n\r\v\x85\u2028"
_BLANKS: Final = "\t \u1680"
_SPACE: Final = 0x20
_HIDDEN_RANGES: Final = (
    (0x00AD, 0x00AE),  # soft hyphen
    (0x034F, 0x0350),
    (0x061C, 0x061D),
    (0x180B, 0x1810),
    (0x200B, 0x2010),  # zero width, direction
    (0x202A, 0x202F),
    (0x2060, 0x2070),
    (0xFE00, 0xFE10),  # variation selectors
    (0xFEFF, 0xFF00),
    (0xE0000, 0xE1000),  # tags, and the variation selectors of rare Chinese names
)


def kind_of(character: str) -> Kind:
    """Say what one folded character is; the table for arrays is made from this."""
    code = ord(character)
    if any(first <= code < stop for first, stop in HAN_RANGES):
        return Kind.HAN
    if any(first <= code < stop for first, stop in _HIDDEN_RANGES):
        return Kind.HIDDEN
    if character in _LINE_BREAKS:
        return Kind.BREAK
    if character in _BLANKS:
        return Kind.BLANK
    return Kind.WORD if unicodedata.category(character)[0] in "LMN" else Kind.OTHER


@cache
def _kinds() -> Kinds:
    """Build the table of `kind_of` over all code points (once)."""
    table = np.zeros(CODE_POINTS, dtype=np.uint8)
    characters = list(scanned())
    words = [
        ord(c)
        for c, category in zip(characters, map(unicodedata.category, characters), strict=True)
        if category[0] in "LMN"
    ]
    table[words] = Kind.WORD
    table[0xAC00:0xD7A4] = Kind.WORD  # Hangul syllables, which `scanned` leaves out
    table[[ord(c) for c in _BLANKS]] = Kind.BLANK
    table[[ord(c) for c in _LINE_BREAKS]] = Kind.BREAK
    for kind, ranges in ((Kind.HIDDEN, _HIDDEN_RANGES), (Kind.HAN, HAN_RANGES)):
        for first, stop in ranges:
            table[first:stop] = kind
    table[PIECE] = Kind.EDGE
    return table


@dataclass(frozen=True, slots=True)
class Read:
    """Pieces as arrays, joined by U+001E: folded codes (not simplified), their kinds, the way back."""

    folded: Folded
    kinds: Kinds

    @property
    def codes(self) -> Codes:
        """The folded codes as they are written, before traditional characters are simplified."""
        return self.folded.codes

    def simplified(self) -> Codes:
        """Give the codes with traditional characters simplified."""
        return fold_table().simple[self.folded.codes]


def read_pieces(texts: Sequence[str], *, spans: bool = False) -> Read:
    """Read many pieces at once; with `spans`, keep the way back to the original."""
    folded = fold_pieces(join_pieces(texts), spans=spans)
    read = Read(folded, _kinds()[folded.codes])
    hidden = read.kinds == Kind.HIDDEN
    if hidden.any():
        read = _keep(read, ~hidden, spans=spans)
    if (read.kinds == Kind.BREAK).any():
        read = _join_lines(read, spans=spans)
    return read


def _keep(read: Read, mask: NDArray[np.bool_], *, spans: bool) -> Read:
    """Drop what the mask leaves out."""
    codes, kinds = read.codes[mask], read.kinds[mask]
    if not spans:
        return Read(Folded(codes), kinds)
    begin, end = read.folded.spans()
    return Read(Folded(codes, begin[mask], end[mask]), kinds)


def _join_lines(read: Read, *, spans: bool) -> Read:
    """Remove the line breaks beside Chinese characters, and make every other one a single space."""
    kinds = read.kinds
    blanks = np.flatnonzero((kinds == Kind.BLANK) | (kinds == Kind.BREAK))
    first_of_run = np.flatnonzero(np.diff(blanks, prepend=-2) != 1)
    breaking = np.logical_or.reduceat(kinds[blanks] == Kind.BREAK, first_of_run)
    lengths = np.diff(first_of_run, append=blanks.size)
    starts = blanks[first_of_run][breaking]
    stops = starts + lengths[breaking]
    around = np.concatenate(([Kind.EDGE], kinds, [Kind.EDGE]))
    chinese = (around[starts] == Kind.HAN) | (around[stops + 1] == Kind.HAN)
    mask = np.ones(kinds.size, dtype=np.bool_)
    mask[blanks[np.repeat(breaking, lengths)]] = False
    spaces = starts[~chinese]
    mask[spaces] = True
    codes, kinds = read.codes.copy(), kinds.copy()
    codes[spaces] = _SPACE
    kinds[spaces] = Kind.BLANK
    return _keep(Read(replace(read.folded, codes=codes), kinds), mask, spans=spans)


def read_text(text: str, *, simplify: bool = True) -> str:
    """Read one text, without blanks at its ends: how the words of a query are compared."""
    read = read_pieces([text])
    return text_of(read.simplified() if simplify else read.codes).strip()


@dataclass(frozen=True, slots=True)
class Found:
    """One place where a literal stands: the piece, and begin and end in the original piece.

    `as_written` is false when only the simplified form of a traditional character made it match.
    """

    piece: int
    start: int
    end: int
    as_written: bool


@dataclass(frozen=True, slots=True)
class Literal:
    """Words to be found as they stand, in the form of `read_text`, simplified and as written."""

    simple: str
    written: str

    @classmethod
    def of(cls, text: str) -> Literal:
        """Read the words of a query."""
        return cls(read_text(text), read_text(text, simplify=False))


class Reading:
    """Many pieces read together, to find literals in them and say where in the originals they stand."""

    def __init__(self, texts: Sequence[str]) -> None:
        """Read the pieces."""
        read = read_pieces(texts, spans=True)
        self._simple = text_of(read.simplified())
        self._written = text_of(read.codes)
        self._kinds = read.kinds.tobytes()
        self._begin, self._end = read.folded.spans()
        self._origins = [0, *accumulate(len(text) + 1 for text in texts)]

    def find(self, literal: Literal) -> Iterator[Found]:
        """Give every place of a literal in order, overlapping ones too.

        Letters and digits at its ends are whole words: `cat` is not found in `concatenate`; a
        Chinese character at its end may be followed by anything.
        """
        words, size = literal.simple, len(literal.simple)
        if not words:
            return
        starts_word, ends_word = kind_of(words[0]) == Kind.WORD, kind_of(words[-1]) == Kind.WORD
        place = self._simple.find(words)
        while place >= 0:
            stop = place + size
            if not (starts_word and self._is_word(place - 1)) and not (ends_word and self._is_word(stop)):
                yield self._found(place, stop, as_written=self._written.startswith(literal.written, place))
            place = self._simple.find(words, place + 1)

    def _is_word(self, place: int) -> bool:
        """Say whether a letter or digit stands at a place."""
        return 0 <= place < len(self._kinds) and self._kinds[place] == Kind.WORD

    def _found(self, place: int, stop: int, *, as_written: bool) -> Found:
        """Go back from a place in the reading to the original piece."""
        begin, end = int(self._begin[place]), int(self._end[stop - 1])
        piece = bisect_right(self._origins, begin) - 1
        origin = self._origins[piece]
        return Found(piece, begin - origin, end - origin, as_written)
