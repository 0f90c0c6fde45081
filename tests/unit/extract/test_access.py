"""Access databases of every age: each table as a sheet, with what was deleted, moved, compressed or encoded."""

from __future__ import annotations

import random
import struct
import uuid
import zlib
from pathlib import Path

import pytest
from jet_by_hand import (
    BOOLEAN,
    DATE,
    DECIMAL,
    DELETED,
    DOUBLE,
    ELSEWHERE,
    GUID,
    LONG,
    MEMO,
    MONEY,
    OLE,
    SINGLE,
    TEXT,
    Jet,
    long_value,
)
from workbook_sink import Keeper, keep

from proofroom.extract.formats.access import FORMAT
from proofroom.model.evidence import CellType, Flag
from proofroom.model.states import Reason, State

PEOPLE = (("编号", LONG), ("姓名", TEXT), ("born", DATE), ("open", BOOLEAN))
HIDDEN = Flag.DELETED | Flag.HIDDEN_ROW
GIF = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,\x00\x00\x00"


def person(jet: Jet, number: int, name: str | bytes, day: float = 31903.25, *, is_open: bool = True) -> bytes:
    text = jet.text(name) if isinstance(name, str) else name
    return jet.row(PEOPLE, [struct.pack("<i", number), text, struct.pack("<d", day), is_open])


def read(data: bytes) -> Keeper:
    return keep(FORMAT.read, data)


def rows(found: Keeper, sheet: int = 1) -> list[list[str | None]]:
    raw = found.raw(sheet)
    width, height = (max(place[at] for place in raw) for at in (1, 0))
    return [[raw.get((row, column)) for column in range(1, width + 1)] for row in range(1, height + 1)]


@pytest.mark.parametrize("jet3", [False, True])
def test_each_table_is_a_sheet_and_those_of_the_program_are_hidden(jet3: bool) -> None:  # noqa: FBT001 - a test's case
    jet = Jet(jet3=jet3, code_page=936 if jet3 else 1252)
    jet.list("MSysObjects", 1, 2, -0x7FFFFFFE)
    jet.table(
        "名单", PEOPLE, [(person(jet, 7, "阿依古丽"), 0), (person(jet, 8, "李", 0.5, is_open=False), 0)]
    )
    found = read(jet.bytes())
    assert found.sheets == {1: ("名单", Flag.NONE), 2: ("MSysObjects", Flag.HIDDEN_SHEET)}
    assert rows(found) == [
        ["编号", "姓名", "born", "open"],
        ["7", "阿依古丽", "31903.25", "TRUE"],
        ["8", "李", "0.5", "FALSE"],
    ]
    assert found.kept[1, 2, 3].type is CellType.DATE
    assert [found.kept[1, row, 3].shown for row in (2, 3)] == ["1987-05-06T06:00:00", "12:00:00"]
    assert (
        found.said["schema=1"]
        == f"名单 (编号 Long, 姓名 Text({100 if jet3 else 50}), born Date/Time, open Yes/No)"
    )
    assert (found.ended, found.partial) == (None, [])


def test_a_text_without_every_second_byte_is_whole() -> None:
    jet = Jet()
    written = b"\xff\xfeAli\0" + "阿里".encode("utf-16-le") + b"\0 Q"
    jet.table("t", PEOPLE, [(person(jet, 1, written), 0)])
    assert rows(read(jet.bytes()))[1][1] == "Ali阿里 Q"


def test_a_database_whose_pages_are_encoded_is_read() -> None:
    jet = Jet(key=0x12345678)
    jet.table("t", PEOPLE, [(person(jet, 1, "Gul"), 0)])
    data = jet.bytes()
    assert "Gul".encode("utf-16-le") not in data
    assert rows(read(data))[1][:2] == ["1", "Gul"]


def test_deleted_rows_stand_behind_the_others_and_are_hidden() -> None:
    jet = Jet()
    jet.table(
        "t",
        PEOPLE,
        [(person(jet, 1, "one"), 0), (person(jet, 2, "two"), DELETED), (person(jet, 3, "three"), 0)],
        free_rows=[(person(jet, 4, "four"), 0)],
    )
    found = read(jet.bytes())
    assert [row[1] for row in rows(found)] == ["姓名", "one", "three", "two", "four"]
    assert [found.kept[1, row, 2].flags for row in (2, 3, 4, 5)] == [Flag.NONE, Flag.NONE, HIDDEN, HIDDEN]


def test_a_row_that_was_moved_is_read_where_it_lies_and_once() -> None:
    jet = Jet()
    here = len(jet.pages) + 1
    moved = struct.pack("<I", here << 8 | 1)
    jet.table("t", PEOPLE, [(moved, ELSEWHERE), (person(jet, 2, "moved"), DELETED)])
    assert [row[1] for row in rows(read(jet.bytes()))] == ["姓名", "moved"]


def test_long_values_are_gathered_from_their_pages() -> None:
    jet = Jet()
    text = "长" * 3000
    data = jet.text(text)
    second = jet.add(jet.rows_page(-1, [(bytes(4) + data[3000:], 0)]))
    first = jet.add(jet.rows_page(-1, [(b"other", 0), (struct.pack("<I", second << 8) + data[:3000], 0)]))
    single = jet.add(jet.rows_page(-1, [(jet.text("alone"), 0)]))
    columns = (("n", LONG), ("m", MEMO))
    values = [
        long_value(data, first << 8 | 1),
        long_value(jet.text("alone"), single << 8, one_row=True),
        long_value(jet.text("in")),
    ]
    jet.table(
        "t", columns, [(jet.row(columns, [struct.pack("<i", n), one]), 0) for n, one in enumerate(values)]
    )
    assert [row[1] for row in rows(read(jet.bytes()))] == ["m", text, "alone", "in"]


def test_a_long_row_of_access_97_is_taken_apart() -> None:
    jet = Jet(jet3=True)
    columns = tuple((f"c{n}", TEXT) for n in range(12))
    values = [jet.text(f"{n}" * 60) for n in range(12)]
    jet.table("t", columns, [(jet.row(columns, values), 0)])
    assert rows(read(jet.bytes()))[1] == [f"{n}" * 60 for n in range(12)]


def test_numbers_are_written_as_they_are_meant() -> None:
    jet = Jet()
    columns = (("m", MONEY), ("s", SINGLE), ("d", DOUBLE), ("g", GUID), ("x", DECIMAL), ("t", DATE))
    known = uuid.UUID("12345678-1234-5678-1234-567812345678")
    values: list[bytes | bool | None] = [
        struct.pack("<q", -62300),
        struct.pack("<f", 0.1),
        struct.pack("<d", 1e300),
        known.bytes_le,
        b"\x80" + struct.pack("<4I", 0, 0, 0, 12345),
        struct.pack("<d", -1.25),
    ]
    jet.table("t", columns, [(jet.row(columns, values), 0), (jet.row(columns, [None] * 6), 0)])
    found = read(jet.bytes())
    assert rows(found)[1] == [
        "-6.23",
        "0.1",
        "1E+300",
        "{12345678-1234-5678-1234-567812345678}",
        "-123.45",
        "-1.25",
    ]
    assert found.kept[1, 2, 6].shown == "1899-12-29T06:00:00"
    assert {row for row, _column in found.raw()} == {1, 2}


def test_a_file_in_a_field_comes_out_of_its_wrapping() -> None:
    jet = Jet()
    name = b"Paint.Picture\0"
    wrapped = (
        struct.pack("<HH", 0x1C15, 20)
        + bytes(16)
        + struct.pack("<III", 0x501, 2, len(name))
        + name
        + bytes(8)
    )
    wrapped += struct.pack("<I", len(GIF)) + GIF + b"behind"
    extension = "gif\0".encode("utf-16-le")
    attached = zlib.compress(struct.pack("<III", 12 + len(extension), 1, 4) + extension + GIF)
    packed = struct.pack("<II", 1, 200) + attached
    columns = (("FileData", OLE), ("FileName", TEXT))
    jet.table(
        "t",
        columns,
        [
            (jet.row(columns, [long_value(wrapped), None]), 0),
            (jet.row(columns, [long_value(packed), jet.text("face.gif")]), 0),
            (jet.row(columns, [long_value(b"\1\2"), None]), 0),
        ],
    )
    found = read(jet.bytes())
    assert found.members == {"t/A2": GIF, "t/A3/face.gif": GIF}
    assert found.said["sheet=t&cell=A3&file=1"] == "t/A3/face.gif"
    assert rows(found)[3][0] == "X'0102'"


def test_tables_in_other_files_are_named() -> None:
    jet = Jet()
    jet.list("far away", 6, 0)
    found = read(jet.bytes())
    assert found.properties["access:linked-table"] == ["far away"]
    assert found.partial == [Reason.EXTERNAL_PART]


def test_one_that_is_encrypted_is_locked_and_one_that_is_cut_short_damaged() -> None:
    jet = Jet(key=7)
    jet.table("t", PEOPLE, [])
    data = bytearray(jet.bytes())
    data[0x14] = 3
    data[2 * 4096 : 3 * 4096] = bytes(random.Random(1).randbytes(4096))
    found = read(bytes(data))
    assert found.ended is not None
    assert (found.ended.state, found.ended.reason) == (State.LOCKED, Reason.UNSUPPORTED_ENCRYPTION)
    plain = Jet()
    plain.table("t", PEOPLE, [(person(plain, 1, "x"), 0)])
    for length, reason in (
        (40, Reason.CUT_SHORT),
        (5000, Reason.CUT_SHORT),
        (4096 * 5, Reason.NOT_WELL_FORMED),
    ):
        found = read(plain.bytes()[:length])
        assert found.ended is not None
        assert found.ended.state is State.DAMAGED, length
        assert found.ended.reason in (reason, Reason.CUT_SHORT)


def test_a_table_whose_definition_is_lost_costs_itself_only() -> None:
    jet = Jet()
    lost = jet.table("lost", PEOPLE, [(person(jet, 1, "x"), 0)])
    jet.table("kept", PEOPLE, [(person(jet, 1, "y"), 0)])
    data = bytearray(jet.bytes())
    data[lost * 4096 : lost * 4096 + 4096] = b"\xff" * 4096
    found = read(bytes(data))
    assert found.sheets[1] == ("kept", Flag.NONE)
    assert found.partial == [Reason.DAMAGED_PART]


@pytest.mark.parametrize("jet3", [False, True])
def test_noise_never_raises(jet3: bool) -> None:  # noqa: FBT001 - a test's case
    jet = Jet(jet3=jet3, code_page=936)
    columns = (*PEOPLE, ("m", MEMO), ("x", DECIMAL), ("g", GUID))
    values: list[bytes | bool | None] = [struct.pack("<i", 1), b"name", struct.pack("<d", 5), True]
    row = jet.row(columns, [*values, long_value(b"memo"), bytes(17), bytes(16)])
    jet.table("t", columns, [(row, 0)] * 5)
    data = jet.bytes()
    chance = random.Random(6)
    for _ in range(150):
        broken = bytearray(data)
        for _ in range(chance.randrange(1, 40)):
            broken[chance.randrange(0x98, len(broken))] = chance.choice((0, 1, 0xFF, chance.randrange(256)))
        keep(FORMAT.read, bytes(broken), repeats=True)


@pytest.mark.corpora
def test_a_database_that_access_itself_wrote_is_read_whole(corpora: Path) -> None:
    found = keep(FORMAT.read, corpora / "tika" / "testAccess2_2002-2003.mdb")
    assert (found.ended, found.partial) == (None, [])
    first = rows(found)
    assert first[0][:4] == ["ID", "ShortTextField", "NumberField", "CurrencyField"]
    assert first[2][1] == "普林斯顿大学"
    assert found.members["Table1/J2"].startswith(b"\xd0\xcf\x11\xe0")
    assert any(name.endswith("/Office Theme.thmx") for name in found.members)


def test_the_sample_is_read() -> None:
    samples = Path(__file__).parents[3] / "src/proofroom/extract/formats/samples"
    assert rows(read((samples / FORMAT.sample).read_bytes()))[1][1] == "某人"
