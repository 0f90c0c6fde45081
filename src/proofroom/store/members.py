"""Members: bytes unpacked from artifacts, kept by digest in `derived/` because their container holds them.

An archive's member, an attachment or a decrypted copy can always be made again from the original, so it
is disposable; while it stands here it is read like an original.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path
from typing import BinaryIO

from proofroom.errors import BadSegment, CaseFull

_DISK_FULL = (28, 122)


class Members:
    """The content-addressed folder of members below `derived/`."""

    def __init__(self, derived: Path) -> None:
        """Use the folders `members` and `tmp` below `derived`; a kill's leftovers are swept."""
        self._folder = derived / "members"
        self._tmp = derived / "tmp"
        for folder in (self._folder, self._tmp):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def sweep(self) -> None:
        """Delete what a kill left half-written."""
        for leftover in self._tmp.iterdir():
            leftover.unlink()

    def path(self, digest: str) -> Path:
        """Give where a member's bytes stand."""
        return self._folder / digest[:2] / digest[2:]

    def new(self) -> NewMember:
        """Open a place for a member's bytes."""
        return NewMember(self, self._tmp)


class NewMember:
    """Takes one member's bytes, hashing them on the way."""

    def __init__(self, members: Members, tmp: Path) -> None:
        """Write below `tmp` until it is finished."""
        self._members = members
        self._hash = hashlib.sha256()
        self._size = 0
        descriptor, name = tempfile.mkstemp(dir=tmp)
        self._file: BinaryIO = os.fdopen(descriptor, "wb")
        self._path = Path(name)

    def write(self, data: bytes) -> None:
        """Take the next bytes; raises CaseFull."""
        self._hash.update(data)
        self._size += len(data)
        try:
            self._file.write(data)
        except OSError as failure:
            self.discard()
            if failure.errno in _DISK_FULL:
                message = "the disk of the case is full"
                raise CaseFull(message) from failure
            message = f"a member could not be written: errno {failure.errno}"
            raise BadSegment(message) from failure

    def finish(self) -> tuple[str, int]:
        """Keep the bytes under their digest; gives it and the size."""
        self._file.close()
        digest = self._hash.hexdigest()
        target = self._members.path(digest)
        target.parent.mkdir(exist_ok=True, mode=0o700)
        self._path.chmod(0o400)
        self._path.replace(target)
        return digest, self._size

    def discard(self) -> None:
        """Drop what was written."""
        self._file.close()
        self._path.unlink(missing_ok=True)
