"""Where a case lies: on an encrypted volume or not, and outside folders that are synced elsewhere."""

from __future__ import annotations

import os
import re
import resource
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_SYNCED: Final = {
    "dropbox": "Dropbox",
    "onedrive": "OneDrive",
    "nextcloud": "Nextcloud",
    "owncloud": "ownCloud",
    "google drive": "Google Drive",
    "googledrive": "Google Drive",
    "my drive": "Google Drive",
    "icloud drive": "iCloud",
    "mobile documents": "iCloud",
    "pclouddrive": "pCloud",
    "mega": "MEGA",
    "megasync": "MEGA",
    "seafile": "Seafile",
    "synologydrive": "Synology Drive",
}
"""Names of folders; one that goes on after a blank counts too, as `OneDrive - The Paper` does."""
_MARKS: Final = (
    (".stfolder", "Syncthing"),
    (".dropbox", "Dropbox"),
    (".dropbox.cache", "Dropbox"),
    (".sync_*.db", "Nextcloud"),
    ("._sync_*.db", "Nextcloud"),
    (".owncloudsync.log", "ownCloud"),
    (".nextcloudsync.log", "Nextcloud"),
    (".seafile-data", "Seafile"),
    (".debris", "MEGA"),
)
_SYNCING_MOUNTS: Final = ("fuse.rclone", "fuse.google-drive-ocamlfuse", "fuse.onedriver")
_ENCRYPTED_MOUNTS: Final = ("ecryptfs", "fuse.gocryptfs", "fuse.encfs", "fuse.cryfs", "fuse.securefs")
_CRYPT: Final = ("CRYPT-", "VERACRYPT")
_DEEPEST: Final = 8
_OCTAL: Final = re.compile(rb"\\([0-7]{3})")


@dataclass(frozen=True, slots=True)
class Place:
    """What could be seen of a folder's disk: encrypted (None: cannot be told here), who syncs it, its kind."""

    encrypted: bool | None
    synced_by: str | None
    filesystem: str


@dataclass(frozen=True, slots=True)
class Machine:
    """Where the system tells of its mounts and block devices."""

    mountinfo: Path = Path("/proc/self/mountinfo")
    block_devices: Path = Path("/sys/dev/block")


HERE: Final = Machine()


@dataclass(frozen=True, slots=True)
class _Mount:
    """One line of mountinfo."""

    point: bytes
    kind: str
    device: str
    source: str


def look_at(folder: Path, machine: Machine = HERE) -> Place:
    """Look at the disk and the parents of a folder, which need not exist yet. Raises nothing."""
    existing = Path(os.path.abspath(folder))
    while not os.path.lexists(existing) and existing != existing.parent:
        existing = existing.parent
    real = Path(os.path.realpath(existing))
    mount = _mount_of(os.fsencode(real), machine)
    synced = _synced_by(real) or _synced_by(existing)
    if mount is None:
        return Place(None, synced, "unknown")
    if mount.kind in _SYNCING_MOUNTS:
        synced = synced or mount.kind.removeprefix("fuse.")
    if mount.kind in _ENCRYPTED_MOUNTS:
        return Place(encrypted=True, synced_by=synced, filesystem=mount.kind)
    return Place(_is_encrypted(_device_of(mount), machine), synced, mount.kind)


def harden_process() -> None:
    """Keep what this process writes to its owner, and leave no memory on disk when it crashes.

    A limit of one byte, not of none: a handler to which dumps are piped is started at none, and not at one.
    """
    os.umask(0o077)
    hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
    soft = 0 if hard == 0 else 1
    resource.setrlimit(resource.RLIMIT_CORE, (soft, hard))


def _mount_of(real: bytes, machine: Machine) -> _Mount | None:
    """Give the mount on which a path lies: the last of the deepest."""
    best: _Mount | None = None
    for mount in _mounts(machine):
        inside = real == mount.point or real.startswith(mount.point.rstrip(b"/") + b"/")
        if inside and (best is None or len(mount.point) >= len(best.point)):
            best = mount
    return best


def _mounts(machine: Machine) -> Iterator[_Mount]:
    """Give the mounts of this machine, in their order; a line that is no such line is left out."""
    try:
        lines = machine.mountinfo.read_bytes().splitlines()
    except OSError:
        return
    for line in lines:
        before, dash, after = line.partition(b" - ")
        fields, about = before.split(b" "), after.split(b" ")
        if dash and len(fields) >= 5 and len(about) >= 2:
            point = _OCTAL.sub(lambda found: bytes([int(found[1], 8)]), fields[4])
            source = _OCTAL.sub(lambda found: bytes([int(found[1], 8)]), about[1])
            yield _Mount(point, os.fsdecode(about[0]), os.fsdecode(fields[2]), os.fsdecode(source))


def _device_of(mount: _Mount) -> str:
    """Give the block device of a mount as MAJOR:MINOR; btrfs hides it behind a number of its own."""
    if mount.device.startswith("0:") and mount.source.startswith("/dev/"):
        try:
            number = os.stat(mount.source).st_rdev
        except OSError:
            return mount.device
        return f"{os.major(number)}:{os.minor(number)}"
    return mount.device


def _is_encrypted(device: str, machine: Machine, depth: int = _DEEPEST) -> bool | None:
    """Follow a block device down to a dm-crypt layer; None where there is no block device to ask."""
    block = machine.block_devices / device
    if not block.exists():
        return None
    if _text(block / "dm" / "uuid").startswith(_CRYPT) or _text(block / "dm" / "name").startswith(
        "veracrypt"
    ):
        return True
    backing = _text(block / "loop" / "backing_file")
    if backing and depth:
        mount = _mount_of(os.fsencode(backing), machine)
        return None if mount is None else _is_encrypted(_device_of(mount), machine, depth - 1)
    slaves = block / "slaves"
    below = sorted(slaves.iterdir()) if slaves.is_dir() and depth else []
    verdicts = [_is_encrypted(_text(one / "dev"), machine, depth - 1) for one in below]
    return bool(verdicts) and all(verdicts)


def _text(path: Path) -> str:
    """Give what a file of the system says, or nothing."""
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""


def _synced_by(path: Path) -> str | None:
    """Name the service that syncs a folder, by the names and marks of the folders above it."""
    for folder in (path, *path.parents):
        name = folder.name.lower()
        for known, service in _SYNCED.items():
            if name == known or name.startswith(f"{known} "):
                return service
        for mark, service in _MARKS:
            try:
                if next(folder.glob(mark), None) is not None:
                    return service
            except OSError:
                continue
    return None
