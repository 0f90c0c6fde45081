"""Mail: every header decoded, every line of the body, every part a member, and nothing that nests too deep."""

from __future__ import annotations

import base64
import dataclasses
import quopri
from datetime import UTC, datetime
from pathlib import Path

import pytest
from container_sink import Kept, read_container, sample

from proofroom.extract.formats.mail import FORMAT
from proofroom.limits import DEFAULT
from proofroom.model.states import Reason, State
from proofroom.world import mail, texts

DAY = datetime(2016, 7, 1, tzinfo=UTC)
PLAIN = "Content-Type: text/plain; charset=utf-8\n"


def read(text: str | bytes, **more: object) -> Kept:
    data = text if isinstance(text, bytes) else text.encode("utf-8", "surrogateescape")
    return read_container(FORMAT, data, **more)  # type: ignore[arg-type] - only `limits` is ever given


def mixed(*parts: str, head: str = "") -> str:
    inner = "".join(f"--b1\n{part}\n" for part in parts)
    return f"From: a@example\n{head}Content-Type: multipart/mixed; boundary=b1\n\n{inner}--b1--\n"


def coded(data: bytes) -> str:
    return "Content-Transfer-Encoding: base64\n\n" + base64.encodebytes(data).decode()


def word(text: str, charset: str, kind: str = "B") -> str:
    held = text.encode(charset)
    body = base64.b64encode(held) if kind == "B" else quopri.encodestring(held, header=True)
    return f"=?{charset}?{kind}?{body.decode()}?="


def test_a_message_of_the_world_is_read_whole() -> None:
    note = texts.note("里层", blind=False)
    letter = mail.Letter(
        "名单报送", ("各单位：", "", "请查收。"), "办公室", "档案室", DAY, "gb18030",
        (("名单.csv", "text/csv", note), ("转发.eml", "message/rfc822", mail.write(
            mail.Letter("内", ("里",), "甲", "乙", DAY), blind=False)))
    )  # fmt: skip
    kept = read(mail.write(letter, blind=False).data or b"")
    assert kept.said == {"para=1": "各单位：", "para=3": "请查收。"}
    assert kept.properties["mail:subject"] == ["名单报送"]
    assert kept.properties["mail:from"][0].startswith("办公室 <u")
    assert kept.names == ["名单.csv".encode(), "转发.eml".encode()]
    assert kept.data["名单.csv".encode()] == note.data
    assert read(kept.data["转发.eml".encode()] or b"").properties["mail:subject"] == ["内"]
    assert (kept.partial, kept.ended) == ([], None)


@pytest.mark.parametrize("charset", ["gb2312", "gb18030", "big5", "utf-8", "iso-2022-jp"])
@pytest.mark.parametrize("kind", ["B", "Q"])
def test_encoded_words_are_decoded_also_when_a_character_is_cut_between_two(charset: str, kind: str) -> None:
    text = "日本" if charset == "iso-2022-jp" else "人民"
    whole = text.encode(charset)
    if kind == "B" and charset != "iso-2022-jp":
        halves = [base64.b64encode(half).decode() for half in (whole[:3], whole[3:])]
        words = "\n ".join(f"=?{charset}?B?{half}?=" for half in halves)
    else:
        words = word(text, charset, kind)
    kept = read(f"From: a\nSubject: Re: {words} end\nTo: b\n\n")
    assert kept.properties["mail:subject"] == [f"Re: {text} end"]


def test_raw_eight_bit_headers_are_detected_and_what_fits_nothing_is_kept_raw() -> None:
    subject = "关于报送二〇一六年度名单的通知，请各单位按时报送".encode("gbk")
    kept = read(b"From: a\nSubject: " + subject + b"\n\n")
    assert kept.properties["mail:subject"] == [subject.decode("gbk")]
    kept = read(b"From: a\nSubject: =?utf-8?Q?=FF=FEodd?=\n\n")
    assert kept.properties["mail:subject:raw"] == ["=?utf-8?Q?=FF=FEodd?="]
    assert kept.properties["mail:subject"][0].endswith("odd")


def test_every_header_is_kept_and_folded_ones_are_joined() -> None:
    kept = read("Received: from x\n\tby y\nReceived: z\nFrom: a\nReferences: <1>\n <2>\nX-Odd: 1\n\nbody")
    assert kept.properties["mail:received"] == ["from x\tby y", "z"]
    assert kept.properties["mail:references"] == ["<1> <2>"]
    assert kept.properties["mail:x-odd"] == ["1"]
    long = read("From: a\nTo: " + "b@example, " * 9_000 + "end\nSubject: s\n\nbody")
    assert (long.said, long.partial) == ({"para=1": "body"}, [])
    assert long.properties["mail:subject"] == ["s"]


@pytest.mark.parametrize(
    ("declared", "written"),
    [
        ("gb2312", "gb18030"),
        ("us-ascii", "gb18030"),
        ("iso-8859-1", "gb18030"),
        ("no-such-charset", "utf-8"),
        ("utf-8", "gb18030"),
        ("utf-16", "utf-8"),
        ("zlib", "utf-8"),
        ("unicode_escape", "utf-8"),
        ("big5", "big5"),
    ],
)
def test_the_body_is_decoded_whatever_its_charset_claims(declared: str, written: str) -> None:
    line = "关于报送二〇一六年度名单的通知" if written != "big5" else "關於報送名單的通知"
    head = f"From: a\nTo: b\nContent-Type: text/plain; charset={declared}\n\n".encode()
    kept = read(head + (line + "\n\n" + line).encode(written))
    assert kept.said == {"para=1": line, "para=3": line}


def test_text_parts_count_on_and_web_pages_are_members() -> None:
    page = "Content-Type: text/html\n\n<p>one</p>"
    kept = read(mixed(PLAIN + "\nfirst\nsecond", page, PLAIN + "\nthird", page))
    assert kept.said == {"para=1": "first", "para=2": "second", "para=3": "third"}
    assert kept.data == {b"body.html": b"<p>one</p>", b"body-2.html": b"<p>one</p>"}
    only = read("From: a\nTo: b\nContent-Type: text/html\n\n<p>one</p>")
    assert only.data == {b"body.html": b"<p>one</p>"}


def test_both_forms_of_an_alternative_are_kept_at_any_depth() -> None:
    inner = f'Content-Type: multipart/alternative; boundary="b2 x"\n\n--b2 x\n{PLAIN}\nplain\n--b2 x\n'
    inner += "Content-Type: text/html\n\n<b>page</b>\n--b2 x--\nepilogue\n"
    kept = read(mixed(inner, "Content-Type: image/png\nContent-ID: <i>\n" + coded(b"png")))
    assert kept.said == {"para=1": "plain"}
    assert kept.data == {b"body.html": b"<b>page</b>", b"part-3.png": b"png"}
    assert kept.properties["mail:between-parts"] == ["epilogue"]
    assert "id=<i>" in kept.properties["mail:part:3"][0]
    assert (kept.partial, kept.ended) == ([], None)


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ('filename="a b.doc"', b"a b.doc"),
        ("filename=plain.doc; size=3", b"plain.doc"),
        ("filename*=UTF-8''%E5%90%8D.doc", "名.doc".encode()),
        ("filename*=gb2312'zh'%C3%FB.doc", "名.doc".encode()),
        ("filename*0*=UTF-8''%E5%90;\n filename*1*=%8D;\n filename*2=.doc", "名.doc".encode()),
        (f'filename="{word("名单", "gb2312")}.doc"', "名单.doc".encode()),
        (f'filename="{word("名", "utf-8")}\n {word("单.doc", "utf-8")}"', "名单.doc".encode()),
        ('filename="..\\\\..\\\\x.doc"', b"..\\..\\x.doc"),
        ('filename="../../x.doc"', b"../../x.doc"),
        ('filename="unclosed.doc', b"unclosed.doc"),
        ('filename="a\\"b.doc"', b'a"b.doc'),
    ],
)
def test_names_of_attachments_are_read_however_they_are_written(said: str, name: bytes) -> None:
    kept = read(
        mixed(f"Content-Type: application/msword\nContent-Disposition: attachment; {said}\n" + coded(b"x"))
    )
    assert kept.data == {name: b"x"}


def test_raw_names_stay_raw_and_the_name_of_the_type_serves_too() -> None:
    raw = "名单.doc".encode("gbk").decode("utf-8", "surrogateescape")
    kept = read(mixed(f'Content-Type: application/msword; name="{raw}"\n' + coded(b"x")))
    assert kept.data == {"名单.doc".encode("gbk"): b"x"}


def test_parts_without_a_name_get_one_by_their_kind() -> None:
    kinds = (
        "text/calendar",
        "application/ms-tnef",
        "application/pkcs7-signature",
        "application/odd",
        "message/rfc822",
    )
    kept = read(mixed(*(f"Content-Type: {kind}\n\nSubject: x" for kind in kinds)))
    assert kept.names == [b"part-1.ics", b"winmail.dat", b"part-3.p7s", b"part-4.bin", b"message-1.eml"]
    attached = f"{PLAIN}Content-Disposition: attachment; filename=a.txt\n\ntext"
    assert read(mixed(attached, attached)).names == [b"a.txt", b"a.txt"]


def test_the_line_end_before_a_boundary_belongs_to_it_and_no_other_byte_is_lost() -> None:
    body = "a--b1\r\n--b\r\n\r\n--b12\r\nlast\r\n"
    text = mixed("Content-Type: x/y\n\n" + body).encode()
    assert read(text).members[0].data == body.encode()
    tail = "From: a\nTo: b\nContent-Type: x/y\n\n" + body
    assert read(tail).members[0].data == body.encode()


@pytest.mark.parametrize("body", ["c29tZSB0\n!!ZXh0IG\n\nhlcmU", "c29tZSB0ZXh0IGhlcmU="])
def test_of_damaged_base64_what_decodes_stands(body: str) -> None:
    head = "Content-Type: x/y\nContent-Transfer-Encoding: base64\n\n"
    kept = read(mixed(head + body))
    assert kept.members[0].data == b"some text here"
    assert kept.partial == ([Reason.DAMAGED_PART] if "!" in body else [])
    assert read(mixed(head + "c29tZ")).members[0].data == b"som"


def test_quoted_printable_keeps_soft_breaks_and_odd_signs() -> None:
    head = PLAIN + "Content-Transfer-Encoding: quoted-printable\n\n"
    kept = read(mixed(head + "=E5=90=\n=8D end=\n ing\nnext =ZZ="))
    assert kept.said == {"para=1": "名 end ing", "para=2": "next =ZZ"}


def test_a_message_cut_short_gives_what_arrived() -> None:
    whole = mixed(PLAIN + "\nfirst", "Content-Type: x/y\n" + coded(bytes(range(200))))
    kept = read(whole[: len(whole) - 90])
    assert kept.said == {"para=1": "first"}
    assert bytes(range(200)).startswith(kept.members[0].data or b"?")
    assert kept.ended == (State.DAMAGED, Reason.CUT_SHORT)


def test_a_broken_structure_is_said_and_read_all_the_same() -> None:
    kept = read("From: a\nTo: b\nno header at all\n\nbody")
    assert (kept.said["para=1"], kept.partial) == ("no header at all", [Reason.DAMAGED_PART])
    lost = read("From: a\nTo: b\nContent-Type: multipart/mixed\n\nbody")
    assert (lost.said, lost.partial) == ({"para=1": "body"}, [Reason.DAMAGED_PART])
    assert read("\n\n").ended == (State.DAMAGED, Reason.NOT_WELL_FORMED)
    unclosed = f"Content-Type: multipart/mixed; boundary=b2\n\n--b2\n{PLAIN}\ninner"
    kept = read(mixed(unclosed, PLAIN + "\nouter"))
    assert kept.said == {"para=1": "inner", "para=2": "outer"}
    assert kept.ended is None


def test_nesting_of_thousands_is_walked_and_more_is_cut_by_the_limit() -> None:
    def nest(depth: int) -> str:
        opened = "".join(
            f"Content-Type: multipart/mixed; boundary=n{level}\n\n--n{level}\n" for level in range(depth)
        )
        return (
            "From: a\n"
            + opened
            + PLAIN
            + "\ninnermost\n"
            + "".join(f"--n{level}--\n" for level in reversed(range(depth)))
        )

    kept = read(nest(5_000))
    assert (kept.said, kept.ended) == ({"para=1": "innermost"}, None)
    assert read(nest(10_001)).ended == (State.TRUNCATED, Reason.LIMIT_DEPTH)


def test_the_same_boundary_at_two_depths_ends_the_inner_one_first() -> None:
    inner = f"Content-Type: multipart/mixed; boundary=b1\n\n--b1\n{PLAIN}\ninner\n--b1--"
    kept = read(mixed(inner, PLAIN + "\nouter"))
    assert kept.said == {"para=1": "inner", "para=2": "outer"}


def test_limits_cut_a_member_and_the_next_one_is_read() -> None:
    limits = dataclasses.replace(DEFAULT, member_bytes=1_000)
    big = "Content-Type: x/big\n" + coded(bytes(200_000))
    kept = read(mixed(big, "Content-Type: x/small\n\nsmall"), limits=limits)
    assert kept.members[0].ended == (State.TRUNCATED, Reason.LIMIT_MEMBER_BYTES)
    assert kept.members[1].data == b"small"
    few = dataclasses.replace(DEFAULT, members=2)
    assert read(mixed(*["Content-Type: x/y\n\n"] * 3), limits=few).ended == (
        State.TRUNCATED,
        Reason.LIMIT_MEMBERS,
    )


def test_a_mailbox_is_cut_at_its_from_lines_alone() -> None:
    line = "From a@example Fri Jul  1 09:30:00 2016\n"
    body = "Subject: s\n\nFrom here on\n>From b Fri Jul  1 09:30:00 2016\n\nFrom time to time\n"
    kept = read(f"{line}{body}\n{line}{body}{line}Subject: last\n\nx\n")
    assert kept.data == {
        b"message-00001.eml": body.encode(),
        b"message-00002.eml": body.encode(),
        b"message-00003.eml": b"Subject: last\n\nx\n",
    }
    assert kept.properties["mbox:from:1"] == ["a@example Fri Jul  1 09:30:00 2016"]


def test_a_long_body_is_decoded_beyond_what_was_looked_at() -> None:
    text = "plain\n" * 20_000 + "名单\n"
    kept = read(b"From: a\nTo: b\nContent-Type: text/plain; charset=gbk\n\n" + text.encode("gbk"))
    assert kept.said["para=20001"] == "名单"
    endless = read(b"From: a\nTo: b\n\n" + b"x" * (3 << 20))
    assert sum(map(len, endless.said.values())) == 3 << 20


def test_no_cut_and_no_flipped_byte_raises_anything_else() -> None:
    letter = mail.Letter(
        "名单", ("一", "二"), "甲", "乙", DAY, "gb18030",
        (("名单.csv", "text/csv", texts.note("里层", blind=False)),),
    )  # fmt: skip
    whole = (mail.write(letter, blind=False).data or b"") + b"\0\xff=?x?B?===?=\r\n"
    for at in range(0, len(whole), 5):
        read(whole[:at])
        for flip in (0xFF, 0x20):
            read(whole[:at] + bytes((whole[at] ^ flip,)) + whole[at + 1 :])


def test_the_sample_is_read_whole(root: Path) -> None:
    kept = read(sample(root, FORMAT))
    assert (kept.ended, kept.partial) == (None, [])
    assert kept.names == [b"body.html", "名单.csv".encode(), b"message-1.eml"]
    assert len(kept.said) == 5
