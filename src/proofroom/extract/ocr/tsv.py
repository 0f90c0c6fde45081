"""Reads what tesseract says of a picture: a table of words with their places and confidence, which nobody trusts."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from proofroom.extract.ocr.scripts import script_of

_WORD: Final = "5"
_COLUMNS: Final = 12
_MOST_WORDS: Final = 100_000
_LONGEST_WORD: Final = 1_000
_FAR: Final = 1 << 20
_SURE: Final = 100.0
_MARKS: Final = dict.fromkeys((0x61C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)))
"""Signs that only say in which direction to write: the engine puts them in, the page has none."""


@dataclass(frozen=True, slots=True)
class Word:
    """One word: its text, how sure the engine is (from 0 to 1), and its edges in pixels of the picture."""

    untrusted_text: str
    confidence: float
    left: float
    top: float
    right: float
    bottom: float


Row = tuple[Word, ...]
"""The words of one line, in the order in which they are read."""


def rows_of(untrusted: bytes) -> list[Row]:
    """Give the lines of a picture in the engine's order; what is no word is left out, whatever it says."""
    rows: dict[tuple[str, ...], list[Word]] = {}
    for count, (line, word) in enumerate(_words(untrusted)):
        if count >= _MOST_WORDS:
            break
        rows.setdefault(line, []).append(word)
    return [tuple(words) for words in rows.values()]


def _words(untrusted: bytes) -> Iterator[tuple[tuple[str, ...], Word]]:
    """Give every word with the numbers of its page, block, paragraph and line."""
    for line in untrusted.decode("utf-8", "replace").split("\n"):
        fields = line.rstrip("\r").split("\t")
        if len(fields) != _COLUMNS or fields[0] != _WORD:
            continue
        text = " ".join(fields[-1].translate(_MARKS).split())[:_LONGEST_WORD]
        numbers = _numbers(fields[6:11])
        if text and numbers is not None:
            left, top, width, height, sure = numbers
            confidence = min(max(sure / _SURE, 0.0), 1.0)
            yield tuple(fields[1:5]), Word(text, confidence, left, top, left + width, top + height)


def _numbers(fields: list[str]) -> list[float] | None:
    """Read numbers; None where one is none, or is out of all bounds."""
    try:
        numbers = [float(field) for field in fields]
    except ValueError:
        return None
    return numbers if all(math.isfinite(one) and abs(one) < _FAR for one in numbers) else None


def joined(words: Row) -> str:
    """Give the text of some words: with a blank between them, and none between Han characters that stand close."""
    text = ""
    for number, word in enumerate(words):
        if number and not _closed(words[number - 1], word):
            text += " "
        text += word.untrusted_text
    return text


def _closed(one: Word, other: Word) -> bool:
    """Say whether two words stand in one run of Han characters, with no more than a gap of the type between them."""
    gap = max(other.left - one.right, one.left - other.right)
    near = gap < 0.6 * max(one.bottom - one.top, other.bottom - other.top)
    return near and "Han" in {script_of(one.untrusted_text[-1]), script_of(other.untrusted_text[0])}


def confidence_of(rows: list[Row]) -> float:
    """Give the mean confidence over the characters of lines; 0 where there is none."""
    words = [word for row in rows for word in row]
    size = sum(len(word.untrusted_text) for word in words)
    return sum(word.confidence * len(word.untrusted_text) for word in words) / size if size else 0.0
