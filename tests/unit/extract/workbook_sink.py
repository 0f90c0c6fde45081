"""A sink for tests that keeps everything a format gives, cell by cell."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import what_is_kept

from proofroom.extract.format import Cells, Line, Sink, Source, Texts, Unreadable
from proofroom.limits import DEFAULT, Limits
from proofroom.model.evidence import CellType, Flag
from proofroom.model.states import Reason, State


@dataclass(frozen=True, slots=True)
class Kept:
    """One cell as a test sees it."""

    type: CellType
    raw: str
    shown: str
    formula: str
    flags: Flag
    format: str


@dataclass(slots=True)
class Keeper:
    """Keeps sheets, cells by (sheet index, row, column), lines, properties and members.

    kept holds the first cell at an address, again the addresses of those that came later.
    """

    sheets: dict[int, tuple[str, Flag]] = field(default_factory=dict)
    formats: list[str] = field(default_factory=list)
    kept: dict[tuple[int, int, int], Kept] = field(default_factory=dict)
    ranges: dict[int, list[tuple[int, int, int, int]]] = field(default_factory=dict)
    again: list[tuple[int, int, int]] = field(default_factory=list)
    said: dict[str, str] = field(default_factory=dict)
    pinned: dict[str, Flag] = field(default_factory=dict)
    properties: dict[str, list[str]] = field(default_factory=dict)
    members: dict[str, bytes] = field(default_factory=dict)
    partial: list[Reason] = field(default_factory=list)
    ended: Unreadable | None = None
    frames: int = 0

    def sheet(self, index: int, untrusted_name: str, visibility: Flag = Flag.NONE) -> None:
        self.sheets[index] = (untrusted_name, visibility)

    def number_formats(self, formats: Sequence[str]) -> None:
        self.formats = list(formats)

    def cells(self, sheet: int, cells: Cells) -> None:
        self.frames += 1
        count = len(cells.rows)
        raw, shown, formulas = (_column(texts, count) for texts in (cells.raw, cells.shown, cells.formulas))
        assert len(cells.columns) == len(cells.types) == len(cells.flags) == len(cells.formats) == count
        for place in range(count):
            address = (sheet, cells.rows[place], cells.columns[place])
            if address in self.kept:
                self.again.append(address)
                continue
            number_format = self.formats[cells.formats[place]] if cells.formats[place] >= 0 else ""
            self.kept[address] = Kept(
                CellType(cells.types[place]),
                raw[place],
                shown[place],
                formulas[place],
                Flag(cells.flags[place]),
                number_format,
            )

    def merges(self, sheet: int, ranges: Sequence[tuple[int, int, int, int]]) -> None:
        if ranges:
            self.ranges.setdefault(sheet, []).extend(ranges)

    def lines(self, lines: Sequence[Line]) -> None:
        for line in lines:
            assert line.part not in self.said, f"{line.part} twice"
            self.said[line.part] = line.untrusted_text
            self.pinned[line.part] = line.flags

    def meta(self, key: str, untrusted_value: str) -> None:
        self.properties.setdefault(key, []).append(untrusted_value)

    @contextmanager
    def member(self, untrusted_name: bytes, size: int = -1) -> Iterator[io.BytesIO]:
        out = io.BytesIO()
        try:
            yield out
        except Unreadable as cut:
            self.partial.append(cut.reason)
        self.members[untrusted_name.decode("utf-8", "surrogateescape")] = out.getvalue()

    def member_without_bytes(self, untrusted_name: bytes, state: State, reason: Reason) -> None:
        self.members[untrusted_name.decode("utf-8", "surrogateescape")] = b""

    def partly(self, reason: Reason) -> None:
        self.partial.append(reason)

    def pixels(self, width: int, height: int, rgb: bytes) -> None:
        raise AssertionError

    def raw(self, sheet: int = 1) -> dict[tuple[int, int], str]:
        return {(row, column): kept.raw for (at, row, column), kept in self.kept.items() if at == sheet}


def _column(texts: Texts | None, count: int) -> list[str]:
    if texts is None:
        return [""] * count
    assert len(texts.offsets) == count + 1
    assert texts.offsets[-1] == len(texts.blob)
    return [
        texts.blob[start:end].decode() for start, end in zip(texts.offsets, texts.offsets[1:], strict=False)
    ]


def keep(
    read: Callable[[Source, Sink], None],
    data: bytes | Path,
    limits: Limits = DEFAULT,
    name: bytes = b"",
    passwords: tuple[str, ...] = (),
    *,
    repeats: bool = False,
) -> Keeper:
    """Read bytes (or a file) with a format and keep what it gives and how it ended.

    An address may be given twice only where the file does so, and the test knows it: `repeats`.
    """
    content = data.read_bytes() if isinstance(data, Path) else data
    keeper = Keeper()
    source = Source(io.BytesIO(content), len(content), limits, name, passwords)
    try:
        read(source, keeper)
    except Unreadable as cut:
        keeper.ended = cut
    what_is_kept.note(read, keeper)
    assert repeats or not keeper.again, f"{keeper.again[:3]} twice"
    return keeper
