"""Open a 7z archive: find its header, unpack and decrypt that where needed, and open its folders."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import Final

from proofroom.extract.containers.giving import checked
from proofroom.extract.containers.set_names import is_part
from proofroom.extract.containers.seven_coders import (
    Keys,
    aes_properties,
    cost_of,
    is_locked,
    unpacked_folder,
)
from proofroom.extract.containers.seven_cursor import Cursor, broken
from proofroom.extract.containers.seven_headers import (
    ENCODED,
    Coder,
    File,
    Folder,
    Streams,
    read_header,
    read_streams,
)
from proofroom.extract.format import Source, Unreadable
from proofroom.extract.trying import Tries
from proofroom.model.states import Reason, State

_START: Final = struct.Struct("<6s2sIQQI")
_MARK: Final = b"7z\xbc\xaf\x27\x1c"
_LARGEST_HEADER: Final = 256 << 20
_MOST_WRAPPED: Final = 4
_VERIFIED: Final = 256 << 20
_DAMAGE: Final = frozenset((Reason.BAD_CHECKSUM, Reason.NOT_WELL_FORMED, Reason.CUT_SHORT))


class Archive:
    """One archive: its files and its folders, opened with the passwords of the source."""

    def __init__(self, source: Source, tries: Tries) -> None:
        """Read the header; raises Unreadable when it cannot be found, unpacked or unlocked."""
        self._source = source
        self._keys = Keys()
        self.tries = tries
        self.streams = Streams()
        self.files: list[File] = []
        data = self._next_header()
        for _ in range(_MOST_WRAPPED):
            if not data or data[0] != ENCODED:
                break
            data = self._unwrapped(Cursor(data[1:]))
        if data:
            self.streams, self.files = read_header(Cursor(data))

    def folder_blocks(self, number: int) -> Iterator[bytes]:
        """Give what a folder holds, decrypted with the password that fits it."""
        before = sum(len(folder.packed) for folder in self.streams.folders[:number])
        return self._blocks(self.streams, number, before)

    def _next_header(self) -> bytes:
        stream, size = self._source.untrusted, self._source.size
        stream.seek(0)
        start = stream.read(_START.size)
        if len(start) < _START.size:
            raise Unreadable(State.DAMAGED, Reason.CUT_SHORT)
        mark, _, start_crc, offset, length, crc = _START.unpack(start)
        if mark != _MARK or zlib.crc32(start[12:]) != start_crc:
            raise broken()
        if _START.size + offset + length > size:
            if is_part(self._source.untrusted_name):
                # Its table stands at the end of the last file of the set.
                raise Unreadable(State.UNKNOWN, Reason.PART_OF_SET)
            raise Unreadable(State.DAMAGED, Reason.CUT_SHORT)
        if length > _LARGEST_HEADER:
            raise Unreadable(State.TRUNCATED, Reason.LIMIT_MEMORY)
        stream.seek(_START.size + offset)
        data = stream.read(length)
        if zlib.crc32(data) != crc:
            raise Unreadable(State.DAMAGED, Reason.BAD_CHECKSUM)
        return data

    def _unwrapped(self, cursor: Cursor) -> bytes:
        """Unpack a header that is packed like a file."""
        streams = read_streams(cursor)
        if not streams.folders:
            raise broken()
        if streams.folders[0].size > _LARGEST_HEADER:
            raise Unreadable(State.TRUNCATED, Reason.LIMIT_MEMORY)
        return b"".join(checked(self._blocks(streams, 0, 0, is_header=True), streams.folders[0].crc))

    def _blocks(
        self, streams: Streams, number: int, pack: int, *, is_header: bool = False
    ) -> Iterator[bytes]:
        folder = streams.folders[number]
        if pack >= len(streams.packed):
            raise broken()
        at = _START.size + streams.at + sum(streams.packed[:pack])
        packed = streams.packed[pack]
        if not is_locked(folder):
            return unpacked_folder(self._source.untrusted, folder, at, packed, None)
        for place, password in self.tries.each(cost_of(folder)):
            if self._fits(folder, at, packed, password, is_header=is_header):
                self.tries.found(place)
                return self._opened(folder, at, packed, password)
        raise self.tries.refuse()

    def _opened(self, folder: Folder, at: int, packed: int, password: str) -> Iterator[bytes]:
        def unlock(coder: Coder) -> bytes:
            power, salt, _ = aes_properties(coder)
            return self._keys.key(password, salt, power)

        return unpacked_folder(self._source.untrusted, folder, at, packed, unlock)

    def _fits(self, folder: Folder, at: int, packed: int, password: str, *, is_header: bool) -> bool:
        """Tell whether a password gives bytes that unpack and fit the first checksum there is.

        Not every program stores a checksum with a locked header; then it must at least read as one.
        """
        size, crc = folder.streams[0] if folder.streams else (folder.size, folder.crc)
        left, found = min(size, _VERIFIED), 0
        whole = left == size
        try:
            blocks = self._opened(folder, at, packed, password)
            if is_header and crc is None:
                return _is_header(b"".join(blocks))
            for block in blocks:
                found = zlib.crc32(block[:left], found)
                left -= min(left, len(block))
                if not left:
                    break
        except Unreadable as cut:
            if cut.reason in _DAMAGE or cut.state is State.LOCKED:
                return False
            raise
        return not whole or crc is None or found == crc


def _is_header(data: bytes) -> bool:
    """Tell whether bytes read as a header, packed or plain; raises Unreadable when they break its rules."""
    if data[:1] == bytes((ENCODED,)):
        return bool(read_streams(Cursor(data[1:])).folders)
    read_header(Cursor(data))
    return True
