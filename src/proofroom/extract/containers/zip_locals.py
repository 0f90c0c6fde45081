"""Find the entries of a zip by their local headers, also those that no directory lists (APPNOTE.TXT 6.3.10)."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import BinaryIO, Final

from proofroom.extract.containers.giving import BLOCK, stored
from proofroom.extract.containers.unpackers import BY_ZIP_METHOD, spoons, unpack
from proofroom.extract.containers.zip_entries import (
    AES,
    ALL,
    DESCRIPTOR,
    ENCRYPTED,
    LZMA,
    PPMD,
    SHORT_ALL,
    STORED,
    Entry,
    extra_fields,
    unicode_name,
)
from proofroom.extract.format import Unreadable

_LOCAL: Final = struct.Struct("<4sHHHHHIIIHH")
_BLANK: Final = 0x20
_FEW_VERSIONS: Final = 100
_METHODS: Final = frozenset((STORED, LZMA, PPMD, AES, 1, 6, 10, 94, 96, 97, *BY_ZIP_METHOD))
_MARK: Final = re.compile(rb"PK(?:\x03\x04|\x07\x08|\x01\x02)")
_MARK_LENGTH: Final = 4
_DESCRIPTOR_REACH: Final = 16 << 20
_SHORT_REACH: Final = 1 << 12
_LEAST_WORK: Final = 64 << 20
_UNPACKING_IS_CHEAPER: Final = 6


def local_entry(stream: BinaryIO, at: int) -> tuple[Entry, int] | None:
    """Read the local header at a place and where its data begins; None when none stands there."""
    if at < 0:
        return None
    stream.seek(at)
    head = stream.read(_LOCAL.size)
    if len(head) < _LOCAL.size or not head.startswith(b"PK\3\4"):
        return None
    _, version, flags, method, time, day, crc, packed, size, name_length, extra_length = _LOCAL.unpack(head)
    name = stream.read(name_length)
    extra = stream.read(extra_length)
    if len(name) < name_length:
        return None
    wide = extra_fields(extra).get(1, b"")
    if size == ALL == packed and len(wide) >= 16:
        size, packed = struct.unpack_from("<QQ", wide)
    later = bool(flags & DESCRIPTOR)
    entry = Entry(
        untrusted_name=unicode_name(name, extra),
        at=at,
        flags=flags,
        method=method,
        moment=day << 16 | time,
        crc=None if later and not crc else crc,
        packed=None if later and not packed else packed,
        size=None if later and not size else size,
        version=version,
        extra=extra,
        listed=False,
    )
    return entry, at + _LOCAL.size + name_length + extra_length


def unlisted_entries(stream: BinaryIO, start: int, end: int) -> Iterator[tuple[Entry, int]]:
    """Find entries by their local headers in a part of the file, and where the data of each begins.

    What an entry holds is passed over, so that a zip stored in it is not taken for entries of this one.
    """
    marks = _Marks(stream, end)
    work = _Work(4 * (end - start) + _LEAST_WORK)
    at = follows = start
    while (at := marks.find(at)) >= 0:
        found = local_entry(stream, at)
        if found is None or not _is_likely(found[0], follows=at == follows):
            at += _MARK_LENGTH
            continue
        entry, data = found
        if entry.packed is None:
            entry = _measured(stream, entry, data, end, work)
        yield entry, data
        at = max(data + (entry.packed or 0), at + _MARK_LENGTH)
        follows = _behind_descriptor(stream, at) if entry.flags & DESCRIPTOR else at


class _Marks:
    """Finds the marks of local headers in a file, a block of it in memory at a time."""

    def __init__(self, stream: BinaryIO, end: int) -> None:
        self._stream = stream
        self._end = end
        self._at = 0
        self._data = b""

    def find(self, start: int) -> int:
        """Give the place of the next mark of something that could be a local header, or -1."""
        at = start
        while at < self._end:
            if not self._at <= at <= self._at + len(self._data) - _LOCAL.size:
                self._stream.seek(at)
                self._at, self._data = at, self._stream.read(min(BLOCK, self._end - at))
            found = self._data.find(b"PK\3\4", at - self._at)
            last = self._at + len(self._data) >= self._end or len(self._data) < _LOCAL.size
            if found < 0:
                if last:
                    return -1
                at = self._at + len(self._data) - _MARK_LENGTH + 1
            elif found + _LOCAL.size > len(self._data):
                if last:
                    return -1
                at = self._at + found
            elif int.from_bytes(self._data[found + 8 : found + 10], "little") in _METHODS:
                return self._at + found
            else:
                at = self._at + found + _MARK_LENGTH
        return -1


@dataclass(slots=True)
class _Work:
    """Bytes that may still be read or unpacked to find where entries end."""

    left: int


def _behind_descriptor(stream: BinaryIO, at: int) -> int:
    """Give where the next header stands when a data descriptor of one of its four forms lies between."""
    stream.seek(at)
    data = stream.read(28)
    return next((at + size for size in (16, 12, 24, 20) if data[size : size + 4] == b"PK\3\4"), at)


def _is_likely(entry: Entry, *, follows: bool) -> bool:
    """Tell a local header from the same four bytes in a program or a picture.

    One that stands where the entry before it ends may have any name, also none.
    """
    return (
        entry.method in _METHODS
        and entry.version & 0xFF < _FEW_VERSIONS
        and len(entry.untrusted_name) <= SHORT_ALL >> 3
        and (follows or (bool(entry.untrusted_name) and min(entry.untrusted_name) >= _BLANK))
    )


def _measured(stream: BinaryIO, entry: Entry, start: int, end: int, work: _Work) -> Entry:
    """Find how long an entry is whose sizes stand behind it."""
    if entry.method in BY_ZIP_METHOD and not entry.flags & ENCRYPTED:
        packed = _packed_length(stream, entry, start, work)
        stream.seek(start + packed)
        crc = _descriptor_crc(stream.read(24), packed)
        return replace(entry, packed=packed, crc=crc if crc is not None else entry.crc)
    return _up_to_descriptor(stream, entry, start, end, work)


def _packed_length(stream: BinaryIO, entry: Entry, start: int, work: _Work) -> int:
    """Unpack once, keeping nothing, to see where the stream ends by itself; 0 when it does not."""
    unpacker = BY_ZIP_METHOD[entry.method]()
    taken = 0

    def counted() -> Iterator[bytes]:
        nonlocal taken
        for block in spoons(stored(stream, start, None)):
            taken += len(block)
            work.left -= len(block)
            yield block

    try:
        for block in unpack(unpacker, counted()):
            work.left -= len(block) >> _UNPACKING_IS_CHEAPER
            if work.left < 0:
                return 0
    except Unreadable:
        return 0
    return taken - len(unpacker.unused_data)


def _up_to_descriptor(stream: BinaryIO, entry: Entry, start: int, end: int, work: _Work) -> Entry:
    """Look for the descriptor that tells the very distance at which it stands, else for the next header."""
    stream.seek(start)
    data = stream.read(min(end - start, max(min(work.left, _DESCRIPTOR_REACH), _SHORT_REACH)))
    work.left -= len(data)
    following = len(data)
    for mark in _MARK.finditer(data):
        at = mark.start()
        if mark.group() == b"PK\7\x08":
            crc = _descriptor_crc(data[at : at + 24], at)
            if crc is not None:
                return replace(entry, packed=at, size=at if entry.method == STORED else None, crc=crc)
        else:
            following = min(following, at)
    return replace(entry, packed=following)


def _descriptor_crc(data: bytes, packed: int) -> int | None:
    """Give the checksum of the data descriptor at a place, when its length is that of the data before it."""
    marked = data.startswith(b"PK\7\x08")
    body = data[4:] if marked else data
    for width in (4, 8):
        if len(body) >= 4 + width and int.from_bytes(body[4 : 4 + width], "little") == packed:
            return int.from_bytes(body[:4], "little")
    return None
