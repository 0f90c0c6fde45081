"""Walk any XML in document order and give its texts and attributes, without knowing what its names mean.

`para=N` counts the elements that hold text of their own or attributes. Text in between the tags of a
sentence stays together: an element inside a text that has begun belongs to it, and an element called `p`
(Word, OpenDocument, XHTML) holds its whole paragraph. Base64 of Office files becomes a member.
"""

from __future__ import annotations

import html.entities
import re
from dataclasses import dataclass, field
from typing import Final

from proofroom.extract.format import Sink
from proofroom.extract.markup.batches import LineBatch
from proofroom.extract.markup.data_url import EmbeddedData
from proofroom.extract.markup.plain_text import GrowingText, put_whole
from proofroom.extract.ooxml.safe_xml import Attributes, SafeParser, attribute
from proofroom.model.evidence import PieceKind
from proofroom.model.states import Reason
from proofroom.model.where import format_parts

_PARAGRAPH: Final = "p"
_SIGNS: Final = {"tab": "\t", "br": "\n", "cr": "\n", "line-break": "\n", "s": " ", "noBreakHyphen": "\u2011"}
_BINARY: Final = frozenset(("binData", "binaryData", "binary-data"))
_ENDING: Final = re.compile(r"\.([A-Za-z0-9]{1,8})\Z")
_LONGEST: Final = 1 << 16
_MOST_TOLD: Final = 1_000


@dataclass(slots=True)
class _Text:
    """A text under way: its number, how deep its element lies, and whether that element has ended."""

    number: int
    depth: int
    paragraph: bool
    ended: bool = False
    gap: str = ""


@dataclass(slots=True)
class XmlStory:
    """Takes what a parser meets and gives texts, attributes and comments."""

    sink: Sink
    lines: LineBatch
    events: int = 0
    _number: int = 0
    _comments: int = 0
    _told: int = 0
    _after_end: bool = False
    _rooted: bool = False
    _numbers: list[int] = field(default_factory=list)
    _text: _Text | None = None
    _binary: list[str] | None = None
    _file_name: str = ""
    _growing: GrowingText = field(init=False)
    _embedded: EmbeddedData = field(init=False)

    def __post_init__(self) -> None:
        """Make what sends."""
        self._growing = GrowingText(self.lines, PieceKind.PARAGRAPH)
        self._embedded = EmbeddedData(self.sink)

    def start(self, name: str, attributes: Attributes) -> None:
        """Take the start of an element, by its local name."""
        self.events += 1
        if self._text and (self._text.ended or name == _PARAGRAPH):
            self._end_text()
        self._numbers.append(0)
        if not self._rooted:
            self._rooted = True
            self._tell("xml:root", name)
        if attributes:
            self._number += 1
            self._numbers[-1] = self._number
            self._attributes(attributes)
        if name in _BINARY:
            self._binary = []
        if name in ("part", *_BINARY):
            self._file_name = attribute(attributes, "name") or self._file_name
        if name == _PARAGRAPH:
            self._text = _Text(0, len(self._numbers), paragraph=True)
        elif self._text and self._text.paragraph and name in _SIGNS:
            self._text.gap += _SIGNS[name]
        elif self._text and not self._text.paragraph and self._after_end:
            self._text.gap = self._text.gap or " "
        self._after_end = False

    def end(self, name: str) -> None:
        """Take the end of an element, by its local name."""
        self.events += 1
        if name in _BINARY and self._binary is not None:
            found = _ENDING.search(self._file_name)
            self._embedded.take_base64(
                "".join(self._binary), f"data/{found.group(1).lower() if found else 'bin'}"
            )
            self._binary = None
        if self._text and self._text.depth == len(self._numbers):
            self._text.ended = True
            if self._text.paragraph:
                self._end_text()
        if self._numbers:
            self._numbers.pop()
        self._after_end = True

    def text(self, untrusted_text: str) -> None:
        """Take characters."""
        self.events += 1
        if self._binary is not None:
            self._binary.append(untrusted_text)
            return
        self._after_end = False
        blank = untrusted_text.isspace()
        if self._text and self._text.ended and not blank:
            # What follows an element in the same sentence goes on with it: `<b>One</b> two`.
            if self._text.depth == len(self._numbers) + 1:
                self._text.depth, self._text.ended = len(self._numbers), False
            else:
                self._end_text()
        if self._text is None:
            if blank:
                return
            self._text = _Text(0, len(self._numbers), paragraph=False)
        self._add(self._text, untrusted_text, blank=blank)

    def comment(self, untrusted_text: str) -> None:
        """Take a comment."""
        self.events += 1
        self._comments += 1
        put_whole(self.lines, f"comment={self._comments}", PieceKind.COMMENT, untrusted_text.strip())

    def instruction(self, target: str, untrusted_data: str) -> None:
        """Take a processing instruction."""
        self.events += 1
        self._tell("xml:instruction", f"{target} {untrusted_data}")

    def doctype(self, name: str, system: str | None, public: str | None, _internal: object) -> None:
        """Take the name of the document type; what lies elsewhere is told and never fetched."""
        self._tell("xml:doctype", " ".join(filter(None, (name, public))))
        self._tell("xml:external", system or "")

    def skipped(self, name: str, is_parameter: object) -> None:
        """Take a reference to an entity that is defined elsewhere: a sign everybody knows, or a gap."""
        if is_parameter:
            return
        sign = html.entities.html5.get(f"{name};")
        if sign is None:
            self.sink.partly(Reason.EXTERNAL_PART)
        self.text(sign or f"&{name};")

    def finish(self) -> None:
        """Give the text that is under way."""
        self._end_text()

    def _add(self, text: _Text, untrusted_text: str, *, blank: bool) -> None:
        """Add characters; white space waits until something follows it."""
        if blank:
            text.gap += untrusted_text if len(text.gap) < _LONGEST else ""
            return
        if not text.number:
            text.number = self._take_number()
            untrusted_text = untrusted_text.lstrip()
            text.gap = ""
        core = untrusted_text.rstrip()
        self._growing.add(text.gap + core, f"para={text.number}")
        text.gap = untrusted_text[len(core) :]

    def _take_number(self) -> int:
        """Give the number that the element's attributes have already, or the next one."""
        place = min(self._text.depth if self._text else 0, len(self._numbers)) - 1
        number = self._numbers[place] if place >= 0 else 0
        if not number:
            self._number += 1
            return self._number
        self._numbers[place] = 0
        return number

    def _end_text(self) -> None:
        if self._text and self._text.number:
            self._growing.end(f"para={self._text.number}")
        self._text = None

    def _attributes(self, attributes: Attributes) -> None:
        """Give the attributes of an element; two of the same local name are told apart by their namespace."""
        given: set[str] = set()
        for name, value in attributes.items():
            if self._embedded.take_base64_address(value):
                continue
            local = name.rpartition(" ")[2]
            shown = name if local in given else local
            given.add(local)
            part = format_parts((("para", str(self._number)), ("attribute", shown[:_LONGEST])))
            put_whole(self.lines, part, PieceKind.META, value)

    def _tell(self, key: str, untrusted_value: str) -> None:
        value = untrusted_value.strip()[:_LONGEST]
        if value and self._told < _MOST_TOLD:
            self._told += 1
            self.sink.meta(key, value)


class XmlParser(SafeParser):
    """A safe parser that also gives comments, instructions, the document type, and entities it skips."""

    def __init__(self, story: XmlStory) -> None:
        """Send events to the story."""
        super().__init__(story)
        # As if a document type lay elsewhere: an unknown entity is then a gap and not the end.
        self._parser.UseForeignDTD(True)
        self._parser.CommentHandler = story.comment
        self._parser.ProcessingInstructionHandler = story.instruction
        self._parser.StartDoctypeDeclHandler = story.doctype
        self._parser.SkippedEntityHandler = story.skipped

    @property
    def error_at(self) -> int:
        """How many bytes lie before the place where parsing failed."""
        return self._parser.ErrorByteIndex
