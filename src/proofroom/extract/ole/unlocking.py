"""Try passwords on a locked Office file, the defaults of the programs first, within the limit on attempts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeVar

from cryptography.hazmat.backends import default_backend

from proofroom.extract import trying
from proofroom.extract.format import Sink, Source

default_backend()  # msoffcrypto asks for it; a sealed worker could not load it any more

DEFAULTS: Final = ("VelvetSweatshop", "/01Hannes Ruescher/01")
"""What Excel and PowerPoint use themselves for files that only forbid changes."""

Key = TypeVar("Key")


def unlock(source: Source, sink: Sink, fits: Callable[[str], Key | None], *, cost: float = 1) -> Key:
    """Give what `fits` gives for the first password that fits; raises Unreadable(LOCKED) when none does.

    An attempt counts as `cost` attempts where the file asks for more work than usual, and as a part of one
    where it asks for less. Which one fitted goes to the sink as an index into the given passwords, never the
    password itself.
    """
    return trying.unlock(trying.Tries(source, sink, "ole"), fits, cost=cost, defaults=DEFAULTS)
