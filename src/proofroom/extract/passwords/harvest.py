"""Look for passwords in everything that was read: texts with a cue, cells beside a label, files that are named so."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from proofroom.extract.passwords.words import CUE, NEAR, Graded, beside, has_cue, in_name, likely, stated
from proofroom.store.journal import Journal
from proofroom.store.reading import Reading

MOST_WORDS: Final = 10_000
"""Strings kept of a whole cache at the most: the plainest."""

_MOST_OF_ONE: Final = 2_000
_MOST_HITS: Final = 200
_NEXT_TEXTS: Final = 2
_ROWS_BELOW: Final = 50
_MOST_LINES: Final = 500
_LONG: Final = 4_096
_MOST_CUES: Final = 20
_NOUNS: Final = (("pieces", "text"), ("cells", "raw"))


class Harvest:
    """What a cache offers as passwords, each string with how plainly it does so and where.

    It is looked where a cue stands at all, then those artifacts are read one by one in the order of their
    content: how results are laid out on the disk must not show in what is tried.
    """

    def __init__(self, journal: Journal, reading: Reading) -> None:
        """Look in what is read in a case."""
        self._journal = journal
        self._reading = reading
        self._by_segment: dict[str, set[str]] = {}
        self._by_artifact: dict[tuple[str, str], list[Graded]] = {}
        self._names: list[tuple[str, str | None, str]] = []
        self._counted = (0, 0)
        self.words: list[tuple[str, int, tuple[str, ...]]] = []
        self.of_names: set[str] = set()
        self.over = 0

    def renew(self) -> None:
        """Look again; only what has changed since is read."""
        found: dict[str, tuple[int, list[str]]] = {}
        for place, graded in chain(self._in_names(), self._in_texts()):
            for word, grade in graded:
                known, places = found.setdefault(word, (grade, []))
                if place not in places:
                    places.append(place)
                found[word] = (min(known, grade), places)
        self.of_names = {word for _, graded in self._in_names() for word, _ in graded}
        ordered = likely((word, grade) for word, (grade, _) in found.items())
        self.over = max(0, len(ordered) - MOST_WORDS)
        self.words = [
            (word, grade, tuple(sorted(found.get(word, (0, []))[1])[:8]))
            for word, grade in ordered[:MOST_WORDS]
        ]

    def _in_names(self) -> Iterator[tuple[str, list[Graded]]]:
        """Give what names offer, each with its path."""
        self._read_names()
        for path, _, name in self._names:
            yield path, likely(in_name(name))

    def _in_texts(self) -> Iterator[tuple[str, list[Graded]]]:
        """Give what texts and cells offer, each with the path of its artifact."""
        named = {digest for _, digest, _ in self._names if digest}
        for noun, column in _NOUNS:
            for artifact in sorted(self._with_a_cue(noun, column) | named):
                key = (noun, artifact)
                if key not in self._by_artifact:
                    self._by_artifact[key] = likely(self._of(noun, artifact, is_named=artifact in named))[
                        :_MOST_OF_ONE
                    ]
                if self._by_artifact[key]:
                    yield self._path(artifact), self._by_artifact[key]

    def _read_names(self) -> None:
        """Keep the paths whose last part has a cue; they are looked at again when more was found."""
        row = self._journal.rows("select count(*) as n, coalesce(max(id), 0) as last from occurrences")[0]
        if (row["n"], row["last"]) != self._counted:
            self._counted = (row["n"], row["last"])
            rows = self._journal.each("select delivery, path, digest from occurrences order by id")
            names = (
                (row["delivery"], row["path"], row["digest"], row["path"].rsplit("/", 1)[-1]) for row in rows
            )
            self._names = [
                (f"{begun}/{path}", digest, name) for begun, path, digest, name in names if has_cue(name)
            ]

    def _path(self, artifact: str) -> str:
        """Give the first place of an artifact."""
        return str(
            self._journal.value(
                "select delivery || '/' || path from occurrences where digest = ? order by id limit 1",
                (artifact,),
            )
        )

    def _of(self, noun: str, artifact: str, *, is_named: bool) -> list[Graded]:
        """Give what one artifact offers; of one whose name has the cue, every short line and cell."""
        columns = ("text",) if noun == "pieces" else ("raw", "sheet", "row", "col")
        table = self._reading.of_artifact(noun, artifact, columns=columns)
        texts = table[columns[0]]
        hits = pc.indices_nonzero(pc.match_substring_regex(texts, CUE)).to_pylist()
        if len(hits) > _MOST_HITS:
            lengths = pc.utf8_length(texts).to_numpy()
            hits = sorted(hits, key=lambda place: (lengths[place], place))[:_MOST_HITS]
        found: list[Graded] = []
        for place in hits:
            label = texts[place].as_py()
            for window in _around_cues(label):
                found += stated(window)
            found += beside(label, _next(table, place) if noun == "pieces" else _neighbours(table, place))
        if is_named:
            lines = texts.slice(0, _MOST_LINES).to_pylist()
            found += [(line.strip(), NEAR) for line in lines if 0 < len(line.strip()) <= 64]
        return found

    def _with_a_cue(self, noun: str, column: str) -> set[str]:
        """Give the artifacts that hold a cue in a column; a segment never changes, so each is read once."""
        found: set[str] = set()
        seen: dict[str, set[str]] = {}
        for path, groups, artifacts in self._reading.valid_groups(noun):
            hits = self._by_segment.get(path.name)
            if hits is None:
                hits = set()
                for table in self._reading.groups(path.name, groups, ["artifact", column]):
                    matching = table.filter(pc.match_substring_regex(table[column], CUE))
                    hits.update(matching["artifact"].unique().to_pylist())
            seen[path.name] = hits
            found.update(hits if artifacts is None else hits & set(artifacts))
        self._by_segment = {**{k: v for k, v in self._by_segment.items() if k in seen}, **seen}
        return found


def _around_cues(text: str) -> list[str]:
    """Give a text, or of a long one what stands behind its first cues: Arrow finds them without walking back."""
    if len(text) <= _LONG:
        return [text]
    rest, windows = text.encode("utf-8", "replace"), []
    for _ in range(_MOST_CUES):
        at = pc.find_substring_regex(pa.scalar(rest.decode("utf-8", "ignore")), pattern=CUE).as_py()
        if at < 0:
            break
        windows.append(rest[at : at + _LONG].decode("utf-8", "ignore"))
        rest = rest[at + _LONG // 4 :]
        # What was cut in the middle of a sign is not counted by Arrow.
        rest = rest.lstrip(bytes(range(0x80, 0xC0)))
    return windows


def _next(table: pa.Table, place: int) -> list[str]:
    """Give the texts behind one, in reading order."""
    behind: list[str] = table["text"].slice(place + 1, _NEXT_TEXTS).to_pylist()
    return behind


def _neighbours(table: pa.Table, place: int) -> list[str]:
    """Give the cells right of one and below it, on the same sheet."""
    numbers = {name: table[name].to_numpy() for name in ("sheet", "row", "col")}
    sheet, row, column = (numbers[name][place] for name in ("sheet", "row", "col"))
    same = numbers["sheet"] == sheet
    right = same & (numbers["row"] == row) & (numbers["col"] > column)
    below = same & (numbers["col"] == column) & (numbers["row"] > row)
    chosen = [*_first(numbers["col"], right, _NEXT_TEXTS), *_first(numbers["row"], below, _ROWS_BELOW)]
    found: list[str] = table["raw"].take(pa.array(chosen, pa.int64())).to_pylist()
    return found


def _first(order: Any, mask: Any, most: int) -> list[int]:
    """Give the places of the nearest few that a mask keeps."""
    places = np.flatnonzero(mask)
    return [int(one) for one in places[np.argsort(order[places], kind="stable")][:most]]
