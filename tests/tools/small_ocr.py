"""A program: the command line with an engine that reads nothing, so that OCR takes no time; words make it ill.

python small_ocr.py ILLNESS COMMAND...     ILLNESS: none, or dies-at-N: the whole program is killed at page N
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from small_engine import SmallEngine

from proofroom import cli
from proofroom.case import recognising


def die_at(page: int) -> None:
    """Kill this program at a page."""
    if f"dies-at-{page}" == ILLNESS:
        os.kill(os.getpid(), signal.SIGKILL)


@contextmanager
def started(_workers: int) -> Iterator[SmallEngine]:
    """Start the engine."""
    yield SmallEngine(hook=die_at)


if __name__ == "__main__":
    ILLNESS = sys.argv[1]
    recognising.engines_here = lambda: recognising.EnginesHere("small 1.0", started)
    sys.exit(cli.run(sys.argv[2:]))
