"""One worker as the pool sees it: its process, its control socket, and the job it has in hand."""

from __future__ import annotations

import contextlib
import fcntl
import math
import os
import signal
import socket
import subprocess
import time
from typing import Final

from proofroom.model.states import Reason, State
from proofroom.run.jobs import Job
from proofroom.run.wire import ENDED, READY, STARTED, Order, Report, Reports, send_order

Started = tuple[subprocess.Popen[bytes], socket.socket]
"""A worker's process and the pool's end of its control socket."""

_SET_PIPE_SIZE: Final = 1031
_PIPE_BYTES: Final = 1 << 20
_START_SECONDS: Final = 120.0
"""A worker that is not ready by then never will be, however busy the machine."""
_ORDER_SECONDS: Final = 60.0
_DEATH_SECONDS: Final = 20.0
"""So long may a killed child take to be gone before its whole worker is killed."""


class Hand:
    """A worker and its job; it only keeps state and sends signals, the pool decides."""

    def __init__(self, started: Started) -> None:
        """Take over a started worker."""
        self.process, self.control = started
        # A stuck worker must not hold the pool up: sending an order ends, or the worker does.
        self.control.settimeout(_ORDER_SECONDS)
        self.reports = Reports()
        self.ready = False
        self.gone = False
        self.done = 0
        self.job: Job | None = None
        self.pipe: int | None = None
        self.exit: Report | None = None
        self.verdict: tuple[State, Reason] | None = None
        self.received = 0
        self.began = time.monotonic()
        self.deadline = self.began + _START_SECONDS
        self._abandoned = False
        self._child: Report | None = None
        self._kill_at_once = False

    def descriptors(self) -> list[int]:
        """Give the descriptors that the pool listens to."""
        return [self.control.fileno(), *(() if self.pipe is None else (self.pipe,))]

    def give(self, job: Job, order: Order, artifact: int, seconds: float) -> int:
        """Send a job to the worker; gives our end of the answer pipe."""
        ours, theirs = os.pipe2(os.O_CLOEXEC) if hasattr(os, "pipe2") else os.pipe()
        with contextlib.suppress(OSError):
            # A larger pipe lets child and parent work side by side; a system may refuse it.
            fcntl.fcntl(ours, _SET_PIPE_SIZE, _PIPE_BYTES)
        self.job, self.pipe = job, ours
        self.exit = self.verdict = self._child = None
        self._kill_at_once = False
        self.received = 0
        self.began = time.monotonic()
        self.deadline = self.began + seconds
        try:
            send_order(self.control, order, artifact, theirs)
        except OSError:
            # The worker is gone or stuck: the job goes to the quarantine.
            self.kill_worker()
        finally:
            os.close(theirs)
        return ours

    def take(self, report: Report) -> None:
        """Take one report of the zygote."""
        if report.kind == READY:
            self.ready = True
            self.deadline = math.inf
        elif report.kind == STARTED:
            self._let_go_of_child()
            self._child = report
            if self._kill_at_once:
                self._signal_child()
        elif report.kind == ENDED:
            self.exit = report

    def excuse(self, seconds: float) -> None:
        """Take time off the clock of the job: its child waited for us."""
        self.began += seconds
        self.deadline += seconds

    def overdue(self) -> None:
        """Act on a deadline that has passed: first the child is killed, then its worker."""
        if self.job is not None and self.verdict is None:
            self.kill(State.TIMED_OUT, Reason.LIMIT_WALL)
        else:
            self.kill_worker()

    def kill(self, state: State, reason: Reason) -> None:
        """End the child; its job ends in this state."""
        self.verdict = (state, reason)
        self.deadline = time.monotonic() + _DEATH_SECONDS
        self._kill_at_once = True
        self._signal_child()

    def _signal_child(self) -> None:
        """Kill by pidfd, which can hit no other process; where there is none the whole worker goes."""
        if self._child is None:
            return
        if self._child.descriptor is None:
            self.kill_worker()
        else:
            with contextlib.suppress(OSError):
                signal.pidfd_send_signal(self._child.descriptor, signal.SIGKILL)

    def kill_worker(self) -> None:
        """End the worker and its child; nothing more is expected of them."""
        self.gone = self._abandoned = True
        self.deadline = math.inf
        if self.process.poll() is None:
            # Its whole group: where there are no namespaces, the child would live on.
            with contextlib.suppress(OSError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.kill()

    def end_pipe(self) -> None:
        """Close our end: the child has said its last word."""
        if self.pipe is not None:
            os.close(self.pipe)
            self.pipe = None

    def is_done(self) -> bool:
        """Say whether the job is over (or the worker is gone): nothing more can come."""
        if self.job is None:
            return self.gone
        return (self.pipe is None or self._abandoned) and (self.exit is not None or self.gone)

    def finish(self) -> None:
        """Let go of the job."""
        self.end_pipe()
        self._let_go_of_child()
        self.job = None
        self.deadline = math.inf
        self.done += 1

    def _let_go_of_child(self) -> None:
        if self._child is not None and self._child.descriptor is not None:
            os.close(self._child.descriptor)
        self._child = None

    def close(self) -> None:
        """End the worker and whatever it has started; the kernel ends a zygote's child with it."""
        self.finish()
        self.control.close()
        self.kill_worker()
        self.process.wait()
