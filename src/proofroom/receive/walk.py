"""Walking a source: every thing below it by its raw name, by descriptors, with no link followed.

The folder in which we stand is held open, and what lies in it is opened relative to it, so nobody can put a
link in the way; it goes deeper than a path could be long. Times of access are left as they are where the
system lets us. When something fails, it is asked whether the source is still there: a bad file is noted, a
source that went away stops the delivery.
"""

from __future__ import annotations

import errno
import os
import stat
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from proofroom.errors import BadCase, BadSource, SourceLost
from proofroom.model.states import Reason

_KINDS: Final = (
    (stat.S_ISLNK, "symlink", Reason.SYMLINK),
    (stat.S_ISFIFO, "fifo", Reason.FIFO),
    (stat.S_ISSOCK, "socket", Reason.SOCKET),
    (stat.S_ISCHR, "device", Reason.DEVICE),
    (stat.S_ISBLK, "device", Reason.DEVICE),
)
_GONE: Final = (errno.ENODEV, errno.ESTALE, errno.ENXIO, errno.ENOTCONN, errno.ESHUTDOWN)
_OURS: Final = (errno.EMFILE, errno.ENFILE, errno.ENOMEM)
_FILE: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
_FOLDER: Final = _FILE | os.O_DIRECTORY
_BLOCK_DEVICES: Final = "/sys/dev/block"
_SETTLE_SECONDS: Final = 0.3


@dataclass(frozen=True, slots=True)
class Found:
    """One thing below the source: its raw path relative to it, its kind, and why it cannot be read, if so."""

    untrusted_path: bytes
    kind: str
    reason: Reason
    size: int = 0
    mtime_ns: int | None = None


class Source:
    """A folder or a single file to be received, held open."""

    def __init__(self, path: Path) -> None:
        """Open it; raises BadSource when it is not there, cannot be opened, or is neither file nor folder."""
        self._path = os.fsencode(os.path.abspath(path))
        try:
            status = os.lstat(self._path)
            _check_kind(path, status.st_mode)
            self._is_folder = stat.S_ISDIR(status.st_mode)
            top = self._path if self._is_folder else os.path.dirname(self._path)
            self._top = _open(
                top, _FOLDER if self._is_folder else os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
            )
        except OSError as failure:
            what = "there is nothing at" if failure.errno == errno.ENOENT else f"{failure.strerror}:"
            raise BadSource(f"{what} {path}") from failure
        self._identity = (status.st_dev, status.st_ino)
        device = f"{_BLOCK_DEVICES}/{os.major(status.st_dev)}:{os.minor(status.st_dev)}"
        self._device = device if os.path.exists(device) else None
        self._here = self._top

    def close(self) -> None:
        """Let go of it."""
        self._stand_in(self._top)
        os.close(self._top)

    def walk(self) -> Iterator[Found]:
        """Give everything below the source in the order of its raw names; raises SourceLost when it goes away.

        A folder that cannot be opened is given itself, with a reason. Folders are no occurrences otherwise.
        `open` opens what was given last.
        """
        if not self._is_folder:
            yield self._look(os.path.basename(self._path), b"")
            return
        top = self._list()
        if top is None:
            raise BadSource("the folder cannot be listed")
        stack, moved = [(b"", top)], False
        while stack:
            prefix, names = stack[-1]
            name = next(names, None)
            if name is None:
                stack.pop()
                moved = True
                continue
            if moved:
                self._return_to(prefix)
                moved = False
            found = self._look(name, prefix)
            if found.kind != "folder":
                yield found
                continue
            below = self._list() if self._descend(name) else None
            if below is None:
                yield found
                moved = True
            else:
                stack.append((prefix + name + b"/", below))
        if self.is_lost():
            raise _lost()

    def open(self, found: Found) -> int | Reason:
        """Open the file that the walk gave last; gives its descriptor, or the reason why it cannot be read."""
        try:
            descriptor = _open(os.path.basename(found.untrusted_path), _FILE, self._here)
        except OSError as failure:
            self.judge(failure)
            return Reason.SYMLINK if failure.errno == errno.ELOOP else Reason.UNREADABLE
        if stat.S_ISREG(os.fstat(descriptor).st_mode):
            return descriptor
        os.close(descriptor)
        return Reason.UNREADABLE

    def is_lost(self) -> bool:
        """Say whether the source went away: its path leads elsewhere, or its device is gone."""
        try:
            status = os.lstat(self._path)
            os.fstatvfs(self._top)
        except OSError:
            return True
        if (status.st_dev, status.st_ino) != self._identity:
            return True
        return self._device is not None and not os.path.exists(self._device)

    def _look(self, name: bytes, prefix: bytes) -> Found:
        """Say what one thing is, without opening it."""
        path = prefix + name
        try:
            status = os.stat(name, dir_fd=self._here, follow_symlinks=False)
        except OSError as failure:
            self.judge(failure)
            return Found(path, "file", Reason.UNREADABLE)
        if stat.S_ISDIR(status.st_mode):
            return Found(path, "folder", Reason.UNREADABLE_FOLDER, 0, status.st_mtime_ns)
        for is_kind, kind, reason in _KINDS:
            if is_kind(status.st_mode):
                return Found(path, kind, reason, 0, status.st_mtime_ns)
        return Found(path, "file", Reason.NONE, status.st_size, status.st_mtime_ns)

    def _list(self) -> Iterator[bytes] | None:
        """Give the names in the folder where we stand, sorted; None when it cannot be listed."""
        try:
            return iter(sorted(os.fsencode(name) for name in os.listdir(self._here)))
        except OSError as failure:
            self.judge(failure)
            return None

    def _descend(self, name: bytes) -> bool:
        """Stand in a folder of the one we stand in; False when it cannot be opened."""
        try:
            self._stand_in(_open(name, _FOLDER, self._here))
        except OSError as failure:
            self.judge(failure)
            return False
        return True

    def _return_to(self, prefix: bytes) -> None:
        """Stand again in a folder above, which is reached from the top, name by name."""
        self._stand_in(self._top)
        for name in prefix.split(b"/")[:-1]:
            if not self._descend(name):
                raise SourceLost("a folder of the source went away while it was being read")

    def _stand_in(self, folder: int) -> None:
        if self._here not in (self._top, folder):
            os.close(self._here)
        self._here = folder

    def judge(self, failure: OSError) -> None:
        """Tell a bad file from a source that went away (SourceLost) and from a machine without room (BadCase)."""
        if failure.errno in _OURS:
            raise BadCase(
                f"this machine is at its limit: {failure.strerror}",
                remedy="Close other programs and run the same command again: it resumes.",
            ) from failure
        if failure.errno == errno.EIO:
            time.sleep(_SETTLE_SECONDS)  # a device that was pulled out is struck off a moment later
        if failure.errno in _GONE or self.is_lost():
            raise _lost() from failure


def _check_kind(path: Path, mode: int) -> None:
    if stat.S_ISLNK(mode):
        raise BadSource(
            f"{path} is a symbolic link, and links are never followed",
            remedy="Give the folder to which it leads.",
        )
    if not (stat.S_ISDIR(mode) or stat.S_ISREG(mode)):
        raise BadSource(f"{path} is neither a folder nor a file", remedy="Give a folder or a file.")


def _open(name: bytes, flags: int, folder: int | None = None) -> int:
    """Open without leaving a time of access behind, where we may (only the owner may)."""
    try:
        return os.open(name, flags | os.O_NOATIME, dir_fd=folder)
    except PermissionError:
        return os.open(name, flags, dir_fd=folder)


def _lost() -> SourceLost:
    return SourceLost("the source went away while it was being read")
