"""Mail in depth: threads, flowed text, what is quoted, files inside a text, pieces, reports, and broken boundaries."""

from __future__ import annotations

import base64
import binascii
import io
import zlib

import pytest
from container_sink import Kept, read_container

from proofroom.extract.detect import detect
from proofroom.extract.format import Source
from proofroom.extract.formats.mail import FORMAT
from proofroom.limits import DEFAULT
from proofroom.model.states import Reason, State

HEAD = "From: a@example\nTo: b@example\n"
FROM_LINE = "From a@example Fri Jul  1 09:30:00 2016\n"


def read(text: str | bytes) -> Kept:
    return read_container(FORMAT, text if isinstance(text, bytes) else text.encode())


def uu(data: bytes, name: str = "list.bin") -> str:
    lines = [binascii.b2a_uu(data[at : at + 45]).decode() for at in range(0, len(data), 45)]
    return f"begin 644 {name}\n{''.join(lines)}`\nend\n"


def yenc(data: bytes, said: str = "", checksum: int | None = None) -> bytes:
    coded = bytearray()
    for byte in data:
        value = (byte + 42) & 0xFF
        coded += bytes((61, (value + 64) & 0xFF)) if value in (0, 10, 13, 61) else bytes((value,))
    total = zlib.crc32(data) if checksum is None else checksum
    lines = b"\r\n".join(bytes(coded[at : at + 128]) for at in range(0, len(coded), 128))
    head = f"=ybegin {said}line=128 size={len(data)} name=a list.bin\r\n".encode()
    return head + lines + f"\r\n=yend size={len(data)} crc32={total:08x}\r\n".encode()


def test_a_letter_names_its_thread_by_its_first_letter_and_by_outlooks_index() -> None:
    index = base64.b64encode(
        bytes.fromhex("01d1d33c6d00") + bytes(range(16)) + bytes((0, 0, 1, 0, 0))
    ).decode()
    kept = read(
        f"{HEAD}Message-ID: <3@x>\nIn-Reply-To: <2@x>\nReferences: <1@x>\n <2@x>\n"
        f"Thread-Index: {index}\nSubject: RE: 答复: List\nDate: Fri, 1 Jul 2016 09:30:00 +0800\n\nx"
    )
    assert kept.properties["mail:thread"] == [
        "1@x",
        "conversation:03020100-0504-0706-0809-0A0B0C0D0E0F",
        "subject:list",
    ]
    assert kept.properties["mail:date:utc"] == ["2016-07-01T01:30:00Z"]
    first, reply = kept.properties["mail:thread-index:utc"]
    assert first.startswith("2016-07-0")
    assert reply > first


def test_flowed_lines_become_the_paragraphs_that_were_written_and_numbers_stay() -> None:
    kept = read(
        f"{HEAD}Content-Type: text/plain; format=flowed\n\none \ntwo\n\n> said \n> before\n>> deeper \nnext\n-- \nme\n"
    )
    assert kept.said == {
        "para=1": "one two",
        "para=4": "> said before",
        "para=6": ">> deeper ",
        "para=7": "next",
        "para=8": "-- ",
        "para=9": "me",
    }
    kept = read(f"{HEAD}Content-Type: text/plain; format=flowed; delsp=yes\n\n名 \n单\n From here\n")
    assert kept.said == {"para=1": "名单", "para=3": "From here"}


def test_what_is_quoted_stays_and_is_named() -> None:
    kept = read(f"{HEAD}\nmine\nOn 1 July, A wrote:\n> old\n> older\n>> oldest\nmine again\n")
    assert kept.said["para=3"] == "> old"
    assert kept.properties["mail:quote"] == ["para=3 to para=4, depth 1", "para=5 to para=5, depth 2"]
    assert kept.properties["mail:quoted"] == ["1 begins at para=2"]


@pytest.mark.parametrize(
    "mark",
    [
        "-----Original Message-----\n",
        "------------------ 原始邮件 ------------------\n",
        "____________________\n",
        "",
    ],
)
def test_the_headers_of_a_quoted_letter_are_told(mark: str) -> None:
    kept = read(
        f"{HEAD}\nmine\n\n{mark}发件人: 甲 <a@x>\n发送时间: 2016年7月1日 9:30\n收件人: 乙\n主题: 名单\n\nold\n"
    )
    assert kept.properties["mail:quoted:1:from"] == ["甲 <a@x>"]
    assert kept.properties["mail:quoted:1:date"] == ["2016年7月1日 9:30"]
    assert kept.properties["mail:quoted:1:to"] == ["乙"]
    assert kept.properties["mail:quoted:1:subject"] == ["名单"]
    assert "old" in kept.said.values()


def test_a_line_that_only_looks_like_a_header_begins_no_quoted_letter() -> None:
    kept = read(f"{HEAD}\nFrom: the office\nnothing else\nTo: nobody\n")
    assert "mail:quoted" not in kept.properties


def test_files_inside_a_text_are_members_and_lines_count_on() -> None:
    data = bytes(range(200))
    kept = read(f"{HEAD}\nbefore\n{uu(data, '名 单.bin')}after\nbegin 644 is a word\nlast\n")
    assert kept.data == {"名 单.bin".encode(): data}
    lines = len(uu(data).splitlines())
    assert kept.said == {
        "para=1": "before",
        f"para={lines + 2}": "after",
        f"para={lines + 3}": "begin 644 is a word",
        f"para={lines + 4}": "last",
    }
    assert kept.properties["mail:inline-file"] == ["名 单.bin; uuencode"]
    cut = read(f"{HEAD}\nbefore\n{uu(data)[:200]}")
    assert (cut.data, cut.partial) == ({b"list.bin": data[:132]}, [Reason.DAMAGED_PART])


def test_yenc_is_undone_checked_and_its_parts_are_named() -> None:
    data = bytes(range(256)) * 3
    head = HEAD.encode() + b"\n"
    kept = read(head + b"text\r\n" + yenc(data) + b"end\r\n")
    assert (kept.data, kept.partial) == ({b"a list.bin": data}, [])
    assert list(kept.said.values()) == ["text", "end"]
    wrong = read(head + yenc(data, checksum=1))
    assert wrong.fate(b"a list.bin") == (State.DAMAGED, Reason.BAD_CHECKSUM)
    part = read(head + yenc(data, "part=2 total=5 "))
    assert part.properties["mail:inline-file"] == ["a list.bin; yEnc, part 2 of 5"]
    assert part.partial == [Reason.EXTERNAL_PART]


def test_an_attachment_in_uuencode_is_undone() -> None:
    head = 'Content-Type: x/y; name="list.bin"\nContent-Transfer-Encoding: x-uuencode\n\n'
    assert read(HEAD + head + uu(bytes(range(100)))).data == {b"list.bin": bytes(range(100))}


def test_a_piece_of_a_letter_says_which_piece_it_is() -> None:
    kept = read(f'{HEAD}Content-Type: message/partial; id="x@y"; number=2; total=3\n\nFrom: c\n\nmiddle')
    assert kept.data == {b"piece-2-of-3.eml": b"From: c\n\nmiddle"}
    assert kept.properties["mail:partial"] == ["id=x@y; number=2; total=3"]
    assert kept.partial == [Reason.EXTERNAL_PART]


def test_a_part_that_lies_elsewhere_is_named_and_not_fetched() -> None:
    kept = read(
        f'{HEAD}Content-Type: message/external-body; access-type=URL; URL="http://x.invalid/a.doc"\n\n'
        "Content-Type: application/msword\nContent-ID: <1>\n\n"
    )
    assert kept.members[0].name == b"http://x.invalid/a.doc"
    assert kept.members[0].ended == (State.REFUSED, Reason.EXTERNAL_PART)
    told = kept.properties["mail:external"][0]
    assert "access-type=URL" in told
    assert "content-type=application/msword" in told


def test_alternatives_and_pictures_of_a_page_are_told_apart() -> None:
    kept = read(
        f"{HEAD}Content-Type: multipart/related; boundary=r\n\n--r\n"
        "Content-Type: multipart/alternative; boundary=a\n\n"
        "--a\nContent-Type: text/plain\n\nplain\n--a\nContent-Type: text/html\n\n<img src='cid:p@x'>\n--a--\n"
        "--r\nContent-Type: image/png; name=p.png\nContent-ID: <p@x>\n\npng\n--r--\n"
    )
    assert kept.said == {"para=1": "plain"}
    assert [kept.properties[f"mail:part:{number}"][0].split(" ")[1] for number in (1, 2, 3)] == [
        "within=related:1/alternative:2",
        "within=related:1/alternative:2",
        "within=related:1",
    ]
    assert kept.properties["mail:cid"] == ["cid:p@x = p.png"]


def test_reports_of_machines_are_facts_and_members() -> None:
    report = (
        "Reporting-MTA: dns; mx.example\nArrival-Date: Fri, 1 Jul 2016 09:30:00 +0800\n\n"
        "Final-Recipient: rfc822; b@example\nAction: failed\nStatus: 5.1.1\n"
        "Diagnostic-Code: smtp; 550\n no such user\n"
    )
    kept = read(f"{HEAD}Content-Type: message/delivery-status\n\n{report}")
    assert kept.properties["mail:delivery:reporting-mta"] == ["dns; mx.example"]
    assert kept.properties["mail:delivery:1:action"] == ["failed"]
    assert kept.properties["mail:delivery:1:diagnostic-code"] == ["smtp; 550 no such user"]
    assert kept.members[0].data == report.encode()
    opened = "Final-Recipient: rfc822;b@example\nDisposition: manual-action/MDN-sent-manually; displayed\n"
    kept = read(f"{HEAD}Content-Type: message/disposition-notification\n\n{opened}")
    assert kept.properties["mail:disposition:disposition"] == ["manual-action/MDN-sent-manually; displayed"]


@pytest.mark.parametrize("declared", ["; boundary=other", ""])
def test_parts_behind_a_boundary_that_nothing_declared_are_found(declared: str) -> None:
    kept = read(
        f"{HEAD}Content-Type: multipart/mixed{declared}\n\n--real\nContent-Type: text/plain\n\ntext\n"
        "--real\nContent-Type: x/y; name=a.bin\n\nbytes\n--real--\n"
    )
    assert (kept.said, kept.data) == ({"para=1": "text"}, {b"a.bin": b"bytes"})
    assert (kept.partial, kept.ended) == ([Reason.DAMAGED_PART], None)


def test_a_multipart_without_any_part_gives_its_text() -> None:
    inner = "Content-Type: multipart/mixed; boundary=gone\n\nno part at all\nbut text\n"
    kept = read(f"{HEAD}{inner}")
    assert kept.said == {"para=1": "no part at all", "para=2": "but text"}
    assert kept.ended == (State.DAMAGED, Reason.CUT_SHORT)
    kept = read(f"{HEAD}Content-Type: multipart/mixed; boundary=b\n\n--b\n{inner}--b\n\nnext\n--b--\n")
    assert list(kept.said.values()) == ["no part at all", "but text", "next"]
    assert (kept.partial, kept.ended) == ([Reason.DAMAGED_PART], None)


@pytest.mark.parametrize("charset", ["gb18030", "big5"])
def test_raw_headers_and_split_names_are_decoded(charset: str) -> None:
    subject = (
        "關於報送名單的通知請各單位按時報送並且回覆"
        if charset == "big5"
        else "关于报送名单的通知请各单位按时报送并且回复"
    )
    kept = read(b"From: a\nTo: b\nSubject: " + subject.encode(charset) + b"\n\nx")
    assert kept.properties["mail:subject"] == [subject]
    escaped = "".join(f"%{byte:02X}" for byte in subject.encode(charset))
    pieces = "".join(
        f";\n filename*{number}*={charset + chr(39) * 2 if not number else ''}{escaped[at : at + 31]}"
        for number, at in enumerate(range(0, len(escaped), 31))
    )
    kept = read(f"{HEAD}Content-Type: x/y\nContent-Disposition: attachment{pieces}\n\nx")
    assert kept.names == [subject.encode()]


@pytest.mark.parametrize("declared", ["; charset=iso-2022-cn", "; charset=us-ascii", ""])
def test_chinese_in_seven_bits_is_decoded(declared: str) -> None:
    coded = b"\x1b$)A\x0e" + bytes(byte & 0x7F for byte in "名单".encode("gb2312")) + b"\x0f"
    kept = read(
        b"From: a\nTo: b\nSubject: " + coded + b"\nContent-Type: text/plain" + declared.encode() + b"\n\nList: "
        + coded + b" end\nplain\n"
    )  # fmt: skip
    assert kept.properties["mail:subject"] == ["名单"]
    assert kept.said == {"para=1": "List: 名单 end", "para=2": "plain"}
    whole = b"From: a\nTo: b\nSubject: " + coded + b"\n\n" + coded + b"\n"
    assert seen(whole, b"") == "message/rfc822"
    lost = read(
        HEAD.encode()
        + b"Content-Type: text/plain; charset=iso-2022-cn\n\n\x1b$)G\x0e\x44\x21\x0f!\x1b\n\x0e\x41"
    )
    assert lost.said["para=1"].startswith("\ufffd!")
    assert "mail:undecodable" in lost.properties


def test_a_message_that_says_its_length_holds_lines_that_say_from() -> None:
    body = f"text\n\n{FROM_LINE}Subject: inside\n\nmore\n"
    box = f"{FROM_LINE}Subject: one\nContent-Length: {len(body)}\n\n{body}\n{FROM_LINE}Subject: two\n\nx\n"
    kept = read(box)
    assert kept.data[b"message-00001.eml"] == f"Subject: one\nContent-Length: {len(body)}\n\n{body}".encode()
    assert len(kept.members) == 2
    assert kept.properties["mbox:from-lines-inside"] == ["1"]
    assert kept.properties["mbox:ended-by-length"] == ["1"]


@pytest.mark.parametrize("lie", [5, 10**9, 0])
def test_a_length_that_lies_hides_no_message(lie: int) -> None:
    kept = read(f"{FROM_LINE}Subject: one\nContent-Length: {lie}\n\nbody\n\n{FROM_LINE}Subject: two\n\nx\n")
    assert len(kept.members) == 2
    assert kept.data[b"message-00002.eml"] == b"Subject: two\n\nx\n"


def test_lines_quoted_by_a_mailbox_stay_and_are_counted() -> None:
    kept = read(f"{FROM_LINE}Subject: one\n\n>From me\n>>From you\n")
    assert kept.members[0].data == b"Subject: one\n\n>From me\n>>From you\n"
    assert kept.properties["mbox:quoted-from-lines"] == ["2"]


def test_a_mailbox_of_mmdf_is_cut_at_its_marks() -> None:
    mark = "\1\1\1\1\n"
    box = f"{mark}Subject: one\n\n{FROM_LINE}x\n{mark}{mark}{FROM_LINE}Subject: two\n\ny\n{mark}".encode()
    kept = read(box)
    assert kept.data == {
        b"message-00001.eml": f"Subject: one\n\n{FROM_LINE}x\n".encode(),
        b"message-00002.eml": b"Subject: two\n\ny\n",
    }
    assert seen(box, b"a.mmdf") == "application/mbox"


def seen(data: bytes, name: bytes) -> str:
    return detect(Source(io.BytesIO(data), len(data), DEFAULT, name)).media_type


APPLE = (
    b'<?xml version="1.0" encoding="UTF-8"?><plist version="1.0"><dict><key>date-received</key>'
    b"<integer>1467336600</integer><key>flags</key><integer>19</integer><key>subject</key><string>S</string>"
    b"<key>odd</key><array/></dict></plist>\n"
)


def emlx(more: bytes = APPLE, lie: int = 0) -> bytes:
    letter = f"{HEAD}Subject: S\n\nbody\n".encode()
    return b"%-10d\n" % (len(letter) + lie) + letter + more


def test_a_letter_of_apple_mail_gives_its_list_too() -> None:
    kept = read(emlx())
    assert (kept.said, kept.ended, kept.partial) == ({"para=1": "body"}, None, [])
    assert kept.properties["emlx:date-received"] == ["2016-07-01T01:30:00Z"]
    assert kept.properties["emlx:flags:set"] == ["read, deleted, flagged"]
    assert seen(emlx(), b"1.emlx") == "message/rfc822"


@pytest.mark.parametrize(
    "more",
    [
        b"<plist><dict>",
        b'<!DOCTYPE plist [<!ENTITY a "aaaa">]><plist version="1.0"><string>&a;</string></plist>',
        b"bplist00" + bytes(range(40)),
        b"<plist><integer>x</integer></plist>",
        b"<plist><date>nonsense</date></plist>",
    ],
)
def test_a_list_of_apple_mail_that_is_none_is_said(more: bytes) -> None:
    assert read(emlx(more)).partial == [Reason.DAMAGED_PART]
    assert read(emlx(b"", lie=50)).ended == (State.DAMAGED, Reason.CUT_SHORT)


def test_no_cut_and_no_flipped_byte_of_deep_mail_raises_anything_else() -> None:
    data = bytes(range(64))
    whole = (
        f"{HEAD}Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain; format=flowed\n\n> a \nb\n"
        f"{uu(data)}--b\nContent-Type: message/delivery-status\n\nA: b\n\nC: d\n--b\n"
        "Content-Type: message/external-body; access-type=x\n\nContent-Type: a/b\n\n--b--\n"
    ).encode() + yenc(data)
    for at in range(0, len(whole), 3):
        read(whole[:at])
        read(whole[:at] + bytes((whole[at] ^ 0x20,)) + whole[at + 1 :])
    mail = emlx()
    for at in range(0, len(mail), 3):
        read(mail[:at])
        read(mail[:at] + bytes((mail[at] ^ 0x0F,)) + mail[at + 1 :])
