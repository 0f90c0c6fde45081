"""Cut a mailbox (mbox, RFC 4155) into its messages line by line, holding none of them in memory."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO, Final

_LONGEST_LINE: Final = 1 << 16
_BATCH: Final = 1 << 16
_FROM_WORD: Final = b"From "
_BLANK: Final = (b"\n", b"\r\n")
_FROM: Final = re.compile(rb"From .{0,200}?\d\d:\d\d.{0,80}\d{4}|From - ")
_HEADER: Final = re.compile(rb"[!-9;-~]{1,200}[ \t]*:")


def is_from_line(line: bytes) -> bool:
    """Tell whether a line is one that begins a message in a mailbox."""
    return line.startswith(_FROM_WORD) and _FROM.match(line) is not None


class Mailbox:
    """A mailbox read forward, always one line ahead."""

    def __init__(self, untrusted: BinaryIO) -> None:
        """Read from where the stream stands."""
        self._stream = untrusted
        self._line = self._following = b""
        self._advance()
        self._advance()

    def messages(self) -> Iterator[tuple[bytes, Iterator[bytes]]]:
        """Give each message's From line and its bytes, in the file's order."""
        while self._line and not self._line.strip():
            self._advance()
        while self._line:
            line = self._line if is_from_line(self._line) else b""
            if line:
                self._advance()
            body = self._body()
            yield line, body
            for _ in body:
                pass

    def _advance(self) -> None:
        self._line, self._following = self._following, self._stream.readline(_LONGEST_LINE)

    def _body(self) -> Iterator[bytes]:
        """Give the lines up to the next From line; the blank line before that one belongs to the mailbox."""
        batch: list[bytes] = []
        size = 0
        fresh, blank = True, b""
        while line := self._line:
            if fresh and line[:5] == _FROM_WORD and self._is_next(line, after_blank=bool(blank)):
                break
            self._line, self._following = self._following, self._stream.readline(_LONGEST_LINE)
            if blank:
                batch.append(blank)
                blank = b""
            if fresh and line in _BLANK:
                blank = line
            else:
                batch.append(line)
                fresh = line[-1:] == b"\n"
            size += len(line)
            if size >= _BATCH:
                yield b"".join(batch)
                batch, size = [], 0
        yield b"".join(batch)

    def _is_next(self, line: bytes, *, after_blank: bool) -> bool:
        """Tell whether a line that says From begins a message: after a blank line, or before a header."""
        return is_from_line(line) and (after_blank or _HEADER.match(self._following) is not None)
