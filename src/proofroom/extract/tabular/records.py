"""Cut lines into records of fields, so that a quote that never closes costs one line and not the file.

A record is one line, or several where a quoted field holds line ends; a blank line is a record without
fields. Long runs of lines without any quote are cut at once; the csv module reads the others, strictly.
Where it fails (text after a closing quote, a quote that stays open), the line in which the record began
is cut again with its quotes taken as they stand, and reading goes on in the next line.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import Final

from proofroom.extract.format import Unreadable, utf8
from proofroom.extract.tabular.dialect import Dialect
from proofroom.extract.tabular.lines import TextLines

_MOST_BROKEN: Final = 1_000
_MOST_OPEN_LINES: Final = 10_000
_MOST_OPEN_TEXT: Final = 1 << 20
_LONGEST_FIELD: Final = 0x7FFFFFFF
_RUN: Final = bytes(32)
"""So many lines without a quote are worth being cut apart from the others."""


@dataclass(slots=True)
class Fields:
    """The fields of some records in order, empty ones included, as UTF-8; `widths` counts them by record."""

    widths: list[int] = field(default_factory=list)
    texts: list[bytes] = field(default_factory=list)

    def add_plain(self, lines: list[str], delimiter: str) -> None:
        """Cut lines at every delimiter; quotes are characters like others."""
        self.widths.extend([line.count(delimiter) + 1 for line in lines])
        between = delimiter.encode()
        text = utf8("".join(lines)).replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        self.texts.extend(text.removesuffix(b"\n").replace(b"\n", between).split(between))

    def add_records(self, records: list[list[str]]) -> None:
        """Take records that were cut already; texts are encoded together, which is three times as fast."""
        self.widths.extend(map(len, records))
        fields = list(chain.from_iterable(records))
        together = utf8("\0".join(fields))
        if together.count(b"\0") == len(fields) - 1:
            self.texts.extend(together.split(b"\0"))
        else:
            self.texts.extend(map(utf8, fields))


@dataclass(slots=True)
class Records:
    """The records of one text; `broken` counts the lines whose quotes were taken as they stand."""

    lines: TextLines
    dialect: Dialect
    count: int = 0
    broken: int = 0
    unquoted_from: int = 0
    """The record from which quotes mean nothing, because too many did not close; 0 for none."""

    _waiting: list[str] = field(default_factory=list)

    def batches(self) -> Iterator[Fields]:
        """Give the fields of some thousand records at a time; what came before a limit is given first."""
        # The module's own limit is global and lower than ours; lines are bounded before they come here.
        csv.field_size_limit(_LONGEST_FIELD)
        try:
            for block in self.lines.blocks():
                yield self._cut(self._waiting + block)
        except Unreadable:
            yield self._cut(self._waiting, final=True)
            raise
        yield self._cut(self._waiting, final=True)

    def _cut(self, lines: list[str], *, final: bool = False) -> Fields:
        """Cut whole lines; those of a record that is still open wait for the next ones."""
        quote, fields, start = self.dialect.quote, Fields(), 0
        quoted = bytes([quote in line for line in lines]) if not self.unquoted_from else bytes(len(lines))
        self._waiting = []
        while start < len(lines):
            if 1 not in quoted[start : start + len(_RUN)]:
                end = quoted.find(1, start)
                end = end if end >= 0 else len(lines)
                fields.add_plain(lines[start:end], self.dialect.delimiter)
                start = end
                continue
            end = quoted.find(_RUN, start)
            start, broken = self._cut_quoted(lines, start, end if end >= 0 else len(lines), fields)
            if broken and not final and _may_close(lines, start):
                self._waiting = lines[start:]
                break
            if broken:
                fields.add_plain([lines[start]], self.dialect.delimiter)
                start += 1
                if self._count_broken(self.count + len(fields.widths)):
                    quoted = bytes(len(lines))
        self.count += len(fields.widths)
        return fields

    def _cut_quoted(self, lines: list[str], start: int, end: int, fields: Fields) -> tuple[int, bool]:
        """Cut lines from `start` to `end` or some more; gives where it stands, and whether a quote is broken."""
        left = map(lines.__getitem__, range(start, len(lines)))
        reader = csv.reader(left, delimiter=self.dialect.delimiter, quotechar=self.dialect.quote, strict=True)
        found: list[list[str]] = []
        used, wanted, broken = 0, end - start, False
        try:
            for record in reader:
                found.append(record)
                used = reader.line_num
                if used >= wanted:
                    break
        except csv.Error:
            broken = True
        if found:
            fields.add_records(found)
        return start + used, broken

    def _count_broken(self, record: int) -> bool:
        """Count one more broken line; true when quotes are given up."""
        self.broken += 1
        if self.broken >= _MOST_BROKEN and not self.unquoted_from:
            self.unquoted_from = record + 1
        return bool(self.unquoted_from)


def _may_close(lines: list[str], start: int) -> bool:
    """Tell whether a record that is still open at the end of these lines may be a long one."""
    return len(lines) - start < _MOST_OPEN_LINES and sum(map(len, lines[start:])) < _MOST_OPEN_TEXT
