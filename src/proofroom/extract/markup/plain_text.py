"""Give text line by line, and one text of any length in parts that fit through the wire.

A line ends with LF, CR LF, CR, NEL, or Unicode's line and paragraph separators; a form feed ends none.
"""

from __future__ import annotations

import re
from typing import Final

from proofroom.extract.format import Line
from proofroom.extract.markup.batches import LineBatch
from proofroom.extract.markup.text_stream import TextStream
from proofroom.model.evidence import Flag, PieceKind

LONGEST: Final = 1 << 22
"""Characters in one part of a text at the most; a frame holds 64 MiB and a character takes up to 4 bytes."""

_ENDS: Final = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
_RARE_ENDS: Final = re.compile("[\r\x85\u2028\u2029]")


def put_whole(
    lines: LineBatch, part: str, kind: PieceKind, untrusted_text: str, flags: Flag = Flag.NONE
) -> None:
    """Give one text at its address; one longer than `LONGEST` goes on at `&part=2`, `&part=3` and so on."""
    if len(untrusted_text) <= LONGEST:
        lines.add(Line(part, kind, untrusted_text, flags))
        return
    for number, start in enumerate(range(0, len(untrusted_text), LONGEST), 1):
        address = part if number == 1 else f"{part}&part={number}"
        lines.add(Line(address, kind, untrusted_text[start : start + LONGEST], flags))


class GrowingText:
    """One text that arrives bit by bit; of a very long one, what is full goes out before the end is known."""

    def __init__(self, lines: LineBatch, kind: PieceKind) -> None:
        """Give to the lines."""
        self._lines = lines
        self._kind = kind
        self._pieces: list[str] = []
        self._length = 0
        self._sent = 0

    def add(self, untrusted_text: str, part: str) -> None:
        """Take the next bit of the text at this address."""
        self._pieces.append(untrusted_text)
        self._length += len(untrusted_text)
        while self._length > LONGEST:
            whole = "".join(self._pieces)
            self._send(part, whole[:LONGEST])
            self._pieces, self._length = [whole[LONGEST:]], len(whole) - LONGEST

    def end(self, part: str, flags: Flag = Flag.NONE) -> None:
        """Give what is left; the next bit begins another text."""
        self._send(part, "".join(self._pieces), flags)
        self._pieces, self._length, self._sent = [], 0, 0

    def _send(self, part: str, untrusted_text: str, flags: Flag = Flag.NONE) -> None:
        self._sent += 1
        address = part if self._sent == 1 else f"{part}&part={self._sent}"
        self._lines.add(Line(address, self._kind, untrusted_text, flags))


class _Lines:
    """Counts lines and gives those that hold something."""

    def __init__(self, lines: LineBatch, first: int) -> None:
        self._lines = lines
        self._open = GrowingText(lines, PieceKind.PARAGRAPH)
        self._begun = False
        self._number = 1
        self._position = 0
        self._first = first
        self.any = False

    def take(self, untrusted_text: str, end: int) -> None:
        """Take a whole line, or the end of one that has begun; `end` characters end it."""
        self.add(untrusted_text)
        self._position += end
        if self._position > self._first and self._begun:
            self._open.end(f"para={self._number}")
        self._begun = False
        self._number += 1

    def add(self, untrusted_text: str) -> None:
        """Take the beginning of a line whose end is not known yet."""
        self._position += len(untrusted_text)
        # NULs alone are room that was kept for lines, and no line.
        holds = untrusted_text.strip("\0") or (untrusted_text and self._begun)
        if holds and self._position > self._first:
            self.any = self.any or not untrusted_text.isspace()
            self._open.add(untrusted_text, f"para={self._number}")
            self._begun = True


def send_lines(stream: TextStream, lines: LineBatch, *, first: int = 0) -> bool:
    """Give every line that is not blank as `para=N`, N counting all lines from 1; says whether there was one.

    `first` leaves out the lines that end before that many characters, and the blocks of a long line that do.
    """
    out = _Lines(lines, first)
    waiting = ""
    for block in stream.blocks():
        text = waiting + block
        # What follows a CR decides whether it is a line end of its own.
        waiting = "\r" if text.endswith("\r") else ""
        _send_block(text[: len(text) - len(waiting)], out)
    if waiting:
        out.take("", 1)
    out.take("", 0)
    return out.any


def _send_block(text: str, out: _Lines) -> None:
    """Cut a block into lines; the last one is still open."""
    if not _RARE_ENDS.search(text):
        *whole, rest = text.split("\n")
        for line in whole:
            out.take(line, 1)
        out.add(rest)
        return
    at = 0
    for found in _ENDS.finditer(text):
        out.take(text[at : found.start()], found.end() - found.start())
        at = found.end()
    out.add(text[at:])
