"""The token stream: what the index is fed, and what a query asks for.

A Chinese character gives one token, itself and the Chinese character after it, or itself alone at
the end of a run; so every run of two or more characters is found exactly, and one character alone
as the beginning of a token. Words of other scripts stand in the same stream, whole. Between a word
and a Chinese character that do not touch stands the token `|`: `A座` and `A 座` differ.

    "张三丰, A座3号"  →  张三 三丰 丰 | a 座 3 号

`stream_batch` makes the streams of thousands of pieces at once; `tokens_with_offsets` is the same
rule in plain Python, with offsets, for queries and as the definition that tests compare with.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from proofroom.language.fold import PIECE, Codes, fold, fold_table, text_of
from proofroom.language.han import simplify as simplify_text
from proofroom.language.reading import Kind, Kinds, kind_of, read_pieces

VERSION: Final = f"1/unicode-{unicodedata.unidata_version}"
"""Stands in the stamp of every index: another version means other tokens, so the index is rebuilt."""

GAP: Final = "|"
LONGEST_WORD: Final = 8_192  # code points; the index drops tokens above 65,530 bytes without a word
_BLOCK: Final = LONGEST_WORD // 2
_EDGE_TEXT: Final = chr(PIECE)
_SPACE: Final = 0x20
_GAP_MARK: Final = 0x1F  # a control character is never part of a token


@dataclass(frozen=True, slots=True)
class Token:
    """One token, and the stretch of the original text (code points) its first character stands for.

    For words the stretch is the whole word; for `|` it is empty and lies before the next token.
    """

    text: str
    start: int
    end: int


def stream_batch(texts: Sequence[str], *, simplify: bool = True) -> list[str]:
    """Give the token stream of each piece, every token followed by one space."""
    if not texts:
        return []
    read = read_pieces(texts)
    codes = read.simplified() if simplify else read.codes
    return _emit(codes, read.kinds).split(_EDGE_TEXT)


def stream_both(texts: Sequence[str]) -> tuple[list[str], dict[int, str]]:
    """Give the simplified streams, and the streams as written of the pieces where these differ."""
    if not texts:
        return [], {}
    read = read_pieces(texts)
    codes = read.simplified()
    streams = _emit(codes, read.kinds).split(_EDGE_TEXT)
    changed = np.flatnonzero(codes != read.codes)
    if not changed.size:
        return streams, {}
    places = np.unique(np.searchsorted(np.flatnonzero(read.kinds == Kind.EDGE), changed)).tolist()
    written = stream_batch([texts[place] for place in places], simplify=False)
    return streams, dict(zip(places, written, strict=True))


def _emit(codes: Codes, kinds: Kinds) -> str:
    """Write the stream: three places for each character, itself, its Chinese neighbour, and a blank.

    Which of the three are written is a mask; where a gap follows, the blank is a mark first.
    """
    han, word = kinds == Kind.HAN, kinds == Kind.WORD
    pair = han.copy()
    pair[:-1] &= han[1:]
    pair[-1:] = False
    word_ends = word.copy()
    word_ends[:-1] &= ~word[1:]
    _cut_long_words(word, word_ends)
    rows = np.empty((codes.size, 3), dtype=np.uint32)
    rows[:, 0] = codes
    rows[:-1, 1] = codes[1:]
    rows[:, 2] = _SPACE
    rows[_gaps(kinds, han | word), 2] = _GAP_MARK
    written = np.empty((codes.size, 3), dtype=np.bool_)
    written[:, 0] = han | word | (kinds == Kind.EDGE)
    written[:, 1] = pair
    written[:, 2] = han | word_ends
    return text_of(rows.ravel().take(np.flatnonzero(written))).replace(chr(_GAP_MARK), f" {GAP} ")


def _gaps(kinds: Kinds, tokens: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Give the characters after which something stands before a character of the other sort."""
    before = np.flatnonzero(tokens[:-1] & ~tokens[1:])  # the last one before other characters
    after = np.flatnonzero(~tokens[:-1] & tokens[1:]) + 1  # the first one after them
    if not before.size or not after.size:
        return before[:0]
    if before[0] >= after[0]:
        after = after[1:]
    before = before[: after.size]  # they alternate, so the two lists now run side by side
    edges = np.flatnonzero(kinds == Kind.EDGE)
    inside = np.searchsorted(edges, before) == np.searchsorted(edges, after)
    found: NDArray[np.int64] = before[inside & (kinds[before] != kinds[after])]
    return found


def _cut_long_words(word: NDArray[np.bool_], ends: NDArray[np.bool_]) -> None:
    """Mark an end inside words longer than the index takes, in place."""
    blocks = word[: word.size // _BLOCK * _BLOCK].reshape(-1, _BLOCK)
    if not blocks.all(axis=1).any():  # every word that long fills one block of half its length
        return
    stops = np.flatnonzero(ends | ~word)
    starts = np.concatenate(([0], stops + 1))
    for which in np.flatnonzero(np.diff(np.append(starts, word.size)) > LONGEST_WORD):
        first = int(starts[which])
        last = int(stops[which]) if which < stops.size else word.size
        ends[first + LONGEST_WORD - 1 : last : LONGEST_WORD] = True


def tokens_with_offsets(text: str, *, simplify: bool = True) -> list[Token]:
    """Give the tokens of one text with their offsets: the definition, in plain Python, and slow."""
    marked = _joined_lines([c for c in _characters(text) if c[1] != Kind.HIDDEN])
    tokens: list[Token] = []
    place = 0
    while place < len(marked):
        kind = marked[place][1]
        stop = place + 1
        if kind in (Kind.WORD, Kind.HAN):
            while stop < len(marked) and marked[stop][1] == kind:
                stop += 1
            if tokens and place and marked[place - 1][1] not in (Kind.WORD, Kind.HAN):
                before = next(c for c in reversed(marked[:place]) if c[1] in (Kind.WORD, Kind.HAN))
                if before[1] != kind:
                    tokens.append(Token(GAP, marked[place][2], marked[place][2]))
            tokens += _run(marked[place:stop], kind, simplify=simplify)
        place = stop
    return tokens


_Marked = tuple[str, Kind, int, int]


def _characters(text: str) -> list[_Marked]:
    """Fold a text stretch by stretch: each folded character, its kind, and what it stands for."""
    text = text.replace(_EDGE_TEXT, " ")
    joins = fold_table().joins
    starts = [place for place in range(len(text)) if place == 0 or not joins[ord(text[place])]]
    stretches = zip(starts, [*starts[1:], len(text)], strict=False)
    return [(c, kind_of(c), first, stop) for first, stop in stretches for c in fold(text[first:stop])]


def _joined_lines(marked: list[_Marked]) -> list[_Marked]:
    """Remove the line breaks beside Chinese characters; the others stay, as separators."""
    kept: list[_Marked] = []
    place = 0
    while place < len(marked):
        stop = place
        while stop < len(marked) and marked[stop][1] in (Kind.BLANK, Kind.BREAK):
            stop += 1
        blanks = marked[place:stop]
        chinese = (kept and kept[-1][1] == Kind.HAN) or (stop < len(marked) and marked[stop][1] == Kind.HAN)
        if not (chinese and any(c[1] == Kind.BREAK for c in blanks)):
            kept += blanks
        kept += marked[stop : stop + 1]
        place = stop + 1
    return kept


def _run(run: list[_Marked], kind: Kind, *, simplify: bool) -> list[Token]:
    """Give the tokens of one run of Chinese characters, or of one word."""
    if kind == Kind.WORD:
        words = [run[i : i + LONGEST_WORD] for i in range(0, len(run), LONGEST_WORD)]
        return [Token("".join(c[0] for c in word), word[0][2], word[-1][3]) for word in words]
    text = "".join(c[0] for c in run)
    shown = simplify_text(text) if simplify else text
    return [Token(shown[i : i + 2], c[2], c[3]) for i, c in enumerate(run)]
