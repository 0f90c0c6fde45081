"""The texts of a dBase table: in which encoding they are, whatever the header says, and how they decode."""

from __future__ import annotations

import codecs
from contextlib import suppress

from proofroom.extract.encoding import find_encoding
from proofroom.extract.format import Sink
from proofroom.extract.markup.charsets import DOUBLE_BYTE, looks_double_byte
from proofroom.model.states import Reason


class FieldTexts:
    """Decodes the texts of fields; counts letters cut by the field's end apart from what is damaged."""

    def __init__(self, stated: str, untrusted_sample: bytes) -> None:
        """Choose the encoding by what is stated and what texts of the table look like."""
        self.stated = stated
        self.encoding = _choose(stated, untrusted_sample)
        self.undecodable = 0
        self.cut = 0

    def text(self, untrusted: bytes) -> str:
        """Give a text."""
        if untrusted.isascii():
            return untrusted.decode("ascii")
        with suppress(UnicodeDecodeError):
            return untrusted.decode(self.encoding)
        decoder = codecs.getincrementaldecoder(self.encoding)("strict")
        try:
            text = decoder.decode(untrusted)
        except UnicodeDecodeError:
            self.undecodable += 1
            return untrusted.decode(self.encoding, "replace")
        self.cut += 1
        return text + "\ufffd"

    def tell(self, sink: Sink) -> None:
        """Say what the encoding is, and how much did not fit."""
        sink.meta("text:encoding", self.encoding)
        if self.stated and self.stated != self.encoding:
            sink.meta("text:encoding-declared", self.stated)
        if self.cut:
            sink.meta("dbf:letters-cut-by-field", str(self.cut))
        if self.undecodable:
            sink.meta("text:undecodable", str(self.undecodable))
            sink.partly(Reason.DAMAGED_PART)


def _choose(stated: str, sample: bytes) -> str:
    """Choose: what is strictly UTF-8 is it; a stated encoding of single bytes yields to plain Chinese."""
    if sample.isascii():
        return stated or "cp1252"
    found = find_encoding(sample, False)
    if not stated or (found.encoding == "utf-8" and not found.alternatives):
        return found.encoding
    careless = stated not in DOUBLE_BYTE and looks_double_byte(sample, found.encoding)
    return found.encoding if careless else stated
