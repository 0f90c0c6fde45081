"""The search itself: a query becomes hits, each an exact address with its match marked in the text.

The index answers most queries exactly by itself. It is not enough where punctuation or blanks are
part of what is sought, and where one document holds several pieces: there the texts are read, so
that the total counts addresses, exactly, and no hit is false.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from proofroom.errors import StaleIndex
from proofroom.language.reading import Found, Reading
from proofroom.search.query import Wanted
from proofroom.store.index import Index
from proofroom.store.index_entries import IndexHit
from proofroom.values.numbers import numbers

Variant = Literal["simplified"]
TextsOf = Callable[[Sequence[IndexHit]], Sequence[str]]
"""Gives the text of each document as it was indexed, in order: many at once, so a store reads in runs."""

BEFORE: Final = 40  # code points of context before the first match of a snippet
AFTER: Final = 80  # and after it begins
_LONGEST_NUMBER: Final = 64  # how far a snippet may grow so that it cuts no number
_AT_ONCE: Final = 256  # documents whose texts are held at the same time


@dataclass(frozen=True, slots=True)
class Hit:
    """One address that answers, with a snippet of the original text and the matches in it.

    `highlights` are (start, end) in code points of the snippet; `continues` names the further parts
    that a match reaches into (or, when several words were asked for, those that hold others of them).
    """

    artifact: str
    part: str
    kind: str
    score: float
    variant: Variant | None
    snippet: str
    highlights: tuple[tuple[int, int], ...]
    continues: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """The hits asked for, best first, and the exact number of all."""

    total: int
    hits: tuple[Hit, ...]


def find(
    index: Index,
    wanted: Wanted,
    texts_of: TextsOf,
    *,
    limit: int = 50,
    exact: bool = False,
    places: Mapping[str, int] | None = None,
    changing: bool = False,
) -> Result:
    """Find every address that answers a query; `limit` 0 gives all of them.

    `texts_of` gives the texts as they were indexed. `exact` leaves out what matches only because
    traditional characters are read as simplified ones. `places` says of artifacts found in several places
    in how many: the total counts an address in each of them, while the hits name it once. `changing` says that
    something was read anew since it was indexed: then every text is read, and what no longer answers is no hit.
    """
    query = wanted.query()
    certain = wanted.certain and not changing and index.is_certain(query, exact=exact)
    docs, documents = index.search(query, limit=limit if certain else 0, exact=exact)
    hits: list[Hit] = []
    total = 0
    for answer in _answers(docs, wanted, texts_of, exact=exact):
        if certain and not answer.places:
            message = f"the search index and the text disagree at {answer.doc.parts[0][0]}"
            raise StaleIndex(message)
        total += len(answer.places)
        room = limit - len(hits) if limit else len(answer.places)
        hits += [_hit(answer, items) for items in answer.places[:room]]
    if len(docs) < documents and certain:
        total += _not_shown(index, wanted, texts_of, docs, documents, exact=exact)
    if places:
        total += _elsewhere(index, wanted, texts_of, places, exact=exact)
    return Result(total, tuple(hits))


def find_in(
    docs: Sequence[IndexHit], texts: Sequence[str], wanted: Wanted, *, exact: bool = False
) -> Iterator[Hit]:
    """Find a query in texts that no index holds, each a document of its own: the same answers, by reading all."""
    given = dict(zip(docs, texts, strict=True))
    for answer in _answers(docs, wanted, lambda some: [given[doc] for doc in some], exact=exact):
        yield from (_hit(answer, items) for items in answer.places)


def _elsewhere(
    index: Index, wanted: Wanted, texts_of: TextsOf, places: Mapping[str, int], *, exact: bool
) -> int:
    """Count the hits in the further places of artifacts that were found several times."""
    docs, _ = index.search(wanted.query(), limit=0, exact=exact, within=list(places))
    return sum(
        len(answer.places) * (places[answer.doc.artifact] - 1)
        for answer in _answers(docs, wanted, texts_of, exact=exact)
    )


def _not_shown(
    index: Index, wanted: Wanted, texts_of: TextsOf, docs: Sequence[IndexHit], documents: int, *, exact: bool
) -> int:
    """Count the hits beyond the shown documents: one for each of one piece, the others by their texts."""
    shown = {(doc.artifact, doc.parts) for doc in docs}
    grouped, _ = index.search(wanted.query(), limit=0, exact=exact, grouped=True)
    rest = [doc for doc in grouped if (doc.artifact, doc.parts) not in shown]
    in_rest = sum(len(answer.places) for answer in _answers(rest, wanted, texts_of, exact=exact))
    return documents - len(docs) - len(rest) + in_rest


@dataclass(frozen=True, slots=True)
class _Answer:
    """A document with its text, and for each of its hits the places found, a list per item."""

    doc: IndexHit
    text: str
    places: list[list[list[Found]]]


def _answers(
    docs: Sequence[IndexHit], wanted: Wanted, texts_of: TextsOf, *, exact: bool
) -> Iterator[_Answer]:
    """Read the documents' texts, some at a time, and find in each the places of its hits."""
    for first in range(0, len(docs), _AT_ONCE):
        batch = docs[first : first + _AT_ONCE]
        texts = texts_of(batch)
        for doc, text, items in zip(batch, texts, _matches(texts, wanted, exact=exact), strict=True):
            yield _Answer(doc, text, _by_hit(doc, items))


def _matches(texts: Sequence[str], wanted: Wanted, *, exact: bool) -> list[list[list[Found]]]:
    """Find every item in every text: for each text a list per item, or [] where one item is missing."""
    reading = Reading(texts)
    found: list[list[list[Found]]] = [[[] for _ in wanted.items] for _ in texts]
    for number, item in enumerate(wanted.items):
        for place in reading.find(item.literal):
            if place.as_written or not exact:
                found[place.piece][number].append(place)
    return [items if all(items) else [] for items in found]


def _by_hit(doc: IndexHit, items: list[list[Found]]) -> list[list[list[Found]]]:
    """Share the places among the hits: one item hits each part where it begins, several hit once."""
    if not items:
        return []
    if len(items) > 1:
        return [items]
    by_part: dict[int, list[Found]] = {}
    for place in items[0]:
        by_part.setdefault(_part_at(doc, place.start), []).append(place)
    return [[places] for places in by_part.values()]


def _part_at(doc: IndexHit, offset: int) -> int:
    """Give the number of the part in which an offset lies."""
    return bisect_right(doc.parts, offset, key=lambda part: part[1]) - 1


def _hit(answer: _Answer, items: list[list[Found]]) -> Hit:
    """Make one hit of the places found: the part where the first begins, and a snippet around it."""
    doc, text = answer.doc, answer.text
    places = sorted((place for item in items for place in item), key=lambda place: place.start)
    first = _part_at(doc, places[0].start)
    touched = {number for place in places for number in range(*_parts_of(doc, place))}
    as_written = all(any(place.as_written for place in item) for item in items)
    start = max(places[0].start - BEFORE, 0)
    stop = min(max(places[0].start + AFTER, places[0].end), len(text))
    start, stop = _with_whole_numbers(text, start, stop)
    marked = [(place.start, place.end) for place in places if place.end <= stop]
    return Hit(
        artifact=doc.artifact,
        part=doc.parts[first][0],
        kind=doc.kind,
        score=doc.score,
        variant=None if as_written else "simplified",
        snippet=text[start:stop],
        highlights=tuple((begin - start, end - start) for begin, end in _merged(marked)),
        continues=tuple(doc.parts[number][0] for number in sorted(touched - {first})),
    )


def _with_whole_numbers(text: str, start: int, stop: int) -> tuple[int, int]:
    """Widen a snippet to the ends of the numbers that it would cut: the rest of an ID would pass any mask."""
    low = max(start - _LONGEST_NUMBER, 0)
    for first, last in numbers(text[low : stop + _LONGEST_NUMBER]):
        if low + first < start < low + last:
            start = low + first
        if low + first < stop < low + last:
            stop = low + last
    return start, stop


def _parts_of(doc: IndexHit, place: Found) -> tuple[int, int]:
    """Give the half-open range of parts that a match touches."""
    return _part_at(doc, place.start), _part_at(doc, place.end - 1) + 1


def _merged(places: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Join overlapping stretches, in order."""
    merged: list[tuple[int, int]] = []
    for start, stop in places:
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(stop, merged[-1][1]))
        else:
            merged.append((start, stop))
    return merged
