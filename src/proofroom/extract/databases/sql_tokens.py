"""Cut SQL into tokens: words, quoted names, texts, numbers and marks, in any of its dialects, never failing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

_TOKEN: Final = re.compile(
    r"""(?P<blank>\s+|--[^\n]*|/\*.*?(?:\*/|\Z))
    |(?P<text>'(?:[^']|'')*'?)
    |(?P<name>"(?:[^"]|"")*"?|`(?:[^`]|``)*`?|\[[^\]\n]*\])
    |(?P<number>(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)
    |(?P<word>[^\W\d][\w$]*)
    |(?P<mark>.)""",
    re.VERBOSE | re.DOTALL,
)
_CLOSING: Final = {"[": "]"}
_MOST: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Token:
    """A token: its kind (text, name, number, word, mark) and what it says, without quotes."""

    kind: str
    untrusted_text: str

    @property
    def word(self) -> str:
        """Give an unquoted word in upper case, "" for anything else."""
        return self.untrusted_text.upper() if self.kind == "word" else ""

    def is_mark(self, mark: str) -> bool:
        """Tell whether it is that mark."""
        return self.kind == "mark" and self.untrusted_text == mark


def tokens(untrusted_sql: str) -> Iterator[Token]:
    """Give the tokens of a statement without blanks and comments; more than a million are not looked at."""
    count = 0
    for found in _TOKEN.finditer(untrusted_sql):
        kind = found.lastgroup or ""
        if kind == "blank":
            continue
        count += 1
        if count > _MOST:
            return
        text = found.group()
        yield Token(kind, unquoted(text) if kind in ("text", "name") else text)


def unquoted(untrusted_text: str) -> str:
    """Take the quotes from a name or text; doubled ones inside stand for one."""
    quote = untrusted_text[:1]
    if quote not in ("'", '"', "`", "["):
        return untrusted_text
    closing = _CLOSING.get(quote, quote)
    inner = untrusted_text[1:]
    inner = inner.removesuffix(closing)
    return inner if quote == "[" else inner.replace(quote * 2, quote)
