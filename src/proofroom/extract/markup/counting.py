"""Write numbers as lists count: letters, Roman, Chinese, circled (MS-OSHARED 2.2.1.3)."""

from __future__ import annotations

from typing import Final

from proofroom.model.where import column_letters

_ROMAN: Final = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"),
    (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip
_DIGITS: Final = "〇一二三四五六七八九"
_UNITS: Final = ("", "十", "百", "千")
_FORMAL: Final = str.maketrans("〇一二三四五六七八九十百千万", "零壹贰叁肆伍陆柒捌玖拾佰仟萬")
_STEMS: Final = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES: Final = "子丑寅卯辰巳午未申酉戌亥"
_LETTERS: Final = 26
_MOST_ROMAN: Final = 4_000
_MOST_CHINESE: Final = 10_000
_MOST_CIRCLED: Final = 20
_PLAIN: Final = (0, 6, 7, 8)
_CHINESE: Final = (0x0B, 0x21, 0x23, 0x25, 0x27)
_BULLET: Final = 23
_NONE: Final = 255


def counted(number: int, way: int) -> str:
    """Write a number in one of Office's ways to count; one that is not known here gives plain digits."""
    if way in (_BULLET, _NONE) or number < 0:
        return ""
    if way in (1, 2) and 0 < number < _MOST_ROMAN:
        return _roman(number).upper() if way == 1 else _roman(number)
    if way in (3, 4) and number:
        return _lettered(number).upper() if way == 3 else _lettered(number)
    if way == 5:
        return f"{number}{_ordinal(number)}"
    if way == 22:
        return f"{number:02}"
    return str(number) if way in _PLAIN else _eastern(number, way)


def _eastern(number: int, way: int) -> str:
    """Write a number in the ways of Chinese lists."""
    if way in (0x0A, 0x24):
        return "".join(_DIGITS[int(digit)] for digit in str(number))
    if way in _CHINESE and number < _MOST_CHINESE:
        return _chinese(number)
    if way in (0x10, 0x22, 0x26) and number < _MOST_CHINESE:
        return _chinese(number, full=True).translate(_FORMAL)
    if way in (0x12, 0x1C) and 0 < number <= _MOST_CIRCLED:
        return chr(0x2460 + number - 1)
    if way == 0x1E and 0 < number <= len(_STEMS):
        return _STEMS[number - 1]
    if way in (0x1F, 0x20) and 0 < number <= len(_BRANCHES):
        return _BRANCHES[number - 1]
    if way in (0x0E, 0x13):
        return "".join(chr(0xFF10 + int(digit)) for digit in str(number))
    return str(number)


def _roman(number: int) -> str:
    """Write a Roman number in small letters."""
    text = ""
    for value, sign in _ROMAN:
        count, number = divmod(number, value)
        text += sign * count
    return text


def _ordinal(number: int) -> str:
    """Give what follows the digits of an ordinal number in English."""
    return "th" if number // 10 % 10 == 1 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")


def _lettered(number: int) -> str:
    """Count a to z, then aa to zz: a letter is repeated, as Word does."""
    times, letter = divmod(number - 1, _LETTERS)
    return column_letters(letter + 1).lower() * min(times + 1, _LETTERS)


def _chinese(number: int, *, full: bool = False) -> str:
    """Write a number below ten thousand in Chinese characters: 十二, or in full 一十二."""
    if not number:
        return _DIGITS[0]
    text, gap = "", False
    digits = str(number)
    for place, digit in enumerate(digits):
        if digit == "0":
            gap = bool(text)
            continue
        text += (_DIGITS[0].replace("〇", "零") if gap else "") + _DIGITS[int(digit)]
        text += _UNITS[len(digits) - 1 - place]
        gap = False
    return text.removeprefix("一") if text.startswith("一十") and not full else text
