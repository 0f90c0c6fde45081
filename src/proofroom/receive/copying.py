"""Copying one file into the vault: cloned where the disk can, else streamed; always hashed as it is stored."""

from __future__ import annotations

import ctypes
import errno
import fcntl
import hashlib
import os
import secrets
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from proofroom.base.durable import write_all
from proofroom.model.states import Reason
from proofroom.receive.vault import Vault, explain

_BLOCK: Final = 128 << 10
"""Larger writes cost the kernel more than they save it: it looks for larger pages for them (measured)."""
_FICLONE: Final = 0x40049409
_WRITE_OUT: Final = 2
"""SYNC_FILE_RANGE_WRITE: begin to write to the disk now, and wait for nothing."""

_BEGIN_WRITING: Any = getattr(ctypes.CDLL(None), "sync_file_range", None)
_LARGE: Final = 256 << 10
"""Smaller files are better left for the disk to write together."""


class Stopped(Exception):
    """The delivery ends; what was copied so far of this file is dropped."""


@dataclass(frozen=True, slots=True)
class Copied:
    """A copy: the digest and size of what is stored, and why it is not the whole of one version, if so."""

    digest: str | None
    size: int
    reason: Reason = Reason.NONE
    failure: OSError | None = None


_NOTHING: Final = Copied(None, 0)


class Copier:
    """Copies open files into the vault, from several threads at once."""

    def __init__(self, vault: Vault) -> None:
        """Copy into the place where a batch of the vault waits."""
        self._vault = vault
        self._held = threading.local()
        self._cannot_clone: set[int] = set()
        self._stop = threading.Event()

    def stop(self) -> None:
        """End every copy under way as soon as its block is done."""
        self._stop.set()

    def copy(self, source: int) -> Copied:
        """Copy an open file and close it; a file that is being written to is tried twice.

        What the medium did not let us read, or what changed meanwhile, is stored as far as it went, with the
        reason. Raises CaseFull or BadCase when the case cannot be written to.
        """
        try:
            if self._stop.is_set():
                raise Stopped
            copied = self._once(source)
            if copied.reason is Reason.CHANGED_WHILE_READ:
                os.lseek(source, 0, os.SEEK_SET)
                copied = self._once(source)
            return copied
        finally:
            os.close(source)

    def _once(self, source: int) -> Copied:
        before = os.fstat(source)
        first, failure = self._read(source, min(before.st_size, _BLOCK))
        if failure is not None or before.st_size > len(first):
            return self._store(lambda target: self._fill(source, target, before, first, failure))
        reason = Reason.CHANGED_WHILE_READ if _changed(source, before, len(first)) else Reason.NONE
        copied = Copied(hashlib.sha256(first).hexdigest(), len(first), reason)
        if self._vault.holds(copied.digest or "", copied.size):
            return copied
        return self._store(lambda target: _write(target, first, copied))

    def _store(self, fill: Callable[[int], Copied]) -> Copied:
        """Fill a new file, and let it wait in the vault under the digest of what it holds."""
        partial = self._vault.waiting(f"partial-{secrets.token_hex(8)}")
        try:
            target = os.open(partial, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o400)
        except OSError as problem:
            raise explain(problem) from problem
        left = True
        try:
            copied = fill(target)
            _write_out(target, copied.size)
            if copied.digest is not None and not self._vault.holds(copied.digest, copied.size):
                self._vault.keep(partial, copied.digest)
                left = False
            return copied
        finally:
            os.close(target)
            if left:
                with suppress(OSError):
                    os.unlink(partial)

    def _fill(
        self, source: int, target: int, before: os.stat_result, first: memoryview, failure: OSError | None
    ) -> Copied:
        """Fill the new file and hash what it holds."""
        if failure is None and before.st_size > len(first) and self._clone(source, target, before.st_dev):
            return _hash_clone(target)
        state, size = hashlib.sha256(), 0
        block = first
        while block:
            if self._stop.is_set():
                raise Stopped
            state.update(block)
            _write(target, block)
            size += len(block)
            if size >= before.st_size or failure is not None:
                break
            block, failure = self._read(source, min(before.st_size - size, _BLOCK))
        if failure is not None:
            return Copied(state.hexdigest() if size else None, size, Reason.READ_ERROR, failure)
        reason = Reason.CHANGED_WHILE_READ if _changed(source, before, size) else Reason.NONE
        return Copied(state.hexdigest(), size, reason)

    def _read(self, source: int, count: int) -> tuple[memoryview, OSError | None]:
        """Read up to so many bytes into this thread's block; gives them, and what stopped it, if anything did."""
        if not hasattr(self._held, "block"):
            self._held.block = memoryview(bytearray(_BLOCK))
        block: memoryview = self._held.block
        done = 0
        while done < count:
            try:
                more = os.readv(source, [block[done:count]])
            except OSError as failure:
                return block[:done], failure
            if not more:
                break
            done += more
        return block[:done], None

    def _clone(self, source: int, target: int, device: int) -> bool:
        """Let the two files share their blocks where the file system can: one call instead of a copy."""
        if device in self._cannot_clone:
            return False
        try:
            fcntl.ioctl(target, _FICLONE, source)
        except OSError as problem:
            if problem.errno in (errno.ENOSPC, errno.EDQUOT):
                raise explain(problem) from problem
            self._cannot_clone.add(device)
            return False
        return True


def _hash_clone(target: int) -> Copied:
    """Hash a clone as it is stored; it holds one version of its source, whatever happens to that meanwhile."""
    state, size = hashlib.sha256(), 0
    try:
        while block := os.pread(target, _BLOCK, size):
            state.update(block)
            size += len(block)
    except OSError as failure:
        return Copied(None, 0, Reason.READ_ERROR, failure)
    return Copied(state.hexdigest(), size)


def _changed(source: int, before: os.stat_result, size: int) -> bool:
    """Say whether a file is no longer as it was when we began to read it."""
    after = os.fstat(source)
    return (after.st_size, after.st_mtime_ns, size) != (before.st_size, before.st_mtime_ns, before.st_size)


def _write(target: int, block: memoryview, copied: Copied = _NOTHING) -> Copied:
    """Write a block to the case; gives back what was said of it."""
    try:
        write_all(target, block)
    except OSError as failure:
        raise explain(failure) from failure
    return copied


def _write_out(target: int, size: int) -> None:
    """Let the disk begin to write a larger file, so that the sync of the batch has little left to wait for."""
    if size >= _LARGE and _BEGIN_WRITING is not None:
        _BEGIN_WRITING(target, ctypes.c_int64(0), ctypes.c_int64(0), _WRITE_OUT)
