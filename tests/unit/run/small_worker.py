"""A program: the real worker without the built-in formats, so that it starts at once; a word makes it ill in one way.

python small_worker.py ILLNESS MARKER DESCRIPTOR FORM MEMORY CPU MODULE...
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import proofroom.extract.formats

proofroom.extract.formats.BUILT_IN = ()

from proofroom.extract import worker  # noqa: E402 - only now, so that it finds no built-in formats
from proofroom.extract.sandbox import zygote  # noqa: E402 - with it

ILLNESS, MARKER = sys.argv[1], Path(sys.argv[2])


def once() -> bool:
    """Say whether this is the first time, over all workers of a test."""
    if MARKER.exists():
        return False
    MARKER.touch()
    return True


def never_ready() -> None:
    """Take for ever to start."""
    time.sleep(3_600)


def ends_at_once() -> None:
    """End before it is ready."""
    sys.exit(1)


def stops() -> None:
    """Stand still when it is told to fork, the first time."""
    fork: Callable[[], int] = os.fork

    def stopped() -> int:
        if once():
            os.kill(os.getpid(), signal.SIGSTOP)
        return fork()

    os.fork = stopped


def no_pidfd() -> None:
    """Be on a system without descriptors of processes."""
    del os.pidfd_open


def dies_before_the_order() -> None:
    """Let the first child die before it has taken its order, whose bytes stay in the socket."""
    receive = zygote.receive_order

    def dying(control: Any) -> Any:
        if once():
            os.kill(os.getpid(), signal.SIGKILL)
        return receive(control)

    zygote.receive_order = dying


if __name__ == "__main__":
    sys.argv[1:3] = []
    if ILLNESS != "none":
        globals()[ILLNESS]()
    worker.main()
