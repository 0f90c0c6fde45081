"""Recognise images of disks: a file system, a table of partitions, or the wrapping of a program for such images."""

from __future__ import annotations

import re
from typing import Final

_RAW: Final = "application/x-raw-disk-image"
_WRAPPED: Final = (
    (0, b"EVF\x09\x0d\x0a\xff\0", "application/x-ewf"),
    (0, b"LVF\x09\x0d\x0a\xff\0", "application/x-ewf"),
    (0, b"EVF2\x0d\x0a\x81\0", "application/x-ewf"),
    (0, b"KDMV", "application/x-vmdk"),
    (0, b"COWD", "application/x-vmdk"),
    (0, b"vhdxfile", "application/x-vhdx"),
    (0, b"conectix", "application/x-vhd"),
    (0, b"QFI\xfb", "application/x-qemu-disk"),
    (64, b"\x7f\x10\xda\xbe", "application/x-virtualbox-vdi"),
    (0, b"MSWIM\0\0\0", "application/x-ms-wim"),
)
_UDF: Final = re.compile(rb"\0(?:BEA01|NSR0[23])\x01", re.DOTALL)
_UDF_AT: Final = 32_768
_BOOT_MARK: Final = b"\x55\xaa"
_FAT_JUMP: Final = re.compile(rb"\xeb.\x90|\xe9..", re.DOTALL)
_SECTOR_SIZES: Final = (512, 1_024, 2_048, 4_096)
_MOST_RESERVED_ON_EXT: Final = 6
_TABLE: Final = slice(446, 510)
_PARTITION: Final = 16


def disk_media_type(head: bytes) -> str:
    """Name what image of a disk begins so (64 KiB are looked at), or "" for none."""
    for at, mark, media_type in _WRAPPED:
        if head.startswith(mark, at):
            return media_type
    if file_system_of(head) or has_gpt(head) or has_partitions(head):
        return _RAW
    return "application/x-udf-image" if _UDF.match(head, _UDF_AT) else ""


def file_system_of(head: bytes) -> str:
    """Name the file system whose first bytes these are (or what locks one), or "" for none."""
    boots = head[510:512] == _BOOT_MARK
    if boots and head[3:11] == b"NTFS    ":
        return "ntfs"
    if boots and head[3:11] == b"EXFAT   ":
        return "exfat"
    if boots and head[3:11] == b"-FVE-FS-":
        return "bitlocker"
    if head.startswith(b"LUKS\xba\xbe"):
        return "luks"
    if head[32:36] == b"NXSB" and head[4_096:4_100] != b"":
        return "apfs"
    if _is_fat(head):
        return "fat"
    if head[1_024:1_026] in (b"H+", b"HX") and head[1_026:1_028] in (b"\0\4", b"\0\5"):
        return "hfs"
    return "ext" if _is_ext(head) else ""


def has_gpt(head: bytes) -> bool:
    """Tell whether a GUID partition table begins in the second sector."""
    return any(head.startswith(b"EFI PART\0\0", size) for size in (512, 4_096))


def has_partitions(head: bytes) -> bool:
    """Tell whether the first sector ends in a table of partitions that makes sense in every line."""
    if len(head) < 512 or head[510:512] != _BOOT_MARK:
        return False
    table = head[_TABLE]
    found = 0
    for start in range(0, len(table), _PARTITION):
        line = table[start : start + _PARTITION]
        first, sectors = (int.from_bytes(line[at : at + 4], "little") for at in (8, 12))
        if not line.strip(b"\0"):
            continue
        if line[0] not in (0, 0x80) or not line[4] or not first or not sectors:
            return False
        found += 1
    return found > 0


def _is_fat(head: bytes) -> bool:
    """Tell whether a FAT boot sector stands here: every number in it must be one that a FAT can have."""
    sector_size, reserved = (int.from_bytes(head[at : at + 2], "little") for at in (11, 14))
    per_cluster, tables, media = (head[at] if len(head) > at else 0 for at in (13, 16, 21))
    return (
        len(head) >= 512
        and _FAT_JUMP.match(head) is not None
        and sector_size in _SECTOR_SIZES
        and per_cluster in (1, 2, 4, 8, 16, 32, 64, 128)
        and reserved > 0
        and tables in (1, 2)
        and (media == 0xF0 or media >= 0xF8)
        and (int.from_bytes(head[19:21], "little") > 0) != (int.from_bytes(head[32:36], "little") > 0)
    )


def _is_ext(head: bytes) -> bool:
    """Tell whether a superblock of ext2 to ext4 stands at byte 1,024: two bytes of mark, and its numbers fit."""
    block = head[1_024:1_124]
    if len(block) < 100 or block[56:58] != b"\x53\xef":
        return False
    inodes, blocks = (int.from_bytes(block[at : at + 4], "little") for at in (0, 4))
    size, per_group = (int.from_bytes(block[at : at + 4], "little") for at in (24, 32))
    revision = int.from_bytes(block[76:80], "little")
    return inodes > 0 and blocks > 0 and size <= _MOST_RESERVED_ON_EXT and per_group > 0 and revision <= 1
