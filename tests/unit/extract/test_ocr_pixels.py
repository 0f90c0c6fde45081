"""Pictures of pages as arrays: turning, straightening, mapping back, ink; and the rows of text in the ink."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from proofroom.extract.ocr import pixels
from proofroom.extract.ocr.ink_rows import quads_of_ink, rows_of_ink


def spotted(x: int, y: int, size: tuple[int, int] = (300, 200)) -> pixels.Pixels:
    """Give a white page with one dark spot."""
    page = np.full((size[1], size[0]), 255, np.uint8)
    page[y - 3 : y + 4, x - 3 : x + 4] = 0
    return page


def spot_of(page: pixels.Pixels) -> tuple[float, float]:
    ys, xs = np.nonzero(page < 128)
    return float(xs.mean()), float(ys.mean())


def rows_of_bars(skew: float = 0.0) -> pixels.Pixels:
    """Draw a page with ten rows of something like words."""
    page = np.full((900, 700), 255, np.uint8)
    for top in range(100, 800, 70):
        for left in range(80, 600, 60):
            page[top : top + 24, left : left + 40] = 20
    return np.asarray(Image.fromarray(page).rotate(-skew, Image.Resampling.BICUBIC, fillcolor=255))


@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
def test_a_point_of_a_turned_page_maps_back_to_where_it_stood(degrees: int) -> None:
    page = spotted(40, 150)
    turned = pixels.turned(page, degrees)
    back = pixels.mapped(pixels.turning(300, 200, degrees), *spot_of(turned))
    assert back == pytest.approx((40, 150), abs=0.5)


def test_a_page_turned_by_90_degrees_is_turned_clockwise() -> None:
    assert spot_of(pixels.turned(spotted(20, 20), 90)) == pytest.approx((179, 20), abs=1)


@pytest.mark.parametrize("skew", [-7.0, 0.5, 3.0])
def test_straightening_cuts_nothing_off_and_maps_back(skew: float) -> None:
    for corner in ((10, 10), (290, 190)):
        page, before = pixels.straightened(spotted(*corner), skew)
        assert pixels.mapped(before, *spot_of(page)) == pytest.approx(corner, abs=1)


def test_mappings_come_one_after_the_other() -> None:
    both = pixels.after(pixels.turning(300, 200, 90), pixels.stretched(2.0))
    assert pixels.mapped(both, 5, 7) == (14.0, 388.0)


def test_scaling_keeps_the_proportions_and_grey_stays_grey() -> None:
    assert pixels.scaled(spotted(9, 9), 0.25).shape == (50, 75)
    rgb = np.full((4, 6, 3), 77, np.uint8)
    assert pixels.grey(rgb).shape == (4, 6)
    assert pixels.grey(pixels.grey(rgb)).max() == 77


def test_a_shadow_over_half_a_page_is_no_ink() -> None:
    page = rows_of_bars().astype(np.int16)
    page[:, :350] -= 90
    ink = pixels.ink(np.clip(page, 0, 255).astype(np.uint8))
    assert not ink[150:165, 300:350].any()
    assert ink[105:120, 90:110].all()
    assert ink[105:120, 390:410].all()


def test_a_blank_page_has_no_rows() -> None:
    assert rows_of_ink(np.zeros((500, 400), np.bool_)) is None
    assert len(quads_of_ink(np.zeros((500, 400), np.bool_))) == 0


@pytest.mark.parametrize("skew", [-4.0, 0.0, 2.5])
def test_the_ink_alone_tells_how_skewed_rows_are(skew: float) -> None:
    found = rows_of_ink(pixels.ink(rows_of_bars(skew)))
    assert found is not None
    assert not found.sideways
    assert found.skew == pytest.approx(skew, abs=0.3)


def test_the_ink_alone_tells_rows_that_run_up_the_page() -> None:
    found = rows_of_ink(pixels.ink(pixels.turned(rows_of_bars(), 90)))
    assert found is not None
    assert found.sideways


def test_every_row_of_ink_has_its_corners() -> None:
    quads = quads_of_ink(pixels.ink(rows_of_bars()))
    assert len(quads) == 10
    assert quads[0].tolist() == [[80, 100], [600, 100], [600, 124], [80, 124]]
