"""Try passwords on a locked file, the defaults of the Office programs first, within the limit on attempts."""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain
from typing import Final, TypeVar

from cryptography.hazmat.backends import default_backend

from proofroom.extract.format import Sink, Source, Unreadable
from proofroom.model.states import Reason, State

default_backend()  # msoffcrypto asks for it; a sealed worker could not load it any more

DEFAULTS: Final = ("VelvetSweatshop", "/01Hannes Ruescher/01")
"""What Excel and PowerPoint use themselves for files that only forbid changes."""

_OF_DEFAULT: Final = -1

Key = TypeVar("Key")


def unlock(source: Source, sink: Sink, fits: Callable[[str], Key | None], *, cost: int = 1) -> Key:
    """Give what `fits` gives for the first password that fits; raises Unreadable(LOCKED) when none does.

    An attempt counts as `cost` attempts where the file asks for more work than usual. Which one fitted goes
    to the sink as an index into the given passwords, never the password itself.
    """
    spent = 0
    for index, password in chain(((_OF_DEFAULT, one) for one in DEFAULTS), enumerate(source.passwords)):
        if not password:
            continue
        spent += cost
        if spent > max(source.limits.password_attempts, cost):
            break
        try:
            key = fits(password)
        except UnicodeEncodeError:
            continue
        if key is not None:
            sink.meta("ole:password-index", str(index))
            return key
    raise Unreadable(State.LOCKED, Reason.PASSWORD_UNKNOWN)
