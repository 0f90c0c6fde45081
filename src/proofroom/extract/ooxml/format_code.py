"""Take a number format code such as `#,##0.00;[Red]-0` apart into sections and tokens.

The grammar is ECMA-376 part 1, 18.8.31, as spreadsheet programs really use it. A section that holds
something we do not render (Japanese eras, the reader's own long date) is `UNKNOWN`: nothing is shown for it
rather than something wrong.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import Final

from proofroom.extract.ooxml.numerals import DB_NUMBERS, SCRIPTS

_TOKEN: Final = re.compile(
    r"""(?P<quoted>"[^"]*"?)|\\(?P<escaped>.)|(?P<padding>[_*].)|(?P<bracket>\[[^\]]*\])"""
    r"""|(?P<general>General|G/通用格式)|(?P<noon>AM/PM|A/P|上午/下午)"""
    r"""|(?P<exponent>E[+-])|(?P<date>y+|m+|d+|h+|s+|e+|a{3,4}|b{2,4})"""
    r"""|(?P<digit>[0#?])|(?P<figure>[1-9])"""
    r"""|(?P<mark>[.,%/@])|(?P<literal>[-+$():!^&'~{}<>= ]|[^\x00-\x7f])""",
    re.IGNORECASE | re.DOTALL,
)
_SECTION_END: Final = re.compile(r"""(?:"[^"]*"?|\\.|\[[^\]]*\]|[_*].|[^;"\\\[_*]|.)*?(?:;|\Z)""", re.DOTALL)
_COLOUR: Final = re.compile(
    r"(?:black|blue|cyan|green|magenta|red|white|yellow|color ?\d+|颜色 ?\d+|[黑蓝绿红白黄]色?|蓝绿色|洋红色?|青色?)\Z",
    re.IGNORECASE,
)
_CONDITION: Final = re.compile(r"(<=|>=|<>|<|>|=)(-?\d+(?:\.\d+)?)\Z")
_ELAPSED: Final = re.compile(r"(h+|m+|s+)\Z", re.IGNORECASE)
_LOCALE: Final = re.compile(
    r"\$([^-]*)(?:-([0-9A-Fa-f]{1,8}|x-sysdate|x-systime|[A-Za-z]{2,3}(?:-[A-Za-z]{2,4})*))?(?:,[^\]]*)?\Z"
)
_SYSTEM: Final = ("F800", "F400", "X-SYSDATE", "X-SYSTIME")
_LANGUAGES: Final = {0x04: "ZH", 0x07: "DE", 0x09: "EN", 0x0A: "ES", 0x0C: "FR", 0x1E: "TH"}
_TAIWAN: Final = (0x0404, 0x0C04, 0x1404)
_NUMERALS: Final = re.compile(r"DBNum([1-3])\Z", re.IGNORECASE)
_SIMPLIFIED: Final = ("", "ZH")
_PLAIN_DIGITS: Final = (0, 1)
_CALENDARS: Final = {0: 0, 1: 0, 2: 0, 4: -1911, 5: 2333, 7: 543, 9: 0, 10: 0, 11: 0, 12: 0}
"""Years that a calendar counts more than ours, by its number in a locale."""

_MOST_SECTIONS: Final = 4
_LONGEST_CODE: Final = 1_024


class Kind(Enum):
    """What a section of a number format does."""

    GENERAL = "general"
    NUMBER = "number"
    FRACTION = "fraction"
    DATE = "date"
    DURATION = "duration"
    TEXT = "text"
    EMPTY = "empty"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Token:
    """One piece of a section: `kind` is literal, digit, figure, mark, exponent, date, elapsed, noon or general."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Section:
    """One of up to four sections: what it does, its tokens, its condition and the language it names.

    known: whether it holds nothing but what is rendered; language: "" where none is named. numerals: those of
    `proofroom.extract.ooxml.numerals`, 0 for the usual ones. years: what the calendar counts more than ours.
    """

    kind: Kind
    tokens: tuple[Token, ...]
    condition: tuple[str, float] | None = None
    language: str = ""
    known: bool = True
    numerals: int = 0
    years: int = 0


def split_code(code: str) -> tuple[Section, ...]:
    """Take a format code apart; an empty or overlong code gives one General or unknown section."""
    if len(code) > _LONGEST_CODE:
        return (Section(Kind.UNKNOWN, ()),)
    if not code:
        return (Section(Kind.GENERAL, (Token("general", ""),)),)
    pieces: list[str] = []
    at = 0
    while at <= len(code) and len(pieces) < _MOST_SECTIONS + 1:
        found = _SECTION_END.match(code, at)
        end = found.end() if found else len(code)
        ended = code[at:end].endswith(";") and end > at
        pieces.append(code[at : end - 1] if ended else code[at:end])
        at = end if ended else len(code) + 1
    if len(pieces) > _MOST_SECTIONS:
        return (Section(Kind.UNKNOWN, ()),)
    return tuple(_section(piece) for piece in pieces)


def _section(text: str) -> Section:
    """Read one section."""
    reader = _Reader()
    at = 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            reader.known = False
        else:
            reader.take(str(found.lastgroup), found.group(str(found.lastgroup)))
        at = found.end() if found else at + 1
    return reader.section()


class _Reader:
    """Gathers the tokens of one section."""

    def __init__(self) -> None:
        self.tokens: list[Token] = []
        self.condition: tuple[str, float] | None = None
        self.known = True
        self._language = ""
        self._numerals = self._years = 0

    def take(self, group: str, text: str) -> None:
        if group == "bracket":
            self._bracket(text[1:-1])
        elif group in ("quoted", "escaped", "literal"):
            self.tokens.append(Token("literal", text.strip('"') if group == "quoted" else text))
        elif group != "padding":
            lower, upper = group == "date", group == "noon" and len(text) > len("A/P")
            self.tokens.append(Token(group, text.lower() if lower else text.upper() if upper else text))

    def _bracket(self, inside: str) -> None:
        """Read what stands in brackets: a colour, a condition, an elapsed time or a locale."""
        condition, locale, numerals = _CONDITION.match(inside), _LOCALE.match(inside), _NUMERALS.match(inside)
        if condition:
            self.condition = (condition.group(1), float(condition.group(2)))
        elif _ELAPSED.match(inside):
            self.tokens.append(Token("elapsed", inside.lower()))
        elif locale:
            self._locale((locale.group(2) or "").upper())
            if locale.group(1):
                self.tokens.append(Token("literal", locale.group(1)))
        elif numerals:
            self._numerals = int(numerals.group(1))
        else:
            self.known = self.known and bool(_COLOUR.match(inside))

    def _locale(self, locale: str) -> None:
        """Take a language, and its digits and calendar: one byte each before it ([MS-LCID])."""
        if locale in _SYSTEM:
            self.known = False
            return
        try:
            number = int(locale or "0", 16)
        except ValueError:
            self._language = locale.partition("-")[0]
            return
        digits, calendar = number >> 24, number >> 16 & 0xFF
        if digits not in _PLAIN_DIGITS:
            self._numerals = SCRIPTS.get(digits, 0)
            self.known = self.known and bool(self._numerals)
        self.known = self.known and calendar in _CALENDARS
        self._years = _CALENDARS.get(calendar, 0)
        if number & 0xFFFF:
            self._language = "TW" if number & 0xFFFF in _TAIWAN else _LANGUAGES.get(number & 0x3FF, "OTHER")

    def section(self) -> Section:
        if self._numerals in DB_NUMBERS and not self.tokens:
            self.tokens.append(Token("general", ""))
        kinds = {token.kind for token in self.tokens}
        marks = {token.text for token in self.tokens if token.kind == "mark"}
        kind = _kind(kinds, marks)
        if self._numerals in DB_NUMBERS and self._language not in _SIMPLIFIED:
            self.known = False
        if not self.known and kind not in (Kind.DATE, Kind.DURATION):
            kind = Kind.UNKNOWN
        return Section(
            kind, tuple(self.tokens), self.condition, self._language, self.known, self._numerals, self._years
        )


def _kind(kinds: set[str], marks: set[str]) -> Kind:
    """Say what a section does, from what it holds."""
    if "elapsed" in kinds:
        return Kind.DURATION
    if "date" in kinds or "noon" in kinds:
        return Kind.DATE
    if "general" in kinds:
        return Kind.GENERAL if "digit" not in kinds else Kind.UNKNOWN
    if "@" in marks:
        return Kind.TEXT if "digit" not in kinds else Kind.UNKNOWN
    if "/" in marks:
        return Kind.FRACTION if "digit" in kinds and not marks & {"%", ","} else Kind.UNKNOWN
    if "figure" in kinds:
        return Kind.UNKNOWN
    if "digit" in kinds:
        return Kind.NUMBER
    return Kind.NUMBER if kinds else Kind.EMPTY
