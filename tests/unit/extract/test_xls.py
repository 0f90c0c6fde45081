"""Old workbooks (.xls): every cell as stored, and what damage costs."""

from __future__ import annotations

import dataclasses
import io
import os
import struct
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from xls_by_hand import assert_as_in, book, ending, formula, place, read, record, wide, workbook

from proofroom.extract.detect import detect
from proofroom.extract.format import Source, Unreadable
from proofroom.extract.formats.calamine import FORMAT
from proofroom.extract.sink import FrameSink
from proofroom.limits import DEFAULT
from proofroom.model.evidence import CellType, Flag
from proofroom.model.states import Reason, State
from proofroom.world import compound, xls

OLD = xls.write(book(), blind=False).data or b""
DAMAGE = st.lists(
    st.tuples(st.floats(0, 1, exclude_max=True), st.binary(min_size=1, max_size=6)), min_size=1, max_size=6
)


@pytest.mark.parametrize("first_year", [1900, 1904])
def test_an_old_workbook_of_the_world_is_read_as_it_was_written(first_year: int) -> None:
    made = xls.write(dataclasses.replace(book(), date1904=first_year == 1904), blind=False)
    keeper = read(made.data or b"")
    assert_as_in(made, keeper)
    assert keeper.sheets == {1: ("名单", Flag.NONE), 2: ("底表", Flag.VERY_HIDDEN_SHEET)}
    assert keeper.kept[1, 3, 2].flags & Flag.PRECISION
    assert keeper.kept[1, 2, 3].type is CellType.DATE
    assert keeper.properties["ole:comments"] == ["SYNTHETIC-FICTION"]
    assert (keeper.ended, keeper.partial) == (None, [])


def test_merged_ranges_of_an_old_workbook_are_given() -> None:
    made = book()
    made.sheets[0].merge(1, 1, 1, 4)
    assert read(xls.write(made, blind=False).data or b"").ranges == {1: [(1, 1, 1, 4)]}


def test_every_kind_of_cell_of_an_old_workbook_is_read() -> None:
    cells = (
        record(0x027E, place(1, 1) + struct.pack("<I", 12345 << 2 | 3))
        + record(
            0x00BD, struct.pack("<HH", 0, 1) + struct.pack("<HIHI", 0, 7 << 2 | 2, 0, 0x3FF00000) + b"\3\0"
        )
        + record(0x0205, place(2, 1) + b"\1\0")
        + record(0x0205, place(2, 2) + b"\x2a\1")
        + record(0x0204, place(2, 3) + wide("label"))
        + formula(3, 1, struct.pack("<d", 0.1 + 0.2))
        + formula(3, 2, b"\0\0\0\0\0\0\xff\xff")
        + record(0x0207, wide("text of a formula"))
        + formula(3, 3, b"\1\0\0\0\0\0\xff\xff")
        + formula(3, 4, b"\2\0\x07\0\0\0\xff\xff")
        + formula(3, 5, b"\3\0\0\0\0\0\xff\xff")
        + record(0x0201, place(4, 1))
        + record(0x027E, place(5, 1) + struct.pack("<I", (-5 << 2 & 0xFFFFFFFF) | 2))
    )
    keeper = read(workbook(cells))
    found = {
        at: (cell.type, cell.raw, bool(cell.flags & Flag.HAS_FORMULA)) for at, cell in keeper.kept.items()
    }
    assert found == {
        (1, 1, 1): (CellType.NUMBER, "123.45", False),
        (1, 1, 2): (CellType.NUMBER, "7", False),
        (1, 1, 3): (CellType.NUMBER, "1", False),
        (1, 2, 1): (CellType.BOOLEAN, "TRUE", False),
        (1, 2, 2): (CellType.ERROR, "#N/A", False),
        (1, 2, 3): (CellType.STRING, "label", False),
        (1, 3, 1): (CellType.NUMBER, "0.30000000000000004", True),
        (1, 3, 2): (CellType.STRING, "text of a formula", True),
        (1, 3, 3): (CellType.BOOLEAN, "FALSE", True),
        (1, 3, 4): (CellType.ERROR, "#DIV/0!", True),
        (1, 3, 5): (CellType.STRING, "", True),
        (1, 5, 1): (CellType.NUMBER, "-5", False),
    }
    assert (keeper.ended, keeper.partial) == (None, [])


def test_a_table_of_texts_over_several_records_is_joined() -> None:
    """A text may change from one byte a character to two where a record ends."""
    texts = (
        record(0x00FC, struct.pack("<II", 3, 3) + struct.pack("<HB", 6, 0) + b"abc")
        + record(0x003C, b"\1" + "维吾尔".encode("utf-16-le") + struct.pack("<HBH", 2, 8, 1) + b"de\0\0")
        + record(0x003C, b"\0\0" + struct.pack("<HBI", 1, 5, 4) + "终".encode("utf-16-le") + b"ext")
        + record(0x003C, b"!")
    )
    cells = b"".join(record(0x00FD, place(row, 1) + struct.pack("<I", row - 1)) for row in (1, 2, 3, 4))
    keeper = read(workbook(cells, first=texts))
    assert list(keeper.raw().values()) == ["abc维吾尔", "de", "终"]
    assert keeper.kept[1, 2, 1].flags == Flag.RICH_TEXT
    assert keeper.partial == [Reason.DAMAGED_PART]


def test_reading_aids_and_texts_that_no_cell_shows_are_kept() -> None:
    def aided(text: str, aid: str, more: int = 0) -> bytes:
        told = struct.pack("<HHIHHH", 1, 0, 0, 0, len(aid), len(aid) + more) + aid.encode("utf-16-le")
        return struct.pack("<HBI", len(text), 5, len(told)) + text.encode("utf-16-le") + told

    table = (
        aided("東京", "トウキョウ") + aided("余", "ヨ", more=9_000) + struct.pack("<HBI", 1, 4, 2) + b"x??"
    )
    first = record(0x00FC, struct.pack("<II", 3, 3) + table)
    cells = record(0x00FD, place(2, 2) + bytes(4)) + record(0x00FD, place(3, 2) + bytes(4))
    keeper = read(workbook(cells, first=first))
    assert list(keeper.raw().values()) == ["東京", "東京"]
    assert keeper.said == {
        "sheet=Blatt&cell=B2&ruby=1": "トウキョウ",
        "leftover=2": "余",
        "leftover=2&ruby=1": "ヨ",
        "leftover=3": "x",
    }
    assert keeper.properties["ole:shared-strings"] == [
        "3 texts, 2 that no cell shows, 0 steps back in order of use"
    ]


def test_a_workbook_of_excel_5_is_read_with_its_code_page() -> None:
    text = "Привет".encode("cp1251")
    cells = record(0x0204, place(1, 1) + struct.pack("<H", len(text)) + text) + record(0x14, b"\6" + text)
    data = workbook(cells, first=record(0x42, struct.pack("<H", 1251)), version=0x0500, stream="Book")
    keeper = read(data)
    assert keeper.raw() == {(1, 1): "Привет"}
    assert keeper.said == {"sheet=Blatt&header=1": "Привет"}


def test_what_no_reader_of_ours_reads_in_an_old_workbook_is_said() -> None:
    data = compound.write([("Workbook", b""), ("Ctls", b"x")])
    whole = workbook(record(0x0204, place(1, 1) + wide("x")))
    assert read(data).ended
    with_more = compound.write([("Workbook", whole[512 : 512 + 4096]), ("Ctls", b"x")])
    assert read(with_more).partial == [Reason.UNREAD_PART]
    assert read(with_more).raw() == {(1, 1): "x"}


def test_a_cell_far_away_costs_no_memory_in_an_old_workbook() -> None:
    cells = record(0x0203, place(1, 1) + bytes(8)) + record(0x0203, place(65_536, 256) + bytes(8))
    assert set(read(workbook(cells)).raw()) == {(1, 1), (65_536, 256)}


def test_an_old_workbook_that_breaks_off_gives_what_came_before() -> None:
    longer_than_the_file = struct.pack("<HH", 0x0204, 0xFFFF)
    keeper = read(workbook(record(0x0204, place(1, 1) + wide("x")) + longer_than_the_file))
    assert keeper.raw() == {(1, 1): "x"}
    assert ending(keeper) == (State.DAMAGED, Reason.CUT_SHORT)
    arrived = read(OLD[: OLD.index("Root Entry".encode("utf-16-le"))])
    assert arrived.raw()[2, 2] == "阿迪力·买买提"
    assert ending(arrived) == (State.DAMAGED, Reason.CUT_SHORT)
    assert ending(read(OLD[:400])) == (State.DAMAGED, Reason.NOT_WELL_FORMED)


def test_an_old_workbook_that_breaks_off_is_still_known_for_one() -> None:
    arrived = OLD[: OLD.index("Root Entry".encode("utf-16-le"))]
    assert detect(Source(io.BytesIO(arrived), len(arrived), DEFAULT)).media_type in FORMAT.media_types


def test_a_damaged_record_costs_only_itself() -> None:
    cells = record(0x0203, b"\0\0") + record(0x0204, place(1, 1) + wide("x")) + record(0x0208, b"")
    keeper = read(workbook(cells, first=record(0x041E, b"\1") + record(0x1AE, b"\1")))
    assert keeper.raw() == {(1, 1): "x"}
    assert set(keeper.partial) == {Reason.DAMAGED_PART}
    assert keeper.ended is None


def test_a_sheet_that_is_named_twice_is_read_once() -> None:
    data = workbook(record(0x0204, place(1, 1) + wide("x")))
    bound = data.index(b"\x85\0")
    head = data[bound : bound + 4 + struct.unpack_from("<H", data, bound + 2)[0]]
    twice = workbook(
        record(0x0204, place(1, 1) + wide("x")), first=head.replace(head[4:8], struct.pack("<I", 99))
    )
    at = struct.unpack_from("<I", twice, twice.rindex(b"\x85\0") + 4)[0]
    keeper = read(twice.replace(struct.pack("<I", 99), struct.pack("<I", at), 1))
    assert keeper.kept.keys() == {(1, 1, 1)}
    assert keeper.partial == [Reason.DAMAGED_PART]


def survives(data: bytes) -> None:
    """Read into the real sink: damage may well give one address twice, which the keeper would not take."""
    with Path(os.devnull).open("wb") as out, suppress(Unreadable):
        FORMAT.read(Source(io.BytesIO(data), len(data), DEFAULT), FrameSink(out.fileno(), DEFAULT, len(data)))


@settings(max_examples=120, deadline=None)
@given(DAMAGE, st.floats(0, 1))
def test_no_damage_to_an_old_workbook_raises_anything_else(
    damage: list[tuple[float, bytes]], cut: float
) -> None:
    data = bytearray(OLD)
    for at, noise in damage:
        start = int(at * len(data))
        data[start : start + len(noise)] = noise
    survives(bytes(data[: int((0.5 + cut) * len(data))]))
