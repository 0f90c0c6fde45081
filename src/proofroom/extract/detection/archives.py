"""Recognise archives and packed streams whose mark is short or stands further in, by more than that mark."""

from __future__ import annotations

import re
import stat
from typing import Final

_MARKS: Final = (
    (re.compile(rb"070(?:70[12][0-9A-Fa-f]{104}|707[0-7]{70})"), "application/x-cpio"),
    (
        re.compile(rb"..-(?:lh[0-9dx]|lz[s458]|pm[0-2s])-.{13}[\0-\3]", re.DOTALL),
        "application/x-lzh-compressed",
    ),
    (re.compile(rb"\x1f\x9d[\x09-\x10\x89-\x90]"), "application/x-compress"),
    (
        re.compile(
            rb"\x5d\0\0(?:[\x01\x02\x04\x08\x10\x20\x40\x80]\0|\0[\1-\4])(?:\xff{8}|.{5}\0{3})\0", re.DOTALL
        ),
        "application/x-lzma",
    ),
)
_ISO_AT: Final = 32_768
_ISO: Final = re.compile(rb"[\0-\3\xff]CD001\x01", re.DOTALL)
_OLD_CPIO: Final = {b"\xc7\x71": "little", b"\x71\xc7": "big"}
_OLD_CPIO_HEAD: Final = 26
_LONGEST_NAME: Final = 1_024
_KINDS: Final = (
    stat.S_IFREG,
    stat.S_IFDIR,
    stat.S_IFLNK,
    stat.S_IFCHR,
    stat.S_IFBLK,
    stat.S_IFIFO,
    stat.S_IFSOCK,
)


def archive_media_type(head: bytes) -> str:
    """Name the archive or packed stream that begins so, or "" for none."""
    for mark, media_type in _MARKS:
        if mark.match(head):
            return media_type
    if _ISO.match(head, _ISO_AT):
        return "application/x-iso9660-image"
    return "application/x-cpio" if _is_old_cpio(head) else ""


def _is_old_cpio(head: bytes) -> bool:
    """Tell whether a cpio of binary numbers begins here: its mark of two bytes alone would prove nothing."""
    order = _OLD_CPIO.get(head[:2])
    if order is None or len(head) < _OLD_CPIO_HEAD:
        return False
    little = order == "little"
    mode = int.from_bytes(head[6:8], "little" if little else "big")
    length = int.from_bytes(head[20:22], "little" if little else "big")
    name = head[_OLD_CPIO_HEAD : _OLD_CPIO_HEAD + length]
    return stat.S_IFMT(mode) in _KINDS and 1 < length <= _LONGEST_NAME and name.find(b"\0") == length - 1
