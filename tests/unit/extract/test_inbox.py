"""Frames come out as they went in, however they are cut; what is no frame is never taken for one."""

from __future__ import annotations

from array import array
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proofroom.extract.format import texts
from proofroom.extract.frames import MAX_FRAME, SCHEMAS, Kind, pack, pack_one
from proofroom.extract.inbox import BadFrame, Frame, FrameReader

LINES = b"".join(pack(Kind.LINES, 2, [texts(["a=1", "a=2"]), b"\1\2", array("H", [0, 1]), texts(["名", ""])]))
STREAM = b"".join(
    [
        *pack_one(Kind.FORMAT, "docx", "a/b"),
        *pack_one(Kind.SHEET, -7, "名单", 1),
        LINES,
        *pack_one(Kind.MEMBER_BEGIN, bytes(range(256)), -1),
        *pack_one(Kind.MEMBER_DATA, b"\0\xff"),
        *pack_one(Kind.END, "read", ""),
    ]
)


def read(*pieces: bytes) -> list[tuple[Any, ...]]:
    """Read pieces of a stream to its end and give every frame as plain values."""
    reader = FrameReader()
    frames = [plain(frame) for piece in pieces for frame in reader.feed(piece)]
    reader.finish()
    return frames


def plain(frame: Frame) -> tuple[Any, ...]:
    """Give a frame as plain values."""
    columns = {name: column.tolist() for name, column in frame.columns.items()}
    return frame.kind, frame.rows, columns


def test_every_value_comes_out_as_it_went_in() -> None:
    found = read(STREAM)
    assert [kind for kind, _, _ in found] == [
        Kind.FORMAT, Kind.SHEET, Kind.LINES, Kind.MEMBER_BEGIN, Kind.MEMBER_DATA, Kind.END,
    ]  # fmt: skip
    assert found[1] == (Kind.SHEET, 1, {"index": [-7], "name": ["名单"], "visibility": [1]})
    assert found[2][2] == {"part": ["a=1", "a=2"], "kind": [1, 2], "flags": [0, 1], "text": ["名", ""]}
    assert found[3][2] == {"name": [bytes(range(256))], "size": [-1]}


def test_it_does_not_matter_where_the_stream_is_cut() -> None:
    whole = read(STREAM)
    assert read(*(STREAM[at : at + 1] for at in range(len(STREAM)))) == whole
    for at in range(len(STREAM)):
        assert read(STREAM[:at], STREAM[at:]) == whole


def test_a_stream_that_stops_inside_a_frame_is_not_believed() -> None:
    edges = {0}
    reader, done = FrameReader(), 0
    for at in range(len(STREAM)):
        if list(reader.feed(STREAM[at : at + 1])):
            done = at + 1
            edges.add(done)
    for at in range(len(STREAM)):
        if at in edges:
            read(STREAM[:at])
        else:
            with pytest.raises(BadFrame):
                read(STREAM[:at])


def test_the_largest_frame_is_taken_and_one_byte_more_is_not() -> None:
    room = MAX_FRAME - len(b"".join(pack_one(Kind.MEMBER_DATA, b"")))
    assert len(read(b"".join(pack_one(Kind.MEMBER_DATA, bytes(room))))) == 1
    with pytest.raises(BadFrame):
        read(b"".join(pack_one(Kind.MEMBER_DATA, bytes(room + 1))))


def test_a_lying_length_is_refused_before_anything_is_held() -> None:
    head = b"".join(pack_one(Kind.MEMBER_DATA, b""))[:12]
    with pytest.raises(BadFrame):
        list(FrameReader().feed(head[:8] + b"\xff\xff\xff\x7f"))


@given(st.binary(max_size=200))
def test_what_is_no_frame_raises_nothing_else(noise: bytes) -> None:
    for data in (noise, LINES + noise, STREAM[:8] + noise):
        try:
            read(data)
        except BadFrame:
            continue


@given(
    st.sampled_from(sorted(SCHEMAS)),
    st.integers(0, 3),
    st.lists(st.binary(max_size=20), min_size=9, max_size=9),
)
def test_frames_of_any_kind_with_any_columns_raise_nothing_else(
    kind: Kind, rows: int, columns: list[bytes]
) -> None:
    for count in (len(SCHEMAS[kind]), len(SCHEMAS[kind]) + 1):
        try:
            read(b"".join(pack(kind, rows, columns[:count])))
        except BadFrame:
            continue
