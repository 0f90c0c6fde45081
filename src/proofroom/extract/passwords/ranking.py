"""In which order passwords are tried on one locked file: what fitted near it, what its place says, then all else."""

from __future__ import annotations

import hashlib
import heapq
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Final

from proofroom.extract.passwords.words import in_name, likely, words_of_name

FITTED, GIVEN, NAME, TEXT, DEFAULT = "fitted", "given", "name", "text", "default"
"""The sorts of sources: a password that opened another file, one that a person gave, one that stands in a name,
one that stands in a text; and what a program itself uses."""

Offered = tuple[str, str]
"""A password and its sort."""

_NEAR_OF_PLACE: Final = 300
_MOST_FITTED: Final = 100
_FIRST_OF_TEXT: Final = 20
_FARTHEST: Final = 4
_PLAINLY: Final = 3
_MOST_OF_NAME: Final = 200


class Ranking:
    """Everything that may be tried in a case, put in order for one file after the other."""

    def __init__(
        self,
        words: Sequence[tuple[str, int, tuple[str, ...]]],
        given: Sequence[str],
        fitted: Mapping[str, Sequence[str]],
        of_names: Collection[str] = (),
    ) -> None:
        """Rank harvested words (with grade and places), words a person gave, and what fitted, by the file's path.

        Of the harvested words those in `of_names` stand in the name of some file.
        """
        self._of_names = of_names
        self._given = given
        self._all = [(grade, number, word) for number, (word, grade, _) in enumerate(words)]
        self._near: dict[str, list[tuple[int, int, str]]] = defaultdict(list)
        for number, (word, grade, places) in enumerate(words):
            for folder in {one for place in places for one in (place, _folder(place))}:
                if len(self._near[folder]) < _NEAR_OF_PLACE:
                    self._near[folder].append((grade, number, word))
        self._fitted = _by_folder(fitted)
        self._mark = _hash([*(word for _, _, word in self._all), "\0given", *given])

    def offered(self, path: str) -> Iterator[Offered]:
        """Give what to try on the file at a path, best first, each string once."""
        seen: set[str] = set()
        for word, sort in self._in_order(path):
            if word not in seen:
                seen.add(word)
                yield word, sort

    def mark(self, path: str) -> str:
        """Give a short text that changes when something else is to be tried on a file, or in another order."""
        front = [*self._fitted_near(path), "\0", *self._stated_in(path), "\0"]
        front += [word for folder in _above(path) for _, _, word in self._near.get(folder, ())]
        return _hash([self._mark, *front])

    def _in_order(self, path: str) -> Iterator[Offered]:
        yield from ((word, FITTED) for word in self._fitted_near(path))
        yield from ((word, NAME) for word in self._stated_in(path))
        texts = self._texts(path)
        yield from islice(texts, _FIRST_OF_TEXT)
        # The rest in turn, so that a long list of one sort does not push the others behind the limit.
        queues = [
            ((word, GIVEN) for word in self._given),
            texts,
            ((word, NAME) for word in islice(_words_of_path(path), _MOST_OF_NAME)),
        ]
        while queues:
            for queue in list(queues):
                one = next(queue, None)
                if one is None:
                    queues.remove(queue)
                else:
                    yield one

    def _texts(self, path: str) -> Iterator[Offered]:
        """Give the harvested words: the plainer and the nearer, the sooner."""
        near = sorted(
            (_PLAINLY * grade + min(distance, _FARTHEST), number, word)
            for distance, folder in enumerate(_above(path))
            for grade, number, word in self._near.get(folder, ())
        )
        everywhere = ((_PLAINLY * grade + _FARTHEST + 1, number, word) for grade, number, word in self._all)
        merged = (word for _, _, word in heapq.merge(near, everywhere))
        return ((word, NAME if word in self._of_names else TEXT) for word in merged)

    def _fitted_near(self, path: str) -> list[str]:
        """Give what opened other files: those in the same folder, mail or archive first, then around it, then all."""
        found: dict[str, None] = {}
        for folder in (*_above(path), ""):
            found.update(dict.fromkeys(self._fitted.get(folder, ())))
        return list(islice(found, _MOST_FITTED))

    @staticmethod
    def _stated_in(path: str) -> list[str]:
        """Give what the file's own name, its folders' and its containers' state, the nearest first."""
        parts = [part for part in reversed(path.split("/")[1:]) if part]
        return list(dict.fromkeys(word for part in parts for word, _ in likely(in_name(part))))


def _words_of_path(path: str) -> Iterator[str]:
    """Give the words of the file's own name, then those of its folders and containers, the nearest first."""
    for part in reversed(path.split("/")[1:]):
        yield from (word for word in words_of_name(part) if len(word) <= 255)


def _by_folder(fitted: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Give what fitted below each folder, the most often first; under "" what fitted anywhere."""
    counts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for path, words in fitted.items():
        for folder in (*_above(path), ""):
            for word in words:
                counts[folder][word] += 1
    return {
        folder: sorted(words, key=lambda word: (-words[word], word))[:_MOST_FITTED]
        for folder, words in counts.items()
    }


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


def _above(path: str) -> Iterator[str]:
    """Give the folder, mail or archive in which something stands, then what that stands in, up to the delivery."""
    folder = _folder(path)
    while folder:
        yield folder
        folder = _folder(folder)


def _hash(words: Iterable[str]) -> str:
    whole = hashlib.blake2b(digest_size=12)
    for word in words:
        whole.update(word.encode("utf-8", "surrogatepass") + b"\n")
    return whole.hexdigest()
