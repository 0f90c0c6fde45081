"""Number the items of OpenDocument lists and headings as they are shown (ODF 1.3 part 3, 5.3 and 16.30)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from proofroom.extract.markup.counting import counted
from proofroom.extract.ooxml.safe_xml import Attributes, attribute, whole_number

_DEEPEST: Final = 64
_MOST: Final = 65_536
_LONGEST: Final = 255
_BULLET: Final = 23
_LEVELS: Final = ("text:list-level-style-number", "text:outline-level-style")
_BULLETS: Final = ("text:list-level-style-bullet", "text:list-level-style-image")
_HOLDERS: Final = ("text:list-style", "text:outline-style")
_OUTLINE: Final = "\0outline"
_WAYS: Final = {
    "1": 0,
    "I": 1,
    "i": 2,
    "A": 3,
    "a": 4,
    "": _BULLET,
    "一, 二, 三, ...": 0x21,
    "壹, 贰, 叁, ...": 0x26,
    "壹, 貳, 參, ...": 0x22,
    "甲, 乙, 丙, ...": 0x1E,
    "子, 丑, 寅, ...": 0x1F,
    "①, ②, ③, ...": 0x12,
    "１, ２, ３, ...": 0x0E,
    "1st": 5,
    "1st, 2nd, 3rd, ...": 5,
    "01, 02, 03, ...": 22,
}
"""Ways to count as Office numbers them, by how ODF names them."""


@dataclass(frozen=True, slots=True)
class Level:
    """How one level of a list counts, and what stands around the number."""

    way: int = _BULLET
    prefix: str = ""
    suffix: str = ""
    shown: int = 1
    start: int = 1


@dataclass(slots=True)
class OpenList:
    """A list under way: its style, its counts by level, and the level it is at."""

    style: str
    counts: dict[int, int]
    level: int
    waiting: bool = False


@dataclass(slots=True)
class Lists:
    """The list styles of a document, and the lists that are open while it is read."""

    _styles: dict[str, dict[int, Level]] = field(default_factory=dict)
    _into: dict[int, Level] | None = None
    _open: list[OpenList] = field(default_factory=list)
    _last: dict[str, dict[int, int]] = field(default_factory=dict)
    _by_id: dict[str, dict[int, int]] = field(default_factory=dict)
    _outline: dict[int, int] = field(default_factory=dict)

    def start(self, name: str, attributes: Attributes) -> None:
        """Take an element of a list's style."""
        if name in _HOLDERS:
            style = _OUTLINE if name == "text:outline-style" else attribute(attributes, "name")
            self._into = {}
            if len(self._styles) < _MOST:
                self._styles[style] = self._into
        elif self._into is not None and (name in _LEVELS or name in _BULLETS):
            number = whole_number(attribute(attributes, "level"))
            if number is not None and number <= _DEEPEST:
                self._into[number] = _level(attributes, bullet=name in _BULLETS)

    def end(self, name: str) -> None:
        """Take the end of an element of a list's style."""
        if name in _HOLDERS:
            self._into = None

    def begin_list(self, attributes: Attributes) -> None:
        """Open a list; one inside another is its next level."""
        style = attribute(attributes, "style-name")
        if self._open:
            above = self._open[-1]
            self._open.append(OpenList(style or above.style, above.counts, above.level + 1))
            return
        counts: dict[int, int] = {}
        continued = attribute(attributes, "continue-list")
        if continued:
            counts = self._by_id.get(continued, counts)
        elif attribute(attributes, "continue-numbering") == "true":
            counts = self._last.get(style, counts)
        if len(self._last) < _MOST:
            self._last[style] = counts
        number = attribute(attributes, "id")
        if number and len(self._by_id) < _MOST:
            self._by_id[number] = counts
        self._open.append(OpenList(style, counts, 1))

    def end_list(self) -> None:
        """Close the innermost list."""
        if self._open:
            self._open.pop()

    def begin_item(self, attributes: Attributes, *, header: bool = False) -> None:
        """Open an item; that of a list's header has no number."""
        if not self._open:
            return
        one = self._open[-1]
        one.waiting = not header
        start = whole_number(attribute(attributes, "start-value"))
        if start is not None:
            one.counts[one.level] = start - 1

    def label(self, style: str | None) -> str:
        """Count the paragraph that begins an item and give its number, "" for any other paragraph."""
        if not self._open or not self._open[-1].waiting:
            return ""
        one = self._open[-1]
        one.waiting = False
        levels = self._styles.get(one.style or style or "", {})
        return _count(levels, one.counts, one.level)

    def outline(self, level: int, start: int | None) -> str:
        """Count a heading and give its number."""
        levels = self._styles.get(_OUTLINE, {})
        if start is not None:
            self._outline[level] = start - 1
        return _count(levels, self._outline, level)

    def aside(self, lists: list[OpenList]) -> list[OpenList]:
        """Take other lists as those that are open, and give those that were."""
        before, self._open = self._open, lists
        return before

    @property
    def inside(self) -> bool:
        """Whether a list is open."""
        return bool(self._open)


def _count(levels: dict[int, Level], counts: dict[int, int], level: int) -> str:
    """Count one level on and write its number; what lies below it begins again."""
    found = levels.get(level, Level())
    counts[level] = counts.get(level, found.start - 1) + 1
    for below in [one for one in counts if one > level]:
        del counts[below]
    if found.way == _BULLET:
        return ""
    numbers = []
    for one in range(max(level - found.shown + 1, 1), level + 1):
        other = levels.get(one, Level())
        if other.way != _BULLET:
            numbers.append(counted(counts.get(one, other.start), other.way))
    return f"{found.prefix}{'.'.join(numbers)}{found.suffix}".strip()[:_LONGEST]


def _level(attributes: Attributes, *, bullet: bool) -> Level:
    """Read one level of a list's style."""
    start, shown = (whole_number(attribute(attributes, name)) for name in ("start-value", "display-levels"))
    return Level(
        _BULLET if bullet else _WAYS.get(attribute(attributes, "num-format"), 0),
        attribute(attributes, "num-prefix"),
        attribute(attributes, "num-suffix"),
        min(shown or 1, _DEEPEST),
        1 if start is None else start,
    )
