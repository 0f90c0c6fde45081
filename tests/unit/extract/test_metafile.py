"""Drawn pictures: the words in them, line by line, and the pictures inside them."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from metafile_by_hand import BITMAP_HEAD, emf, font, old, pixels, plus, record, wmf, words

from proofroom.extract.formats.metafile import FORMAT
from proofroom.extract.pictures.drawn import Words, lines
from proofroom.model.evidence import PieceKind
from proofroom.model.states import Reason, State

if TYPE_CHECKING:
    from conftest import Read


def test_words_at_one_height_are_one_line(read_with: Read) -> None:
    found = read_with(FORMAT, emf(words("一季度", 0, 10), words("东", 90, 11), words("Total", 0, 40)))
    assert found.said == {"line=1": "一季度 东", "line=2": "Total"}
    assert found.kinds["line=1"] is PieceKind.LINE


def test_a_word_drawn_in_two_pieces_is_not_torn(read_with: Read) -> None:
    found = read_with(FORMAT, emf(words("To", 0, 0, 10), words("tal", 20, 0, 10), words("sum", 60, 0, 10)))
    assert found.said == {"line=1": "Total sum"}


def test_numbers_of_glyphs_are_no_text(read_with: Read) -> None:
    assert read_with(FORMAT, emf(words("abc", 0, 0, options=0x10))).ended == (State.READ, Reason.NO_TEXT)


def test_small_and_newer_records_hold_words_too(read_with: Read) -> None:
    small = record(108, struct.pack("<iiIIIff", 0, 0, 5, 0x300, 1, 1, 1) + b"small")
    string = struct.pack("<IIIffff", 0, 0, 2, 0, 50, 9, 9) + "新字".encode("utf-16-le")
    signs = struct.pack("<IIII", 0, 1, 0, 2) + "几个".encode("utf-16-le") + struct.pack("<ffff", 0, 90, 9, 90)
    found = read_with(FORMAT, emf(small, plus(0x401C, string), plus(0x4036, signs)))
    assert list(found.said.values()) == ["small", "新字", "几个"]


def test_pictures_inside_are_members(read_with: Read) -> None:
    image = plus(0x4008, struct.pack("<II16sI", 0, 1, b"", 1) + b"\x89PNG", 5 << 8)
    found = read_with(FORMAT, emf(pixels(), image))
    assert (
        found.members["pictures/1.bmp"]
        == struct.pack("<2sIHHI", b"BM", 58, 0, 0, 54) + BITMAP_HEAD + b"\1\2\3\0"
    )
    assert found.members["pictures/2.bin"] == b"\x89PNG"


def test_program_and_fonts_are_properties(read_with: Read) -> None:
    found = read_with(FORMAT, emf(font("宋体"), words("a", 0, 0), told="Some program\0Chart 1\0\0"))
    assert found.properties == {"emf:description": ["Some program", "Chart 1"], "font:name": ["宋体"]}


@pytest.mark.parametrize("placeable", [False, True])
def test_words_of_old_drawings_are_in_the_code_page_of_their_font(
    read_with: Read, *, placeable: bool
) -> None:
    chinese = old(0x02FB, bytes(13) + b"\x86" + bytes(36))
    greek = old(0x02FB, bytes(13) + b"\xa1" + bytes(36))
    text = "铁路".encode("gb18030")
    drawn = old(0x0521, struct.pack("<H", len(text)) + text + struct.pack("<hh", 5, 0))
    word = "Ωμ".encode("cp1253")
    other = old(0x0A32, struct.pack("<hhHH", 60, 0, len(word), 0) + word)
    choose = (old(0x012D, b"\0\0"), old(0x012D, b"\1\0"))
    data = wmf(chinese, greek, choose[0], drawn, choose[1], other, placeable=placeable)
    assert read_with(FORMAT, data).said == {"line=1": "铁路", "line=2": "Ωμ"}


def test_a_number_of_a_dropped_object_is_used_again(read_with: Read) -> None:
    brush = old(0x02FC, bytes(8))
    font_of = old(0x02FB, bytes(13) + b"\xcc" + bytes(36))
    text = "Да".encode("cp1251")
    drawn = old(0x0521, struct.pack("<H", len(text)) + text + struct.pack("<hh", 5, 0))
    data = wmf(brush, brush, old(0x01F0, b"\0\0"), font_of, old(0x012D, b"\0\0"), drawn)
    assert read_with(FORMAT, data).said == {"line=1": "Да"}


def test_a_picture_inside_an_old_drawing_is_a_member(read_with: Read) -> None:
    found = read_with(FORMAT, wmf(old(0x0F43, bytes(22) + BITMAP_HEAD + b"\1\2\3\0")))
    assert found.members["pictures/1.bmp"].endswith(BITMAP_HEAD + b"\1\2\3\0")


def test_a_drawing_cut_anywhere_ends_in_a_state(read_with: Read, root: Path) -> None:
    data = (root / "src/proofroom/extract/formats/samples" / FORMAT.sample).read_bytes()
    for end in range(len(data)):
        assert read_with(FORMAT, data[:end]).ended == (State.DAMAGED, Reason.CUT_SHORT)
    assert read_with(FORMAT, data).ended is None


def test_lying_counts_end_in_a_state(read_with: Read) -> None:
    data = bytearray(emf(words("text", 0, 0, 3)))
    for at in range(88, len(data) - 4, 4):
        broken = bytes(data[:at] + b"\xff\xff\xff\x7f" + data[at + 4 :])
        found = read_with(FORMAT, broken)
        assert found.ended or found.said, at


@pytest.mark.corpora
def test_drawings_of_the_corpora_are_read(read_with: Read, corpora: Path) -> None:
    found = read_with(FORMAT, (corpora / "tika" / "testEMF_iconOnlyLongFilename.emf").read_bytes())
    assert found.said["line=2"] == "a very long name that should be wrapped.docx"


def test_a_line_drawn_sign_by_sign_is_not_spelled_out() -> None:
    places = [
        (0, "L"),
        (14, "a"),
        (28, "t"),
        (42, "e"),
        (56, " "),
        (70, "N"),
        (84, "e"),
        (98, "w"),
        (130, "X"),
    ]
    spelled = [Words(x, 0, 10, sign) for x, sign in places]
    assert list(lines(spelled)) == ["Late New X"]
    unmeasured = [Words(x, 0, -1, sign) for x, sign in places]
    assert list(lines(unmeasured)) == ["Late New X"]
    marks = [Words(100 * number, 0, 10, str(number)) for number in range(1, 8)]
    assert list(lines(marks)) == ["1 2 3 4 5 6 7"]
    assert list(lines([Words(one.x, 0, -1, one.untrusted_text) for one in marks])) == ["1 2 3 4 5 6 7"]
