"""The rows of a COPY block of PostgreSQL: a line each, tabs between the fields, up to a line with a dot."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from proofroom.extract.databases.dump_text import Cursor
from proofroom.extract.databases.dump_values import Unfinished

_END: Final = "\\."
_NULL: Final = "\\N"
_ESCAPE: Final = re.compile(r"\\(?:x([0-9A-Fa-f]{1,2})|([0-7]{1,3})|(.))", re.DOTALL)
_LETTERS: Final = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_LONGEST: Final = 64 << 20


def rows(cursor: Cursor) -> Iterator[list[str | None]]:
    """Give the fields of each row without escapes, None for NULL; raises Unfinished when the block does not end."""
    while True:
        end = cursor.untrusted_text.find("\n", cursor.at)
        if end < 0:
            if len(cursor.untrusted_text) - cursor.at < _LONGEST and cursor.more():
                continue
            if cursor.rest().rstrip("\r") != _END:
                raise Unfinished
            end = len(cursor.untrusted_text) - 1
        line = cursor.go(end + 1).rstrip("\r\n")
        if line == _END:
            return
        yield [None if field == _NULL else _plain(field) for field in line.split("\t")]


def _plain(field: str) -> str:
    """Take the escapes out of a field; bytes beyond ASCII that are written as numbers become what they were."""
    if "\\" not in field:
        return field
    return _ESCAPE.sub(_meant, field)


def _meant(found: re.Match[str]) -> str:
    code = int(found[1], 16) if found[1] else int(found[2], 8) & 0xFF if found[2] else -1
    if code >= 0:
        return bytes((code,)).decode("utf-8", "surrogateescape")
    return _LETTERS.get(found[3], found[3])
