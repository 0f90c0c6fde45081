"""An engine for tests that sees bars for lines: it reads one surely only if the dark end of the bar is at the left.

A bar's grey says what stands on it: 40 is a number, 60 is Han, 80 is Latin, 100 is Arabic script, to which it is blind.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from proofroom.extract.ocr.pixels import Pixels, grey

NUMBER, HAN, LATIN, ARABIC = 40, 60, 80, 100
SAID = {NUMBER: "1,837", HAN: "登记表由值班长签字", LATIN: "signed by the officer", ARABIC: "3-3"}


def page_of_bars(*shades: int, size: tuple[int, int] = (700, 900)) -> Pixels:
    """Draw one bar for each shade, one below the other, black at the left end."""
    page = np.full((size[1], size[0], 3), 255, np.uint8)
    for number, shade in enumerate(shades):
        top = 100 + 36 * number
        page[top : top + 16, 100:500] = shade
        page[top : top + 16, 100:140] = 0
    return page


class BarEngine:
    """Finds bars on a page that is not skewed."""

    def find(self, page: Pixels) -> npt.NDArray[np.float32]:
        """Give the corners of every bar."""
        dark = grey(page) < 110
        found = []
        for top, bottom in _runs(dark.any(axis=1)):
            for left, right in _runs(dark[top:bottom].any(axis=0)):
                found.append([(left, top), (right, top), (right, bottom), (left, bottom)])
        return np.array(found, np.float32).reshape(-1, 4, 2)

    def cut(self, page: Pixels, quad: npt.NDArray[np.float32]) -> Pixels:
        """Cut a bar out."""
        (left, top), (right, bottom) = quad[0].astype(int), quad[2].astype(int)
        return np.ascontiguousarray(page[top:bottom, left:right])

    def read(self, lines: Sequence[Pixels]) -> list[tuple[str, float]]:
        """Read bars."""
        return [self._read(grey(line)) for line in lines]

    def _read(self, line: Pixels) -> tuple[str, float]:
        shade = int(np.median(line))
        said = SAID[min(SAID, key=lambda one: abs(one - shade))]
        wide = line.shape[1]
        upright = line[:, : wide // 20].mean() < line[:, -wide // 20 :].mean() - 20
        return said, 0.98 if upright and said is not SAID[ARABIC] else 0.5


def _runs(filled: npt.NDArray[np.bool_]) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate(([0], filled.astype(np.int8), [0]))))
    return [(int(a), int(b)) for n, (a, b) in enumerate(pairwise(edges)) if n % 2 == 0 and b - a > 3]
