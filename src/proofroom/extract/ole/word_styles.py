"""Read the styles and fonts of a Word document (MS-DOC 2.9.271, 2.9.290): which styles hide text or number it."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Final

from proofroom.extract.ole.word_fib import Fib
from proofroom.extract.ole.word_sprms import NO_CHANGE, Change, Look, Shape, look, shape
from proofroom.extract.ole.word_tables import WordFile

_PARAGRAPH: Final = 1
_MOST: Final = 4_096
_NO_BASE: Final = 0xFFF
_CODE_PAGES: Final = {
    77: "mac-roman", 128: "cp932", 129: "cp949", 130: "johab", 134: "gb18030", 136: "cp950",
    161: "cp1253", 162: "cp1254", 163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251",
    222: "cp874", 238: "cp1250",
}  # fmt: skip
_OF_LANGUAGE: Final = {
    0x01: "cp1256", 0x02: "cp1251", 0x04: "gb18030", 0x05: "cp1250", 0x08: "cp1253", 0x0D: "cp1255",
    0x0E: "cp1250", 0x11: "cp932", 0x12: "cp949", 0x15: "cp1250", 0x18: "cp1250", 0x19: "cp1251",
    0x1A: "cp1250", 0x1B: "cp1250", 0x1E: "cp874", 0x1F: "cp1254", 0x22: "cp1251", 0x23: "cp1251",
    0x24: "cp1250", 0x25: "cp1257", 0x26: "cp1257", 0x27: "cp1257", 0x29: "cp1256", 0x2A: "cp1258",
    0x2F: "cp1251", 0x3F: "cp1251", 0x40: "cp1251", 0x44: "cp1251", 0x50: "cp1251", 0x80: "cp1256",
}  # fmt: skip
"""Code pages by the low ten bits of a language's number."""

_TRADITIONAL: Final = (0x0404, 0x0C04, 0x1404)


@dataclass(frozen=True, slots=True)
class Style:
    """One style: what it is based on, and what it changes of paragraphs and of characters."""

    base: int
    paragraph: Change
    characters: Change


class Styles:
    """The styles of one document, by their numbers."""

    def __init__(self, word: WordFile) -> None:
        """Read the style sheet; what is damaged in it hides and numbers nothing."""
        self._styles = _read_styles(word.part("styles"), old=word.fib.old)
        self._hidden: dict[int, bool] = {}
        self._shapes: dict[int, Shape] = {}

    def hides(self, number: int) -> bool:
        """Tell whether a style hides its text, by itself or by the style it is based on."""
        if number not in self._hidden:
            hidden = False
            for style in self._line(number):
                hidden = look((style.characters,), Look()).is_hidden(by_style=hidden)
            self._hidden[number] = hidden
        return self._hidden[number]

    def shape(self, number: int) -> Shape:
        """Give how a style shapes its paragraphs."""
        if number not in self._shapes:
            self._shapes[number] = shape(tuple(style.paragraph for style in self._line(number)), number)
        return self._shapes[number]

    def _line(self, number: int) -> list[Style]:
        """Give a style and those it is based on, the first one first."""
        line: list[Style] = []
        seen: set[int] = set()
        while number in self._styles and number not in seen:
            seen.add(number)
            line.append(self._styles[number])
            number = self._styles[number].base
        return line[::-1]


def codec_of(fib: Fib) -> str:
    """Give the code page of a document's texts of one byte a character: by its language only before Word 97."""
    language = fib.language if fib.old else 0
    if language in _TRADITIONAL:
        return "cp950"
    return _OF_LANGUAGE.get(language & 0x3FF, "cp1252")


def font_codecs(word: WordFile) -> dict[int, str]:
    """Give the code pages of the fonts by their numbers, for documents of one byte a character."""
    if not word.fib.old:
        return {}
    return {
        number: _CODE_PAGES[charset]
        for number, (_, charset) in enumerate(fonts(word))
        if charset in _CODE_PAGES
    }


def fonts(word: WordFile) -> list[tuple[str, int]]:
    """Give the name and the character set of each font that the document lists."""
    data, old = word.part("fonts"), word.fib.old
    found: list[tuple[str, int]] = []
    at = 2 if old else 4
    while at < len(data) and len(found) < _MOST:
        end = at + 1 + data[at]
        line = data[at:end]
        if old:
            name = line[6:].partition(b"\0")[0].decode(word.codec, "replace")
            charset = line[4] if len(line) > 4 else 1
        else:
            name = line[40:].decode("utf-16-le", "replace").partition("\0")[0]
            charset = line[4] if len(line) > 4 else 1
        found.append((name, charset))
        at = end
    return found


def _read_styles(data: bytes, *, old: bool) -> dict[int, Style]:
    """Read the style sheet; each style stands behind its length."""
    if len(data) < 6:
        return {}
    head, count, base = struct.unpack_from("<HHH", data)
    at = 2 + head
    found: dict[int, Style] = {}
    for number in range(min(count, _MOST)):
        if at + 2 > len(data):
            break
        (size,) = struct.unpack_from("<H", data, at)
        line = data[at + 2 : at + 2 + size]
        at += 2 + size + (size & 1)
        if len(line) > base >= 6:
            found[number] = _style(line, base, old=old)
    return found


def _style(line: bytes, base: int, *, old: bool) -> Style:
    """Read one style: its kind and base, its name, then what it changes."""
    kind_and_base = struct.unpack_from("<H", line, 2)[0]
    changes = struct.unpack_from("<H", line, 4)[0] & 0xF
    name = line[base] + 2 if old else 2 * int.from_bytes(line[base : base + 2], "little") + 4
    at = base + name + (base + name & 1)
    found: list[bytes] = []
    for _ in range(min(changes, 3)):
        size = int.from_bytes(line[at : at + 2], "little")
        found.append(line[at + 2 : at + 2 + size])
        at += 2 + size + (size & 1)
    paragraph, characters = NO_CHANGE, NO_CHANGE
    if kind_and_base & 0xF == _PARAGRAPH:
        paragraph = Change(found[0][2:], old) if found else NO_CHANGE
        characters = Change(found[1], old) if len(found) > 1 else NO_CHANGE
    elif found:
        characters = Change(found[0], old)
    above = kind_and_base >> 4
    return Style(-1 if above == _NO_BASE else above, paragraph, characters)
