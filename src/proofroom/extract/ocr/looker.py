"""One warm OCR worker as the parent uses it: a page goes in, what its child saw comes out, and no failure spreads.

A child that dies, lies or works for too long costs its own page: after it a fresh worker is started, since
whoever crashed may have been taken over. A page whose child died is tried once more there.
"""

from __future__ import annotations

import contextlib
import math
import os
import select
import time
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from proofroom.errors import MissingTool
from proofroom.extract.ocr.looked import MAX_ANSWER, SCRIPTS, BadAnswer, Looked, unpack
from proofroom.extract.ocr.page import PagePicture
from proofroom.extract.sandbox.launch import Sandbox
from proofroom.extract.sandbox.memory import sealed_memory
from proofroom.model.states import Reason, State
from proofroom.run.hand import Hand
from proofroom.run.jobs import Job
from proofroom.run.wire import Order

WORKER: Final = "proofroom.extract.ocr.worker"
_ROOM: Final = 1 << 20
_MOST_FAILED_STARTS: Final = 3
_TRIES: Final = 2
_PATIENCE: Final = 1.0


@dataclass(frozen=True, slots=True)
class LookBounds:
    """What one page may cost its child, and how many pages a worker forks for.

    The models take a gigabyte; a page of 6,000 x 6,000 pixels with its copies takes another. Work is bounded far
    above the ten seconds of a dense page, and time is only the last guard.
    """

    memory_bytes: int = 4 << 30
    cpu_seconds: int = 300
    wall_seconds: int = 900
    pages: int = 500


class Looker:
    """Looks at one page after the other in a sandbox; a context that leaves no process behind."""

    def __init__(self, sandbox: Sandbox, bounds: LookBounds | None = None, module: str = WORKER) -> None:
        """Start nothing yet: the worker comes with the first page."""
        self._sandbox = sandbox
        self._bounds = bounds or LookBounds()
        self._module = module
        self._hand: Hand | None = None
        self._failed_starts = 0
        self._closed = False

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(self, *_how: object) -> None:
        """End the worker and its child."""
        self.end()

    def close(self) -> None:
        """Kill the worker from another thread than the one that waits for it, and that calls `end` then."""
        self._closed = True
        hand = self._hand
        if hand is not None:
            hand.kill_worker()

    def look(self, picture: PagePicture, others: Collection[str], *, engine: bool = True) -> Looked | None:
        """Give what the engine saw, with pictures for another one in these scripts; None when it failed.

        Without `engine` the page is only prepared for the other one, as where there is none.
        """
        wanted = sum(1 << SCRIPTS.index(script) for script in others)
        limits = {"width": picture.width, "height": picture.height, "others": wanted, "engine": engine}
        order = Order(b"", len(picture.untrusted_rgb), limits, ())
        for _ in range(_TRIES):
            untrusted, reason = self._ask(order, picture.untrusted_rgb)
            if self._closed:
                return None
            if not reason:
                try:
                    return unpack(untrusted)
                except BadAnswer:
                    self._dismiss()
                    return None
            if reason is not Reason.WORKER_DIED:
                return None
        return None

    def _ask(self, order: Order, untrusted_rgb: bytes) -> tuple[bytes, Reason]:
        """Hand one page to a child; gives its answer, or why there is none."""
        hand = self._ready_hand()
        if hand is None:
            return b"", Reason.WORKER_DIED
        job = Job(1, Path(), order.size, b"")
        with sealed_memory(untrusted_rgb) as page:
            pipe = hand.give(job, order, page.fileno(), self._bounds.wall_seconds)
        pieces = self._listen(hand, pipe)
        reason = _reason(hand, self._bounds)
        hand.finish()
        if reason or hand.gone or hand.done >= self._bounds.pages:
            self._dismiss()
        return b"".join(pieces), reason

    def _listen(self, hand: Hand, pipe: int) -> list[bytes]:
        """Take what the child says until it has ended, or is to be ended."""
        pieces: list[bytes] = []
        poll = select.poll()
        for descriptor in (pipe, hand.control.fileno()):
            poll.register(descriptor, select.POLLIN)
        while not hand.is_done():
            if self._closed:
                hand.kill_worker()
            for descriptor, _ in poll.poll(_milliseconds(hand.deadline)):
                if descriptor != pipe:
                    _take_reports(hand, poll)
                elif not (piece := os.read(pipe, _ROOM)):
                    poll.unregister(pipe)
                    hand.end_pipe()
                else:
                    hand.received += len(piece)
                    if hand.received <= MAX_ANSWER:
                        pieces.append(piece)
                    elif hand.verdict is None:
                        hand.kill(State.TRUNCATED, Reason.LIMIT_OUTPUT)
            if time.monotonic() > hand.deadline:
                hand.overdue()
        return pieces

    def _ready_hand(self) -> Hand | None:
        """Give the worker when it is warm; start one where there is none. Raises MissingTool when none will start."""
        while not self._closed:
            hand = self._hand
            if hand is None:
                hand = self._hand = Hand(
                    self._sandbox.start_worker(
                        self._module, self._bounds.memory_bytes, self._bounds.cpu_seconds
                    )
                )
            if self._is_warm(hand):
                self._failed_starts = 0
                return hand
            self._dismiss()
            self._failed_starts += 1
            if self._failed_starts > _MOST_FAILED_STARTS:
                raise MissingTool("the OCR engine ends before it has begun", remedy="Run `proofroom doctor`.")
        return None

    def _is_warm(self, hand: Hand) -> bool:
        """Wait until a worker is ready; False when it ends before, or takes too long."""
        poll = select.poll()
        poll.register(hand.control.fileno(), select.POLLIN)
        while not (hand.ready or hand.gone):
            if self._closed:
                hand.kill_worker()
            if poll.poll(_milliseconds(hand.deadline)):
                _take_reports(hand, poll)
            if time.monotonic() > hand.deadline:
                hand.overdue()
        return hand.ready and not hand.gone

    def _dismiss(self) -> None:
        hand, self._hand = self._hand, None
        if hand is not None:
            hand.close()

    def end(self) -> None:
        """End the worker and let go of it."""
        self._closed = True
        self._dismiss()


def _take_reports(hand: Hand, poll: select.poll) -> None:
    reports = hand.reports.receive(hand.control)
    if reports is None:
        with contextlib.suppress(KeyError):
            poll.unregister(hand.control.fileno())
        hand.gone = True
        return
    for report in reports:
        hand.take(report)


def _milliseconds(deadline: float) -> float:
    """Give how long to wait at the most: till the deadline, and never for ever."""
    left = _PATIENCE if math.isinf(deadline) else deadline - time.monotonic()
    return max(0.0, min(left, _PATIENCE)) * 1000 + 1


def _reason(hand: Hand, bounds: LookBounds) -> Reason:
    """Say why a child's answer is none; NONE when it ended as it should."""
    if hand.verdict is not None:
        return hand.verdict[1]
    if hand.exit is None:
        return Reason.WORKER_DIED
    if hand.exit.number == 0:
        return Reason.NONE
    return Reason.LIMIT_CPU if hand.exit.cpu_seconds >= bounds.cpu_seconds else Reason.WORKER_DIED
