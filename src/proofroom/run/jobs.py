"""What a pool is handed and what it gives back: jobs, and how each ended."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from proofroom.model.states import Reason, State


class Task(StrEnum):
    """What a child does with the file that it is handed."""

    READ = "read"
    PICTURE = "picture"
    TEXT_LAYER = "text-layer"


@dataclass(frozen=True, slots=True)
class Job:
    """One artifact to be read: where its bytes stand, its size and raw name, and passwords to try.

    task: READ gives everything in it; PICTURE one page (from 1) as a picture with so many dots per inch;
    TEXT_LAYER the lines of a file in which another engine has left what it read.
    """

    id: int
    path: Path
    size: int
    untrusted_name: bytes
    passwords: tuple[str, ...] = ()
    task: Task = Task.READ
    page: int = 0
    dpi: int = 0


@dataclass(frozen=True, slots=True)
class Ended:
    """How a job ended; a state of None means that the child said it itself in its last frame."""

    state: State | None
    reason: Reason
    wall_seconds: float
