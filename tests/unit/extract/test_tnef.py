"""TNEF: what Outlook wraps as winmail.dat is unwrapped: properties, bodies, recipients and attachments."""

from __future__ import annotations

import dataclasses
import io
import struct
from pathlib import Path

import pytest
from container_sink import Kept, read_container, sample
from msg_by_hand import TICKS_2016, Values, packed_rtf, wide
from tnef_by_hand import attachment, envelope, properties

from proofroom.extract.detect import detect
from proofroom.extract.format import Source
from proofroom.extract.formats.tnef import FORMAT
from proofroom.limits import DEFAULT
from proofroom.model.states import Reason, State

MESSAGE = bytes.fromhex("0703020000000000c000000000000046")
NOTE: Values = {0x0037001F: wide("名单"), 0x1000001F: wide("第一行\r\n\r\n末行"), 0x00390040: TICKS_2016}


def read(data: bytes) -> Kept:
    return read_container(FORMAT, data)


def test_the_message_gives_properties_lines_and_pages() -> None:
    names = {0x8000: (bytes.fromhex("0320060000000000c000000000000046"), 0x8101), 0x8001: (bytes(16), "自定")}
    more: Values = {
        0x80000003: 2,
        0x8001101F: [wide("甲\0"), wide("乙\0")],
        0x10090102: packed_rtf(b"{\\rtf1 x}"),
    }
    kept = read(envelope([(0x00069003, properties({**NOTE, **more}, names))]))
    assert kept.said == {"para=1": "第一行", "para=3": "末行"}
    assert kept.properties["mapi:client-submit-time"] == ["2016-07-01T01:30:00Z"]
    assert kept.properties["mapi:task:status"] == ["2"]
    assert kept.properties["mapi:00000000-0000-0000-0000-000000000000:自定"] == ["甲", "乙"]
    assert kept.data == {b"body.rtf": b"{\\rtf1 x}"}
    assert (kept.partial, kept.ended) == ([], None)


def test_an_old_envelope_without_properties_is_read_by_its_attributes() -> None:
    kept = read(
        envelope(
            [
                (0x00089006, struct.pack("<I", 0x10000)),
                (0x00069007, struct.pack("<II", 936, 0)),
                (0x00078008, b"IPM.Microsoft Mail.Note\0"),
                (0x00018004, "年度名单".encode("gbk") + b"\0"),
                (0x00038005, struct.pack("<7H", 2016, 7, 1, 9, 30, 0, 5)),
                (0x0002800C, "请查收。\r\n".encode("gbk") + b"\0"),
                (0x00061234, b"\1\2"),
            ]
        )
    )
    assert kept.said == {"para=1": "请查收。"}
    assert kept.properties["tnef:subject"] == ["年度名单"]
    assert kept.properties["mail:subject"] == ["年度名单"]
    assert kept.properties["tnef:date-sent"] == ["2016-07-01T09:30:00"]
    assert kept.properties["tnef:0x00061234"] == ["0102"]


def test_recipients_stand_as_headers() -> None:
    rows: list[Values] = [{0x0C150003: 1, 0x3001001F: wide("甲")}, {0x0C150003: 2, 0x3001001F: wide("乙")}]
    table = struct.pack("<I", 2) + b"".join(properties(row) for row in rows)
    kept = read(envelope([(0x00069004, table)]))
    assert (kept.properties["mail:to"], kept.properties["mail:cc"]) == (["甲"], ["乙"])


def test_attachments_are_members_with_their_names_and_icons() -> None:
    inner = envelope([(0x00018004, b"inner\0")])
    kept = read(
        envelope(
            [
                *attachment("名单.xls".encode("gbk"), b"data" * 9_000),
                *attachment(b"A~1.DOC", b"x", {0x3707001F: wide("长名.doc")}, icon=b"wmf"),
                *attachment(b"", b"", {0x37050003: 5, 0x3001001F: wide("内"), 0x3701000D: MESSAGE + inner}),
                *attachment(b"", None, {0x37050003: 2, 0x370D001F: wide("\\\\s\\x")}),
            ]
        )
    )
    assert kept.data["名单.xls".encode()] == b"data" * 9_000
    assert (kept.data["长名.doc".encode()], kept.data[b"attachment-2-icon.wmf"]) == (b"x", b"wmf")
    assert read(kept.data["内.tnef".encode()] or b"").properties["mail:subject"] == ["inner"]
    assert kept.members[-1].ended == (State.REFUSED, Reason.EXTERNAL_PART)


def test_a_wrong_checksum_is_told_and_the_bytes_stand() -> None:
    data = envelope(attachment(b"a.bin", b"right bytes"))
    kept = read(data.replace(b"right", b"wrong"))
    assert kept.data == {b"a.bin": b"wrong bytes"}
    assert kept.fate(b"a.bin") == (State.DAMAGED, Reason.BAD_CHECKSUM)
    assert kept.partial == [Reason.DAMAGED_PART]


def test_what_is_cut_or_goes_on_with_something_else_is_told() -> None:
    data = envelope([(0x00018004, b"s\0"), *attachment(b"a.bin", bytes(5_000))])
    kept = read(data[:-3_000])
    assert kept.ended == (State.DAMAGED, Reason.CUT_SHORT)
    assert kept.fate(b"a.bin") == (State.DAMAGED, Reason.CUT_SHORT)
    assert read(data + b"\7nonsense").partial == [Reason.DAMAGED_PART]
    assert read(b"no").ended == (State.DAMAGED, Reason.NOT_WELL_FORMED)


@pytest.mark.parametrize("count", [0xFFFFFFFF, 70_000, 3])
def test_a_count_that_lies_is_damage(count: int) -> None:
    good = properties(NOTE)
    assert (
        read(envelope([(0x00069003, struct.pack("<I", count) + good[4:])])).said["para=1"] == "第一行"
        or count < 4
    )
    lying = struct.pack("<IHHI", 1, 0x101F, 0x3A58, count) + wide("a")
    kept = read(envelope([(0x00069003, lying)]))
    assert Reason.DAMAGED_PART in kept.partial
    assert Reason.DAMAGED_PART in read(envelope([(0x00069004, struct.pack("<I", count) + lying)])).partial


def test_no_cut_and_no_flipped_byte_raises_anything_else() -> None:
    whole = envelope([(0x00069003, properties(NOTE)), *attachment(b"a", b"x", {0x3707001F: wide("n")})])
    for at in range(len(whole)):
        read(whole[:at])
        for flip in (0xFF, 0x01):
            read(whole[:at] + bytes((whole[at] ^ flip,)) + whole[at + 1 :])


def test_limits_cut_a_member() -> None:
    limits = dataclasses.replace(DEFAULT, member_bytes=100)
    kept = read_container(FORMAT, envelope(attachment(b"a", bytes(5_000))), limits=limits)
    assert kept.fate(b"a") == (State.TRUNCATED, Reason.LIMIT_MEMBER_BYTES)


def test_the_sample_is_recognised_and_read_whole(root: Path) -> None:

    data = sample(root, FORMAT)
    assert (
        detect(Source(io.BytesIO(data), len(data), DEFAULT, b"winmail.dat")).media_type
        == "application/vnd.ms-tnef"
    )
    kept = read(data)
    assert (kept.ended, kept.partial) == (None, [])
    assert kept.names == [b"body.html", "名单.csv".encode()]
