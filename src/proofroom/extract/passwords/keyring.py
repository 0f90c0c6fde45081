"""Where the passwords of a case are kept, as the extract stage sees it; in the house that is `keys/`."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from typing import Protocol


class Keyring(Protocol):
    """Where passwords are kept: those a person gave, and those that fitted."""

    def given(self) -> Sequence[str]:
        """Give what a person gave, in that order."""

    def fitted(self) -> Mapping[str, Sequence[str]]:
        """Give what fitted, by artifact."""

    def fit(self, artifact: str, words: Sequence[str]) -> None:
        """Keep what fitted an artifact; nothing when none does any more."""

    def settle(self) -> None:
        """Write down what was kept."""

    def mark(self, word: str) -> str:
        """Give the keyed hash that stands for a password outside `keys/`."""


class LooseKeyring:
    """A keyring in memory, for reading without a case."""

    def __init__(self, *given: str) -> None:
        """Hold these words."""
        self._given = given
        self._fitted: dict[str, tuple[str, ...]] = {}
        self._secret = secrets.token_bytes(32)

    def given(self) -> Sequence[str]:
        """Give what a person gave, in that order."""
        return self._given

    def fitted(self) -> Mapping[str, Sequence[str]]:
        """Give what fitted, by artifact."""
        return self._fitted

    def fit(self, artifact: str, words: Sequence[str]) -> None:
        """Keep what fitted an artifact; nothing when none does any more."""
        self._fitted.pop(artifact, None)
        if words:
            self._fitted[artifact] = tuple(words)

    def settle(self) -> None:
        """Keep it in memory only."""

    def mark(self, word: str) -> str:
        """Give a keyed hash."""
        data = word.encode("utf-8", "surrogatepass")
        return hashlib.blake2b(data, key=self._secret, digest_size=16).hexdigest()
