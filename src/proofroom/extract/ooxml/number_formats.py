"""Which number format a cell has, and what its number looks like under it.

Built-in ids are ECMA-376 part 1, 18.8.30. Ids 14 and 22 follow the reader's region; they are given in
the order year/month/day, which nobody can misread. Ids 27 to 36 and 50 to 58 are those of zh-CN.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Final

from proofroom.extract.ooxml.format_code import Kind, Section, split_code
from proofroom.extract.ooxml.safe_xml import Element
from proofroom.extract.ooxml.shown_date import show_date
from proofroom.extract.ooxml.shown_number import NumberLayout, general, layout, show_number

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
NOTHING_SHOWN: Final = b"\xff"
"""Stands for a shown text that is really empty (a `;;;` format); it can never be UTF-8."""

_MOST_REMEMBERED: Final = 100_000
_LONGEST_NUMBER: Final = 400
_MOST_TEXT_TOKENS: Final = 16
_TESTS: Final[dict[str, Callable[[float, float], bool]]] = {
    "<": lambda value, bound: value < bound,
    ">": lambda value, bound: value > bound,
    "<=": lambda value, bound: value <= bound,
    ">=": lambda value, bound: value >= bound,
    "=": lambda value, bound: value == bound,
    "<>": lambda value, bound: value != bound,
}


class Shown(dict[bytes, bytes]):
    """What one format shows for each stored number: b"" for the same text (or one we do not render).

    Computed once per distinct number and forgotten when there are too many of them.
    """

    def __init__(self, code: str, *, date1904: bool = False) -> None:
        """Prepare the sections of a format code."""
        super().__init__()
        self.code = code
        self._date1904 = date1904
        self._sections = split_code(code)
        self._layouts: dict[int, NumberLayout | None] = {}
        kinds = [section.kind for section in self._sections[:3]]
        self.is_date = Kind.DATE in kinds
        self.is_duration = Kind.DURATION in kinds
        self.is_general = len(self._sections) == 1 and kinds[0] in (Kind.GENERAL, Kind.TEXT) and self._bare()
        self.on_text = self._text_section()

    def _bare(self) -> bool:
        """Tell whether the only section is General or @ with nothing around it."""
        return len(self._sections[0].tokens) == 1

    def _text_section(self) -> Section | None:
        """Give the section that changes how texts are shown; None when they are shown as they are."""
        last = self._sections[-1]
        if len(self._sections) < 4 and last.kind is not Kind.TEXT:
            return None
        return (
            None
            if (last.kind is Kind.TEXT and len(last.tokens) == 1) or len(last.tokens) > _MOST_TEXT_TOKENS
            else last
        )

    def __missing__(self, raw: bytes) -> bytes:
        """Compute and remember what a number looks like."""
        if len(self) >= _MOST_REMEMBERED:
            self.clear()
        shown = self.show(raw)
        self[raw] = shown
        return shown

    def show(self, raw: bytes) -> bytes:
        """Show one stored number; NOTHING_SHOWN where the format hides it."""
        if len(raw) > _LONGEST_NUMBER:
            return b""
        try:
            text = raw.decode("ascii")
            exact, value = Decimal(text), float(text)
        except (UnicodeDecodeError, InvalidOperation, ValueError, OverflowError):
            return b""
        if not exact.is_finite() or value in (float("inf"), float("-inf")):
            return b""
        shown = self._show(exact, value)
        if shown is None or shown == text:
            return b""
        return shown.encode() or NOTHING_SHOWN

    def text(self, untrusted_text: bytes) -> bytes:
        """Show a text through the section for texts; b"" where it is shown as it is."""
        section = self.on_text
        if section is None or section.kind is Kind.UNKNOWN:
            return b""
        parts = [
            untrusted_text if token.text == "@" and token.kind == "mark" else token.text.encode()
            for token in section.tokens
        ]
        shown = b"".join(parts)
        return b"" if shown == untrusted_text else shown or NOTHING_SHOWN

    def _show(self, exact: Decimal, value: float) -> str | None:
        """Choose the section and show the number in it; None where we cannot."""
        chosen = self._choose(value)
        if chosen is None:
            return None
        place, magnitude = chosen
        section = self._sections[place]
        number = abs(exact) if magnitude else exact
        sign = "-" if number < 0 else ""
        if section.kind is Kind.GENERAL or (section.kind is Kind.TEXT and len(self._sections) == 1):
            around = [
                general(float(number)) if t.kind in ("general", "mark") else t.text for t in section.tokens
            ]
            return "".join(around)
        if section.kind in (Kind.DATE, Kind.DURATION):
            return show_date(number, section, date1904=self._date1904)
        if section.kind is Kind.EMPTY:
            return sign
        if section.kind is not Kind.NUMBER:
            return None
        if place not in self._layouts:
            self._layouts[place] = layout(section)
        plan = self._layouts[place]
        return None if plan is None else sign + show_number(abs(number), plan)

    def _choose(self, value: float) -> tuple[int, bool] | None:
        """Give the section for a number, and whether its sign is left out there."""
        numeric = [
            (place, section)
            for place, section in enumerate(self._sections[:3])
            if section.kind is not Kind.TEXT
        ] or [(0, self._sections[0])]
        if any(section.condition for _, section in numeric):
            return self._by_condition(value, numeric)
        if value < 0 and len(numeric) > 1:
            return 1, True
        return (2, False) if value == 0 and len(numeric) > 2 else (0, False)

    def _by_condition(self, value: float, numeric: list[tuple[int, Section]]) -> tuple[int, bool] | None:
        """Choose by the conditions the sections name; the first without one takes the rest."""
        for place, section in numeric:
            if section.condition is None or _TESTS[section.condition[0]](value, section.condition[1]):
                return None if value < 0 and place else (place, False)
        return None


@dataclass(slots=True)
class NumberFormats:
    """The table of format codes of one workbook, and which entry each cell style uses."""

    date1904: bool = False
    codes: list[str] = field(default_factory=lambda: [GENERAL])
    shown: list[Shown] = field(default_factory=lambda: [Shown(GENERAL)])
    styles: list[int] = field(default_factory=lambda: [0])
    _places: dict[str, int] = field(default_factory=lambda: {GENERAL: 0})

    def of_style(self, style: str) -> int:
        """Give the table entry of a cell's style index; an index that is none is General."""
        place = int(style) if style.isascii() and style.isdigit() else 0
        return self.styles[place] if place < len(self.styles) else 0

    def add(self, code: str) -> int:
        """Give the table entry of a code, adding it when it is new."""
        place = self._places.setdefault(code, len(self.codes))
        if place == len(self.codes):
            self.codes.append(code)
            self.shown.append(Shown(code, date1904=self.date1904))
        return place


def read_number_formats(styles: Element, *, date1904: bool) -> NumberFormats:
    """Read the number formats of a workbook from its styles part."""
    formats = NumberFormats(date1904)
    custom = dict(BUILT_IN)
    for element in styles.all("numFmt"):
        if element.get("numFmtId").isdigit():
            custom[int(element.get("numFmtId"))] = element.get("formatCode")
    for group in styles.all("cellXfs")[:1]:
        ids = [element.get("numFmtId", "0") for element in group.children if element.name == "xf"]
        known: dict[str, int] = {}
        for one in ids:
            if one not in known:
                known[one] = formats.add(custom.get(int(one), GENERAL) if one.isdigit() else GENERAL)
        formats.styles = [known[one] for one in ids] or [0]
    return formats
