"""A sink for tests of document formats that keeps every line, property and member, and how it ended."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import pytest
import what_is_kept

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


PAGE = Path(__file__).parents[3] / "docs" / "formats.md"
_WHOLE = ("tests", "tests/unit", "tests/unit/extract")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Let only tests that run everywhere say what a format gives."""
    what_is_kept.counts = item.get_closest_marker("corpora") is None


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write the table of what is kept, or fail where the page says something else: after a run of all the tests."""
    config = session.config
    whole = all(arg.rstrip("/") in _WHOLE for arg in config.args) and not (
        config.option.keyword or config.option.markexpr
    )
    if session.testsfailed or not whole or what_is_kept.skipped:
        return
    if config.option.write_kept:
        PAGE.write_text(what_is_kept.page_with(PAGE), "utf-8")
    elif what_is_kept.lacking(PAGE):
        line = f"docs/formats.md is out of date, run with --write-kept: {what_is_kept.lacking(PAGE)}"
        config.get_terminal_writer().line(line)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Count what is not run for want of a tool: then nobody can tell whether the page is right."""
    if report.skipped and "corpora" not in report.keywords:
        what_is_kept.skipped += 1


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
        what_is_kept.note(built.read, found)
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
