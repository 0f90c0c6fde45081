"""A heartbeat: while one long file is read and nothing is done, a sentence now and then says that work goes on."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import Final

from proofroom.cli.output import human_bytes

EVERY_SECONDS: Final = 30.0
_MINUTES: Final = 90.0
_HOURS: Final = 5_400.0


class Heartbeat:
    """Says a sentence whenever nothing was done for half a minute; from a thread, for the work itself is waiting."""

    def __init__(
        self,
        say: Callable[[str], None],
        every: float = EVERY_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Give the sentences to `say`."""
        self._say = say
        self._every = every
        self._clock = clock
        self._advanced = clock()
        self._due = self._advanced + every
        self._sizes: tuple[int, ...] | None = None
        self._stops = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to beat."""
        self._thread = threading.Thread(target=self._beat, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End, and say nothing any more."""
        self._stops.set()
        if self._thread is not None:
            self._thread.join()

    def advanced(self) -> None:
        """Note that something was done."""
        self._advanced = self._clock()
        self._due = self._advanced + self._every

    def at_work(self, sizes: Sequence[int] | None) -> None:
        """Note how many bytes each file has that is under way; None where that is not known."""
        self._sizes = None if sizes is None else tuple(sizes)

    def beat(self) -> None:
        """Say a sentence if one is due; where files are counted and none is under way, a pause, there is none."""
        now, sizes = self._clock(), self._sizes
        if now < self._due:
            return
        silent = now - self._advanced
        # What may be a pause is told less and less often: a night of it is no thousand lines.
        self._due = now + (self._every if sizes else silent)
        if sizes is None or sizes:
            self._say(still(silent, sizes))

    def _beat(self) -> None:
        while not self._stops.wait(self._every / 30):
            self.beat()


def still(seconds: float, sizes: Sequence[int] | None) -> str:
    """Say for how long nothing was done, and what is under way where that is known."""
    if not sizes:
        return f"nothing new for {duration(seconds)}"
    files = "1 file" if len(sizes) == 1 else f"{len(sizes):,} files"
    return f"still at work on {files} for {duration(seconds)}, the largest {human_bytes(max(sizes))}"


def duration(seconds: float) -> str:
    """Write a time for people."""
    if seconds > _HOURS:
        return f"{seconds / 3600:.1f} h"
    return f"{seconds / 60:.0f} min" if seconds > _MINUTES else f"{seconds:.0f} s"
