"""What one artifact gave beside its tables: type, state, members, counts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from proofroom.model.states import Reason, State


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
    """What one artifact gave, beside its tables: type, state, members, counts."""

    format: str = ""
    media_type: str = ""
    state: State | None = None
    reason: Reason = Reason.NONE
    members: list[Member] = field(default_factory=list)
    cells: int = 0
    pieces: int = 0
    password: int | None = None
    pages_for_ocr: str = ""
