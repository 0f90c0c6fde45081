"""One table that folds text as NFKC and case folding do, so that spelling habits do not hide a word.

`fold` is the definition; `fold_pieces` gives the same for thousands of pieces at once. Almost every
character folds alone, to one or to a few characters, and is looked up. Characters that may join the
one before them (combining marks, parts of Hangul) cannot be folded alone: a piece that holds one is
folded by the definition. Sources: Unicode Standard Annex 15 (NFKC), Unicode chapter 3.13 (case).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from proofroom.language.han import simplified

Codes = NDArray[np.uint32]
Offsets = NDArray[np.int64]

CODE_POINTS: Final = 0x110000
PIECE: Final = 0x1E  # U+001E, the record separator, stands between pieces
_PIECE_TEXT: Final = chr(PIECE)
_SCANNED: Final = ((0, 0x3400), (0x4DC0, 0x4E00), (0xA000, 0xAC00), (0xD7A4, 0xD800), (0xF900, 0x20000))
_SCANNED_HIGH: Final = ((0x2F800, 0x2FA20), (0xE0000, 0xE1000))
_HANGUL_TAILS: Final = ((0x1161, 0x1176), (0x11A8, 0x11C3))


def fold(text: str) -> str:
    """Fold one text: NFKC, then case. This is the definition; everything faster must equal it."""
    return unicodedata.normalize("NFKC", text).casefold()


@dataclass(frozen=True, slots=True)
class FoldTable:
    """What each code point folds to: `width[c]` codes of `pool` from `start[c]`; `alone` when it is one.

    `joins[c]` says that c may join the character before it. `simple` maps a folded code to its
    simplified character.
    """

    alone: Codes
    width: NDArray[np.uint8]
    start: NDArray[np.int32]
    pool: Codes
    joins: NDArray[np.bool_]
    simple: Codes


def scanned() -> Iterator[str]:
    """Give every character whose folding or class must be looked at one by one.

    Left out are the unified Han characters, Hangul syllables and private use, which fold to
    themselves, and the planes without assigned characters.
    """
    for first, stop in _SCANNED + _SCANNED_HIGH:
        yield from map(chr, range(first, stop))


def _each(form: Literal["NFKC", "NFKD"], characters: list[str]) -> list[str]:
    """Normalise many characters, each alone: U+001E joins with nothing."""
    return unicodedata.normalize(form, _PIECE_TEXT.join(characters)).split(_PIECE_TEXT)


def _joining(characters: list[str], apart: list[str]) -> frozenset[str]:
    """Give the characters that may join the one before them: marks, and second halves of a pair."""
    joining = {chr(code) for first, stop in _HANGUL_TAILS for code in range(first, stop)}
    joining.update(character for character in characters if unicodedata.combining(character))
    for character, parts in zip(characters, apart, strict=True):
        if character != parts:
            pair = unicodedata.decomposition(character).split()
            if len(pair) == 2 and not pair[0].startswith("<"):  # a canonical pair
                joining.add(chr(int(pair[1], 16)))
    return frozenset(joining)


@cache
def fold_table() -> FoldTable:
    """Build the table from this Python's Unicode data (about 0.1 s, once)."""
    characters = [character for character in scanned() if character != _PIECE_TEXT]
    folded = _each("NFKC", characters)
    apart = _each("NFKD", characters)
    joining = _joining(characters, apart)
    alone = np.arange(CODE_POINTS, dtype=np.uint32)
    width = np.ones(CODE_POINTS, dtype=np.uint8)
    start = np.zeros(CODE_POINTS, dtype=np.int32)
    joins = np.zeros(CODE_POINTS, dtype=np.bool_)
    pool: list[str] = []
    for character, whole, parts in zip(characters, folded, apart, strict=True):
        code, result = ord(character), whole.casefold()
        joins[code] = parts[0] in joining
        if result == character:
            continue
        if len(result) == 1:
            alone[code] = ord(result)
        else:
            width[code], start[code] = len(result), len(pool)
            pool.extend(result)
    simple = np.arange(CODE_POINTS, dtype=np.uint32)
    for traditional, character in simplified().items():
        simple[ord(traditional)] = ord(character)
    return FoldTable(alone, width, start, codes_of("".join(pool)), joins, simple)


def codes_of(text: str) -> Codes:
    """Give the code points of a text as an array."""
    stored = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")
    return stored.astype(np.uint32, copy=False)


def text_of(codes: Codes) -> str:
    """Give the text of an array of code points."""
    return codes.astype("<u4", copy=False).tobytes().decode("utf-32-le", "surrogatepass")


def join_pieces(texts: Sequence[str]) -> Codes:
    """Join pieces with U+001E into one array; one inside a piece becomes a space of the same length."""
    codes = codes_of(_PIECE_TEXT.join(texts))
    if int((codes == PIECE).sum()) != max(len(texts) - 1, 0):
        codes = codes_of(_PIECE_TEXT.join(text.replace(_PIECE_TEXT, " ") for text in texts))
    return codes


@dataclass(frozen=True, slots=True)
class Folded:
    """Folded pieces joined by U+001E, and for each code the stretch of the joined original it stands for.

    `begin` and `end` are None while every code stands for the one at its own place.
    """

    codes: Codes
    begin: Offsets | None = None
    end: Offsets | None = None

    def spans(self) -> tuple[Offsets, Offsets]:
        """Give begin and end of the original stretch for every folded code."""
        if self.begin is None or self.end is None:
            here = np.arange(self.codes.size, dtype=np.int64)
            return here, here + 1
        return self.begin, self.end


def fold_pieces(joined: Codes, *, spans: bool = False) -> Folded:
    """Fold joined pieces at once; with `spans`, keep the way back to the original."""
    table = fold_table()
    joining = np.flatnonzero(table.joins[joined])
    if not joining.size:
        return _fold_by_table(joined, table, spans=spans)
    marks = np.flatnonzero(joined == PIECE)
    edges = np.concatenate(([0], marks + 1, [joined.size + 1]))
    parts: list[Folded] = []
    done = 0
    for piece in np.unique(np.searchsorted(marks, joining)):
        first, stop = int(edges[piece]), int(edges[piece + 1]) - 1
        parts.append(_shift(_fold_by_table(joined[done:first], table, spans=spans), done))
        parts.append(_shift(_fold_by_definition(text_of(joined[first:stop])), first))
        done = stop
    parts.append(_shift(_fold_by_table(joined[done:], table, spans=spans), done))
    codes = np.concatenate([part.codes for part in parts])
    if not spans:
        return Folded(codes)
    both = [part.spans() for part in parts]
    return Folded(codes, np.concatenate([b for b, _ in both]), np.concatenate([e for _, e in both]))


def _fold_by_table(joined: Codes, table: FoldTable, *, spans: bool) -> Folded:
    """Fold by look-up alone; the pieces hold no character that joins another."""
    width = table.width[joined]
    if not (width != 1).any():
        return Folded(table.alone[joined])
    wide = width.astype(np.int64)
    source = np.repeat(np.arange(joined.size, dtype=np.int64), wide)
    codes = table.alone[joined[source]]
    place = np.arange(source.size, dtype=np.int64) - np.repeat(np.cumsum(wide) - wide, wide)
    several = wide[source] > 1
    codes[several] = table.pool[table.start[joined[source[several]]] + place[several]]
    return Folded(codes, source, source + 1) if spans else Folded(codes)


def _fold_by_definition(text: str) -> Folded:
    """Fold one piece stretch by stretch, each beginning where nothing joins the character before."""
    joins = fold_table().joins[codes_of(text)]
    starts = [0, *(place for place in range(1, len(text)) if not joins[place]), len(text)]
    codes: list[str] = []
    begin: list[int] = []
    end: list[int] = []
    for first, stop in pairwise(starts):
        folded = fold(text[first:stop])
        codes.append(folded)
        begin += [first] * len(folded)
        end += [stop] * len(folded)
    return Folded(codes_of("".join(codes)), np.array(begin, np.int64), np.array(end, np.int64))


def _shift(part: Folded, by: int) -> Folded:
    """Move a part's stretches to where it stands in the whole."""
    begin, end = part.spans()
    return Folded(part.codes, begin + by, end + by)
