"""Find the statements of a dump one after the other: where each ends, whatever it holds."""

from __future__ import annotations

import re
from typing import Final

from proofroom.extract.databases.dump_text import Cursor

BLANK: Final = re.compile(r"[\s;]*")
COMMENT: Final = re.compile(
    r"--[^\n]*|#[^\n]*|/\*(?!!).*?\*/|\\[a-z!][^\n]*|(?:REM|PROMPT)\b[^\n]*", re.DOTALL | re.IGNORECASE
)
_OPEN_COMMENT: Final = re.compile(r"/\*(?!!)")
_ONE_LINE: Final = re.compile(r"(?:SET|PRINT|USE)\b[^\n]*\n", re.IGNORECASE)
_INSERT: Final = re.compile(r"INSERT\b", re.IGNORECASE)
_DELIMITER: Final = re.compile(r"DELIMITER[ \t]+(\S+)[^\n]*", re.IGNORECASE)
_GO: Final = re.compile(r"GO[ \t]*\r?(?:\n|\Z)", re.IGNORECASE)
_STEPS: Final = {
    True: re.compile(
        r"""'[^'\\]*+(?:\\.[^'\\]*+)*+(?:'|\\?\Z)|"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)|`[^`]*+(?:`|\Z)
        |--[^\n]*+(?:\n|\Z)|/\*.*?(?:\*/|\Z)|[;\n]""",
        re.DOTALL | re.VERBOSE,
    ),
    False: re.compile(
        r"""'[^']*+(?:'|\Z)|"[^"]*+(?:"|\Z)|\$(\w*+)\$.*?(?:\$\1\$|\Z)
        |--[^\n]*+(?:\n|\Z)|/\*.*?(?:\*/|\Z)|[;\n]""",
        re.DOTALL | re.VERBOSE,
    ),
}
_BODY: Final = re.compile(
    r"\s*CREATE\s+(?:OR\s+REPLACE\s+)?(?:\w+\s+){0,2}?(?:TRIGGER|PROCEDURE|FUNCTION|PACKAGE)\b[^$]*\bBEGIN\b",
    re.IGNORECASE,
)
_BODY_ENDS: Final = re.compile(r"\bEND\s*[\w\"]*\s*;\Z", re.IGNORECASE)
_LONGEST_BODY: Final = 1 << 16
_LONGEST: Final = 8 << 20


class Statements:
    """Passes over a dump statement by statement."""

    def __init__(self, cursor: Cursor, *, escaping: bool) -> None:
        """Read with or without a backslash as the mark of escapes."""
        self._cursor = cursor
        self._step = _STEPS[escaping]
        self._delimiter = ";"

    def comment(self) -> str:
        """Pass over a comment, or a line that is for the program that reads the dump; "" when none stands here."""
        cursor = self._cursor
        self._fill()
        text = cursor.untrusted_text
        if _OPEN_COMMENT.match(text, cursor.at):
            while "*/" not in cursor.untrusted_text[cursor.at :] and self._more():
                pass
        found = COMMENT.match(cursor.untrusted_text, cursor.at)
        if found is not None:
            return cursor.go(found.end())
        found = _DELIMITER.match(cursor.untrusted_text, cursor.at)
        if found is not None:
            self._delimiter = found[1]
            return cursor.go(found.end())
        found = _GO.match(cursor.untrusted_text, cursor.at)
        return cursor.go(found.end()) if found is not None else ""

    def statement(self) -> str:
        """Pass over a statement and give it, with what ends it."""
        if self._delimiter != ";":
            return self._to_delimiter()
        cursor, passed = self._cursor, 0
        while True:
            found = self._step.search(cursor.untrusted_text, cursor.at + passed)
            if (found is None or found.end() == len(cursor.untrusted_text)) and self._more():
                continue
            if found is None:
                return cursor.go(len(cursor.untrusted_text))
            passed = found.end() - cursor.at
            if self._ends(found):
                return cursor.go(cursor.at + passed)

    def _ends(self, found: re.Match[str]) -> bool:
        """Tell whether a statement ends at a mark; inside the body of a trigger none does."""
        text, mark = self._cursor.untrusted_text, found.group()
        if mark == "\n":
            if _GO.match(text, found.end()):
                return True
            return bool(_INSERT.match(text, found.end()) and _ONE_LINE.match(text, self._cursor.at))
        if mark != ";":
            return False
        at = self._cursor.at
        if found.end() - at > _LONGEST_BODY or not _BODY.match(text, at, found.end()):
            return True
        return _BODY_ENDS.search(text, max(at, found.end() - 200), found.end()) is not None

    def _to_delimiter(self) -> str:
        """Pass over a statement that ends with a mark of the dump's own."""
        cursor = self._cursor
        while (end := cursor.untrusted_text.find(self._delimiter, cursor.at)) < 0:
            if not self._more():
                return cursor.go(len(cursor.untrusted_text))
        return cursor.go(end + len(self._delimiter))

    def _fill(self) -> None:
        """Have at least the beginning of what follows at hand."""
        while len(self._cursor.untrusted_text) - self._cursor.at < 1 << 16 and self._cursor.more():
            pass

    def _more(self) -> bool:
        """Read on, unless one statement has become too long to be one."""
        return len(self._cursor.untrusted_text) - self._cursor.at < _LONGEST and self._cursor.more()
