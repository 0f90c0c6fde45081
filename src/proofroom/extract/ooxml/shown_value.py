"""Show stored values as a spreadsheet program would under one number format, each distinct value once."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from proofroom.extract.ooxml.format_code import Kind, Section, split_code
from proofroom.extract.ooxml.numerals import in_digits, spoken
from proofroom.extract.ooxml.shown_date import DatePlan, date_plan, show_date
from proofroom.extract.ooxml.shown_fraction import FractionLayout, fraction_layout, show_fraction
from proofroom.extract.ooxml.shown_number import NumberLayout, general, layout, show_number

NOTHING_SHOWN: Final = b"\xff"
"""Stands for a shown text that is really empty (a `;;;` format); it can never be UTF-8."""

_MOST_REMEMBERED: Final = 200_000
_LONGEST_REMEMBERED: Final = 1_024
_NUMBER: Final = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,6})?\Z")
_SHORT: Final = re.compile(rb"-?(?:[1-9][0-9]{0,8}|0)(?:\.(?=[0-9])|(?=\Z))([0-9]{0,5})\Z")
_OTHERS: Final = rb"(?m)^(?!-?(?:[1-9][0-9]{0,8}|0)%b$)[^\n]+"
"""Numbers, one a line, that a format of so many decimals may show otherwise than they are written."""

_LONGEST_NUMBER: Final = 400
_LARGEST_EXPONENT: Final = 308
_MOST_TEXT_TOKENS: Final = 16
_ALL_SECTIONS: Final = 4
_TESTS: Final[dict[str, Callable[[float, float], bool]]] = {
    "<": lambda value, bound: value < bound,
    ">": lambda value, bound: value > bound,
    "<=": lambda value, bound: value <= bound,
    ">=": lambda value, bound: value >= bound,
    "=": lambda value, bound: value == bound,
    "<>": lambda value, bound: value != bound,
}


@dataclass(slots=True)
class Memory:
    """Counts what the formats of one workbook remember, and makes all of them forget when it is too much."""

    kept: int = 0
    tables: list[dict[bytes, bytes]] = field(default_factory=list)

    def keep(self, table: dict[bytes, bytes], value: bytes, shown: bytes) -> None:
        """Let a table remember one value."""
        if len(value) + len(shown) > _LONGEST_REMEMBERED:
            return
        if self.kept >= _MOST_REMEMBERED:
            for full in self.tables:
                full.clear()
            self.kept = 0
            self.tables.clear()
        if not table:
            self.tables.append(table)
        table[value] = shown
        self.kept += 1


class ShownTexts(dict[bytes, bytes]):
    """What a format shows for each stored text: b"" for the same text, NOTHING_SHOWN where it hides it."""

    def __init__(self, section: Section, memory: Memory) -> None:
        """Use the section for texts."""
        super().__init__()
        self._tokens, self._memory = section.tokens, memory

    def __missing__(self, untrusted_text: bytes) -> bytes:
        """Compute and remember what a text looks like."""
        parts = [
            untrusted_text if token.text == "@" or token.kind == "general" else token.text.encode()
            for token in self._tokens
        ]
        shown = b"".join(parts)
        shown = b"" if shown == untrusted_text else shown or NOTHING_SHOWN
        self._memory.keep(self, untrusted_text, shown)
        return shown


class Shown(dict[bytes, bytes]):
    """What one format shows for each stored number: b"" for the same text (or one we do not render).

    Computed once per distinct number and forgotten when there are too many of them. `others` finds among lines
    the numbers that a format such as `0.00` may show otherwise; None where only a look at each can tell.
    """

    def __init__(self, code: str, memory: Memory, *, date1904: bool = False) -> None:
        """Prepare the sections of a format code."""
        super().__init__()
        self.code = code
        self._memory, self._date1904 = memory, date1904
        self._sections = split_code(code)
        self._layouts: dict[int, NumberLayout | None] = {}
        self._fractions: dict[int, FractionLayout | None] = {}
        self._dates: dict[int, DatePlan | None] = {}
        kinds = [section.kind for section in self._sections[:3]]
        self.is_date = Kind.DATE in kinds
        self.is_duration = Kind.DURATION in kinds
        self.is_general = len(self._sections) == 1 and kinds[0] in (Kind.GENERAL, Kind.TEXT) and self._bare()
        self.on_texts = self._text_section()
        self._fixed = self._fixed_places()
        self.others = re.compile(_OTHERS % (rb"\.[0-9]{%d}" % self._fixed)) if self._fixed > 0 else None

    def _fixed_places(self) -> int:
        """Give the decimals of a format that is nothing but `0` or `0.00`, -1 for any other."""
        if (
            len(self._sections) > 1
            or self._sections[0].kind is not Kind.NUMBER
            or self._sections[0].condition
        ):
            return -1
        plan = self._layouts[0] = layout(self._sections[0])
        bare = plan is not None and plan.simple == "f" and not (plan.power or plan.before or plan.behind)
        usual = self._sections[0].known and not self._sections[0].numerals
        return len(plan.decimals) if plan is not None and bare and usual else -1

    def text(self, untrusted_text: bytes) -> bytes:
        """Show one stored text; b"" for the same text, NOTHING_SHOWN where the format hides it."""
        return b"" if self.on_texts is None else self.on_texts[untrusted_text]

    def _bare(self) -> bool:
        """Tell whether the only section is General or @ with nothing around it."""
        only = self._sections[0]
        return len(only.tokens) == 1 and only.known and not only.numerals

    def _text_section(self) -> ShownTexts | None:
        """Give what changes how texts are shown; None when they are shown as they are."""
        last = self._sections[-1]
        if len(self._sections) < _ALL_SECTIONS and last.kind is not Kind.TEXT:
            return None
        if last.kind is Kind.UNKNOWN or not last.known or len(last.tokens) > _MOST_TEXT_TOKENS:
            return None
        bare = len(last.tokens) == 1 and last.kind in (Kind.TEXT, Kind.GENERAL)
        return None if bare else ShownTexts(last, self._memory)

    def __missing__(self, raw: bytes) -> bytes:
        """Compute and remember what a number looks like."""
        shown = self.show(raw)
        self._memory.keep(self, raw, shown)
        return shown

    def show(self, raw: bytes) -> bytes:
        """Show one stored number; NOTHING_SHOWN where the format hides it."""
        if self._fixed >= 0 and (short := _SHORT.match(raw)) and len(short[1]) <= self._fixed:
            # No digit is lost, so there is nothing to round.
            filled = raw + b"." * (b"." not in raw) + b"0" * (self._fixed - len(short[1]))
            return filled if self._fixed and filled != raw else b""
        text = raw.decode("utf-8", "replace") if len(raw) <= _LONGEST_NUMBER else ""
        if not _NUMBER.match(text):
            return b""
        try:
            exact = Decimal(text)
            shown = None if exact.adjusted() > _LARGEST_EXPONENT else self._show(exact, float(text))
        except ArithmeticError:
            # A format may ask for more digits than a number can have.
            return b""
        if shown is None or shown == text:
            return b""
        return shown.encode() or NOTHING_SHOWN

    def _show(self, exact: Decimal, value: float) -> str | None:
        """Choose the section and show the number in it; None where we cannot."""
        chosen = self._choose(value)
        if chosen is None:
            return None
        place, magnitude = chosen
        section = self._sections[place]
        if not section.known:
            return None
        number = abs(exact) if magnitude else exact
        sign = "-" if number < 0 else ""
        if section.kind is Kind.NUMBER:
            return self._show_number(place, abs(number), sign)
        if section.kind is Kind.FRACTION:
            if place not in self._fractions:
                self._fractions[place] = fraction_layout(section)
            fraction = self._fractions[place]
            return None if fraction is None else sign + show_fraction(abs(number), fraction)
        if section.kind in (Kind.DATE, Kind.DURATION):
            if place not in self._dates:
                self._dates[place] = date_plan(section)
            dated = self._dates[place]
            return None if dated is None else show_date(number, dated, date1904=self._date1904)
        if section.kind is Kind.GENERAL or (section.kind is Kind.TEXT and len(self._sections) == 1):
            return _show_general(section, float(number))
        return sign if section.kind is Kind.EMPTY else None

    def _show_number(self, place: int, number: Decimal, sign: str) -> str | None:
        """Show a number in a section of digits, in the numerals of that section."""
        section = self._sections[place]
        if place not in self._layouts:
            self._layouts[place] = layout(section)
        plan = self._layouts[place]
        if plan is None:
            return None
        shown = show_number(number, plan)
        if section.numerals and shown != plan.before:
            inner = shown[len(plan.before) : len(shown) - len(plan.behind)]
            shown = plan.before + in_digits(inner, section.numerals) + plan.behind
        return sign + shown

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
        first = numeric[0][1].condition
        if first is None:
            return None
        for place, section in numeric:
            if section.condition is None or _TESTS[section.condition[0]](value, section.condition[1]):
                return place, value < 0 and _only_negative(section.condition, first)
        return None


def _only_negative(condition: tuple[str, float] | None, first: tuple[str, float]) -> bool:
    """Tell whether a section is for negative numbers alone, which are shown there without their sign."""
    if condition is None:
        return first[0] in (">=", ">") and first[1] == 0
    return condition[0] in ("<", "<=") and condition[1] <= 0


def _show_general(section: Section, value: float) -> str | None:
    """Show a number as General does, with what stands around it, in the numerals of the section."""
    number: str | None = general(value)
    if section.numerals and number is not None:
        number = spoken(number, section.numerals)
    if number is None:
        return None
    return "".join(number if token.kind in ("general", "mark") else token.text for token in section.tokens)
