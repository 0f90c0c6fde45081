"""Count the passwords that are tried on one locked file, stop at the limit, and say how far it came.

A usual attempt is a derivation of a key as dear as Office's 100,000 hashes, about a twentieth of a second. A cheaper
cipher gets as many more attempts as fit into the same work. What crosses to the parent are numbers: which of
the passwords fitted, how many were tried, and whether some were left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, TypeVar

from proofroom.extract.format import Sink, Source, Unreadable
from proofroom.model.states import Reason, State

OF_DEFAULT: Final = -1
"""The place of a password that the program itself has: it is not one of those given."""

TRIED: Final = ":passwords-tried"
"""The end of the property that says how many passwords were tried; a plus behind it says that some were left."""

FITTED: Final = ":password-index"
"""The end of the property that says which of the given passwords fitted (-1: a default one)."""

CHEAP: Final = 0.001
"""The cost of an attempt that takes microseconds: a few hashes, or the first bytes of a stream."""

Key = TypeVar("Key")


class Tries:
    """The attempts on one locked file; `key` begins the properties that tell of them."""

    def __init__(self, source: Source, sink: Sink | None, key: str) -> None:
        """Begin with the attempts that the limit allows; without a sink nobody is told."""
        self.fitted: list[int] = []
        self._passwords = source.passwords
        self._sink = sink
        self._key = key
        self._left = float(source.limits.password_attempts)
        self._reached = 0
        self._is_cut = self._began = False
        self._told = ""

    @property
    def is_cut(self) -> bool:
        """Say whether passwords were left untried."""
        return self._is_cut

    def spend(self, cost: float) -> bool:
        """Count an attempt, or work that an attempt led to; says whether it is allowed: one always is."""
        # Sums of small floats must not decide: a thousandth of a thousandth is forgiven.
        allowed = self._left >= cost - CHEAP * CHEAP or not self._began
        self._began = True
        if allowed:
            self._left -= cost
        else:
            self._is_cut = True
        return allowed

    def each(self, cost: float, defaults: tuple[str, ...] = ()) -> Iterator[tuple[int, str]]:
        """Give the passwords to try, each counted: those that fitted here before, the defaults, then those given."""
        before = list(self.fitted)
        for place in before:
            if place >= 0:
                yield place, self._passwords[place]
        for word in defaults:
            if not self.spend(cost):
                return
            yield OF_DEFAULT, word
        for place, word in enumerate(self._passwords):
            if word and place not in before:
                if not self.spend(cost):
                    return
                yield place, word
            self._reached = max(self._reached, place + 1)

    def found(self, place: int) -> None:
        """Keep which password fitted, and say so once."""
        self._reached = max(self._reached, place + 1)
        if place not in self.fitted:
            self.fitted.append(place)
            self._say(FITTED, str(place))

    def tell(self) -> None:
        """Say, if any was, how many of the given passwords were tried so far; the last word counts."""
        said = f"{self._reached}{'+' if self._is_cut else ''}"
        if self._began and said != self._told:
            self._told = said
            self._say(TRIED, said)

    def _say(self, key: str, value: str) -> None:
        if self._sink is not None:
            self._sink.meta(f"{self._key}{key}", value)

    def refuse(self) -> Unreadable:
        """Say that no password fitted: of those there are, or of as many as may be tried."""
        return Unreadable(State.LOCKED, Reason.LIMIT_PASSWORDS if self._is_cut else Reason.PASSWORD_UNKNOWN)


def unlock(
    tries: Tries, fits: Callable[[str], Key | None], *, cost: float = 1, defaults: tuple[str, ...] = ()
) -> Key:
    """Give what `fits` gives for the first password that fits; raises Unreadable(LOCKED) when none does.

    An attempt counts as `cost` usual ones. What cannot be written in the file's own encoding does not fit.
    """
    for place, word in tries.each(cost, defaults):
        try:
            key = fits(word)
        except UnicodeEncodeError:
            continue
        if key is not None:
            tries.found(place)
            tries.tell()
            return key
    tries.tell()
    raise tries.refuse()
