"""The local pool: hands jobs to sandboxed workers, watches over them, and ends every job exactly once.

The parent, not the worker, owns the clock, the bound on output and the quarantine. A child that dies costs
its own job alone: the job is tried once more when everything else is done, by itself in a fresh worker, and
ends `crashed` when it dies again. (A plain process pool loses nearly all its tasks when one worker dies.)
"""

from __future__ import annotations

import math
import os
import select
import signal
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from types import TracebackType
from typing import Final, Protocol, Self

from proofroom.errors import BrokenEvidence, MissingTool
from proofroom.limits import Limits
from proofroom.model.states import Reason, State
from proofroom.run.hand import Hand, Started
from proofroom.run.jobs import Ended, Job
from proofroom.run.pausing import LOOK_SECONDS, Paused, Pausing
from proofroom.run.wire import OUT_OF_MEMORY, Order, Report

_ROOM: Final = 1 << 20
_MOST_FAILED_STARTS: Final = 3


class Sandbox(Protocol):
    """Starts workers."""

    def start(self, memory_bytes: int, cpu_seconds: int) -> Started:
        """Start one."""


@dataclass(frozen=True, slots=True)
class Callbacks:
    """Whom the pool tells: bytes as they come (False: not believed), the end of a job, a second try.

    No bytes at all say that the child has ended as if all were well: False when its last word was none.
    """

    consume: Callable[[Job, bytes], bool]
    ended: Callable[[Job, Ended], None]
    restart: Callable[[Job], None]


class Pool:
    """So many workers; as a context it starts them and leaves no process behind."""

    def __init__(
        self, workers: int, limits: Limits, sandbox: Sandbox, pausing: Pausing | None = None
    ) -> None:
        """Run jobs in `workers` sandboxed workers within the limits, pausing when that is asked for."""
        self._count = workers
        self._limits = limits
        self._sandbox = sandbox
        self._fields = asdict(limits)
        self._hands: list[Hand] = []
        self._poll = select.poll()
        self._by_descriptor: dict[int, Hand] = {}
        self._failed_starts = 0
        self._over: deque[tuple[Job, Ended]] = deque()
        self._pausing = pausing or Pausing()

    def __enter__(self) -> Self:
        """Start the workers, all at once; each is used when it is ready."""
        try:
            for _ in range(self._count):
                self._start()
        except BaseException:
            self._dismiss_all()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End every worker and its child."""
        self._dismiss_all()

    def run(
        self,
        jobs: Iterator[Job],
        consume: Callable[[Job, bytes], bool],
        ended: Callable[[Job, Ended], None],
        restart: Callable[[Job], None],
    ) -> None:
        """Run every job; those whose child died are tried once more, alone, after all others.

        Raises Paused when it was asked to stop and nothing is under way any more.
        """
        tell = Callbacks(consume, ended, restart)
        quarantine: deque[Job] = deque()
        self._run(jobs, tell, quarantine.append, alone=False)
        while quarantine:
            job = quarantine.popleft()
            restart(job)
            self._run(iter((job,)), tell, None, alone=True)

    def _run(
        self, jobs: Iterator[Job], tell: Callbacks, quarantine: Callable[[Job], None] | None, *, alone: bool
    ) -> None:
        """Hand out jobs until none is left and none is under way."""
        if alone:
            self._dismiss_all()
        waiting = next(jobs, None)
        while waiting is not None or self._is_busy():
            while waiting is not None and not self._rests() and (free := self._free(alone=alone)) is not None:
                self._give(free, waiting)
                waiting = next(jobs, None)
            if self._over:
                self._tell_ended(tell)
                continue
            for descriptor, _ in self._poll.poll(self._patience()):
                speaker = self._by_descriptor.get(descriptor)
                if speaker is not None:
                    self._listen(speaker, descriptor, tell)
            for each in list(self._hands):
                if time.monotonic() > each.deadline:
                    each.overdue()
                if each.is_done():
                    self._end(each, tell, quarantine)

    def _tell_ended(self, tell: Callbacks) -> None:
        """Tell of a job that is over; its worker has the next one in hand already, and works meanwhile."""
        job, how = self._over.popleft()
        before = time.monotonic()
        tell.ended(job, how)
        # What we did meanwhile (indexing, writing) is not the time of the children that waited for us.
        for other in self._hands:
            other.excuse(time.monotonic() - before)

    def _is_busy(self) -> bool:
        """Say whether a job is under way, or nobody was told yet that it is over."""
        return bool(self._over) or any(hand.job is not None for hand in self._hands)

    def _rests(self) -> bool:
        """Say whether no job is to be given out for now; raises Paused when none is to be given out any more."""
        rests = self._pausing.stops or self._pausing.holds()
        if rests and not self._is_busy():
            if self._pausing.stops:
                raise Paused
            self._pausing.idle()
        return rests

    def _free(self, *, alone: bool) -> Hand | None:
        """Give a worker that is ready and has nothing to do; start those that are missing."""
        wanted = 1 if alone else self._count
        while len(self._hands) < wanted:
            self._start()
        return next((hand for hand in self._hands if hand.ready and hand.job is None), None)

    def _start(self) -> None:
        hand = Hand(self._sandbox.start(self._limits.memory_bytes, self._limits.cpu_seconds))
        self._hands.append(hand)
        self._register(hand, hand.control.fileno())

    def _register(self, hand: Hand, descriptor: int) -> None:
        self._by_descriptor[descriptor] = hand
        self._poll.register(descriptor, select.POLLIN)

    def _forget(self, descriptor: int) -> None:
        if self._by_descriptor.pop(descriptor, None) is not None:
            self._poll.unregister(descriptor)

    def _dismiss(self, hand: Hand) -> None:
        """End a worker for good."""
        self._hands.remove(hand)
        for descriptor in hand.descriptors():
            self._forget(descriptor)
        hand.close()

    def _dismiss_all(self) -> None:
        for hand in list(self._hands):
            self._dismiss(hand)

    def _give(self, hand: Hand, job: Job) -> None:
        """Hand a job to a worker: the file and the answer pipe are opened here and go to the child alone."""
        try:
            artifact = os.open(job.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except OSError as failure:
            raise BrokenEvidence(
                f"the bytes of {job.path.parent.name}{job.path.name[:10]}… are gone"
            ) from failure
        what = (job.task.value, job.page, job.dpi)
        order = Order(job.untrusted_name, job.size, self._fields, job.passwords, *what)
        try:
            pipe = hand.give(job, order, artifact, self._limits.wall_seconds)
        finally:
            os.close(artifact)
        self._register(hand, pipe)

    def _patience(self) -> float:
        """Give the milliseconds until the next deadline, or the next look whether to pause."""
        left = min((hand.deadline for hand in self._hands), default=math.inf) - time.monotonic()
        return max(0.0, min(left, LOOK_SECONDS)) * 1000 + 1

    def _listen(self, hand: Hand, descriptor: int, tell: Callbacks) -> None:
        """Take what a worker or its child has to say."""
        if descriptor != hand.pipe:
            self._take_reports(hand)
            return
        data = os.read(descriptor, _ROOM)
        if not data:
            self._forget(descriptor)
            hand.end_pipe()
            return
        hand.received += len(data)
        if hand.verdict is not None or hand.job is None:
            return
        if hand.received > self._limits.output_bytes:
            hand.kill(State.TRUNCATED, Reason.LIMIT_OUTPUT)
        elif not tell.consume(hand.job, data):
            hand.kill(State.CRASHED, Reason.BAD_FRAME)

    def _take_reports(self, hand: Hand) -> None:
        reports = hand.reports.receive(hand.control)
        if reports is None:
            self._forget(hand.control.fileno())
            hand.gone = True
            return
        for report in reports:
            hand.take(report)
            if hand.ready:
                self._failed_starts = 0

    def _end(self, hand: Hand, tell: Callbacks, quarantine: Callable[[Job], None] | None) -> None:
        """End a worker's job, or give it to the quarantine; a worker that is worn out is replaced."""
        job, seconds = hand.job, time.monotonic() - hand.began
        verdict = hand.verdict or _verdict(hand.exit, self._limits)
        if job is not None and verdict is None and not tell.consume(job, b""):
            verdict = State.CRASHED, Reason.BAD_FRAME
        crashed = verdict == (State.CRASHED, Reason.WORKER_DIED)
        # Whoever crashed or lied may have been taken over: nobody is forked from its worker any more.
        suspect = verdict is not None and verdict[0] is State.CRASHED
        worn_out = hand.gone or suspect or hand.done + 1 >= self._limits.worker_jobs
        pipe = hand.pipe
        if pipe is not None:
            self._forget(pipe)
        hand.finish()
        if hand.gone and not hand.ready:
            self._count_failed_start()
        if worn_out:
            self._dismiss(hand)
        if job is None:
            return
        if crashed and quarantine is not None:
            quarantine(job)
        else:
            state, reason = verdict or (None, Reason.NONE)
            self._over.append((job, Ended(state, reason, seconds)))

    def _count_failed_start(self) -> None:
        self._failed_starts += 1
        if self._failed_starts > _MOST_FAILED_STARTS:
            raise MissingTool("a sandboxed worker ends before it has begun", remedy="Run `proofroom doctor`.")


def _verdict(report: Report | None, limits: Limits) -> tuple[State, Reason] | None:
    """Say what a child's exit status means; None when it ended as it should."""
    if report is None:
        return State.CRASHED, Reason.WORKER_DIED
    if report.number == 0:
        return None
    if report.number == OUT_OF_MEMORY:
        return State.TRUNCATED, Reason.LIMIT_MEMORY
    if report.number == -signal.SIGXCPU or report.cpu_seconds >= limits.cpu_seconds:
        return State.TIMED_OUT, Reason.LIMIT_CPU
    return State.CRASHED, Reason.WORKER_DIED
