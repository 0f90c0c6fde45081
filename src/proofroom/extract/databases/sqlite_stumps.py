"""Deleted records of SQLite whose first four bytes are overwritten: what they were, where only one answer fits.

Lost are the record's length, its row id, and, where these were short, the length of its header and its first
type. All other types stand there still, and their sizes must fill the rest to the byte.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Final

from proofroom.extract.databases.blobs import as_text
from proofroom.extract.databases.sqlite_pages import Broken, varint
from proofroom.extract.databases.sqlite_records import size_of

OVERWRITTEN: Final = 4
_WHOLE_NUMBERS: Final = {1: 1, 2: 2, 3: 3, 4: 4, 6: 5, 8: 6}
_TEXT, _BLOB = 13, 12
_MOST_WIDTHS: Final = 16
_SMALL: Final = 0x80


def cells_in(page: bytes, at: int, end: int) -> Iterator[tuple[int, int]]:
    """Cut a free block into the cells of which it was joined: each that was free before still says how far it went."""
    inner = (
        place
        for place in range(at + OVERWRITTEN, end - OVERWRITTEN)
        if page[place + 2] << 8 | page[place + 3] == end - place
    )
    yield from pairwise([at, *inner, end])


def restored(tail: bytes, widths: Iterable[int]) -> bytes | None:
    """Give the record of which this is the end, with its header; None when nothing fits."""
    for width in sorted(widths)[:_MOST_WIDTHS]:
        for lost, skipped in ((0, 1), (0, 0), (1, 0)):
            record = _fitting(tail, width, lost, skipped)
            if record is not None:
                return record
    return None


def _fitting(tail: bytes, width: int, lost: int, skipped: int) -> bytes | None:
    """Try one answer: so many types are lost, and so many bytes of the header's length stand before the others."""
    types: list[int] = []
    at = skipped
    try:
        while len(types) < width - lost:
            kind, at = varint(tail, at)
            types.append(kind)
        rest = len(tail) - at - sum(map(size_of, types))
    except Broken:
        return None
    # The header counts its own length, of one byte: nothing longer is looked for.
    header = 1 + lost + at - skipped
    if rest < 0 or (not lost and rest) or header >= _SMALL or not any(types):
        return None
    if skipped and tail[0] != header:
        return None
    if not lost:
        return bytes((header,)) + tail[skipped:]
    first = _type_of(tail[at : at + rest])
    return None if first is None else bytes((header, first)) + tail


def _type_of(data: bytes) -> int | None:
    """Guess the type of a value of which only the bytes are known; None for one whose type took more than a byte."""
    if not data:
        return 0
    kind = (_TEXT if as_text(data) else _BLOB) + 2 * len(data)
    if kind & 1 == 0 and len(data) in _WHOLE_NUMBERS:
        return _WHOLE_NUMBERS[len(data)]
    return kind if kind < _SMALL else None
