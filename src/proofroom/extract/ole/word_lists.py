"""Number the paragraphs of lists as Word shows them (MS-DOC 2.9.131, 2.9.147, 2.9.150): the text stores no number."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import Final

from proofroom.extract.markup.counting import counted
from proofroom.extract.ole.word_sprms import Shape
from proofroom.extract.ole.word_styles import Styles
from proofroom.extract.ole.word_tables import WordFile

_LEVELS: Final = 9
_LIST: Final = 28
_LEVEL: Final = 28
_USE: Final = 16
_MOST: Final = 4_096
_LAST_USE: Final = 0x7FE
_LONGEST: Final = 255


@dataclass(frozen=True, slots=True)
class Level:
    """How one level of a list counts: where it begins, in which way, and the text around the number."""

    start: int
    way: int
    legal: bool
    restarts: int
    text: str


@dataclass(slots=True)
class Use:
    """One use of a list: which one, and what it changes of it; begun: levels whose new start was used."""

    number: int
    levels: dict[int, Level] = field(default_factory=dict)
    starts: dict[int, int] = field(default_factory=dict)
    begun: set[int] = field(default_factory=set)


class Lists:
    """The lists of one document while its paragraphs are counted from the first to the last."""

    def __init__(self, word: WordFile, styles: Styles) -> None:
        """Read lists and their uses; a damaged table numbers nothing."""
        self._styles = styles
        try:
            self._lists = _read_lists(word.from_part("lists"), len(word.part("lists")))
            self._uses = _read_uses(word.part("list-uses"))
        except struct.error:
            self._lists, self._uses = {}, []
        self._counts: dict[int, dict[int, int]] = {}

    def label(self, shape: Shape | None) -> str:
        """Count a paragraph and give its number as it is shown, "" for none."""
        if shape is None or not self._uses:
            return ""
        by_style = self._styles.shape(shape.style)
        use = by_style.list_use if shape.list_use is None else shape.list_use
        level = (by_style.level if shape.level is None else shape.level) or 0
        if not use or use > min(len(self._uses), _LAST_USE) or level >= _LEVELS:
            return ""
        chosen = self._uses[use - 1]
        found = chosen.levels.get(level) or self._lists.get(chosen.number, {}).get(level)
        return "" if found is None else self._count(chosen, level, found)

    def _count(self, use: Use, level: int, found: Level) -> str:
        """Count one level on; what lies below it begins again."""
        counts = self._counts.setdefault(use.number, {})
        if level in use.starts and level not in use.begun:
            use.begun.add(level)
            counts[level] = use.starts[level]
        elif level in counts:
            counts[level] += 1
        else:
            counts[level] = use.starts.get(level, found.start)
        for above in range(level):
            # A level that is passed over counts as begun, so that its next paragraph is the second.
            counts.setdefault(above, use.starts.get(above, self._level(use, above).start))
        for below in [one for one in counts if one > level]:
            restarts = self._level(use, below).restarts
            if restarts < 0 or level < restarts:
                del counts[below]
        return "".join(self._sign(use, one, found, counts) for one in found.text).strip()[:_LONGEST]

    def _sign(self, use: Use, sign: str, found: Level, counts: dict[int, int]) -> str:
        """Give a sign of the text around a number, or the number of the level for which it stands."""
        if ord(sign) >= _LEVELS:
            return sign if found.way != 23 else ""
        other = self._level(use, ord(sign))
        number = counts.get(ord(sign), other.start)
        return counted(number, 0 if found.legal and other.way not in (23, 255) else other.way)

    def _level(self, use: Use, level: int) -> Level:
        known = use.levels.get(level) or self._lists.get(use.number, {}).get(level)
        return known or Level(1, 0, legal=False, restarts=-1, text="")


def _read_lists(data: bytes, size: int) -> dict[int, dict[int, Level]]:
    """Read the lists, then the levels of each, which stand behind the table."""
    if size < 2:
        return {}
    count = min(struct.unpack_from("<H", data)[0], _MOST)
    heads = [data[2 + _LIST * number : 2 + _LIST * (number + 1)] for number in range(count)]
    at = 2 + _LIST * count
    found: dict[int, dict[int, Level]] = {}
    for head in heads:
        if len(head) < _LIST:
            break
        levels: dict[int, Level] = {}
        for level in range(1 if head[26] & 1 else _LEVELS):
            levels[level], at = _read_level(data, at)
        found[struct.unpack_from("<I", head)[0]] = levels
    return found


def _read_level(data: bytes, at: int) -> tuple[Level, int]:
    """Read one level; raises struct.error where it breaks off."""
    start, way, facts = struct.unpack_from("<IBB", data, at)
    characters, paragraph, restarts = struct.unpack_from("<BBB", data, at + 24)
    at += _LEVEL + characters + paragraph
    (length,) = struct.unpack_from("<H", data, at)
    text = data[at + 2 : at + 2 + 2 * min(length, _LONGEST)].decode("utf-16-le", "replace")
    never_or_limit = restarts if facts & 8 else -1
    return Level(start, way, bool(facts & 4), never_or_limit, text), at + 2 + 2 * length


def _read_uses(data: bytes) -> list[Use]:
    """Read the uses of lists, then what each changes of its levels."""
    if len(data) < 4:
        return []
    count = min(struct.unpack_from("<I", data)[0], (len(data) - 4) // _USE)
    uses: list[Use] = []
    changes: list[int] = []
    for number in range(count):
        head = data[4 + _USE * number : 4 + _USE * (number + 1)]
        uses.append(Use(struct.unpack_from("<I", head)[0]))
        changes.append(head[12])
    at = 4 + _USE * count
    try:
        for use, changed in zip(uses, changes, strict=True):
            at += 4
            for _ in range(changed):
                start, facts = struct.unpack_from("<II", data, at)
                at += 8
                if facts & 0x20:
                    use.levels[facts & 0xF], at = _read_level(data, at)
                    start = use.levels[facts & 0xF].start
                if facts & 0x10:
                    use.starts[facts & 0xF] = start
    except struct.error:
        return uses
    return uses
