"""Workbooks that arrived damaged, cut short or locked: what could be read stands, and what not is said."""

from __future__ import annotations

import io
import zipfile
import zlib

import pytest
from workbook_sink import Keeper, keep
from xlsx_by_hand import book, one, pack, sheet, strings, styles, unpack

from proofroom.extract.formats.xlsx import FORMAT
from proofroom.model.states import Reason, State

ROW = '<row r="1"><c r="A1"><v>1</v></c></row>'
TEXT = '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1"><v>5</v></c></row>'
STRINGS = {"xl/sharedStrings.xml": strings("<t>甲</t>"), "xl/styles.xml": styles("0.00")}


def end(found: Keeper) -> tuple[State, Reason] | None:
    return (found.ended.state, found.ended.reason) if found.ended else None


def test_a_file_cut_anywhere_gives_what_arrived() -> None:
    rows = "".join(f'<row r="{n}"><c r="A{n}"><v>{n * n}</v></c></row>' for n in range(1, 3_000))
    whole = one(rows, {"xl/media/a.bin": bytes(range(256)) * 8})
    counts = []
    for size in range(0, len(whole), len(whole) // 37):
        found = keep(FORMAT.read, whole[:size])
        assert end(found) in {(State.DAMAGED, Reason.CUT_SHORT), (State.DAMAGED, Reason.NOT_WELL_FORMED)}
        counts.append(len(found.kept))
    assert counts[0] == 0
    assert counts[-1] == 2_999
    assert counts == sorted(counts)
    assert keep(FORMAT.read, whole[:-30]).raw()[2_999, 1] == "8994001"


def test_a_wrong_checksum_is_said_and_the_cells_are_given() -> None:
    data = bytearray(pack(unpack(one(ROW)), zipfile.ZIP_STORED))
    at = data.index(b"<v>1</v>")
    data[at + 3 : at + 4] = b"7"
    found = keep(FORMAT.read, bytes(data))
    assert (found.raw(), found.partial) == ({(1, 1): "7"}, [Reason.BAD_CHECKSUM])


def test_a_part_whose_packing_breaks_gives_what_came_before() -> None:
    rows = "".join(
        f'<row r="{n}"><c r="A{n}"><v>{zlib.crc32(b"%d" % n)}</v></c></row>' for n in range(1, 50_000)
    )
    data = bytearray(one(rows))
    data[len(data) // 2] ^= 0xFF
    found = keep(FORMAT.read, bytes(data))
    assert 1_000 < len(found.kept) < 49_999
    assert found.partial == [Reason.DAMAGED_PART]


def locked(data: bytes, part: str) -> bytes:
    """Set the flag of encryption in both headers of a part."""
    out = bytearray(data)
    for mark, flags, name in ((b"PK\3\4", 6, 30), (b"PK\1\2", 8, 46)):
        at = out.find(mark)
        while at >= 0:
            if out[at + name : at + name + len(part)] == part.encode():
                out[at + flags] |= 1
            at = out.find(mark, at + 1)
    return bytes(out)


def test_parts_under_a_password_are_said_to_be() -> None:
    more = {"xl/media/a.png": b"png"} | STRINGS
    found = keep(FORMAT.read, locked(one(TEXT, more), "xl/worksheets/sheet1.xml"))
    assert (found.kept, found.partial, end(found)) == ({}, [Reason.LOCKED_PART], None)
    found = keep(FORMAT.read, locked(one(TEXT, more), "xl/media/a.png"))
    assert (len(found.kept), found.partial, found.members) == (
        2,
        [Reason.PASSWORD_UNKNOWN],
        {"xl/media/a.png": b""},
    )
    found = keep(FORMAT.read, locked(one(TEXT, more), "xl/workbook.xml"))
    assert end(found) == (State.LOCKED, Reason.PASSWORD_UNKNOWN)


def test_a_workbook_part_that_is_missing_or_broken_costs_only_the_names() -> None:
    parts = unpack(book({"S": sheet(ROW), "T": sheet(ROW.replace(">1<", ">2<"))}))
    for change in (None, b"<workbook", b"", b"<workbook/>", b"\xff\xfe\0"):
        broken = {name: data for name, data in parts.items() if name != "xl/workbook.xml"}
        found = keep(FORMAT.read, pack(broken if change is None else broken | {"xl/workbook.xml": change}))
        assert [name for name, _ in found.sheets.values()] == ["sheet1", "sheet2"]
        assert (found.raw(1), found.raw(2)) == ({(1, 1): "1"}, {(1, 1): "2"})
        assert Reason.DAMAGED_PART in found.partial


def test_broken_arrows_cost_only_what_nobody_can_guess() -> None:
    data = book(
        {"S": sheet(ROW), "T": sheet(ROW.replace(">1<", ">2<"))}, {"xl/_rels/workbook.xml.rels": b"<Rel"}
    )
    found = keep(FORMAT.read, data)
    assert ([name for name, _ in found.sheets.values()], found.raw(2)) == (["S", "T"], {(1, 1): "2"})
    assert Reason.DAMAGED_PART in found.partial


def test_nothing_of_a_workbook_is_no_workbook() -> None:
    assert end(keep(FORMAT.read, pack({"a.txt": "x"}))) == (State.DAMAGED, Reason.NOT_WELL_FORMED)
    assert end(keep(FORMAT.read, b"PK\3\4")) == (State.DAMAGED, Reason.NOT_WELL_FORMED)
    assert end(keep(FORMAT.read, b"")) == (State.DAMAGED, Reason.NOT_WELL_FORMED)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_of_two_parts_of_one_name_the_last_is_read_and_the_other_handed_out() -> None:
    out = io.BytesIO(one(ROW))
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("xl/worksheets/SHEET1.xml", sheet(ROW.replace(">1<", ">2<")))
    found = keep(FORMAT.read, out.getvalue())
    assert found.raw() == {(1, 1): "2"}
    assert list(found.members) == ["xl/worksheets/sheet1.xml"]
    assert b"<v>1</v>" in found.members["xl/worksheets/sheet1.xml"]
