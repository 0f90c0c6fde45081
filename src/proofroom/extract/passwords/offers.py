"""Which passwords to try on which locked file: looked for in what was read, once nothing is left to read.

In rounds: first the few best on every locked file, then more, then all. What fits one file is tried first on
its neighbours and then everywhere. A string is tried on a file once; its keyed hash is remembered.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import Final

from proofroom.extract.collected import Collected
from proofroom.extract.passwords.harvest import Harvest
from proofroom.extract.passwords.keyring import Keyring
from proofroom.extract.passwords.ranking import DEFAULT, FITTED, Offered, Ranking
from proofroom.limits import Limits
from proofroom.model.states import State
from proofroom.store.journal import Journal
from proofroom.store.reading import Reading
from proofroom.store.results import Results
from proofroom.store.tries import Tries

WIDTHS: Final = (16, 128, 1 << 20)
"""How many strings are tried on each locked file in the first round, in the second, and in the last."""
MOST_SENT: Final = 20_000
"""Strings that one child is handed at the most; the next round goes on with the rest."""


class Offers:
    """The strings that are tried on the locked files of a case."""

    def __init__(self, journal: Journal, results: Results, keyring: Keyring, limits: Limits) -> None:
        """Look in what the results hold."""
        self._tries = Tries(journal)
        self._harvest = Harvest(journal, Reading(results.derived, journal))
        self._keyring = keyring
        self._limit = limits.password_attempts
        self._ranking: Ranking | None = None
        self._width = 0
        self._numbers: dict[str, int] = {}
        self._paths: dict[str, str] = {}
        self._unsent: set[str] = set()
        self._live: dict[str, list[Offered]] = {}
        self._before: dict[str, tuple[str, ...]] = {}

    def begin(self) -> None:
        """Let what fitted be read again where this copy of the keys does not hold the password any more.

        On what is to be read again anyway (by a redo, or by another version) everything is tried once more.
        """
        self._tries.forget_unread()
        known = self._keyring.fitted()
        lost = {artifact for artifact, _, source in self._tries.fitted() if source != DEFAULT} - known.keys()
        if lost:
            self._tries.reread(sorted(lost))

    def of(self, artifact: str) -> tuple[str, ...]:
        """Give what to try on one artifact now: what fitted it before, and what this round offers."""
        before = tuple(self._keyring.fitted().get(artifact, ()))
        path = self._paths.get(artifact)
        offered = [] if path is None else self._untried(artifact, path, MOST_SENT + 1)
        if len(offered) > MOST_SENT:
            self._unsent.add(artifact)
            offered.pop()
        self._live[artifact] = offered
        self._before[artifact] = before
        return (*before, *(word for word, _ in offered))

    def renew(self) -> bool:
        """Look for passwords again; says whether there is something to try that was not tried yet.

        What is to be tried on is marked as unread, so that the next run of the stage reads it.
        """
        self._keyring.settle()
        locked = self._tries.locked()
        self._paths = {}
        if not locked:
            return False
        self._harvest.renew()
        self._tries.note_dropped(self._harvest.over)
        fitted = self._keyring.fitted()
        by_path = {path: fitted[artifact] for artifact, path in self._tries.places(fitted)}
        self._ranking = Ranking(self._harvest.words, self._keyring.given(), by_path, self._harvest.of_names)
        for self._width in WIDTHS:
            self._paths = {artifact: path for artifact, path in locked if self._is_open(artifact, path)}
            if self._paths:
                self._tries.reread(self._paths)
                return True
        return False

    def note(self, artifact: str, found: Collected) -> None:
        """Note what came of it; inside the transaction of the artifact's result."""
        before, offered = self._before.pop(artifact, ()), self._live.pop(artifact, [])
        words = [*((word, "") for word in before), *offered]
        fits = [words[place] if 0 <= place < len(words) else ("", DEFAULT) for place in found.passwords]
        known = self._tries.fitted_of(artifact) if before else {}
        marks = {self._keyring.mark(word): source for word, source in fits}
        self._tries.fit(artifact, {mark: source or known.get(mark, FITTED) for mark, source in marks.items()})
        if fits or found.state not in (State.CRASHED, State.TIMED_OUT):
            self._keyring.fit(artifact, [word for word, source in fits if source != DEFAULT])
        if artifact in self._paths:
            self._count(artifact, found, offered, len(before))

    def settle(self) -> None:
        """Write down which passwords fitted."""
        self._keyring.settle()

    def _count(self, artifact: str, found: Collected, offered: Sequence[Offered], before: int) -> None:
        # A format that does not tell how far it came had no use for any of them.
        reached = len(offered) if found.tried is None else max(0, found.tried - before)
        tried = self._tries.of(artifact)
        for word, sort in offered[:reached]:
            tried.words |= 1 << self._tries.number(self._keyring.mark(word))
            tried.sources[sort] += found.tried is not None
        tried.offered = len(offered) - min(reached, len(offered))
        tried.is_cut = found.is_cut
        tried.mark = self._mark(self._paths[artifact])
        tried.width = 0 if artifact in self._unsent else self._width
        self._unsent.discard(artifact)
        self._tries.keep(artifact, tried)

    def _is_open(self, artifact: str, path: str) -> bool:
        """Say whether something is left to try on a file that was neither tried nor cut by the limit."""
        tried = self._tries.of(artifact)
        if tried.mark == self._mark(path) and (tried.is_cut or tried.width >= self._width):
            return False
        return bool(self._untried(artifact, path, 1))

    def _untried(self, artifact: str, path: str, most: int) -> list[Offered]:
        """Give what was not tried on a file yet, of as many as this round is wide."""
        if self._ranking is None:
            return []
        known = self._tries.of(artifact).words
        top = islice(self._ranking.offered(path), self._width)
        return list(islice(((word, sort) for word, sort in top if not self._was_tried(word, known)), most))

    def _was_tried(self, word: str, known: int) -> bool:
        number = self._numbers.get(word)
        if number is None:
            number = self._tries.known_number(self._keyring.mark(word))
            if number is None:
                return False
            self._numbers[word] = number
        return bool(known >> number & 1)

    def _mark(self, path: str) -> str:
        return f"{self._limit} {self._ranking.mark(path) if self._ranking else ''}"
