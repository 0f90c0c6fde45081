"""Read any XML: the text and the attributes of every element, in document order, and its comments.

`para=N` counts elements that hold text or attributes, `para=N&attribute=NAME` is an attribute, `comment=N`
a comment. The encoding is found first and the text handed to the parser as UTF-8, since the parser knows
few. Where XML breaks its own rules, what follows is still read, loosely, and the file ends `damaged`. A
document whose entities are nested, long or many, or lie elsewhere, is refused. Nothing that it names elsewhere
is ever fetched.
"""

from __future__ import annotations

import re
from typing import Final

from proofroom.extract.format import Format, Sink, Source, Unreadable
from proofroom.extract.markup.batches import LineBatch
from proofroom.extract.markup.html_tokens import Token, tokens
from proofroom.extract.markup.text_stream import BLOCK, TextStream
from proofroom.extract.markup.xml_story import XmlParser, XmlStory
from proofroom.extract.ooxml.package import DamagedPart
from proofroom.model.states import Reason, State

_DECLARATION: Final = re.compile(r"\s*<\?xml\s[^>]*?\?>|\s+")
_DECLARED: Final = re.compile(rb"<\?xml\s[^>]{0,512}?encoding\s*=\s*[\"']\s*([A-Za-z0-9_.:-]{1,64})")
_ILLEGAL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_LONGEST_BLOCK: Final = 64 << 20


def read(source: Source, sink: Sink) -> None:
    """Read a document; what breaks its rules costs the structure and not the text."""
    stream = TextStream(source, declared)
    with LineBatch(sink) as lines:
        story = XmlStory(sink, lines)
        document = _Document(stream, story)
        try:
            document.read()
        finally:
            story.finish()
    stream.tell(sink)
    if document.illegal:
        sink.meta("xml:illegal-characters", str(document.illegal))
        sink.partly(Reason.DAMAGED_PART)
    if document.broken:
        raise Unreadable(State.DAMAGED, document.broken)


def declared(head: bytes) -> str:
    """Find the encoding that a document declares in its first bytes."""
    found = _DECLARED.search(head)
    return found.group(1).decode("ascii") if found else ""


class _Document:
    """One document on its way to the story."""

    def __init__(self, stream: TextStream, story: XmlStory) -> None:
        self._stream = stream
        self._story = story
        self._parser = XmlParser(story)
        self._begun = False
        self._fed = 0
        self.illegal = 0
        self.broken = Reason.NONE

    def read(self) -> None:
        """Parse to the end, or as far as the rules hold and then loosely."""
        size, ended = BLOCK, False
        while not ended:
            text = self._next(size)
            ended = not text
            events, data = self._story.events, text.encode("utf-8", "replace")
            try:
                self._parser.feed(data, final=ended)
            except DamagedPart as damaged:
                self._fail(damaged, data, ended=ended)
                return
            self._fed += len(data)
            # A block in which nothing ends is parsed again with the next one: larger ones cost no square.
            size = min(2 * size, _LONGEST_BLOCK) if events == self._story.events else BLOCK

    def _next(self, size: int) -> str:
        """Give the next block of text, without the declaration and what no XML may hold."""
        text = self._stream.read(size)
        if not self._begun and text:
            text = _DECLARATION.sub("", text, count=1) if _DECLARATION.match(text) else text
            self._begun = bool(text.strip())
            text = text or "\n"
        if _ILLEGAL.search(text):
            text, count = _ILLEGAL.subn("\ufffd", text)
            self.illegal += count
        return text

    def _fail(self, damaged: DamagedPart, data: bytes, *, ended: bool) -> None:
        """Say why parsing failed; read the rest loosely where only the rules of XML were broken."""
        if damaged.reason is Reason.ENTITY_EXPANSION:
            raise Unreadable(State.REFUSED, damaged.reason) from damaged
        if damaged.reason is Reason.LIMIT_DEPTH:
            raise Unreadable(State.TRUNCATED, damaged.reason) from damaged
        self.broken = Reason.CUT_SHORT if ended else Reason.NOT_WELL_FORMED
        rest = data[max(self._parser.error_at - self._fed, 0) :].decode("utf-8", "replace")
        for token in tokens(_Rest(rest, self._stream)):
            self._loosely(token)

    def _loosely(self, token: Token) -> None:
        """Take a piece of what follows the damage."""
        if token.kind == "start":
            self._story.start(token.name.rpartition(":")[2], dict(reversed(token.attributes)))
            if token.closed:
                self._story.end(token.name)
        elif token.kind == "end":
            self._story.end(token.name)
        elif token.kind == "comment":
            self._story.comment(token.untrusted_text)
        elif token.untrusted_text and token.kind != "declaration":
            self._story.text(token.untrusted_text)


class _Rest:
    """What is left of a stream, beginning with a text that was read from it already."""

    def __init__(self, first: str, stream: TextStream) -> None:
        self._first = first
        self._stream = stream

    def read(self, size: int = BLOCK) -> str:
        """Give the next text; "" only at the end."""
        first, self._first = self._first, ""
        return first or self._stream.read(size)


FORMAT = Format(
    name="xml", media_types=frozenset(("application/xml", "image/svg+xml")), read=read, sample="xml.xml"
)
