"""Outlook items: every property by its name, headers, recipients, the bodies, and what is attached, at any depth."""

from __future__ import annotations

import io
import struct
from pathlib import Path

import olefile
import pytest
from container_sink import Kept, read_container, sample
from msg_by_hand import TICKS_2016, Attached, Item, Values, packed_rtf, storage, wide, write

from proofroom.extract.formats.outlook_msg import FORMAT
from proofroom.extract.letters.rtf_packed import unpack_rtf
from proofroom.extract.letters.rtf_unwrapped import unwrap
from proofroom.extract.ole.compound_copy import Node, write_compound
from proofroom.extract.ole.streams import Streams
from proofroom.model.states import Reason, State

TASK = bytes.fromhex("0320060000000000c000000000000046")
FOREIGN = bytes(range(16))
SUBJECT, BODY, HTML, RTF = 0x0037001F, 0x1000001F, 0x10130102, 0x10090102
NOTE: Values = {
    0x001A001F: wide("IPM.Note"),
    SUBJECT: wide("答复: 名单"),
    BODY: wide("第一行\r\n\r\n第三行\r\n"),
}


def read(item: Item | bytes) -> Kept:
    return read_container(FORMAT, item if isinstance(item, bytes) else write(item))


def recipient(kind: int, name: str, smtp: str) -> Values:
    return {
        0x0C150003: kind,
        0x3001001F: wide(name),
        0x39FE001F: wide(smtp),
        0x3003001F: wide("/O=X/CN=" + name),
    }


def named(name: str, method: int = 1, **more: str) -> Values:
    return {0x37050003: method, 0x3707001F: wide(name), **{int(k[1:], 16): wide(v) for k, v in more.items()}}


def test_a_message_gives_its_lines_and_every_property() -> None:
    kept = read(
        Item({**NOTE, 0x00390040: TICKS_2016, 0x0E1B000B: 1, 0x00170003: 2, 0x300B0102: b"SMTP:A@B.EXAMPLE"})
    )
    assert kept.said == {"para=1": "第一行", "para=3": "第三行"}
    assert kept.properties["mapi:client-submit-time"] == ["2016-07-01T01:30:00Z"]
    assert kept.properties["mapi:has-attachments"] == ["TRUE"]
    assert kept.properties["mapi:importance"] == ["2"]
    assert kept.properties["mapi:search-key"][0].endswith("(SMTP:A@B.EXAMPLE)")
    assert kept.properties["mail:subject"] == ["答复: 名单"]
    assert kept.properties["mail:thread"] == ["subject:名单"]
    assert (kept.partial, kept.ended) == ([], None)


def test_every_kind_of_value_is_written() -> None:
    guid = bytes(range(16))
    values: Values = {
        0x66000002: -2, 0x66010014: -(1 << 40), 0x66020006: -12_345, 0x6603000A: 0x8004010F,
        0x66040048: guid, 0x66050005: struct.unpack("<q", struct.pack("<d", 0.5))[0],
        0x66060007: struct.unpack("<q", struct.pack("<d", 42_552.25))[0], 0x6607101F: [wide("甲"), wide("乙")],
        0x66081102: [b"\1", b"\2"], 0x66091003: b"", 0x660A0004: struct.unpack("<i", struct.pack("<f", 1.5))[0],
    }  # fmt: skip
    kept = read(Item({**NOTE, **values}))
    told = [kept.properties[f"mapi:0x{tag:04X}"] for tag in (*range(0x6600, 0x6609), 0x660A)]
    assert told == [
        ["-2"], ["-1099511627776"], ["-1.2345"], ["0x8004010F"], ["03020100-0504-0706-0809-0A0B0C0D0E0F"],
        ["0.5"], ["2016-07-01T06:00:00"], ["甲", "乙"], ["01", "02"], ["1.5"],
    ]  # fmt: skip


def test_named_properties_have_the_names_of_their_sets() -> None:
    names: list[tuple[bytes | int, int | str]] = [(TASK, 0x8101), (2, "Keywords"), (FOREIGN, 7), (1, 0x8554)]
    kept = read(
        Item({**NOTE, 0x80000003: 1, 0x8001101F: [wide("密")], 0x80020003: 3, 0x90000003: 4}, names=names)
    )
    assert kept.properties["mapi:task:status"] == ["1"]
    assert kept.properties["mapi:named:Keywords"] == ["密"]
    assert kept.properties["mapi:03020100-0504-0706-0809-0A0B0C0D0E0F:0x0007"] == ["3"]
    assert kept.properties["mapi:0x9000"] == ["4"]


def test_transport_headers_stand_as_those_of_any_message() -> None:
    raw = "Received: from a by b; Fri, 1 Jul 2016 09:30:00 +0800\r\nSubject: =?gb2312?B?w/u1pQ==?=\r\n"
    kept = read(
        Item({**NOTE, 0x007D001F: wide(raw + "Message-ID: <2@x>\r\nReferences: <1@x> <0@x>\r\n\r\n")})
    )
    assert kept.properties["mail:received:utc"] == ["2016-07-01T01:30:00Z"]
    assert kept.properties["mail:subject"] == ["名单"]
    assert kept.properties["mapi:subject"] == ["答复: 名单"]
    assert kept.properties["mail:thread"][0] == "1@x"
    assert kept.properties["mail:header-order"] == ["received subject message-id references"]


def test_recipients_keep_their_kind_and_the_sender_the_one_he_writes_for() -> None:
    people = [recipient(1, "甲", "a@x"), recipient(2, "乙", "b@x"), recipient(0x10000003, "丙", "c@x")]
    sender: Values = {
        0x0C1A001F: wide("秘书"),
        0x5D01001F: wide("s@x"),
        0x0042001F: wide("主任"),
        0x5D02001F: wide("h@x"),
    }
    kept = read(Item({**NOTE, **sender}, people))
    found = [kept.properties[f"mail:{name}"] for name in ("from", "sender", "to", "cc", "bcc")]
    assert found == [["主任 <h@x>"], ["秘书 <s@x>"], ["甲 <a@x>"], ["乙 <b@x>"], ["丙 <c@x>"]]
    assert "email-address=/O=X/CN=丙" in kept.properties["mapi:recipient:3"][0]
    told = read(Item({**NOTE, 0x0E04001F: wide("甲; 乙")}))
    assert told.properties["mail:to"] == ["甲; 乙"]


def test_a_conversation_index_tells_when_each_reply_was_begun() -> None:
    head = (TICKS_2016 >> 16).to_bytes(6, "big") + FOREIGN
    reply = ((3_600 * 10_000_000 >> 18) << 8).to_bytes(5, "big")
    kept = read(Item({**NOTE, 0x00710102: head + reply}))
    assert kept.properties["mapi:conversation-time"] == ["2016-07-01T01:29:59Z", "2016-07-01T02:29:59Z"]
    assert kept.properties["mail:thread"][0] == "conversation:03020100-0504-0706-0809-0A0B0C0D0E0F"


@pytest.mark.parametrize(
    ("pages", "codec"),
    [
        ({0x3FFD0003: 936}, "gb18030"), ({0x3FDE0003: 950}, "cp950"), ({0x3FF10003: 0x0804}, "gb18030"),
        ({0x3FFD0003: 1252, 0x3FDE0003: 936}, "gb18030"), ({}, "gb18030"), ({0x3FFD0003: 1251}, "cp1251"),
    ],
)  # fmt: skip
def test_one_byte_texts_are_read_by_their_code_page_or_by_what_fits(pages: Values, codec: str) -> None:
    text = {"cp950": "關於報送年度名單的通知", "cp1251": "Список лиц"}.get(
        codec, "关于报送二〇一六年度名单的通知，请查收"
    )
    kept = read(Item({0x0037001E: text.encode(codec), 0x1000001E: (text + "\r\n").encode(codec), **pages}))
    assert kept.properties["mail:subject"] == [text]
    assert kept.said == {"para=1": text}


def test_a_page_and_rich_text_are_members() -> None:
    kept = read(Item({HTML: b"<p>a</p>", RTF: packed_rtf(b"{\\rtf1 plain}")}))
    assert kept.data == {b"body.html": b"<p>a</p>", b"body.rtf": b"{\\rtf1 plain}"}
    assert read(Item({0x1013001F: wide("<p>名</p>")})).data == {b"body.html": b"\xff\xfe" + wide("<p>名</p>")}


def test_rich_text_gives_back_the_page_it_wraps() -> None:
    rtf = (
        rb"{\rtf1\ansi\ansicpg936\fromhtml1 \deff0{\fonttbl{\f0\fcharset134 SimSun;}{\f1\fcharset0 Arial;}}"
        rb"{\*\htmltag64 <p class=\'22a\'22>}\htmlrtf {\htmlrtf0 \f0 \'c3\'fb\'b5\'a5\htmlrtf\par\htmlrtf0 "
        rb"\f1 caf\'e9\{\u21517?\endash \line {\*\mhtmltag64 no}{\*\htmltag72 </p>}\htmlrtf }\htmlrtf0 }"
    )
    kept = read(Item({RTF: packed_rtf(rtf)}))
    page = '<p class="a">名单café{名&ndash;\r\n</p>'
    assert kept.data == {b"body.html": b"\xef\xbb\xbf" + page.encode()}
    both = read(Item({RTF: packed_rtf(rtf), HTML: b"x"}))
    assert both.names == [b"body.html", b"body-rtf.html"]


def test_rich_text_gives_back_the_plain_text_it_wraps() -> None:
    rtf = b"{\\rtf1\\ansi\\ansicpg950\\fromtext{\\fonttbl{\\f0\\fcharset136 x;}}\\f0 \\'a6W\\par b\\tab c}"
    assert unwrap(rtf).untrusted_text == "名\r\nb\tc"
    assert read(Item({RTF: packed_rtf(rtf)})).said == {"para=1": "名", "para=2": "b\tc"}


def test_compressed_rich_text_is_unpacked_and_damage_is_told() -> None:
    text = b"{\\rtf1 " + bytes(range(97, 123)) * 300
    assert unpack_rtf(packed_rtf(text, references=True)).rtf == text + text[-16:]
    assert unpack_rtf(packed_rtf(text)).whole
    broken = bytearray(packed_rtf(text))
    broken[30] ^= 1
    assert not unpack_rtf(bytes(broken)).whole
    kept = read(Item({**NOTE, RTF: bytes(broken)}))
    assert (kept.names, kept.partial) == ([b"body.rtf"], [Reason.DAMAGED_PART])
    plain = struct.pack("<II4sI", len(text) + 12, len(text), b"MELA", 0) + text
    assert unpack_rtf(plain).rtf == text
    for at in range(60):
        unpack_rtf(packed_rtf(text)[:at])


def test_attachments_are_members_and_links_are_named() -> None:
    big = bytes(range(256)) * 100
    link = named("远.doc", 2, x370D001F="\\\\server\\远.doc")
    attached = [
        Attached(named("名单.xls", x3712001F="cid1", x370E001F="a/b"), big), Attached({0x37050003: 1}, b"x"),
        Attached({0x37050003: 1, 0x3703001F: wide(".png")}, b""), Attached(link), Attached(named("lost", 1)),
        Attached({0x37050003: 0}), Attached({0x37050003: 1, 0x3704001F: wide("A~1.DOC"), 0x37090102: b"icon"}, b"y"),
    ]  # fmt: skip
    kept = read(Item(NOTE, attached=attached))
    assert kept.data["名单.xls".encode()] == big
    assert (kept.data[b"attachment-2"], kept.data[b"attachment-3.png"]) == (b"x", b"")
    assert kept.fate("远.doc".encode()) == (State.REFUSED, Reason.EXTERNAL_PART)
    assert kept.properties["mapi:attachment-link"] == ["\\\\server\\远.doc"]
    assert kept.fate(b"lost") == (State.DAMAGED, Reason.CUT_SHORT)
    assert kept.fate(b"attachment-6") == (State.EMPTY, Reason.NO_CONTENT)
    assert (kept.data[b"A~1.DOC"], kept.data[b"attachment-7-icon.wmf"]) == (b"y", b"icon")
    assert "attach-content-id=cid1" in kept.properties["mapi:attachment:1"][0]
    assert kept.partial == [Reason.DAMAGED_PART]


def test_an_attached_item_is_an_item_of_its_own_with_the_names_of_the_outer_one() -> None:
    innermost = storage(Item({SUBJECT: wide("最里")}), inner=True)
    inner = Item({**NOTE, 0x80000003: 5}, [recipient(1, "甲", "a@x")], [Attached(named("深", 5), innermost)])
    outer = Item(
        NOTE, attached=[Attached(named("内信", 5), storage(inner, inner=True))], names=[(TASK, 0x8101)]
    )
    member = read(outer).data["内信.msg".encode()]
    assert member is not None
    kept = read(member)
    assert kept.properties["mapi:task:status"] == ["5"]
    assert kept.properties["mail:to"] == ["甲 <a@x>"]
    assert kept.partial == []
    deepest = kept.data["深.msg".encode()]
    assert deepest is not None
    assert read(deepest).properties["mail:subject"] == ["最里"]


def test_an_ole_object_becomes_a_compound_file() -> None:
    node = Node("", inside=[Node.of_bytes("WordDocument", b"w" * 5_000), Node.of_bytes("\1Ole", b"o")])
    kept = read(Item(NOTE, attached=[Attached(named("图", 6), node)]))
    with olefile.OleFileIO(io.BytesIO(kept.data["图".encode()] or b"")) as ole:
        assert ole.openstream("WordDocument").read() == b"w" * 5_000
        assert ole.openstream("\1Ole").read() == b"o"


def test_a_copy_of_any_size_is_whole_by_olefiles_reading() -> None:
    inside = [Node.of_bytes(f"s{n:03d}", bytes((n % 251,)) * (n * 37)) for n in range(300)]
    large = 8 << 20
    inside.append(Node("large", large, lambda: (b"L" * (1 << 20) for _ in range(8))))
    inside.append(Node("deep", inside=[Node("deeper", inside=[Node.of_bytes("x", b"x" * 4_096)])]))
    data = b"".join(write_compound(Node("", inside=inside, clsid=FOREIGN)))
    with olefile.OleFileIO(io.BytesIO(data)) as ole:
        assert len(ole.listdir()) == 302
        assert all(ole.openstream(f"s{n:03d}").read() == bytes((n % 251,)) * (n * 37) for n in range(300))
        assert ole.openstream("large").read() == b"L" * large
        assert ole.openstream("deep/deeper/x").read() == b"x" * 4_096
        assert not ole.parsing_issues
    assert Streams(io.BytesIO(data)).whole


def test_long_bytes_are_members_of_their_own() -> None:
    kept = read(Item({**NOTE, 0x66000102: b"\xff" * 3_000}))
    assert kept.data == {b"properties/0x6600.bin": b"\xff" * 3_000}
    assert "3000 bytes" in kept.properties["mapi:0x6600"][0]


def test_what_the_lists_promise_and_the_file_lacks_is_said() -> None:
    whole = storage(Item(NOTE, [recipient(1, "甲", "a@x")], [Attached(named("a"), b"x")]))
    fewer = Node("", inside=[one for one in whole.inside if "attach" not in one.name])
    assert read(b"".join(write_compound(fewer))).partial == [Reason.DAMAGED_PART]
    without = Node("", inside=[one for one in whole.inside if one.name != "__substg1.0_1000001F"])
    assert read(b"".join(write_compound(without))).partial == [Reason.DAMAGED_PART]
    unlisted = Node("", inside=[one for one in whole.inside if one.name != "__properties_version1.0"])
    kept = read(b"".join(write_compound(unlisted)))
    assert (kept.said["para=1"], kept.partial) == ("第一行", [Reason.DAMAGED_PART])


def test_a_file_cut_short_or_flipped_ends_in_a_state() -> None:
    item = Item(
        {**NOTE, RTF: packed_rtf(b"{\\rtf1 x}")},
        [recipient(1, "甲", "a@x")],
        [Attached(named("a"), b"x" * 9_000)],
    )
    whole = write(item)
    kept = read(whole[:9_000])
    assert kept.ended in ((State.DAMAGED, Reason.CUT_SHORT), (State.DAMAGED, Reason.NOT_WELL_FORMED))
    for at in range(0, len(whole), 61):
        read(whole[:at])
        for flip in (0xFF, 0x01):
            read(whole[:at] + bytes((whole[at] ^ flip,)) + whole[at + 1 :])


def test_the_sample_is_read_whole(root: Path) -> None:
    kept = read(sample(root, FORMAT))
    assert (kept.ended, kept.partial) == (None, [])
    assert kept.names == [b"body.html", "名单.csv".encode(), "内.msg".encode()]


@pytest.mark.corpora
def test_messages_of_the_corpora_give_what_native_tika_gives(corpora: Path) -> None:
    kept = read((corpora / "tika/testMSG_chinese.msg").read_bytes())
    assert kept.properties["mail:subject"] == ["Alfresco MSG format testing ( MSG 格式測試 )"]
    assert kept.properties["mail:to"] == ["Tests Chang@FT (張毓倫) <tests.chang@fengttt.com>"]
    assert (kept.partial, kept.ended) == ([], None)
    kept = read((corpora / "tika/test-outlook2003.msg").read_bytes())
    assert kept.names[0] == b"body.html"
    assert len(kept.names) == 12
