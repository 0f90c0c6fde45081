"""The passwords of a case's files: those a person gave and those that fitted; they lie in `keys/` and nowhere else.

Whatever tells of one elsewhere (custody, journal, screens) has its keyed hash, or a short pseudonym of that.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from proofroom.errors import WrongUse
from proofroom.receive.keys import Keys

MOST_GIVEN: Final = 100_000
"""Passwords that a case keeps at the most: more are a word list, and we break into nothing."""
LONGEST: Final = 1_024
"""Characters in a password at the most."""
_SHOWN: Final = 5


class Passwords:
    """The passwords of one case; they do not print themselves."""

    def __init__(self, keys: Keys) -> None:
        """Read what lies in `keys/`; raises BadCase when it is damaged."""
        self._keys = keys
        self._given = list(keys.passwords())
        self._fitted = keys.fitted()
        self._changed = False
        self._marks: dict[str, str] = {}

    def given(self) -> Sequence[str]:
        """Give what a person gave, in that order."""
        return self._given

    def fitted(self) -> Mapping[str, Sequence[str]]:
        """Give what fitted, by artifact."""
        return self._fitted

    def add(self, words: Iterable[str]) -> int:
        """Keep further words; gives how many are new. Raises WrongUse for too many, or one too long."""
        known = set(self._given)
        added = [one for one in dict.fromkeys(words) if one and one not in known]
        if any(len(one) > LONGEST for one in added):
            raise WrongUse(
                f"a line has more than {LONGEST:,} characters",
                remedy="Give a list of passwords, one per line.",
            )
        if len(self._given) + len(added) > MOST_GIVEN:
            raise WrongUse(
                f"the case would keep more than {MOST_GIVEN:,} passwords",
                remedy="Give a shorter list: Proofroom tries what somebody knows, and breaks into nothing.",
            )
        self._given += added
        if added:
            self._keys.keep_passwords(self._given)
        return len(added)

    def remove(self, names: Iterable[str]) -> tuple[int, list[str]]:
        """Forget words by their pseudonyms, or `all` that were given; gives how many, and what they had opened.

        Raises WrongUse when a pseudonym stands for none of them.
        """
        wanted = set(names)
        words = {*self._given, *(word for some in self._fitted.values() for word in some)}
        by_name = {self.pseudonym(word): word for word in words}
        unknown = sorted(wanted - by_name.keys() - {"all"})
        if unknown:
            raise WrongUse(
                f"no password of this case is {unknown[0]}",
                remedy="`proofroom passwords CASE list` names them.",
            )
        gone = set(self._given) if "all" in wanted else set()
        gone |= {by_name[one] for one in wanted if one != "all"}
        opened = sorted(artifact for artifact, some in self._fitted.items() if gone.intersection(some))
        self._given = [one for one in self._given if one not in gone]
        for artifact in opened:
            self.fit(artifact, [one for one in self._fitted[artifact] if one not in gone])
        self._keys.keep_passwords(self._given)
        self.settle()
        return len(gone), opened

    def fit(self, artifact: str, words: Sequence[str]) -> None:
        """Keep what fitted an artifact; nothing when none does any more."""
        if tuple(self._fitted.get(artifact, ())) != tuple(words):
            self._changed = True
            self._fitted.pop(artifact, None)
            if words:
                self._fitted[artifact] = tuple(words)

    def settle(self) -> None:
        """Write down what was kept."""
        if self._changed:
            self._keys.keep_fitted(self._fitted)
            self._changed = False

    def mark(self, word: str) -> str:
        """Give the keyed hash that stands for a password outside `keys/`."""
        known = self._marks.get(word)
        if known is None:
            data = b"password\0" + word.encode("utf-8", "surrogatepass")
            known = hashlib.blake2b(data, key=self._keys.secret, digest_size=16).hexdigest()
            self._marks[word] = known
        return known

    def pseudonym(self, word: str) -> str:
        """Give the short name under which a password is shown: the same everywhere in the case."""
        return pseudonym_of(self.mark(word))


def pseudonym_of(mark: str) -> str:
    """Give the short name for a password from its keyed hash."""
    return f"PW-{base64.b32encode(bytes.fromhex(mark)).decode()[:_SHOWN]}"
