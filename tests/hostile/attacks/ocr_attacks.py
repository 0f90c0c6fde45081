"""A program: the OCR worker with an engine that was taken over; the page's first pixel says what it does.

It is started in the place of `proofroom.extract.ocr.worker`, whose loop, sandbox and bounds are the real ones.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
import time

import numpy as np
from system_calls import attempt

from proofroom.extract.ocr import worker

HONEST, REACH, DIES, LOOPS, GROWS, SLEEPS, LIES, FLOODS = range(8)
READ = "登记表由值班长签字"


class TakenOver:
    """Sees one line on every page."""

    def __init__(self) -> None:
        """Begin harmlessly: nothing has been shown to it."""
        self.told: list[tuple[str, float]] = []

    def find(self, page: np.ndarray) -> np.ndarray:
        """Do what the page asks for."""
        what = int(page[0, 0, 0])
        self.told = [(READ, 1.0)] if what != REACH else [(line, 1.0) for line in reach()]
        if what == DIES:
            os.kill(os.getpid(), signal.SIGSEGV)
            os.abort()
        while what == LOOPS:
            pass
        while what == GROWS:
            self.told.append((READ * (1 << 22), 1.0))
        if what == SLEEPS:
            time.sleep(600)
        if what in {LIES, FLOODS}:
            overwhelm(flood=what == FLOODS)
        tops = [30 * n for n in range(len(self.told))]
        return np.array([[(9, top), (90, top), (90, top + 24), (9, top + 24)] for top in tops], np.float32)

    def cut(self, page: np.ndarray, _quad: np.ndarray) -> np.ndarray:
        """Cut nothing."""
        return page

    def read(self, lines: list[np.ndarray]) -> list[tuple[str, float]]:
        """Say what was found out."""
        return (self.told * len(lines))[: len(lines)]


def reach() -> list[str]:
    """Try what a child must not be able to do, and say what came of each."""
    tries = [
        ("internet", socket.socket, (socket.AF_INET, socket.SOCK_STREAM)),
        ("datagram", socket.socket, (socket.AF_INET, socket.SOCK_DGRAM)),
        ("local", socket.socket, (socket.AF_UNIX, socket.SOCK_STREAM)),
        ("pair", socket.socketpair, ()),
        ("file", os.open, ("/etc/passwd", os.O_RDONLY)),
        ("new file", os.open, ("/tmp/left-by-a-child", os.O_CREAT | os.O_WRONLY)),
        ("fork", os.fork, ()),
        ("program", os.execv, (sys.executable, [sys.executable])),
        ("signal", os.kill, (os.getppid(), signal.SIGKILL)),
    ]
    return [f"{name}: {attempt(call, *how)}" for name, call, how in tries]


def overwhelm(*, flood: bool) -> None:
    """Write what is no answer into the answer pipe, perhaps without end."""
    output = max(int(name) for name in range(3, 64) if _is_open(name))
    os.write(output, b"PFOC rubbish")
    while flood:
        os.write(output, bytes(1 << 20))
    os._exit(0)


def _is_open(descriptor: int) -> bool:
    try:
        os.fstat(descriptor)
    except OSError:
        return False
    return True


if __name__ == "__main__":
    worker._RAPID = TakenOver
    worker.main()
