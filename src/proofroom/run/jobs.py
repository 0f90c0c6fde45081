"""What a pool is handed and what it gives back: jobs, and how each ended."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from proofroom.model.states import Reason, State


@dataclass(frozen=True, slots=True)
class Job:
    """One artifact to be read: where its bytes stand, its size and raw name, and passwords to try."""

    id: int
    path: Path
    size: int
    untrusted_name: bytes
    passwords: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ended:
    """How a job ended; a state of None means that the child said it itself in its last frame."""

    state: State | None
    reason: Reason
    wall_seconds: float
