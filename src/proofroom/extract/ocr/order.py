"""The order in which a reader takes the lines of a page: columns one after the other, rows from top to bottom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

_PROSE: Final = 8.0
"""A column of text has lines many times as long as high; shorter ones are cells of a list, read row by row."""
_MOST_ACROSS: Final = 0.34
"""So many of the lines may run across both columns (headlines, notes)."""
_LEAST_LINES: Final = 3


@dataclass(frozen=True, slots=True)
class Span:
    """The edges of a line on an upright page."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def height(self) -> float:
        """Give how high it is."""
        return self.bottom - self.top


def reading_order(spans: Sequence[Span], *, right_to_left: bool = False) -> list[int]:
    """Give the numbers of the lines in the order in which they are read."""
    return _order(list(range(len(spans))), spans, right_to_left=right_to_left)


def _order(numbers: list[int], spans: Sequence[Span], *, right_to_left: bool) -> list[int]:
    gap = _gap(numbers, spans)
    if gap is None:
        return _rows(numbers, spans, right_to_left=right_to_left)
    across = sorted((n for n in numbers if spans[n].left < gap < spans[n].right), key=lambda n: spans[n].top)
    found: list[int] = []
    left_over = [n for n in numbers if not spans[n].left < gap < spans[n].right]
    for bar in [*across, None]:
        end = float("inf") if bar is None else _middle(spans[bar])
        above = [n for n in left_over if _middle(spans[n]) < end]
        left_over = [n for n in left_over if _middle(spans[n]) >= end]
        sides = ([n for n in above if spans[n].right <= gap], [n for n in above if spans[n].left >= gap])
        for side in reversed(sides) if right_to_left else sides:
            found += _order(side, spans, right_to_left=right_to_left)
        found += [] if bar is None else [bar]
    return found


def _middle(span: Span) -> float:
    return (span.top + span.bottom) / 2


def _gap(numbers: list[int], spans: Sequence[Span]) -> float | None:
    """Give where two columns of prose part, if they do."""
    if len(numbers) < 2 * _LEAST_LINES:
        return None
    best: tuple[float, float] | None = None
    for edge in sorted({spans[n].right for n in numbers}):
        left = [n for n in numbers if spans[n].right <= edge]
        right_edges = [spans[n].left for n in numbers if spans[n].left > edge]
        if len(left) < _LEAST_LINES or len(right_edges) < _LEAST_LINES:
            continue
        gap = (edge + min(right_edges)) / 2
        right = [n for n in numbers if spans[n].left >= gap]
        across = len(numbers) - len(left) - len(right)
        if across > _MOST_ACROSS * len(numbers) or not (_is_prose(left, spans) and _is_prose(right, spans)):
            continue
        if not _side_by_side(left, right, spans):
            continue
        score = (across, -(min(right_edges) - edge))
        if best is None or score < best[:2]:
            best = (*score,)
            chosen = gap
    return None if best is None else chosen


def _is_prose(numbers: list[int], spans: Sequence[Span]) -> bool:
    ratios = sorted((spans[n].right - spans[n].left) / max(spans[n].height, 1) for n in numbers)
    return ratios[len(ratios) // 2] >= _PROSE


def _side_by_side(left: list[int], right: list[int], spans: Sequence[Span]) -> bool:
    """Say whether both groups share enough of the height: an address above and a date below are no columns."""
    top = max(min(spans[n].top for n in left), min(spans[n].top for n in right))
    bottom = min(max(spans[n].bottom for n in left), max(spans[n].bottom for n in right))
    shorter = min(
        max(spans[n].bottom for n in side) - min(spans[n].top for n in side) for side in (left, right)
    )
    return bottom - top > shorter / 2


def _rows(numbers: list[int], spans: Sequence[Span], *, right_to_left: bool) -> list[int]:
    """Put lines into rows by their middles, rows from top to bottom, and the lines of a row by their side."""
    found: list[list[int]] = []
    for n in sorted(numbers, key=lambda n: _middle(spans[n])):
        row = found[-1] if found else []
        if row and _same_row(spans[row[-1]], spans[n]):
            row.append(n)
        else:
            found.append([n])
    for row in found:
        row.sort(key=lambda n: -spans[n].right if right_to_left else spans[n].left)
    return [n for row in found for n in row]


def _same_row(one: Span, other: Span) -> bool:
    """Say whether two lines stand beside each other: most of the lower one's height is shared."""
    shared = min(one.bottom, other.bottom) - max(one.top, other.top)
    apart = one.right <= other.left or other.right <= one.left
    return apart and shared > 0.5 * min(one.height, other.height)
