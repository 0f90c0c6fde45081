"""Take the pictures out of a folder's `Thumbs.db`, each under the name of the file it shows."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

CATALOG: Final = "catalog"
_LINE: Final = struct.Struct("<IIQ")
_JPEG: Final = b"\xff\xd8\xff"
_PNG: Final = b"\x89PNG"
_REACH: Final = 64


@dataclass(frozen=True, slots=True)
class Shown:
    """One line of the catalog: the stream that holds the picture, the file it shows, and when that changed."""

    stream: str
    untrusted_name: str
    changed: int


def catalog(data: bytes) -> Iterator[Shown]:
    """Read the catalog: a stream is named by its number with the digits turned round."""
    at = struct.unpack_from("<H", data)[0] if len(data) >= 2 else 0
    while 0 < at <= len(data) - _LINE.size:
        size, number, changed = _LINE.unpack_from(data, at)
        name = data[at + _LINE.size : at + size].decode("utf-16-le", "replace").partition("\0")[0]
        if size < _LINE.size:
            return
        yield Shown(str(number)[::-1], name, changed)
        at += size


def picture(data: bytes) -> tuple[str, bytes] | None:
    """Give the picture in a stream, behind its head, and its kind; None where there is none."""
    for mark, ending in ((_JPEG, "jpg"), (_PNG, "png")):
        at = data.find(mark, 0, _REACH)
        if at >= 0:
            return ending, data[at:]
    return None
