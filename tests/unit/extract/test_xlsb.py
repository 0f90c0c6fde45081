"""Binary workbooks (.xlsb): every cell as stored."""

from __future__ import annotations

import struct

import pytest
from xls_by_hand import read
from xlsb_by_hand import SEVEN, Zipped, at_row, binary, binary_book, counted, in_column
from xlsx_by_hand import relations, unpack

from proofroom.model.evidence import CellType, Flag
from proofroom.model.states import Reason


def test_every_kind_of_cell_of_a_binary_workbook_is_read(zipped: Zipped) -> None:
    sheet = (
        binary(60, struct.pack("<4IH", 3, 3, 0, 0, 1))
        + at_row(1)
        + in_column(7, 1, struct.pack("<I", 1))
        + in_column(5, 2, struct.pack("<d", 40_000), style=1)
        + in_column(2, 3, struct.pack("<I", 7 << 2 | 2))
        + in_column(6, 4, counted("inline"))
        + at_row(3, hidden=True)
        + in_column(3, 1, b"\x2a")
        + in_column(4, 2, b"\1")
        + in_column(8, 3, counted("by formula") + SEVEN)
        + at_row(1_048_576)
        + in_column(9, 16_384, struct.pack("<d", 2.5) + SEVEN)
        + binary(176, struct.pack("<4I", 0, 1, 0, 2))
    )
    keeper = read(binary_book(sheet, zipped))
    found = {
        at[1:]: (one.type, one.raw, one.shown, one.flags & ~Flag.VERY_HIDDEN_SHEET)
        for at, one in keeper.kept.items()
    }
    assert found == {
        (1, 1): (CellType.STRING, "乙", "", Flag.RICH_TEXT),
        (1, 2): (CellType.DATE, "40000", "2013-07-07", Flag.NONE),
        (1, 3): (CellType.NUMBER, "7", "", Flag.NONE),
        (1, 4): (CellType.STRING, "inline", "", Flag.HIDDEN_COLUMN),
        (3, 1): (CellType.ERROR, "#N/A", "", Flag.HIDDEN_ROW),
        (3, 2): (CellType.BOOLEAN, "TRUE", "", Flag.HIDDEN_ROW),
        (3, 3): (CellType.STRING, "by formula", "", Flag.HIDDEN_ROW | Flag.HAS_FORMULA),
        (1_048_576, 16_384): (CellType.NUMBER, "2.5", "", Flag.HAS_FORMULA),
    }
    assert keeper.sheets == {1: ("名单", Flag.VERY_HIDDEN_SHEET)}
    assert keeper.ranges == {1: [(1, 1, 2, 3)]}
    comment = "sheet=名单&cell=B3&comment=1"
    assert keeper.said == {comment: "批注", f"{comment}&author=1": "办公室", "leftover=1": "甲"}
    assert keeper.members == {"xl/vbaProject.bin": b"macros"}
    assert (keeper.ended, keeper.partial) == (None, [])


@pytest.mark.parametrize(
    "sheet",
    [
        at_row(1) + in_column(7, 1, struct.pack("<I", 99)),
        at_row(1) + in_column(7, 2_000_000, struct.pack("<I", 0)),
        at_row(2_000_000) + in_column(7, 1, struct.pack("<I", 0)),
        at_row(1) + in_column(5, 1, b"\0"),
        at_row(1) + in_column(5, 1, bytes(8))[:-3],
        at_row(1) + b"\x05\xff\xff\xff\x7f",
    ],
)
def test_damage_to_a_binary_sheet_is_said(sheet: bytes, zipped: Zipped) -> None:
    keeper = read(binary_book(sheet, zipped))
    assert (keeper.kept, keeper.partial) == ({}, [Reason.DAMAGED_PART])


def test_a_reading_aid_and_a_text_left_over_are_kept(zipped: Zipped) -> None:
    runs = struct.pack("<I", 1) + struct.pack("<HH", 0, 0)
    aided = [b"\3" + counted("東京") + runs + counted("トウキョウ"), b"\2" + counted("余") + counted("ヨ")]
    data = binary_book(at_row(1) + in_column(7, 1, bytes(4)) + in_column(7, 2, bytes(4)), zipped)
    parts = unpack(data) | {"xl/sharedStrings.bin": b"".join(binary(19, one) for one in (*aided, b"\2\1"))}
    keeper = read(zipped(parts))
    comment = "sheet=名单&cell=B3&comment=1"
    said = {part: text for part, text in keeper.said.items() if not part.startswith(comment)}
    assert said == {"sheet=名单&cell=A1&ruby=1": "トウキョウ", "leftover=2": "余", "leftover=2&ruby=1": "ヨ"}
    assert keeper.properties["ooxml:shared-strings"] == [
        "3 texts, 2 that no cell shows, 0 steps back in order of use"
    ]


def test_a_table_of_a_binary_sheet_is_told_with_its_range(zipped: Zipped) -> None:
    table = binary(343, struct.pack("<4I", 0, 8, 0, 1) + bytes(48) + counted("t") + counted("人员"))
    table += binary(347, bytes(24) + counted("姓名") + counted(""))
    arrows = relations(("t", "table", "../tables/t.bin"))
    parts = unpack(binary_book(at_row(1), zipped))
    parts |= {"xl/worksheets/_rels/sheet1.bin.rels": arrows, "xl/tables/t.bin": table}
    assert read(zipped(parts)).properties["ooxml:table"] == ["人员=名单!A1:B9: 姓名"]
