"""Saved pages: the page as text, everything it is made of under the address from which it was saved."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

import pytest

from proofroom.extract.detect import detect
from proofroom.extract.format import Source
from proofroom.extract.formats.mhtml import FORMAT
from proofroom.limits import DEFAULT
from proofroom.model.states import Reason, State

if TYPE_CHECKING:
    from conftest import Read

PAGE = b"""From: <Saved by Blink>
Snapshot-Content-Location: https://example.org/news/1
Subject: =?utf-8?Q?=E9=80=9A=E7=9F=A5?=
Date: Fri, 12 Jun 2015 08:00:00 -0000
MIME-Version: 1.0
Content-Type: multipart/related; type="text/html"; boundary="----b"

------b
Content-Type: text/html; charset=utf-8
Content-ID: <frame-0@mhtml.blink>
Content-Transfer-Encoding: quoted-printable
Content-Location: https://example.org/news/1

<p>=E7=AC=AC=E4=B8=80=E6=AE=B5</p><p><a href=3D"/2">next</a></p>
------b
Content-Type: text/html
Content-ID: <frame-1@mhtml.blink>
Content-Location: https://example.org/frame/

<p>frame</p>
------b
Content-Type: image/png
Content-Transfer-Encoding: base64
Content-Location: https://cdn.example.org/../a/pic.png?v=2/3

iVBORw==
------b--
""".replace(b"\n", b"\r\n")


def kind(data: bytes, name: bytes = b"x") -> str:
    return detect(Source(BytesIO(data), len(data), DEFAULT, name)).media_type


def test_the_page_is_text_and_its_parts_are_members(read_with: Read) -> None:
    found = read_with(FORMAT, PAGE)
    assert found.ended is None
    assert (found.said["para=1"], found.said["para=2"]) == ("第一段", "next")
    assert found.said["para=2&link=1"] == "/2"
    assert found.members == {
        "example.org/frame/part-2": b"<p>frame</p>",
        "cdn.example.org/a/pic.png?v=2_3": b"\x89PNG",
    }


def test_who_saved_it_and_from_where_is_kept(read_with: Read) -> None:
    found = read_with(FORMAT, PAGE)
    assert found.properties["mail:subject"] == ["通知"]
    assert found.properties["mail:snapshot-content-location"] == ["https://example.org/news/1"]
    assert "location=https://example.org/frame/" in found.properties["mail:part:2"][0]


def test_the_part_that_the_saver_names_is_the_page(read_with: Read) -> None:
    named = PAGE.replace(b'type="text/html";', b'start="<frame-1@mhtml.blink>";')
    found = read_with(FORMAT, named)
    assert found.said["para=1"] == "frame"
    assert "第一段".encode() in found.members["example.org/news/1"]


def test_a_page_in_the_encoding_of_its_part_is_decoded(read_with: Read) -> None:
    page = "<p>第一段的话</p>".encode("gb18030")
    data = PAGE.replace(b"charset=utf-8", b"charset=gb2312").replace(
        b"<p>=E7=AC=AC=E4=B8=80=E6=AE=B5</p>", page.replace(b"=", b"=3D")
    )
    assert read_with(FORMAT, data).said["para=1"] == "第一段的话"


def test_a_saved_page_is_told_from_a_sent_message() -> None:
    assert kind(PAGE) == "application/x-mimearchive"
    word = b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=b\r\n\r\nThis document is a Single File\r\n"
    assert kind(word) == "application/x-mimearchive"
    assert kind(word, b"draft.eml") == "message/rfc822"
    sent = b"From: a@example.org\r\nTo: b@example.org\r\nContent-Type: multipart/related; boundary=b\r\n\r\nhello\r\n"
    assert kind(sent) == "message/rfc822"
    assert kind(sent, b"page.mht") == "application/x-mimearchive"


@pytest.mark.parametrize("cut", range(700, len(PAGE) - 12, 61))
def test_a_page_cut_short_is_damaged_and_keeps_what_arrived(read_with: Read, cut: int) -> None:
    found = read_with(FORMAT, PAGE[:cut])
    assert found.ended == (State.DAMAGED, Reason.CUT_SHORT)
    assert found.said["para=1"] == "第一段"


def test_what_is_no_message_is_damaged(read_with: Read) -> None:
    assert read_with(FORMAT, b"\0\1\2").ended == (State.DAMAGED, Reason.NOT_WELL_FORMED)
