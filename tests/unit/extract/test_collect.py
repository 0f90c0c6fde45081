"""What a child says becomes tables, members and a state, or nothing at all when it breaks a rule."""

from __future__ import annotations

import hashlib
import struct
from array import array
from dataclasses import replace
from typing import Any

import pytest
from attack_frames import (
    BEGIN,
    DATA,
    END,
    FORMAT,
    FORMATS,
    LINE,
    MEMBER_END,
    SHEET,
    STREAMS,
    cell,
    frame,
    line,
    text,
)
from hypothesis import given
from hypothesis import strategies as st

from proofroom.extract.collect import Collector
from proofroom.extract.format import texts
from proofroom.extract.frames import Kind, pack, pack_one
from proofroom.extract.inbox import BadFrame
from proofroom.limits import DEFAULT, Limits
from proofroom.model.states import Reason, State


class Place:
    """Keeps a member's bytes."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.data = b""

    def write(self, data: bytes) -> None:
        """Take bytes."""
        self.data += data

    def finish(self) -> tuple[str, int]:
        """Give digest and size."""
        return hashlib.sha256(self.data).hexdigest(), len(self.data)


class Kept:
    """A collector and everything that it gave."""

    def __init__(self, limits: Limits = DEFAULT) -> None:
        """Collect within the limits."""
        self.tables: list[tuple[str, Any]] = []
        self.collector = Collector(
            "0" * 64, limits, lambda noun, table: self.tables.append((noun, table)), Place
        )

    def feed(self, *pieces: bytes) -> Kept:
        """Take pieces and then the word that the child ended well."""
        for piece in (*pieces, b""):
            self.collector.feed(piece)
        return self

    def rows(self, noun: str) -> list[dict[str, Any]]:
        """Give all rows of one kind."""
        return [row for name, table in self.tables if name == noun for row in table.to_pylist()]


def refused(*pieces: bytes, limits: Limits = DEFAULT) -> bool:
    """Say whether a stream is refused; nothing but BadFrame may come out."""
    try:
        Kept(limits).feed(*pieces)
    except BadFrame:
        return True
    return False


GOOD = (
    FORMAT + SHEET + FORMATS + cell() + LINE + BEGIN + DATA + DATA + MEMBER_END
    + b"".join(pack_one(Kind.MEMBER_ABSENT, b"link", "refused", "symlink"))
    + b"".join(pack_one(Kind.PARTLY, "unread-part"))
    + b"".join(pack_one(Kind.PIXELS, 1, 1, b"rgb"))
    + frame(Kind.META, 1, text(b"ooxml:creator"), text("办公室".encode()))
    + b"".join(pack_one(Kind.END, "partly", "unread-part"))
)  # fmt: skip


def test_a_child_that_keeps_the_rules_is_believed() -> None:
    kept = Kept().feed(GOOD)
    found = kept.collector.finish()
    assert (found.state, found.reason, found.format) == (State.PARTLY, Reason.UNREAD_PART, "docx")
    assert kept.rows("cells")[0] | {} == {
        "artifact": "0" * 64, "sheet": 1, "row": 1, "col": 1, "type": 1, "flags": 0, "number_format": "0.00",
        "raw": "x", "shown": "", "formula": "",
    }  # fmt: skip
    assert [row["text"] for row in kept.rows("pieces")] == ["x", "办公室"]
    assert [(one.untrusted_name, one.size, one.state) for one in found.members] == [
        (b"a", 10, None),
        (b"link", 0, State.REFUSED),
    ]


@pytest.mark.parametrize("stream", STREAMS)
def test_a_child_that_breaks_a_rule_is_not_believed(stream: str) -> None:
    untrusted = STREAMS[stream]
    assert refused(untrusted)
    assert refused(*(untrusted[at : at + 1] for at in range(len(untrusted))))


def test_the_content_does_not_depend_on_how_it_was_cut_or_batched() -> None:
    whole = Kept().feed(GOOD)
    bytewise = Kept().feed(*(GOOD[at : at + 1] for at in range(len(GOOD))))
    assert whole.collector.content() == bytewise.collector.content()
    two = pack(Kind.LINES, 2, [texts(["a=1", "a=2"]), b"\1\1", array("H", [0, 0]), texts(["x", "y"])])
    together = Kept().feed(FORMAT, b"".join(two), END)
    apart = Kept().feed(FORMAT, line(b"a=1"), line(b"a=2", content=text(b"y")), END)
    assert together.collector.content() == apart.collector.content()


def test_the_content_tells_every_value_apart() -> None:
    streams = [
        LINE, line(b"para=2"), line(kind=2), line(flags=1), line(content=text(b"y")), LINE + LINE,
        BEGIN + MEMBER_END, BEGIN + DATA + MEMBER_END, SHEET, SHEET + FORMATS + cell(), SHEET + FORMATS + cell(row=2),
    ]  # fmt: skip
    contents = {Kept().feed(FORMAT, stream, END).collector.content() for stream in streams}
    assert len(contents) == len(streams)


def test_a_child_that_was_killed_keeps_what_came_and_its_open_member_is_cut_short() -> None:
    kept = Kept()
    kept.collector.feed(FORMAT + LINE + BEGIN + DATA)
    found = kept.collector.finish()
    assert found.state is None
    assert [(one.size, one.state, one.reason) for one in found.members] == [
        (5, State.TRUNCATED, Reason.CUT_SHORT)
    ]
    assert len(kept.rows("pieces")) == 1


MERGE = frame(Kind.MERGES, 2, struct.pack("<2i", 1, 1), *[struct.pack("<2i", 1, 2)] * 4)


@pytest.mark.parametrize(
    ("limits", "stream", "most"),
    [
        (replace(DEFAULT, members=3), BEGIN + MEMBER_END, 3),
        (replace(DEFAULT, members=3), b"".join(pack_one(Kind.MEMBER_ABSENT, b"", "refused", "")), 3),
        (replace(DEFAULT, cells=3), cell(), 5),
        (replace(DEFAULT, pieces=3), LINE, 5),
        (replace(DEFAULT, pieces=6), MERGE, 4),
        (replace(DEFAULT, expanded_bytes=15), BEGIN + DATA + MEMBER_END, 5),
    ],
)
def test_a_child_cannot_say_more_than_its_own_limits_allow(limits: Limits, stream: bytes, most: int) -> None:
    begin = FORMAT + SHEET + FORMATS
    assert not refused(begin + stream + END, limits=limits)
    assert refused(begin + stream * (most + 1), limits=limits)


def test_text_is_bounded_too() -> None:
    long = line(content=text(b"x" * (1 << 20)))
    assert refused(FORMAT, *[long] * 70, limits=replace(DEFAULT, text_bytes=1 << 20))
    assert not refused(FORMAT, long, END, limits=replace(DEFAULT, text_bytes=1 << 20))


def boxes(*columns: tuple[int, ...], confidence: bytes = b"\xff") -> bytes:
    """Give a frame of boxes from its columns: line, left, top, right, bottom."""
    return frame(
        Kind.BOXES, len(columns[0]), *[array("i", column).tobytes() for column in columns], confidence
    )


def test_a_box_stands_beside_its_line() -> None:
    good = boxes((0,), (1,), (-2,), (3,), (4,), confidence=b"\x5f")
    kept = Kept().feed(FORMAT, LINE, line(b"para=2"), good, END)
    sides = {"left": 1, "top": -2, "right": 3, "bottom": 4, "confidence": 95}
    assert kept.rows("boxes") == [{"artifact": "0" * 64, "seq": 1, **sides}]
    assert kept.collector.content() != Kept().feed(FORMAT, LINE, line(b"para=2"), END).collector.content()


@pytest.mark.parametrize(
    "bad",
    [
        boxes((1,), (1,), (2,), (3,), (4,)),
        boxes((-1,), (1,), (2,), (3,), (4,)),
        boxes((0,), (4,), (2,), (3,), (4,)),
        boxes((0,), (1,), (5,), (3,), (4,)),
        boxes((0, 0), (1, 1), (2, 2), (3, 3), (4, 4), confidence=b"\0\0"),
        boxes((0,), (1,), (2,), (3,), (4,), confidence=b"\x65"),
        boxes((0,), (1,), (2,), (3,), (4,)) * 2,
    ],
)
def test_a_box_of_no_line_or_no_shape_is_not_believed(bad: bytes) -> None:
    assert refused(FORMAT, LINE, bad, END)


def test_sheets_without_end_are_bounded() -> None:
    sheets = [b"".join(pack_one(Kind.SHEET, n, "", 0)) for n in range(20)]
    assert refused(FORMAT, *sheets, limits=replace(DEFAULT, pieces=10))


def test_a_name_too_long_is_cut() -> None:
    begin = b"".join(pack_one(Kind.MEMBER_BEGIN, b"x" * 9_000, -1))
    kept = Kept().feed(FORMAT, begin, MEMBER_END, END)
    assert [len(one.untrusted_name) for one in kept.collector.found.members] == [DEFAULT.name_bytes]


def test_which_passwords_fitted_is_told_apart_from_the_content() -> None:
    keys = text(b"zip:password-index", b"a:b", b"zip:password-index", b"zip:passwords-tried")
    meta = frame(Kind.META, 4, keys, text(b"3", b"c", b"0", b"7+"))
    kept = Kept().feed(FORMAT, meta, END)
    found = kept.collector.found
    assert (found.passwords, found.tried, found.is_cut) == ([3, 0], 7, True)
    assert [row["text"] for row in kept.rows("pieces")] == ["c"]
    for number in ("٣", "9" * 5_000, "-3", ""):
        lie = frame(Kind.META, 1, text(b"zip:password-index"), text(number.encode()))
        assert Kept().feed(FORMAT, lie, END).collector.found.passwords == [-1]


@given(st.integers(0, len(GOOD) - 1), st.integers(0, 255))
def test_any_byte_may_be_changed_and_nothing_else_is_raised(at: int, byte: int) -> None:
    refused(GOOD[:at] + bytes([byte]) + GOOD[at + 1 :])


@given(st.integers(0, len(GOOD) - 4), st.sampled_from([0, 1, -1, 2**31 - 1, -(2**31), 2**16, 64 << 20]))
def test_any_number_may_be_changed_and_nothing_else_is_raised(at: int, number: int) -> None:
    refused(GOOD[:at] + struct.pack("<i", number) + GOOD[at + 4 :])
