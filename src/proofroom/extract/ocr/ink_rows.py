"""Finds rows of text by the ink alone, where no engine is at hand that finds lines: which way they run, and where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from PIL import Image

from proofroom.extract.ocr.looked import Quad

Ink = npt.NDArray[np.bool_]

_SIDE: Final = 1000
_LEAST_INK: Final = 0.0005
_MOST_SKEW: Final = 6.0
_STEPS: Final = (1.0, 0.25)
_CLEARLY: Final = 1.3
_LEAST_SKEW: Final = 0.2
_LOWEST: Final = 6


@dataclass(frozen=True, slots=True)
class InkRows:
    """How rows of text run: up and down the page (`sideways`), and by how many degrees they go down to the right."""

    sideways: bool
    skew: float


def rows_of_ink(ink: Ink) -> InkRows | None:
    """Find how the rows of a page run; None where there is hardly any ink."""
    if not ink.size or ink.mean() < _LEAST_INK:
        return None
    factor = min(1.0, _SIDE / max(ink.shape))
    size = (max(1, round(ink.shape[1] * factor)), max(1, round(ink.shape[0] * factor)))
    small = Image.fromarray(ink.astype(np.uint8) * 255).resize(size, Image.Resampling.BOX)
    level, skew = _best_skew(small)
    upright, other = _best_skew(small.transpose(Image.Transpose.ROTATE_270))
    sideways = upright > _CLEARLY * level
    found = other if sideways else skew
    return InkRows(sideways, found if abs(found) >= _LEAST_SKEW else 0.0)


def _best_skew(page: Image.Image) -> tuple[float, float]:
    """Give how clearly rows part from each other when a skew is taken out that parts them best, and that skew."""
    best, reach = (_parting(page, 0.0), 0.0), _MOST_SKEW
    for step in _STEPS:
        middle = best[1]
        for number in range(-round(reach / step), round(reach / step) + 1):
            skew = middle + number * step
            best = max(best, (_parting(page, skew), skew))
        reach = step
    return best


def _parting(page: Image.Image, skew: float) -> float:
    """Say how much the ink changes from one row of pixels to the next when a skew is taken out."""
    turned = page.rotate(skew, Image.Resampling.BILINEAR) if skew else page
    rows = np.asarray(turned, np.float64).sum(axis=1)
    return float(np.square(np.diff(rows)).sum() / max(1.0, rows.sum()))


def quads_of_ink(ink: Ink) -> npt.NDArray[np.float32]:
    """Give the corners of every row of text on an upright page, as an engine that finds lines would."""
    rows = ink.sum(axis=1)
    filled = rows > max(2.0, 0.15 * float(np.percentile(rows, 95)))
    edges = np.diff(np.concatenate(([0], filled.astype(np.int8), [0])))
    quads: list[Quad] = []
    for top, bottom in zip(np.flatnonzero(edges == 1), np.flatnonzero(edges == -1), strict=True):
        columns = np.flatnonzero(ink[top:bottom].any(axis=0))
        if bottom - top >= _LOWEST and len(columns):
            left, right = int(columns[0]), int(columns[-1]) + 1
            quads.append(((left, int(top)), (right, int(top)), (right, int(bottom)), (left, int(bottom))))
    return np.array(quads, np.float32).reshape(-1, 4, 2)
