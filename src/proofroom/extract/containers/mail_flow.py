"""Join the lines that a program has broken for the wire alone (format=flowed, RFC 3676)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

_SIGNATURE: Final = "-- "
_LONGEST: Final = 1 << 20

Say = Callable[[int, str], None]
"""Takes a text and the number of its first line."""


class Flow:
    """Takes lines and says whole paragraphs, each at the number of its first line."""

    def __init__(self, say: Say, *, delsp: bool) -> None:
        """Say to `say`; with `delsp` the space at a broken line's end is none of the text."""
        self._say = say
        self._delsp = delsp
        self._number = self._depth = self._length = 0
        self._waiting: list[str] = []

    def take(self, number: int, line: str) -> None:
        """Take the next line; a change of the quoting depth ends a paragraph."""
        plain = line.lstrip(">")
        depth = len(line) - len(plain)
        plain = plain.removeprefix(" ")
        if self._waiting and (depth != self._depth or plain == _SIGNATURE):
            self.end()
        if not self._waiting:
            self._number, self._depth = number, depth
        broken = plain.endswith(" ") and plain != _SIGNATURE
        self._waiting.append(plain[:-1] if broken and self._delsp else plain)
        self._length += len(plain)
        if not broken or self._length > _LONGEST:
            self.end()

    def end(self) -> None:
        """End the paragraph that is under way."""
        if self._waiting:
            mark = ">" * self._depth + " " if self._depth else ""
            self._say(self._number, mark + "".join(self._waiting))
        self._waiting, self._length = [], 0
