"""Show a serial number as the date or time that a spreadsheet program would show.

Both date systems: 1900, with its 29 February that never was (serial 60, kept for Lotus 1-2-3), and 1904.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import Final

from proofroom.extract.ooxml.format_code import Section, Token

_LAST_SERIAL: Final = 2_958_465
_PHANTOM: Final = 60
_SHIFT_1904: Final = 1_462
_DAY: Final = 86_400
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
    """A serial number taken apart; `serial` is the exact number of days, `seconds` those of the whole."""

    year: int
    month: int
    day: int
    weekday: int
    hour: int
    minute: int
    second: int
    milliseconds: int
    seconds: int


def moment(serial: Decimal, *, date1904: bool, fraction: int) -> Moment | None:
    """Take a serial number apart, rounded to `fraction` digits of a second; None outside of the calendar."""
    if date1904:
        serial += _SHIFT_1904
    if serial < 0 or serial >= _LAST_SERIAL + 1:
        return None
    step = Decimal(1).scaleb(-fraction)
    seconds = (serial * _DAY).quantize(Decimal("0.001"), ROUND_HALF_UP).quantize(step, ROUND_HALF_UP)
    whole = int(seconds.to_integral_value(ROUND_FLOOR))
    days, rest = divmod(whole, _DAY)
    year, month, day, weekday = _calendar(days)
    milliseconds = int((seconds - whole) * 1000)
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


def show_date(serial: Decimal, section: Section, *, date1904: bool) -> str | None:
    """Show a serial number through a date section; None when it cannot be shown truthfully."""
    tokens = _with_minutes(section.tokens)
    fraction = _fraction(tokens)
    if tokens is None or fraction is None:
        return None
    clock = any(token.text[0] == "s" for token in tokens if token.kind in ("date", "elapsed"))
    at = moment(serial, date1904=date1904, fraction=fraction if clock else _MOST_FRACTION)
    if at is None:
        return None
    half = any(token.kind == "noon" for token in tokens)
    shown: list[str] = []
    for place, token in enumerate(tokens):
        text = _shown(token, at, half=half, language=section.language, before=tokens[:place])
        if text is None:
            return None
        shown.append(text)
    return "".join(shown)


def _fraction(tokens: list[Token] | None) -> int | None:
    """Count the digits of a second that are shown; None for more than Excel has."""
    if tokens is None:
        return None
    digits = sum(token.kind == "digit" for token in tokens)
    return digits if digits <= _MOST_FRACTION else None


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


def _shown(token: Token, at: Moment, *, half: bool, language: str, before: list[Token]) -> str | None:
    """Show one token."""
    if token.kind == "date":
        return _date_part(token.text, at, half=half, english=language in _ENGLISH)
    if token.kind == "elapsed":
        divisor = {"h": 3600, "m": 60, "s": 1}[token.text[0]]
        return f"{at.seconds // divisor:0{len(token.text)}d}"
    if token.kind == "noon":
        late = at.hour >= _NOON
        names = token.text.split("/")
        return names[late]
    if token.kind == "digit":
        place = next(n for n, earlier in enumerate(reversed(before)) if earlier.kind != "digit")
        return f"{at.milliseconds:03d}"[place]
    return token.text if token.kind in ("literal", "mark") else None


def _date_part(letters: str, at: Moment, *, half: bool, english: bool) -> str | None:
    """Show one run of date letters; None for names in a language that we do not have."""
    first, length = letters[0], len(letters)
    if first in "ye":
        return f"{at.year % 100:02d}" if first == "y" and length <= 2 else f"{at.year:04d}"
    if first == "a":
        return ("星期" if length == _FULL else "") + _WEEKDAYS_ZH[at.weekday]
    if first in "md" and length >= _LONG:
        return _name(first, length, at) if english else None
    hour = (at.hour % _NOON or _NOON) if half else at.hour
    number = {"m": at.month, "d": at.day, "h": hour, "n": at.minute, "s": at.second}[first]
    return f"{number:0{min(length, 2)}d}"


def _name(first: str, length: int, at: Moment) -> str:
    """Give an English month or weekday: mmm, mmmm, mmmmm, ddd or dddd."""
    name = _MONTHS[at.month - 1] if first == "m" else _WEEKDAYS[at.weekday]
    if first == "m" and length == _LETTER:
        return name[0]
    return name[:3] if length == _LONG else name
