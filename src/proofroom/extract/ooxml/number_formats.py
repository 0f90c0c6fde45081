"""Which number format a cell has: the table of the formats of one workbook and the styles that use them.

Built-in ids are ECMA-376 part 1, 18.8.30. Ids 14 and 22 follow the reader's region; they are given in
the order year/month/day, which nobody can misread. Ids 27 to 36 and 50 to 58 are those of zh-CN.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from proofroom.extract.ooxml.safe_xml import Element, whole_number
from proofroom.extract.ooxml.shown_value import NOTHING_SHOWN, Memory, Shown

__all__ = ["BUILT_IN", "GENERAL", "NOTHING_SHOWN", "NumberFormats", "read_number_formats"]

GENERAL: Final = "General"
BUILT_IN: Final[dict[int, str]] = {
    0: GENERAL, 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00",
    5: '"$"#,##0_);("$"#,##0)', 6: '"$"#,##0_);[Red]("$"#,##0)',
    7: '"$"#,##0.00_);("$"#,##0.00)', 8: '"$"#,##0.00_);[Red]("$"#,##0.00)',
    9: "0%", 10: "0.00%", 11: "0.00E+00", 12: "# ?/?", 13: "# ??/??",
    14: "yyyy/m/d", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy",
    18: "h:mm AM/PM", 19: "h:mm:ss AM/PM", 20: "h:mm", 21: "h:mm:ss", 22: "yyyy/m/d h:mm",
    27: 'yyyy"年"m"月"', 28: 'm"月"d"日"', 29: 'm"月"d"日"', 30: "m-d-yy", 31: 'yyyy"年"m"月"d"日"',
    32: 'h"时"mm"分"', 33: 'h"时"mm"分"ss"秒"', 34: '上午/下午h"时"mm"分"', 35: '上午/下午h"时"mm"分"ss"秒"',
    36: 'yyyy"年"m"月"',
    37: "#,##0_);(#,##0)", 38: "#,##0_);[Red](#,##0)", 39: "#,##0.00_);(#,##0.00)",
    40: "#,##0.00_);[Red](#,##0.00)",
    41: '_(* #,##0_);_(* (#,##0);_(* "-"_);_(@_)', 42: '_("$"* #,##0_);_("$"* (#,##0);_("$"* "-"_);_(@_)',
    43: '_(* #,##0.00_);_(* (#,##0.00);_(* "-"??_);_(@_)',
    44: '_("$"* #,##0.00_);_("$"* (#,##0.00);_("$"* "-"??_);_(@_)',
    45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss.0", 48: "##0.0E+0", 49: "@",
    50: 'yyyy"年"m"月"', 51: 'm"月"d"日"', 52: 'yyyy"年"m"月"', 53: 'm"月"d"日"', 54: 'm"月"d"日"',
    55: '上午/下午h"时"mm"分"', 56: '上午/下午h"时"mm"分"ss"秒"', 57: 'yyyy"年"m"月"', 58: 'm"月"d"日"',
}  # fmt: skip
_MOST_CHARACTERS: Final = 8 << 20
"""Characters of all format codes; Excel allows some 200 of 255."""


@dataclass(slots=True)
class NumberFormats:
    """The table of format codes of one workbook, and which entry each cell style uses.

    cut: whether the codes were too many or too long to be kept; those that were not are General.
    """

    date1904: bool = False
    codes: list[str] = field(default_factory=list)
    shown: list[Shown] = field(default_factory=list)
    styles: list[int] = field(default_factory=lambda: [0])
    cut: bool = False
    _characters: int = 0
    _places: dict[str, int] = field(default_factory=dict)
    _memory: Memory = field(default_factory=Memory)

    def __post_init__(self) -> None:
        """Begin with General, which everything without a style has."""
        self.add(GENERAL)

    def of_style(self, style: str) -> int:
        """Give the table entry of a cell's style index; no index is the first style, a wrong one General."""
        place = whole_number(style) or 0
        return self.styles[place] if place < len(self.styles) else 0

    def add(self, code: str) -> int:
        """Give the table entry of a code, adding it when it is new."""
        place = self._places.get(code, -1)
        if place >= 0:
            return place
        self._characters += len(code)
        if self._characters > _MOST_CHARACTERS:
            self.cut = True
            return 0
        place = self._places[code] = len(self.codes)
        self.codes.append(code)
        self.shown.append(Shown(code, self._memory, date1904=self.date1904))
        return place


def read_number_formats(styles: Element, *, date1904: bool) -> NumberFormats:
    """Read the number formats of a workbook from its styles part."""
    formats = NumberFormats(date1904)
    custom = dict(BUILT_IN)
    for element in styles.all("numFmt"):
        number = whole_number(element.get("numFmtId"))
        if number is not None:
            custom[number] = element.get("formatCode")
    for group in styles.all("cellXfs")[:1]:
        ids = [element.get("numFmtId", "0") for element in group.children if element.name == "xf"]
        known: dict[str, int] = {}
        for one in ids:
            if one not in known:
                known[one] = formats.add(custom.get(whole_number(one) or 0, GENERAL))
        formats.styles = [known[one] for one in ids] or [0]
    return formats
