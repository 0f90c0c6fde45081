"""FictionBooks: chapters at their places, notes apart, facts, and pictures as members."""

from __future__ import annotations

import base64
from io import BytesIO
from typing import TYPE_CHECKING

from proofroom.extract.detect import detect
from proofroom.extract.format import Source
from proofroom.extract.formats.fiction import FORMAT
from proofroom.limits import DEFAULT
from proofroom.model.states import Reason, State

if TYPE_CHECKING:
    from conftest import Read

PICTURE = base64.b64encode(b"\x89PNG").decode()
BOOK = f"""<?xml version="1.0" encoding="utf-8"?>
<FictionBook xmlns="http://www.gribuser.ru/xml/fictionbook/2.0" xmlns:l="http://www.w3.org/1999/xlink">
<description><title-info><author><first-name>甲</first-name></author><book-title>名册</book-title>
<annotation><p>About it</p></annotation></title-info></description>
<body><title><p>名册</p></title><section><title><p>One</p></title><p>first <a l:href="#n1">[1]</a></p>
<section><p>below</p></section></section></body>
<body name="notes"><section id="n1"><p>a note</p></section></body>
<binary id="a.png" content-type="image/png">{PICTURE}</binary></FictionBook>"""


def test_chapters_notes_facts_and_pictures_are_kept(read_with: Read) -> None:
    found = read_with(FORMAT, BOOK.encode())
    assert found.ended is None
    assert found.said == {
        "para=1": "名册",
        "chapter=1&para=1": "One",
        "chapter=1&para=2": "first [1]",
        "chapter=1&para=2&link=1": "#n1",
        "chapter=2&para=1": "below",
        "note=1": "a note",
    }
    assert found.properties["fb2:book-title"] == ["名册"]
    assert found.properties["fb2:author:first-name"] == ["甲"]
    assert found.members == {"image-1.png": b"\x89PNG"}


def test_a_book_in_another_encoding_is_read(read_with: Read) -> None:
    data = (
        BOOK.replace("utf-8", "windows-1251").replace("名册", "Список").replace("甲", "Аб").encode("cp1251")
    )
    assert read_with(FORMAT, data).said["para=1"] == "Список"


def test_it_is_told_by_its_root() -> None:
    data = BOOK.encode()
    assert (
        detect(Source(BytesIO(data), len(data), DEFAULT, b"x")).media_type == "application/x-fictionbook+xml"
    )


def test_what_breaks_off_keeps_what_came_before(read_with: Read) -> None:
    found = read_with(FORMAT, BOOK[: BOOK.index("below")].encode())
    assert found.ended == (State.DAMAGED, Reason.NOT_WELL_FORMED)
    assert found.said["chapter=1&para=2"] == "first [1]"
    assert read_with(FORMAT, b"<a/>").ended == (State.DAMAGED, Reason.NOT_WELL_FORMED)
    bomb = b'<!DOCTYPE a [<!ENTITY c "c"><!ENTITY b "&c;&c;">]><FictionBook>&b;</FictionBook>'
    assert read_with(FORMAT, bomb).ended == (State.REFUSED, Reason.ENTITY_EXPANSION)
