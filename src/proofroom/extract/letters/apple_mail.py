"""Open what Apple Mail keeps (emlx): the length of a letter, the letter, and a list of facts about it."""

from __future__ import annotations

import io
import plistlib
import re
from datetime import UTC, datetime
from typing import BinaryIO, Final
from xml.parsers.expat import ExpatError

from proofroom.extract.format import Sink

_FIRST: Final = re.compile(rb"[ \t]{0,8}(\d{1,12})[ \t]{0,8}\r?\n")
_LARGEST_LIST: Final = 1 << 20
_MOST: Final = 1_000
_LONGEST: Final = 1 << 16
_DATES: Final = ("date-sent", "date-received", "date-last-viewed")
_FLAGS: Final = {
    0: "read",
    1: "deleted",
    2: "answered",
    3: "encrypted",
    4: "flagged",
    5: "recent",
    6: "draft",
    7: "initial",
    8: "forwarded",
    9: "redirected",
    23: "signed",
    24: "junk",
    25: "not junk",
}


class Letter:
    """Where a letter stands in its file; `whole` is false when the file ends before it does."""

    def __init__(self, stream: BinaryIO, first: bytes) -> None:
        """Find the letter behind the line that holds its length."""
        self.start, self.length = 0, 0
        self.whole = True
        found = _FIRST.match(first)
        if found:
            self.start, self.length = found.end(), int(found.group(1))
            size = stream.seek(0, io.SEEK_END)
            self.whole = self.start + self.length <= size
        stream.seek(self.start)

    @property
    def end(self) -> int:
        """Give where the list of facts begins."""
        return self.start + self.length


def is_emlx(first: bytes) -> bool:
    """Tell whether a file begins with the length of a letter."""
    return _FIRST.match(first) is not None


def send_list(sink: Sink, stream: BinaryIO, at: int) -> bool:
    """Send the facts behind a letter as `emlx:NAME`; false when they cannot be read."""
    stream.seek(at)
    raw = stream.read(_LARGEST_LIST).strip()
    if not raw:
        return True
    try:
        found = plistlib.loads(raw)
    except (plistlib.InvalidFileException, ExpatError, ValueError, LookupError, TypeError, AttributeError,
            OverflowError, RecursionError):  # fmt: skip
        return False
    if not isinstance(found, dict):
        return False
    for key, value in list(found.items())[:_MOST]:
        if isinstance(value, dict | list):
            continue
        sink.meta(f"emlx:{str(key)[:64]}", _text(str(key), value))
        if key == "flags" and isinstance(value, int):
            names = [name for bit, name in _FLAGS.items() if value >> bit & 1]
            if names:
                sink.meta("emlx:flags:set", ", ".join(names))
    return True


def _text(key: str, value: object) -> str:
    """Write a value; dates stand as seconds since 1970."""
    if isinstance(value, bytes):
        return value[:2_048].hex()
    if isinstance(value, datetime):
        return f"{value.isoformat()}Z"
    if key in _DATES and isinstance(value, int | float):
        try:
            return datetime.fromtimestamp(value, UTC).isoformat().replace("+00:00", "Z")
        except (ValueError, OverflowError, OSError):
            return str(value)
    return str(value)[:_LONGEST]
