"""Walk the records of a binary workbook's parts (MS-XLSB 2.1.4) and read their texts."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator

from proofroom.extract.format import utf8
from proofroom.extract.ooxml.package import DamagedPart, Package
from proofroom.model.states import Reason

_HAS_AID = 2
_NONE = 0xFFFFFFFF


def part_records(
    package: Package, part: str, failed: Callable[[Reason], None]
) -> Iterator[tuple[int, bytes]]:
    """Give kind and content of each record of a part; what damage to it costs is told."""
    entry = package.find(part) if part else None
    if entry is None:
        return
    rest = b""
    try:
        for block in package.blocks(entry):
            data = rest + block
            at = 0
            while (record := _record(data, at)) is not None:
                kind, content, at = record
                yield kind, content
            rest = data[at:]
    except DamagedPart as damaged:
        failed(damaged.reason)
    else:
        if rest:
            failed(Reason.DAMAGED_PART)


def _record(data: bytes, at: int) -> tuple[int, bytes, int] | None:
    """Read one record; None when it is not all there."""
    head = data[at : at + 6]
    if len(head) < 2:
        return None
    kind, place = head[0], 1
    if kind & 0x80:
        kind, place = kind & 0x7F | (head[1] & 0x7F) << 7, 2
    size = 0
    for shift in (0, 7, 14, 21):
        if place >= len(head):
            return None
        byte = head[place]
        place += 1
        size |= (byte & 0x7F) << shift
        if not byte & 0x80:
            break
    start = at + place
    return (kind, data[start : start + size], start + size) if start + size <= len(data) else None


def wide_text(data: bytes, at: int) -> tuple[str, int]:
    """Read a counted text (XLWideString or one that may be missing); gives it and where it ends."""
    (count,) = struct.unpack_from("<I", data, at)
    if count == _NONE:
        return "", at + 4
    end = at + 4 + 2 * count
    return data[at + 4 : end].decode("utf-16-le", "replace"), end


def rich_text(data: bytes, at: int) -> tuple[bytes, bool]:
    """Read a text with runs of fonts (RichStr); gives it, and whether it has any."""
    return utf8(wide_text(data, at + 1)[0]), bool(data[at] & 1)


def reading_aid(data: bytes) -> str:
    """Give how a text is read aloud, which stands behind its runs of fonts; "" where there is none or it is cut."""
    if not data or not data[0] & _HAS_AID:
        return ""
    try:
        at = wide_text(data, 1)[1]
        if data[0] & 1:
            at += 4 + 4 * int.from_bytes(data[at : at + 4], "little")
        return wide_text(data, at)[0]
    except struct.error:
        return ""
