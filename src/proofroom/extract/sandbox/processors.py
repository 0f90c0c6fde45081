"""Let a process see one processor while it imports libraries, so that none plans for threads it may not start."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def one_processor() -> Iterator[None]:
    """Show one processor to what is imported inside; afterwards all are there again.

    OpenSSL plans Argon2 by the number of processors when it is loaded, and fails where threads are refused.
    """
    if sys.platform != "linux":
        yield
        return
    every = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(every)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, every)
