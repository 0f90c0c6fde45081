"""Read streams packed by old or rare programs (compress, lzip, lz4): the one member that each holds.

The system's libarchive unpacks them, and compares the checksums that lzip and lz4 carry.
"""

from __future__ import annotations

from typing import Final

from proofroom.extract.containers.archive_library import Archive
from proofroom.extract.containers.giving import give
from proofroom.extract.containers.own_name import own_name
from proofroom.extract.format import Format, Sink, Source, Unreadable
from proofroom.model.states import Reason, State

_FILTERS: Final = {b"\x1f\x9d": "filter_compress", b"LZ": "filter_lzip", b"\x04\x22": "filter_lz4"}
_ENDS: Final = (Reason.CUT_SHORT, Reason.BAD_CHECKSUM, Reason.NOT_WELL_FORMED)


def read(source: Source, sink: Sink) -> None:
    """Unpack the file as one member; a broken one keeps what could be unpacked and ends `damaged`."""
    source.untrusted.seek(0)
    chosen = _FILTERS.get(source.untrusted.read(2))
    if chosen is None:
        raise Unreadable(State.DAMAGED, Reason.NOT_WELL_FORMED)
    with Archive(source.untrusted, source.size, "format_raw", chosen) as archive:
        for _ in archive.entries():
            ended = give(sink, own_name(source.untrusted_name), -1, archive.blocks())
            if ended in _ENDS:
                raise Unreadable(State.DAMAGED, ended)


FORMAT = Format(
    "packed",
    frozenset({"application/x-compress", "application/x-lzip", "application/x-lz4"}),
    read,
    sample="packed.lz4",
)
