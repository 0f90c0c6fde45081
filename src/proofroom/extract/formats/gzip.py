"""Read compressed single files (gzip, bzip2, xz): the one member they hold, and what the gzip header tells.

Several streams in a row make one member, as every program unpacks them; what follows the last one and
is none is counted as a fact.
"""

from __future__ import annotations

import bz2
import lzma
from collections.abc import Callable, Iterator
from typing import Final

from proofroom.extract.containers.giving import give
from proofroom.extract.containers.gzip_streams import gunzipped
from proofroom.extract.containers.streams import Packed
from proofroom.extract.containers.unpackers import LARGEST_WINDOW, Unpacker
from proofroom.extract.format import Format, Sink, Source, Unreadable
from proofroom.model.states import Reason, State

_ENDINGS: Final = (
    (b".tgz", b".tar"),
    (b".taz", b".tar"),
    (b".tbz", b".tar"),
    (b".tbz2", b".tar"),
    (b".txz", b".tar"),
    (b".svgz", b".svg"),
    (b".emz", b".emf"),
    (b".wmz", b".wmf"),
    (b".gz", b""),
    (b".bz2", b""),
    (b".bz", b""),
    (b".xz", b""),
    (b".z", b""),
)
_XZ: Final = b"\xfd7zXZ\0"
_BZIP2: Final = b"BZh"


def read(source: Source, sink: Sink) -> None:
    """Unpack the file as one member; a broken one keeps what could be unpacked and ends `damaged`."""
    packed = Packed(source.untrusted)
    packed.fill(10)
    if packed.data.startswith(_XZ):
        blocks = _streams(
            packed, _XZ, lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=LARGEST_WINDOW), sink
        )
        name = b""
    elif packed.data.startswith(_BZIP2):
        blocks = _streams(packed, _BZIP2, bz2.BZ2Decompressor, sink)
        name = b""
    else:
        name, blocks = gunzipped(packed, sink)
    ended = give(sink, name or _own_name(source.untrusted_name), -1, blocks)
    if ended in (Reason.CUT_SHORT, Reason.BAD_CHECKSUM, Reason.NOT_WELL_FORMED):
        raise Unreadable(State.DAMAGED, ended)
    if ended is Reason.LIMIT_MEMORY:
        raise Unreadable(State.TRUNCATED, ended)


def _streams(packed: Packed, mark: bytes, make: Callable[[], Unpacker], sink: Sink) -> Iterator[bytes]:
    """Unpack one stream after the other; xz may pad them with zeros."""
    while True:
        yield from packed.unpacked(make())
        if mark == _XZ:
            packed.skip_zeros()
        packed.fill(len(mark))
        if not packed.data.startswith(mark):
            break
    trailing = packed.count_rest()
    if trailing:
        sink.meta("xz:trailing-bytes" if mark == _XZ else "bzip2:trailing-bytes", str(trailing))


def _own_name(untrusted_name: bytes) -> bytes:
    """Give the file's own name without the ending of its compression; `content` when nothing is left."""
    name = untrusted_name.rpartition(b"/")[2]
    for ending, instead in _ENDINGS:
        if name.lower().endswith(ending) and len(name) > len(ending):
            return name[: len(name) - len(ending)] + instead
    return b"content"


FORMAT = Format(
    "gzip",
    frozenset({"application/gzip", "application/x-bzip2", "application/x-xz"}),
    read,
    sample="gzip.gz",
)
