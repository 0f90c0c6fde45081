"""Give the text of a message's body line by line, in the encoding it declares or the one that fits better."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from proofroom.extract.containers.mail_flow import Flow
from proofroom.extract.containers.mail_words import encoding_of
from proofroom.extract.encoding import HEAD, CountingDecoder
from proofroom.extract.format import Line
from proofroom.extract.markup.batches import LineBatch
from proofroom.model.evidence import PieceKind

_LONGEST: Final = 1 << 20


class BodyText:
    """Takes the bytes of text parts and sends their lines as `para=N`, counted through all of them."""

    def __init__(self, lines: LineBatch, look: Callable[[int, str], None] | None = None) -> None:
        """Send to a batch of lines; `look` sees every line with its number."""
        self.number = 0
        self.undecodable = 0
        self._lines = lines
        self._charset = ""
        self._head = b""
        self._decoder: CountingDecoder | None = None
        self._text = ""
        self._look = look
        self._flow: Flow | None = None

    def begin(self, charset: str, *, flowed: bool = False, delsp: bool = False) -> None:
        """Begin the next text part; what is flowed is joined to the paragraphs that its author wrote."""
        self._charset, self._head, self._decoder, self._text = charset, b"", None, ""
        self._flow = Flow(self._say, delsp=delsp) if flowed else None

    def write(self, data: bytes) -> None:
        """Take the next bytes."""
        if self._decoder is not None:
            self._take(self._decoder.decode(data))
            return
        self._head += data
        if len(self._head) >= HEAD:
            self._decide(whole=False)

    def end(self) -> None:
        """End the part."""
        if self._decoder is None:
            self._decide(whole=True)
        if self._decoder is not None:
            self._take(self._decoder.decode(b"", final=True))
            self.undecodable += self._decoder.undecodable
        if self._text:
            self._put(self._text)
        if self._flow is not None:
            self._flow.end()

    def _decide(self, *, whole: bool) -> None:
        head, self._head = self._head, b""
        self._decoder = CountingDecoder(encoding_of(head, self._charset, whole=whole))
        self._take(self._decoder.decode(head))

    def _take(self, text: str) -> None:
        """Cut the text into lines; the last one waits, unless it is absurdly long."""
        *lines, self._text = (self._text + text).split("\n")
        for line in lines:
            self._put(line)
        if len(self._text) > _LONGEST:
            self._put(self._text)
            self._text = ""

    def _put(self, line: str) -> None:
        self.number += 1
        plain = line.removesuffix("\r").removeprefix("\ufeff" if self.number == 1 else "")
        if self._flow is not None:
            self._flow.take(self.number, plain)
        else:
            self._say(self.number, plain)

    def _say(self, number: int, line: str) -> None:
        if self._look is not None:
            self._look(number, line)
        if line and not line.isspace():
            self._lines.add(Line(f"para={number}", PieceKind.BODY, line))
