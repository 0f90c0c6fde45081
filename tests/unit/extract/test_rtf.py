"""Rich text: every paragraph in the encoding of its font, and what hides beside it under its own address."""

from __future__ import annotations

import struct
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from proofroom.extract.formats.rtf import FORMAT
from proofroom.model.evidence import Flag, PieceKind
from proofroom.model.states import Reason, State
from proofroom.world import hostile, texts
from proofroom.world.prose import Prose

if TYPE_CHECKING:
    from conftest import Found, Read

PROSE = Prose(
    "关于登记工作的通知",
    ["各单位要在月底前完成核对。", "“第一”𠮷", "谁登记，谁负责。"],
    date(2015, 6, 12),
    table=[["姓名", "编号"], ["甲乙丙", "17"]],
)
FONTS = (
    rb"{\fonttbl{\f0\fnil\fcharset134 SimSun;}{\f1\fcharset0 Arial;}{\f2\fcharset204 A;}{\f3\fcharset136 B;}"
    rb"{\f4\fcharset128 C;}{\f5\fcharset129 D;}{\f6\fcharset178 E;}{\f7\fcharset2 Symbol;}{\f8\fcharset1 F;}}"
)


def document(body: bytes, codepage: int = 936) -> bytes:
    return b"{\\rtf1\\ansi\\ansicpg%d\\deff1" % codepage + FONTS + body + b"}"


def escaped(text: str, encoding: str) -> bytes:
    return "".join(f"\\'{byte:02x}" for byte in text.encode(encoding)).encode()


def read_body(read_with: Read, body: bytes, codepage: int = 936) -> Found:
    return read_with(FORMAT, document(body, codepage))


@pytest.mark.parametrize("codepage", [True, False])
def test_a_document_of_the_world_is_read_at_its_addresses(read_with: Read, codepage: bool) -> None:  # noqa: FBT001
    prose = Prose(
        PROSE.title, [PROSE.paragraphs[0], "“第一”", PROSE.paragraphs[2]], PROSE.day, table=PROSE.table
    )
    made = texts.rtf(prose if codepage else PROSE, blind=False, codepage=codepage)
    found = read_with(FORMAT, made.data or b"")
    assert found.said == {fact.part: fact.raw for fact in made.facts}
    assert found.properties["rtf:title"] == ["关于登记工作的通知"]
    assert found.properties["rtf:creatim"] == ["2015-06-12"]
    assert (found.ended, found.partial, found.members) == (None, [], {})


@pytest.mark.parametrize(
    ("font", "text", "encoding"),
    [
        (0, "第一集训中心", "gb18030"),
        (2, "Список лиц", "cp1251"),
        (3, "登記人員", "big5"),
        (4, "登録ソース", "cp932"),
        (5, "명단", "cp949"),
        (6, "قائمة", "cp1256"),
    ],
)
def test_bytes_are_decoded_by_their_font(read_with: Read, font: int, text: str, encoding: str) -> None:
    found = read_body(read_with, b"{\\f%d " % font + escaped(text, encoding) + b"}{\\f1 end}\\par", 1252)
    assert found.said == {"para=1": text + "end"}


def test_a_latin_font_in_a_chinese_document_is_latin_unless_its_bytes_are_not(read_with: Read) -> None:
    body = b"\\f1 " + escaped("été", "cp1252") + b"\\par " + escaped("通知", "gbk") + b"\\par"
    assert read_body(read_with, body).said == {"para=1": "été", "para=2": "通知"}


def test_raw_bytes_whose_second_half_looks_like_a_sign_are_letters(read_with: Read) -> None:
    body = "\\f4 表示ソ能\\f1 x\\par ".encode("cp932")
    assert read_body(read_with, body, 932).said == {"para=1": "表示ソ能x"}


def test_each_kind_of_letters_has_its_own_font(read_with: Read) -> None:
    body = (
        (
            rb"{\rtlch\fcs1 \af6 \ltrch\fcs0 \f1\loch\af1\hich\af2\dbch\af0 "
            + escaped("通知", "gbk")
            + rb"\hich "
        )
        + escaped("да", "cp1251")
        + rb"\loch x}\par"
    )
    assert read_body(read_with, body, 1252).said == {"para=1": "通知даx"}


def test_symbols_are_kept_as_private_characters(read_with: Read) -> None:
    assert read_body(read_with, b"{\\f7 \\'b7 a}\\par").said == {"para=1": "\uf0b7 a"}


def test_unicode_numbers_replace_what_is_written_for_old_readers(read_with: Read) -> None:
    body = (
        rb"\uc1\u24352?\u19977\'c8{\uc2\u-10179\'3f\'3f\u-8704??}{\uc0\u20116}a\u20845 \par next"
        rb"{\upr{old}{\*\ud{\u26032 ?}}}\par"
    )
    found = read_body(read_with, body)
    assert found.said == {"para=1": "张三😀五a六", "para=2": "next新"}


def test_signs_are_the_characters_that_people_see(read_with: Read) -> None:
    body = rb"a\tab b\line c\~d\_e\-f\emdash\ldblquote g\rdblquote \{h\}\\\par"
    assert read_body(read_with, body).said == {"para=1": "a\tb\nc\xa0d\u2011ef—“g”{h}\\"}


def test_empty_paragraphs_count_and_are_not_given(read_with: Read) -> None:
    found = read_body(read_with, b"\\par\\pard\\par a\\par\\sect\\trowd\\cell b\\cell\\row c")
    assert found.said == {"para=3": "a", "para=5": "b", "para=6": "c"}


def test_hidden_deleted_and_inserted_text_is_told_apart(read_with: Read) -> None:
    body = rb"seen{\v not}\par{\deleted gone}kept\par{\revised new}\par\v on\v0 off\plain\par plain\par"
    found = read_body(read_with, body)
    assert found.said == {
        "para=1": "seennot",
        "para=2": "kept",
        "para=2&deleted=1": "gone",
        "para=3": "new",
        "para=4": "onoff",
        "para=5": "plain",
    }
    assert [part for part, flags in found.flags.items() if flags & Flag.HIDDEN_TEXT] == ["para=1", "para=4"]
    assert found.flags["para=2&deleted=1"] == Flag.DELETED
    assert found.flags["para=3"] == Flag.INSERTED


def test_what_stands_beside_the_body_has_its_own_address(read_with: Read) -> None:
    body = (
        rb"{\header top\par second}{\footerr below}{\*\ftnsep line}one{\footnote{\super 1} note \chftn}"
        rb"{\*\atnid AB}{\*\atnauthor Someone}\chatn{\*\annotation{\*\atndate 125004740}remark\par more}\par"
        rb"{\field{\*\fldinst{HYPERLINK }{\ul \"http://a.example/\"}}{\fldrslt here}}"
        rb"{\shp{\*\shpinst{\sp{\sn wzDescription}{\sv a photo}}{\shptxt in the box\par}}{\shprslt old}}\par last"
    )
    found = read_body(read_with, body.replace(rb"\"", b'"'))
    assert found.said == {
        "header=1": "top\nsecond",
        "footer=1": "below",
        "note=1": "1 note ",
        "para=1": "one",
        "para=1&comment=1": "remark\nmore",
        "para=1&comment=1&author=1": "Someone",
        "para=1&comment=1&initials=1": "AB",
        "para=1&comment=1&date=1": "2019-03-13T15:04",
        "para=2": "here",
        "para=2&field=1": 'HYPERLINK "http://a.example/"',
        "para=2&alt=1": "a photo",
        "para=3": "in the box",
        "para=4": "last",
    }
    assert found.kinds["note=1"] == PieceKind.NOTE
    assert found.kinds["para=1&comment=1"] == PieceKind.COMMENT
    assert found.properties["rtf:comment-author"] == ["Someone"]


def test_what_only_programs_read_is_no_text(read_with: Read) -> None:
    body = (
        rb"{\colortbl;\red0;}{\stylesheet{\s1 heading 1;}}{\*\listtable{\list{\listname x;}}}{\*\unknown secret}"
        rb"{\*\generator Writer;}{\*\rsidtbl\rsid11\rsid22}{\*\revtbl{Unknown;}{Somebody;}}"
        rb"{\*\userprops{\propname Unit}\proptype30{\staticval Office}}{\*\docvar{k}{v}}{\*\template c:\\x.dot}"
        rb"{\info{\author A}{\creatim\yr2015\mo7\dy6\hr8\min5}{\*\company C}\edmins7}text\par"
    )
    found = read_body(read_with, body)
    assert found.said == {"para=1": "text"}
    assert {key: "; ".join(value) for key, value in found.properties.items()} == {
        "rtf:codepage": "936",
        "rtf:generator": "Writer;",
        "rtf:revision-author": "Unknown; Somebody",
        "rtf:custom:Unit": "Office",
        "rtf:variable:k": "v",
        "rtf:external": "c:\\x.dot",
        "rtf:author": "A",
        "rtf:creatim": "2015-07-06T08:05:00",
        "rtf:company": "C",
        "rtf:edmins": "7",
        "rtf:rsids": "11 22",
    }


def ole(class_name: bytes, native: bytes, size: int | None = None) -> bytes:
    head = (
        struct.pack("<II", 0x501, 2) + struct.pack("<I", len(class_name) + 1) + class_name + b"\0" + bytes(8)
    )
    return (head + struct.pack("<I", len(native) if size is None else size) + native).hex().encode()


def test_pictures_and_objects_are_members_without_their_wrapping(read_with: Read) -> None:
    packed = (
        b"\2\0list.txt\0c:\\list.txt\0"
        + struct.pack("<II", 0x30000, 3)
        + b"t\0\0"
        + struct.pack("<I", 4)
        + b"data"
    )
    body = (
        b"{\\*\\shppict{\\pict{\\*\\picprop{\\sp{\\sn wzDescription}{\\sv seal}}}\\pngblip\n8950\n4e47}}"
        b"{\\nonshppict{\\pict\\wmetafile8 00}}{\\pict\\jpegblip\\bin4 {}\\x}"
        b"{\\object\\objemb{\\*\\objclass Word.Document.8}{\\*\\objdata "
        + ole(b"Word", b"\xd0\xcf\x11\xe0x")
        + b"}"
        b"{\\result shown}}{\\object{\\*\\objdata " + ole(b"Package", packed) + b"}}"
        b"{\\object{\\*\\objdata " + ole(b"Liar", b"abc", 1 << 30) + b"}}\\par"
    )
    found = read_body(read_with, body)
    assert found.members.pop("object-3.bin").endswith(b"abc")
    assert found.members == {
        "picture-1.png": b"\x89PNG",
        "picture-2.jpg": b"{}\\x",
        "object-1.ole": b"\xd0\xcf\x11\xe0x",
        "object-2/list.txt": b"data",
    }
    assert found.said == {"para=1": "shown", "para=1&alt=1": "seal"}


@pytest.mark.parametrize("length", [b"4294967295", b"999", b"-5", b"9" * 60])
def test_a_lying_length_of_bytes_hides_no_text(read_with: Read, length: bytes) -> None:
    found = read_body(read_with, b"one\\par{\\pict\\bin" + length + b" }two\\par three")
    assert list(found.said.values()) == ["one", "two", "three"]
    assert found.ended is None


def test_bytes_where_no_picture_stands_are_a_member(read_with: Read) -> None:
    found = read_body(read_with, b"a\\bin6 hidden b\\par")
    assert found.said == {"para=1": "a b"}
    assert found.members == {"binary-1.bin": b"hidden"}


def test_a_document_cut_short_gives_what_arrived(read_with: Read) -> None:
    whole = texts.rtf(PROSE, blind=False, codepage=False).data or b""
    found = read_with(FORMAT, whole[: whole.index(b"\\trowd")])
    assert found.said["para=4"] == "谁登记，谁负责。"
    assert found.ended == (State.DAMAGED, Reason.CUT_SHORT)


@pytest.mark.parametrize("at", range(1, 60, 7))
def test_a_cut_anywhere_ends_in_a_state(read_with: Read, at: int) -> None:
    whole = document(b"{\\pict\\bin9 123456789}\\u20116?{\\field{\\*\\fldinst x}{\\fldrslt \\'b9\\'d8}}\\par")
    found = read_with(FORMAT, whole[:-at])
    assert found.ended == (State.DAMAGED, Reason.CUT_SHORT)


def test_what_follows_the_end_is_a_member(read_with: Read) -> None:
    found = read_with(FORMAT, document(b"a\\par") + b"\r\n\0}" + b"\n" * 8)
    assert found.members == {}
    found = read_with(FORMAT, document(b"a\\par") + b"\n{\\rtf1 b}")
    assert found.members == {"after-the-end.bin": b"\n{\\rtf1 b}"}


def test_groups_nested_very_deep_are_read_and_deeper_ones_cut(read_with: Read) -> None:
    found = read_with(FORMAT, hostile.deep_rtf().data or b"")
    assert (found.said, found.ended) == ({"para=1": "x"}, None)
    found = read_with(FORMAT, b"{\\rtf1 a\\par b" + b"{" * 110_000)
    assert found.said == {"para=1": "a", "para=2": "b"}
    assert found.ended == (State.TRUNCATED, Reason.LIMIT_DEPTH)


def test_what_does_not_decode_is_counted(read_with: Read) -> None:
    found = read_body(read_with, b"{\\f4 \\'81\\'20}ok\\par", 932)
    assert found.said["para=1"].endswith("ok")
    assert found.properties["text:undecodable"]
    assert found.partial == [Reason.DAMAGED_PART]


@pytest.mark.parametrize(
    "data", [b"", b"no rtf", b"\\", b"{", b"}", b"{\\rtf1\\'zz\\u\\uc-4\\u99999999 \\bin"]
)
def test_a_stump_ends_in_a_state(read_with: Read, data: bytes) -> None:
    found = read_with(FORMAT, data)
    assert found.ended is not None
    assert found.ended[0] is State.DAMAGED


def test_the_sample_is_read_whole(read_with: Read, root: Path) -> None:
    found = read_with(FORMAT, (root / "src/proofroom/extract/formats/samples" / FORMAT.sample).read_bytes())
    assert (found.ended, found.partial, len(found.said)) == (None, [], 10)
    assert list(found.members) == ["picture-1.png", "object-1.bin"]


@pytest.mark.corpora
@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("testFontAfterBufferedText.rtf", "Уважаемый клиент!"),
        ("testRTFUnicodeUCNControlWordCharacterDoubling.rtf", "0 年 abc 念"),
        ("testRTFUnicodeGothic.rtf", "𐌲𐌿𐍄𐌹𐍃𐌺"),
        ("testRTFWord2010CzechCharacters.rtf", "Článek týdne"),
        ("testRTFBoldPlain.rtf", "Animal Hospital"),
    ],
)
def test_public_documents_read_as_people_see_them(
    read_with: Read, corpora: Path, name: str, text: str
) -> None:
    found = read_with(FORMAT, (corpora / "tika" / name).read_bytes())
    assert text in "\n".join(found.said.values())
    assert found.ended is None


def test_where_a_mail_merge_takes_its_names_from_is_told(read_with: Read) -> None:
    merge = rb"{\*\mailmerge{\mmdatasource C:\\list.xls}{\mmconnectstr DSN=people}{\mmquery SELECT *}}"
    told = read_with(FORMAT, rb"{\rtf1\ansi" + merge + rb" Dear\par}").properties
    assert told["rtf:external"] == ["C:\\list.xls"]
    assert (told["rtf:mmconnectstr"], told["rtf:mmquery"]) == (["DSN=people"], ["SELECT *"])
