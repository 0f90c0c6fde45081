"""What one artifact gave beside its tables: type, state, members, counts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Protocol

from proofroom.extract.trying import TRIED
from proofroom.model.states import Reason, State

_MOST_PASSWORDS: Final = 10_000
_LONGEST_NUMBER: Final = 10


class MemberFile(Protocol):
    """Where a member's bytes go on the parent's side."""

    def write(self, data: bytes) -> None:
        """Take the next bytes."""

    def finish(self) -> tuple[str, int]:
        """Keep what was written; gives its digest and size."""


@dataclass(slots=True)
class Member:
    """A member found in an artifact: its raw name, its digest where it has bytes, its own early state."""

    untrusted_name: bytes
    digest: str | None
    size: int
    state: State | None
    reason: Reason


@dataclass(slots=True)
class Collected:
    """What one artifact gave, beside its tables: type, state, members, counts.

    passwords: the places of those that fitted, -1 for a default one. tried: how many of those given were tried,
    None where nobody said so; is_cut: some were left.
    """

    format: str = ""
    media_type: str = ""
    state: State | None = None
    reason: Reason = Reason.NONE
    members: list[Member] = field(default_factory=list)
    cells: int = 0
    pieces: int = 0
    passwords: list[int] = field(default_factory=list)
    tried: int | None = None
    is_cut: bool = False
    pages_for_ocr: str = ""

    def note_try(self, key: str, said: str) -> None:
        """Note what a format says of the passwords that it tried; no number that is none is believed."""
        number = said.removesuffix("+")
        known = int(number) if number.isascii() and number.isdigit() and len(number) < _LONGEST_NUMBER else -1
        if key.endswith(TRIED):
            self.tried, self.is_cut = known, said.endswith("+")
        elif known not in self.passwords and len(self.passwords) < _MOST_PASSWORDS:
            self.passwords.append(known)
