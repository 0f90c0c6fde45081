"""dBase and FoxPro tables: every record at its place, what is deleted too, in the encoding that it really has."""

from __future__ import annotations

import random
import struct
from collections.abc import Sequence
from pathlib import Path

import pytest
from workbook_sink import Keeper, keep

from proofroom.extract.detection.database_kind import is_dbf
from proofroom.extract.detection.magic import media_type_of_beginning
from proofroom.extract.formats.dbf import FORMAT
from proofroom.model.evidence import CellType, Flag
from proofroom.model.states import Reason, State

HIDDEN = Flag.DELETED | Flag.HIDDEN_ROW


def dbf(
    fields: Sequence[tuple[str | bytes, str, int, int]],
    records: Sequence[bytes],
    *,
    version: int = 3,
    language: int = 0,
    stated: int | None = None,
    flags: Sequence[int] = (),
) -> bytes:
    described = b""
    for at, (name, kind, width, decimals) in enumerate(fields):
        flag = flags[at] if flags else 0
        plain = name if isinstance(name, bytes) else name.encode("gb18030")
        described += (
            plain[:10].ljust(11, b"\0")
            + kind.encode()
            + bytes(4)
            + bytes((width, decimals, flag))
            + bytes(13)
        )
    size = 1 + sum(width for _name, _kind, width, _decimals in fields)
    link = bytes(263) if version == 0x30 else b""
    head = struct.pack(
        "<4BIHH17xBxx",
        *(version, 105, 7, 31),
        len(records) if stated is None else stated,
        32 + len(described) + 1 + len(link),
        size,
        language,
    )
    assert all(len(record) == size for record in records)
    return head + described + b"\r" + link + b"".join(records) + b"\x1a"


def gbk(text: str, width: int) -> bytes:
    return text.encode("gb18030").ljust(width)[:width]


PEOPLE = (("XM", "C", 10, 0), ("SFZH", "C", 18, 0), ("CSRQ", "D", 8, 0), ("TZ", "N", 6, 2), ("DY", "L", 1, 0))


def person(name: str, *, mark: bytes = b" ", weight: bytes = b" 61.50", member: bytes = b"T") -> bytes:
    return mark + gbk(name, 10) + b"650101198001010017" + b"19800101" + weight + member


def read(data: bytes) -> Keeper:
    return keep(FORMAT.read, data)


def test_each_record_is_a_row_below_the_names_of_the_fields() -> None:
    found = read(dbf(PEOPLE, [person("张三"), person("李四", weight=b"      ", member=b"?")], language=0x4D))
    assert found.sheets == {0: ("", Flag.NONE)}
    rows = [[found.raw(0).get((row, column)) for column in range(1, 6)] for row in (1, 2, 3)]
    assert rows == [
        ["XM", "SFZH", "CSRQ", "TZ", "DY"],
        ["张三", "650101198001010017", "19800101", "61.50", "TRUE"],
        ["李四", "650101198001010017", "19800101", None, None],
    ]
    kinds = [found.kept[0, 2, column].type for column in range(1, 6)]
    assert kinds == [CellType.STRING, CellType.STRING, CellType.DATE, CellType.NUMBER, CellType.BOOLEAN]
    assert found.kept[0, 2, 3].shown == "1980-01-01"
    assert found.said == {"schema=1": "XM C(10), SFZH C(18), CSRQ D(8), TZ N(6,2), DY L(1)"}
    assert found.properties["dbf:updated"] == ["2005-07-31"]
    assert (found.ended, found.partial) == (None, [])


def test_a_deleted_record_keeps_its_place_and_is_hidden() -> None:
    found = read(dbf(PEOPLE, [person("甲"), person("乙", mark=b"*"), person("丙")], language=0x4D))
    assert found.raw(0)[3, 1] == "乙"
    assert found.kept[0, 3, 1].flags == HIDDEN
    assert found.kept[0, 4, 1].flags == Flag.NONE
    assert found.properties["dbf:deleted"] == ["1"]


def test_records_behind_the_stated_number_are_given_as_hidden() -> None:
    found = read(dbf(PEOPLE, [person("甲"), person("乙")], language=0x4D, stated=1))
    assert found.kept[0, 3, 1].raw == "乙"
    assert found.kept[0, 3, 1].flags == HIDDEN


@pytest.mark.parametrize(
    ("language", "encoding"),
    [(0, "gb18030"), (0x57, "gb18030"), (0x4D, "gb18030"), (0x4D, "utf-8"), (0xC9, "cp1251")],
)
def test_texts_are_read_in_the_encoding_that_they_really_have(language: int, encoding: str) -> None:
    names = (
        ["Иванов Пётр", "Смирнова"] if encoding == "cp1251" else ["买买提", "阿依古丽", "张建国", "王秀英"]
    )
    records = [b" " + name.encode(encoding).ljust(24) for name in names]
    found = read(
        dbf(
            [(("姓名" if encoding != "cp1251" else "ФИО").encode(encoding), "C", 24, 0)],
            records,
            language=language,
        )
    )
    assert [found.raw(0)[row, 1] for row in range(2, 2 + len(names))] == names
    assert found.properties["text:encoding"] == [encoding]


def test_a_letter_cut_by_its_field_is_no_damage() -> None:
    found = read(dbf([("A", "C", 5, 0)], [b" " + "张建国".encode("gb18030")[:5]], language=0x4D))
    assert found.raw(0)[2, 1] == "张建\ufffd"
    assert found.properties["dbf:letters-cut-by-field"] == ["1"]
    assert found.partial == []


def test_a_memo_is_named_by_its_block_and_the_table_is_partly_read() -> None:
    found = read(
        dbf([("A", "C", 2, 0), ("M", "M", 10, 0)], [b" ab        17", b" cd          "], version=0x83)
    )
    assert found.raw(0)[2, 2] == "17"
    assert (3, 2) not in found.raw(0)
    assert found.partial == [Reason.EXTERNAL_PART]


def test_binary_fields_of_foxpro_are_read() -> None:
    fields = [
        ("I", "I", 4, 0),
        ("B", "B", 8, 2),
        ("Y", "Y", 8, 4),
        ("T", "T", 8, 0),
        ("V", "V", 6, 0),
        ("_NullFlags", "0", 1, 0),
    ]
    moment = struct.pack("<ii", 2_457_024, 45_296_000)
    record = struct.pack("<idq", -5, 2.5, -12345) + moment
    records = [
        b" " + record + b"abcdef" + b"\0",
        b" " + record + b"abc\0\0\x03" + b"\1",
        b" " + bytes(4) + bytes(24) + bytes(6) + b"\2",
    ]
    found = read(dbf(fields, records, version=0x30, language=3, flags=(0, 0, 0, 0, 2, 5)))
    rows = [[found.raw(0).get((row, column)) for column in range(1, 7)] for row in (1, 2, 3, 4)]
    assert rows == [
        ["I", "B", "Y", "T", "V", None],
        ["-5", "2.5", "-1.2345", "2015-01-01T12:34:56", "abcdef", None],
        ["-5", "2.5", "-1.2345", "2015-01-01T12:34:56", "abc", None],
        ["0", "0", "0.0000", None, None, None],
    ]


def test_a_number_that_overflowed_and_a_day_in_no_calendar_stay_as_written() -> None:
    found = read(dbf([("N", "N", 3, 0), ("D", "D", 8, 0)], [b" ***20150231"]))
    assert found.raw(0)[2, 1] == "***"
    assert found.raw(0)[2, 2] == "20150231"
    assert found.kept[0, 2, 2].type is CellType.STRING


def test_one_that_is_cut_short_gives_its_whole_records() -> None:
    data = dbf(PEOPLE, [person("甲")] * 50, language=0x4D)
    found = read(data[: len(data) // 2])
    assert found.ended is not None
    assert (found.ended.state, found.ended.reason) == (State.DAMAGED, Reason.CUT_SHORT)
    assert 10 < len({row for row, _column in found.raw(0)}) < 51


def test_a_table_is_recognised_by_a_header_that_fits_itself() -> None:
    data = dbf(PEOPLE, [person("甲")])
    assert media_type_of_beginning(data) == "application/x-dbf"
    assert is_dbf(dbf([("T", "C", 10, 0)], [], version=0x30))
    assert not is_dbf(data[:10] + b"\1\1" + data[12:]), "the record has another length"
    assert not is_dbf(b"\x03" + bytes(100))
    assert not is_dbf(b"\x03 a text\n" * 40)


def test_a_file_in_a_field_is_a_member() -> None:
    picture = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff"
    found = read(dbf([("Q", "Q", 19, 0)], [b" " + picture.ljust(19, b"\0")], version=0x30))
    assert found.members == {"A2": picture.ljust(19, b"\0")}
    assert found.said["cell=A2&file=1"] == "A2"


def test_noise_never_raises() -> None:
    fields = [
        ("I", "I", 4, 0),
        ("O", "O", 8, 2),
        ("Y", "Y", 8, 4),
        ("@", "@", 8, 0),
        ("V", "V", 6, 0),
        ("_NullFlags", "0", 1, 0),
    ]
    data = dbf(fields, [bytes(range(36))] * 3, version=0x30, flags=(2, 0, 2, 0, 2, 5))
    chance = random.Random(2)
    for _ in range(300):
        broken = bytearray(data)
        for _ in range(chance.randrange(1, 30)):
            broken[chance.randrange(len(broken))] = chance.randrange(256)
        keep(FORMAT.read, bytes(broken))


def test_the_sample_is_read() -> None:
    samples = Path(__file__).parents[3] / "src/proofroom/extract/formats/samples"
    found = read((samples / FORMAT.sample).read_bytes())
    assert found.raw(0)[2, 1] == "张三"
