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

from proofroom.extract.ooxml.calendar_names import MONTHS, SHORT_MONTHS, SHORT_WEEKDAYS, WEEKDAYS
from proofroom.extract.ooxml.format_code import Section, Token
from proofroom.extract.ooxml.numerals import DB_NUMBERS, in_digits, of_date

_LAST_SERIAL: Final = 2_958_465
_PHANTOM: Final = 60
_SHIFT_1904: Final = 1_462
_DAY: Final = 86_400
_DAY_MILLISECONDS: Final = 86_400_000
_SECONDS: Final = {"h": 3600, "m": 60, "s": 1}
_NUMBERS: Final = {"m": "month", "d": "day", "h": "hour", "n": "minute", "s": "second"}
_NOON: Final = 12
_WEEKDAYS_ZH: Final = "一二三四五六日"
_NOONS: Final = {"ZH": ("上午", "下午"), "TW": ("上午", "下午")}
_BUDDHIST, _TAIWAN = 543, -1911
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
    """Take a serial number apart, rounded to `fraction` digits of a second; None outside of the calendar.

    `seconds` counts from the serial number 0, which is the same time span in both date systems.
    """
    shift = _SHIFT_1904 if date1904 else 0
    if serial + shift < 0 or serial + shift >= _LAST_SERIAL + 1:
        return None
    exact = int(((serial + shift) * _DAY_MILLISECONDS).to_integral_value(ROUND_HALF_UP))
    step: int = 10 ** (_MOST_FRACTION - fraction)
    whole, milliseconds = divmod((exact + step // 2) // step * step, 1_000)
    days, rest = divmod(whole, _DAY)
    year, month, day, weekday = _calendar(days)
    seconds = whole - shift * _DAY
    return Moment(year, month, day, weekday, rest // 3600, rest // 60 % 60, rest % 60, milliseconds, seconds)


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
    spans: bool


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
        piece, field = _part(token, digits, section, half=half)
        if piece is None:
            return None
        digits += token.kind == "digit"
        if field is not None:
            piece, field = _in_numerals(piece, field, token, section.numerals)
            fields.append(field)
        pieces.append(piece)
    clock = any(token.text[0] == "s" for token in tokens if token.kind in ("date", "elapsed"))
    spans = any(token.kind == "elapsed" for token in tokens)
    return DatePlan("".join(pieces), tuple(fields), digits if clock else _MOST_FRACTION, spans)


def _in_numerals(piece: str, field: _Field, token: Token, numerals: int) -> tuple[str, _Field]:
    """Let a field be written in the numerals of its section: Chinese ones are said, but for years."""
    if not numerals or token.kind == "noon":
        return piece, field
    said = numerals in DB_NUMBERS and token.kind == "date" and token.text[0] in "mdhns" and "%0" in piece
    if said:
        width = min(len(token.text), 2)
        return "%s", lambda at: of_date(int(str(field(at))), width, numerals)
    return "%s", lambda at: in_digits(piece % field(at), numerals)


def show_date(serial: Decimal, plan: DatePlan, *, date1904: bool) -> str | None:
    """Show a serial number as a date; None when it lies outside of the calendar."""
    if plan.spans and serial < 0:
        return None
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


def _part(token: Token, digits: int, section: Section, *, half: bool) -> tuple[str | None, _Field | None]:
    """Give how one token is written, and from which field; (None, None) where we cannot."""
    if token.kind == "date":
        return _date_part(token.text[0], len(token.text), section, half=half)
    if token.kind == "elapsed":
        divisor = _SECONDS[token.text[0]]
        return f"%0{len(token.text)}d", lambda at: at.seconds // divisor
    if token.kind == "noon":
        names = _NOONS.get(section.language) if token.text == "AM/PM" else None
        chosen = names or tuple(token.text.split("/"))
        return "%s", lambda at: chosen[at.hour >= _NOON]
    if token.kind == "digit":
        return "%s", lambda at: f"{at.milliseconds:03d}"[digits]
    if token.kind in ("literal", "mark"):
        return token.text.replace("%", "%%"), None
    return None, None


def _date_part(first: str, length: int, section: Section, *, half: bool) -> tuple[str | None, _Field | None]:
    """Give how one run of date letters is written; (None, None) for names in a language that we do not have."""
    if first in "yeb":
        return _year_part(first, length, section)
    if first == "a":
        return "星期%s" if length == _FULL else "%s", lambda at: _WEEKDAYS_ZH[at.weekday]
    if first in "md" and length >= _LONG:
        return _name_part(first, length, section.language or "EN")
    if first == "h" and half:
        return f"%0{min(length, 2)}d", lambda at: at.hour % _NOON or _NOON
    return f"%0{min(length, 2)}d", attrgetter(_NUMBERS[first])


def _year_part(first: str, length: int, section: Section) -> tuple[str | None, _Field | None]:
    """Give how a year is written, in the calendar that the section names."""
    more = _BUDDHIST if first == "b" else section.years
    if first == "e" and section.language == "TW":
        return "%d", lambda at: at.year + _TAIWAN
    if first in "yb" and length <= 2:
        return "%02d", lambda at: (at.year + more) % 100
    return "%04d", lambda at: at.year + more


def _name_part(first: str, length: int, language: str) -> tuple[str | None, _Field | None]:
    """Give the name of a month or weekday: mmm, mmmm, mmmmm, ddd or dddd."""
    long, short = (MONTHS, SHORT_MONTHS) if first == "m" else (WEEKDAYS, SHORT_WEEKDAYS)
    names = (short if length == _LONG else long).get(language)
    if names is None:
        return None, None
    letter = first == "m" and length == _LETTER
    if letter and language != "EN":
        return None, None
    if first == "m":
        return "%s", lambda at: names[at.month - 1][:1] if letter else names[at.month - 1]
    return "%s", lambda at: names[at.weekday]
