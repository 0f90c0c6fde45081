"""The vault: originals by their digest, read-only, never changed after they are entered.

How durability is reached: the files of a batch are written and named, one `syncfs` makes the whole batch
durable, and only then are its lines entered into the custody log (which is synced itself). A file that a
power failure left under a digest without such a line is not believed: it is written again.
"""

from __future__ import annotations

import ctypes
import errno
import hashlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

from proofroom.base.digest import sha256_stream
from proofroom.errors import BadCase, BrokenEvidence, CaseFull, SourceLost

_BLOCK: Final = 1 << 20
_LOST: Final = (errno.EIO, errno.ENODEV, errno.ESTALE, errno.ENXIO, errno.ENOTCONN, errno.ESHUTDOWN)
_FULL: Final = (errno.ENOSPC, errno.EDQUOT)


class ChangedWhileRead(Exception):
    """The file was written to while we read it; what was read is dropped."""


class Vault:
    """The folder `originals/` of a case."""

    def __init__(self, case: Path) -> None:
        """Use the folders `originals` and `derived/tmp` of the case."""
        self._folder = case / "originals"
        self._tmp = case / "originals" / ".incoming"
        for folder in (self._folder, self._tmp):
            folder.mkdir(mode=0o700, exist_ok=True)

    def sweep(self) -> None:
        """Delete what a kill left half-written."""
        for leftover in self._tmp.iterdir():
            leftover.unlink()

    def path(self, digest: str) -> Path:
        """Give where an original stands."""
        return self._folder / digest[:2] / digest[2:]

    def put(self, source: int) -> tuple[str, int]:
        """Copy an open file in; gives its digest and size.

        Raises SourceLost when the source goes away, CaseFull when the disk is full, ChangedWhileRead when
        the file changes under us, and OSError when just this file cannot be read.
        """
        before = os.fstat(source)
        partial = self._tmp / secrets.token_hex(8)
        try:
            digest, size = self._copy(source, partial)
            after = os.fstat(source)
            if (before.st_size, before.st_mtime_ns) != (
                after.st_size,
                after.st_mtime_ns,
            ) or size != after.st_size:
                raise ChangedWhileRead
            target = self.path(digest)
            target.parent.mkdir(mode=0o700, exist_ok=True)
            partial.replace(target)
        finally:
            partial.unlink(missing_ok=True)
        return digest, size

    def _copy(self, source: int, partial: Path) -> tuple[str, int]:
        """Copy and hash in one pass."""
        state, size = hashlib.sha256(), 0
        target = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
        try:
            buffer = bytearray(_BLOCK)
            view = memoryview(buffer)
            while count := self._read(source, buffer):
                state.update(view[:count])
                self._write(target, view[:count])
                size += count
        finally:
            os.close(target)
        return state.hexdigest(), size

    def _read(self, source: int, buffer: bytearray) -> int:
        try:
            return os.readv(source, [buffer])
        except OSError as failure:
            if failure.errno in _LOST:
                raise SourceLost("the source went away while it was being read") from failure
            raise

    def _write(self, target: int, data: memoryview) -> None:
        try:
            while data:
                data = data[os.write(target, data) :]
        except OSError as failure:
            if failure.errno in _FULL:
                raise CaseFull("the disk of the case is full") from failure
            raise BadCase(f"the case cannot be written to: errno {failure.errno}") from failure

    def sync(self) -> None:
        """Make everything written so far durable, with one call for the whole batch."""
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            syncfs = getattr(ctypes.CDLL(None, use_errno=True), "syncfs", None)
            if syncfs is None:
                os.sync()
            elif syncfs(folder):
                code = ctypes.get_errno()
                if code in _FULL:
                    raise CaseFull("the disk of the case is full")
                raise BadCase(f"the case cannot be made durable: errno {code}")
        finally:
            os.close(folder)

    def open(self, digest: str) -> BinaryIO:
        """Open an original for reading; raises BrokenEvidence when it is gone."""
        try:
            return self.path(digest).open("rb")
        except FileNotFoundError:
            raise BrokenEvidence(f"the original {digest[:12]}… is gone") from None

    def check(self, digest: str, size: int) -> str | None:
        """Read an original again; gives None, or the code of what is wrong with it."""
        try:
            with self.path(digest).open("rb") as file:
                found = sha256_stream(file)
        except FileNotFoundError:
            return "original-missing"
        except OSError:
            return "original-unreadable"
        return None if found == (digest, size) else "original-changed"

    def strangers(self, known: set[str]) -> Iterator[str]:
        """Give files in the vault that no line of custody names."""
        for folder in sorted(self._folder.iterdir()):
            if folder != self._tmp:
                for path in sorted(folder.iterdir()):
                    if folder.name + path.name not in known:
                        yield folder.name + path.name
