"""Files of signed lines in `hand/`: appended to durably, read with every check, merged by union."""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from proofroom.base.durable import sync_folder, write_all, write_whole
from proofroom.errors import BadMember, WrongUse
from proofroom.receive.hand import Line, Member, Reading, digest_of, read, sign, split, union
from proofroom.receive.vault import explain

_NAME: Final = re.compile(r"[a-z][a-z-]{0,31}\Z")
_LOCK: Final = ".lock"


class HandFile:
    """One file of signed lines of a case, `hand/NAME.jsonl`."""

    def __init__(self, case: Path, name: str, members: Mapping[str, Member]) -> None:
        """Use the file of that name; it need not exist yet."""
        if not _NAME.match(name):
            raise WrongUse(f"{name!r} is no name of a file of decisions")
        self.name = name
        self.path = case / "hand" / f"{name}.jsonl"
        self._members = members
        self._known = (-1, -1)
        self._tips: dict[str, str] = {}

    def read(self) -> Reading:
        """Read and check every line; what does not hold is listed in the faults."""
        return read(self.name, self._data(), self._members)

    def append(self, by: str, key: Ed25519PrivateKey, bodies: Sequence[Mapping[str, Any]]) -> list[Line]:
        """Sign and add lines of one member, all durable or none; gives them.

        Raises BadMember when the key is not that member's or the member has left, WrongUse for a body that
        has not one spelling, CaseFull or BadCase.
        """
        member = self._members.get(by)
        if member is None or member.key != key.public_key().public_bytes_raw():
            raise BadMember(f"the key is not that of the member {by}")
        if member.left_at is not None:
            raise BadMember(f"{by} has left; lines signed from now on do not count")
        with self._locked():
            prev = self._tip(by)
            lines: list[Line] = []
            written: list[bytes] = []
            for body in bodies:
                try:
                    raw = sign(self.name, by, key, prev, body)
                except ValueError as failure:
                    raise WrongUse(f"this cannot be signed: {failure}") from None
                written.append(raw + b"\n")
                lines += read(self.name, raw + b"\n", self._members).lines
                prev = digest_of(raw)
            self._add(b"".join(written))
            if prev is not None:
                self._tips[by] = prev
            self._known = self._stamp()
        return lines

    def tip(self, by: str) -> str | None:
        """Give the digest of a member's last line that holds, or None when there is none."""
        with self._locked():
            return self._tip(by)

    def merge(self, other: bytes) -> int:
        """Take in the lines of another copy's file; gives how many were new. Any order gives the same file."""
        with self._locked():
            held = self._data()
            merged = union(held, other)
            new = len(split(merged)[0]) - len(set(split(held)[0]))
            if merged != held:
                try:
                    write_whole(self.path, merged)
                except OSError as failure:
                    raise explain(failure) from failure
        return new

    def _data(self) -> bytes:
        try:
            return self.path.read_bytes()
        except FileNotFoundError:
            return b""
        except OSError as failure:
            raise explain(failure) from failure

    def _tip(self, by: str) -> str | None:
        """Give the digest of the last line of a member; the file is read again only when somebody changed it."""
        if self._stamp() != self._known:
            self._tips = {line.by: line.digest for line in self.read().lines}
        return self._tips.get(by)

    def _stamp(self) -> tuple[int, int]:
        try:
            status = self.path.stat()
        except FileNotFoundError:
            return 0, 0
        return status.st_ino, status.st_size

    def _add(self, data: bytes) -> None:
        """Append durably, after dropping a line that was cut; whatever fails leaves the file as it was."""
        new = not self.path.exists()
        try:
            descriptor = os.open(
                self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600
            )
            try:
                length = _whole_length(descriptor)
                os.ftruncate(descriptor, length)
                try:
                    write_all(descriptor, data)
                    os.fsync(descriptor)
                except BaseException:
                    with suppress(OSError):
                        os.ftruncate(descriptor, length)
                    raise
            finally:
                os.close(descriptor)
            if new:
                sync_folder(self.path.parent)
        except OSError as failure:
            raise explain(failure) from failure

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Be the only one who writes to the files of decisions of this case."""
        try:
            lock = os.open(self.path.parent / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as failure:
            raise explain(failure) from failure
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)


def _whole_length(descriptor: int) -> int:
    """Give where the last whole line of an open file ends."""
    at = os.fstat(descriptor).st_size
    while at:
        start = max(0, at - (1 << 16))
        found = os.pread(descriptor, at - start, start).rfind(b"\n")
        if found >= 0:
            return start + found + 1
        at = start
    return 0
