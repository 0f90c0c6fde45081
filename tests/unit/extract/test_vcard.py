"""Cards: every field with its group, parameters and encoding, and every photo, of every version in one file."""

from __future__ import annotations

import base64
import io
import quopri
from pathlib import Path

import pytest
from container_sink import Kept, read_container, sample

from proofroom.extract.detect import detect
from proofroom.extract.format import Source
from proofroom.extract.formats.vcard import FORMAT
from proofroom.limits import DEFAULT
from proofroom.model.states import Reason, State


def read(text: str | bytes) -> Kept:
    return read_container(FORMAT, text if isinstance(text, bytes) else text.encode())


def card(*lines: str) -> str:
    return "\r\n".join(("BEGIN:VCARD", "VERSION:3.0", *lines, "END:VCARD", ""))


def test_every_field_stands_with_its_group_and_parameters() -> None:
    kept = read(
        card("FN:档案室", 'item1.TEL;TYPE="cell,work";X-A=b;X-A=c:+1', "item1.X-ABLabel:手机", "TEL:+2")
    )
    assert kept.said["entry=1&field=FN"] == "档案室"
    assert kept.said["entry=1&field=TEL"] == "+1"
    assert kept.said["entry=1&field=TEL&parameter=group"] == "item1"
    assert kept.said["entry=1&field=TEL&parameter=TYPE"] == "cell,work"
    assert kept.said["entry=1&field=TEL&parameter=X-A&value=2"] == "c"
    assert kept.said["entry=1&field=TEL&value=2"] == "+2"
    assert (kept.properties["vcard:entries"], kept.partial, kept.ended) == (["1"], [], None)


def test_folded_lines_and_escapes_are_undone() -> None:
    kept = read(card("NOTE:one\\, two\\nthr", " ee\\;", "\tfour", "ADR:;;a\\,b;c"))
    assert kept.said["entry=1&field=NOTE"] == "one, two\nthree;four"
    assert kept.said["entry=1&field=ADR"] == ";;a,b;c"


@pytest.mark.parametrize("charset", ["utf-8", "gb18030", "big5"])
def test_quoted_printable_of_old_phones_is_decoded(charset: str) -> None:
    name = quopri.encodestring("姓名;全".encode(charset)).decode().replace("\n", "")
    kept = read(card(f"N;CHARSET={charset};ENCODING=QUOTED-PRINTABLE:{name[:9]}=", name[9:], "TEL;CELL:1"))
    assert kept.said["entry=1&field=N"] == "姓名;全"
    assert kept.said["entry=1&field=TEL&parameter=CELL"] == "CELL"


def test_a_file_in_another_encoding_is_detected_and_a_lying_charset_is_not_believed() -> None:
    text = card("FN:关于报送二〇一六年度名单的通知", "NOTE;CHARSET=UTF-8:请各单位按时报送名单")
    kept = read(text.encode("gb18030"))
    assert kept.said["entry=1&field=FN"] == "关于报送二〇一六年度名单的通知"
    assert kept.said["entry=1&field=NOTE"] == "请各单位按时报送名单"


def test_photos_are_members_however_they_are_written() -> None:
    data = base64.b64encode(bytes(range(90))).decode()
    kept = read(
        card(
            f"PHOTO;ENCODING=b;TYPE=JPEG:{data[:50]}", f" {data[50:]}", f"PHOTO:data:image/png;base64,{data}",
            f"LOGO;GIF;BASE64:{data[:60]}", f"{data[60:]}", "", f"SOUND;ENCODING=BASE64;X-FILENAME=声.wav:{data}",
            "PHOTO;VALUE=uri:http://example/x.jpg",
        )
    )  # fmt: skip
    assert kept.names == [
        b"entry-1-photo.jpg",
        b"entry-1-photo-2.png",
        b"entry-1-logo.gif",
        "声.wav".encode(),
    ]
    assert all(member.data == bytes(range(90)) for member in kept.members)
    assert kept.said["entry=1&field=PHOTO&value=3"] == "http://example/x.jpg"
    assert kept.partial == []


def test_cards_inside_cards_and_many_in_one_file_are_counted() -> None:
    kept = read(card("FN:a") + "BEGIN:VCARD\nAGENT:\nBEGIN:VCARD\nFN:inner\nEND:VCARD\nFN:b\nEND:VCARD\n")
    found = [kept.said[f"entry={number}&field=FN"] for number in (1, 2, 3)]
    assert found == ["a", "b", "inner"]


def test_what_is_broken_is_said() -> None:
    assert read(card("FN:a")[:-14]).ended == (State.DAMAGED, Reason.CUT_SHORT)
    assert read(card("FN:a", "no colon here")).partial == [Reason.DAMAGED_PART]
    assert read("END:VCARD\n" + card("FN:a")).partial == [Reason.DAMAGED_PART]
    assert read("FN:a\n").ended == (State.DAMAGED, Reason.NOT_WELL_FORMED)
    assert read("BEGIN:VCARD\n" * 100).ended == (State.TRUNCATED, Reason.LIMIT_DEPTH)


def test_no_cut_and_no_flipped_byte_raises_anything_else() -> None:
    whole = card('FN;X="a;b":名', "PHOTO;ENCODING=b:QUJD", "N;ENCODING=QUOTED-PRINTABLE:=E5=").encode()
    for at in range(len(whole)):
        read(whole[:at])
        for flip in (0xFF, 0x01, 0x80):
            read(whole[:at] + bytes((whole[at] ^ flip,)) + whole[at + 1 :])


def test_the_sample_is_recognised_and_read_whole(root: Path) -> None:
    data = sample(root, FORMAT)
    assert detect(Source(io.BytesIO(data), len(data), DEFAULT, b"x.vcf")).media_type == "text/vcard"
    kept = read(data)
    assert (kept.ended, kept.partial, kept.names) == (None, [], [b"entry-1-photo.gif"])
