"""A sink for tests of document formats that keeps every line, property and member, and how it ended."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol

import pytest

from proofroom.extract.format import Cells, Format, Line, Source, Unreadable
from proofroom.limits import DEFAULT, Limits
from proofroom.model.evidence import Flag, PieceKind
from proofroom.model.states import Reason, State
from proofroom.model.where import format_parts, parse_parts


@dataclass(slots=True)
class Found:
    """What a format gave: lines by their part, properties, members, and how it ended."""

    said: dict[str, str] = field(default_factory=dict)
    flags: dict[str, Flag] = field(default_factory=dict)
    kinds: dict[str, PieceKind] = field(default_factory=dict)
    boxes: dict[str, tuple[int, int, int, int]] = field(default_factory=dict)
    properties: dict[str, list[str]] = field(default_factory=dict)
    members: dict[str, bytes] = field(default_factory=dict)
    pictures: list[tuple[int, int, bytes]] = field(default_factory=list)
    partial: list[Reason] = field(default_factory=list)
    ended: tuple[State, Reason] | None = None

    def sheet(self, index: int, untrusted_name: str, visibility: Flag = Flag.NONE) -> None:
        raise AssertionError

    def number_formats(self, formats: Sequence[str]) -> None:
        raise AssertionError

    def cells(self, sheet: int, cells: Cells) -> None:
        raise AssertionError

    def merges(self, sheet: int, ranges: Sequence[tuple[int, int, int, int]]) -> None:
        raise AssertionError

    def pixels(self, width: int, height: int, rgb: bytes) -> None:
        assert len(rgb) == 3 * width * height
        self.pictures.append((width, height, rgb))

    def lines(self, lines: Sequence[Line]) -> None:
        for line in lines:
            assert line.part not in self.said, f"{line.part} twice"
            assert format_parts(parse_parts(line.part)) == line.part
            self.said[line.part] = line.untrusted_text
            self.flags[line.part] = line.flags
            self.kinds[line.part] = line.kind
            if line.box is not None:
                self.boxes[line.part] = line.box

    def meta(self, key: str, untrusted_value: str) -> None:
        self.properties.setdefault(key, []).append(untrusted_value)

    @contextmanager
    def member(self, untrusted_name: bytes, size: int = -1) -> Iterator[io.BytesIO]:
        out = io.BytesIO()
        try:
            yield out
        except Unreadable as cut:
            self.partial.append(cut.reason)
        assert untrusted_name.decode() not in self.members, f"{untrusted_name!r} twice"
        self.members[untrusted_name.decode()] = out.getvalue()

    def member_without_bytes(self, untrusted_name: bytes, state: State, reason: Reason) -> None:
        self.members[untrusted_name.decode()] = b""

    def partly(self, reason: Reason) -> None:
        self.partial.append(reason)


class Read(Protocol):
    """Reads bytes with a format."""

    def __call__(
        self, built: Format, data: bytes, limits: Limits = DEFAULT, passwords: tuple[str, ...] = ()
    ) -> Found:
        """Give what was found."""


@pytest.fixture(scope="session")
def read_with() -> Read:
    """Read bytes with a format and keep what it gives and how it ended."""

    def read(built: Format, data: bytes, limits: Limits = DEFAULT, passwords: tuple[str, ...] = ()) -> Found:
        found = Found()
        source = Source(io.BytesIO(data), len(data), limits, b"", passwords)
        try:
            built.read(source, found)
        except Unreadable as cut:
            found.ended = (cut.state, cut.reason)
        return found

    return read


@pytest.fixture(scope="session")
def zipped() -> Callable[[Mapping[str, str | bytes]], bytes]:
    """Pack members into a zip."""

    def pack(members: Mapping[str, str | bytes]) -> bytes:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in members.items():
                archive.writestr(name, data)
        return out.getvalue()

    return pack
