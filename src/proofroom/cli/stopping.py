"""Ctrl-C: the first ends what is under way and then stops, the second stops at once; both say how to go on."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from proofroom.run.pausing import Pausing

_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)


def say(words: str) -> None:
    """Tell a person at once, also from within a signal and beside a bar."""
    with suppress(OSError):
        os.write(sys.stderr.fileno(), f"\r{words}\n".encode())


@contextmanager
def stopping(case: Path, again: str = "") -> Iterator[Pausing]:
    """While this stands, Ctrl-C stops cleanly; `again` is the command that goes on, `proofroom run` if empty."""
    from proofroom.case.pausing import pausing_of

    pausing = pausing_of(case, say)

    def asked(_number: int, _frame: Any) -> None:
        if pausing.stops:
            raise KeyboardInterrupt
        pausing.stop()
        say("Stopping: what is under way is being ended and made searchable. Ctrl-C again stops at once.")

    # A shell that runs us in the background has SIGINT ignored, and then it stays so.
    watched = [one for one in _SIGNALS if signal.getsignal(one) is not signal.SIG_IGN]
    before: dict[signal.Signals, Any] = {one: signal.signal(one, asked) for one in watched}
    try:
        yield pausing
    except KeyboardInterrupt:
        # It is over: another Ctrl-C must not hit the signing of the log or these very words.
        before = dict.fromkeys(before, signal.SIG_IGN)
        raise KeyboardInterrupt(
            f"Paused; nothing is lost. `{again or f'proofroom run {case}'}` goes on where it stopped."
        ) from None
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
