"""What the OCR worker's child answers: it crosses whole, and a child that lies is not believed in anything."""

from __future__ import annotations

import math
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as some

from proofroom.extract.ocr.looked import BadAnswer, GridCell, Looked, RawLine, Strip, pack, unpack

BOX = ((1, 2), (30, 2), (30, 12), (1, 12))
FACTS = struct.Struct("<HiBBIII6d")
LINE = struct.Struct("<fB8i")
CELL = struct.Struct("<5H4i")
STRIP = struct.Struct("<BBiiIIf")
PLAIN = (0, 0, 1, 1, 1, 100, 200, 1.0, 0.0, 0.0, 0.0, 1.0, 0.0)


def looked() -> Looked:
    found = Looked(270, -1.25, "Han", True, 2, 100, 200, (0.5, 0.0, 3.0, 0.0, 0.5, 4.0))
    found.lines.append(RawLine("登记 17", 0.5, "Han", BOX))
    found.cells.append(GridCell(1, 1, 2, 1, 3, 0, 0, 50, 60))
    found.over.append(RawLine("", 0.25, "", BOX))
    found.strips.append(Strip("Arab", True, -8, 4, 3, 2, 0.5, bytes(range(6))))
    return found


def section(kind: int, body: bytes) -> bytes:
    return struct.pack("<BI", kind, len(body)) + body


def answer(*sections: bytes, facts: tuple[float, ...] = PLAIN) -> bytes:
    return b"PFOC" + section(1, FACTS.pack(*facts)) + b"".join(sections) + section(0, b"")


def test_an_answer_crosses_whole() -> None:
    assert unpack(b"".join(pack(looked()))) == looked()


@pytest.mark.parametrize("cut", [0, 3, 4, 9, 40, 90, -1])
def test_an_answer_that_is_cut_short_is_none(cut: int) -> None:
    with pytest.raises(BadAnswer):
        unpack(b"".join(pack(looked()))[:cut])


@pytest.mark.parametrize(
    "facts",
    [
        (45, *PLAIN[1:]),
        (0, 46_000, *PLAIN[2:]),
        (*PLAIN[:2], 4, *PLAIN[3:]),
        (*PLAIN[:5], 0, *PLAIN[6:]),
        (*PLAIN[:5], 1 << 21, *PLAIN[6:]),
        (*PLAIN[:7], math.nan, *PLAIN[8:]),
        (*PLAIN[:7], math.inf, *PLAIN[8:]),
    ],
)
def test_a_page_that_cannot_be_is_not_believed(facts: tuple[float, ...]) -> None:
    assert unpack(answer()).width == 100
    with pytest.raises(BadAnswer):
        unpack(answer(facts=facts))


@pytest.mark.parametrize(
    "lie",
    [
        section(2, LINE.pack(1.5, 1, *[1] * 8) + b"a"),
        section(2, LINE.pack(math.nan, 1, *[1] * 8) + b"a"),
        section(2, LINE.pack(0.5, 9, *[1] * 8) + b"a"),
        section(2, LINE.pack(0.5, 1, 1 << 21, *[1] * 7) + b"a"),
        section(2, LINE.pack(0.5, 1, *[1] * 8) + b"\xff\xfe"),
        section(2, b"short"),
        section(3, CELL.pack(0, 1, 1, 1, 1, 0, 0, 9, 9)),
        section(3, CELL.pack(1, 1, 1, 1, 1, 0, 0, 101, 9)),
        section(3, CELL.pack(1, 1, 1, 1, 1, 9, 0, 9, 9)),
        section(4, STRIP.pack(1, 0, 0, 0, 3, 2, 1.0) + b"12345"),
        section(4, STRIP.pack(1, 0, 0, 0, 0, 2, 1.0)),
        section(4, STRIP.pack(1, 0, 0, 0, 1, 1, math.nan) + b"1"),
        section(4, STRIP.pack(1, 0, 1 << 21, 0, 1, 1, 1.0) + b"1"),
        section(1, FACTS.pack(*PLAIN)),
        section(7, b""),
        struct.pack("<BI", 2, 0xFFFFFFFF),
    ],
)
def test_a_part_that_cannot_be_takes_the_whole_answer_with_it(lie: bytes) -> None:
    with pytest.raises(BadAnswer):
        unpack(answer(lie))


def test_nothing_may_come_before_the_facts_or_behind_the_end() -> None:
    for untrusted in (
        b"PFOC" + section(0, b""),
        b"PFOC" + section(2, b""),
        answer() + b"x",
        b"PNG" + answer(),
    ):
        with pytest.raises(BadAnswer):
            unpack(untrusted)


@given(some.binary(max_size=300))
def test_rubbish_is_refused_and_nothing_else_happens(untrusted: bytes) -> None:
    for whole in (untrusted, answer(untrusted)[: -len(section(0, b""))]):
        with pytest.raises(BadAnswer):
            unpack(whole)


def test_more_lines_than_a_page_holds_are_not_taken() -> None:
    line = section(2, LINE.pack(0.5, 1, *[1] * 8) + b"a")
    with pytest.raises(BadAnswer):
        unpack(answer(*[line] * 20_002))
