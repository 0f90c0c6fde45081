"""Near duplicates: texts that have most of their runs in common with another, found by their sketches."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from proofroom.language.sketch import MOST_CHARACTERS, Hashes, likeness, numbers_of, sketch
from proofroom.store.journal import Journal

NEAR: Final = 0.8
"""As alike as this two texts must be to be called near duplicates."""

_NEIGHBOURS: Final = 8
"""With how many of those before it a text is compared that shares one number: of many copies each meets some."""

_HELD: Final = """select artifact, sketch from sketches where sketch != x'' and exists
  (select 1 from occurrences o where o.digest = artifact and o.state is not 'refused') order by artifact"""


class Sketching:
    """Takes the texts of one artifact, as many as its sketch is made of."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._texts: list[str] = []
        self._size = 0

    def add(self, column: Any) -> None:
        """Take a column of texts."""
        for chunk in column.chunks:
            for start in range(0, len(chunk), 4_096):
                if self._size >= MOST_CHARACTERS:
                    return
                some = chunk.slice(start, 4_096).to_pylist()
                self._texts += some
                self._size += sum(map(len, some))

    def sketch(self) -> bytes:
        """Give the sketch of what was taken."""
        return sketch(self._texts)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two artifacts whose texts are alike, and how much: 1.0 is the same text in other bytes."""

    one: str
    other: str
    likeness: float


def near(journal: Journal, artifact: str, least: float = NEAR) -> list[tuple[str, float]]:
    """Give the artifacts whose texts are nearly that of one, the most alike first."""
    names, sketches = _held(journal)
    if artifact not in names:
        return []
    mine = sketches[names.index(artifact)]
    found = [
        (name, alike)
        for name, other in zip(names, sketches, strict=True)
        if name != artifact and np.isin(other, mine).any() and (alike := likeness(mine, other)) >= least
    ]
    return sorted(found, key=lambda pair: (-pair[1], pair[0]))


def groups(journal: Journal, least: float = NEAR) -> list[list[str]]:
    """Give the artifacts that are near duplicates of each other, directly or through others, in groups."""
    leader: dict[str, str] = {}

    def of(name: str) -> str:
        while leader.get(name, name) != name:
            leader[name] = leader.get(leader[name], leader[name])
            name = leader[name]
        return name

    for pair in pairs(journal, least):
        leader[of(pair.other)] = of(pair.one)
    found: dict[str, list[str]] = {}
    for name in sorted({*leader, *leader.values()}):
        found.setdefault(of(name), []).append(name)
    return sorted(
        (members for members in found.values() if len(members) > 1), key=lambda some: (-len(some), some)
    )


def pairs(journal: Journal, least: float = NEAR) -> Iterator[Pair]:
    """Give pairs of near duplicates; of many that are alike each pair that is needed to hold them together."""
    names, sketches = _held(journal)
    for one, other in sorted(_candidates(sketches)):
        alike = likeness(sketches[one], sketches[other])
        if alike >= least:
            yield Pair(names[one], names[other], round(alike, 2))


def _candidates(sketches: list[Hashes]) -> set[tuple[int, int]]:
    """Give pairs that share a number: what is alike shares many, so some of the smallest are enough."""
    if not sketches:
        return set()
    owners = np.repeat(np.arange(len(sketches)), [one.size for one in sketches])
    numbers = np.concatenate(sketches)
    order = np.lexsort((owners, numbers))
    numbers, owners = numbers[order], owners[order]
    found: set[tuple[int, int]] = set()
    for step in range(1, _NEIGHBOURS + 1):
        same = np.flatnonzero(numbers[step:] == numbers[:-step])
        found.update(zip(owners[same].tolist(), owners[same + step].tolist(), strict=True))
    return found


def _held(journal: Journal) -> tuple[list[str], list[Hashes]]:
    """Give every artifact that has a sketch, with it."""
    rows = journal.rows(_HELD)
    return [row["artifact"] for row in rows], [numbers_of(row["sketch"]) for row in rows]
