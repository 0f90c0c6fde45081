"""Write numbers in other numerals: Chinese ones (`[DBNum1]` 一百二十三, `[DBNum2]` 壹佰贰拾叁), Thai, Arabic ones."""

from __future__ import annotations

from typing import Final

DB_NUMBERS: Final = (1, 2, 3)
SCRIPTS: Final = {
    0x02: 0x0660, 0x03: 0x06F0, 0x04: 0x0966, 0x05: 0x09E6, 0x06: 0x0A66, 0x07: 0x0AE6, 0x08: 0x0B66,
    0x09: 0x0BE6, 0x0A: 0x0C66, 0x0B: 0x0CE6, 0x0C: 0x0D66, 0x0D: 0x0E50, 0x0E: 0x0ED0, 0x0F: 0x0F20,
    0x10: 0x1040, 0x12: 0x17E0, 0x13: 0x1810, 0x1E: 1, 0x1F: 2, 0x20: 3,
}  # fmt: skip
"""Numerals by the byte that names them in a locale ([MS-LCID]): the code point of zero, or a Chinese kind."""

_DIGITS: Final = {1: "〇一二三四五六七八九", 2: "零壹贰叁肆伍陆柒捌玖", 3: "０１２３４５６７８９"}
_UNITS: Final = {1: ("", "十", "百", "千"), 2: ("", "拾", "佰", "仟"), 3: ("", "十", "百", "千")}
_GROUPS: Final = ("", "万", "亿", "万亿")
_GROUP: Final = 4
_TEN, _TWENTY = 10, 20


def in_digits(text: str, numerals: int) -> str:
    """Write each digit of a text by itself: 2015 is 二〇一五."""
    if numerals in _DIGITS:
        return text.translate(dict(enumerate(_DIGITS[numerals], ord("0"))))
    return text.translate({ord("0") + digit: numerals + digit for digit in range(10)})


def spoken(text: str, numerals: int) -> str | None:
    """Write a number as it is said, 105 as 一百〇五; None for one too large or in scientific form."""
    if numerals not in _DIGITS:
        return in_digits(text, numerals)
    sign, digits = ("-", text[1:]) if text.startswith("-") else ("", text)
    whole, point, decimals = digits.partition(".")
    if not whole.isdecimal() or len(whole) > _GROUP * len(_GROUPS) or not f"0{decimals}".isdecimal():
        return None
    return f"{sign}{_said(int(whole), numerals)}{point}{in_digits(decimals, numerals)}"


def of_date(value: int, width: int, numerals: int) -> str:
    """Write a month, day or hour as in a date: 12 is 十二, not 一十二."""
    if numerals not in _DIGITS:
        return in_digits(f"{value:0{width}d}", numerals)
    if value < _TEN:
        return in_digits(f"{value:0{width}d}", numerals)
    said = _said(value, numerals)
    return said[1:] if value < _TWENTY else said


def _said(number: int, numerals: int) -> str:
    """Say a whole number in groups of four digits."""
    zero = _DIGITS[numerals][0]
    if not number:
        return zero
    said = ""
    for place in range(len(_GROUPS) - 1, -1, -1):
        group = number // 10 ** (_GROUP * place) % 10**_GROUP
        if not group:
            continue
        gap = said and (
            group < 10 ** (_GROUP - 1) or number // 10 ** (_GROUP * (place + 1)) % 10**_GROUP == 0
        )
        said += (zero if gap else "") + _said_group(group, numerals) + _GROUPS[place]
    return said


def _said_group(group: int, numerals: int) -> str:
    """Say up to four digits: each with its unit, zeros between them as one."""
    digits, units = _DIGITS[numerals], _UNITS[numerals]
    said, gap = "", False
    for place in range(_GROUP - 1, -1, -1):
        digit = group // 10**place % 10
        if digit:
            said += (digits[0] if gap else "") + digits[digit] + units[place]
            gap = False
        else:
            gap = bool(said)
    return said
