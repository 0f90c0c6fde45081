"""The meter of a run: what is done, how fast, and how long the rest will take by what the run itself has cost.

Things of one class cost `a + b x bytes` seconds each; both numbers are fitted to what was measured in this run,
so that a hundred tiny files are not taken for a hundred books. Nothing is promised before something is known.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

WINDOW_SECONDS: Final = 30.0
"""The rate now is that of so many seconds."""
_EARLY_SECONDS: Final = 3.0
_EARLY_THINGS: Final = 3
"""Before so much was measured it is too early to say anything."""

Load = tuple[int, int]
"""How many things of a class, and how many bytes they have together."""


@dataclass(slots=True)
class Cost:
    """What one class of things has cost, and what is left of it."""

    count: int = 0
    size: int = 0
    left: int = 0
    left_size: int = 0
    seconds: float = 0.0
    _both: float = 0.0
    _squares: float = 0.0

    def note(self, size: int, seconds: float) -> None:
        """Take what one thing has cost."""
        self.count += 1
        self.size += size
        self.seconds += seconds
        self._both += size * seconds
        self._squares += size * size
        self.left = max(0, self.left - 1)
        self.left_size = max(0, self.left_size - size)

    def each(self) -> tuple[float, float]:
        """Fit the seconds for each thing and for each byte (least squares, neither below nothing)."""
        if not self.count:
            return 0.0, 0.0
        spread = self.count * self._squares - self.size * self.size
        by_byte = (self.count * self._both - self.size * self.seconds) / spread if spread > 0 else 0.0
        base = (self.seconds - by_byte * self.size) / self.count
        if by_byte <= 0:
            return self.seconds / self.count, 0.0
        if base < 0:
            return 0.0, self.seconds / self.size
        return base, by_byte


@dataclass(frozen=True, slots=True)
class ClassLeft:
    """What is left of one class: how many things, and the seconds they will take (None: too early to say)."""

    name: str
    left: int
    seconds: float | None


@dataclass(frozen=True, slots=True)
class Standing:
    """How a stage stands: counts, bytes, rates per second, seconds left, and what may still grow."""

    stage: str
    done: int
    total: int
    size: int
    total_size: int
    seconds: float
    rate_now: float
    rate_mean: float
    left_seconds: float | None
    classes: tuple[ClassLeft, ...]
    growing: int
    """Containers that were not looked into yet: what they hold comes on top of the total."""
    by_levels: bool
    """Whether what comes out of one level is the next one, so that the end is known when it is there."""

    @property
    def share(self) -> float:
        """Give the share that is done, of what is known; of what goes by levels it is never all: more may come."""
        if not self.total:
            return 0.0
        share = self.size / self.total_size if self.total_size else self.done / self.total
        return min(share, 0.99 if self.by_levels or self.done < self.total else 1.0)


@dataclass(slots=True)
class Meter:
    """Measures one stage after the other."""

    clock: Callable[[], float] = time.monotonic
    stage: str = ""
    _done: int = 0
    _size: int = 0
    _total: int = 0
    _total_size: int = 0
    _growing: int = 0
    _by_levels: bool = False
    _costs: dict[str, Cost] = field(default_factory=dict)
    _began: float = 0.0
    _window: deque[tuple[float, int]] = field(default_factory=deque)

    def begin(self, stage: str, total: int, size: int) -> None:
        """Begin a stage, or let it grow by its next level."""
        if stage != self.stage:
            self.stage, self._costs, self._growing = stage, {}, 0
            self._done = self._size = self._total = self._total_size = 0
            self._began = self.clock()
            self._window = deque([(self._began, 0)])
        self._total += total
        self._total_size += size
        self._expect({stage: (total, size)}, 0)
        self._by_levels = False

    def expect(self, loads: Mapping[str, Load], growing: int) -> None:
        """Say of which classes the things of a level are that are left, and how many may hold more."""
        self._expect(loads, growing)
        self._by_levels = True

    def _expect(self, loads: Mapping[str, Load], growing: int) -> None:
        for cost in self._costs.values():
            cost.left = cost.left_size = 0
        for name, (count, size) in loads.items():
            cost = self._costs.setdefault(name, Cost())
            cost.left, cost.left_size = count, size
        self._growing = growing

    def advance(self, done: int, size: int) -> None:
        """Say that so many things of so many bytes are done."""
        now = self.clock()
        self._done += done
        self._size += size
        self._window.append((now, self._done))
        while len(self._window) > 2 and self._window[0][0] < now - WINDOW_SECONDS:
            self._window.popleft()

    def spent(self, name: str, size: int, seconds: float, *, contained: bool = False) -> None:
        """Say what one thing of a class has cost; `contained`: it was one that may hold more."""
        self._costs.setdefault(name, Cost()).note(size, seconds)
        self._growing -= contained and self._growing > 0

    def standing(self) -> Standing:
        """Say how the stage stands."""
        now = self.clock()
        seconds = now - self._began
        then, before = self._window[0] if self._window else (now, 0)
        mean = self._done / seconds if seconds > 0 else 0.0
        rate = (self._done - before) / (now - then) if now > then else mean
        left, classes = self._left(seconds)
        return Standing(
            self.stage,
            self._done,
            self._total,
            self._size,
            self._total_size,
            seconds,
            rate,
            mean,
            left,
            classes,
            self._growing,
            self._by_levels,
        )

    def _left(self, seconds: float) -> tuple[float | None, tuple[ClassLeft, ...]]:
        """Estimate what is left, in all and by class, from what was measured; the most costly class first."""
        measured = sum(cost.seconds for cost in self._costs.values())
        if not measured:
            return self._left_by_size(seconds), ()
        if seconds < _EARLY_SECONDS or self._done < _EARLY_THINGS:
            return None, ()
        at_once = max(measured / seconds, 1e-9)
        whole = Cost()
        for cost in self._costs.values():
            whole.count, whole.size = whole.count + cost.count, whole.size + cost.size
        classes, total = [], 0.0
        for name, cost in self._costs.items():
            if not cost.left:
                continue
            # Of a class that was not seen yet only a guess is possible: what a thing has cost so far.
            base, by_byte = cost.each() if cost.count else (measured / whole.count, 0.0)
            took = (base * cost.left + by_byte * cost.left_size) / at_once
            total += took
            classes.append(ClassLeft(name, cost.left, took if cost.count else None))
        return total, tuple(sorted(classes, key=lambda one: -(one.seconds or 0.0)))

    def _left_by_size(self, seconds: float) -> float | None:
        """Estimate what is left where nothing is told of classes: from the share that is done."""
        share = self._size / self._total_size if self._total_size else 0.0
        if seconds < _EARLY_SECONDS or share < 0.02:
            return None
        return max(0.0, seconds / share - seconds)
