"""Show a serial number as the date or time that a spreadsheet program would show.

Both date systems: 1900, with its 29 February that never was (serial 60, kept for Lotus 1-2-3), and 1904.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from operator import attrgetter
from typing import Final

from proofroom.extract.ooxml.format_code import Section, Token

_LAST_SERIAL: Final = 2_958_465
_PHANTOM: Final = 60
_SHIFT_1904: Final = 1_462
_DAY: Final = 86_400
_DAY_MILLISECONDS: Final = 86_400_000
_SECONDS: Final = {"h": 3600, "m": 60, "s": 1}
_NUMBERS: Final = {"m": "month", "d": "day", "h": "hour", "n": "minute", "s": "second"}
_NOON: Final = 12
_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_WEEKDAYS_ZH: Final = "一二三四五六日"
_ENGLISH: Final = ("", "EN")
_LONG: Final = 3
_FULL: Final = 4
_LETTER: Final = 5
_MOST_FRACTION: Final = 3


@dataclass(frozen=True, slots=True)
class Moment:
    """A serial number taken apart; `seconds` are those of the whole."""

    year: int
    month: int
    day: int
    weekday: int
    hour: int
    minute: int
    second: int
    milliseconds: int
    seconds: int


_Field = Callable[[Moment], object]


def moment(serial: Decimal, *, date1904: bool, fraction: int) -> Moment | None:
    """Take a serial number apart, rounded to `fraction` digits of a second; None outside of the calendar."""
    if date1904:
        serial += _SHIFT_1904
    if serial < 0 or serial >= _LAST_SERIAL + 1:
        return None
    exact = int((serial * _DAY_MILLISECONDS).to_integral_value(ROUND_HALF_UP))
    step: int = 10 ** (_MOST_FRACTION - fraction)
    whole, milliseconds = divmod((exact + step // 2) // step * step, 1_000)
    days, rest = divmod(whole, _DAY)
    year, month, day, weekday = _calendar(days)
    return Moment(year, month, day, weekday, rest // 3600, rest // 60 % 60, rest % 60, milliseconds, whole)


def _calendar(days: int) -> tuple[int, int, int, int]:
    """Give year, month, day and weekday (0 is Monday) of a day of the 1900 system."""
    if days == 0:
        return 1900, 1, 0, 5
    if days == _PHANTOM:
        return 1900, 2, 29, 2
    found = date(1899, 12, 31) + timedelta(days if days < _PHANTOM else days - 1)
    weekday = (days + 5) % 7
    return found.year, found.month, found.day, weekday


@dataclass(frozen=True, slots=True)
class DatePlan:
    """A date section ready for use: how Python writes it, from which fields, and to what part of a second."""

    template: str
    fields: tuple[_Field, ...]
    fraction: int


def date_plan(section: Section) -> DatePlan | None:
    """Prepare a date section; None when it holds something that cannot be shown truthfully."""
    tokens = _with_minutes(section.tokens)
    if tokens is None or sum(token.kind == "digit" for token in tokens) > _MOST_FRACTION:
        return None
    half = any(token.kind == "noon" for token in tokens)
    pieces: list[str] = []
    fields: list[_Field] = []
    digits = 0
    for token in tokens:
        piece, field = _part(token, digits, half=half, english=section.language in _ENGLISH)
        if piece is None:
            return None
        digits += token.kind == "digit"
        pieces.append(piece)
        fields.extend([field] if field else [])
    clock = any(token.text[0] == "s" for token in tokens if token.kind in ("date", "elapsed"))
    return DatePlan("".join(pieces), tuple(fields), digits if clock else _MOST_FRACTION)


def show_date(serial: Decimal, plan: DatePlan, *, date1904: bool) -> str | None:
    """Show a serial number as a date; None when it lies outside of the calendar."""
    at = moment(serial, date1904=date1904, fraction=plan.fraction)
    return None if at is None else plan.template % tuple([field(at) for field in plan.fields])


def _with_minutes(tokens: tuple[Token, ...]) -> list[Token] | None:
    """Tell minutes (`n`) from months (`m`): after hours or before seconds an `m` is minutes.

    None when a mark or digit stands where a date has none.
    """
    out = list(tokens)
    timed = [place for place, token in enumerate(out) if token.kind in ("date", "elapsed")]
    for order, place in enumerate(timed):
        token = out[place]
        if token.kind != "date" or token.text[0] != "m" or len(token.text) > 2:
            continue
        before = out[timed[order - 1]].text[0] if order else ""
        after = out[timed[order + 1]].text[0] if order + 1 < len(timed) else ""
        if before == "h" or after == "s":
            out[place] = Token("date", "n" * len(token.text))
    for place, token in enumerate(out):
        if token.kind == "digit":
            seconds = place and (out[place - 1].kind == "digit" or out[place - 1].text == ".")
            if not seconds or token.text != "0":
                return None
        elif token.kind == "mark" and token.text in "@%":
            return None
    return out


def _part(token: Token, digits: int, *, half: bool, english: bool) -> tuple[str | None, _Field | None]:
    """Give how one token is written, and from which field; (None, None) where we cannot."""
    if token.kind == "date":
        return _date_part(token.text[0], len(token.text), half=half, english=english)
    if token.kind == "elapsed":
        divisor = _SECONDS[token.text[0]]
        return f"%0{len(token.text)}d", lambda at: at.seconds // divisor
    if token.kind == "noon":
        names = token.text.split("/")
        return "%s", lambda at: names[at.hour >= _NOON]
    if token.kind == "digit":
        return "%s", lambda at: f"{at.milliseconds:03d}"[digits]
    if token.kind in ("literal", "mark"):
        return token.text.replace("%", "%%"), None
    return None, None


def _date_part(first: str, length: int, *, half: bool, english: bool) -> tuple[str | None, _Field | None]:
    """Give how one run of date letters is written; (None, None) for names in a language that we do not have."""
    if first in "ye":
        short = first == "y" and length <= 2
        return ("%02d", lambda at: at.year % 100) if short else ("%04d", lambda at: at.year)
    if first == "a":
        return "星期%s" if length == _FULL else "%s", lambda at: _WEEKDAYS_ZH[at.weekday]
    if first in "md" and length >= _LONG:
        return ("%s", lambda at: _name(first, length, at)) if english else (None, None)
    if first == "h" and half:
        return f"%0{min(length, 2)}d", lambda at: at.hour % _NOON or _NOON
    return f"%0{min(length, 2)}d", attrgetter(_NUMBERS[first])


def _name(first: str, length: int, at: Moment) -> str:
    """Give an English month or weekday: mmm, mmmm, mmmmm, ddd or dddd."""
    name = _MONTHS[at.month - 1] if first == "m" else _WEEKDAYS[at.weekday]
    if first == "m" and length == _LETTER:
        return name[0]
    return name[:3] if length == _LONG else name
