"""Pausing: how a run is asked to stop, or to hold until it is asked to go on, without losing what is under way.

To *stop* is asked for in the process itself (the first Ctrl-C). To *hold* is asked for by a marker, a file in
the case that another process makes and takes away; whoever works looks for it several times a second.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

ASKED: Final = "asked"
HELD: Final = "held"
LOOK_SECONDS: Final = 0.3
"""So often is the marker looked for; a worker that is busy answers within that time all the same."""


class Paused(KeyboardInterrupt):
    """The run stopped because it was asked to; everything that was under way is done and kept.

    It is an interruption like Ctrl-C, so that whatever tidies up after that does so here as well.
    """


def _silent(_words: str) -> None:
    """Tell nobody."""


class Pausing:
    """What a run asks before it begins anything new."""

    def __init__(self, marker: Path | None = None, tell: Callable[[str], None] = _silent) -> None:
        """Look for the marker, if there is one, and tell a person in a sentence what happens."""
        self._marker = marker
        self._tell = tell
        self._stops = self._held = False
        self._looked = -LOOK_SECONDS

    def clear(self) -> None:
        """Take away a marker that an earlier run left: whoever starts a run wants it to go on."""
        if self._marker is not None:
            self._marker.unlink(missing_ok=True)

    def stop(self) -> None:
        """Ask to stop when what is under way is done."""
        self._stops = True

    @property
    def stops(self) -> bool:
        """Say whether it was asked to stop."""
        return self._stops

    def holds(self) -> bool:
        """Say whether it was asked to hold."""
        if self._marker is None or time.monotonic() - self._looked < LOOK_SECONDS:
            return self._held
        self._looked = time.monotonic()
        held = self._marker.exists()
        if held != self._held:
            self._held = held
            self._tell(
                "Holding, as another terminal asked; what is under way is being ended."
                if held
                else "Going on, as another terminal asked."
            )
        return held

    def idle(self) -> None:
        """Say in the marker that nothing is under way any more."""
        if self._marker is None or not self._held:
            return
        try:
            # Never made here: a marker that was taken away in this moment must stay away.
            descriptor = os.open(self._marker, os.O_WRONLY | os.O_CLOEXEC)
        except OSError:
            return
        try:
            os.write(descriptor, HELD.encode() + b"\n")
        except OSError:
            return  # a full disk or the like: the run holds all the same
        finally:
            os.close(descriptor)

    def wait(self) -> None:
        """Where nothing is under way: hold as long as that is asked, and raise Paused when asked to stop."""
        while self.holds() and not self._stops:
            self.idle()
            time.sleep(LOOK_SECONDS)
        if self._stops:
            raise Paused
