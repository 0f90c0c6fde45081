"""What the corners of a page's lines tell: how skewed it is, which lines to try, and where they lie together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from proofroom.extract.ocr.looked import GridCell
from proofroom.extract.ocr.pixels import Pixels

Quads: TypeAlias = "npt.NDArray[np.float32]"
Area: TypeAlias = "tuple[int, int, int, int]"
"""Left, top, right, bottom."""

_LEAST_SKEW: Final = 0.2
_LONG: Final = 3.0
_PROBE_LINES: Final = 6
_RED: Final = 40
_SOME_RED: Final = 0.02


def skew_of(quads: Quads) -> float:
    """Give by how many degrees lines go down to the right; 0 where it is not worth straightening."""
    across = quads[:, 1] - quads[:, 0]
    below = quads[:, 2] - quads[:, 3]
    runs, heights = (across + below) / 2, np.linalg.norm(quads[:, 3] - quads[:, 0], axis=1)
    lengths = np.linalg.norm(runs, axis=1)
    long = lengths > _LONG * heights
    if long.sum() < 1:
        return 0.0
    angles = np.degrees(np.arctan2(runs[long, 1], runs[long, 0]))
    order = np.argsort(angles)
    weights = lengths[long][order].cumsum()
    middle = float(angles[order][np.searchsorted(weights, weights[-1] / 2)])
    return 0.0 if abs(middle) < _LEAST_SKEW or abs(middle) > 44 else round(middle, 3)


def sample_of(quads: Quads, count: int) -> list[int]:
    """Choose lines that say most: long ones, from all over the page."""
    widths = np.linalg.norm(quads[:, 0] - quads[:, 1], axis=1)
    heights = np.linalg.norm(quads[:, 0] - quads[:, 3], axis=1)
    numbers = np.arange(len(quads))
    long = numbers[widths > _LONG * heights]
    pool = long if len(long) >= min(count, 4) else numbers
    pool = pool[np.argsort(quads[pool, 0, 1], kind="stable")]
    if len(pool) <= count:
        return [int(n) for n in pool]
    return [int(pool[round(k * (len(pool) - 1) / (count - 1))]) for k in range(count)]


def line_height(quads: Quads) -> float:
    """Give how high the lines of a page are."""
    return float(np.median(np.linalg.norm(quads[:, 0] - quads[:, 3], axis=1))) if len(quads) else 45.0


def split_at_cells(quads: Quads, cells: Sequence[GridCell]) -> Quads:
    """Cut lines that run over the edge between two cells of a table; the page must be upright."""
    pieces: list[list[list[float]]] = []
    for quad in quads:
        left, top = quad.min(axis=0)
        right, bottom = quad.max(axis=0)
        middle = (top + bottom) / 2
        within = [
            (max(left, cell.left), min(right, cell.right))
            for cell in cells
            if cell.top <= middle <= cell.bottom and cell.left < right and cell.right > left
        ]
        least = 0.3 * (bottom - top)
        kept = [(a, b) for a, b in within if b - a > least]
        if len(kept) < 2:
            pieces.append(quad.tolist())
        else:
            pieces += [[[a, top], [b, top], [b, bottom], [a, bottom]] for a, b in kept]
    return np.array(pieces, np.float32).reshape(-1, 4, 2)


def areas_of(quads: Sequence[Quads]) -> list[Area]:
    """Group lines that lie together, and give the area of each group with a margin."""
    groups: list[list[float]] = []
    for quad in sorted(quads, key=lambda one: float(one[:, 1].min())):
        left, top = (float(one) for one in quad.min(axis=0))
        right, bottom = (float(one) for one in quad.max(axis=0))
        height = bottom - top
        for group in groups:
            if top - group[3] < 1.5 * height and left < group[2] + height and right > group[0] - height:
                group[:] = [
                    min(left, group[0]),
                    min(top, group[1]),
                    max(right, group[2]),
                    max(bottom, group[3]),
                ]
                break
        else:
            groups.append([left, top, right, bottom])
    return [_padded(group) for group in groups]


def _padded(group: Sequence[float]) -> Area:
    left, top, right, bottom = group
    return max(0, int(left) - 8), max(0, int(top) - 8), int(right) + 9, int(bottom) + 9


def probe_of(quads: Quads, shape: tuple[int, ...]) -> Area:
    """Give a part of a page that holds a few of its longest lines, one below the other."""
    if not len(quads):
        return 0, 0, shape[1], shape[0]
    by_top = quads[np.argsort(quads[:, 0, 1], kind="stable")]
    widths = np.linalg.norm(by_top[:, 0] - by_top[:, 1], axis=1)
    count = min(_PROBE_LINES, len(by_top))
    sums = np.convolve(widths, np.ones(count), "valid")
    first = int(sums.argmax())
    chosen = by_top[first : first + count].reshape(-1, 2)
    (left, top), (right, bottom) = chosen.min(axis=0), chosen.max(axis=0)
    area = _padded((float(left), float(top), float(right), float(bottom)))
    return area[0], area[1], min(area[2], shape[1]), min(area[3], shape[0])


def has_red(line: Pixels) -> bool:
    """Say whether there is red ink in a line: a stamp, or red print."""
    red = line[..., 0].astype(np.int16) - np.maximum(line[..., 1], line[..., 2])
    return bool((red > _RED).mean() > _SOME_RED)
