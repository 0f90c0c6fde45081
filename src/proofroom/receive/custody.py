"""The custody log: every act of a case in an append-only Merkle tree, its heads signed.

The log's entry for an event is the SHA-256 of its salted opening (`openings`), so one event can be shown and
the rest stays closed, and no head, proof or count holds a plain digest of an original. A head is signed with
every append, after its entries are durable. Several processes may append: each holds the lock of the log
while it does, and first reads what the others added.
"""

from __future__ import annotations

import base64
import errno
import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final, Self

from proofroom.base import merkle, notes
from proofroom.base.durable import sync_folder, write_all, write_whole
from proofroom.errors import BadCase, BrokenEvidence, CaseFull
from proofroom.model.custody import Event
from proofroom.receive.keys import Keys
from proofroom.receive.openings import (
    CHECKPOINTS,
    EVENTS,
    PUBLIC,
    check_note,
    entry_of,
    event_lines,
    is_ours,
    is_received,
    log_id,
    origin,
    read_opening,
    split_notes,
    write_opening,
)

_FULL: Final = (errno.ENOSPC, errno.EDQUOT)


class CustodyLog:
    """The log of one copy of a case, under one key."""

    def __init__(self, folder: Path, keys: Keys) -> None:
        """Use `CustodyLog.create` or `CustodyLog.open`."""
        self.folder = folder
        self._keys = keys
        self._public = keys.log.public_key().public_bytes_raw()
        self._tree = merkle.Tree()
        self._length = 0
        self._noted = 0
        self._note = ""
        self._signed = 0

    @classmethod
    def create(cls, case: Path, keys: Keys) -> Self:
        """Begin the log of a new case; raises BadCase when there is one already."""
        log = cls(_folder(case, keys), keys)
        try:
            log.folder.mkdir(mode=0o700, parents=True)
            write_whole(log.folder / PUBLIC, base64.b64encode(log._public) + b"\n")
            for name in (EVENTS, CHECKPOINTS):
                os.close(os.open(log.folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
            sync_folder(log.folder)
            sync_folder(log.folder.parent)
        except OSError as failure:
            raise _explain(failure) from failure
        return log

    @classmethod
    def open(cls, case: Path, keys: Keys) -> Self:
        """Open the log for writing; a line that a power failure cut is dropped, for it was never counted.

        Raises BrokenEvidence when the log is gone, was changed before its last signed head, or holds lines
        after it that were not written with the keys of the case.
        """
        log = cls(_folder(case, keys), keys)
        try:
            public = base64.b64decode((log.folder / PUBLIC).read_bytes())
        except (OSError, ValueError):
            raise BrokenEvidence("the custody log that these keys signed is gone") from None
        if public != log._public:
            raise BrokenEvidence("the custody log holds another key than the case")
        with log._writing():
            if not log._note:
                raise BrokenEvidence("the custody log was emptied: no signed head is left of it")
        return log

    @property
    def size(self) -> int:
        """How many events the log holds."""
        return self._tree.size

    def append(self, events: Sequence[Event]) -> None:
        """Add events and sign the head over them: all durable, or none of them. Raises CaseFull or BadCase."""
        if not events:
            return
        with self._writing() as (entries, heads):
            size, secret = self._tree.size, self._keys.secret
            lines = [write_opening(secret, size + number, event) for number, event in enumerate(events)]
            tree = self._tree.copy()
            for line in lines:
                tree.append(merkle.leaf_hash(entry_of(line)))
            data = b"".join(line + b"\n" for line in lines)
            self._write(entries, data, self._length, heads, tree)

    def sign_head(self) -> str:
        """Sign the head as it stands, once per size; gives the checkpoint."""
        with self._writing() as (entries, heads):
            if self._signed != self._tree.size or not self._note:
                self._write(entries, b"", self._length, heads, self._tree)
        return self._note

    def head(self) -> str:
        """Give the last signed head that this process knows, or nothing when none was signed yet."""
        return self._note

    def events(self) -> Iterator[Event]:
        """Give every event, oldest first."""
        for line in event_lines(self.folder):
            yield read_opening(line)[1]

    def acts(self) -> Iterator[Event]:
        """Give every event but those of received files, which are the many, oldest first."""
        for line in event_lines(self.folder):
            if not is_received(line):
                yield read_opening(line)[1]

    def _write(self, entries: int, data: bytes, length: int, heads: int, tree: merkle.Tree) -> None:
        """Write lines and then the head over them; whatever fails takes both back."""
        note = notes.sign(notes.Checkpoint(origin(self._public), tree.size, tree.root()), self._keys.log)
        held = note.encode() + b"\n"
        try:
            write_all(entries, data)
            os.fdatasync(entries)
            write_all(heads, held)
            os.fdatasync(heads)
        except BaseException as failure:
            with suppress(OSError):
                os.ftruncate(heads, self._noted)
                os.ftruncate(entries, length)
                os.fdatasync(entries)
            if isinstance(failure, OSError):
                raise _explain(failure) from failure
            raise
        self._tree, self._length = tree, length + len(data)
        self._note, self._noted, self._signed = note, self._noted + len(held), tree.size

    @contextmanager
    def _writing(self) -> Iterator[tuple[int, int]]:
        """Hold the log alone and know all of it; gives the descriptors of its events and its heads."""
        flags = os.O_RDWR | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC
        descriptors: list[int] = []
        try:
            try:
                descriptors.append(os.open(self.folder / EVENTS, flags))
                fcntl.flock(descriptors[0], fcntl.LOCK_EX)
                descriptors.append(os.open(self.folder / CHECKPOINTS, flags))
            except OSError as failure:
                raise _explain(failure) from failure
            self._catch_up(descriptors[0], descriptors[1])
            yield descriptors[0], descriptors[1]
        finally:
            for descriptor in reversed(descriptors):
                os.close(descriptor)

    def _catch_up(self, entries: int, heads: int) -> None:
        """Read what the log has beyond what we know, check it against its heads, and drop what was cut."""
        found, noted = self._new_notes(heads)
        signed = {head.size: head.root for head in (notes.parse(note) for note in found)}
        if os.fstat(entries).st_size < self._length:
            raise BrokenEvidence("the custody log became shorter than it was")
        if found:
            head = check_note(found[-1], self._public)
            self._note, self._signed = found[-1], head.size
        self._compare(signed)
        for line in event_lines(self.folder, self._length):
            if self._tree.size >= self._signed and not is_ours(self._keys.secret, line):
                raise BrokenEvidence(
                    "the custody log holds an event that was not written with the case's keys"
                )
            self._tree.append(merkle.leaf_hash(entry_of(line)))
            self._length += len(line) + 1
            self._compare(signed)
        if max(signed, default=0) > self._tree.size:
            raise BrokenEvidence("the custody log is shorter than its last signed head")
        if os.fstat(entries).st_size > self._length:
            os.ftruncate(entries, self._length)
        if os.fstat(heads).st_size > noted:
            os.ftruncate(heads, noted)
        self._noted = noted

    def _compare(self, signed: dict[int, bytes]) -> None:
        """Compare the tree with the head signed at its size, where there is one."""
        if self._tree.size in signed and signed[self._tree.size] != self._tree.root():
            raise BrokenEvidence("the custody log was changed before its last signed head")

    def _new_notes(self, heads: int) -> tuple[list[str], int]:
        """Give the heads written since we looked, and where they end."""
        size = os.fstat(heads).st_size
        if size < self._noted:
            raise BrokenEvidence("signed heads of the custody log are gone")
        found, length = split_notes(os.pread(heads, size - self._noted, self._noted))
        try:
            for note in found:
                notes.parse(note)
        except ValueError as failure:
            raise BrokenEvidence(f"a signed head of the custody log is malformed: {failure}") from None
        return found, self._noted + length


def _folder(case: Path, keys: Keys) -> Path:
    return case / "custody" / log_id(keys.log.public_key().public_bytes_raw())


def _explain(failure: OSError) -> BadCase | CaseFull:
    """Say in our words what kept the log from being written."""
    if failure.errno in _FULL:
        return CaseFull("the disk of the case is full; the act was not logged and not done")
    return BadCase(f"the custody log cannot be written: {failure.strerror}")
