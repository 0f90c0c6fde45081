"""Find files that stand coded inside a plain text (uuencode, yEnc), and leave blank lines where they stood."""

from __future__ import annotations

import binascii
import re
import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from proofroom.model.states import Reason

_BEGIN_UU: Final = re.compile(rb"begin [0-7]{3,4} (\S.{0,500}?)\s*\r?\n?\Z")
_BEGIN_Y: Final = re.compile(rb"=ybegin (.{0,200}?)name=(.{1,500}?)\s*\r?\n?\Z")
_NUMBER_Y: Final = re.compile(rb"(part|total)=(\d{1,6})")
_SUM_Y: Final = re.compile(rb" p?crc32=([0-9A-Fa-f]{8})")
_LARGEST: Final = 256 << 20
_LONGEST_LINE: Final = 1 << 16
_SHIFT: Final = 42
_PLAIN_Y: Final = bytes((value - _SHIFT) & 0xFF for value in range(256))
_ESCAPED_Y: Final = re.compile(rb"=(.)", re.DOTALL)

Take = Callable[[bytes, bytes, Reason, str], None]
"""Takes the name of a file, its bytes, why they are not whole, and how it was coded."""


class InlineFiles:
    """Takes the lines of a text, hands out the files in them, and gives what is text."""

    def __init__(self, take: Take) -> None:
        """Hand files to `take`."""
        self._take = take
        self._held = b""
        self._name = b""
        self._kind = ""
        self._coding = ""
        self._data = bytearray()

    def text(self, blocks: Iterable[bytes]) -> Iterator[bytes]:
        """Give the text; every line of a file in it leaves a blank one, so that lines count on."""
        waiting = b""
        for block in blocks:
            lines = (waiting + block).splitlines(keepends=True)
            waiting = b""
            if lines and not lines[-1].endswith(b"\n") and len(lines[-1]) < _LONGEST_LINE:
                waiting = lines.pop()
            # A lone CR ends no line of mail, but splitlines cuts there: the pieces join again.
            yield b"".join(map(self._line, lines))
        yield self._line(waiting) if waiting else b""
        yield self._end()

    def _line(self, line: bytes) -> bytes:
        if self._kind:
            return self._coded(line)
        if self._held:
            held, self._held = self._held, b""
            if self._starts(held, line):
                return b"\n" + self._coded(line)
            return held + self._line(line)
        if line.startswith((b"begin ", b"=ybegin ")) and (_BEGIN_UU.match(line) or _BEGIN_Y.match(line)):
            self._held = line
            return b""
        return line

    def _starts(self, held: bytes, line: bytes) -> bool:
        """Tell whether the line behind a beginning is coded; `begin` is also a word."""
        found = _BEGIN_UU.match(held)
        if found is not None and (line.strip() == b"end" or _uu(line) is not None):
            self._kind = self._coding = "uuencode"
            self._name = found.group(1)
        elif found is None and (found := _BEGIN_Y.match(held)):
            numbers = dict(_NUMBER_Y.findall(found.group(1)))
            part = f", part {int(numbers[b'part'])}" if b"part" in numbers else ""
            total = f" of {int(numbers[b'total'])}" if part and b"total" in numbers else ""
            self._kind, self._coding = "y", f"yEnc{part}{total}"
            self._name = found.group(2)
        else:
            return False
        self._data = bytearray()
        return True

    def _coded(self, line: bytes) -> bytes:
        """Take a line of a file; what ends it or is none of its lines ends the file."""
        plain = line.rstrip(b"\r\n")
        if self._kind == "y":
            if plain.startswith(b"=yend"):
                return self._finish(self._checked(plain)) + b"\n"
            if not plain.startswith(b"=ypart"):
                self._data += _ESCAPED_Y.sub(_unescaped, plain).translate(_PLAIN_Y)
        elif plain.strip() == b"end":
            return self._finish(Reason.NONE) + b"\n"
        else:
            found = _uu(line) if plain.strip() else b""
            if found is None:
                return self._finish(Reason.CUT_SHORT) + line
            self._data += found
        if len(self._data) > _LARGEST:
            return self._finish(Reason.CUT_SHORT) + b"\n"
        return b"\n"

    def _checked(self, ending: bytes) -> Reason:
        """Compare the checksum that the last line states; of a part the first one is its own."""
        stated = _SUM_Y.search(ending)
        if stated is None or int(stated.group(1), 16) == zlib.crc32(self._data):
            return Reason.NONE
        return Reason.BAD_CHECKSUM

    def _finish(self, ended: Reason) -> bytes:
        self._kind = ""
        self._take(self._name, bytes(self._data), ended, self._coding)
        self._data = bytearray()
        return b""

    def _end(self) -> bytes:
        """End with the text: a file that is still open has arrived cut short."""
        if self._kind:
            self._finish(Reason.CUT_SHORT)
        held, self._held = self._held, b""
        return held


def _unescaped(found: re.Match[bytes]) -> bytes:
    return bytes(((found.group(1)[0] - 64) & 0xFF,))


def _uu(line: bytes) -> bytes | None:
    """Decode one line of uuencode; None for one that is none. Spaces at its end may have been lost."""
    plain = line.rstrip(b"\r\n")
    length = (plain[0] - 32) & 63 if plain else 64
    needed = (length + 2) // 3 * 4
    if length > 45 or not 32 <= plain[0] <= 96 or len(plain) > needed + 3:
        return None
    if any(not 32 <= byte <= 96 for byte in plain[1 : 1 + needed]) or len(plain) < needed // 2:
        return None
    try:
        found = binascii.a2b_uu(plain[: 1 + needed])
    except binascii.Error:
        return None
    # Where the text itself ends, what is missing of a line is no lost spaces.
    return found if line.endswith(b"\n") else found[: (len(plain) - 1) * 3 // 4]


def unuu(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """Undo uuencode of a whole part; its first and last line say so."""
    waiting = b""
    for block in blocks:
        *lines, waiting = (waiting + block).split(b"\n")
        for line in lines:
            found = (
                _uu(line) if not _BEGIN_UU.match(line + b"\n") and line.strip() not in (b"end", b"") else b""
            )
            yield found or b""
    yield (_uu(waiting) or b"") if waiting.strip() not in (b"", b"end") else b""
