"""Take numbers and texts out of bytes nobody trusts; what lies beyond their end is damage, never an error."""

from __future__ import annotations

from typing import Final

from proofroom.extract.encoding import decode_all, find_encoding
from proofroom.extract.letters.mapi_named import guid_text

_LONGEST: Final = 1 << 16


class Cut(Exception):
    """The bytes end before what they promise."""


def number(data: bytes, at: int, width: int) -> int:
    """Give a little-endian number; raises Cut beyond the end."""
    if at < 0 or at + width > len(data):
        raise Cut
    return int.from_bytes(data[at : at + width], "little")


def guid(data: bytes, at: int) -> str:
    """Write a GUID as Windows does; raises Cut beyond the end."""
    number(data, at, 16)
    return guid_text(data[at : at + 16])


def narrow(data: bytes, at: int) -> str:
    """Give a text of one-byte characters that a NUL ends, decoded by detection."""
    if at < 0 or at >= len(data):
        return ""
    raw = data[at : at + _LONGEST].partition(b"\0")[0]
    return decode_all(raw, find_encoding(raw, True).encoding)


def wide(data: bytes, at: int) -> str:
    """Give a text of two-byte characters that a NUL ends."""
    if at < 0 or at >= len(data):
        return ""
    text = data[at : at + _LONGEST]
    return text[: len(text) & ~1].decode("utf-16-le", "replace").partition("\0")[0]
