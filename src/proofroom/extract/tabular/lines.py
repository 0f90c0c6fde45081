"""Give a text as physical lines, block by block, whatever its encoding and line ends, without ever failing.

A line ends with LF, CR or CR LF, and with nothing else: a form feed or U+2028 inside a value stays in it.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from proofroom.extract.encoding import HEAD, CountingDecoder, Found, find_encoding
from proofroom.extract.format import Source, Unreadable
from proofroom.model.states import Reason, State

LONGEST_LINE: Final = 12 << 20
"""Characters in one line: its UTF-8 must fit one frame of 64 MiB."""

_BLOCK: Final = 1 << 18
_MARK: Final = "\ufeff"


def encoding_of(source: Source) -> Found:
    """Find the encoding; where a text begins with ASCII only, look at its first bytes beyond ASCII."""
    stream = source.untrusted
    stream.seek(0)
    head = stream.read(HEAD)
    found = find_encoding(head, source.size <= len(head))
    if found.encoding != "utf-8" or not head.isascii():
        return found
    before = head
    while block := stream.read(_BLOCK):
        if not block.isascii():
            return find_encoding(_around_first_beyond_ascii(before[-_BLOCK:] + block), False)
        before = block
    return found


def _around_first_beyond_ascii(data: bytes) -> bytes:
    """Cut at the start of the line that holds the first byte beyond ASCII."""
    first = next(place for place in range(0, len(data), HEAD) if not data[place : place + HEAD].isascii())
    start = max(data.rfind(b"\n", 0, first), 0)
    return data[start : start + 2 * HEAD]


@dataclass(slots=True)
class TextLines:
    """The lines of one text; `undecodable` counts what became U+FFFD so far."""

    source: Source
    encoding: str
    _decoder: CountingDecoder = field(init=False)
    _tail: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Prepare to decode from the start."""
        self._decoder = CountingDecoder(self.encoding)

    @property
    def undecodable(self) -> int:
        """Give the number of places that could not be decoded."""
        return self._decoder.undecodable

    def blocks(self) -> Iterator[list[str]]:
        """Give lists of whole lines with their ends; only the last line of all may have none.

        Raises Unreadable(TRUNCATED) at a line longer than `LONGEST_LINE`, after all lines before it.
        """
        stream = self.source.untrusted
        stream.seek(0)
        first = True
        while data := stream.read(_BLOCK):
            text = self._decoder.decode(data)
            if first and text:
                text, first = text.removeprefix(_MARK), False
            yield from self._whole_lines(text)
        yield from self._whole_lines(self._decoder.decode(b"", final=True))
        if rest := "".join(self._tail):
            yield _split(rest)

    def _whole_lines(self, text: str) -> Iterator[list[str]]:
        """Give the lines that end in this text; a CR at its very end may still be followed by LF."""
        if not text:
            return
        end = max(text.rfind("\n"), text.rfind("\r", 0, max(len(text) - 1, 0))) + 1
        if end or (self._tail and self._tail[-1].endswith("\r")):
            yield _split("".join((*self._tail, text[:end])))
            self._tail = []
        if end < len(text):
            self._tail.append(text[end:])
        if sum(map(len, self._tail)) > min(LONGEST_LINE, self.source.limits.text_bytes):
            raise Unreadable(State.TRUNCATED, Reason.LIMIT_TEXT_BYTES)


def _split(text: str) -> list[str]:
    """Split at LF, CR and CR LF; the ends stay."""
    return list(io.StringIO(text, newline=""))
