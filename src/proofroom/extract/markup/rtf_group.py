"""Keep what a group of RTF inherits, and decode its bytes by the font they are set in."""

from __future__ import annotations

import codecs
from dataclasses import dataclass, field
from typing import Final

from proofroom.extract.markup.charsets import (
    DOUBLE_BYTE,
    SYMBOL,
    codec_of_charset,
    codec_of_codepage,
    looks_double_byte,
)
from proofroom.extract.markup.rtf_objects import Embedded
from proofroom.extract.markup.rtf_words import DIRECTIONS, RUN_CLASSES, TOGGLES
from proofroom.extract.markup.word_paragraph import Paragraph

_ANSI: Final = "cp1252"
_PRIVATE: Final = 0xF000
_NO_FONT: Final = -1


@dataclass(slots=True)
class Story:
    """A run of paragraphs: the body, a header, footer, note, comment or text box."""

    kind: str
    above: Story | None = None
    paragraphs: list[Paragraph] = field(default_factory=list)
    current: Paragraph = field(default_factory=lambda: Paragraph(0, ""))


@dataclass(slots=True)
class Capture:
    """A text that is no part of a story: a property, a field code, the name of an author."""

    kind: str
    name: str
    pieces: list[str] = field(default_factory=list)
    clock: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class Group:
    """What holds between two braces; the inner group begins with all of it."""

    story: Story | None
    capture: Capture | None = None
    embedded: Embedded | None = None
    table: str = ""
    font: int = _NO_FONT
    run_class: str = ""
    class_fonts: dict[str, int] = field(default_factory=dict)
    skip_after_unicode: int = 1
    hidden: bool = False
    deleted: bool = False
    inserted: bool = False
    outside: tuple[Story | None, Capture | None] | None = None
    begun: bool = False
    starred: bool = False
    owns: bool = False

    def inner(self) -> Group:
        """Begin a group inside this one."""
        return Group(
            self.story,
            self.capture,
            self.embedded,
            self.table,
            self.font,
            self.run_class,
            self.class_fonts,
            self.skip_after_unicode,
            self.hidden,
            self.deleted,
            self.inserted,
            self.outside,
        )

    def own(self, story: Story | None, capture: Capture | None, embedded: Embedded | None) -> None:
        """Begin something that ends with this group."""
        self.story, self.capture, self.embedded = story, capture, embedded
        self.owns = True

    def silence(self) -> None:
        """Let nothing of this group be text."""
        self.story, self.capture, self.embedded = None, None, None

    def letters(self, word: str, number: int | None) -> bool:
        """Take what says how letters are set; false when the word says nothing of that."""
        if word in TOGGLES:
            setattr(self, TOGGLES[word], number != 0)
        elif word == "f" or (word == "af" and self.run_class):
            self.font = number or 0
            if self.run_class:
                self.class_fonts = {**self.class_fonts, self.run_class: self.font}
        elif word in RUN_CLASSES:
            self.run_class = word
            self.font = self.class_fonts.get(word, self.font)
        elif word in DIRECTIONS:
            self.run_class = ""
        elif word == "uc":
            self.skip_after_unicode = max(number or 0, 0)
        elif word == "plain":
            self.font, self.run_class, self.class_fonts = _NO_FONT, "", {}
            self.hidden = self.deleted = self.inserted = False
        else:
            return False
        return True


class Fonts:
    """Knows the codec of each font of a document, and of the document itself."""

    def __init__(self) -> None:
        """Begin with what holds when a document says nothing."""
        self.document = _ANSI
        self.default = 0
        self.undecodable = 0
        self._codecs: dict[int, str] = {}
        self._last = 0

    def word(self, word: str, number: int) -> None:
        """Take a control word of the font table."""
        if word == "f":
            self._last = number
        elif word == "fcharset":
            self._codecs[self._last] = codec_of_charset(number)
        elif word == "cpg":
            self._codecs[self._last] = codec_of_codepage(number)

    def of(self, font: int) -> str:
        """Give the codec of a font; "" where the document's own holds."""
        if font != _NO_FONT:
            return self._codecs.get(font, "")
        codec = self._codecs.get(self.default, "")
        return "" if codec == SYMBOL else codec

    def decode(self, data: bytes, font: int) -> str:
        """Decode bytes set in a font."""
        if data.isascii():
            return data.decode("ascii")
        codec = self.of(font)
        if codec == SYMBOL:
            return "".join(chr(value if value < 0x80 else _PRIVATE + value) for value in data)
        if not codec:
            # A Latin font in a Chinese document: its high bytes stand alone.
            latin = self.document in DOUBLE_BYTE and not looks_double_byte(data, self.document)
            codec = _ANSI if latin else self.document
        for candidate in dict.fromkeys((codec, self.document)):
            try:
                return data.decode(candidate)
            except UnicodeError:
                continue
        text = data.decode(codec, "replace")
        self.undecodable += max(text.count("\ufffd"), 1)
        return text

    def waits(self, data: bytes, font: int) -> bool:
        """Tell whether bytes end with the first half of a letter, whose second may look like a brace."""
        codec = self.of(font) or self.document
        if codec not in DOUBLE_BYTE:
            return False
        decoder = codecs.getincrementaldecoder(codec)("replace")
        decoder.decode(data, False)
        return bool(decoder.getstate()[0])
