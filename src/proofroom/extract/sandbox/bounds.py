"""Bounds memory, work, files and processes of this process, for good."""

from __future__ import annotations

import resource
from typing import Final

_FILES: Final = 16


def bound(memory_bytes: int, cpu_seconds: int) -> None:
    """Let this process have so much memory and work, and no file of its own, no process and no dump."""
    for what, soft, hard in (
        (resource.RLIMIT_AS, memory_bytes, memory_bytes),
        (resource.RLIMIT_CPU, cpu_seconds, cpu_seconds + 1),
        (resource.RLIMIT_FSIZE, 0, 0),
        (resource.RLIMIT_NOFILE, _FILES, _FILES),
        (resource.RLIMIT_NPROC, 0, 0),
        (resource.RLIMIT_CORE, 0, 0),
    ):
        try:
            resource.setrlimit(what, (soft, hard))
        except (ValueError, OSError):
            # A hard limit that is lower already stays; another system may not know this one.
            continue
