"""The child's end of the wire: counts what a format finds against the limits and writes frames."""

from __future__ import annotations

import os
from array import array
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import compress, islice
from operator import ne

from proofroom.extract.format import NO_CONFIDENCE, Cells, Line, MemberWriter, Texts, Unreadable, texts
from proofroom.extract.frames import MAX_FRAME, Kind, pack, pack_one
from proofroom.limits import Limits
from proofroom.model.evidence import Flag
from proofroom.model.states import Reason, State

_CHUNK = 1 << 20
_LINES_PER_FRAME = 4_096
_FRAME_BYTES = 16 << 20
"""Bytes of text from which on a frame of several rows is cut in two: the parent takes none above MAX_FRAME."""
_FARTHEST = 1 << 30
_CONTENT = ("mail:", "mapi:")
"""Properties that are what a thing is about: the headers of a letter, the fields of a card or an appointment."""
_EXPANSION_FLOOR = 64 << 20


class FrameSink:
    """Writes frames to a pipe; raises `Unreadable(TRUNCATED, ...)` where a limit cuts the work."""

    def __init__(self, output: int, limits: Limits, size: int) -> None:
        """Write to the descriptor `output`; `size` is the artifact's own, for the expansion limit."""
        self._output = output
        self._limits = limits
        self._size = max(size, 1)
        self._cells = self._pieces = self._members = self._text = self._expanded = 0
        self._meta: list[tuple[str, str]] = []
        self._meta_text = 0
        self._partly = Reason.NONE
        self._anything = False

    def format(self, name: str, media_type: str) -> None:
        """Say which format reads the artifact; the first frame of all."""
        self._send(pack_one(Kind.FORMAT, name, media_type))

    def sheet(self, index: int, untrusted_name: str, visibility: Flag = Flag.NONE) -> None:
        """Announce a sheet."""
        self._count_pieces(1)
        self._count_text(len(untrusted_name))
        self._send(pack_one(Kind.SHEET, index, untrusted_name, int(visibility)))

    def number_formats(self, formats: Sequence[str]) -> None:
        """Give the table of number formats."""
        if formats:
            packed = texts(formats)
            self._count_pieces(len(formats))
            self._count_text(len(packed.blob))
            self._send(pack(Kind.NUMBER_FORMATS, len(formats), [packed]))

    def cells(self, sheet: int, cells: Cells) -> None:
        """Take cells of one sheet, column by column."""
        rows = len(cells.rows)
        if not rows:
            return
        if rows > 1 and _text_bytes(cells) > _FRAME_BYTES:
            for start, stop in ((0, rows // 2), (rows // 2, rows)):
                self.cells(sheet, _some_of(cells, start, stop))
            return
        self._anything = True
        self._cells += rows
        empty = Texts(array("i", bytes(4 * (rows + 1))), b"")
        shown, formulas = cells.shown or empty, cells.formulas or empty
        flags = _with_derived_flags(cells.flags, cells.shown, cells.formulas)
        self._count_text(len(cells.raw.blob) + len(shown.blob) + len(formulas.blob))
        columns = [array("i", (sheet,)) * rows, cells.rows, cells.columns, cells.types, flags, cells.formats]
        self._send(pack(Kind.CELLS, rows, [*columns, cells.raw, shown, formulas]))
        if self._cells > self._limits.cells:
            raise Unreadable(State.TRUNCATED, Reason.LIMIT_CELLS)

    def merges(self, sheet: int, ranges: Sequence[tuple[int, int, int, int]]) -> None:
        """Take merged ranges."""
        for start in range(0, len(ranges), _LINES_PER_FRAME):
            some = ranges[start : start + _LINES_PER_FRAME]
            corners = [array("i", (found[side] for found in some)) for side in range(4)]
            self._count_pieces(len(some))
            self._send(pack(Kind.MERGES, len(some), [array("i", (sheet,)) * len(some), *corners]))

    def lines(self, lines: Sequence[Line]) -> None:
        """Take pieces of text in reading order."""
        for start in range(0, len(lines), _LINES_PER_FRAME):
            self._send_lines(lines[start : start + _LINES_PER_FRAME])

    def _send_lines(self, some: Sequence[Line]) -> None:
        """Send lines as one frame, or as more when they are long."""
        text, parts = texts([line.untrusted_text for line in some]), texts([line.part for line in some])
        if len(some) > 1 and len(text.blob) + len(parts.blob) > _FRAME_BYTES:
            self._send_lines(some[: len(some) // 2])
            self._send_lines(some[len(some) // 2 :])
            return
        self._anything = True
        self._count_pieces(len(some))
        self._count_text(len(text.blob))
        kinds = bytes(int(line.kind) for line in some)
        flags = array("H", (int(line.flags) for line in some))
        self._send(pack(Kind.LINES, len(some), [parts, kinds, flags, text]))
        self._send_boxes(some)

    def _send_boxes(self, some: Sequence[Line]) -> None:
        """Send where lines stand and how sure they are, of those that say so."""
        placed = [
            (at, *_upright(line.box or (0, 0, 0, 0)), line.confidence)
            for at, line in enumerate(some)
            if line.box or line.confidence != NO_CONFIDENCE
        ]
        if placed:
            *numbers, confidence = zip(*placed, strict=True)
            columns = [array("i", column) for column in numbers]
            self._send(pack(Kind.BOXES, len(placed), [*columns, bytes(confidence)]))

    def meta(self, key: str, untrusted_value: str) -> None:
        """Take one property; properties are sent together."""
        self._count_pieces(1)
        self._count_text(len(untrusted_value))
        self._anything = self._anything or key.startswith(_CONTENT)
        self._meta.append((key, untrusted_value))
        self._meta_text += len(untrusted_value)
        if len(self._meta) >= _LINES_PER_FRAME or self._meta_text > _FRAME_BYTES // 4:
            self._flush_meta()

    @contextmanager
    def member(self, untrusted_name: bytes, size: int = -1) -> Iterator[MemberWriter]:
        """Open a member for its bytes; a failure inside ends the member, not the artifact."""
        if not self._take_member(untrusted_name):
            yield _Nowhere()
            return
        self._send(pack_one(Kind.MEMBER_BEGIN, untrusted_name, size))
        # What ends in no way that we know of, for want of memory for example, must not pass for whole.
        state, reason = State.TRUNCATED.value, Reason.CUT_SHORT.value
        try:
            yield _Member(self)
            state, reason = "", Reason.NONE.value
        except Unreadable as cut:
            state, reason = cut.state.value, cut.reason.value
            if cut.reason in (Reason.LIMIT_EXPANDED_BYTES, Reason.LIMIT_EXPANSION):
                raise
        finally:
            self._send(pack_one(Kind.MEMBER_END, state, reason))

    def member_without_bytes(self, untrusted_name: bytes, state: State, reason: Reason) -> None:
        """Record a member whose bytes are not taken."""
        if self._take_member(untrusted_name):
            self._send(pack_one(Kind.MEMBER_ABSENT, untrusted_name, state.value, reason.value))

    def partly(self, reason: Reason) -> None:
        """Record that something named in the artifact could not be read; the first reason stands."""
        self._partly = self._partly or reason
        self._send(pack_one(Kind.PARTLY, reason.value))

    def pixels(self, width: int, height: int, rgb: bytes) -> None:
        """Give one decoded picture of bounded size."""
        self._anything = True
        self._send(pack_one(Kind.PIXELS, width, height, rgb))

    def end(self, cut: Unreadable | None = None) -> None:
        """Say how it ended; the last frame of all."""
        self._flush_meta()
        if cut is not None:
            state, reason = cut.state, cut.reason
        elif self._partly:
            state, reason = State.PARTLY, self._partly
        elif self._anything:
            state, reason = State.READ, Reason.NONE
        else:
            state, reason = State.EMPTY, Reason.NO_CONTENT
        self._send(pack_one(Kind.END, state.value, reason.value))

    def member_bytes(self, written: int, data: bytes) -> None:
        """Send the next bytes of the open member; `written` is its length so far."""
        self._expanded += len(data)
        if written + len(data) > self._limits.member_bytes:
            raise Unreadable(State.TRUNCATED, Reason.LIMIT_MEMBER_BYTES)
        if self._expanded > self._limits.expanded_bytes:
            raise Unreadable(State.TRUNCATED, Reason.LIMIT_EXPANDED_BYTES)
        if self._expanded > max(_EXPANSION_FLOOR, self._size * self._limits.expansion):
            raise Unreadable(State.TRUNCATED, Reason.LIMIT_EXPANSION)
        for start in range(0, len(data), _CHUNK):
            self._send(pack_one(Kind.MEMBER_DATA, bytes(data[start : start + _CHUNK])))

    def _take_member(self, untrusted_name: bytes) -> bool:
        """Count a member; one with an impossible name is recorded without bytes under its first bytes."""
        self._anything = True
        self._members += 1
        if self._members > self._limits.members:
            raise Unreadable(State.TRUNCATED, Reason.LIMIT_MEMBERS)
        if len(untrusted_name) <= self._limits.name_bytes:
            return True
        short = untrusted_name[: self._limits.name_bytes]
        self._send(pack_one(Kind.MEMBER_ABSENT, short, State.REFUSED.value, Reason.LIMIT_NAME.value))
        return False

    def _count_pieces(self, more: int) -> None:
        self._pieces += more
        if self._pieces > self._limits.pieces:
            raise Unreadable(State.TRUNCATED, Reason.LIMIT_PIECES)

    def _count_text(self, more: int) -> None:
        self._text += more
        if self._text > self._limits.text_bytes:
            raise Unreadable(State.TRUNCATED, Reason.LIMIT_TEXT_BYTES)

    def _flush_meta(self) -> None:
        if self._meta:
            some, self._meta, self._meta_text = self._meta, [], 0
            columns = [texts([key for key, _ in some]), texts([value for _, value in some])]
            self._send(pack(Kind.META, len(some), columns))

    def _send(self, buffers: list[bytes]) -> None:
        """Write all of a frame; a pipe takes part of it at a time."""
        if sum(map(len, buffers)) > MAX_FRAME:
            raise Unreadable(State.TRUNCATED, Reason.LIMIT_TEXT_BYTES)
        data = b"".join(buffers)
        view = memoryview(data)
        while view:
            view = view[os.write(self._output, view) :]


class _Member:
    """Counts the bytes of one member on their way out."""

    def __init__(self, sink: FrameSink) -> None:
        self._sink = sink
        self._written = 0

    def write(self, data: bytes, /) -> int:
        """Take the next bytes."""
        self._sink.member_bytes(self._written, data)
        self._written += len(data)
        return len(data)


def _upright(box: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
    """Give a box whose numbers cross the wire: the smaller side first, none too large."""
    left, top, right, bottom = (max(-_FARTHEST, min(side, _FARTHEST)) for side in box)
    return min(left, right), min(top, bottom), max(left, right), max(top, bottom)


class _Nowhere:
    """Takes the bytes of a member that is recorded without them."""

    def write(self, data: bytes, /) -> int:
        """Count and drop."""
        return len(data)


def _with_derived_flags(flags: array[int], shown: Texts | None, formulas: Texts | None) -> array[int]:
    """Set SHOWN_DIFFERS and HAS_FORMULA where those columns hold something."""
    if shown is None and formulas is None:
        return flags
    out = array("H", flags)
    for column, bit in ((shown, int(Flag.SHOWN_DIFFERS)), (formulas, int(Flag.HAS_FORMULA))):
        if column is not None and column.blob:
            changes = map(ne, column.offsets, islice(column.offsets, 1, None))
            for place in column.filled or compress(range(len(out)), changes):
                out[place] |= bit
    return out


def _text_bytes(cells: Cells) -> int:
    """Give how much text cells hold."""
    return sum(len(column.blob) for column in (cells.raw, cells.shown, cells.formulas) if column is not None)


def _some_of(cells: Cells, start: int, stop: int) -> Cells:
    """Give some of the cells, in their order."""
    return Cells(
        cells.rows[start:stop],
        cells.columns[start:stop],
        cells.types[start:stop],
        cells.flags[start:stop],
        cells.formats[start:stop],
        _texts_of(cells.raw, start, stop),
        cells.shown and _texts_of(cells.shown, start, stop),
        cells.formulas and _texts_of(cells.formulas, start, stop),
    )


def _texts_of(column: Texts, start: int, stop: int) -> Texts:
    """Give some of a column's texts."""
    first, last = column.offsets[start], column.offsets[stop]
    offsets = array("i", (offset - first for offset in column.offsets[start : stop + 1]))
    return Texts(offsets, column.blob[first:last])
