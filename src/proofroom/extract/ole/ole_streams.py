"""Read the small streams that OLE keeps beside an object ([MS-OLEDS] 2.3): its program, its link, its picture."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final

from proofroom.extract.ole.blips import bitmap_head
from proofroom.extract.ole.shape_options import link_target
from proofroom.extract.ole.text_runs import narrow_text

_PROGRAM_AT: Final = 28
_TEXTS: Final = 3
_LONGEST: Final = 4_096
_BY_NUMBER: Final = (0xFFFFFFFF, 0xFFFFFFFE)
_ENDINGS: Final = {3: "wmf", 8: "bmp", 14: "emf"}
_NO_DEVICE: Final = 4
_PICTURE_HEAD: Final = 28


def program_of(data: bytes) -> str:
    """Read which program an object is of: what people call it, and its name for programs."""
    at, found = _PROGRAM_AT, []
    for number in range(_TEXTS):
        if at + 4 > len(data):
            break
        length = struct.unpack_from("<I", data, at)[0]
        at += 4
        if number == 1 and length in _BY_NUMBER:
            at += 4
            continue
        if length > _LONGEST:
            break
        found.append(narrow_text(data[at : at + length]))
        at += length
    return " ".join(filter(str.strip, dict.fromkeys(found)))


def links_of(data: bytes) -> Iterator[str]:
    """Read where a linked object lies: the addresses in its monikers, each once."""
    told: set[str] = set()
    for at in range(min(len(data), 1 << 16)):
        if data[at : at + 4] in (b"\xe0\xc9\xea\x79", b"\x03\x03\x00\x00"):
            target = link_target(data[at:])
            if target and target not in told:
                told.add(target)
                yield target


def picture_of(data: bytes) -> tuple[str, bytes] | None:
    """Read the picture that stands for an object where its program is missing: its kind and its bytes."""
    if len(data) < 8:
        return None
    mark, kind = struct.unpack_from("<II", data)
    if mark not in _BY_NUMBER or kind not in _ENDINGS:
        return None
    device = struct.unpack_from("<I", data, 8)[0] if len(data) >= 12 else 0
    at = 8 + max(device, _NO_DEVICE)
    if at + _PICTURE_HEAD > len(data):
        return None
    size = struct.unpack_from("<I", data, at + 24)[0]
    body = data[at + _PICTURE_HEAD : at + _PICTURE_HEAD + size]
    if not body:
        return None
    ending = _ENDINGS[kind]
    return ending, bitmap_head(body[:40], len(body)) + body if ending == "bmp" else body
