"""Send the records of a web archive: what each says of itself line by line, what it carries as a member."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final

from proofroom.extract.containers.giving import give, text_of
from proofroom.extract.format import Sink, Unreadable
from proofroom.extract.markup.batches import LineBatch
from proofroom.extract.markup.plain_text import put_whole
from proofroom.extract.saved.addresses import name_of_address
from proofroom.extract.saved.forward import Forward
from proofroom.model.evidence import PieceKind
from proofroom.model.states import Reason, State
from proofroom.model.where import format_parts

_LONGEST: Final = 4_096
_LARGEST_HEAD: Final = 16 << 20
_CHUNK: Final = re.compile(rb"([0-9A-Fa-f]{1,12})[ \t]*(?:;[^\r\n]*)?\r?\n\Z")

Fields = list[tuple[str, bytes]]


def fields_of(stream: Forward) -> Fields:
    """Read header lines up to a blank one or the end; a line that begins with white space goes on."""
    fields: list[tuple[str, list[bytes]]] = []
    size = 0
    while (line := stream.line()).strip(b"\r\n"):
        size += len(line)
        if size > _LARGEST_HEAD:
            raise Unreadable(State.TRUNCATED, Reason.LIMIT_TEXT_BYTES)
        name, colon, value = line.partition(b":")
        if line[:1] in b" \t" and fields:
            fields[-1][1].append(line.strip())
        elif colon:
            fields.append((name.strip().decode("latin-1"), [value.strip()]))
        elif line.strip():
            fields.append(("", [line.strip()]))
    return [(name, b" ".join(values)) for name, values in fields]


def field(fields: Fields, name: str) -> bytes:
    """Give the first field of that name, or nothing."""
    return next((value for found, value in fields if found.lower() == name), b"")


class Records:
    """Numbers records from 1 and sends what they say and carry."""

    def __init__(self, sink: Sink, lines: LineBatch) -> None:
        """Send lines to `lines`, members to the sink."""
        self.number = 0
        self._sink = sink
        self._lines = lines
        self._counts: Counter[tuple[str, str]] = Counter()
        self._address = b""

    def begin(self, untrusted_address: bytes) -> None:
        """Begin the next record; its address is the record's own line."""
        self.number += 1
        self._counts.clear()
        self._address = untrusted_address.strip(b"<> ")
        self.say((), text_of(self._address), PieceKind.NAME)

    def fields(self, kind: str, fields: Fields) -> None:
        """Send fields; the second one of a name stands at `value=2`."""
        for name, value in fields:
            key = (kind, name[:_LONGEST] or "other")
            self._counts[key] += 1
            more = (("value", str(self._counts[key])),) if self._counts[key] > 1 else ()
            self.say((key, *more), _text(value))

    def say(self, below: tuple[tuple[str, str], ...], text: str, kind: PieceKind = PieceKind.META) -> None:
        """Send one line at a place of the record."""
        put_whole(self._lines, format_parts((("record", str(self.number)), *below)), kind, text)

    def http(self, stream: Forward) -> Fields:
        """Send the first line and the header of what a server or a browser said."""
        first = stream.line().strip()
        self.say((("http", "line"),), text_of(first))
        fields = fields_of(stream)
        self.fields("http", fields)
        return fields

    def member(self, otherwise: bytes, blocks: Iterable[bytes]) -> None:
        """Hand out what the record carries, under its number and its address."""
        name = b"record-%05d/%s" % (self.number, name_of_address(self._address, otherwise))
        give(self._sink, name, -1, _all(blocks))

    def damaged(self) -> None:
        """Say that a record could not be read whole."""
        self._sink.partly(Reason.DAMAGED_PART)


def body(stream: Forward, http: Fields) -> Iterator[bytes]:
    """Give the body of an HTTP message, without the chunks in which it travelled."""
    if field(http, "transfer-encoding").lower() != b"chunked" or not _CHUNK.match(
        stream.peek(16).partition(b"\n")[0] + b"\n"
    ):
        yield from stream.rest()
        return
    while found := _CHUNK.match(line := stream.line()):
        length = int(found.group(1), 16)
        if not length:
            return
        yield from stream.blocks(length)
        stream.line()
    # What follows in no chunk was not sent as it says; nothing of it is lost.
    yield line
    yield from stream.rest()


def _text(value: bytes) -> str:
    """Decode a value; one that is no UTF-8 is decoded by what it looks like, a very long one as it stands."""
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return text_of(value) if len(value) <= _LONGEST else value.decode("latin-1")


def _all(blocks: Iterable[bytes]) -> Iterator[bytes]:
    yield from blocks
