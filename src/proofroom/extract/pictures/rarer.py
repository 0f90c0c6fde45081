"""Recognise rarer pictures, and say which of them are only recognised: no library at hand decodes their pixels."""

from __future__ import annotations

import re
from typing import Final

_NAKED_JXL: Final = b"\xff\x0a"
_UNREAD: Final = (b"\0\0\0\x0cJXL ", _NAKED_JXL, b"II\xbc\1", b"gimp xcf ", b"AT&TFORM")
_BEGINNINGS: Final = (
    (b"8BPS\0\1\0\0\0\0\0\0", "image/vnd.adobe.photoshop"),
    (b"8BPS\0\2\0\0\0\0\0\0", "image/vnd.adobe.photoshop"),
    (b"\0\0\0\x0cjP  \r\n\x87\n", "image/jp2"),
    (b"\xff\x4f\xff\x51\0", "image/jp2"),
    (b"\0\0\0\x0cJXL \r\n\x87\n", "image/jxl"),
    (b"DDS |\0\0\0", "image/vnd.ms-dds"),
    (b"\x59\xa6\x6a\x95", "image/x-sun-raster"),
    (b"qoif", "image/qoi"),
    (b"gimp xcf ", "image/x-xcf"),
    (b"AT&TFORM", "image/vnd.djvu"),
    (b"II\xbc\1", "image/jxr"),
    (b"icns\0", "image/x-icns"),
    (b"FUJIFILMCCD-RAW ", "image/x-raw-photo"),
    (b"IIRO\x08\0", "image/x-raw-photo"),
    (b"IIRS\x08\0", "image/x-raw-photo"),
    (b"MMOR\0\0", "image/x-raw-photo"),
    (b"IIU\0", "image/x-raw-photo"),
    (b"FOVb", "image/x-raw-photo"),
    (b"\0MRM", "image/x-raw-photo"),
    (b"II\x1a\0\0\0HEAPCCDR", "image/x-raw-photo"),
)
_PATTERNS: Final = (
    (
        re.compile(rb"P[1-6][ \t\r\n](?:[ \t\r\n]|#[^\n]{0,512}\n)*\d{1,9}[ \t\r\n]"),
        "image/x-portable-anymap",
    ),
    (re.compile(rb"\x0a[\x00\x02-\x05]\x01[\x01\x02\x04\x08].{60}\x00[\x01-\x04]", re.DOTALL), "image/x-pcx"),
    (re.compile(rb"\x01\xda[\x00\x01][\x01\x02]\x00[\x01-\x03]"), "image/x-sgi"),
    (re.compile(rb"\x00\x00[\x01\x02]\x00[\x01-\x40]\x00"), "image/vnd.microsoft.icon"),
    (re.compile(rb"....ftypcrx ", re.DOTALL), "image/x-raw-photo"),
)
_ICON_HEAD: Final = 22
_DICOM: Final = slice(128, 132)
_TGA_KINDS: Final = (1, 2, 3, 9, 10, 11)
_TGA_DEPTHS: Final = (8, 15, 16, 24, 32)


def is_unread(head: bytes) -> bool:
    """Say whether a picture is of a kind whose pixels are not read."""
    return head.startswith(_UNREAD)


def rarer_media_type(head: bytes) -> str:
    """Name the media type of a rarer picture that its first bytes prove, or "" for none."""
    for beginning, media_type in _BEGINNINGS:
        if head.startswith(beginning):
            return media_type
    for pattern, media_type in _PATTERNS:
        if pattern.match(head) and (media_type != "image/vnd.microsoft.icon" or _is_icon(head)):
            return media_type
    return "application/dicom" if head[_DICOM] == b"DICM" else ""


def _is_icon(head: bytes) -> bool:
    """Look at the first entry of an icon: reserved byte, size and place make sense."""
    size, place = int.from_bytes(head[14:18], "little"), int.from_bytes(head[18:22], "little")
    return len(head) >= _ICON_HEAD and head[9] == 0 and size > 40 and place >= 6 + 16 * head[4]


def kind_by_name(head: bytes, extension: str) -> str:
    """Recognise pictures that begin with no mark of their own, by their name and a head that makes sense."""
    sound = len(head) > 18 and head[1] < 2 and head[2] in _TGA_KINDS and head[16] in _TGA_DEPTHS
    if extension == "jxl" and head.startswith(_NAKED_JXL):
        return "image/jxl"
    return "image/x-tga" if extension == "tga" and sound else ""
