"""A delivery: everything below a source, copied in or named with the reason why not.

Links are never followed, names are raw bytes, the source is opened for reading alone and never written.
What the log already has of this delivery is skipped, so an interrupted delivery goes on where it stopped
and the log holds each act once.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Protocol

from proofroom.errors import BadSource, SourceLost
from proofroom.model.custody import Act, Event
from proofroom.model.states import Reason, State
from proofroom.receive.custody import CustodyLog
from proofroom.receive.names import path_facts
from proofroom.receive.vault import ChangedWhileRead, Vault

BATCH_FILES: Final = 512
BATCH_BYTES: Final = 512 << 20
_KINDS: Final = (
    (stat.S_ISLNK, "symlink", Reason.SYMLINK),
    (stat.S_ISFIFO, "fifo", Reason.FIFO),
    (stat.S_ISSOCK, "socket", Reason.SOCKET),
    (stat.S_ISCHR, "device", Reason.DEVICE),
    (stat.S_ISBLK, "device", Reason.DEVICE),
)
_LOST: Final = (errno.EIO, errno.ENODEV, errno.ESTALE, errno.ENXIO)


class Progress(Protocol):
    """Told how the work goes."""

    def begin(self, stage: str, total: int, size: int) -> None:
        """Say that so many files of so many bytes are to be done; 0 where nobody knows yet."""

    def advance(self, done: int, size: int) -> None:
        """Say that so many more are done."""


@dataclass(frozen=True, slots=True)
class Found:
    """One thing below the source: its raw path relative to it, its kind, and why it cannot be read, if so."""

    untrusted_path: bytes
    kind: str
    reason: Reason
    size: int = 0
    mtime_ns: int | None = None


@dataclass(slots=True)
class Delivery:
    """What one delivery did."""

    id: str
    found: int = 0
    new: int = 0
    bytes: int = 0
    waiting: list[dict[str, Any]] = field(default_factory=list)
    waiting_bytes: int = 0


def walk(source: bytes) -> Iterator[Found]:
    """Give everything below a source in the order of its raw names; raises SourceLost when it goes away.

    A folder that cannot be opened is given itself, with a reason. Folders are no occurrences otherwise.
    """
    status = os.lstat(source)
    if stat.S_ISDIR(status.st_mode):
        yield from _walk(source, b"")
    else:
        yield _look(source, os.path.basename(source))


def _walk(folder: bytes, prefix: bytes) -> Iterator[Found]:
    try:
        names = sorted(os.listdir(folder))
    except OSError as failure:
        _raise_if_lost(failure)
        yield Found(prefix.rstrip(b"/") or b".", "folder", Reason.UNREADABLE_FOLDER)
        return
    for name in names:
        path = os.path.join(folder, name)
        try:
            is_folder = stat.S_ISDIR(os.lstat(path).st_mode)
        except OSError as failure:
            _raise_if_lost(failure)
            yield Found(prefix + name, "file", Reason.UNREADABLE)
            continue
        if is_folder:
            yield from _walk(path, prefix + name + b"/")
        else:
            yield _look(path, prefix + name)


def _look(path: bytes, relative: bytes) -> Found:
    """Say what one thing is, without opening it."""
    try:
        status = os.lstat(path)
    except OSError as failure:
        _raise_if_lost(failure)
        return Found(relative, "file", Reason.UNREADABLE)
    for is_kind, kind, reason in _KINDS:
        if is_kind(status.st_mode):
            return Found(relative, kind, reason, 0, status.st_mtime_ns)
    return Found(relative, "file", Reason.NONE, status.st_size, status.st_mtime_ns)


class Receiving:
    """Copies one delivery into a case, in batches that become durable together."""

    def __init__(self, vault: Vault, custody: CustodyLog, by: str, clock: Callable[[], str]) -> None:
        """Copy into the vault and log under a member's handle; `clock` gives the time of an act."""
        self._vault = vault
        self._custody = custody
        self._by = by
        self._clock = clock

    def receive(self, source: Path, delivery: Delivery, done: set[bytes], progress: Progress) -> Delivery:
        """Copy everything that is not done yet; raises SourceLost or CaseFull with the rest safely kept."""
        root = os.fsencode(source)
        if not os.path.lexists(root):
            raise BadSource(f"there is nothing at {source}")
        progress.begin("receive", 0, 0)
        is_folder = stat.S_ISDIR(os.lstat(root).st_mode)
        try:
            for found in walk(root):
                delivery.found += 1
                if found.untrusted_path in done:
                    continue
                path = os.path.join(root, found.untrusted_path) if is_folder else root
                self._take(found, path, delivery)
                progress.advance(1, found.size)
        finally:
            # Also when the source was lost or the disk is full: what came whole is kept and logged.
            self._settle(delivery)
        return delivery

    def _take(self, found: Found, path: bytes, delivery: Delivery) -> None:
        """Copy one file, or note why it has no bytes; a full batch is made durable and logged."""
        digest, size, reason = None, found.size, found.reason
        if reason is Reason.NONE:
            digest, size, reason = self._copy(path)
        state = None if reason is Reason.NONE else State.REFUSED
        if reason in (Reason.CHANGED_WHILE_READ, Reason.READ_ERROR):
            state = State.DAMAGED
        facts: dict[str, Any] = {"delivery": delivery.id, "kind": found.kind, "digest": digest, "bytes": size}
        facts |= path_facts(found.untrusted_path) | {
            "mtime_ns": None if found.mtime_ns is None else str(found.mtime_ns)
        }
        if state is not None:
            facts |= {"state": state.value, "reason": reason.value}
        delivery.waiting.append(facts)
        delivery.waiting_bytes += size
        delivery.new += 1
        delivery.bytes += size
        if len(delivery.waiting) >= BATCH_FILES or delivery.waiting_bytes >= BATCH_BYTES:
            self._settle(delivery)

    def _copy(self, path: bytes) -> tuple[str | None, int, Reason]:
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
        except OSError as failure:
            _raise_if_lost(failure)
            return None, 0, Reason.SYMLINK if failure.errno == errno.ELOOP else Reason.UNREADABLE
        try:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                return None, 0, Reason.CHANGED_WHILE_READ
            return *self._vault.put(descriptor), Reason.NONE
        except ChangedWhileRead:
            return None, 0, Reason.CHANGED_WHILE_READ
        except OSError as failure:
            _raise_if_lost(failure)
            return None, 0, Reason.READ_ERROR
        finally:
            os.close(descriptor)

    def _settle(self, delivery: Delivery) -> None:
        """Make the batch durable, then log it."""
        if delivery.waiting:
            self._vault.sync()
            time = self._clock()
            self._custody.append([Event(Act.RECEIVED, time, self._by, facts) for facts in delivery.waiting])
            self._custody.sign_head()
            delivery.waiting, delivery.waiting_bytes = [], 0


def _raise_if_lost(failure: OSError) -> None:
    if failure.errno in _LOST:
        raise SourceLost("the source went away while it was being read") from failure
