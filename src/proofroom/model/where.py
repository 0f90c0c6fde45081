"""Where: an address a stranger can follow, an artifact's digest and then a path inside it.

Inside the house it is written `sha256:<64 hex>#sheet=名单&cell=B2`; outside the house
`doc:<32 hex>#...`, which means nothing to the owner of the originals. Parts are percent-encoded as
in RFC 3986 (everything but unreserved characters and non-ASCII letters is escaped), so that print
and parse are each other's inverse.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote_to_bytes

from proofroom.errors import BadWhere

Parts = tuple[tuple[str, str], ...]

INSIDE: Final = "sha256:"
OUTSIDE: Final = "doc:"
_HEX: Final = re.compile(r"[0-9a-f]+\Z")
_KEY: Final = re.compile(r"[a-z][a-z-]*\Z")
_SPECIAL: Final = re.compile(
    r"[^A-Za-z0-9\-._~:/\u00a1-\ud7ff\uf900-\ufdcf\ufdf0-\uffef\U00010000-\U000e1fff]"
)
_DIRECTION: Final = re.compile(r"[\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
_ESCAPED: Final = re.compile(r"%(?![0-9A-Fa-f]{2})")
DIGEST_LENGTH: Final = 64
DOC_LENGTH: Final = 32
SHORT_LENGTH: Final = 12


@dataclass(frozen=True, slots=True)
class Where:
    """An address: the artifact's digest (64 hex, or fewer in the short form), then parts inside it."""

    artifact: str
    parts: Parts = ()
    outside: bool = False

    def __str__(self) -> str:
        """Write it in its full form."""
        head = (OUTSIDE if self.outside else INSIDE) + self.artifact
        return f"{head}#{format_parts(self.parts)}" if self.parts else head

    def part(self, key: str) -> str | None:
        """Give the value of the first part of that name, or None."""
        return next((value for name, value in self.parts if name == key), None)

    def doc(self, doc_id: str) -> Where:
        """Give the outside form, with the case's own id for the artifact in place of its digest."""
        return Where(doc_id, self.parts, outside=True)


def format_parts(parts: Parts) -> str:
    """Write parts as `sheet=名单&cell=B2`, with everything that could be misread escaped."""
    return "&".join(f"{key}={_escape(value)}" for key, value in parts)


def parse_parts(text: str) -> Parts:
    """Read `sheet=名单&cell=B2`; raises BadWhere when it is malformed."""
    parts: list[tuple[str, str]] = []
    for piece in text.split("&"):
        key, equals, value = piece.partition("=")
        if not equals or not _KEY.match(key):
            message = f"the part {piece!r} is not NAME=VALUE"
            raise BadWhere(message)
        if _ESCAPED.search(value):
            message = f"the part {piece!r} holds a % that is no escape"
            raise BadWhere(message)
        try:
            parts.append((key, unquote_to_bytes(value).decode("utf-8", "surrogateescape")))
        except UnicodeEncodeError:
            message = f"the part {piece!r} is not text"
            raise BadWhere(message) from None
    return tuple(parts)


def parse_where(text: str) -> Where:
    """Read an address in its full, outside or short form; raises BadWhere when it is malformed."""
    head, hash_mark, rest = text.strip().partition("#")
    parts = parse_parts(rest) if hash_mark and rest else ()
    outside = head.startswith(OUTSIDE)
    digest = head.removeprefix(OUTSIDE if outside else INSIDE).lower()
    longest = DOC_LENGTH if outside else DIGEST_LENGTH
    shortest = DOC_LENGTH if outside else SHORT_LENGTH
    if not _HEX.match(digest) or not shortest <= len(digest) <= longest:
        message = f"{head!r} is not a digest of {shortest} to {longest} hex digits"
        raise BadWhere(message)
    return Where(digest, parts, outside)


def _escape(value: str) -> str:
    """Percent-encode what is neither unreserved in RFC 3986 nor a visible character beyond ASCII."""
    escaped = _SPECIAL.sub(lambda found: _percent(found.group()), value)
    return _DIRECTION.sub(lambda found: _percent(found.group()), escaped)


def _percent(character: str) -> str:
    """Write one character as the percent-escapes of its UTF-8 bytes."""
    return "".join(f"%{byte:02X}" for byte in character.encode("utf-8", "surrogateescape"))


_LETTERS: Final = 26


def column_letters(column: int) -> str:
    """Give the letters of a column counted from 1: 1 is A, 27 is AA."""
    letters = ""
    while column > 0:
        column, rest = divmod(column - 1, _LETTERS)
        letters = chr(ord("A") + rest) + letters
    return letters


def column_number(letters: str) -> int:
    """Give the number of a column from its letters: A is 1, AA is 27."""
    number = 0
    for letter in letters:
        number = number * _LETTERS + ord(letter) - ord("A") + 1
    return number


def cell_name(row: int, column: int) -> str:
    """Write a cell as a spreadsheet does, both counted from 1: (2, 2) is B2."""
    return f"{column_letters(column)}{row}"


_CELL: Final = re.compile(r"([A-Z]{1,7})([1-9][0-9]{0,9})\Z")


def parse_cell(name: str) -> tuple[int, int]:
    """Read `B2` as (row 2, column 2); raises BadWhere when it is no cell."""
    found = _CELL.match(name.upper())
    if not found:
        message = f"{name!r} is not a cell such as B2"
        raise BadWhere(message)
    return int(found.group(2)), column_number(found.group(1))
