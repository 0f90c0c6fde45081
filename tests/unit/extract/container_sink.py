"""A sink for tests of containers that keeps every member under its raw name, in order, doubles included."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import what_is_kept

from proofroom.extract.format import Cells, Format, Line, MemberWriter, Source, Unreadable
from proofroom.limits import DEFAULT, Limits
from proofroom.model.evidence import Flag
from proofroom.model.states import Reason, State
from proofroom.model.where import format_parts, parse_parts

Ended = tuple[State, Reason]
BUDGET = (Reason.LIMIT_EXPANDED_BYTES, Reason.LIMIT_EXPANSION)


@dataclass(slots=True)
class Member:
    """A member as it was given; `ended` only where it ended early or has no bytes."""

    name: bytes
    data: bytes | None
    ended: Ended | None = None


class _Counting:
    """Counts bytes as the real sink does."""

    def __init__(self, kept: Kept) -> None:
        self.data = bytearray()
        self._kept = kept

    def write(self, data: bytes, /) -> int:
        self._kept.spent += len(data)
        if len(self.data) + len(data) > self._kept.limits.member_bytes:
            raise Unreadable(State.TRUNCATED, Reason.LIMIT_MEMBER_BYTES)
        if self._kept.spent > self._kept.limits.expanded_bytes:
            raise Unreadable(State.TRUNCATED, Reason.LIMIT_EXPANDED_BYTES)
        self.data += data
        return len(data)


@dataclass(slots=True)
class Kept:
    """Everything that a container gave, and how it ended."""

    limits: Limits = DEFAULT
    members: list[Member] = field(default_factory=list)
    properties: dict[str, list[str]] = field(default_factory=dict)
    said: dict[str, str] = field(default_factory=dict)
    partial: list[Reason] = field(default_factory=list)
    ended: Ended | None = None
    spent: int = 0

    @property
    def names(self) -> list[bytes]:
        return [member.name for member in self.members]

    @property
    def data(self) -> dict[bytes, bytes | None]:
        return {member.name: member.data for member in self.members}

    def fate(self, name: bytes) -> Ended | None:
        return next(member.ended for member in self.members if member.name == name)

    def sheet(self, index: int, untrusted_name: str, visibility: Flag = Flag.NONE) -> None:
        raise AssertionError

    def number_formats(self, formats: Sequence[str]) -> None:
        raise AssertionError

    def cells(self, sheet: int, cells: Cells) -> None:
        raise AssertionError

    def merges(self, sheet: int, ranges: Sequence[tuple[int, int, int, int]]) -> None:
        raise AssertionError

    def pixels(self, width: int, height: int, rgb: bytes) -> None:
        raise AssertionError

    def lines(self, lines: Sequence[Line]) -> None:
        for line in lines:
            assert line.part not in self.said, f"{line.part} twice"
            assert format_parts(parse_parts(line.part)) == line.part
            self.said[line.part] = line.untrusted_text

    def meta(self, key: str, untrusted_value: str) -> None:
        self.properties.setdefault(key, []).append(untrusted_value)

    @contextmanager
    def member(self, untrusted_name: bytes, size: int = -1) -> Iterator[MemberWriter]:
        assert -1 <= size < 1 << 63
        self._count()
        out = _Counting(self)
        ended = None
        try:
            yield out
        except Unreadable as cut:
            ended = (cut.state, cut.reason)
            if cut.reason in BUDGET:
                raise
        finally:
            self.members.append(Member(untrusted_name, bytes(out.data), ended))

    def member_without_bytes(self, untrusted_name: bytes, state: State, reason: Reason) -> None:
        self._count()
        self.members.append(Member(untrusted_name, None, (state, reason)))

    def partly(self, reason: Reason) -> None:
        self.partial.append(reason)

    def _count(self) -> None:
        if len(self.members) >= self.limits.members:
            raise Unreadable(State.TRUNCATED, Reason.LIMIT_MEMBERS)


def read_container(
    built: Format,
    data: bytes,
    *passwords: str,
    limits: Limits = DEFAULT,
    name: bytes = b"",
) -> Kept:
    """Read bytes with a format and keep what it gives."""
    kept = Kept(limits)
    source = Source(io.BytesIO(data), len(data), limits, name, passwords)
    try:
        built.read(source, kept)
    except Unreadable as cut:
        kept.ended = (cut.state, cut.reason)
    what_is_kept.note(built.read, kept)
    return kept


def sample(root: Path, built: Format) -> bytes:
    """Give the bytes of a format's sample."""
    return (root / "src/proofroom/extract/formats/samples" / built.sample).read_bytes()
