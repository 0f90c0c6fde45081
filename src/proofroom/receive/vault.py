"""The vault: originals by their digest, read-only, never changed after they are entered.

How durability is reached: the files of a batch wait in `originals/.incoming` under their digests; one
`syncfs` makes the whole batch durable; then its lines are entered into the custody log (which syncs itself);
only then are the files renamed to their places. So `originals/` never holds what the log does not name, and
what a kill left waiting is either named by the log, and goes to its place, or was never received.
"""

from __future__ import annotations

import ctypes
import errno
import os
import re
import shutil
import stat
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO, Final

from proofroom.base.digest import sha256_stream
from proofroom.errors import BadCase, BadSource, BrokenEvidence, CaseFull, ProofroomError

_FULL: Final = (errno.ENOSPC, errno.EDQUOT)
_DIGEST: Final = re.compile(r"[0-9a-f]{64}\Z")
_READ: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC

_SYNCFS: Any = getattr(ctypes.CDLL(None, use_errno=True), "syncfs", None)


class Vault:
    """The folder `originals/` of a case."""

    def __init__(self, case: Path) -> None:
        """Use the folder `originals` of the case; nothing is made or changed before something is put in."""
        self.folder = case / "originals"
        self.incoming = self.folder / ".incoming"
        self._places = f"{self.folder}/"
        self._waiting = f"{self.incoming}/"

    def path(self, digest: str) -> Path:
        """Give where an original stands."""
        return Path(self._place(digest))

    def waiting(self, name: str) -> str:
        """Give where a file waits until the log names it."""
        return self._waiting + name

    def _place(self, digest: str) -> str:
        # Plain text, not a Path: this is asked several times for each of many small files.
        return f"{self._places}{digest[:2]}/{digest[2:]}"

    def prepare(self) -> None:
        """Make the folder in which a batch waits; raises CaseFull or BadCase."""
        try:
            self.incoming.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as failure:
            raise explain(failure) from failure

    def keep(self, partial: str, digest: str) -> None:
        """Let a whole copy wait under its digest until the log names it."""
        try:
            os.replace(partial, self.waiting(digest))
        except OSError as failure:
            raise explain(failure) from failure

    def take(self, path: Path) -> tuple[str, int]:
        """Let a copy of a file wait under its digest until the log names it; gives digest and size."""
        self.prepare()
        partial = self.waiting("taken.partial")
        try:
            with path.open("rb") as source, open(partial, "wb") as copy:
                shutil.copyfileobj(source, copy)
            with open(partial, "rb") as copy:
                digest, size = sha256_stream(copy)
            os.chmod(partial, 0o400)
        except OSError as failure:
            if failure.filename == str(path):
                raise BadSource(f"{path.name} cannot be read: {failure.strerror}") from failure
            raise explain(failure) from failure
        self.keep(partial, digest)
        self.sync()
        return digest, size

    def holds(self, digest: str, size: int) -> bool:
        """Say whether an original of that digest and size is in its place."""
        try:
            status = os.lstat(self._place(digest))
        except OSError:
            return False
        return stat.S_ISREG(status.st_mode) and status.st_size == size

    def sync(self) -> None:
        """Make everything written so far durable, with one call for the whole batch."""
        try:
            folder = os.open(self.incoming, os.O_RDONLY | os.O_CLOEXEC)
            try:
                if _syncfs(folder):
                    raise OSError(ctypes.get_errno(), "the batch cannot be made durable")
            finally:
                os.close(folder)
        except OSError as failure:
            raise explain(failure) from failure

    def settle(self, digests: Iterable[str]) -> None:
        """Move logged originals from where they wait to their places; raises BrokenEvidence when one is gone."""
        for digest in set(digests):
            try:
                self._settle(self.waiting(digest), self._place(digest))
            except FileNotFoundError:
                raise BrokenEvidence(f"the original {digest[:12]}… is gone") from None
            except OSError as failure:
                raise explain(failure) from failure

    def _settle(self, waiting: str, place: str) -> None:
        """Move one file to its place; one that does not wait must be there already. Its folder is made."""
        try:
            os.replace(waiting, place)
        except FileNotFoundError:
            if os.path.lexists(waiting):
                os.mkdir(os.path.dirname(place), 0o700)
                os.replace(waiting, place)
            elif not os.path.lexists(place):
                raise

    def recover(self, logged: Callable[[], Iterable[str]]) -> None:
        """Bring the vault in order after a kill: what the log names goes to its place, the rest was never received.

        `logged` gives the digests in the custody log; it is asked only when something was left waiting.
        """
        try:
            waiting = list(self.incoming.iterdir())
        except FileNotFoundError:
            return
        known = set(logged()) if waiting else set()
        self.settle(path.name for path in waiting if path.name in known)
        for path in waiting:
            if path.name not in known:
                path.unlink()

    def open(self, digest: str) -> BinaryIO:
        """Open an original for reading; raises BrokenEvidence when it is gone or no plain file."""
        for path in (self.path(digest), self.incoming / digest):
            with suppress(FileNotFoundError):
                return _open_plain(path)
        raise BrokenEvidence(f"the original {digest[:12]}… is gone")

    def check(self, digest: str, size: int) -> str | None:
        """Read an original again; gives None, or the code of what is wrong with it."""
        try:
            with self.open(digest) as file:
                found = sha256_stream(file)
        except BrokenEvidence:
            return "original-changed" if os.path.lexists(self.path(digest)) else "original-missing"
        except OSError:
            return "original-unreadable"
        return None if found == (digest, size) else "original-changed"

    def strangers(self, known: set[str]) -> Iterator[str]:
        """Give what lies in the vault and is named by no line of custody, by its path in there."""
        for folder in sorted(self.folder.iterdir()) if self.folder.is_dir() else ():
            if folder == self.incoming:
                continue
            if folder.is_symlink() or not folder.is_dir():
                yield folder.name
                continue
            for path in sorted(folder.iterdir()):
                if not _DIGEST.match(folder.name + path.name) or folder.name + path.name not in known:
                    yield f"{folder.name}/{path.name}"


def explain(failure: OSError) -> ProofroomError:
    """Say in our words what kept the case from being written."""
    if failure.errno in _FULL:
        return CaseFull("the disk of the case is full")
    return BadCase(
        f"the case cannot be written to: {failure.strerror}",
        remedy="Check the disk of the case and that you may write to it, and run the same command again.",
    )


def _open_plain(path: Path) -> BinaryIO:
    """Open a file that must be a plain one: no link is followed and no pipe waited for."""
    try:
        descriptor = os.open(path, _READ)
    except OSError as failure:
        if failure.errno in (errno.ELOOP, errno.ENXIO):
            raise BrokenEvidence(f"{path.name[:12]}… is no plain file") from None
        raise
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise BrokenEvidence(f"{path.name[:12]}… is no plain file")
    return os.fdopen(descriptor, "rb")


def _syncfs(folder: int) -> int:
    """Sync the file system of an open folder; where the call is missing, sync all of them."""
    if _SYNCFS is None:
        os.sync()
        return 0
    return int(_SYNCFS(folder))
