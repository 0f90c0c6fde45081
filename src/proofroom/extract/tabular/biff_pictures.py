"""Hand out the pictures of an .xls workbook (MS-ODRAW 2.2.20), each as a member named by its place in the store."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final

from proofroom.extract.containers.giving import give
from proofroom.extract.format import Sink
from proofroom.extract.ole.blips import Blip, bitmap_head, blip_at, blocks
from proofroom.extract.tabular.biff_records import continued
from proofroom.model.states import Reason

_HEAD: Final = struct.Struct("<HHI")
_STORE: Final = 0xF001
_GROUP: Final = 0xF000
_ENTRY: Final = 0xF007
_ENTRY_HEAD: Final = 36
_OLD_PICTURE: Final = struct.Struct("<HHI")
_BITMAP, _METAFILE = 9, 2
_WINDOWS: Final = 1
_METAFILE_HEAD: Final = 8
_FULL_HEAD: Final = 40


class Pictures:
    """The pictures of one workbook by their numbers, as shapes name them."""

    def __init__(self, drawing: bytes) -> None:
        """Find the pictures in the drawing that belongs to the whole workbook."""
        self._drawing = drawing
        self._found: dict[int, Blip] = {}
        self.whole = True
        for number, (start, end) in enumerate(self._entries(), 1):
            blip = blip_at(drawing[:end], start)
            if blip is not None and blip.end > blip.start:
                self._found[number] = blip
            elif end - start > _HEAD.size + _ENTRY_HEAD + 1:
                self.whole = False

    @property
    def names(self) -> dict[int, str]:
        """Give the name of each picture's member by its number."""
        return {number: f"pictures/{number}.{blip.ending}" for number, blip in self._found.items()}

    def send(self, sink: Sink) -> None:
        """Hand out each picture."""
        for number, blip in self._found.items():
            give(sink, self.names[number].encode(), -1, blocks(self._drawing, blip))
        if not self.whole:
            sink.partly(Reason.DAMAGED_PART)

    def _entries(self) -> Iterator[tuple[int, int]]:
        """Give where each entry of the store starts and ends."""
        for start, end in self._inside(0, len(self._drawing), _GROUP):
            for first, last in self._inside(start, end, _STORE):
                yield from self._inside(first, last, _ENTRY, head=True)

    def _inside(self, at: int, end: int, wanted: int, *, head: bool = False) -> Iterator[tuple[int, int]]:
        """Give the records of a kind that lie directly in a container; a cut one ends there."""
        while at + _HEAD.size <= end:
            _, kind, size = _HEAD.unpack_from(self._drawing, at)
            stop = at + _HEAD.size + size
            self.whole = self.whole and stop <= end
            if kind == wanted:
                yield (at if head else at + _HEAD.size), min(stop, end)
            at = stop


def send_old_picture(data: bytes, start: int, end: int, name: str, sink: Sink) -> None:
    """Hand out a bitmap of Excel 5, or one behind the cells, which stands in a record of its own."""
    kind, program, size = _OLD_PICTURE.unpack_from(data, start)
    record = continued(data, start + _OLD_PICTURE.size, end)
    left = min(size, sum(last - first for first, last in record.pieces))
    body = record.take(left)
    if kind == _BITMAP:
        give(sink, f"{name}.bmp".encode(), -1, (bitmap_head(body[:_FULL_HEAD], len(body)), body))
    elif kind == _METAFILE and program == _WINDOWS:
        give(sink, f"{name}.wmf".encode(), -1, (body[_METAFILE_HEAD:],))
    else:
        give(sink, f"{name}.bin".encode(), -1, (body,))
