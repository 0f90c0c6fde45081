"""The values in an INSERT statement, as any program writes them: texts, numbers, bytes, casts."""

from __future__ import annotations

import re
from typing import Final

from proofroom.extract.databases.dump_text import Cursor, bytes_of, is_foreign
from proofroom.extract.databases.sql_tokens import Token, tokens
from proofroom.extract.databases.table_sheet import Number, Value
from proofroom.extract.format import Unreadable
from proofroom.model.states import Reason, State

_PREFIX: Final = r"(?P<prefix>N|E|_binary\s*|_utf8\w*\s*|_latin1\s*|_gbk\s*)?"
_OTHER: Final = r"""
    (?P<null>NULL\b)
    |(?P<number>[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?![\w.]))
    |(?:0x(?P<hex>[0-9A-Fa-f]+)|[xX]'(?P<quoted>[0-9A-Fa-f\s]*)')
    |(?P<truth>TRUE|FALSE)\b"""
_TEXT: Final = r"'(?P<text>[^'{0}]*(?:(?:{1}'')[^'{0}]*)*)'"
_MODES: Final = {
    escaping: re.compile(
        rf"\s*(?:{_OTHER}|{_PREFIX}{_TEXT.format(*parts)})\s*(?P<end>[,)])",
        re.VERBOSE | re.DOTALL | re.IGNORECASE,
    )
    for escaping, parts in ((True, (r"\\", r"\\.|")), (False, ("", "")))
}
_STEP: Final = {
    True: re.compile(r"'[^'\\]*+(?:\\.[^'\\]*+)*+(?:'|\\?\Z)|\"[^\"]*+(?:\"|\Z)|[()]|,", re.DOTALL),
    False: re.compile(r"'[^']*+(?:'|\Z)|\"[^\"]*+(?:\"|\Z)|[()]|,", re.DOTALL),
}
_ESCAPE: Final = re.compile(r"\\(.)|''", re.DOTALL)
_LETTERS: Final = {"n": "\n", "r": "\r", "t": "\t", "0": "\0", "b": "\b", "Z": "\x1a"}
_FIRST_ARGUMENT: Final = ("CAST", "CONVERT", "TO_DATE", "TO_TIMESTAMP", "TIMESTAMP", "DATE", "TIME", "UNISTR")
_LONGEST: Final = 64 << 20
_MOST_DEEP: Final = 20
_FEW: Final = 200_000
_TAIL: Final = 8
_LAST_SIGN: Final = 0x10FFFF


class Unfinished(Exception):
    """The text ends before the value does."""


class Values:
    """Reads values one by one at a cursor; raises Unfinished where the text ends too early, with a row `begun`."""

    def __init__(self, cursor: Cursor, *, escaping: bool) -> None:
        """Read with or without a backslash as the mark of escapes."""
        self._cursor = cursor
        self._escaping = escaping
        self._pattern = _MODES[escaping]
        self.begun: list[Value] = []

    def row(self) -> list[Value]:
        """Read what follows an opening bracket, up to the closing one."""
        values: list[Value] = []
        self.begun = values
        cursor, pattern = self._cursor, self._pattern
        while True:
            found = pattern.match(cursor.untrusted_text, cursor.at)
            if found is None:
                length, end = self._reach()
                found = pattern.match(cursor.untrusted_text, cursor.at)
            if found is None:
                values.append(self._evaluated(cursor.go(cursor.at + length)[:-1].strip()))
            else:
                values.append(self._value(found))
                end = found["end"]
                cursor.go(found.end())
            if end == ")":
                return values

    def _value(self, found: re.Match[str]) -> Value:
        """Give the value of a literal."""
        text = found["text"]
        if text is not None:
            return self._text(text, (found["prefix"] or "").strip().upper())
        if found["number"] is not None:
            return Number(found["number"].encode())
        if found["null"] is not None:
            return None
        if found["truth"] is not None:
            return found["truth"].upper() == "TRUE"
        return from_hex(found["hex"] if found["hex"] is not None else found["quoted"])

    def _text(self, text: str, prefix: str) -> Value:
        """Give a text without its escapes; one that is marked as bytes, or holds any, as bytes."""
        if "'" in text or ((self._escaping or prefix == "E") and "\\" in text):
            text = unescaped(text, escaping=self._escaping or prefix == "E")
        if prefix == "_BINARY" or is_foreign(text):
            return bytes_of(text)
        return text

    def _reach(self) -> tuple[int, str]:
        """Have the whole of a value at hand; gives its length with the mark behind it, and that mark."""
        cursor, depth, passed = self._cursor, 0, 0
        step = _STEP[self._escaping]
        while True:
            found = step.search(cursor.untrusted_text, cursor.at + passed)
            if found is None or found.end() == len(cursor.untrusted_text):
                if len(cursor.untrusted_text) - cursor.at > _LONGEST:
                    raise Unreadable(State.TRUNCATED, Reason.LIMIT_TEXT_BYTES)
                if cursor.more():
                    continue
            if found is None:
                raise Unfinished
            mark, passed = found.group(), found.end() - cursor.at
            if mark in (",", ")") and depth == 0:
                return passed, mark
            depth += (mark == "(") - (mark == ")")

    def _evaluated(self, written: str) -> Value:
        """Give what an expression stands for, where it is one that dumps use for plain values."""
        if len(written) > _FEW:
            return written
        some = list(tokens(written))
        text = _joined(some)
        if text is not None:
            return text
        literals = [token for token in some if token.kind in ("text", "number")]
        if some and some[0].word in _FIRST_ARGUMENT and literals:
            first = literals[0]
            return first.untrusted_text if first.kind == "text" else Number(first.untrusted_text.encode())
        return bytes_of(written) if is_foreign(written) else written


def _joined(some: list[Token], depth: int = 0) -> str | None:
    """Give the text of nested calls of `replace` with `char`, as SQLite writes a text with line ends."""
    if not some or depth > _MOST_DEEP:
        return None
    if len(some) == 1 and some[0].kind == "text":
        return some[0].untrusted_text
    # What follows the text itself is eight tokens long, from the comma to the bracket that closes.
    tail = some[-_TAIL:]
    if (
        some[0].word != "REPLACE"
        or len(some) <= _TAIL + 1
        or tail[3].word != "CHAR"
        or tail[1].kind != "text"
    ):
        return None
    inner = _joined(some[2:-_TAIL], depth + 1)
    code = tail[5].untrusted_text
    if inner is None or not code.isdecimal() or int(code) > _LAST_SIGN:
        return None
    return inner.replace(tail[1].untrusted_text, chr(int(code)))


def unescaped(text: str, *, escaping: bool) -> str:
    """Take the escapes out of a text: doubled quotes, and what follows a backslash where that is one."""
    if not escaping:
        return text.replace("''", "'")
    return _ESCAPE.sub(lambda found: "'" if found[1] is None else _LETTERS.get(found[1], found[1]), text)


def from_hex(digits: str) -> bytes:
    """Give the bytes that hex digits stand for; blanks among them are left out."""
    digits = "".join(digits.split())
    return bytes.fromhex(digits if len(digits) % 2 == 0 else "0" + digits)
