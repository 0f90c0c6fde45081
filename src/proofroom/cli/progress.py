"""Progress on stderr: what is done, how fast, and an honest guess of how long it will take."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import Any, Self

_EVERY = 5.0
_SLOW = "ocr"
"""The stage that does a few pages a minute."""


class Bars:
    """A bar per stage on a terminal; a line every few seconds elsewhere; nothing with `quiet`."""

    def __init__(self, *, quiet: bool = False) -> None:
        """Draw on stderr unless quiet."""
        self._quiet = quiet
        self._bars: Any = None
        self._task: Any = None
        self._stage = ""
        self._total = self._size = self._done = self._done_size = 0
        self._started = self._spoke = 0.0

    def __enter__(self) -> Self:
        """Begin to draw."""
        if not self._quiet and sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

            columns = (
                SpinnerColumn(),
                TextColumn("{task.description:8}"),
                BarColumn(),
                TextColumn("{task.fields[done]}"),
                TextColumn("{task.fields[rate]}"),
                TimeElapsedColumn(),
                TextColumn("{task.fields[left]}"),
            )
            self._bars = Progress(*columns, console=Console(stderr=True), transient=True)
            self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop drawing."""
        if self._bars is not None:
            self._bars.stop()

    def begin(self, stage: str, total: int, size: int) -> None:
        """Begin a stage, or the next level of one, with so many things of so many bytes or cells."""
        self._stage, self._total, self._size = stage, total, size
        self._done = self._done_size = 0
        self._started = time.monotonic()
        if self._bars is not None:
            if self._task is not None:
                self._bars.remove_task(self._task)
            self._task = self._bars.add_task(stage, total=max(size, 1), done="", rate="", left="")

    def advance(self, done: int, size: int) -> None:
        """Say that so many more are done."""
        self._done += done
        self._done_size += size
        now = time.monotonic()
        if self._bars is not None:
            self._bars.update(
                self._task,
                completed=self._done_size,
                done=self._counted(),
                rate=self._rate(now),
                left=self._left(now),
            )
        elif not self._quiet and now - self._spoke > _EVERY:
            self._spoke = now
            words = (self._counted(), self._rate(now), self._left(now))
            sys.stderr.write(f"{self._stage}: {' '.join(filter(None, words))}\n")

    def _counted(self) -> str:
        return f"{self._done:,} of {self._total:,}" if self._total else f"{self._done:,}"

    def _rate(self, now: float) -> str:
        seconds = now - self._started
        if seconds <= 1:
            return ""
        if self._stage == _SLOW:
            return f"{60 * self._done / seconds:,.1f} pages/min"
        return f"{self._done / seconds:,.0f}/s"

    def _left(self, now: float) -> str:
        """Guess the time left from the share of bytes done; too early to say is said."""
        seconds = now - self._started
        if not self._size or self._done_size >= self._size:
            return ""
        share = self._done_size / self._size
        if seconds < 3 or share < 0.02:
            return "too early to say"
        left = seconds / share - seconds
        return f"about {left / 60:.0f} min left" if left > 90 else f"about {left:.0f} s left"
