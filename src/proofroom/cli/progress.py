"""Progress on stderr: what is done, how fast, and an honest guess of how long the rest will take, by its kinds."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from types import TracebackType
from typing import Any, Final, Self

from proofroom.case.meter import Load, Meter, Standing
from proofroom.cli.heartbeat import Heartbeat, duration
from proofroom.cli.output import human_bytes

_EVERY: Final = {"bar": 0.2, "lines": 5.0, "json": 1.0}
_SLOW: Final = "ocr"
"""The stage that does a few pages a minute."""
_MOST_CLASSES: Final = 3
_WIDE: Final = 119
"""Columns of a terminal on which a bar has room for classes."""


class Bars:
    """A bar per stage (`bar`), a line every few seconds (`lines`), JSON every second (`json`), nothing (`none`)."""

    def __init__(self, show: str) -> None:
        """Draw on stderr in that form."""
        self._show = show
        self._meter = Meter()
        self._bars: Any = None
        self._task: Any = None
        self._spoke = time.monotonic()
        self._has_spoken = False
        self._heartbeat = Heartbeat(self._still) if show in ("bar", "lines") else None

    def __enter__(self) -> Self:
        """Begin to draw."""
        if self._show == "bar":
            from rich.console import Console
            from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

            columns = (
                SpinnerColumn(),
                TextColumn("{task.description:8}"),
                BarColumn(bar_width=24),
                TextColumn("{task.fields[counted]}"),
                TimeElapsedColumn(),
                TextColumn("{task.fields[left]}"),
            )
            self._bars = Progress(*columns, console=Console(stderr=True), transient=True)
            self._bars.start()
        if self._heartbeat is not None:
            self._heartbeat.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Say how the last stage ended, and stop drawing."""
        if self._heartbeat is not None:
            self._heartbeat.stop()
        self._end_stage()
        if self._bars is not None:
            self._bars.stop()

    def begin(self, stage: str, total: int, size: int) -> None:
        """Begin a stage, or the next level of one, with so many things of so many bytes or cells."""
        if stage != self._meter.stage:
            self._end_stage()
            self._has_spoken = False
            if self._heartbeat is not None:
                self._heartbeat.at_work(None)
            if self._bars is not None:
                if self._task is not None:
                    self._bars.remove_task(self._task)
                self._task = self._bars.add_task(stage, total=1.0, counted="", left="")
        self._meter.begin(stage, total, size)
        self._beat()

    def expect(self, loads: Mapping[str, Load], growing: int) -> None:
        """Say what is left, by class, and how many of it may hold more."""
        self._meter.expect(loads, growing)

    def spent(self, name: str, size: int, seconds: float, *, contained: bool) -> None:
        """Say what one thing of a class has cost."""
        self._meter.spent(name, size, seconds, contained=contained)

    def advance(self, done: int, size: int) -> None:
        """Say that so many more are done."""
        self._meter.advance(done, size)
        self._beat()
        now = time.monotonic()
        if self._show != "none" and now - self._spoke > _EVERY[self._show]:
            self._spoke = now
            self._speak()

    def at_work(self, sizes: Sequence[int]) -> None:
        """Say how many bytes each file has that is being read just now."""
        if self._heartbeat is not None:
            self._heartbeat.at_work(sizes)

    def _beat(self) -> None:
        """Note that something goes on."""
        if self._heartbeat is not None:
            self._heartbeat.advanced()

    def _still(self, words: str) -> None:
        """Say, from the thread of the heartbeat, that it goes on although nothing was done for a while."""
        if not self._meter.stage:
            return
        self._has_spoken = True
        # The stage may end in this very moment, and whoever reads stderr may be gone.
        with suppress(KeyError, OSError):
            if self._bars is not None:
                self._bars.update(self._task, left=words)
            else:
                sys.stderr.write(f"{self._meter.stage}: {words}\n")
                sys.stderr.flush()

    def _speak(self) -> None:
        standing = self._meter.standing()
        self._has_spoken = True
        if self._bars is not None:
            classes = _MOST_CLASSES - 1 if self._bars.console.width > _WIDE else 0
            left = left_of(standing, classes)
            self._bars.update(self._task, completed=standing.share, counted=counted(standing), left=left)
        elif self._show == "json":
            sys.stderr.write(json.dumps({"progress": as_document(standing)}, ensure_ascii=False) + "\n")
        else:
            more = growing(standing.growing)
            words = filter(None, (counted(standing), left_of(standing, _MOST_CLASSES), more))
            sys.stderr.write(f"{standing.stage}: {', '.join(words)}\n")
        sys.stderr.flush()

    def _end_stage(self) -> None:
        """Where a stage was spoken of, say how it stood in the end."""
        if self._has_spoken and self._bars is None:
            self._speak()


def counted(standing: Standing) -> str:
    """Say how many are done of how many that are known, and how fast: now, and in the mean."""
    more = "at least " if standing.growing else ""
    words = f"{standing.done:,} of {more}{standing.total:,}" if standing.total else f"{standing.done:,}"
    if not standing.total and standing.size:
        words += f", {human_bytes(standing.size)}"
    if standing.seconds <= 1:
        return words
    if standing.stage == _SLOW:
        now, mean = 60 * standing.rate_now, 60 * standing.rate_mean
        return f"{words}, {now:,.1f} pages/min (mean {mean:,.1f})"
    return f"{words}, {rate(standing.rate_now)} (mean {rate(standing.rate_mean)})"


def rate(each_second: float) -> str:
    """Write how many are done in a second, or in a minute or an hour where that would be none."""
    if each_second >= 1:
        return f"{each_second:,.0f}/s"
    minute = 60 * each_second
    return f"{minute:.0f}/min" if minute >= 1 or not minute else f"{60 * minute:.0f}/h"


def left_of(standing: Standing, most: int) -> str:
    """Say how long the rest will take, so many of the most costly classes by name; too early to say is said."""
    if not standing.total or standing.done >= standing.total:
        return ""
    if standing.left_seconds is None:
        return "too early to say" if standing.seconds > 1 else ""
    words = f"about {duration(standing.left_seconds)} left"
    told = [
        f"{one.name} {duration(one.seconds) if one.seconds is not None else '?'}"
        for one in standing.classes[:most]
    ]
    return f"{words} ({', '.join(told)})" if len(told) > 1 else words


def growing(containers: int) -> str:
    """Say how many containers were not looked into yet, if any."""
    if not containers:
        return ""
    return "1 container may hold more" if containers == 1 else f"{containers:,} containers may hold more"


def as_document(standing: Standing) -> dict[str, Any]:
    """Give what a program may rely on."""
    return {
        "stage": standing.stage,
        "done": standing.done,
        "total": standing.total,
        "bytes_done": standing.size,
        "bytes_total": standing.total_size,
        "seconds": round(standing.seconds, 1),
        "rate_now": round(standing.rate_now, 2),
        "rate_mean": round(standing.rate_mean, 2),
        "left_seconds": _rounded(standing.left_seconds),
        "classes": {
            one.name: {"left": one.left, "left_seconds": _rounded(one.seconds)} for one in standing.classes
        },
        "may_grow": standing.growing,
    }


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 1)
