"""Numbers in a text that look like an ID or a phone number, however they are spaced: where each one stands.

A chain is digits with single marks between them (blanks, hyphens, dashes, points, slashes, brackets). At its
blanks it falls into words. A word that is a date or a short decimal fraction is none; a word that is a whole
number by itself stands alone; of the words left between those, eight digits and more are one number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

_BLANK: Final = "_ \t\u00a0\u2000-\u200a\u202f\u205f\u3000"
_GLUE: Final = (
    "\\-\u00ad\u2010-\u2015\u2212\ufe58\ufe63\uff0d"
    "./\u2044\uff0e\uff0f\u00b7\u2027\u30fb\u200b-\u200d\u2060\ufeff"
)
_MARK: Final = f"(?:[{_BLANK}]?[()\uff08\uff09][{_BLANK}]?|[{_BLANK}{_GLUE}])"

SUSPECT: Final = re.compile(r"\d{6}|\d(?:[\W_]{0,3}\d){7}")
"""Whatever holds a number has this; most texts do not, and are done."""
SUSPECT_ARROW: Final = r"\p{Nd}{6}|\p{Nd}(?:[^\p{L}\p{Nd}]{0,3}\p{Nd}){7}"
"""The same, or more, for a column of texts."""

_CHAIN: Final = re.compile(
    rf"[(\uff08]?\d+(?:{_MARK}\d+)*(?:[XxＸｘ](?![A-Za-z0-9])|[eE][+-]?\d{{1,3}}(?![A-Za-z0-9]))?"
)
_WORD: Final = re.compile(rf"[^{_BLANK}()\uff08\uff09]+")
_DIGIT: Final = re.compile(r"\d")
_RUN: Final = re.compile(r"\d{6}")
_POWER: Final = re.compile(r"[eE][+-]?\d+\Z")
_RUN_ALONE: Final = re.compile(r"\d{10}")
_JOINED: Final = 8
SHORTEST: Final = 6
"""A row of so many digits is masked."""

_YEAR: Final = r"(?:1[89]|20)\d\d"
_MONTH: Final = r"(?:1[0-2]|0?[1-9])"
_DAY: Final = r"(?:3[01]|[12]\d|0?[1-9])"
_DASH: Final = "[\\-\u2010-\u2015]"


def _date() -> str:
    """Give the pattern of a date: year first, year last, or a year and a month."""
    forms = []
    for mark in (_DASH, "\\.", "/"):
        forms += [
            f"{_YEAR}{mark}{_MONTH}(?:{mark}{_DAY})?",
            f"{_DAY}{mark}{_MONTH}{mark}{_YEAR}",
            f"{_MONTH}{mark}{_DAY}{mark}{_YEAR}",
        ]
    return "(?:" + "|".join(forms) + ")"


READABLE: Final = re.compile(rf"{_date()}(?:{_DASH}{_date()})?|\d{{1,2}}\.\d+(?:[eE]-\d+)?", re.ASCII)

"""A word that is a date or a short decimal fraction."""


def numbers(untrusted: str) -> Iterator[tuple[int, int]]:
    """Give where each number stands that looks like an ID or a phone number, from start to end."""
    for chain in _CHAIN.finditer(untrusted):
        found = chain.group()
        if found.isdecimal():  # most are; the rest of the work is for those with marks
            if len(found) >= SHORTEST:
                yield chain.span()
        elif SUSPECT.search(found):
            for start, end in _of_chain(found):
                yield chain.start() + start, chain.start() + end


def ascii_digits(untrusted: str) -> str:
    """Give a text with the digits of every script as ASCII."""
    if untrusted.isascii():
        return untrusted
    return "".join(str(int(one)) if one.isdecimal() else one for one in untrusted)


def _of_chain(chain: str) -> Iterator[tuple[int, int]]:
    """Give the numbers of one chain, in order."""
    waiting: list[re.Match[str]] = []
    for word in _WORD.finditer(chain):
        readable = READABLE.fullmatch(ascii_digits(word.group())) is not None
        if not readable and not _stands_alone(word.group()):
            waiting.append(word)
            continue
        yield from _joined(chain, waiting)
        waiting = []
        if not readable:
            yield word.span()
    yield from _joined(chain, waiting)


def _stands_alone(word: str) -> bool:
    """Say whether a word is a whole number by itself: ten digits in a row, or nine with marks inside."""
    return _RUN_ALONE.search(word) is not None or (not word.isalnum() and _digits(word) > _JOINED)


def _joined(chain: str, words: list[re.Match[str]]) -> Iterator[tuple[int, int]]:
    """Give words that follow each other as one number when they have digits enough, else the long ones alone."""
    if sum(_digits(word.group()) for word in words) >= _JOINED:
        start, end = words[0].start(), words[-1].end()
        opened = start and chain[start - 1] in "(\uff08" and re.search("[)\uff09]", chain[start:end])
        yield start - 1 if opened else start, end
        return
    for word in words:
        if _RUN.search(word.group()):
            yield word.span()


def _digits(word: str) -> int:
    """Count the digits of a word, without those of its power of ten."""
    return len(_DIGIT.findall(_POWER.sub("", word)))
