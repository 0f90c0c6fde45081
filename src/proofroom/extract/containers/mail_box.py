"""Cut a mailbox (mbox, RFC 4155, and MMDF) into its messages line by line, holding none of them in memory.

Where a message says how long it is (Content-Length, as mboxcl2 has it) and the next one begins there, that counts.
What other variants put before a line that says From stays: nobody can tell whether the author wrote it.
"""

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
_LENGTH: Final = re.compile(rb"content-length[ \t]*:[ \t]*(\d{1,15})[ \t]*\r?\n?\Z", re.IGNORECASE)
_QUOTED: Final = re.compile(rb">+From ")
_MMDF: Final = b"\1\1\1\1"
_LOOK: Final = 1_024


def is_from_line(line: bytes) -> bool:
    """Tell whether a line is one that begins a message in a mailbox."""
    return line.startswith(_FROM_WORD) and _FROM.match(line) is not None


def is_mmdf(line: bytes) -> bool:
    """Tell whether a line is one that stands before and behind each message of an MMDF mailbox."""
    return line.rstrip(b"\r\n") == _MMDF


class Mailbox:
    """A mailbox read forward, always one line ahead; `quoted` and `inside` count lines that say From in a message."""

    def __init__(self, untrusted: BinaryIO) -> None:
        """Read from where the stream stands."""
        self.quoted = 0
        self.inside = 0
        self.by_length = 0
        self._stream = untrusted
        start = untrusted.tell()
        self._size = untrusted.seek(0, 2)
        self._ends = untrusted.seek(start)
        self._line = self._following = b""
        self._advance()
        self._advance()

    def messages(self) -> Iterator[tuple[bytes, Iterator[bytes]]]:
        """Give each message's From line and its bytes, in the file's order."""
        while self._line and not self._line.strip():
            self._advance()
        mmdf = is_mmdf(self._line)
        while self._line:
            if mmdf and is_mmdf(self._line):
                self._advance()
                continue
            line = self._line if is_from_line(self._line) else b""
            if line:
                self._advance()
            body = self._mmdf_body() if mmdf else self._body()
            yield line, body
            for _ in body:
                pass

    def _advance(self) -> None:
        self._ends += len(self._following)
        self._line, self._following = self._following, self._stream.readline(_LONGEST_LINE)

    def _mmdf_body(self) -> Iterator[bytes]:
        while (line := self._line) and not is_mmdf(line):
            self._advance()
            yield line

    def _body(self) -> Iterator[bytes]:
        """Give the lines up to the next From line; the blank line before that one belongs to the mailbox."""
        batch: list[bytes] = []
        size = until = 0
        stated: int | None = None
        fresh, blank, head = True, b"", True
        while line := self._line:
            begins = fresh and line[:5] == _FROM_WORD and self._is_next(line, after_blank=bool(blank))
            if begins and self._ends > until:
                break
            self.inside += begins
            self._advance()
            if blank:
                batch.append(blank)
                blank = b""
            if fresh and line in _BLANK:
                blank = line
                until = self._end_by_length(stated) if head and stated is not None else until
                head = False
            else:
                found = _LENGTH.match(line) if head and fresh else None
                stated = int(found.group(1)) if found else stated
                self.quoted += fresh and line[:1] == b">" and _QUOTED.match(line) is not None
                batch.append(line)
                fresh = line[-1:] == b"\n"
            size += len(line)
            if size >= _BATCH:
                yield b"".join(batch)
                batch, size = [], 0
        if blank and self._ends <= until:
            batch.append(blank)
        yield b"".join(batch)

    def _end_by_length(self, stated: int) -> int:
        """Give where a message ends by its own length, if another one or the file's end is really there; or 0."""
        # The line at hand is the first one of the body.
        end = self._ends - len(self._line) + stated
        if end > self._size:
            return 0
        here = self._stream.tell()
        self._stream.seek(end)
        behind = self._stream.read(_LOOK).lstrip(b"\r\n")
        self._stream.seek(here)
        if behind and not is_from_line(behind.partition(b"\n")[0]):
            return 0
        self.by_length += 1
        return end

    def _is_next(self, line: bytes, *, after_blank: bool) -> bool:
        """Tell whether a line that says From begins a message: after a blank line, or before a header."""
        return is_from_line(line) and (after_blank or _HEADER.match(self._following) is not None)
