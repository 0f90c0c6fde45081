"""Put what a reader of one page gives at a place inside a larger work: a chapter, a saved frame, a record.

Lines get the place before their own address, members a folder before their name; of properties the owner
decides which are kept, since those of a hundred chapters drown what the work says of itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager

from proofroom.extract.format import Cells, Line, MemberWriter, Sink
from proofroom.extract.markup.batches import LineBatch
from proofroom.model.evidence import Flag
from proofroom.model.states import Reason, State


class PlacedLines(LineBatch):
    """A batch of lines whose addresses begin with a place such as `chapter=3`; "" leaves them as they are."""

    place = ""

    def add(self, line: Line) -> None:
        """Take one line at its address inside the place."""
        if self.place:
            part = f"{self.place}&{line.part}"
            line = Line(part, line.kind, line.untrusted_text, line.flags, line.box, line.confidence)
        super().add(line)


class PlacedSink:
    """A sink that hands on to another; members stand in a folder, properties go through the owner's hands."""

    def __init__(self, sink: Sink, folder: bytes, meta: Callable[[str, str], None]) -> None:
        """Hand on to the sink; `folder` ends with a slash or is empty."""
        self._sink = sink
        self._folder = folder
        self._meta = meta

    def sheet(self, index: int, untrusted_name: str, visibility: Flag = Flag.NONE) -> None:
        """Hand on a sheet."""
        self._sink.sheet(index, untrusted_name, visibility)

    def number_formats(self, formats: Sequence[str]) -> None:
        """Hand on number formats."""
        self._sink.number_formats(formats)

    def cells(self, sheet: int, cells: Cells) -> None:
        """Hand on cells."""
        self._sink.cells(sheet, cells)

    def merges(self, sheet: int, ranges: Sequence[tuple[int, int, int, int]]) -> None:
        """Hand on merged ranges."""
        self._sink.merges(sheet, ranges)

    def lines(self, lines: Sequence[Line]) -> None:
        """Hand on lines."""
        self._sink.lines(lines)

    def meta(self, key: str, untrusted_value: str) -> None:
        """Give a property to the owner."""
        self._meta(key, untrusted_value)

    def member(self, untrusted_name: bytes, size: int = -1) -> AbstractContextManager[MemberWriter]:
        """Open a member in the folder."""
        return self._sink.member(self._folder + untrusted_name, size)

    def member_without_bytes(self, untrusted_name: bytes, state: State, reason: Reason) -> None:
        """Record a member in the folder."""
        self._sink.member_without_bytes(self._folder + untrusted_name, state, reason)

    def partly(self, reason: Reason) -> None:
        """Hand on that something could not be read."""
        self._sink.partly(reason)

    def pixels(self, width: int, height: int, rgb: bytes) -> None:
        """Hand on a picture."""
        self._sink.pixels(width, height, rgb)
