"""Find out how a delimited text is written: its delimiter and its quote, from its first lines."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

_DELIMITERS: Final = "\t;|,"
"""In the order in which they win a draw: a comma is also a decimal mark, a semicolon stands in prose."""

_SAMPLE: Final = 200
_LONGEST: Final = 1 << 16
_FEWEST: Final = 0.5
_SEP: Final = re.compile(r'"?sep=([^\r\n"])"?[\r\n]*\Z', re.IGNORECASE)
_APOSTROPHES: Final = 4


@dataclass(frozen=True, slots=True)
class Dialect:
    """A delimiter and a quote; a quote inside quotes is doubled."""

    delimiter: str
    quote: str


def find_dialect(lines: Sequence[str], media_delimiter: str) -> Dialect:
    """Find the dialect of the first lines; `media_delimiter` is taken where they do not tell."""
    sample = [line[:_LONGEST] for line in lines[:_SAMPLE] if line.strip()]
    stated = _SEP.match(sample[0]) if sample else None
    if stated:
        return Dialect(stated.group(1), _quote(sample[1:], stated.group(1)))
    delimiter = _delimiter(sample) or media_delimiter
    return Dialect(delimiter, _quote(sample, delimiter))


def _delimiter(sample: list[str]) -> str:
    """Choose the delimiter that cuts most lines into the same number of fields, more than one."""
    best, found = 0.0, ""
    for delimiter in _DELIMITERS:
        counts = Counter(map(len, _records(sample, delimiter)))
        width, often = max(
            ((width, often) for width, often in counts.items() if width > 1),
            key=lambda one: one[1],
            default=(1, 0),
        )
        share = round(often / max(counts.total(), 1), 1)
        if width > 1 and share > best:
            best, found = share, delimiter
    return found if best >= _FEWEST else _most_frequent(sample)


def _records(sample: list[str], delimiter: str) -> list[list[str]]:
    """Cut the sample with one delimiter; a quote that does not close ends it."""
    records: list[list[str]] = []
    with suppress(csv.Error):
        records.extend(csv.reader(sample, delimiter=delimiter))
    return records


def _most_frequent(sample: list[str]) -> str:
    """Give the delimiter that stands in most lines, "" when none stands in half of them."""
    often = {delimiter: sum(delimiter in line for line in sample) for delimiter in _DELIMITERS}
    best = max(often, key=lambda delimiter: often[delimiter])
    return best if sample and often[best] >= _FEWEST * len(sample) else ""


def _quote(sample: list[str], delimiter: str) -> str:
    """Give the quote: an apostrophe only where it opens and closes fields and no other quote does."""
    text = "".join(sample)
    if f'{delimiter}"' in text or text.startswith('"'):
        return '"'
    fields = [field.strip("\r\n") for line in sample for field in line.split(delimiter)]
    enclosed = sum(len(field) > 1 and field[0] == field[-1] == "'" for field in fields)
    opened = sum(field.startswith("'") for field in fields)
    return "'" if enclosed >= _APOSTROPHES and enclosed >= _FEWEST * opened else '"'
