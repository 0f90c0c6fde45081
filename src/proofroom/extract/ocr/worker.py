"""The OCR worker: a warm zygote in the sandbox that forks one child for every decoded page it is handed.

    python -m proofroom.extract.ocr.worker DESCRIPTOR FORM MEMORY CPU

Like `proofroom.extract.worker`, with the same layers and the same words on the control socket; but what a child
gets is no file: it is rows of pixels, in memory that nobody can change. The models are loaded before the fork,
with one thread. Where the engine is not installed the child only prepares pages for the other one.
"""

from __future__ import annotations

import proofroom.extract.ocr.quiet  # noqa: F401 - before numpy and the engines

# isort: split
import gc
import mmap
import os
import signal
import socket
import sys
from typing import Final, NoReturn

import numpy as np

from proofroom.extract.ocr.looked import SCRIPTS, pack
from proofroom.extract.ocr.looking import Engine, look
from proofroom.extract.sandbox import landlock, seccomp, syscalls
from proofroom.extract.sandbox.bounds import bound
from proofroom.run.wire import ENDED, FORK, OUT_OF_MEMORY, READY, STARTED, Order, receive_order, send_report

try:
    from proofroom.extract.ocr.rapid import Rapid
except ImportError:
    _RAPID: type[Engine] | None = None
else:
    _RAPID = Rapid

_UNEXPECTED: Final = 70


def main() -> NoReturn:
    """Load, seal, and fork until the parent goes away."""
    descriptor, form, memory, cpu = sys.argv[1:5]
    # Before the seal: a socket object asks the kernel what it is.
    control = socket.socket(fileno=int(descriptor))
    if sys.platform == "linux":
        syscalls.prctl(syscalls.PR_SET_PDEATHSIG, signal.SIGKILL)
    engine = _RAPID() if _RAPID is not None else None
    look(np.full((64, 64, 3), 255, np.uint8), engine, frozenset(SCRIPTS))
    if form != "none":
        syscalls.prctl(syscalls.PR_SET_DUMPABLE, 0)
        syscalls.drop_capabilities()
        landlock.restrict()
        seccomp.restrict_worker()
    gc.collect()
    gc.freeze()
    send_report(control, READY)
    zygote = os.getpid()
    while control.recvmsg(1)[0] == FORK:
        child = os.fork()
        if not child:
            _be_child(zygote, control, engine, (int(memory), int(cpu)), sandboxed=form != "none")
        watch = _watch(child)
        send_report(control, STARTED, child, watch)
        if watch is not None:
            os.close(watch)
        _, status, used = os.wait4(child, 0)
        seconds = used.ru_utime + used.ru_stime
        send_report(control, ENDED, os.waitstatus_to_exitcode(status), None, seconds, used.ru_maxrss)
    os._exit(0)


def _watch(child: int) -> int | None:
    """Open a descriptor by which the parent can kill the child and nobody else; an old system has none."""
    try:
        return os.pidfd_open(child)
    except (AttributeError, OSError):
        return None


def _be_child(
    zygote: int, control: socket.socket, engine: Engine | None, bounds: tuple[int, int], *, sandboxed: bool
) -> NoReturn:
    """Take one page from the socket, seal, read, and end; nothing of this process survives the page."""
    status = _UNEXPECTED
    try:
        if sys.platform == "linux":
            syscalls.prctl(syscalls.PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != zygote:
            os._exit(status)
        order, (page, output) = receive_order(control)
        control.close()
        syscalls.close_all_but(page, output)
        bound(*bounds)
        if sandboxed:
            landlock.restrict()
            seccomp.restrict_parser()
        _answer(order, page, output, engine)
        status = 0
    except MemoryError:
        status = OUT_OF_MEMORY
    finally:
        # Whatever else went wrong: no message leaves the child, its status says that it failed.
        os._exit(status)


def _answer(order: Order, page: int, output: int, engine: Engine | None) -> None:
    """Look at the page of an order, and write what was seen."""
    width, height, others = order.limits["width"], order.limits["height"], order.limits["others"]
    untrusted = mmap.mmap(page, order.size, access=mmap.ACCESS_READ)
    rgb = np.frombuffer(untrusted, np.uint8, width * height * 3).reshape(height, width, 3)
    wanted = frozenset(script for number, script in enumerate(SCRIPTS) if others >> number & 1)
    for piece in pack(look(rgb, engine if order.limits["engine"] else None, wanted)):
        view = memoryview(piece)
        while view:
            view = view[os.write(output, view) :]


if __name__ == "__main__":
    main()
