"""Rectangles on a PDF page: in the page's own points (y upwards), and as the page is shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

TENTHS: Final = 10
_FARTHEST: Final = 1e8


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle whose sides lie along those of the page; y grows upwards."""

    left: float
    bottom: float
    right: float
    top: float

    @property
    def middle(self) -> float:
        """The height of its middle."""
        return (self.bottom + self.top) / 2

    @property
    def width(self) -> float:
        """How wide it is."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """How high it is."""
        return self.top - self.bottom

    @property
    def area(self) -> float:
        """How large it is."""
        return max(self.width, 0.0) * max(self.height, 0.0)

    def holds(self, x: float, y: float) -> bool:
        """Say whether a point lies inside."""
        return self.left <= x <= self.right and self.bottom <= y <= self.top

    def holds_all(self, other: Box) -> bool:
        """Say whether another rectangle lies inside as a whole."""
        return self.holds(other.left, other.bottom) and self.holds(other.right, other.top)

    def meets(self, other: Box) -> bool:
        """Say whether two rectangles share an area."""
        return min(self.right, other.right) > max(self.left, other.left) and min(self.top, other.top) > max(
            self.bottom, other.bottom
        )

    def turned(self, quarter_turns: int) -> Box:
        """Turn it clockwise around the origin, as a page is shown turned; y still grows upwards."""
        box = self
        for _ in range(quarter_turns % 4):
            box = Box(box.bottom, -box.right, box.top, -box.left)
        return box

    def within(self, other: Box) -> Box:
        """Give the part of it that lies inside another one; without area when none does."""
        left, bottom = max(self.left, other.left), max(self.bottom, other.bottom)
        return Box(
            left, bottom, max(left, min(self.right, other.right)), max(bottom, min(self.top, other.top))
        )


NOWHERE: Final = Box(0, 0, 0, 0)


def around(boxes: list[Box]) -> Box:
    """Give the smallest rectangle around several."""
    if not boxes:
        return NOWHERE
    return Box(
        min(box.left for box in boxes),
        min(box.bottom for box in boxes),
        max(box.right for box in boxes),
        max(box.top for box in boxes),
    )


def as_shown(box: Box, page: Box, quarter_turns: int) -> tuple[int, int, int, int]:
    """Give left, top, right, bottom from the top left corner of the shown page, in tenths of a point."""
    shown, whole = box.turned(quarter_turns), page.turned(quarter_turns)
    sides = (
        shown.left - whole.left,
        whole.top - shown.top,
        shown.right - whole.left,
        whole.top - shown.bottom,
    )
    left, top, right, bottom = (round(TENTHS * max(-_FARTHEST, min(side, _FARTHEST))) for side in sides)
    return left, top, right, bottom
