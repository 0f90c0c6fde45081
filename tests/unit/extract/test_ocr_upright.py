"""What the corners of lines tell of a page: skew, a sample, areas; and the order in which lines are read."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest

from proofroom.extract.ocr import upright
from proofroom.extract.ocr.looked import GridCell
from proofroom.extract.ocr.order import Span, reading_order
from proofroom.extract.ocr.scripts import script_of


def quads(*boxes: tuple[float, float, float, float], skew: float = 0.0) -> upright.Quads:
    """Give the corners of level boxes, each turned about its left top corner."""
    cos, sin = math.cos(math.radians(skew)), math.sin(math.radians(skew))
    found = []
    for left, top, right, bottom in boxes:
        corners = [(0, 0), (right - left, 0), (right - left, bottom - top), (0, bottom - top)]
        found.append([(left + x * cos - y * sin, top + x * sin + y * cos) for x, y in corners])
    return np.array(found, np.float32)


LINES = [(50.0, 40.0 * n, 450.0, 40.0 * n + 24) for n in range(1, 21)]


@pytest.mark.parametrize("skew", [-3.0, 1.5, 10.0])
def test_the_skew_of_a_page_is_that_of_its_long_lines(skew: float) -> None:
    assert upright.skew_of(quads(*LINES, skew=skew)) == pytest.approx(skew, abs=0.01)


def test_a_tenth_of_a_degree_and_short_pieces_are_no_skew() -> None:
    assert upright.skew_of(quads(*LINES, skew=0.1)) == 0
    assert upright.skew_of(quads((0, 0, 30, 24), (50, 0, 80, 24), skew=9)) == 0


def test_one_crooked_line_does_not_turn_the_page() -> None:
    page = np.concatenate([quads(*LINES, skew=1.0), quads((50, 900, 250, 924), skew=30)])
    assert upright.skew_of(page) == pytest.approx(1.0, abs=0.01)


def test_a_sample_comes_from_all_over_the_page_and_prefers_long_lines() -> None:
    page = quads(*LINES, *[(0.0, 40.0 * n, 20.0, 40.0 * n + 24) for n in range(1, 21)])
    chosen = upright.sample_of(page, 5)
    assert len(chosen) == 5
    assert max(chosen) < 20
    assert (chosen[0], chosen[-1]) == (0, 19)
    assert upright.sample_of(page[:3], 16) == [0, 1, 2]


def test_a_line_over_two_cells_is_cut_at_their_edge_and_others_stay() -> None:
    cells = [GridCell(1, 1, 1, 1, 1, 0, 0, 100, 50), GridCell(1, 1, 2, 1, 1, 100, 0, 200, 50)]
    cut = upright.split_at_cells(quads((20, 10, 180, 40), (20, 80, 180, 110)), cells)
    assert [(*one[0], *one[2]) for one in cut.tolist()] == [
        (20, 10, 100, 40),
        (100, 10, 180, 40),
        (20, 80, 180, 110),
    ]


def test_lines_that_lie_together_make_one_area_with_a_margin() -> None:
    near = list(quads((50, 50, 400, 74), (60, 90, 380, 114), (50, 500, 200, 524)))
    assert upright.areas_of(near) == [(42, 42, 409, 123), (42, 492, 209, 533)]


def test_a_probe_holds_a_few_of_the_longest_lines() -> None:
    page = quads(*[(50.0, 40.0 * n, 450.0 if 8 <= n < 14 else 150.0, 40.0 * n + 24) for n in range(1, 21)])
    assert upright.probe_of(page, (1000, 500)) == (42, 312, 459, 553)
    assert upright.probe_of(page[:0], (1000, 500)) == (0, 0, 500, 1000)


def test_red_over_a_line_is_seen() -> None:
    line = np.full((20, 100, 3), 255, np.uint8)
    line[5:15] = 30
    assert not upright.has_red(line)
    line[8:12, 20:60] = (220, 60, 60)
    assert upright.has_red(line)


def spans(*boxes: tuple[float, float, float, float]) -> list[Span]:
    return [Span(*box) for box in boxes]


def test_lines_are_read_from_top_to_bottom_and_rows_of_a_list_across() -> None:
    table = spans((300, 52, 380, 70), (50, 50, 120, 70), (50, 100, 120, 120), (300, 101, 380, 121))
    assert reading_order(table) == [1, 0, 2, 3]
    assert reading_order(table, right_to_left=True) == [0, 1, 3, 2]


def test_two_columns_of_prose_are_read_one_after_the_other_below_their_headline() -> None:
    head = (50.0, 10.0, 950.0, 40.0)
    left = [(50.0, 60.0 + 30 * n, 450.0, 80.0 + 30 * n) for n in range(6)]
    right = [(550.0, 60.0 + 30 * n, 950.0, 80.0 + 30 * n) for n in range(6)]
    page = spans(*(pair for both in zip(left, right, strict=True) for pair in both), head)
    order = reading_order(page)
    assert order == [12, *range(0, 12, 2), *range(1, 12, 2)]
    assert reading_order(page, right_to_left=True) == [12, *range(1, 12, 2), *range(0, 12, 2)]


def test_no_line_is_lost_or_read_twice_whatever_the_boxes_are() -> None:
    rng = np.random.default_rng(3)
    for _ in range(50):
        corners = rng.uniform(-50, 1000, (int(rng.integers(0, 40)), 4))
        order = reading_order([Span(*map(float, one)) for one in corners])
        assert sorted(order) == list(range(len(corners)))


def test_lines_one_below_the_other_keep_their_order_in_any_script() -> None:
    page = spans(*LINES)
    assert all(a < b for a, b in pairwise(reading_order(page, right_to_left=True)))


@pytest.mark.parametrize(
    ("text", "script"),
    [("第3条 OCR abc", "Han"), ("قەشقەر 2017", "Arab"), ("Übersicht 3", "Latn"), ("17:30", ""), ("", "")],
)
def test_the_script_of_a_text_is_that_of_most_letters(text: str, script: str) -> None:
    assert script_of(text) == script
