"""Pausing the run of another process, and letting it go on: through a marker in the case."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from proofroom.case.folder import CaseFile
from proofroom.errors import WrongUse
from proofroom.run.pausing import ASKED, HELD, Pausing
from proofroom.store.journal import is_written

PAUSE: Final = "pause"
"""The marker in `derived/` by which another process asks a run to hold."""
_PATIENCE: Final = 3.0
"""So long is waited for an answer; a large file under way may take longer, and then `status` says when it holds."""

NOBODY, WORKING, PAUSING, PAUSED = "nobody", "working", "pausing", "paused"
"""Who works on a case: nobody, a run, a run that ends what is under way, a run that holds."""


def who_works(folder: Path) -> str:
    """Say whether a process works on a case, and whether it was asked to hold."""
    if not is_written(folder / "derived" / "journal.sqlite"):
        return NOBODY
    try:
        said = _marker(folder).read_text("utf-8").strip()
    except OSError:
        return WORKING
    return PAUSED if said == HELD else PAUSING


def pause(folder: Path) -> str:
    """Ask the run of another process to hold; says whether it does so already. Raises WrongUse when there is none."""
    _check(folder)
    marker = _marker(folder)
    if not marker.exists():
        marker.touch(0o600)
        marker.write_text(f"{ASKED}\n", "utf-8")
    until = time.monotonic() + _PATIENCE
    while who_works(folder) == PAUSING and time.monotonic() < until:
        time.sleep(0.1)
    return who_works(folder)


def resume(folder: Path) -> str:
    """Let a run that was asked to hold go on; raises WrongUse when there is none."""
    _check(folder)
    _marker(folder).unlink(missing_ok=True)
    return who_works(folder)


def pausing_of(folder: Path, tell: Callable[[str], None]) -> Pausing:
    """Give what a run of this process asks whether it shall pause; `tell` gets a sentence when that changes."""
    return Pausing(_marker(folder), tell)


def _check(folder: Path) -> None:
    CaseFile.read(folder)
    if who_works(folder) == NOBODY:
        raise WrongUse(
            "nobody works on this case now",
            remedy=f"`proofroom run {folder}` begins, or goes on where it stopped.",
        )


def _marker(folder: Path) -> Path:
    return folder / "derived" / PAUSE
