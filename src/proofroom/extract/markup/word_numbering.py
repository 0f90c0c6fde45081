"""Number the paragraphs of lists as Word shows them (ECMA-376 part 1, 17.9): the text stores no number."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from proofroom.extract.markup.counting import counted
from proofroom.extract.ooxml.safe_xml import Element, is_true, whole_number

_LEVELS: Final = 9
_MOST: Final = 65_536
_LONGEST: Final = 255
_MOST_CHAIN: Final = 64
_PLACE: Final = re.compile(r"%([1-9])")
_PADDED: Final = re.compile(r"(0+)1,")
_DECIMAL: Final = 0
_BULLET: Final = 23
_NONE: Final = 255
_NAMES: Final = (
    *("decimal", "upperRoman", "lowerRoman", "upperLetter", "lowerLetter", "ordinal", "cardinalText"),
    *("ordinalText", "hex", "chicago", "ideographDigital", "japaneseCounting", "aiueo", "iroha"),
    *("decimalFullWidth", "decimalHalfWidth", "japaneseLegal", "japaneseDigitalTenThousand"),
    *("decimalEnclosedCircle", "decimalFullWidth2", "aiueoFullWidth", "irohaFullWidth", "decimalZero"),
    *("bullet", "ganada", "chosung", "decimalEnclosedFullstop", "decimalEnclosedParen"),
    *("decimalEnclosedCircleChinese", "ideographEnclosedCircle", "ideographTraditional", "ideographZodiac"),
    *("ideographZodiacTraditional", "taiwaneseCounting", "ideographLegalTraditional"),
    *("taiwaneseCountingThousand", "taiwaneseDigital", "chineseCounting", "chineseLegalSimplified"),
    *("chineseCountingThousand",),
)
_WAYS: Final = {name: way for way, name in enumerate(_NAMES)}
"""Office's names for the ways to count, in the order of their numbers (MS-OSHARED 2.2.1.3)."""


@dataclass(frozen=True, slots=True)
class Level:
    """How one level of a list counts: where it begins, in which way, and the text around the number."""

    start: int = 1
    way: int = _DECIMAL
    width: int = 0
    legal: bool = False
    restarts: int = -1
    text: str = ""
    style: str = ""


@dataclass(slots=True)
class _Use:
    """One use of a list: which one, and what it changes of it; begun: levels whose new start was used."""

    abstract: str
    levels: dict[int, Level] = field(default_factory=dict)
    starts: dict[int, int] = field(default_factory=dict)
    begun: set[int] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class StyleList:
    """What a paragraph style says of lists, and the style it is based on."""

    based: str
    use: str | None
    level: int | None


class Numbering:
    """The lists of one document while its paragraphs are counted from the first to the last."""

    def __init__(self, tree: Element, styles: dict[str, StyleList]) -> None:
        """Take the numbering part and the lists of styles; a damaged part numbers what it still says."""
        self._styles = styles
        self._lists: dict[str, dict[int, Level]] = {}
        self._linked: dict[str, str] = {}
        self._uses: dict[str, _Use] = {}
        self._counts: dict[str, dict[int, int]] = {}
        for element in tree.walk():
            if element.name == "abstractNum" and len(self._lists) < _MOST:
                self._take_list(element)
            elif element.name == "num" and len(self._uses) < _MOST:
                self._uses[element.get("numId")] = _read_use(element)

    def label(self, style: str, use: str | None, level: int | None) -> str:
        """Count a paragraph and give its number as it is shown, "" for none; None asks its style."""
        if not self._uses:
            return ""
        if use is None:
            use, by_style = self._of_style(style)
            level = by_style if level is None else level
        chosen = self._uses.get(use or "")
        if chosen is None:
            return ""
        level = self._level_of_style(chosen, style) if level is None else level
        found = self._level(chosen, level)
        return "" if found is None else self._count(chosen, level, found)

    def _take_list(self, element: Element) -> None:
        number = element.get("abstractNumId")
        self._lists[number] = dict(_levels(element))
        for child in element.children:
            if child.name == "numStyleLink":
                self._linked[number] = child.get("val")

    def _of_style(self, style: str) -> tuple[str | None, int | None]:
        """Give the list and level that a style, or one it is based on, puts its paragraphs in."""
        level: int | None = None
        for _ in range(_MOST_CHAIN):
            found = self._styles.get(style)
            if found is None:
                break
            level = found.level if level is None else level
            if found.use is not None:
                return found.use, level
            style = found.based
        return None, level

    def _level_of_style(self, use: _Use, style: str) -> int:
        levels = self._levels_of(use)
        return next((number for number, one in levels.items() if style and one.style == style), 0)

    def _levels_of(self, use: _Use) -> dict[int, Level]:
        """Give the levels of a list; a list may be that of a style."""
        abstract = use.abstract
        for _ in range(_MOST_CHAIN):
            linked = self._linked.get(abstract)
            target = self._uses.get(self._of_style(linked)[0] or "") if linked else None
            if target is None:
                break
            abstract = target.abstract
        return self._lists.get(abstract, {}) | use.levels

    def _level(self, use: _Use, level: int) -> Level | None:
        return self._levels_of(use).get(level)

    def _count(self, use: _Use, level: int, found: Level) -> str:
        """Count one level on; what lies below it begins again."""
        levels = self._levels_of(use)
        counts = self._counts.setdefault(use.abstract, {})
        if level in use.starts and level not in use.begun:
            use.begun.add(level)
            counts[level] = use.starts[level]
        elif level in counts:
            counts[level] += 1
        else:
            counts[level] = use.starts.get(level, found.start)
        for above in range(level):
            # A level that is passed over counts as begun, so that its next paragraph is the second.
            counts.setdefault(above, use.starts.get(above, levels.get(above, Level()).start))
        for below in [one for one in counts if one > level]:
            restarts = levels.get(below, Level()).restarts
            if restarts < 0 or level < restarts:
                del counts[below]
        if found.way == _BULLET:
            return ""
        shown = _PLACE.sub(lambda sign: _number(levels, counts, int(sign.group(1)) - 1, found), found.text)
        return shown.strip()[:_LONGEST]


def _number(levels: dict[int, Level], counts: dict[int, int], level: int, shown: Level) -> str:
    """Write the number of one level; legal lists write all of them in digits."""
    other = levels.get(level, Level())
    number = counts.get(level, other.start)
    if other.width:
        return f"{number:0{other.width}}"
    return counted(number, _DECIMAL if shown.legal and other.way not in (_BULLET, _NONE) else other.way)


def _read_use(element: Element) -> _Use:
    """Read a use of a list."""
    abstract = next((one.get("val") for one in element.children if one.name == "abstractNumId"), "")
    use = _Use(abstract)
    for change in element.children:
        level = whole_number(change.get("ilvl")) if change.name == "lvlOverride" else None
        if level is None or level >= _LEVELS:
            continue
        use.levels |= dict(_levels(change))
        for one in change.children:
            start = whole_number(one.get("val")) if one.name == "startOverride" else None
            if start is not None:
                use.starts[level] = start
    return use


def _levels(element: Element) -> Iterator[tuple[int, Level]]:
    """Give the levels that an element defines."""
    for child in element.children:
        number = whole_number(child.get("ilvl")) if child.name == "lvl" else None
        if number is not None and number < _LEVELS:
            yield number, _read_level(child)


def _read_level(element: Element) -> Level:
    """Read one level; where it counts in two ways for two ages of Word, the one that we know."""
    said = {one.name: one for one in element.children}
    way, width = _DECIMAL, 0
    for one in element.all("numFmt"):
        padded = _PADDED.match(one.get("format").replace(" ", ""))
        if one.get("val") == "none":
            way = _NONE
        elif padded:
            way, width = _DECIMAL, len(padded.group(1)) + 1
        elif not width:
            way = _WAYS.get(one.get("val"), _DECIMAL)

    def value(name: str) -> str:
        return said[name].get("val") if name in said else ""

    start, restarts = whole_number(value("start")), whole_number(value("lvlRestart"))
    return Level(
        1 if start is None else start,
        way,
        width,
        "isLgl" in said and (not value("isLgl") or is_true(value("isLgl"))),
        -1 if restarts is None else restarts,
        value("lvlText"),
        value("pStyle"),
    )
