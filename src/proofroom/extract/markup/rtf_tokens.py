"""Cut RTF into braces, control words, escaped bytes and text (RTF 1.9.1), block by block, in linear time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import IntEnum
from typing import Final, NamedTuple

from proofroom.extract.format import Source

_BLOCK: Final = 1 << 20
_LONGEST: Final = 256
_TOKEN: Final = re.compile(
    rb"\\(?:([a-zA-Z]{1,64})(-?[0-9]{1,64})? ?|'([0-9a-fA-F]{2})|([^a-zA-Z]))|([{}])|([^\\{}\r\n\x00]+)|[\r\n\x00]+"
)
_MOST: Final = 1 << 31


class Kind(IntEnum):
    """What a piece of RTF is."""

    OPEN = 1
    CLOSE = 2
    WORD = 3
    BYTE = 4
    SIGN = 5
    TEXT = 6


class RtfToken(NamedTuple):
    """A piece of RTF: a brace, a word with its number, an escaped byte, a control sign or plain bytes."""

    kind: Kind
    word: str = ""
    number: int | None = None
    data: bytes = b""


_OPEN: Final = RtfToken(Kind.OPEN)
_CLOSE: Final = RtfToken(Kind.CLOSE)
_BYTES: Final = tuple(RtfToken(Kind.BYTE, data=bytes((value,))) for value in range(256))


class RtfTokens:
    """The pieces of a file in order; whoever takes them may also take bytes that follow as they are."""

    def __init__(self, source: Source) -> None:
        """Read the source from its beginning."""
        self._stream = source.untrusted
        self._stream.seek(0)
        self._buffer = b""
        self._at = 0
        self._ended = False
        self._left = source.size
        self.take_one = False

    def __iter__(self) -> Iterator[RtfToken]:
        """Give the pieces."""
        while True:
            if len(self._buffer) - self._at < _LONGEST:
                self._fill()
                if self._at >= len(self._buffer):
                    return
            if self.take_one:
                self.take_one = False
                yield RtfToken(Kind.TEXT, data=self._buffer[self._at : self._at + 1])
                self._at += 1
                continue
            found = _TOKEN.match(self._buffer, self._at)
            if found is None:
                # A backslash at the very end.
                self._at += 1
                continue
            self._at = found.end()
            token = _token(found)
            if token is not None:
                yield token

    @property
    def left(self) -> int:
        """How many bytes follow."""
        return max(self._left, 0) + len(self._buffer) - self._at

    def take(self, size: int) -> Iterator[bytes]:
        """Give the next bytes as they are."""
        while size > 0 and (self._at < len(self._buffer) or self._fill()):
            part = self._buffer[self._at : self._at + size]
            self._at += len(part)
            size -= len(part)
            yield part

    def _fill(self) -> bool:
        """Read on; false at the end."""
        data = b"" if self._ended else self._stream.read(_BLOCK)
        self._ended = not data
        self._left -= len(data)
        self._buffer = self._buffer[self._at :] + data
        self._at = 0
        return bool(data)


def _token(found: re.Match[bytes]) -> RtfToken | None:
    """Make a piece of what was found; line breaks are none."""
    word, number, escaped, sign, brace, text = found.groups()
    if text is not None:
        return RtfToken(Kind.TEXT, data=text)
    if word is not None:
        value = None if number is None else max(min(int(number), _MOST), -_MOST)
        return RtfToken(Kind.WORD, word.decode("ascii"), value)
    if escaped is not None:
        return _BYTES[int(escaped, 16)]
    if brace is not None:
        return _OPEN if brace == b"{" else _CLOSE
    return None if sign is None else RtfToken(Kind.SIGN, sign.decode("latin-1"))
