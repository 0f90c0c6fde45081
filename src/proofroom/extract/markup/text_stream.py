"""Decode a text block by block in the encoding that fits its bytes, whatever it declares, and lose nothing.

The order: a byte order mark; strict UTF-8; what the file declares, if its bytes agree; what the bytes look
like. A declared single-byte encoding fits any bytes, so it yields where these are plainly Chinese, Japanese
or Korean. A text that begins with a long stretch of ASCII is judged where the first other byte stands.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator
from typing import Final, Protocol

from proofroom.extract.encoding import HEAD, CountingDecoder, Found, find_encoding
from proofroom.extract.format import Sink, Source
from proofroom.extract.markup.charsets import DOUBLE_BYTE, codec_of_label, looks_double_byte
from proofroom.model.states import Reason

BLOCK: Final = 1 << 18
_BEFORE: Final = 256
_SEVEN_BITS: Final = ("hz", "iso2022_jp", "iso2022_kr", "iso2022_jp_1", "iso2022_jp_2", "iso2022_jp_3")
_WIDE: Final = ("utf-16", "utf-32")
_HIGH: Final = re.compile(rb"[\x80-\xff]")
_LONGEST_LABEL: Final = 64


class TextStream:
    """A text nobody trusts, decoded on the way; says what its encoding is and how much of it did not fit."""

    def __init__(self, source: Source, declared: Callable[[bytes], str] | None = None) -> None:
        """Choose the encoding; `declared` finds the name of one in the first bytes."""
        self._stream = source.untrusted
        self._stream.seek(0)
        head = self._stream.read(HEAD)
        self.untrusted_declared = declared(head)[:_LONGEST_LABEL] if declared else ""
        window, whole = self._window(head, source.size)
        found = _choose(window, self.untrusted_declared, whole=whole)
        self.encoding = found.encoding
        self._alternatives = found.alternatives
        self._decoder = CountingDecoder(self.encoding)
        self._ended, self._first = False, True
        self._stream.seek(0)

    @property
    def undecodable(self) -> int:
        """How many places could not be decoded so far."""
        return self._decoder.undecodable

    def read(self, size: int = BLOCK) -> str:
        """Give the text of the next bytes; "" only at the end."""
        while not self._ended:
            data = self._stream.read(size)
            self._ended = not data
            text = self._decoder.decode(data, final=self._ended)
            if self._first and text:
                self._first = False
                text = text.removeprefix("\ufeff")
            if text:
                return text
        return ""

    def blocks(self) -> Iterator[str]:
        """Give what is left, block by block."""
        while text := self.read():
            yield text

    def again(self) -> None:
        """Go back to the beginning."""
        self._stream.seek(0)
        self._decoder = CountingDecoder(self.encoding)
        self._ended, self._first = False, True

    def tell(self, sink: Sink) -> None:
        """Send what the encoding is; call at the end, when it is known how much of it did not fit."""
        sink.meta("text:encoding", self.encoding)
        if self.untrusted_declared:
            sink.meta("text:encoding-declared", self.untrusted_declared)
        if self._alternatives:
            sink.meta("text:encoding-alternatives", " ".join(self._alternatives))
        if self.undecodable:
            sink.meta("text:undecodable", str(self.undecodable))
            sink.partly(Reason.DAMAGED_PART)

    def _window(self, head: bytes, size: int) -> tuple[bytes, bool]:
        """Give the bytes to judge by, and whether they reach to the end."""
        start, block = 0, head
        while block and block.isascii() and b"\0" not in block:
            start += len(block)
            block = self._stream.read(HEAD)
        if not block or not start:
            return head, size <= len(head)
        found = _HIGH.search(block)
        first = max((found.start() if found else 0) - _BEFORE, 0)
        window = block[first:] + self._stream.read(HEAD)
        return window, size <= start + first + len(window)


def _choose(window: bytes, untrusted_declared: str, *, whole: bool) -> Found:
    """Weigh what the bytes look like against what the file declares."""
    # The detector would believe the declaration; it is weighed here, so the detector does not see it.
    label = untrusted_declared.encode("ascii", "replace")
    found = find_encoding(window.replace(label, b" " * len(label)) if label else window, whole)
    declared = codec_of_label(untrusted_declared)
    if not declared or found.encoding.startswith((*_WIDE, "utf-8-sig")):
        return found
    if declared in _SEVEN_BITS and window.isascii() and b"\0" not in window:
        return Found(declared, (found.encoding,))
    if (found.encoding == "utf-8" and not found.alternatives) or declared.startswith("utf"):
        return found
    if not _fits(window, declared, whole=whole) or _is_really(window, found.encoding, declared):
        return found
    others = (found.encoding, *found.alternatives)
    return Found(declared, tuple(dict.fromkeys(name for name in others if name != declared)))


def _is_really(window: bytes, looks: str, declared: str) -> bool:
    """Tell whether a single-byte encoding is declared, as tools do unasked, over letters of two bytes."""
    return declared not in DOUBLE_BYTE and looks_double_byte(window, looks)


def _fits(window: bytes, encoding: str, *, whole: bool) -> bool:
    """Tell whether the bytes decode without an error; a letter cut by the window's end is none."""
    try:
        codecs.getincrementaldecoder(encoding)("strict").decode(window, whole)
    except UnicodeError:
        return False
    return True


class Readable(Protocol):
    """Anything that gives text block by block."""

    def read(self, size: int = BLOCK) -> str:
        """Give the next text; "" only at the end."""


class TextBuffer:
    """The part of a stream that is being looked at; what was looked at is dropped when more is read."""

    def __init__(self, stream: Readable) -> None:
        """Look at the stream from where it stands."""
        self._stream = stream
        self.untrusted_text = stream.read()
        self.at = 0
        self.dropped = 0
        self.ended = False

    @property
    def position(self) -> int:
        """How many characters lie before the place that is looked at."""
        return self.dropped + self.at

    def more(self) -> bool:
        """Read on; false at the end. Twice as much as waits, so that one long token costs no square."""
        if self.ended:
            return False
        rest = self.untrusted_text[self.at :]
        text = self._stream.read(max(BLOCK, 2 * len(rest)))
        self.ended = not text
        self.dropped += self.at
        self.untrusted_text, self.at = rest + text, 0
        return not self.ended
