"""The loop of a warm worker: it seals itself, forks one child for every order, and tells how each ended.

What a child does with its order is the worker's; how it is shut in is the same for all. The order and its
descriptors are received by the child itself, so that the zygote never holds a file or an answer pipe.
`proofroom.run.wire` says what crosses the control socket.
"""

from __future__ import annotations

import gc
import os
import signal
import socket
import sys
from collections.abc import Callable
from typing import Final, NoReturn, TypeAlias

from proofroom.extract.sandbox import landlock, large_pages, seccomp, syscalls
from proofroom.extract.sandbox.bounds import bound
from proofroom.run.wire import ENDED, FORK, OUT_OF_MEMORY, READY, STARTED, Order, receive_order, send_report

Work: TypeAlias = "Callable[[Order, int, int], None]"
"""What a child does: with its order, the descriptor of what it is given, and that of its answer pipe."""

_UNEXPECTED: Final = 70


def connect(descriptor: str) -> socket.socket:
    """Take the control socket that the parent has left open, and end when the parent does."""
    # Before the seal: a socket object asks the kernel what it is.
    control = socket.socket(fileno=int(descriptor))
    _die_with_parent()
    return control


def serve(control: socket.socket, work: Work, bounds: tuple[int, int], *, sandboxed: bool) -> NoReturn:
    """Seal, and fork until the parent goes away; bounds: bytes of memory and seconds of CPU of each child."""
    if sandboxed:
        _seal()
    gc.collect()
    large_pages.gather()
    gc.freeze()
    send_report(control, READY)
    zygote = os.getpid()
    while control.recvmsg(1)[0] == FORK:
        child = os.fork()
        if not child:
            _be_child(zygote, control, work, bounds, sandboxed=sandboxed)
        watch = _watch(child)
        send_report(control, STARTED, child, watch)
        if watch is not None:
            os.close(watch)
        _, status, used = os.wait4(child, 0)
        cpu_seconds = used.ru_utime + used.ru_stime
        send_report(control, ENDED, os.waitstatus_to_exitcode(status), None, cpu_seconds, used.ru_maxrss)
    os._exit(0)


def _die_with_parent() -> None:
    if sys.platform == "linux":
        syscalls.prctl(syscalls.PR_SET_PDEATHSIG, signal.SIGKILL)


def _seal() -> None:
    """Give up everything but forking: no dump, no capability, no file to write, no call off the list."""
    syscalls.prctl(syscalls.PR_SET_DUMPABLE, 0)
    syscalls.drop_capabilities()
    landlock.restrict()
    seccomp.restrict_worker()


def _watch(child: int) -> int | None:
    """Open a descriptor by which the parent can kill the child and nobody else; an old system has none."""
    try:
        return os.pidfd_open(child)
    except (AttributeError, OSError):
        return None


def _be_child(
    zygote: int, control: socket.socket, work: Work, bounds: tuple[int, int], *, sandboxed: bool
) -> NoReturn:
    """Take one order from the socket, seal, work, and end; nothing of this process survives it."""
    status = _UNEXPECTED
    try:
        _die_with_parent()
        if os.getppid() != zygote:
            os._exit(status)
        order, (given, output) = receive_order(control)
        control.close()
        syscalls.close_all_but(given, output)
        bound(*bounds)
        if sandboxed:
            landlock.restrict()
            seccomp.restrict_parser()
        work(order, given, output)
        status = 0
    except MemoryError:
        status = OUT_OF_MEMORY
    except Exception:  # noqa: BLE001, S110 - a border: no message leaves the child, its status says that it failed
        pass
    finally:
        os._exit(status)
