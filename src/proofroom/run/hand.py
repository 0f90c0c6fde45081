"""One worker as the pool sees it: its process, its control socket, and the job it has in hand."""

from __future__ import annotations

import contextlib
import fcntl
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


class Hand:
    """A worker and its job; it only keeps state and sends signals, the pool decides."""

    def __init__(self, started: Started) -> None:
        """Take over a started worker."""
        self.process, self.control = started
        self.reports = Reports()
        self.ready = False
        self.gone = False
        self.done = 0
        self.job: Job | None = None
        self.pipe: int | None = None
        self.exit: Report | None = None
        self.verdict: tuple[State, Reason] | None = None
        self.received = 0
        self.began = self.deadline = 0.0
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
            # The worker is gone: its socket says so, and the job goes to the quarantine.
            self.gone = True
        finally:
            os.close(theirs)
        return ours

    def take(self, report: Report) -> None:
        """Take one report of the zygote."""
        if report.kind == READY:
            self.ready = True
        elif report.kind == STARTED:
            self._child = report
            if self._kill_at_once:
                self._signal_child()
        elif report.kind == ENDED:
            self.exit = report

    def kill(self, state: State, reason: Reason) -> None:
        """End the child; its job ends in this state."""
        self.verdict = (state, reason)
        self._kill_at_once = True
        self._signal_child()

    def _signal_child(self) -> None:
        """Kill by pidfd, which can hit no other process; where there is none the whole worker goes."""
        if self._child is None:
            return
        if self._child.descriptor is None:
            self.process.kill()
            self.gone = True
        else:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._child.descriptor, signal.SIGKILL)

    def end_pipe(self) -> None:
        """Close our end: the child has said its last word."""
        if self.pipe is not None:
            os.close(self.pipe)
            self.pipe = None

    def is_done(self) -> bool:
        """Say whether the job is over (or the worker is gone): nothing more can come."""
        if self.job is None:
            return self.gone
        return self.pipe is None and (self.exit is not None or self.gone)

    def finish(self) -> None:
        """Let go of the job."""
        self.end_pipe()
        if self._child is not None and self._child.descriptor is not None:
            os.close(self._child.descriptor)
        self.job = self._child = None
        self.done += 1

    def close(self) -> None:
        """End the worker and whatever it has started; the kernel ends a zygote's child with it."""
        self.finish()
        self.control.close()
        self.process.kill()
        self.process.wait()
