"""Write a zip in the clear, entry by entry, always the same bytes for the same entries (APPNOTE.TXT 6.3.10, 4.3)."""

from __future__ import annotations

import struct
import zlib
from typing import Final

from proofroom.extract.format import MemberWriter, Unreadable
from proofroom.model.states import Reason, State

STORED, DEFLATED = 0, 8
_LOCAL: Final = struct.Struct("<4sHHHHHIIIHH")
_CENTRAL: Final = struct.Struct("<4sHHHHHHIIIHHHHHII")
_END: Final = struct.Struct("<4sHHHHIIH")
_VERSION: Final = 20
_UTF8: Final = 0x800
_LARGEST: Final = 0xFFFFFFFF
_MOST: Final = 0xFFFF
_FIRST_DAY: Final = (1980 - 1980) << 9 | 1 << 5 | 1


class PlainZip:
    """A zip on its way into a member; call `end` when all entries are written."""

    def __init__(self, out: MemberWriter) -> None:
        """Write to the member."""
        self._out = out
        self._at = 0
        self._entries: list[bytes] = []

    def add(self, name: bytes, method: int, packed: bytes, clear: tuple[int, int]) -> None:
        """Write an entry as it is packed; `clear` is the checksum and size of what it holds."""
        checksum, size = clear
        after = self._at + _LOCAL.size + len(name) + len(packed)
        if max(size, after) > _LARGEST or len(self._entries) >= _MOST or len(name) > _MOST:
            raise Unreadable(State.TRUNCATED, Reason.LIMIT_MEMBER_BYTES)
        told = (_UTF8, method, 0, _FIRST_DAY, checksum, len(packed), size, len(name), 0)
        self._out.write(_LOCAL.pack(b"PK\3\4", _VERSION, *told) + name)
        self._out.write(packed)
        rest = (0, 0, 0, 0, self._at)
        self._entries.append(_CENTRAL.pack(b"PK\1\2", _VERSION, _VERSION, *told, *rest) + name)
        self._at = after

    def store(self, name: bytes, data: bytes) -> None:
        """Write an entry that is not packed."""
        self.add(name, STORED, data, (zlib.crc32(data), len(data)))

    def end(self) -> None:
        """Write the directory."""
        directory, count = b"".join(self._entries), len(self._entries)
        self._out.write(directory)
        self._out.write(_END.pack(b"PK\5\6", 0, 0, count, count, len(directory), self._at, 0))
