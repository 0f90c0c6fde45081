"""Hand members of a container out block by block, and say what became of those without bytes."""

from __future__ import annotations

import stat
import zlib
from collections.abc import Iterable, Iterator
from typing import BinaryIO, Final

from proofroom.extract.encoding import decode_all, find_encoding
from proofroom.extract.format import Sink, Unreadable
from proofroom.model.states import Reason, State

BLOCK: Final = 1 << 18
"""Bytes that are unpacked and handed out at a time."""

MOST_FACTS: Final = 10_000
"""Entries whose facts are kept: more of them would drown what a reader looks for."""

_LONGEST_FACT: Final = 4_096
_LARGEST_SIZE: Final = (1 << 63) - 1
_PART: Final = {
    Reason.BAD_CHECKSUM: Reason.DAMAGED_PART,
    Reason.CUT_SHORT: Reason.DAMAGED_PART,
    Reason.NOT_WELL_FORMED: Reason.DAMAGED_PART,
    Reason.UNSUPPORTED_VARIANT: Reason.UNREAD_PART,
    Reason.NO_LIBRARY: Reason.NO_LIBRARY,
    Reason.PART_OF_SET: Reason.PART_OF_SET,
    Reason.UNSUPPORTED_ENCRYPTION: Reason.LOCKED_PART,
    Reason.PASSWORD_UNKNOWN: Reason.LOCKED_PART,
    Reason.LIMIT_PASSWORDS: Reason.LOCKED_PART,
}
_SPECIAL: Final = {
    stat.S_IFLNK: Reason.SYMLINK,
    stat.S_IFIFO: Reason.FIFO,
    stat.S_IFSOCK: Reason.SOCKET,
    stat.S_IFCHR: Reason.DEVICE,
    stat.S_IFBLK: Reason.DEVICE,
}


def give(sink: Sink, untrusted_name: bytes, size: int, blocks: Iterable[bytes]) -> Reason:
    """Hand out one member; gives the reason why it ended early, or NONE. Damage makes the container partly read."""
    ended = Reason.NONE
    with sink.member(untrusted_name, min(size, _LARGEST_SIZE)) as out:
        try:
            for block in blocks:
                out.write(block)
        except Unreadable as cut:
            ended = cut.reason
            raise
    if ended in _PART:
        sink.partly(_PART[ended])
    return ended


def withhold(sink: Sink, untrusted_name: bytes, state: State, reason: Reason) -> None:
    """Record a member without its bytes; a locked, unknown or damaged one makes the container partly read."""
    sink.member_without_bytes(untrusted_name, state, reason)
    if reason in _PART:
        sink.partly(_PART[reason])


def special(mode: int) -> Reason:
    """Say what a Unix mode makes of an entry that is no file: a link, a device, a pipe; NONE for a file."""
    return _SPECIAL.get(stat.S_IFMT(mode), Reason.NONE)


def checked(blocks: Iterable[bytes], checksum: int | None) -> Iterator[bytes]:
    """Pass blocks on and compare their CRC-32 at the end; a wrong one is told after all bytes were given."""
    found = 0
    for block in blocks:
        found = zlib.crc32(block, found)
        yield block
    if checksum is not None and found != checksum:
        raise Unreadable(State.DAMAGED, Reason.BAD_CHECKSUM)


def stored(stream: BinaryIO, at: int, length: int | None) -> Iterator[bytes]:
    """Give bytes as they stand in the file, to its end when no length is given; an end too early is told."""
    end = None if length is None else at + length
    while end is None or at < end:
        stream.seek(at)
        block = stream.read(BLOCK if end is None else min(BLOCK, end - at))
        if not block:
            if end is None:
                return
            raise Unreadable(State.DAMAGED, Reason.CUT_SHORT)
        at += len(block)
        yield block


def text_of(untrusted: bytes) -> str:
    """Decode a short text of a container (a comment, an owner) by detection; a very long one is cut."""
    short = untrusted[:_LONGEST_FACT]
    return decode_all(short, find_encoding(short, True).encoding).strip("\0")
