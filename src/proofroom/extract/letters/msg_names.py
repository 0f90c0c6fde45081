"""Name the named properties of a message file or a store by the three streams in which both keep the names."""

from __future__ import annotations

import struct
from typing import Final

from proofroom.extract.letters.mapi_named import (
    MAPI_SET,
    STRINGS_SET,
    guid_text,
    numbered_name,
    spelled_name,
)

_FIRST_NAMED: Final = 0x8000
_MOST: Final = 65_536


def names_of(guids: bytes, entries: bytes, strings: bytes) -> dict[int, str]:
    """Give the names behind the numbers beyond 0x8000 (MS-OXMSG 2.2.3, MS-PST 2.4.7)."""
    sets = [
        "",
        MAPI_SET,
        STRINGS_SET,
        *(guid_text(guids[at : at + 16]) for at in range(0, len(guids) - 15, 16)),
    ]
    names: dict[int, str] = {}
    for at in range(0, min(len(entries), _MOST * 8) - 7, 8):
        number, kind, index = struct.unpack_from("<IHH", entries, at)
        set_id = sets[kind >> 1] if kind >> 1 < len(sets) else ""
        if kind & 1:
            length = int.from_bytes(strings[number : number + 4], "little")
            name = strings[number + 4 : number + 4 + length].decode("utf-16-le", "replace")
            names[_FIRST_NAMED + index] = spelled_name(set_id, name)
        else:
            names[_FIRST_NAMED + index] = numbered_name(set_id, number)
    return names
