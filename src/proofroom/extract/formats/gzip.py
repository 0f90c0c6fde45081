"""Read compressed single files (gzip, bzip2, xz, zstd, lzma): their one member, and what the gzip header tells.

Several streams in a row make one member, as every program unpacks them; what follows the last one and
is none is counted as a fact.
"""

from __future__ import annotations

import bz2
import lzma
import re
from collections.abc import Callable, Iterator
from typing import Final

from proofroom.extract.containers.giving import give
from proofroom.extract.containers.gzip_streams import gunzipped
from proofroom.extract.containers.own_name import own_name
from proofroom.extract.containers.streams import Packed
from proofroom.extract.containers.unpackers import LARGEST_WINDOW, SPOON, Unpacker, zstandard
from proofroom.extract.format import Format, Sink, Source, Unreadable
from proofroom.model.states import Reason, State

_XZ: Final = b"\xfd7zXZ\0"
_BZIP2: Final = b"BZh"
_ZSTANDARD: Final = b"\x28\xb5\x2f\xfd"
_LZMA: Final = b"\x5d\0\0"
_FRAME_HEAD: Final = 8
_SKIPPED: Final = re.compile(rb"[\x50-\x5f]\x2a\x4d\x18")


def read(source: Source, sink: Sink) -> None:
    """Unpack the file as one member; a broken one keeps what could be unpacked and ends `damaged`."""
    packed = Packed(source.untrusted)
    packed.fill(10)
    name, blocks = b"", None
    for mark, told, make in _KINDS:
        if packed.data.startswith(mark):
            blocks = _streams(packed, mark, make, told, sink)
    if blocks is None:
        name, blocks = gunzipped(packed, sink)
    ended = give(sink, name or own_name(source.untrusted_name), -1, blocks)
    if ended in (Reason.CUT_SHORT, Reason.BAD_CHECKSUM, Reason.NOT_WELL_FORMED):
        raise Unreadable(State.DAMAGED, ended)
    if ended is Reason.LIMIT_MEMORY:
        raise Unreadable(State.TRUNCATED, ended)


def _streams(
    packed: Packed, mark: bytes, make: Callable[[], Unpacker], told: str, sink: Sink
) -> Iterator[bytes]:
    """Unpack one stream after the other; xz may pad them with zeros, and Zstandard may say something between them."""
    while True:
        yield from packed.unpacked(make())
        if mark == _XZ:
            packed.skip_zeros()
        if mark == _ZSTANDARD:
            _skip_frames(packed)
        packed.fill(len(mark))
        if not packed.data.startswith(mark) or mark == _LZMA:
            break
    trailing = packed.count_rest()
    if trailing:
        sink.meta(f"{told}:trailing-bytes", str(trailing))


def _skip_frames(packed: Packed) -> None:
    """Pass over frames that hold none of the content (RFC 8878, 3.1.2)."""
    while packed.fill(_FRAME_HEAD) and _SKIPPED.match(packed.data):
        left = int.from_bytes(packed.take(_FRAME_HEAD)[4:], "little")
        while left and (passed := packed.take(min(left, SPOON))):
            left -= len(passed)


_KINDS: Final[tuple[tuple[bytes, str, Callable[[], Unpacker]], ...]] = (
    (_XZ, "xz", lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=LARGEST_WINDOW)),
    (_BZIP2, "bzip2", bz2.BZ2Decompressor),
    (_ZSTANDARD, "zstd", zstandard),
    (_LZMA, "lzma", lambda: lzma.LZMADecompressor(lzma.FORMAT_ALONE, memlimit=LARGEST_WINDOW)),
)

FORMAT = Format(
    "gzip",
    frozenset(
        {
            "application/gzip",
            "application/x-bzip2",
            "application/x-xz",
            "application/zstd",
            "application/x-lzma",
        }
    ),
    read,
    sample="gzip.gz",
)
