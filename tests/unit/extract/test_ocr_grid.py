"""Ruled tables in scans: rules are found, make cells with their spans, and are painted over for the engines."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw

from proofroom.extract.ocr.grid import rules_of, tables_of, without_rules
from proofroom.extract.ocr.pixels import Pixels, ink

XS, YS = (100, 300, 500, 700), (100, 200, 300, 400)


def drawn(lines: list[tuple[int, int, int, int]], width: int = 3) -> Pixels:
    """Draw lines on a white page of 800 x 1000."""
    page = Image.new("L", (800, 1000), 250)
    for line in lines:
        ImageDraw.Draw(page).line(line, fill=30, width=width)
    return np.asarray(page)


def ruled(top: int = 0) -> list[tuple[int, int, int, int]]:
    """Give the lines of a table of three rows and columns."""
    across = [(XS[0], y + top, XS[-1], y + top) for y in YS]
    return across + [(x, YS[0] + top, x, YS[-1] + top) for x in XS]


def cells(page: Pixels) -> list[tuple[int, int, int, int, int]]:
    found, _ = tables_of(rules_of(ink(page)))
    return [(one.table, one.row, one.column, one.row_span, one.column_span) for one in found]


def test_every_cell_of_a_ruled_table_is_found_where_it_stands() -> None:
    found, _ = tables_of(rules_of(ink(drawn(ruled()))))
    assert [(one.row, one.column) for one in found] == [(r, c) for r in (1, 2, 3) for c in (1, 2, 3)]
    assert (found[4].left, found[4].top, found[4].right, found[4].bottom) == pytest.approx(
        (300, 200, 500, 300), abs=2
    )


def test_a_cell_without_a_rule_between_spans_both() -> None:
    lines = [line for line in ruled() if line != (300, 100, 300, 400)]
    lines += [(300, 200, 300, 400)]
    assert cells(drawn(lines))[:2] == [(1, 1, 1, 1, 2), (1, 1, 3, 1, 1)]


def test_two_tables_on_a_page_are_two_from_top_to_bottom() -> None:
    page = drawn(ruled(500) + ruled())
    found, _ = tables_of(rules_of(ink(page)))
    assert [one.table for one in found] == [1] * 9 + [2] * 9
    assert found[0].top < found[9].top


def test_a_frame_around_a_text_and_an_underline_are_no_table() -> None:
    frame = [(100, 100, 700, 100), (100, 300, 700, 300), (100, 100, 100, 300), (700, 100, 700, 300)]
    assert cells(drawn([*frame, (100, 600, 500, 600)])) == []


def test_a_double_rule_is_one() -> None:
    assert len(cells(drawn([*ruled(), (100, 205, 700, 205)]))) == 9


def test_a_picture_is_not_made_of_rules() -> None:
    page = drawn([])
    page = page.copy()
    page[100:500, 100:700] = 20
    assert cells(page) == []


def test_painting_rules_over_leaves_the_letters() -> None:
    page = drawn(ruled()).copy()
    page[140:160, 180:190] = 10
    rules = rules_of(ink(page))
    clean = without_rules(page, rules)
    assert clean[150, 185] == 10
    assert clean[150, 295:306].min() > 200
    assert clean[200, 110:290].min() > 200


def test_strokes_of_large_letters_are_no_rules() -> None:
    letter = [(100, 100, 140, 100), (100, 120, 140, 120), (100, 140, 140, 140)]
    letter += [(100, 100, 100, 140), (120, 100, 120, 140), (140, 100, 140, 140)]
    page = drawn([*letter, *ruled(500)])
    assert len(tables_of(rules_of(ink(page)))[0]) == 4 + 9
    assert len(tables_of(rules_of(ink(page), line_height=44))[0]) == 9


@pytest.mark.parametrize("shape", [(1, 1), (3, 2000), (2000, 3), (40, 40)])
def test_pages_of_any_shape_have_no_table_and_end(shape: tuple[int, int]) -> None:
    page = np.random.default_rng(1).integers(0, 256, shape).astype(np.uint8)
    assert tables_of(rules_of(ink(page)))[0] == []


def test_a_page_full_of_rules_ends_without_a_table_of_all_of_them() -> None:
    lines = [(50, y, 750, y) for y in range(20, 990, 6)] + [(x, 20, x, 980) for x in range(50, 750, 6)]
    assert len(cells(drawn(lines, 2))) <= 200 * 200
