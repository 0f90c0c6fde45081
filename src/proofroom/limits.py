"""All limits of the work in one frozen object: each with its unit and the reason for its size.

Limits count work (bytes, members, cells, pages, attempts); wall clock is only the last guard.
What a limit cuts is never silent: it ends in a state with a reason (`proofroom.model.states`).
"""

from __future__ import annotations

from dataclasses import dataclass, field


def _limit(default: int, unit: str, reason: str) -> int:
    """Declare one limit with its unit and reason, which the manual prints."""
    return field(default=default, metadata={"unit": unit, "reason": reason})


@dataclass(frozen=True, slots=True)
class Limits:
    """What one artifact, one container and one case may cost before we stop and say so."""

    depth: int = _limit(16, "levels", "deeper nesting than this is a bomb, never an office's habit")
    members: int = _limit(200_000, "members per container", "a case folder must stay listable")
    member_bytes: int = _limit(4 << 30, "bytes per member", "larger than any workbook a laptop can read")
    expanded_bytes: int = _limit(
        16 << 30, "bytes from one received file", "everything unpacked from it, at all depths: stops bombs"
    )
    expansion: int = _limit(
        250, "bytes out per byte in", "honest office formats stay below 1:200; checked above 64 MiB out"
    )
    cells: int = _limit(50_000_000, "cells per workbook", "ten times the largest sheet a program writes")
    pages: int = _limit(
        100_000, "pages per document", "a run of pages beyond this is a generator, not a document"
    )
    text_bytes: int = _limit(
        512 << 20, "bytes of text per artifact", "bounds what the parent must hold and index"
    )
    pieces: int = _limit(
        10_000_000, "pieces per artifact", "lines, paragraphs, properties and comments together"
    )
    pixels: int = _limit(400_000_000, "pixels per picture", "a 20,000 x 20,000 scan; more is a bomb")
    name_bytes: int = _limit(4_096, "bytes per name", "the longest path most systems can hold")
    output_bytes: int = _limit(
        24 << 30, "bytes from one child", "the sum of all frames, checked by the parent"
    )
    memory_bytes: int = _limit(
        3 << 30, "bytes of address space per child", "two children fit a laptop of 8 GiB"
    )
    cpu_seconds: int = _limit(
        900, "seconds of CPU per artifact", "a 50-million-cell workbook ends well before"
    )
    wall_seconds: int = _limit(
        1_800, "seconds per artifact", "the last guard, for what neither works nor ends"
    )
    password_attempts: int = _limit(
        200,
        "attempts per locked file and try",
        "each as dear as 100,000 hashes, ten seconds in all; cheap ciphers get more",
    )
    worker_jobs: int = _limit(1_000, "artifacts per zygote", "a fresh one drops whatever crept in")


DEFAULT = Limits()
