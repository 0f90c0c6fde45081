"""Follow the lists of file nodes of a revision store (MS-ONESTORE 2.4) within the bounds of the file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

from proofroom.extract.format import Unreadable
from proofroom.extract.onenote.cursor import Broken, Cursor
from proofroom.model.states import Reason, State

_MAGIC: Final = 0xA4567AB1F5F7F4C4
_HEAD: Final = 16
_TAIL: Final = 20
_NOWHERE: Final = (0, (1 << 64) - 1)
_TERMINATOR: Final = 0xFF
_OFFSETS: Final = {0: (8, 1), 1: (4, 1), 2: (2, 8), 3: (4, 8)}
_LENGTHS: Final = {0: (4, 1), 1: (8, 1), 2: (1, 8), 3: (2, 8)}
_LARGEST: Final = 256 << 20
_FEWEST_BYTES: Final = 64 << 20
_TIMES: Final = 4
"""How often all bytes of a file may be read: chunks that many nodes share are read for each of them."""

_LOG_ENTRY: Final = 8

Chunk = tuple[int, int]
"""Where something stands in the file, and how long it is."""


@dataclass(frozen=True, slots=True)
class Node:
    """One node: its kind, the chunk it refers to (to another list if `is_list`), and what else stands in it."""

    kind: int
    chunk: Chunk | None
    is_list: bool
    data: bytes


class Lists:
    """The lists of one file; `damaged` is set where one of them breaks off."""

    def __init__(self, stream: BinaryIO, size: int, most: int) -> None:
        """Read from the stream at most so many nodes."""
        self.damaged = False
        self._stream = stream
        self._size = size
        self._left = most
        self._bytes_left = max(_FEWEST_BYTES, _TIMES * size)
        self._committed: dict[int, int] = {}

    def bytes_at(self, chunk: Chunk) -> bytes:
        """Give the bytes of a chunk; raises Broken where it does not lie in the file."""
        at, length = chunk
        if at + length > self._size or length > _LARGEST:
            raise Broken
        self._bytes_left -= length
        if self._bytes_left < 0:
            raise Unreadable(State.TRUNCATED, Reason.LIMIT_EXPANSION)
        self._stream.seek(at)
        return self._stream.read(length)

    def read_log(self, first: Chunk, transactions: int) -> None:
        """Learn from the log how many nodes of each list are valid; what lies behind them was never saved."""
        seen: set[Chunk] = set()
        chunk, counts = first, dict[int, int]()
        while chunk not in seen and 0 < chunk[0] < self._size:
            seen.add(chunk)
            cursor = Cursor(self.bytes_at(chunk))
            while cursor.left >= _LOG_ENTRY + 12:
                source, switch = cursor.number(4), cursor.number(4)
                if source == 1:
                    transactions -= 1
                    if not transactions:
                        self._committed = counts
                        return
                else:
                    counts[source] = switch
            chunk = (cursor.number(8), cursor.number(4))

    def nodes(self, first: Chunk) -> Iterator[Node]:
        """Give the nodes of a list, fragment by fragment."""
        seen: set[int] = set()
        chunk, given = first, 0
        while chunk[0] not in _NOWHERE and chunk[0] not in seen:
            seen.add(chunk[0])
            try:
                cursor, most = self._fragment(chunk)
                end = len(cursor.data) - _TAIL
                while cursor.at + 4 <= end and given < most:
                    node = _node(cursor)
                    if node is None:
                        break
                    given += 1
                    self._count()
                    yield node
                tail = Cursor(cursor.data, end)
                chunk = (tail.number(8), tail.number(4))
            except Broken:
                self.damaged = True
                return
            if given >= most:
                return

    def _fragment(self, chunk: Chunk) -> tuple[Cursor, int]:
        """Open a fragment; gives how many nodes of its list are valid."""
        cursor = Cursor(self.bytes_at(chunk))
        if len(cursor.data) < _HEAD + _TAIL or cursor.number(8) != _MAGIC:
            raise Broken
        most = self._committed.get(cursor.number(4), self._left)
        cursor.number(4)
        return cursor, most

    def _count(self) -> None:
        self._left -= 1
        if self._left < 0:
            raise Broken


def _node(cursor: Cursor) -> Node | None:
    """Read one node; None at the end of a fragment."""
    start = cursor.at
    head = cursor.number(4)
    kind, size = head & 0x3FF, head >> 10 & 0x1FFF
    if kind in (0, _TERMINATOR):
        return None
    if size < 4:
        raise Broken
    body = Cursor(cursor.data[start + 4 : start + size])
    if body.left < size - 4:
        raise Broken
    cursor.at = start + size
    base = head >> 27 & 0xF
    chunk = None
    if base in (1, 2):
        width, unit = _OFFSETS[head >> 23 & 3]
        at = body.number(width) * unit
        width, unit = _LENGTHS[head >> 25 & 3]
        chunk = (at, body.number(width) * unit)
    return Node(kind, chunk, base == 2, body.data[body.at :])
