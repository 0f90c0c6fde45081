"""Text layers from elsewhere: hOCR, ALTO, plain text and PDF become lines of pages, and hostile ones a state."""

from __future__ import annotations

import io

import pytest
from conftest import Found

from proofroom.extract.format import Line, Source, Unreadable
from proofroom.extract.ocr.layers import read_text_layer
from proofroom.extract.ocr.page_lines import LONGEST_LINE
from proofroom.limits import DEFAULT, Limits
from proofroom.model.states import Reason, State


class Lines(Found):
    """Keeps lines with their boxes too."""

    def lines(self, lines: list[Line]) -> None:  # type: ignore[override]
        super().lines(lines)
        self.placed = getattr(self, "placed", {}) | {one.part: (one.box, one.confidence) for one in lines}

    __slots__ = ("placed",)


def read(text: str | bytes, limits: Limits = DEFAULT) -> Lines:
    data = text.encode() if isinstance(text, str) else text
    found = Lines()
    try:
        read_text_layer(Source(io.BytesIO(data), len(data), limits), found)
    except Unreadable as cut:
        found.ended = (cut.state, cut.reason)
    return found


PAGE = '<div class="ocr_page" title="image x; bbox 0 0 2480 3508{more}">'


def line(words: str, box: str = "300 300 900 360", sure: int = 90) -> str:
    word = f'<span class="ocrx_word" title="bbox 1 2 3 4; x_wconf {sure}">{words}</span>'
    return f'<span class="ocr_line" title="bbox {box}; baseline 0 0">{word}</span>'


def test_hocr_gives_lines_with_boxes_and_confidence_page_by_page() -> None:
    found = read(
        PAGE.format(more="")
        + line("合计 1 &amp; 2", sure=80)
        + line("完")
        + "</div>"
        + PAGE.format(more="")
        + line("二")
    )
    assert found.said == {"page=1&line=1": "合计 1 & 2", "page=1&line=2": "完", "page=2&line=1": "二"}
    assert found.placed["page=1&line=1"] == ((300, 300, 900, 360), 80)
    assert found.properties["layer:unit"] == ["pixels"]


def test_hocr_that_tells_its_resolution_has_boxes_in_tenths_of_a_point() -> None:
    found = read(PAGE.format(more="; scan_res 300 300") + line("x"))
    assert found.placed["page=1&line=1"][0] == (720, 720, 2160, 864)
    assert found.properties["layer:unit"] == ["points"]


def test_hocr_with_paragraphs_but_no_lines_still_gives_its_text() -> None:
    found = read(
        PAGE.format(more="") + '<p class="ocr_par">one <b>two</b></p><p class="ocr_par">three</p></div>'
    )
    assert list(found.said.values()) == ["one two", "three"]


ALTO = '<alto xmlns="http://www.loc.gov/standards/alto/ns-v3#"><Description><MeasurementUnit>{unit}</MeasurementUnit></Description>'


@pytest.mark.parametrize(
    ("unit", "box"),
    [("pixel", (100, 200, 400, 220)), ("mm10", (283, 567, 1134, 624)), ("inch1200", (60, 120, 240, 132))],
)
def test_alto_gives_lines_in_the_units_that_it_names(unit: str, box: tuple[int, ...]) -> None:
    found = read(
        ALTO.format(unit=unit)
        + '<Layout><Page/><Page><TextLine HPOS="100" VPOS="200" WIDTH="300" HEIGHT="20">'
        '<String CONTENT="王小明" WC="0.5"/><SP/><String CONTENT="17" WC="0.7"/></TextLine></Page></Layout></alto>'
    )
    assert found.said == {"page=2&line=1": "王小明 17"}
    assert found.placed["page=2&line=1"] == (box, 60)


def test_plain_text_has_a_page_for_each_form_feed_in_any_encoding() -> None:
    for encoding in ("utf-8", "utf-16", "gb18030"):
        found = read("各乡镇登记人数统计表\r\n\r\n合计 17\f\f第三页的文字，\n".encode(encoding))
        assert found.said == {
            "page=1&line=1": "各乡镇登记人数统计表",
            "page=1&line=2": "合计 17",
            "page=3&line=1": "第三页的文字，",
        }, encoding


def test_a_line_that_never_ends_goes_on_in_the_next() -> None:
    found = read("x" * (LONGEST_LINE * 2 + 5))
    assert sum(map(len, found.said.values())) == LONGEST_LINE * 2 + 5
    assert max(map(len, found.said.values())) <= LONGEST_LINE


@pytest.mark.parametrize(
    ("data", "ended"),
    [
        (b"<alto><Layout><Page>", (State.DAMAGED, Reason.DAMAGED_PART)),
        (
            b'<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;">]><alto>&c;</alto>',
            (State.DAMAGED, Reason.ENTITY_EXPANSION),
        ),
        (b"<alto></alto>", (State.EMPTY, Reason.NO_TEXT)),
        (b"\xff\xfe\x00", None),
        (b'<div class="ocr_page" title="bbox -9 9e9 x y"><span class="ocr_line" title="bbox 1">a', None),
    ],
)
def test_a_hostile_layer_ends_in_a_state(data: bytes, ended: tuple[State, Reason] | None) -> None:
    assert read(data).ended == ended


def test_a_layer_of_too_many_pages_is_cut() -> None:
    assert read("\f" * 20, Limits(pages=10)).ended == (State.TRUNCATED, Reason.LIMIT_PAGES)
