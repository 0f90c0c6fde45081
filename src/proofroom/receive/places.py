"""Where a case lies: on an encrypted volume or not, and outside folders that are synced elsewhere."""

from __future__ import annotations

import os
import resource
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_SYNCED: Final = {
    "Dropbox": "Dropbox",
    "OneDrive": "OneDrive",
    "Nextcloud": "Nextcloud",
    "ownCloud": "ownCloud",
    "Google Drive": "Google Drive",
    "GoogleDrive": "Google Drive",
    "iCloud Drive": "iCloud",
    "Mobile Documents": "iCloud",
    "pCloudDrive": "pCloud",
    "MEGA": "MEGA",
}
_MARKS: Final = {
    ".stfolder": "Syncthing",
    ".dropbox": "Dropbox",
    ".sync_journal.db": "Nextcloud",
    ".nextcloudsync.log": "Nextcloud",
}
_ENCRYPTED_KINDS: Final = ("ecryptfs", "fuse.gocryptfs", "fuse.encfs", "fuse.cryfs", "fuse.securefs")


@dataclass(frozen=True, slots=True)
class Place:
    """What could be seen of a folder's disk: encrypted (None: cannot be told here), who syncs it, its kind."""

    encrypted: bool | None
    synced_by: str | None
    filesystem: str


def look_at(folder: Path) -> Place:
    """Look at the disk and the parents of a folder, which need not exist yet. Raises nothing."""
    existing = folder.absolute()
    while not existing.exists() and existing != existing.parent:
        existing = existing.parent
    kind, device = _mount_of(existing)
    encrypted: bool | None = None
    if kind in _ENCRYPTED_KINDS:
        encrypted = True
    elif device is not None:
        encrypted = _is_encrypted(device)
    return Place(encrypted, _synced_by(existing), kind)


def harden_process() -> None:
    """Keep what this process writes to its owner, and leave no memory on disk when it crashes."""
    os.umask(0o077)
    hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
    resource.setrlimit(resource.RLIMIT_CORE, (0, hard))


def _mount_of(path: Path) -> tuple[str, str | None]:
    """Give the kind of file system a path lies on, and its device as MAJOR:MINOR."""
    try:
        lines = Path("/proc/self/mountinfo").read_text(encoding="utf-8", errors="replace").splitlines()
        real = str(path.resolve())
    except OSError:
        return "unknown", None
    best, found = "", ("unknown", None)
    for line in lines:
        fields = line.split(" ")
        point = fields[4].encode().decode("unicode_escape")
        inside = real == point or real.startswith(point.rstrip("/") + "/")
        if inside and len(point) >= len(best):
            best, found = point, (fields[fields.index("-") + 1], fields[2])
    return found


def _is_encrypted(device: str, depth: int = 8) -> bool | None:
    """Follow a block device down to a dm-crypt layer; None where there is no block device to ask."""
    block = Path("/sys/dev/block") / device
    if not block.exists():
        return None
    try:
        if (block / "dm" / "uuid").read_text(encoding="ascii", errors="replace").startswith("CRYPT-"):
            return True
    except OSError:
        pass
    slaves = block / "slaves"
    below = sorted(slaves.iterdir()) if slaves.is_dir() and depth else []
    verdicts = [_is_encrypted((one / "dev").read_text(encoding="ascii").strip(), depth - 1) for one in below]
    return bool(verdicts) and all(verdicts)


def _synced_by(path: Path) -> str | None:
    """Name the service that syncs a folder, by the names and marks of the folders above it."""
    for folder in (path, *path.parents):
        for name, service in _SYNCED.items():
            if folder.name.startswith(name):
                return service
        for mark, service in _MARKS.items():
            if os.path.lexists(folder / mark):
                return service
    return None
