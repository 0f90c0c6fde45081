"""Read where a link in an .xls workbook leads (MS-OSHARED 2.3.7.1): a web address, a file, a place."""

from __future__ import annotations

import struct
from typing import Final

_URL: Final = bytes.fromhex("e0c9ea79f9bace118c8200aa004ba90b")
_FILE: Final = bytes.fromhex("0303000000000000c000000000000046")
_MONIKER, _PLACE, _SHOWN, _FRAME, _AS_TEXT = 1, 8, 0x10, 0x80, 0x100


def link_target(untrusted: bytes) -> str:
    """Give the target of a link with `#` and the place inside it; raises struct.error when it is cut short."""
    _, flags = struct.unpack_from("<II", untrusted)
    at, target = 8, ""
    for wanted in (_SHOWN, _FRAME):
        if flags & wanted:
            _, at = _counted(untrusted, at)
    if flags & _MONIKER:
        target, at = _counted(untrusted, at) if flags & _AS_TEXT else _moniker(untrusted, at)
    if flags & _PLACE:
        place, at = _counted(untrusted, at)
        target += f"#{place}"
    return target


def _counted(data: bytes, at: int) -> tuple[str, int]:
    """Read a text of counted UTF-16 units."""
    (count,) = struct.unpack_from("<I", data, at)
    return _wide(data[at + 4 : at + 4 + 2 * count]), at + 4 + 2 * count


def _moniker(data: bytes, at: int) -> tuple[str, int]:
    """Read what a link leads to: a web address or a file; others are not known."""
    kind, at = data[at : at + 16], at + 16
    if kind == _URL:
        (size,) = struct.unpack_from("<I", data, at)
        return _wide(data[at + 4 : at + 4 + size]), at + 4 + size
    if kind != _FILE:
        return "", len(data)
    _, length = struct.unpack_from("<HI", data, at)
    short = data[at + 6 : at + 6 + length].partition(b"\0")[0].decode("cp1252", "replace")
    at += 6 + length + 24
    (size,) = struct.unpack_from("<I", data, at)
    if not size:
        return short, at + 4
    (length,) = struct.unpack_from("<I", data, at + 4)
    return _wide(data[at + 10 : at + 10 + length]), at + 4 + size


def _wide(raw: bytes) -> str:
    return raw[: len(raw) & ~1].decode("utf-16-le", "replace").partition("\0")[0]
