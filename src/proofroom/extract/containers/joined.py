"""Read pieces (bytes of ours, and parts of a file nobody trusts) as one stream, from any place."""

from __future__ import annotations

import io
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from typing import BinaryIO, Protocol


class Piece(Protocol):
    """So many bytes that can be read from any place on."""

    size: int

    def read(self, at: int, count: int) -> bytes:
        """Give at most so many bytes from a place on."""


class Range:
    """A part of a stream."""

    def __init__(self, stream: BinaryIO, start: int, size: int) -> None:
        """Read so many bytes from there on."""
        self.size = size
        self._stream = stream
        self._start = start

    def read(self, at: int, count: int) -> bytes:
        """Give at most so many bytes from a place on."""
        self._stream.seek(self._start + at)
        return self._stream.read(max(min(count, self.size - at), 0))


class Joined(io.RawIOBase):
    """Pieces read as one stream."""

    def __init__(self, pieces: Sequence[bytes | Piece]) -> None:
        """Join pieces in their order."""
        super().__init__()
        self._pieces = pieces
        lengths = [len(piece) if isinstance(piece, bytes) else piece.size for piece in pieces]
        self._starts = list(accumulate(lengths, initial=0))
        self.size = self._starts.pop()
        self._at = 0

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Move to a place from the beginning; nothing asks for another kind."""
        self._at = offset if whence == io.SEEK_SET else self._at
        return self._at

    def readinto(self, buffer: bytearray, /) -> int:  # type: ignore[override]  # any buffer will do
        """Read on; 0 at the end."""
        if self._at >= self.size:
            return 0
        number = bisect_right(self._starts, self._at) - 1
        piece, inside = self._pieces[number], self._at - self._starts[number]
        room = memoryview(buffer).cast("B")
        data = (
            piece[inside : inside + len(room)] if isinstance(piece, bytes) else piece.read(inside, len(room))
        )
        room[: len(data)] = data
        self._at += len(data)
        return len(data)
