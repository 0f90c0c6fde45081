"""From what somebody typed to what the index is asked: words and quoted phrases, all of which must stand.

    query   =  item { blank item }
    item    =  '"' { any character but '"' | '""' } '"'     a literal phrase, blanks included
            |  word                                          anything without blanks, not beginning with '"'

Every item is found as it was typed, folded by width, case and simplification: a Chinese run means
"contains"; letters and digits of other scripts at an item's ends are whole words, so `A座3号` finds
`A座3号楼` and not `BA座3号`. All items must stand in one cell, page, message or run of paragraphs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from proofroom.errors import BadQuery
from proofroom.language.reading import Kind, Literal, kind_of
from proofroom.language.tokens import tokens_with_offsets
from proofroom.store.index_query import Phrase, Query

QUOTE: Final = '"'
LONGEST_QUERY: Final = 1_000  # characters; a longer one is a pasted page, and its phrase would be slow


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to find: its words for the comparison with texts, and its phrases for the index."""

    literal: Literal
    simple: Phrase
    written: Phrase
    certain: bool
    """Whether the index alone answers exactly: nothing but words and Chinese characters that touch."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A query that was read: all items must stand in one document."""

    items: tuple[Item, ...]

    @property
    def certain(self) -> bool:
        """Say whether the index alone answers exactly, without a look at the texts."""
        return all(item.certain for item in self.items)

    def query(self) -> Query:
        """Give what the index is asked."""
        return Query(tuple(item.simple for item in self.items), tuple(item.written for item in self.items))


def parse(text: str) -> Wanted:
    """Read a query; raises BadQuery with the character where reading stopped."""
    _check_length(text)
    items: list[Item] = []
    place = 0
    while place < len(text):
        if text[place].isspace():
            place += 1
            continue
        start = place
        words, place = _quoted(text, place) if text[place] == QUOTE else _word(text, place)
        items.append(_item(words, start))
    if not items:
        message = "the query is empty"
        raise BadQuery(message, remedy="Type a name, a number or a word.")
    return Wanted(tuple(items))


def literal(text: str) -> Wanted:
    """Take a whole line as one literal phrase, as `batch` does; raises BadQuery when it has no word."""
    _check_length(text)
    return Wanted((_item(text, 0),))


def _check_length(text: str) -> None:
    """Refuse what is no query but a page."""
    if len(text) > LONGEST_QUERY:
        message = f"the query has {len(text)} characters, more than {LONGEST_QUERY}"
        raise BadQuery(message, at=LONGEST_QUERY, remedy="Search for a shorter passage of it.")


def _quoted(text: str, start: int) -> tuple[str, int]:
    """Read a phrase in quotes; a doubled quote inside stands for one."""
    words: list[str] = []
    place = start + 1
    while True:
        stop = text.find(QUOTE, place)
        if stop < 0:
            message = "a quote is opened and never closed"
            raise BadQuery(
                message, at=start, remedy='Close it with ", or write "" for a quote inside quotes.'
            )
        words.append(text[place:stop])
        if text[stop + 1 : stop + 2] != QUOTE:
            return QUOTE.join(words), stop + 1
        place = stop + 2


def _word(text: str, start: int) -> tuple[str, int]:
    """Read up to the next blank."""
    stop = start
    while stop < len(text) and not text[stop].isspace():
        stop += 1
    return text[start:stop], stop


def _item(words: str, at: int) -> Item:
    """Make an item of its words; raises BadQuery when nothing in them is in the index."""
    wanted = Literal.of(words)
    simple, written = _phrase(wanted.written, simplify=True), _phrase(wanted.written, simplify=False)
    if not simple.tokens:
        message = f"{words.strip()!r} holds no letter, digit or Chinese character, and only those are indexed"
        raise BadQuery(message, at=at, remedy="Add a word that stands beside it.")
    touching = all(kind_of(character) in (Kind.WORD, Kind.HAN) for character in wanted.written)
    return Item(wanted, simple, written, touching)


def _phrase(words: str, *, simplify: bool) -> Phrase:
    """Give the tokens to ask for: the last character of a Chinese run at the end is in the token before."""
    tokens = [token.text for token in tokens_with_offsets(words, simplify=simplify)]
    if not tokens or kind_of(tokens[-1][0]) != Kind.HAN or kind_of(words[-1]) != Kind.HAN:
        return Phrase(tuple(tokens))
    if len(tokens) > 1 and len(tokens[-2]) > 1 and kind_of(tokens[-2][0]) == Kind.HAN:
        return Phrase(tuple(tokens[:-1]))
    return Phrase(tuple(tokens), open_end=True)
