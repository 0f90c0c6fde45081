"""Lines of PDF pages: where they stand, in which order they are read, and what of them nobody sees."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pdf_by_hand import at, written

from proofroom.extract.formats.pdf import FORMAT
from proofroom.model.evidence import Flag

if TYPE_CHECKING:
    from conftest import Read

CHINESE = (
    b"<< /Type /Font /Subtype /Type0 /BaseFont /SimSun /Encoding /UniGB-UCS2-V /DescendantFonts [5 0 R] >>",
    (
        b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /SimSun /CIDSystemInfo "
        b"<< /Registry (Adobe) /Ordering (GB1) /Supplement 2 >> /FontDescriptor 6 0 R >>"
    ),
    (
        b"<< /Type /FontDescriptor /FontName /SimSun /Flags 4 /FontBBox [0 -200 1000 800] /ItalicAngle 0 "
        b"/Ascent 800 /Descent -200 /CapHeight 700 /StemV 80 >>"
    ),
)
BOTH_FONTS = b"/Resources << /Font << /F1 3 0 R /F2 4 0 R >> >>"


def chinese(matrix: bytes, text: str) -> bytes:
    """Draw a Chinese text at a place, with the font /F2."""
    return b"BT /F2 12 Tf %s Tm <%s> Tj ET\n" % (matrix, text.encode("utf-16-be").hex().encode())


def test_a_line_says_where_it_stands_from_the_top_left(read_with: Read) -> None:
    found = read_with(FORMAT, written((at(50, 700, b"HHH"), b"")))
    left, top, right, bottom = found.boxes["page=1&line=1"]
    assert 500 < left < 515
    assert (900 < top < 930, 990 < bottom <= 1000, 740 < right < 770) == (True, True, True)


@pytest.mark.parametrize(
    ("entries", "matrix"),
    [
        (b"/Rotate 90", b"0 1 -1 0 100 50"),
        (b"/Rotate 180", b"-1 0 0 -1 550 100"),
        (b"/Rotate 270", b"0 -1 1 0 500 750"),
        (b"/CropBox [50 50 600 800]", b"1 0 0 1 100 700"),
    ],
)
def test_a_box_is_that_of_the_page_as_it_is_shown(entries: bytes, matrix: bytes, read_with: Read) -> None:
    found = read_with(FORMAT, written((b"BT /F1 12 Tf %s Tm (HHH) Tj ET" % matrix, entries)))
    left, top, right, bottom = found.boxes["page=1&line=1"]
    assert (500 < left < 515, 900 < top < 930, 740 < right < 770, 990 < bottom <= 1000) == (True,) * 4


def test_text_written_downwards_is_read_from_the_right(read_with: Read) -> None:
    drawn = (
        at(50, 750, b"A heading over it all")
        + chinese(b"1 0 0 1 440 700", "第三列的文字")
        + chinese(b"1 0 0 1 500 700", "第一列的文字")
        + chinese(b"1 0 0 1 470 700", "第二列的文字")
        + chinese(b"1 0 0 1 500 400", "下一栏的文字")
        + at(50, 50, b"A footer below it all")
    )
    said = read_with(FORMAT, written((drawn, BOTH_FONTS), extra=CHINESE)).said
    assert [text[:3] for text in said.values()] == ["A h", "第一列", "第二列", "第三列", "下一栏", "A f"]


def test_one_shape_that_stands_for_several_arabic_letters_is_read_from_the_right(read_with: Read) -> None:
    cmap = b"begincmap 3 beginbfchar <41> <0645> <42> <06440627> <43> <0633> endbfchar endcmap"
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /ToUnicode 5 0 R >>"
    stream = b"<< /Length %d >>\nstream\n%s\nendstream" % (len(cmap), cmap)
    entries = b"/Resources << /Font << /F1 4 0 R >> >>"
    said = read_with(FORMAT, written((at(50, 700, b"ABC"), entries), extra=(font, stream))).said
    assert list(said.values()) == ["سلام"]


@pytest.mark.parametrize(
    ("before", "after", "fact"),
    [
        (b"3 Tr ", b"", "invisible-text"),
        (b"/GS gs ", b"", "invisible-text"),
        (b"1 1 1 rg ", b"", "white-text"),
        (b"", b"0 0 0 rg 40 690 300 30 re f ", "covered-text"),
        (b"", b"1 1 1 rg 0 0 50 30 re 40 690 300 30 re f ", "covered-text"),
        (b"", b"q 30 w 40 705 m 340 705 l S Q ", "covered-text"),
        (b"", b"q 300 0 0 30 40 690 cm /Im Do Q ", "covered-text"),
        (b"", b"q 600 0 0 800 0 0 cm /Im Do Q ", "under-picture-text"),
        (b"", b"q 1 0 0 1 40 690 cm /Fm Do Q ", "covered-text"),
        (b"q 0.01 0 0 0.01 0 0 cm 1 0 0 1 5000 70000 cm ", b"Q ", "tiny-text"),
        (b"1 0 0 1 900 0 cm ", b"", "outside-page-text"),
    ],
)
def test_text_nobody_sees_is_given_and_flagged(
    before: bytes, after: bytes, fact: str, read_with: Read
) -> None:
    image = (
        b"<< /Type /XObject /Subtype /Image /Width 1 /Height 1 /BitsPerComponent 8 /ColorSpace /DeviceGray "
        b"/Length 1 >>\nstream\n0\nendstream"
    )
    box = b"<< /Type /XObject /Subtype /Form /BBox [0 0 300 30] /Length 16 >>\nstream\n0 0 300 30 re f \nendstream"
    entries = (
        b"/Resources << /Font << /F1 3 0 R >> /XObject << /Im 4 0 R /Fm 5 0 R >> "
        b"/ExtGState << /GS << /ca 0 >> >> >>"
    )
    drawn = before + at(50, 700, b"a hidden name") + after
    found = read_with(FORMAT, written((drawn, entries), extra=(image, box)))
    assert found.said["page=1&line=1"] == "a hidden name"
    assert found.flags["page=1&line=1"] == Flag.HIDDEN_TEXT
    assert "page=1&line=1&hidden=1" not in found.said
    assert found.properties[f"pdf:{fact}"] == ["1"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"0 0 0 rg 40 690 300 30 re f 1 1 1 rg ", b""),
        (b"1 1 0 rg 40 690 300 30 re f 0 0 0 rg ", b""),
        (b"", b"/GS gs 1 1 0 rg 40 690 300 30 re f "),
        (b"", b"/MU gs 1 1 0 rg 40 690 300 30 re f "),
        (b"", b"q 0 0 10 10 re W n 40 690 300 30 re f Q "),
        (b"", b"40 690 300 30 re S "),
        (b"", b"0.5 w 40 705 m 340 705 l S "),
        (b"", b"40 690 m 340 690 l 340 720 l f "),
    ],
)
def test_text_that_is_seen_is_not_flagged(before: bytes, after: bytes, read_with: Read) -> None:
    entries = (
        b"/Resources << /Font << /F1 3 0 R >> /ExtGState << /GS << /ca 0.4 >> /MU << /BM /Multiply >> >> >>"
    )
    found = read_with(FORMAT, written((before + at(50, 700, b"a name") + after, entries)))
    assert found.flags == {"page=1&line=1": Flag.NONE}


def test_of_a_line_that_is_covered_in_part_the_covered_part_is_told(read_with: Read) -> None:
    drawn = at(50, 700, b"Name: WWWWWW known") + b"0 0 0 rg 86 695 70 20 re f "
    found = read_with(FORMAT, written((at(50, 740, b"seen"), b""), (drawn, b"")))
    assert found.said["page=2&line=1"] == "Name: WWWWWW known"
    assert found.said["page=2&line=1&hidden=1"] == "WWWWWW"
    left, _, right, _ = found.boxes["page=2&line=1&hidden=1"]
    assert (860 < left < 900, 1480 < right < 1600) == (True, True)
    assert found.flags["page=1&line=1"] == Flag.NONE
    assert found.properties["pdf:covered-text"] == ["2"]
