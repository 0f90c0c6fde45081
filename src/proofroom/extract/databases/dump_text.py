"""The text of an SQL dump, decoded so that bytes which are no text can be had back.

Dumps hold binary fields between the quotes of texts. In UTF-8, which nearly all dumps are in, such bytes
pass as lone surrogates and are given out as the bytes they were.
"""

from __future__ import annotations

import codecs
import re
from typing import Final

from proofroom.extract.encoding import HEAD
from proofroom.extract.format import Sink, Source
from proofroom.extract.markup.text_stream import BLOCK, TextBuffer
from proofroom.extract.tabular.lines import encoding_of
from proofroom.model.states import Reason

_MARK: Final = "\ufeff"
_FOREIGN: Final = re.compile("[\udc80-\udcff]")
_BINARY: Final = (b"_binary '", b"-- MySQL dump", b"-- MariaDB dump")
_MYSQL: Final = re.compile(r"`|\bENGINE\s*=|My ?SQL|MariaDB|phpMyAdmin", re.IGNORECASE)


class DumpText:
    """Decodes a dump block by block; `replaced` counts what could not be decoded otherwise."""

    def __init__(self, source: Source) -> None:
        """Choose the encoding."""
        self._stream = source.untrusted
        self.encoding = encoding_of(source).encoding
        self._stream.seek(0)
        head = self._stream.read(HEAD)
        if self.encoding not in ("utf-8", "utf-8-sig") and any(mark in head for mark in _BINARY):
            self.encoding = "utf-8"
        self.is_utf8 = self.encoding in ("utf-8", "utf-8-sig")
        errors = "surrogateescape" if self.is_utf8 else "replace"
        self._decoder = codecs.getincrementaldecoder(self.encoding)(errors)
        self._stream.seek(0)
        self._first = True
        self.replaced = 0

    def read(self, size: int = BLOCK) -> str:
        """Give the text of the next bytes; "" only at the end."""
        while data := self._stream.read(size):
            text = self._take(self._decoder.decode(data))
            if text:
                return text
        return self._take(self._decoder.decode(b"", final=True))

    def _take(self, text: str) -> str:
        if self._first and text:
            text, self._first = text.removeprefix(_MARK), False
        if not self.is_utf8:
            self.replaced += text.count("\ufffd")
        return text

    def tell(self, sink: Sink) -> None:
        """Say what the encoding is, and how much of the text did not fit."""
        sink.meta("text:encoding", self.encoding)
        if self.replaced:
            sink.meta("text:undecodable", str(self.replaced))
            sink.partly(Reason.DAMAGED_PART)


def is_foreign(untrusted: str) -> bool:
    """Tell whether a text holds bytes that did not decode."""
    return _FOREIGN.search(untrusted) is not None


def bytes_of(untrusted: str) -> bytes:
    """Give back the bytes of a text, those included that did not decode."""
    return untrusted.encode("utf-8", "surrogateescape" if is_foreign(untrusted) else "replace")


def escapes_with_backslash(untrusted_head: str) -> bool:
    """Tell whether a dump is one of MySQL, where a backslash in a text escapes what follows."""
    return _MYSQL.search(untrusted_head[:HEAD]) is not None


class Cursor(TextBuffer):
    """A dump as it is read, with the number of the line at which it stands."""

    line = 1

    def go(self, end: int) -> str:
        """Go on to a place in the text at hand; gives what lies between."""
        passed = self.untrusted_text[self.at : end]
        self.line += passed.count("\n")
        self.at = end
        return passed

    def rest(self) -> str:
        """Give all text at hand that was not passed."""
        return self.untrusted_text[self.at :]
