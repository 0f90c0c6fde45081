"""Turns, scales and straightens pictures of pages: arrays of pixels in, arrays of pixels out."""

from __future__ import annotations

import math
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt
from PIL import Image

from proofroom.extract.ocr.looked import Affine

Pixels: TypeAlias = "npt.NDArray[np.uint8]"
"""Rows of pixels: of one byte (grey) or of three (RGB)."""

UNCHANGED: Final[Affine] = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)
_WHITE: Final = 255


def grey(rgb: Pixels) -> Pixels:
    """Give a picture in grey."""
    return np.asarray(Image.fromarray(rgb).convert("L")) if rgb.ndim == 3 else rgb


def scaled(pixels: Pixels, factor: float) -> Pixels:
    """Enlarge or reduce a picture."""
    if factor == 1.0:
        return pixels
    height, width = pixels.shape[:2]
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    how = Image.Resampling.BOX if factor < 0.5 else Image.Resampling.BICUBIC
    return np.asarray(Image.fromarray(pixels).resize(size, how))


def turned(pixels: Pixels, degrees: int) -> Pixels:
    """Turn a picture clockwise by a multiple of 90 degrees."""
    return np.ascontiguousarray(np.rot90(pixels, -(degrees // 90)))


def turning(width: int, height: int, degrees: int) -> Affine:
    """Give where the pixels of a picture that was turned clockwise stood in the one of this size."""
    return {
        0: UNCHANGED,
        90: (0.0, 1.0, 0.0, -1.0, 0.0, height - 1.0),
        180: (-1.0, 0.0, width - 1.0, 0.0, -1.0, height - 1.0),
        270: (0.0, -1.0, width - 1.0, 1.0, 0.0, 0.0),
    }[degrees]


def straightened(pixels: Pixels, skew: float) -> tuple[Pixels, Affine]:
    """Take out a skew: lines that go down to the right by so many degrees become level. Nothing is cut off."""
    height, width = pixels.shape[:2]
    cos, sin = math.cos(math.radians(skew)), math.sin(math.radians(skew))
    new_width = math.ceil(width * abs(cos) + height * abs(sin))
    new_height = math.ceil(height * abs(cos) + width * abs(sin))
    x, y = (new_width - 1) / 2, (new_height - 1) / 2
    before = (
        cos, -sin, (width - 1) / 2 - cos * x + sin * y,
        sin, cos, (height - 1) / 2 - sin * x - cos * y,
    )  # fmt: skip
    picture = Image.fromarray(pixels)
    fill: Any = _WHITE if pixels.ndim == 2 else (_WHITE,) * 3
    new = picture.transform(
        (new_width, new_height), Image.Transform.AFFINE, before, Image.Resampling.BICUBIC, fillcolor=fill
    )
    return np.asarray(new), before


def after(first: Affine, second: Affine) -> Affine:
    """Give the mapping that does `first`, then `second`."""
    a, b, c, d, e, f = second
    g, h, i, j, k, m = first
    return (
        a * g + b * j, a * h + b * k, a * i + b * m + c,
        d * g + e * j, d * h + e * k, d * i + e * m + f,
    )  # fmt: skip


def stretched(factor: float) -> Affine:
    """Give the mapping that multiplies by a factor."""
    return (factor, 0.0, 0.0, 0.0, factor, 0.0)


def mapped(affine: Affine, x: float, y: float) -> tuple[float, float]:
    """Map a point."""
    a, b, c, d, e, f = affine
    return a * x + b * y + c, d * x + e * y + f


def ink(page: Pixels) -> npt.NDArray[np.bool_]:
    """Say of every pixel of a grey page whether it is ink: darker than its neighbourhood by a good measure."""
    height, width = page.shape
    around = max(8, min(height, width) // 32)
    small = Image.fromarray(page).resize(
        (max(1, width // around), max(1, height // around)), Image.Resampling.BOX
    )
    paper = np.asarray(small.resize((width, height), Image.Resampling.BILINEAR)).astype(np.int16)
    threshold = _otsu(page)
    return (page < threshold) & (page < paper - 24)


def _otsu(page: Pixels) -> int:
    """Give the grey value that parts a page best into dark and light."""
    counts = np.bincount(page.ravel(), minlength=256).astype(np.float64)
    weights = counts.cumsum()
    sums = (counts * np.arange(256)).cumsum()
    rest = weights[-1] - weights
    with np.errstate(divide="ignore", invalid="ignore"):
        between = (sums[-1] * weights - sums * weights[-1]) ** 2 / (weights * rest)
    between[~np.isfinite(between)] = 0
    # Where pixels are of two values alone, every threshold between them is as good: take the middle.
    best = np.flatnonzero(between >= between.max() * 0.9999)
    return int(best.mean()) + 1
