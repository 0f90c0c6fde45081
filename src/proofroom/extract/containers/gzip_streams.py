"""Read gzip streams (RFC 1952) with their headers' facts, and check what each of them unpacks to."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from proofroom.extract.containers.giving import text_of
from proofroom.extract.containers.streams import Packed
from proofroom.extract.containers.unpackers import Inflater
from proofroom.extract.format import Sink, Unreadable
from proofroom.model.states import Reason, State

_MARK: Final = b"\x1f\x8b\x08"
_HEAD: Final = 10
_HEADER_CHECK, _EXTRA, _NAME, _COMMENT = 2, 4, 8, 16
_LONGEST_TEXT: Final = 1 << 16
_MOST_TOLD: Final = 100


@dataclass(frozen=True, slots=True)
class _Header:
    """The facts of one stream's header."""

    untrusted_name: bytes
    untrusted_comment: bytes
    extra: bytes
    moment: int
    level: int
    system: int


def gunzipped(packed: Packed, sink: Sink) -> tuple[bytes, Iterator[bytes]]:
    """Read the first header; gives the original name it holds, and the blocks of all streams together."""
    header = _header(packed)
    _tell(header, 1, sink)
    return header.untrusted_name, _all(packed, sink)


def _all(packed: Packed, sink: Sink) -> Iterator[bytes]:
    """Unpack the stream whose header was read, and those that follow."""
    count = 1
    while True:
        yield from _one(packed)
        packed.fill(len(_MARK))
        if not packed.data.startswith(_MARK):
            break
        count += 1
        _tell(_header(packed), count, sink)
    if count > 1:
        sink.meta("gzip:streams", str(count))
    packed.skip_zeros()
    trailing = packed.count_rest()
    if trailing:
        sink.meta("gzip:trailing-bytes", str(trailing))


def _one(packed: Packed) -> Iterator[bytes]:
    """Unpack one stream and compare its checksum and length."""
    checksum = size = 0
    for block in packed.unpacked(Inflater()):
        checksum = zlib.crc32(block, checksum)
        size += len(block)
        yield block
    stated = packed.take(8)
    if len(stated) < 8:
        raise Unreadable(State.DAMAGED, Reason.CUT_SHORT)
    if stated != checksum.to_bytes(4, "little") + (size & 0xFFFFFFFF).to_bytes(4, "little"):
        raise Unreadable(State.DAMAGED, Reason.BAD_CHECKSUM)


def _header(packed: Packed) -> _Header:
    """Read a stream's header; raises Unreadable when the file ends in it."""
    head = packed.take(_HEAD)
    if len(head) < _HEAD:
        raise Unreadable(State.DAMAGED, Reason.CUT_SHORT)
    if not head.startswith(_MARK):
        raise Unreadable(State.DAMAGED, Reason.NOT_WELL_FORMED)
    flags = head[3]
    extra = packed.take(int.from_bytes(packed.take(2), "little")) if flags & _EXTRA else b""
    name = _text(packed) if flags & _NAME else b""
    comment = _text(packed) if flags & _COMMENT else b""
    if flags & _HEADER_CHECK:
        packed.take(2)
    return _Header(name, comment, extra, int.from_bytes(head[4:8], "little"), head[8], head[9])


def _text(packed: Packed) -> bytes:
    """Read a text up to its NUL; one that never ends is cut short or absurd."""
    length = 64
    while True:
        whole = packed.fill(length)
        end = packed.data.find(b"\0", 0, length)
        if end >= 0:
            return packed.take(end + 1)[:-1]
        if not whole:
            raise Unreadable(State.DAMAGED, Reason.CUT_SHORT)
        if length > _LONGEST_TEXT:
            raise Unreadable(State.DAMAGED, Reason.NOT_WELL_FORMED)
        length *= 2


def _tell(header: _Header, number: int, sink: Sink) -> None:
    """Keep a header's facts; those of further streams stand under their number."""
    if number > _MOST_TOLD:
        return
    after = "" if number == 1 else f":{number}"
    if header.untrusted_name:
        sink.meta(f"gzip:name{after}", text_of(header.untrusted_name))
    if header.untrusted_comment:
        sink.meta(f"gzip:comment{after}", text_of(header.untrusted_comment))
    if header.extra:
        sink.meta(f"gzip:extra{after}", header.extra[:256].hex())
    facts = f"mtime={header.moment} level={header.level} system={header.system}"
    sink.meta(f"gzip:header{after}", facts)
