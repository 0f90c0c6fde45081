"""Walk JSON without building it or recursing: every value at its pointer (RFC 6901), as it is written.

Beyond RFC 8259 it takes what programs write all the same: NaN and Infinity, a comma too many, line breaks
inside strings, unknown escapes. A name is given at `&key=1` where it first stands, places in arrays aside,
so that people listed by name are found. What stands under a name that its object had already is told
apart by `&duplicate=N`, N counting such names through the file.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Final

from proofroom.extract.format import Sink
from proofroom.extract.markup.batches import LineBatch
from proofroom.extract.markup.data_url import EmbeddedData
from proofroom.extract.markup.plain_text import put_whole
from proofroom.extract.markup.text_stream import TextBuffer
from proofroom.model.evidence import PieceKind
from proofroom.model.states import Reason
from proofroom.model.where import format_parts

_SPACE: Final = re.compile(r"[ \t\r\n\ufeff]*+")
_STRING: Final = re.compile(r'"([^"\\]*+(?:\\.[^"\\]*+)*+)"', re.DOTALL)
_SCALAR: Final = re.compile(r"-?(?:[0-9][0-9.eE+-]*+|Infinity)|true|false|null|NaN")
_ESCAPE: Final = re.compile(r"\\(u[0-9A-Fa-f]{4}|.)", re.DOTALL)
_LONE: Final = re.compile("[\ud800-\udfff]")
_SIGNS: Final = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", '"': '"', "\\": "\\", "/": "/"}
_DECODER: Final = json.JSONDecoder(strict=False)
_DEEPEST: Final = 512
_MOST_REMEMBERED: Final = 1_000_000
_CLOSE: Final = {"{": "}", "[": "]"}


class Broken(Exception):
    """The text is no JSON from here on, or one of our limits ends it; what was read before stands."""

    def __init__(self, reason: Reason, position: int) -> None:
        """Keep the reason and how many characters were read."""
        super().__init__(reason.value)
        self.reason = reason
        self.position = position


@dataclass(slots=True)
class _Level:
    """An object or array that has begun: its pointer, what its duplicate names add, its next place or names."""

    closing: str
    pointer: str
    suffix: str
    shape: int
    place: int = -1
    names: set[str] = field(default_factory=set)


class JsonStory:
    """Gives the values of one file, which may hold one value or many."""

    def __init__(self, sink: Sink, lines: LineBatch, longest_pointer: int) -> None:
        """Give to the lines; a pointer longer than that ends the reading."""
        self._lines = lines
        self._longest = longest_pointer
        self._embedded = EmbeddedData(sink)
        self._shapes: set[int] = set()
        self._escaped: dict[str, str] = {}
        self._duplicates = 0

    def value(self, buffer: TextBuffer, pointer: str = "") -> None:
        """Read one value; raises Broken where it is none."""
        levels: list[_Level] = []
        suffix, shape = "", 0
        while True:
            sign = self._sign(buffer)
            if sign in _CLOSE and sign:
                buffer.at += 1
                levels.append(_Level(_CLOSE[sign], pointer, suffix, shape))
                if len(levels) > _DEEPEST:
                    raise Broken(Reason.LIMIT_DEPTH, buffer.position - 1)
                if self._sign(buffer) != _CLOSE[sign]:
                    pointer, suffix, shape = self._next(buffer, levels[-1])
                    continue
                self._give(pointer + suffix, sign + _CLOSE[sign])
            elif sign == '"':
                self._give(pointer + suffix, self._string(buffer))
            else:
                self._give(pointer + suffix, self._scalar(buffer))
            if not self._close(buffer, levels):
                return
            pointer, suffix, shape = self._next(buffer, levels[-1])

    def rest_is_blank(self, buffer: TextBuffer) -> bool:
        """Tell whether nothing follows."""
        return not self._sign(buffer)

    def _close(self, buffer: TextBuffer, levels: list[_Level]) -> bool:
        """Take what follows a value: the ends of what it is in, and a comma; false when all has ended."""
        while levels:
            sign = self._sign(buffer)
            if sign == ",":
                buffer.at += 1
                sign = self._sign(buffer)
                if sign != levels[-1].closing:
                    return True
            if sign != levels[-1].closing:
                raise _broken(buffer)
            buffer.at += 1
            levels.pop()
        return False

    def _next(self, buffer: TextBuffer, level: _Level) -> tuple[str, str, int]:
        """Give the pointer of the next value of an object or array."""
        if level.closing == "]":
            level.place += 1
            pointer, suffix, shape = f"{level.pointer}/{level.place}", level.suffix, hash((level.shape, 0))
        else:
            name = self._string(buffer)
            if self._sign(buffer) != ":":
                raise _broken(buffer)
            buffer.at += 1
            pointer, suffix = f"{level.pointer}/{self._escape(name)}", level.suffix
            shape = hash((level.shape, name))
            if name in level.names:
                self._duplicates += 1
                suffix = f"&duplicate={self._duplicates}"
            level.names.add(name)
            if len(pointer) <= self._longest:
                self._name(name, pointer + suffix, shape)
        if len(pointer) > self._longest:
            raise Broken(Reason.LIMIT_NAME, buffer.position)
        return pointer, suffix, shape

    def _name(self, name: str, address: str, shape: int) -> None:
        """Give a name where it first stands."""
        if shape not in self._shapes:
            put_whole(self._lines, f"pointer={address}&key=1", PieceKind.NAME, name)
            if len(self._shapes) < _MOST_REMEMBERED:
                self._shapes.add(shape)

    def _give(self, address: str, untrusted_text: str) -> None:
        """Give a value; a picture written as base64 becomes a member."""
        if not self._embedded.take_base64_address(untrusted_text):
            put_whole(self._lines, f"pointer={address}", PieceKind.PARAGRAPH, untrusted_text)

    def _sign(self, buffer: TextBuffer) -> str:
        """Skip white space and give the next character, "" at the end."""
        while True:
            found = _SPACE.match(buffer.untrusted_text, buffer.at)
            buffer.at = found.end() if found else buffer.at
            if buffer.at < len(buffer.untrusted_text):
                return buffer.untrusted_text[buffer.at]
            if not buffer.more():
                return ""

    def _string(self, buffer: TextBuffer) -> str:
        """Read a string."""
        if self._sign(buffer) != '"':
            raise _broken(buffer)
        found = _STRING.match(buffer.untrusted_text, buffer.at)
        while not found and buffer.more():
            found = _STRING.match(buffer.untrusted_text, buffer.at)
        if not found:
            raise Broken(Reason.CUT_SHORT, buffer.position)
        buffer.at = found.end()
        return _unescape(found.group(1))

    def _scalar(self, buffer: TextBuffer) -> str:
        """Read a number or a word, as it is written."""
        while not buffer.ended and len(buffer.untrusted_text) - buffer.at < len("-Infinity"):
            buffer.more()
        found = _SCALAR.match(buffer.untrusted_text, buffer.at)
        while found and found.end() == len(buffer.untrusted_text) and buffer.more():
            found = _SCALAR.match(buffer.untrusted_text, buffer.at)
        if not found:
            raise _broken(buffer)
        buffer.at = found.end()
        return found.group()

    def _escape(self, name: str) -> str:
        """Write a name as a step of a pointer, and that as a part of an address."""
        known = self._escaped.get(name)
        if known is None:
            step = name.replace("~", "~0").replace("/", "~1")
            known = format_parts((("pointer", step),)).removeprefix("pointer=")
            if len(self._escaped) < _MOST_REMEMBERED:
                self._escaped[name] = known
        return known


def _broken(buffer: TextBuffer) -> Broken:
    """Say that something else stands here, or nothing any more."""
    at_end = buffer.ended and buffer.at >= len(buffer.untrusted_text)
    return Broken(Reason.CUT_SHORT if at_end else Reason.NOT_WELL_FORMED, buffer.position)


def _unescape(raw: str) -> str:
    """Decode the escapes of a string; an unknown one stays as it is written."""
    if "\\" in raw:
        try:
            raw = str(_DECODER.decode(f'"{raw}"'))
        except ValueError:
            raw = _ESCAPE.sub(_sign_of, raw)
            raw = raw.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return _LONE.sub("\ufffd", raw)


def _sign_of(found: re.Match[str]) -> str:
    escaped = found.group(1)
    if len(escaped) > 1:
        return chr(int(escaped[1:], 16))
    return _SIGNS.get(escaped, found.group())
