"""Tell what RTF says about itself: its properties and dates, its authors, what it names elsewhere."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from proofroom.extract.markup.dttm import local_time
from proofroom.extract.markup.rtf_group import Capture
from proofroom.extract.markup.rtf_words import CLOCK, INFO_NUMBERS
from proofroom.extract.markup.word_paragraph import Paragraph

_NUMBERS: Final = {
    "ansicpg": "codepage",
    "deflang": "deflang",
    "deflangfe": "deflangfe",
    "rsidroot": "rsidroot",
}
_SHAPE_TEXTS: Final = ("wzDescription", "wzTooltip", "gtextUNICODE")
_SHAPE_LINKS: Final = ("pibName", "linePathName", "pihlShape")
_ADDRESS: Final = re.compile(r"(?:href|src)\s*=\s*[\"']([^\"'>]+)", re.IGNORECASE)
_MOST_RSIDS: Final = 10_000
COMMENT_FACTS: Final = ("comment-author", "comment-initials", "comment-date")
"""What is said of a comment; all three hang beside each comment, so that they are numbered alike."""


class Facts:
    """Takes captures that have ended and numbers; tells properties as (key, value)."""

    def __init__(self, tell: Callable[[str, str], None]) -> None:
        """Tell properties to `tell`."""
        self._tell = tell
        self._told: set[tuple[str, str]] = set()
        self._shape_name = self._custom_name = ""
        self._rsids: list[str] = []
        self._commented: dict[str, str] = {}

    def number(self, word: str, number: int, table: str) -> None:
        """Take a control word with a number."""
        if word in _NUMBERS:
            self._once(_NUMBERS[word], str(number))
        elif word in INFO_NUMBERS and table == "info":
            self._once(word, str(number))
        elif word == "rsid" and table == "rsidtbl" and len(self._rsids) < _MOST_RSIDS:
            self._rsids.append(str(number))

    def end(self, capture: Capture, paragraph: Paragraph) -> None:
        """Take a capture that has ended, in or beside a paragraph."""
        text = "".join(capture.pieces).strip()
        if capture.kind in ("field", "link"):
            paragraph.hang(capture.kind, text)
        elif capture.kind == "shape-name":
            self._shape_name = text
        elif capture.kind == "shape-value":
            self._shape(text, paragraph)
        elif capture.kind == "markup":
            for address in _ADDRESS.findall(text):
                paragraph.hang("link", address)
        elif capture.kind == "custom-name":
            self._custom_name = text
        else:
            self._property(capture, text)

    def finish(self) -> None:
        """Tell what was collected through the document."""
        if self._rsids:
            self._tell("rsids", " ".join(self._rsids))

    def _shape(self, text: str, paragraph: Paragraph) -> None:
        """Take a property of a shape: what it says, or where it leads."""
        if self._shape_name in _SHAPE_TEXTS:
            paragraph.hang("alt", text)
        elif self._shape_name in _SHAPE_LINKS:
            paragraph.hang("link", text)

    def _property(self, capture: Capture, text: str) -> None:
        """Tell a property under its key."""
        if capture.kind == "property":
            if capture.name != "bkmkstart":
                self._once(capture.name, text)
            elif not text.startswith("_"):
                self._once("bookmark", text)
        elif capture.kind == "time":
            self._once(capture.name, _date(capture.clock))
        elif capture.kind == "revision-author":
            for author in text.split(";"):
                self._once("revision-author", author)
        elif capture.kind == "custom-value":
            self._once(f"custom:{self._custom_name[:128]}", text)
        elif capture.kind == "variable":
            name, _, value = text.strip("=").partition("=")
            self._once(f"variable:{name[:128]}", value)
        elif capture.kind in COMMENT_FACTS:
            self._commented[capture.kind] = text
            if capture.kind == "comment-author":
                self._once(capture.kind, text)
        elif capture.kind:
            self._once(capture.kind, text)

    def hang_comment(self, text: str, paragraph: Paragraph) -> None:
        """Hang a comment on its paragraph, and in the same order who wrote it and when, as far as it is said."""
        told, self._commented = self._commented, {}
        if text.strip():
            paragraph.hang("comment", text)
            for kind in COMMENT_FACTS:
                value = told.get(kind, "")
                if kind == "comment-date" and value.lstrip("-").isdigit():
                    value = local_time(int(value) % (1 << 32))
                paragraph.aside.setdefault(kind, []).append(value)

    def _once(self, key: str, untrusted_value: str) -> None:
        """Tell a property, each value once."""
        value = untrusted_value.strip()
        if value and (key, value) not in self._told:
            self._told.add((key, value))
            self._tell(key, value)


def _date(clock: dict[str, int]) -> str:
    """Write a date as far as it is given; a clock that says nothing gives nothing."""
    year, month, day, hour, minute, second = (clock.get(name, 0) for name in CLOCK)
    if not any(clock.values()):
        return ""
    date = f"{year:04d}-{month:02d}-{day:02d}"
    return f"{date}T{hour:02d}:{minute:02d}:{second:02d}" if "hr" in clock or "min" in clock else date
