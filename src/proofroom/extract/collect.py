"""One artifact's frames become tables, members and a state; nothing is believed that was not checked.

The collector also keeps the artifact's content hash: SHA-256 over its columns in the file's order, so
that two runs can be compared whatever the workers, batches and segments were.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa

from proofroom.extract.collected import Collected, Member, MemberFile
from proofroom.extract.frame_rules import check_values
from proofroom.extract.frames import Kind
from proofroom.extract.inbox import BadFrame, Frame, FrameReader
from proofroom.extract.trying import FITTED, TRIED
from proofroom.limits import Limits
from proofroom.model.evidence import PieceKind
from proofroom.model.states import Reason, State
from proofroom.model.where import format_parts
from proofroom.store.schemas import SCHEMAS, of_artifact

PAGES_FOR_OCR = ":pages-for-ocr"
"""The end of the property by which a format says which of its pages are pictures of text."""


class Collector:
    """Feeds on the bytes of one child and calls `add(noun, table)` for every batch of rows."""

    def __init__(
        self,
        artifact: str,
        limits: Limits,
        add: Callable[[str, pa.Table], None],
        member: Callable[[], MemberFile],
    ) -> None:
        """Collect for the artifact; `member` opens a place for a member's bytes."""
        self.found = Collected()
        self._artifact = artifact
        self._limits = limits
        self._add = add
        self._open_member = member
        self._reader = FrameReader()
        self._formats: list[str] = []
        self._sheets: set[int] = set()
        self._seq = self._text = self._member_bytes = self._besides = 0
        self._boxless = range(0)
        self._member: tuple[bytes, MemberFile] | None = None
        self._hashes: dict[str, Any] = {}
        self._meta: Counter[str] = Counter()

    def feed(self, untrusted: bytes) -> None:
        """Take the next bytes from the child; none at all say that it ended well. Raises BadFrame."""
        if not untrusted:
            self._reader.finish()
            if self.found.state is None:
                raise BadFrame(_NO_END)
        for frame in self._reader.feed(untrusted):
            if self.found.state is not None:
                raise BadFrame(_AFTER_END)
            if (frame.kind is Kind.FORMAT) != (not self.found.media_type):
                raise BadFrame(_FORMAT_FIRST)
            check_values(frame)
            _HANDLERS[frame.kind](self, frame)

    def finish(self) -> Collected:
        """End the collecting: an open member keeps what came, and gives the state the child named, if any."""
        if self._member is not None:
            self._end_member(State.TRUNCATED, Reason.CUT_SHORT)
        return self.found

    def content(self) -> str:
        """Give the SHA-256 (hex) over everything collected, column by column."""
        whole = hashlib.sha256()
        for name in sorted(self._hashes):
            whole.update(name.encode() + b"\0" + self._hashes[name].digest())
        for member in self.found.members:
            state = member.state.value if member.state else ""
            line = f"{member.digest or ''} {member.size} {state} {member.reason.value}\0"
            whole.update(line.encode() + member.untrusted_name + b"\0")
        return whole.hexdigest()

    def _take_format(self, frame: Frame) -> None:
        self.found.format, self.found.media_type = frame.text("name"), frame.text("media_type")

    def _take_sheet(self, frame: Frame) -> None:
        index = frame.number("index")
        if index in self._sheets:
            raise BadFrame(_SHEET_TWICE)
        self._sheets.add(index)
        self._count_besides(1)
        columns = [frame.columns["index"], frame.columns["name"], frame.columns["visibility"]]
        self._emit("sheets", ["sheet", "name", "visibility"], columns, frame.rows)

    def _take_formats(self, frame: Frame) -> None:
        if self._formats:
            raise BadFrame(_FORMATS_TWICE)
        self._count_besides(frame.rows)
        self._formats = frame.columns["format"].to_pylist()

    def _take_cells(self, frame: Frame) -> None:
        rows, formats = frame.rows, frame.numbers("format")
        self._check_sheets(frame)
        if formats.max() >= len(self._formats):
            raise BadFrame(_NO_NUMBER_FORMAT)
        self.found.cells += rows
        if self.found.cells > self._limits.cells + rows:
            raise BadFrame(_OVER_LIMIT)
        self._count_text(frame, "raw", "shown", "formula")
        self._hash("cells", frame, [name for name in frame.columns if name != "format"])
        known = pa.array(self._formats, pa.string())
        column = pa.DictionaryArray.from_arrays(pa.array(formats, mask=formats < 0), known)
        columns = [frame.columns[name] for name in ("sheet", "row", "col", "type", "flags")]
        texts = [frame.columns[name] for name in ("raw", "shown", "formula")]
        names = SCHEMAS["cells"].names[1:]
        self._emit("cells", names, [*columns, column, *texts], rows, hashed=True)

    def _take_merges(self, frame: Frame) -> None:
        self._check_sheets(frame)
        self._count_besides(frame.rows)
        names = ["sheet", "top", "left", "bottom", "right"]
        self._emit("merges", names, [frame.columns[name] for name in names], frame.rows)

    def _take_lines(self, frame: Frame) -> None:
        self._boxless = range(self._seq, self._seq + frame.rows)
        self._take_pieces(frame, frame.columns["part"], frame.columns["kind"], frame.columns["flags"], "text")

    def _take_boxes(self, frame: Frame) -> None:
        """Take where lines of the frame before stand."""
        lines, self._boxless = self._boxless, range(0)
        if frame.numbers("line")[-1] >= len(lines):
            raise BadFrame(_NO_LINE)
        sides = [frame.columns[name] for name in SCHEMAS["boxes"].names[2:]]
        seq = frame.numbers("line") + np.int32(lines.start)
        self._emit("boxes", SCHEMAS["boxes"].names[1:], [seq, *sides], frame.rows)

    def _take_meta(self, frame: Frame) -> None:
        frame = self._without_password(frame)
        keys = frame.columns["key"].to_pylist()
        for place, key in enumerate(keys):
            if key.endswith(PAGES_FOR_OCR):
                self.found.pages_for_ocr = str(frame.columns["value"][place].as_py())
        parts = pa.array([self._meta_part(key) for key in keys], pa.string())
        kinds = np.full(frame.rows, int(PieceKind.META), np.uint8)
        self._take_pieces(frame, parts, kinds, np.zeros(frame.rows, np.uint16), "value")

    def _meta_part(self, key: str) -> str:
        """Give the address of a property; one that a file has several times is numbered from its second on."""
        self._meta[key] += 1
        times = self._meta[key]
        return format_parts((("meta", key),) if times == 1 else (("meta", key), ("value", str(times))))

    def _without_password(self, frame: Frame) -> Frame:
        """Take out which passwords fitted and how many were tried: acts of ours, no content of the file."""
        keys = frame.columns["key"].to_pylist()
        kept = [not key.endswith((FITTED, TRIED)) for key in keys]
        if all(kept):
            return frame
        for place, key in enumerate(keys):
            if not kept[place]:
                self.found.note_try(key, str(frame.columns["value"][place].as_py()))
        columns = {name: column.filter(pa.array(kept)) for name, column in frame.columns.items()}
        return Frame(frame.kind, sum(kept), columns)

    def _take_pieces(self, frame: Frame, parts: Any, kinds: Any, flags: Any, text: str) -> None:
        self._count_text(frame, text)
        self.found.pieces += frame.rows
        if self.found.pieces > self._limits.pieces + frame.rows:
            raise BadFrame(_OVER_LIMIT)
        seq = np.arange(self._seq, self._seq + frame.rows, dtype=np.int32)
        self._seq += frame.rows
        self._emit(
            "pieces", SCHEMAS["pieces"].names[1:], [seq, parts, kinds, flags, frame.columns[text]], frame.rows
        )

    def _begin_member(self, frame: Frame) -> None:
        if self._member is not None:
            raise BadFrame(_NESTED)
        if len(self.found.members) >= self._limits.members:
            raise BadFrame(_OVER_LIMIT)
        self._member = (frame.blob("name")[: self._limits.name_bytes], self._open_member())

    def _take_member_data(self, frame: Frame) -> None:
        if self._member is None:
            raise BadFrame(_NESTED)
        data = frame.blob("data")
        self._member_bytes += len(data)
        if self._member_bytes > self._limits.expanded_bytes + len(data):
            raise BadFrame(_OVER_LIMIT)
        self._member[1].write(data)

    def _take_member_end(self, frame: Frame) -> None:
        if self._member is None:
            raise BadFrame(_NESTED)
        state = frame.text("state")
        self._end_member(State(state) if state else None, Reason(frame.text("reason")))

    def _end_member(self, state: State | None, reason: Reason) -> None:
        name, file = self._member or (b"", self._open_member())
        self._member = None
        digest, size = file.finish()
        self.found.members.append(Member(name, digest, size, state, reason))

    def _take_absent_member(self, frame: Frame) -> None:
        if self._member is not None:
            raise BadFrame(_NESTED)
        if len(self.found.members) >= self._limits.members:
            raise BadFrame(_OVER_LIMIT)
        name, state = frame.blob("name")[: self._limits.name_bytes], State(frame.text("state"))
        self.found.members.append(Member(name, None, 0, state, Reason(frame.text("reason"))))

    def _take_nothing(self, frame: Frame) -> None:
        """Take no more than the knowledge that its values were checked."""

    def _take_end(self, frame: Frame) -> None:
        if self._member is not None:
            raise BadFrame(_NESTED)
        self.found.state, self.found.reason = State(frame.text("state")), Reason(frame.text("reason"))

    def _check_sheets(self, frame: Frame) -> None:
        if not set(np.unique(frame.numbers("sheet")).tolist()) <= self._sheets:
            raise BadFrame(_NO_SHEET)

    def _count_besides(self, more: int) -> None:
        """Count what the child counts as pieces and what is none in the store: sheets, merges, number formats."""
        self._besides += more
        if self._besides > self._limits.pieces + more:
            raise BadFrame(_OVER_LIMIT)

    def _count_text(self, frame: Frame, *names: str) -> None:
        self._text += sum(frame.columns[name].nbytes for name in names)
        # The child counts text alone; the parent's count holds the offsets too, so it allows three times as much.
        if self._text > 3 * self._limits.text_bytes + (64 << 20):
            raise BadFrame(_OVER_LIMIT)

    def _emit(
        self, noun: str, names: list[str], columns: list[Any], rows: int, *, hashed: bool = False
    ) -> None:
        if not rows:
            return
        table = pa.table([of_artifact(self._artifact, rows), *columns], names=["artifact", *names])
        if not hashed:
            self._hash_columns(noun, dict(zip(names, columns, strict=True)))
        self._add(noun, table)

    def _hash(self, noun: str, frame: Frame, names: list[str]) -> None:
        self._hash_columns(noun, {name: frame.columns[name] for name in names})

    def _hash_columns(self, noun: str, columns: dict[str, Any]) -> None:
        """Feed each column's values, in order, to its own hash; how they were batched does not show."""
        for name, column in columns.items():
            key = f"{noun}.{name}"
            if isinstance(column, np.ndarray):
                self._hashes.setdefault(key, hashlib.sha256()).update(np.ascontiguousarray(column))
            else:
                offsets = np.frombuffer(column.buffers()[1], np.int32, len(column) + 1, 4 * column.offset)
                blob = column.buffers()[2]
                self._hashes.setdefault(key + ".length", hashlib.sha256()).update(np.diff(offsets))
                if blob is not None:
                    text = memoryview(blob)[int(offsets[0]) : int(offsets[-1])]
                    self._hashes.setdefault(key + ".text", hashlib.sha256()).update(text)


_AFTER_END = "a frame after the last one"
_NO_END = "no last frame"
_FORMAT_FIRST = "the format is told once, in the first frame"
_NO_SHEET = "cells or merges of a sheet that was not announced"
_SHEET_TWICE = "a sheet announced twice"
_FORMATS_TWICE = "number formats given twice"
_NO_NUMBER_FORMAT = "a number format that was not given"
_OVER_LIMIT = "more than the child's own limits allow"
_NO_LINE = "boxes of lines that were not given just before"
_NESTED = "member frames out of order"

_HANDLERS: dict[Kind, Callable[[Collector, Frame], None]] = {
    Kind.FORMAT: Collector._take_format,  # noqa: SLF001
    Kind.SHEET: Collector._take_sheet,  # noqa: SLF001
    Kind.NUMBER_FORMATS: Collector._take_formats,  # noqa: SLF001
    Kind.CELLS: Collector._take_cells,  # noqa: SLF001
    Kind.MERGES: Collector._take_merges,  # noqa: SLF001
    Kind.LINES: Collector._take_lines,  # noqa: SLF001
    Kind.BOXES: Collector._take_boxes,  # noqa: SLF001
    Kind.META: Collector._take_meta,  # noqa: SLF001
    Kind.MEMBER_BEGIN: Collector._begin_member,  # noqa: SLF001
    Kind.MEMBER_DATA: Collector._take_member_data,  # noqa: SLF001
    Kind.MEMBER_END: Collector._take_member_end,  # noqa: SLF001
    Kind.MEMBER_ABSENT: Collector._take_absent_member,  # noqa: SLF001
    Kind.PARTLY: Collector._take_nothing,  # noqa: SLF001
    Kind.PIXELS: Collector._take_nothing,  # noqa: SLF001
    Kind.END: Collector._take_end,  # noqa: SLF001
}
