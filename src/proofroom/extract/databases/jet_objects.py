"""Files in fields of Access: attachments, packed or not, and objects in the wrapping of OLE ([MS-OLEDS] 2.2)."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from typing import Final

from proofroom.extract.ole.packages import unpack

_WRAPPED: Final = 0x1C15
_EMBEDDED: Final = 2
_PLAIN, _DEFLATED = 0, 1
_HEAD: Final = 8
_FEWEST: Final = 12
_LONGEST_NAME: Final = 255
_PACKAGE: Final = b"package"
_MOST: Final = 1 << 30


@dataclass(frozen=True, slots=True)
class Unwrapped:
    """A file without its wrapping, and its name where one is known."""

    data: bytes
    untrusted_name: str = ""


def attachment(data: bytes) -> bytes | None:
    """Give the bytes of an attachment of Access 2007 and newer, None when they are none."""
    if len(data) < _HEAD + _FEWEST:
        return None
    kind, size = struct.unpack_from("<II", data)
    if kind not in (_PLAIN, _DEFLATED) or size > _MOST:
        return None
    content = data[_HEAD:]
    if kind == _DEFLATED:
        try:
            content = zlib.decompressobj().decompress(content, size)
        except zlib.error:
            return None
    if len(content) < _FEWEST:
        return None
    head, one, letters = struct.unpack_from("<III", content)
    fits = one == 1 and head == _FEWEST + 2 * letters and head <= len(content)
    return content[head:] if fits else None


def ole_object(data: bytes) -> Unwrapped | None:
    """Give what a program put into an OLE field, or the file that was packed into it; None when it is none."""
    try:
        mark, begins = struct.unpack_from("<HH", data)
        if mark != _WRAPPED:
            return None
        _version, kind = struct.unpack_from("<II", data, begins)
        if kind != _EMBEDDED:
            return None
        name, at = _counted(data, begins + 8)
        for _topic_and_item in range(2):
            _text, at = _counted(data, at)
        (size,) = struct.unpack_from("<I", data, at)
    except struct.error:
        return None
    native = data[at + 4 : at + 4 + size]
    if name.rstrip(b"\0").lower() == _PACKAGE:
        packed = unpack(data[at : at + 4 + size])
        return Unwrapped(data[at : at + 4 + size][packed.start : packed.end], packed.member_name(""))
    return Unwrapped(native) if native else None


def _counted(data: bytes, at: int) -> tuple[bytes, int]:
    """Read a text behind its length."""
    (length,) = struct.unpack_from("<I", data, at)
    if length > len(data):
        raise struct.error
    return data[at + 4 : at + 4 + length], at + 4 + length
