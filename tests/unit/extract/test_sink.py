"""The child's end of the wire: what is long is cut into frames, what is cut short says so, limits stop in time."""

from __future__ import annotations

import os
import threading
from array import array
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from proofroom.extract import sink as module
from proofroom.extract.format import Cells, Line, Unreadable, texts
from proofroom.extract.frames import Kind
from proofroom.extract.inbox import Frame, FrameReader
from proofroom.extract.sink import FrameSink
from proofroom.limits import DEFAULT, Limits
from proofroom.model.evidence import Flag, PieceKind
from proofroom.model.states import Reason, State


def frames_of(say: Callable[[FrameSink], None], limits: Limits = DEFAULT, size: int = 10) -> list[Frame]:
    """Give the frames that a sink writes into a pipe."""
    ours, theirs = os.pipe()
    pieces: list[bytes] = []

    def listen() -> None:
        while data := os.read(ours, 1 << 20):
            pieces.append(data)

    thread = threading.Thread(target=listen)
    thread.start()
    try:
        say(FrameSink(theirs, limits, size))
    finally:
        os.close(theirs)
        thread.join()
        os.close(ours)
    reader = FrameReader()
    found = [frame for piece in pieces for frame in reader.feed(piece)]
    reader.finish()
    return found


def values(frames: list[Frame], kind: Kind, name: str) -> list[Any]:
    """Give a column over all frames of a kind."""
    return [value for frame in frames if frame.kind is kind for value in frame.columns[name].tolist()]


def paragraph(text: str, number: int = 1) -> Line:
    """Give a line."""
    return Line(f"para={number}", PieceKind.PARAGRAPH, text)


def test_many_long_lines_are_cut_into_frames_and_none_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_FRAME_BYTES", 1_000)
    lines = [paragraph("名" * length, length) for length in range(100)]
    found = frames_of(lambda sink: sink.lines(lines))
    assert len(found) > 10
    assert values(found, Kind.LINES, "text") == [line.untrusted_text for line in lines]
    assert values(found, Kind.LINES, "part") == [line.part for line in lines]


def test_boxes_follow_the_lines_that_have_one() -> None:
    lines = [
        paragraph("no box"),
        Line("page=1&line=1", PieceKind.LINE, "box", box=(40, 1 << 40, 30, 20)),
        Line("page=1&line=2", PieceKind.LINE, "read by a machine", confidence=93),
    ]
    found = frames_of(lambda sink: sink.lines(lines))
    names = ("line", "left", "top", "right", "bottom", "confidence")
    assert [values(found, Kind.BOXES, name) for name in names] == [
        [1, 2],
        [30, 0],
        [20, 0],
        [40, 0],
        [1 << 30, 0],
        [255, 93],
    ]
    assert [frame.kind for frame in frames_of(lambda sink: sink.lines(lines[:1]))] == [Kind.LINES]


def test_many_long_cells_are_cut_into_frames_and_none_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_FRAME_BYTES", 1_000)
    count = 101
    raw = [f"{n}" * n for n in range(count)]
    numbers = array("i", range(1, count + 1))
    formulas = texts(["" if n % 2 else f"A{n}" for n in range(count)])
    cells = Cells(
        numbers, numbers, bytes(count), array("H", bytes(2 * count)), numbers, texts(raw), None, formulas
    )
    found = frames_of(lambda sink: sink.cells(1, cells))
    assert len(found) > 10
    assert values(found, Kind.CELLS, "raw") == raw
    assert values(found, Kind.CELLS, "row") == values(found, Kind.CELLS, "format") == numbers.tolist()
    assert values(found, Kind.CELLS, "formula")[4] == "A4"
    assert values(found, Kind.CELLS, "flags")[3:5] == [0, Flag.HAS_FORMULA]


def test_long_properties_are_sent_before_they_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_FRAME_BYTES", 4_000)

    def say(sink: FrameSink) -> None:
        for n in range(30):
            sink.meta(f"key{n}", "x" * 500)
        sink.end()

    found = frames_of(say)
    assert len(found) > 5
    assert values(found, Kind.META, "key") == [f"key{n}" for n in range(30)]


def test_a_text_that_no_frame_can_hold_ends_truncated_and_not_as_a_lie() -> None:
    with pytest.raises(Unreadable) as cut:
        frames_of(lambda sink: sink.lines([paragraph("x" * (65 << 20))]))
    assert (cut.value.state, cut.value.reason) == (State.TRUNCATED, Reason.LIMIT_TEXT_BYTES)


def test_no_number_formats_are_no_frame() -> None:
    assert frames_of(lambda sink: sink.number_formats([])) == []


@pytest.mark.parametrize("failure", [MemoryError, RecursionError, ValueError, KeyboardInterrupt])
def test_a_member_that_is_not_finished_says_so(failure: type[BaseException]) -> None:
    def cut_short(sink: FrameSink) -> None:
        with sink.member(b"half") as member:
            member.write(b"half")
            raise failure

    def say(sink: FrameSink) -> None:
        with pytest.raises(failure):
            cut_short(sink)

    found = frames_of(say)
    assert values(found, Kind.MEMBER_END, "state") == ["truncated"]
    assert values(found, Kind.MEMBER_END, "reason") == ["cut-short"]


def test_a_member_that_cannot_be_read_ends_in_its_own_state_and_the_next_is_given() -> None:
    def say(sink: FrameSink) -> None:
        with sink.member(b"bad"):
            raise Unreadable(State.DAMAGED, Reason.BAD_CHECKSUM)
        with sink.member(b"good") as member:
            member.write(b"x")

    assert values(frames_of(say), Kind.MEMBER_END, "state") == ["damaged", ""]


@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        (replace(DEFAULT, member_bytes=5), Reason.LIMIT_MEMBER_BYTES),
        (replace(DEFAULT, expanded_bytes=5), Reason.LIMIT_EXPANDED_BYTES),
    ],
)
def test_bytes_stop_at_the_limit(limits: Limits, reason: Reason) -> None:
    def say(sink: FrameSink) -> None:
        with sink.member(b"bomb") as member:
            while True:
                member.write(b"xx")

    if reason is Reason.LIMIT_EXPANDED_BYTES:
        with pytest.raises(Unreadable) as cut:
            frames_of(say, limits)
        assert cut.value.reason is reason
    else:
        found = frames_of(say, limits)
        assert values(found, Kind.MEMBER_END, "reason") == [reason.value]
        assert sum(map(len, values(found, Kind.MEMBER_DATA, "data"))) <= 5


def test_a_bomb_stops_by_its_ratio_above_a_floor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_EXPANSION_FLOOR", 1_000)

    def say(sink: FrameSink) -> None:
        with sink.member(b"bomb") as member:
            for _ in range(100):
                member.write(bytes(100))

    with pytest.raises(Unreadable) as cut:
        frames_of(say, replace(DEFAULT, expansion=3))
    assert cut.value.reason is Reason.LIMIT_EXPANSION
    frames_of(say, replace(DEFAULT, expansion=3), size=10_000)


@pytest.mark.parametrize(
    ("limits", "reason", "say"),
    [
        (replace(DEFAULT, pieces=5), Reason.LIMIT_PIECES, lambda sink: sink.lines([paragraph("x")])),
        (replace(DEFAULT, pieces=5), Reason.LIMIT_PIECES, lambda sink: sink.meta("key", "x")),
        (replace(DEFAULT, pieces=5), Reason.LIMIT_PIECES, lambda sink: sink.merges(1, [(1, 1, 2, 2)])),
        (replace(DEFAULT, pieces=5), Reason.LIMIT_PIECES, lambda sink: sink.sheet(1, "")),
        (replace(DEFAULT, pieces=5), Reason.LIMIT_PIECES, lambda sink: sink.number_formats(["0"])),
        (replace(DEFAULT, text_bytes=5), Reason.LIMIT_TEXT_BYTES, lambda sink: sink.lines([paragraph("x")])),
        (replace(DEFAULT, members=5), Reason.LIMIT_MEMBERS, lambda sink: sink.member(b"x").__enter__()),
        (
            replace(DEFAULT, members=5),
            Reason.LIMIT_MEMBERS,
            lambda sink: sink.member_without_bytes(b"x", State.REFUSED, Reason.SYMLINK),
        ),
    ],
)
def test_counting_stops_at_the_limit(
    limits: Limits, reason: Reason, say: Callable[[FrameSink], object]
) -> None:
    def endless(sink: FrameSink) -> None:
        for _ in range(7):
            say(sink)

    with pytest.raises(Unreadable) as cut:
        frames_of(endless, limits)
    assert cut.value.reason is reason


def test_a_member_with_an_impossible_name_is_kept_without_bytes() -> None:
    def say(sink: FrameSink) -> None:
        with sink.member(b"x" * 5_000) as member:
            member.write(b"x")

    found = frames_of(say)
    assert values(found, Kind.MEMBER_ABSENT, "reason") == ["limit-name"]
    assert [len(name) for name in values(found, Kind.MEMBER_ABSENT, "name")] == [DEFAULT.name_bytes]
    assert values(found, Kind.MEMBER_DATA, "data") == []


@pytest.mark.parametrize(
    ("say", "state"),
    [
        (lambda sink: None, ("empty", "no-content")),
        (lambda sink: sink.meta("key", "x"), ("empty", "no-content")),
        (lambda sink: sink.meta("mapi:display-name", "of a card"), ("read", "")),
        (lambda sink: sink.lines([paragraph("x")]), ("read", "")),
        (
            lambda sink: (sink.lines([paragraph("x")]), sink.partly(Reason.UNREAD_PART)),
            ("partly", "unread-part"),
        ),
        (
            lambda sink: (sink.partly(Reason.LOCKED_PART), sink.partly(Reason.UNREAD_PART)),
            ("partly", "locked-part"),
        ),
    ],
)
def test_it_ends_in_the_state_that_fits(say: Callable[[FrameSink], object], state: tuple[str, str]) -> None:
    def ends(sink: FrameSink) -> None:
        say(sink)
        sink.end()

    last = frames_of(ends)[-1]
    assert (last.kind, last.text("state"), last.text("reason")) == (Kind.END, *state)
