"""Open the image of a disk with The Sleuth Kit: its partitions, and the file system of each; nothing is mounted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, BinaryIO, Final

import pytsk3

from proofroom.extract.detection.disks import file_system_of, has_gpt, has_partitions
from proofroom.extract.format import Source, Unreadable
from proofroom.model.states import Reason, State

BROKEN: Final = (OSError, ValueError, TypeError, RuntimeError, SystemError, OverflowError, AttributeError)
"""What the library's wrapper raises on structures that make no sense."""

_HEAD: Final = 1 << 16
_MOST_PARTITIONS: Final = 256
_TYPES: Final = {
    "fat": pytsk3.TSK_FS_TYPE_FAT_DETECT,
    "exfat": pytsk3.TSK_FS_TYPE_EXFAT,
    "ntfs": pytsk3.TSK_FS_TYPE_NTFS,
    "ext": pytsk3.TSK_FS_TYPE_EXT_DETECT,
    "hfs": pytsk3.TSK_FS_TYPE_HFS_DETECT,
}


class Image(pytsk3.Img_Info):  # type: ignore[misc]  # pytsk3 brings no types
    """The bytes of an image, read as the library asks for them."""

    def __init__(self, untrusted: BinaryIO, size: int) -> None:
        """Read from a stream."""
        self._stream = untrusted
        self._size = size
        super().__init__(url="", type=pytsk3.TSK_IMG_TYPE_EXTERNAL)

    def close(self) -> None:
        """Leave the stream open: it is not ours."""

    def read(self, offset: int, size: int) -> bytes:
        """Give bytes, fewer at the end; an error of the medium counts as the end."""
        try:
            self._stream.seek(offset)
            return self._stream.read(size)
        except (OSError, ValueError, OverflowError):
            return b""

    def get_size(self) -> int:
        """Give the length of the image."""
        return self._size


@dataclass(frozen=True, slots=True)
class Volume:
    """A part of the disk: its number from 1 (0 for a disk without partitions), place and length in bytes, and kind.

    `kind` is that of its file system, "" where none of ours is recognised; `is_used` false for what no partition
    takes, and for the tables themselves.
    """

    number: int
    start: int
    length: int
    untrusted_label: bytes
    kind: str
    is_used: bool = True


def volumes(source: Source, image: Image) -> list[Volume]:
    """List the parts of the disk; raises Unreadable where its table cannot be read at all."""
    head = _head(source, 0)
    whole = file_system_of(head)
    if whole or not (has_gpt(head) or has_partitions(head)):
        return [Volume(0, 0, source.size, b"", whole)]
    try:
        table = pytsk3.Volume_Info(image)
        parts = [_seen(part) for _, part in zip(range(_MOST_PARTITIONS), table, strict=False)]
        sector = int(table.info.block_size)
    except BROKEN as broken:
        raise Unreadable(State.DAMAGED, Reason.NOT_WELL_FORMED) from broken
    found: list[Volume] = []
    used = 0
    for start, length, label, is_used in parts:
        used += is_used
        kind = file_system_of(_head(source, start * sector)) if is_used else ""
        found.append(Volume(used if is_used else 0, start * sector, length * sector, label, kind, is_used))
    return found


def file_system(image: Image, volume: Volume) -> Any:
    """Open the file system of a volume; raises Unreadable when it is none of ours, or breaks the rules of its kind."""
    if volume.kind not in _TYPES:
        raise Unreadable(State.UNKNOWN, Reason.UNSUPPORTED_VARIANT)
    try:
        return pytsk3.FS_Info(image, offset=volume.start, type=_TYPES[volume.kind])
    except BROKEN as broken:
        raise Unreadable(State.DAMAGED, Reason.NOT_WELL_FORMED) from broken


def _seen(part: Any) -> tuple[int, int, bytes, bool]:
    is_used = int(part.flags) == int(pytsk3.TSK_VS_PART_FLAG_ALLOC)
    return int(part.start), int(part.len), part.desc or b"", is_used


def _head(source: Source, at: int) -> bytes:
    if at >= source.size:
        return b""
    source.untrusted.seek(at)
    return source.untrusted.read(_HEAD)
