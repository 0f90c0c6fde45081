"""Read the properties that a locked presentation or document keeps apart (MS-OFFCRYPTO 2.3.5.4)."""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Final

STREAM: Final = "EncryptedSummary"
_HEAD: Final = struct.Struct("<II")
_LINE: Final = struct.Struct("<IIHBBI")
_MOST: Final = 64


class LockedSummary:
    """The streams inside the locked one, by name, as the reader of properties wants them."""

    def __init__(self, data: bytes, undo: Callable[[bytes, int], bytes]) -> None:
        """Undo the list of streams, and each stream with the key of its number."""
        self._streams: dict[str, bytes] = {}
        at, size = _HEAD.unpack_from(data)
        listed = undo(data[at : at + size], 0)
        (count,) = struct.unpack_from("<I", listed)
        place = 4
        for _ in range(min(count, _MOST)):
            start, length, block, letters, _flags, _rest = _LINE.unpack_from(listed, place)
            place += _LINE.size
            name = listed[place : place + 2 * letters].decode("utf-16-le", "replace")
            place += 2 * (letters + 1)
            self._streams[name.lower()] = undo(data[start : start + length], block)

    def has(self, name: str) -> bool:
        """Tell whether there is a stream of that name."""
        return name.lower() in self._streams

    def stream(self, name: str) -> bytes | None:
        """Give a stream's bytes, None when there is none."""
        return self._streams.get(name.lower())

    def root_times(self) -> tuple[str, str]:
        """Give no times: those of the file stand outside."""
        return "", ""
