"""Runs a separate program in a fresh sandbox of its own: one input, one bounded answer, and everything is gone.

A program is never a child of a warm worker: what it starts would outlive it there, and keep its pipe open. A
process namespace of its own ends with it.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from proofroom.extract.sandbox.launch import Sandbox
from proofroom.extract.sandbox.memory import sealed_memory
from proofroom.model.states import Reason

_ROOM: Final = 1 << 16
_MOST_WAIT: Final = 1.0
_CPU_ENDED: Final = (-signal.SIGXCPU, 128 + signal.SIGXCPU, 256 - signal.SIGXCPU)
_KILLED: Final = (-signal.SIGKILL, 128 + signal.SIGKILL, 256 - signal.SIGKILL)
"""As we see it ourselves, as bubblewrap tells it, and as our own first process does."""


@dataclass(frozen=True, slots=True)
class ToolBounds:
    """What one run of a program may cost: address space, work, time and room for its answer."""

    memory_bytes: int = 2 << 30
    cpu_seconds: int = 300
    wall_seconds: int = 600
    output_bytes: int = 32 << 20


@dataclass(frozen=True, slots=True)
class ToolAnswer:
    """What a program wrote to its standard output, and why it was ended (or failed), if it was."""

    untrusted_output: bytes
    reason: Reason


def run_tool(
    sandbox: Sandbox,
    program: Sequence[str],
    untrusted_input: bytes,
    bounds: ToolBounds,
    trees: Sequence[str] = (),
    stopped: Callable[[], bool] = lambda: False,
) -> ToolAnswer:
    """Run a program, named by its full path, over one input; `trees` are further folders that it may read.

    It is ended when `stopped` says so, as when the whole run is.
    """
    asked = [sandbox.form, str(bounds.memory_bytes), str(bounds.cpu_seconds), *program]
    become = [sys.executable, "-P", "-m", "proofroom.extract.sandbox.become", *asked]
    with sealed_memory(untrusted_input) as given:
        process = subprocess.Popen(
            become if sandbox.form == "none" else sandbox.entered(become, trees),
            stdin=given,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LANG": "C.UTF-8"},
            cwd="/",
            start_new_session=True,
        )
    try:
        return _answer(process, bounds, stopped)
    finally:
        _end(process)


def _answer(process: subprocess.Popen[bytes], bounds: ToolBounds, stopped: Callable[[], bool]) -> ToolAnswer:
    """Take what the program writes until it ends, or is to be ended."""
    deadline = time.monotonic() + bounds.wall_seconds
    pieces: list[bytes] = []
    size = 0
    output = process.stdout
    if output is None:
        return ToolAnswer(b"", Reason.WORKER_DIED)
    poll = select.poll()
    poll.register(output.fileno(), select.POLLIN)
    while True:
        left = deadline - time.monotonic()
        if left <= 0 or stopped():
            return ToolAnswer(b"".join(pieces), Reason.LIMIT_WALL)
        if not poll.poll(min(left, _MOST_WAIT) * 1000):
            continue
        piece = os.read(output.fileno(), _ROOM)
        if not piece:
            break
        size += len(piece)
        if size > bounds.output_bytes:
            return ToolAnswer(b"".join(pieces), Reason.LIMIT_OUTPUT)
        pieces.append(piece)
    return ToolAnswer(b"".join(pieces), _ending(process, bounds, deadline))


def _ending(process: subprocess.Popen[bytes], bounds: ToolBounds, deadline: float) -> Reason:
    """Say how a program ended that has closed its output."""
    try:
        status = process.wait(max(0.0, deadline - time.monotonic()))
    except subprocess.TimeoutExpired:
        return Reason.LIMIT_WALL
    if status == 0:
        return Reason.NONE
    # The first process of a namespace is not ended by the soft limit, but by the hard one behind it.
    used = time.monotonic() - deadline + bounds.wall_seconds
    by_limit = status in _CPU_ENDED or (status in _KILLED and used >= bounds.cpu_seconds)
    return Reason.LIMIT_CPU if by_limit else Reason.WORKER_DIED


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the program and whatever stands between it and us."""
    if process.stdout is not None:
        process.stdout.close()
    if process.poll() is None:
        with contextlib.suppress(OSError):
            os.killpg(process.pid, signal.SIGKILL)
        process.kill()
    process.wait()
