"""Read a stream of blocks forward, by lines and by lengths; where it breaks, it ends, and says why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from proofroom.extract.containers.giving import BLOCK, stored
from proofroom.extract.containers.gzip_streams import gunzipped
from proofroom.extract.containers.streams import Packed
from proofroom.extract.format import Sink, Source, Unreadable
from proofroom.extract.markup.placed import PlacedSink
from proofroom.model.states import Reason, State

LONGEST_LINE: Final = 1 << 20
_GZIP: Final = b"\x1f\x8b\x08"


class Forward:
    """Blocks that are read once; `broken` is the reason why they ended early, or NONE."""

    def __init__(self, blocks: Iterable[bytes]) -> None:
        """Read from the first block on."""
        self.broken = Reason.NONE
        self._blocks = iter(blocks)
        self._data = b""
        self._at = 0

    def fill(self, least: int) -> bool:
        """Have at least so many bytes at hand; false when the stream ends before."""
        while len(self._data) - self._at < least:
            try:
                block = next(self._blocks, None)
            except Unreadable as cut:
                self.broken, block = cut.reason, None
            if block is None:
                return False
            self._data, self._at = self._data[self._at :] + block, 0
        return True

    def peek(self, count: int) -> bytes:
        """Look at the next bytes, fewer at the end."""
        self.fill(count)
        return self._data[self._at : self._at + count]

    def line(self) -> bytes:
        """Take the next line with its end; nothing at the end of the stream, the first mebibyte of a longer one."""
        size = 256
        while True:
            whole = self.fill(size)
            end = self._data.find(b"\n", self._at, self._at + size) + 1
            if end or not whole or size >= LONGEST_LINE:
                return self._take(end - self._at if end else size)
            size *= 4

    def blocks(self, length: int) -> Iterator[bytes]:
        """Take so many bytes block by block; raises Unreadable where the stream ends before."""
        while length > 0:
            if not self.fill(1):
                raise Unreadable(State.DAMAGED, self.broken or Reason.CUT_SHORT)
            block = self._take(min(length, BLOCK))
            length -= len(block)
            yield block

    def rest(self) -> Iterator[bytes]:
        """Take all that is left block by block; raises Unreadable where the stream broke."""
        while self.fill(1):
            yield self._take(BLOCK)
        if self.broken:
            raise Unreadable(State.DAMAGED, self.broken)

    def _take(self, count: int) -> bytes:
        taken = self._data[self._at : self._at + count]
        self._at += len(taken)
        return taken


def forward(source: Source, sink: Sink) -> Forward:
    """Read a file forward, unpacked where it is packed as gzip streams in a row."""
    source.untrusted.seek(0)
    if source.untrusted.read(len(_GZIP)) != _GZIP:
        return Forward(stored(source.untrusted, 0, None))
    # Each record is a stream of its own: of their headers none says more than that.
    quiet = PlacedSink(sink, b"", lambda key, value: None if ":header" in key else sink.meta(key, value))
    return Forward(_gunzipped(source, quiet))


def _gunzipped(source: Source, sink: Sink) -> Iterator[bytes]:
    _, blocks = gunzipped(Packed(source.untrusted), sink)
    yield from blocks
