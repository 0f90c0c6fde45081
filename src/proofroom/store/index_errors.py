"""The index engine's errors, all of them ValueError with a text, in our words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from proofroom.errors import BadCase, CaseBusy, CaseFull, StaleIndex

_NOT_OURS: Final = ("PermissionDenied", "ReadOnlyFilesystem")
_NO_SPACE: Final = ("No space left", "os error 28", "StorageFull")


@contextmanager
def explained(folder: Path) -> Iterator[None]:
    """Turn the engine's errors, which are all ValueError, into ours."""
    try:
        yield
    except ValueError as error:
        text = str(error)
        if "LockBusy" in text:
            message = f"another process is writing the search index {folder.name}"
            raise CaseBusy(message) from error
        if any(mark in text for mark in _NO_SPACE):
            message = "the disk is full; the search index keeps its last committed state"
            raise CaseFull(message) from error
        if any(mark in text for mark in _NOT_OURS):
            message = "the search index cannot be opened where nothing may be written"
            raise BadCase(message, remedy="Copy the case to a place where you may write.") from error
        message = f"the search index {folder.name} cannot be used: {text.splitlines()[0]}"
        raise StaleIndex(message) from error
