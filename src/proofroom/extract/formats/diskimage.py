"""Read raw images of disks: partitions, file systems (FAT, exFAT, NTFS, ext, HFS+), every file in them a member.

Deleted files whose place is still known are given under `$deleted/`; of others the name is kept as a fact. Dates,
owners and inodes stand under `disk:entry:N`. Free space is counted and not searched. Wrapped images (E01, vmdk,
vhd, ...) are recognised and not opened.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any, Final

from proofroom.extract.containers.archive_entries import moment
from proofroom.extract.containers.disk_facts import facts_of
from proofroom.extract.containers.disk_files import Found, Walk, streams
from proofroom.extract.containers.disk_image import Image, Volume, file_system, volumes
from proofroom.extract.containers.giving import MOST_FACTS, give, text_of, withhold
from proofroom.extract.detection.disks import disk_media_type
from proofroom.extract.format import Format, Sink, Source, Unreadable
from proofroom.model.states import Reason, State

_RAW: Final = "application/x-raw-disk-image"
_HEAD: Final = 1 << 16
_DELETED: Final = b"$deleted/"
_LOCKED: Final = ("bitlocker", "luks")
_TIMES: Final = (("mtime", "mtime"), ("ctime", "ctime"), ("atime", "atime"), ("created", "crtime"))
_BY_THE_CLOCK: Final = ("fat", "exfat")
_WRAPPED: Final = frozenset(
    {
        "application/x-ewf",
        "application/x-vmdk",
        "application/x-vhdx",
        "application/x-vhd",
        "application/x-qemu-disk",
        "application/x-virtualbox-vdi",
        "application/x-ms-wim",
        "application/x-udf-image",
    }
)


def read(source: Source, sink: Sink) -> None:
    """Hand out the files of every file system on the disk."""
    source.untrusted.seek(0)
    if disk_media_type(source.untrusted.read(_HEAD)) in _WRAPPED:
        raise Unreadable(State.UNKNOWN, Reason.UNSUPPORTED_VARIANT)
    disk = _Disk(source, sink)
    for volume in disk.parts:
        disk.give(volume)
    disk.end()


class _Disk:
    """One disk on its way to the sink."""

    def __init__(self, source: Source, sink: Sink) -> None:
        self._source = source
        self._sink = sink
        self._image = Image(source.untrusted, source.size)
        self.parts = volumes(source, self._image)
        self._count = self._own = self._opened = 0
        self._ended: Unreadable | None = None

    def give(self, volume: Volume) -> None:
        """Give one volume; what cannot be opened is told, and the others are read."""
        if len(self.parts) > 1:
            self._sink.meta(
                f"disk:partition:{volume.number}" if volume.is_used else "disk:unused",
                f"start={volume.start} length={volume.length} kind={volume.kind} "
                f"label={text_of(volume.untrusted_label)}",
            )
        if not volume.is_used:
            return
        if volume.start + volume.length > self._source.size:
            self._ended = self._ended or Unreadable(State.DAMAGED, Reason.CUT_SHORT)
        try:
            self._give_files(volume)
        except Unreadable as cut:
            if cut.state is State.TRUNCATED:
                raise
            self._ended = self._ended or cut

    def end(self) -> None:
        """Say how the disk ends: as its only volume did, or read in part."""
        if self._own:
            self._sink.meta("disk:own-files", str(self._own))
        if self._ended is None:
            return
        if not self._opened or self._ended.reason is Reason.CUT_SHORT:
            raise self._ended
        self._sink.partly(
            Reason.LOCKED_PART if self._ended.state is State.LOCKED
            else Reason.UNREAD_PART if self._ended.state is State.UNKNOWN
            else Reason.DAMAGED_PART
        )  # fmt: skip

    def _give_files(self, volume: Volume) -> None:
        if volume.kind in _LOCKED:
            raise Unreadable(State.LOCKED, Reason.UNSUPPORTED_ENCRYPTION)
        system = file_system(self._image, volume)
        self._opened += 1
        prefix = f"disk:partition:{volume.number}:" if volume.number else "disk:"
        for key, value in {"kind": volume.kind, **facts_of(self._source, volume, system)}.items():
            self._sink.meta(prefix + key, value)
        walk = Walk(system, volume.kind)
        folder = b"partition-%d/" % volume.number if volume.number else b""
        for found in walk.entries():
            self._give(found, folder, volume.kind)
        if walk.untrusted_label:
            self._sink.meta(prefix + "label-entry", text_of(walk.untrusted_label))
        if walk.damaged:
            self._sink.partly(Reason.DAMAGED_PART)

    def _give(self, found: Found, folder: bytes, kind: str) -> None:
        """Give one entry: its facts, and its bytes where it is a file that is still there."""
        if found.is_own:
            self._own += 1
            return
        self._count += 1
        if self._count <= MOST_FACTS:
            self._facts(found, kind)
        name = folder + (_DELETED if found.is_deleted else b"") + found.untrusted_path
        if found.meta is None or not found.is_recoverable:
            if not found.is_deleted:
                withhold(self._sink, name, State.DAMAGED, Reason.NOT_WELL_FORMED)
            return
        if found.special:
            if not found.is_deleted:
                withhold(self._sink, name, State.REFUSED, found.special)
            return
        for stream, size, blocks in streams(found):
            if found.is_deleted:
                self._give_deleted(name + stream, size, blocks)
            else:
                give(self._sink, name + stream, size, blocks)

    def _give_deleted(self, name: bytes, size: int, blocks: Iterator[bytes]) -> None:
        """Give what is left of a deleted file; that much of it is gone damages only itself."""
        with self._sink.member(name, size) as out:
            for block in blocks:
                out.write(block)

    def _facts(self, found: Found, kind: str) -> None:
        told = {"name": text_of(found.untrusted_path)} if not found.is_recoverable else {}
        if found.is_deleted:
            told |= {"deleted": "1", "recoverable": str(int(found.is_recoverable))}
        if found.meta is not None:
            told |= _meta_facts(found.meta, kind)
        self._sink.meta(
            f"disk:entry:{self._count}", " ".join(f"{key}={value}" for key, value in told.items())
        )
        if found.meta is not None and found.meta.link:
            self._sink.meta(f"disk:link:{self._count}", text_of(found.meta.link))


def _meta_facts(meta: Any, kind: str) -> dict[str, str]:
    """Give dates, size, owner and number of an entry; a FAT has the time of a clock without its zone."""
    told = {"size": str(meta.size), "inode": str(meta.addr)}
    for name, stored in _TIMES:
        seconds, nanoseconds = int(getattr(meta, stored)), int(getattr(meta, f"{stored}_nano"))
        if seconds and kind in _BY_THE_CLOCK:
            told[name] = _by_the_clock(seconds)
        elif seconds:
            told[name] = moment(seconds, nanoseconds)
    if kind in ("ext", "hfs"):
        told |= {"mode": f"{int(meta.mode):04o}", "uid": str(meta.uid), "gid": str(meta.gid)}
    return told


def _by_the_clock(seconds: int) -> str:
    """Undo what the library did to a time without a zone: it took it for a time of this computer's zone."""
    try:
        return time.strftime("%Y-%m-%dT%H:%M:%S", time.localtime(seconds))
    except (OverflowError, ValueError, OSError):
        return str(seconds)


FORMAT = Format("diskimage", _WRAPPED | {_RAW}, read, sample="diskimage.img")
