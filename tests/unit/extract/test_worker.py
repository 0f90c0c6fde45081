"""The worker in process: what it makes of a file, and that every way a format can end is a state."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from proofroom.extract.collect import Collector
from proofroom.extract.format import Format, Line, Sink, Source, Unreadable
from proofroom.extract.sandbox import syscalls
from proofroom.extract.worker import Formats, read_artifact
from proofroom.limits import DEFAULT
from proofroom.model.evidence import PieceKind
from proofroom.model.states import Reason, State

SQLITE = b"SQLite format 3\0"
"""A file that is detected, and that no built-in format reads."""


class Table(Formats):
    """Formats that were not imported."""

    def __init__(self, *formats: Format) -> None:
        """Know these formats."""
        super().__init__(())
        for one in formats:
            self._add(one)


def reads(read: Callable[[Source, Sink], None]) -> Table:
    """Give a table with one format for our file."""
    return Table(Format("test", frozenset(("application/vnd.sqlite3",)), read, "none"))


def outcome(tmp_path: Path, formats: Formats, data: bytes = SQLITE, name: bytes = b"a.db") -> tuple[str, ...]:
    """Read a file and give its format, media type, state, reason and texts."""
    kept: list[str] = []
    collector = Collector(
        "0" * 64, DEFAULT, lambda noun, table: kept.extend(table["text"].to_pylist()), _no_member
    )
    path = tmp_path / "frames"
    with path.open("wb") as output:
        read_artifact(Source(io.BytesIO(data), len(data), DEFAULT, name), output.fileno(), formats)
    collector.feed(path.read_bytes())
    collector.feed(b"")
    found = collector.finish()
    assert found.state is not None
    return found.format, found.media_type, found.state.value, found.reason.value, *kept


def _no_member() -> None:
    raise AssertionError


def test_a_file_is_read_by_the_format_that_its_content_asks_for(tmp_path: Path) -> None:
    def read(source: Source, sink: Sink) -> None:
        assert source.untrusted.tell() == 0
        sink.lines([Line("para=1", PieceKind.PARAGRAPH, "here")])

    assert outcome(tmp_path, reads(read)) == ("test", "application/vnd.sqlite3", "read", "", "here")


def test_a_file_without_bytes_is_empty(tmp_path: Path) -> None:
    assert outcome(tmp_path, Table(), b"")[1:4] == ("application/x-empty", "empty", "no-content")


def test_a_file_that_no_format_reads_is_unknown_by_its_type(tmp_path: Path) -> None:
    assert outcome(tmp_path, Table()) == ("", "application/vnd.sqlite3", "unknown", "no-format")


def test_a_name_that_disagrees_is_kept(tmp_path: Path) -> None:
    assert outcome(tmp_path, Table(), name=b"photo.jpg")[4:] == ("jpg",)


@pytest.mark.parametrize(
    ("failure", "state", "reason"),
    [
        (Unreadable(State.LOCKED, Reason.PASSWORD_UNKNOWN), "locked", "password-unknown"),
        (MemoryError(), "truncated", "limit-memory"),
        (RecursionError(), "truncated", "limit-depth"),
    ],
)
def test_every_way_a_format_may_end_is_a_state_and_what_came_before_is_kept(
    tmp_path: Path, failure: Exception, state: str, reason: str
) -> None:
    def read(source: Source, sink: Sink) -> None:
        sink.lines([Line("para=1", PieceKind.PARAGRAPH, "before")])
        raise failure

    assert outcome(tmp_path, reads(read))[2:] == (state, reason, "before")


def test_what_no_format_expects_is_not_made_a_state_here(tmp_path: Path) -> None:
    def read(source: Source, sink: Sink) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        outcome(tmp_path, reads(read))


def test_what_a_format_held_is_free_before_the_last_frame_is_made(tmp_path: Path) -> None:
    freed: list[object] = []

    class Held:
        """Tells when it goes."""

        def __del__(self) -> None:
            freed.append(self)

    class Watching(Table):
        """Looks when the sink is asked for."""

    def read(source: Source, sink: Sink) -> None:
        held = Held()
        end = sink.end

        def ending(cut: Unreadable | None = None) -> None:
            assert freed, "the format's memory is still held"
            end(cut)

        sink.end = ending
        raise MemoryError(held.__class__)

    assert outcome(tmp_path, Watching(*reads(read).all))[2] == "truncated"


def test_every_descriptor_is_closed_but_those_given() -> None:
    child = os.fork()
    if not child:
        kept = os.dup(0)
        high = os.dup2(0, 900)
        syscalls.close_all_but(kept, high)
        still = [one for one in range(1_024) if _is_open(one)]
        os._exit(still != [0, 1, 2, kept, high])
    assert os.waitpid(child, 0)[1] == 0


def _is_open(descriptor: int) -> bool:
    try:
        os.fstat(descriptor)
    except OSError:
        return False
    return True


def test_every_built_in_format_has_a_name_of_its_own_and_types_of_its_own() -> None:
    formats = Formats.built_in()
    names = [one.name for one in formats.all]
    types = [media_type for one in formats.all for media_type in one.media_types]
    assert sorted(set(names)) == sorted(names)
    assert sorted(set(types)) == sorted(types)
