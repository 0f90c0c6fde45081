"""Tell a picture of text (a scan, a fax, a screenshot, a photographed sheet) from a photo, cheaply and by its pixels.

Paper and screens are flat: much of the picture has one brightness. Lines of text then show as rows (or
columns, when it lies on its side) that change from light to dark many times. A photographed sheet is not
flat, so more such rows are asked for. What is taken for a page here and holds no text costs a page of OCR.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PIL import Image, ImageChops, ImageFilter

LONG_SIDE: Final = 1_000
"""Pixels of the longer side of the copy in which rows of text are looked for."""

_SHORTEST_SIDE: Final = 64
_FEWEST_PIXELS: Final = 40_000
_COLOURLESS: Final = 70
_LIGHT: Final = 120
_NEAR: Final = 12
_FLAT: Final = 0.4
_PAPER: Final = 0.55
_BLUR: Final = 8
_STROKE: Final = 24
_FEW_STROKES, _ROWS_ON_FLAT = 8, 0.02
_MANY_STROKES, _ROWS_ON_PAPER = 12, 0.3
_BEGINS: Final = b"\0\xff"


def is_large_enough(width: int, height: int) -> bool:
    """Say whether a picture of that size may hold text that anybody can read."""
    return min(width, height) >= _SHORTEST_SIDE and width * height >= _FEWEST_PIXELS


def is_page_of_text(small: Image.Image, larger: Callable[[], Image.Image]) -> bool:
    """Say whether a picture shows a page of text; `larger` gives a larger copy than the small one, if asked."""
    what = ground(small)
    return bool(what) and shows_rows_of_text(larger(), what)


def ground(small: Image.Image) -> str:
    """Say what a small copy (RGB) shows most of: `flat`, `paper`, or "" for anything else."""
    _hue, saturation, value = small.convert("HSV").split()
    counts = value.histogram()
    pixels = small.width * small.height
    if max(sum(counts[at : at + _NEAR]) for at in range(len(counts) - _NEAR + 1)) >= _FLAT * pixels:
        return "flat"
    colourless = saturation.point(lambda one: 255 * (one < _COLOURLESS))
    light = value.point(lambda one: 255 * (one >= _LIGHT))
    both = ImageChops.darker(colourless, light).histogram()[255]
    return "paper" if both >= _PAPER * pixels else ""


def shows_rows_of_text(picture: Image.Image, ground: str) -> bool:
    """Say whether a picture on that ground shows rows of text, dark on light or light on dark."""
    grey = picture.convert("L")
    scale = max(grey.size) / LONG_SIDE
    if scale > 1:
        size = (max(1, round(grey.width / scale)), max(1, round(grey.height / scale)))
        grey = grey.resize(size, Image.Resampling.BOX)
    around = grey.filter(ImageFilter.BoxBlur(_BLUR))
    strokes, share = (_FEW_STROKES, _ROWS_ON_FLAT) if ground == "flat" else (_MANY_STROKES, _ROWS_ON_PAPER)
    for detail in (ImageChops.subtract(around, grey), ImageChops.subtract(grey, around)):
        marks = detail.point(lambda one: 255 * (one >= _STROKE))
        if max(_share_of_rows(marks, strokes), _share_of_rows(_on_its_side(marks), strokes)) >= share:
            return True
    return False


def _on_its_side(marks: Image.Image) -> Image.Image:
    return marks.transpose(Image.Transpose.ROTATE_90)


def _share_of_rows(marks: Image.Image, strokes: int) -> float:
    """Give the share of rows in which at least so many strokes begin."""
    data, width = marks.tobytes(), marks.width
    rows = range(0, len(data), width)
    return sum(data[at : at + width].count(_BEGINS) >= strokes for at in rows) / max(len(rows), 1)
