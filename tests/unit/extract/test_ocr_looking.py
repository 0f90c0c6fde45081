"""What the OCR worker's child does with a page: upright whichever way it lay, routed by what it can read."""

from __future__ import annotations

import numpy as np
import pytest
from bar_engine import ARABIC, HAN, LATIN, NUMBER, SAID, BarEngine, page_of_bars
from PIL import Image, ImageDraw

from proofroom.extract.ocr import pixels
from proofroom.extract.ocr.looked import Looked, Strip
from proofroom.extract.ocr.looking import look

BOTH = frozenset({"Arab", "Latn"})


def seen(*shades: int, turned: int = 0, others: frozenset[str] = BOTH) -> Looked:
    return look(pixels.turned(page_of_bars(*shades), turned), BarEngine(), others)


def strip_mean(strip: Strip) -> float:
    return float(np.frombuffer(strip.untrusted_grey, np.uint8).mean())


@pytest.mark.parametrize("turned", [0, 90, 180, 270])
def test_a_page_is_turned_upright_and_its_lines_map_back_to_where_they_were(turned: int) -> None:
    found = seen(HAN, HAN, HAN, turned=turned)
    assert (found.orientation, found.script, found.turned) == ((360 - turned) % 360, "Han", True)
    assert [line.untrusted_text for line in found.lines] == [SAID[HAN]] * 3
    given = pixels.turned(page_of_bars(HAN, HAN, HAN), turned)
    for line in found.lines:
        # The first corner is the one at which the text begins: there the bar is black.
        x, y = line.box[0]
        back = pixels.mapped(found.to_given, x + 5, y + 5)
        assert given[round(back[1]), round(back[0])].max() < 30


def test_lines_to_which_the_engine_is_blind_are_handed_on_and_the_others_are_not() -> None:
    found = seen(HAN, HAN, ARABIC, ARABIC, HAN)
    assert [strip.script for strip in found.strips] == ["Arab"]
    assert (found.strips[0].left, found.strips[0].top) == (92, 164)
    assert [line.script for line in found.lines] == ["Han", "Han", "", "", "Han"]
    assert seen(HAN, ARABIC, others=frozenset()).strips == []


@pytest.mark.parametrize("turned", [0, 180])
def test_a_page_it_cannot_read_at_all_goes_on_whole_with_a_part_to_find_the_way_up(turned: int) -> None:
    found = seen(ARABIC, ARABIC, ARABIC, turned=turned)
    assert (found.script, found.turned) == ("Arab", False)
    # Where lines stand is told, so that the other engine loses none.
    assert [line.untrusted_text for line in found.lines + found.over] == [""] * 6
    # Neither way up was read: the page stays as it came, and the other engine decides.
    assert found.orientation == 0
    whole, probe = found.strips
    assert (whole.probe, probe.probe) == (False, True)
    assert (whole.left, whole.top) == (0, 0)
    assert strip_mean(probe) < strip_mean(whole)


@pytest.mark.parametrize("turned", [0, 180])
def test_a_number_on_such_a_page_is_read_both_ways_up(turned: int) -> None:
    page = page_of_bars(ARABIC, ARABIC, ARABIC, ARABIC, ARABIC)
    page[300:316, 100:180] = NUMBER
    page[300:316, 100:110] = 0
    found = look(pixels.turned(page, turned), BarEngine(), BOTH)
    upright, over = (found.over, found.lines) if turned else (found.lines, found.over)
    assert [line.untrusted_text for line in upright if line.untrusted_text] == [SAID[NUMBER]]
    assert [line for line in over if line.untrusted_text] == []


def test_such_a_page_on_its_side_is_at_least_laid_level() -> None:
    assert seen(ARABIC, ARABIC, ARABIC, turned=90).orientation == 90


def test_a_page_of_latin_goes_on_whole_and_keeps_what_was_read() -> None:
    found = seen(LATIN, LATIN)
    assert found.script == "Latn"
    assert [strip.script for strip in found.strips] == ["Latn"]
    assert len(found.lines) == 2
    assert seen(LATIN, LATIN, others=frozenset({"Arab"})).strips == []


def test_a_page_without_a_line_is_just_that() -> None:
    found = seen()
    assert (found.boxes, found.lines, found.strips) == (0, [], [])


def test_the_cells_of_a_table_are_found_and_its_lines_read_without_the_rules() -> None:
    picture = Image.fromarray(page_of_bars(HAN, HAN))
    draw = ImageDraw.Draw(picture)
    for y in (88, 124, 164):
        draw.line((60, y, 640, y), fill=(120, 120, 120), width=2)
    for x in (60, 560, 640):
        draw.line((x, 88, x, 164), fill=(120, 120, 120), width=2)
    upright = look(np.asarray(picture), BarEngine(), BOTH)
    assert [(one.row, one.column) for one in upright.cells] == [(1, 1), (1, 2), (2, 1), (2, 2)]
    assert [line.untrusted_text for line in upright.lines] == [SAID[HAN]] * 2


def test_without_an_engine_a_page_is_prepared_by_its_ink() -> None:
    found = look(pixels.turned(page_of_bars(*[HAN] * 8), 90), None, BOTH)
    assert (found.orientation, found.turned, found.boxes) == (90, False, 8)
    assert [strip.probe for strip in found.strips] == [False, True]
    blank = look(page_of_bars(), None, BOTH)
    assert (blank.boxes, blank.strips) == (0, [])


def test_a_huge_page_is_worked_on_in_a_smaller_size_and_still_maps_back() -> None:
    page = np.full((7_000, 3_000, 3), 255, np.uint8)
    page[3_000:3_300, 500:2_500] = HAN
    page[3_000:3_300, 500:700] = 0
    found = look(page, BarEngine(), BOTH)
    assert found.height == 6_000
    corner = pixels.mapped(found.to_given, *found.lines[0].box[0])
    assert corner == pytest.approx((500, 3_000), abs=8)
