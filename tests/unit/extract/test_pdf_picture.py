"""Pages as pictures for OCR: upright, bounded, in the right colours, and never a traceback."""

from __future__ import annotations

import dataclasses
import io
from typing import TYPE_CHECKING

import pytest
from pdf_by_hand import at, written

from proofroom.extract.format import Source, Unreadable
from proofroom.extract.formats.pdf import FORMAT
from proofroom.extract.pages.numbers import number_ranges
from proofroom.extract.pages.picture import render_page
from proofroom.limits import DEFAULT, Limits
from proofroom.model.states import Reason, State
from proofroom.world import pdf

if TYPE_CHECKING:
    from conftest import Read

RED_TOP = b"1 0 0 rg 0 400 600 400 re f\n"


def drawn(data: bytes, number: int = 1, dpi: int = 36, limits: Limits = DEFAULT) -> tuple[int, int, bytes]:
    return render_page(Source(io.BytesIO(data), len(data), limits), number, dpi)


def pixel(picture: tuple[int, int, bytes], x: int, y: int) -> tuple[int, ...]:
    width, _, rgb = picture
    return tuple(rgb[3 * (y * width + x) : 3 * (y * width + x) + 3])


def test_a_page_is_drawn_in_its_colours_from_the_top() -> None:
    picture = drawn(written((RED_TOP, b"")))
    assert picture[:2] == (300, 400)
    assert len(picture[2]) == 3 * 300 * 400
    assert (pixel(picture, 10, 10), pixel(picture, 10, 390)) == ((255, 0, 0), (255, 255, 255))


def test_a_turned_page_is_drawn_as_it_is_shown() -> None:
    picture = drawn(written((RED_TOP, b"/Rotate 90")))
    assert picture[:2] == (400, 300)
    assert (pixel(picture, 390, 10), pixel(picture, 10, 10)) == ((255, 0, 0), (255, 255, 255))


def test_a_picture_is_drawn_smaller_when_it_would_be_too_large() -> None:
    few = dataclasses.replace(DEFAULT, pixels=1_000)
    width, height, rgb = drawn(written((RED_TOP, b"")), limits=few)
    assert width * height <= 1_000
    assert len(rgb) == 3 * width * height
    assert drawn(written((RED_TOP, b"/MediaBox [0 0 99999999 1]")), dpi=30_000)[1] == 1


def test_text_in_a_font_nobody_has_is_not_drawn_as_boxes() -> None:
    data = pdf.text([["名单"]], title="信", blind=False).data or b""
    assert b"FontFile" not in data
    assert set(drawn(data)[2]) == {255}


def test_latin_text_is_drawn_in_letters_though_no_font_is_embedded() -> None:
    words = drawn(written((at(50, 700, b"HHHH"), b"")), dpi=72)
    other = drawn(written((at(50, 700, b"IIII"), b"")), dpi=72)
    assert min(words[2]) < 128
    assert words != other


def test_a_page_that_is_not_there_and_no_document_at_all_end_in_a_state() -> None:
    for number in (0, 2):
        with pytest.raises(Unreadable) as cut:
            drawn(written((b"", b"")), number)
        assert cut.value.reason is Reason.LIMIT_PAGES
    with pytest.raises(Unreadable) as cut:
        drawn(b"%PDF-1.4\nnothing")
    assert cut.value.state is State.DAMAGED


def test_a_scan_of_too_many_pixels_is_not_unpacked() -> None:
    image = (
        b"<< /Type /XObject /Subtype /Image /Width 99999 /Height 99999 /BitsPerComponent 8 "
        b"/ColorSpace /DeviceGray /Length 1 >>\nstream\n0\nendstream"
    )
    entries = b"/Resources << /XObject << /Im 4 0 R >> >>"
    with pytest.raises(Unreadable) as cut:
        drawn(written((b"600 0 0 800 0 0 cm /Im Do", entries), extra=(image,)))
    assert cut.value.reason is Reason.LIMIT_PIXELS


def test_pages_that_wait_are_named(read_with: Read) -> None:
    strokes = b"".join(b"%d 10 m %d 20 l S\n" % (x, x + 3) for x in range(40))
    text = at(50, 700, b"text")
    found = read_with(FORMAT, written(*((one, b"") for one in (strokes, text, strokes, strokes, strokes))))
    assert found.properties["pdf:pages-for-ocr"] == ["1,3-5"]
    assert number_ranges([]) == ""


def test_text_of_no_known_characters_waits_for_ocr(read_with: Read) -> None:
    cmap = b"1 beginbfrange <41> <44> <E000> endbfrange"
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /ToUnicode 5 0 R >>"
    stream = b"<< /Length %d >>\nstream\n%s\nendstream" % (len(cmap), cmap)
    entries = b"/Resources << /Font << /F1 4 0 R >> >>"
    found = read_with(FORMAT, written((at(50, 700, b"ABCD"), entries), extra=(font, stream)))
    assert found.partial == [Reason.OCR_PENDING]
