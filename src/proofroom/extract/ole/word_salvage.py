"""Find a Word document in a compound file whose directory is lost, as it is where a copy was interrupted.

Nothing says then where a stream begins. The document's block has a mark of its own; the table stream is where
the list of pieces stands at the place, and is as long, as the block says.
"""

from __future__ import annotations

import struct
from typing import BinaryIO, Final

from proofroom.extract.format import Unreadable
from proofroom.extract.ole.word_fib import Fib, read_fib
from proofroom.extract.ole.word_styles import codec_of
from proofroom.extract.ole.word_tables import WordFile
from proofroom.model.states import Reason, State

_SECTOR: Final = 512
_MARKS: Final = (b"\xec\xa5", b"\xdc\xa5")
_LARGEST: Final = 1 << 30
_PIECES: Final = 2
_CHANGES: Final = 1


def salvage(untrusted: BinaryIO) -> WordFile:
    """Give the document that stands in the bytes of a broken compound file; raises Unreadable when there is none."""
    untrusted.seek(0)
    data = untrusted.read(_LARGEST)
    for at in range(_SECTOR, len(data), _SECTOR):
        if data[at : at + 2] in _MARKS:
            try:
                fib = read_fib(data, at)
            except Unreadable:
                continue
            if fib.encrypted:
                raise Unreadable(State.DAMAGED, Reason.CUT_SHORT)
            if 0 < fib.text_start < len(data) - at:
                main = data[at : at + fib.size] if fib.size >= fib.text_end else data[at:]
                table = main if fib.old else _table(data, fib)
                return WordFile(fib, main, table, b"", codec_of(fib))
    raise Unreadable(State.DAMAGED, Reason.NOT_WELL_FORMED)


def _table(data: bytes, fib: Fib) -> bytes:
    """Give the bytes from which the table stream begins: there the list of pieces has its length."""
    start, size = fib.places.get("pieces", (0, 0))
    if not size > 5:
        return b""
    whole = struct.pack("<BI", _PIECES, size - 5)
    for at in range(_SECTOR, len(data) - start, _SECTOR):
        place = at + start
        if data.startswith(whole, place) or (
            data[place : place + 1] == bytes((_CHANGES,)) and _fits(data, place, size)
        ):
            return data[at:]
    return b""


def _fits(data: bytes, at: int, size: int) -> bool:
    """Tell whether a list of pieces of a length stands at a place, behind its changes of properties."""
    end = at + size
    while at + 3 <= min(end, len(data)) and data[at] == _CHANGES:
        at += 3 + struct.unpack_from("<H", data, at + 1)[0]
    return data.startswith(struct.pack("<BI", _PIECES, max(end - at - 5, 0)), at) and at + 5 < end
