"""Put the lines of a PDF page into reading order: columns one after the other, upright Chinese from the right.

PDFium gives text in the order in which it was drawn, which is mostly the order in which it is read, but
headers, footers and boxes come when they please. A line is moved only when another one stands clearly
before it in the same column; columns stay one after the other.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Final

from proofroom.extract.pages.box import Box, around

_MOST_ORDERED: Final = 600
_LEAST_RISE: Final = 1.0
_SHARE_OF_HEIGHT: Final = 0.6
_SHARE_OF_WIDTH: Final = 0.2


def reading_order(boxes: list[Box], columns: list[bool]) -> list[int]:
    """Give the places of lines in the order in which they are read; `columns` says which are written downwards."""
    if not any(columns):
        return _order(boxes)
    blocks = _blocks(boxes, columns)
    order = _order([around([boxes[place] for place in block]) for block in blocks])
    return [place for number in order for place in blocks[number]]


def _blocks(boxes: list[Box], columns: list[bool]) -> list[list[int]]:
    """Join columns that are drawn one after the other to a block, in which they are read from the right."""
    blocks: list[list[int]] = []
    for place, is_column in enumerate(columns):
        if is_column and blocks and columns[blocks[-1][-1]]:
            blocks[-1].append(place)
        else:
            blocks.append([place])
    return [block if len(block) == 1 else _from_the_right(block, boxes) for block in blocks]


def _from_the_right(block: list[int], boxes: list[Box]) -> list[int]:
    """Order columns: the upper rows of columns first, in a row from the right, in a column from above."""
    rows: list[list[int]] = []
    for place in sorted(block, key=lambda one: -boxes[one].top):
        bottom = min((boxes[one].bottom for one in rows[-1]), default=0.0) if rows else 0.0
        if rows and boxes[place].top > bottom:
            rows[-1].append(place)
        else:
            rows.append([place])
    ordered: list[int] = []
    for row in rows:
        strips: list[list[int]] = []
        for place in sorted(row, key=lambda one: -(boxes[one].left + boxes[one].right)):
            middle = (boxes[place].left + boxes[place].right) / 2
            if strips and boxes[strips[-1][0]].left <= middle:
                strips[-1].append(place)
            else:
                strips.append([place])
        ordered += [place for strip in strips for place in sorted(strip, key=lambda one: -boxes[one].top)]
    return ordered


def _order(boxes: list[Box]) -> list[int]:
    """Order lines so that none comes before one that stands above it; else they stay as they are drawn."""
    order = list(range(len(boxes)))
    falling = all(before.middle >= after.middle for before, after in pairwise(boxes))
    if falling or len(boxes) > _MOST_ORDERED:
        return order
    below: list[list[int]] = [[] for _ in boxes]
    waits_for = [0] * len(boxes)
    for upper in order:
        for lower in order:
            if _is_above(boxes[upper], boxes[lower]):
                below[upper].append(lower)
                waits_for[lower] += 1
    ready = {place for place in order if not waits_for[place]}
    ordered: list[int] = []
    while ready:
        following = ordered[-1] + 1 if ordered else 0
        # On with what was drawn next; else with what stands highest, so that a footer waits for all columns.
        place = following if following in ready else max(ready, key=lambda one: (boxes[one].middle, -one))
        ready.remove(place)
        ordered.append(place)
        for lower in below[place]:
            waits_for[lower] -= 1
            if not waits_for[lower]:
                ready.add(lower)
    return ordered


def _is_above(upper: Box, lower: Box) -> bool:
    """Say whether a line stands clearly above another one in the same column."""
    height = max(upper.top - upper.bottom, lower.top - lower.bottom)
    if upper.middle - lower.middle <= max(_LEAST_RISE, _SHARE_OF_HEIGHT * height):
        return False
    shared = min(upper.right, lower.right) - max(upper.left, lower.left)
    narrower = min(upper.right - upper.left, lower.right - lower.left)
    return shared > _SHARE_OF_WIDTH * narrower
