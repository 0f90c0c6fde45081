"""Walk through a WARC file (ISO 28500, versions 0.17 to 1.1) record by record."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from proofroom.extract.format import Sink, Unreadable
from proofroom.extract.markup.batches import LineBatch
from proofroom.extract.saved.digests import Digest
from proofroom.extract.saved.forward import Forward
from proofroom.extract.saved.records import Fields, Records, body, field, fields_of
from proofroom.model.states import Reason, State

_VERSION: Final = re.compile(rb"WARC/(\d{1,3}\.\d{1,3})[ \t]*\r?\n?\Z")
_LENGTH: Final = re.compile(rb"\d{1,18}\Z")
_SMALL: Final = 1 << 20


def read_warc(stream: Forward, sink: Sink) -> None:
    """Read every record; what lies between them and is none is passed over and said."""
    with LineBatch(sink) as lines:
        records = Records(sink, lines)
        reader = _Reader(stream, records)
        for version in reader.versions():
            if records.number == 0:
                sink.meta("warc:version", version)
            reader.record()
    sink.meta("warc:records", str(records.number))
    if reader.damaged:
        records.damaged()
    if not records.number:
        raise Unreadable(State.DAMAGED, stream.broken or Reason.NOT_WELL_FORMED)
    if reader.cut or stream.broken:
        raise Unreadable(State.DAMAGED, stream.broken or Reason.CUT_SHORT)


class _Reader:
    """One file on its way to the records."""

    def __init__(self, stream: Forward, records: Records) -> None:
        self.damaged = False
        self.cut = False
        self._stream = stream
        self._records = records

    def versions(self) -> Iterator[str]:
        """Find the lines at which records begin."""
        while line := self._stream.line():
            found = _VERSION.match(line)
            if found:
                yield found.group(1).decode()
            elif line.strip():
                self.damaged = True

    def record(self) -> None:
        """Read one record: its fields, then what they say is in it."""
        fields = fields_of(self._stream)
        self._records.begin(field(fields, "warc-target-uri") or field(fields, "warc-filename"))
        self._records.fields("field", fields)
        length = field(fields, "content-length")
        if not _LENGTH.match(length):
            self.damaged = True
            return
        whole = Digest(field(fields, "warc-block-digest").decode("latin-1"))
        block = Forward(whole.watch(self._stream.blocks(int(length))))
        payload = self._content(block, fields)
        for _ in block.rest() if not block.broken else ():
            pass
        if block.broken:
            self.cut = True
            return
        self.damaged |= self._compare("WARC-Block-Digest", fields, whole)
        if payload is not None:
            self._compare("WARC-Payload-Digest", fields, payload)

    def _content(self, block: Forward, fields: Fields) -> Digest | None:
        """Send what a record carries; gives the digest of its payload where it has one."""
        kind = field(fields, "warc-type").lower()
        media_type = field(fields, "content-type").lower().partition(b";")[0].strip()
        if media_type == b"application/warc-fields" and len(block.peek(_SMALL)) < _SMALL:
            self._records.fields("info", fields_of(block))
            return None
        payload = Digest(field(fields, "warc-payload-digest").decode("latin-1"))
        if media_type == b"application/http" or block.peek(5) == b"HTTP/":
            http = self._records.http(block)
            # A record that only refers to an earlier one holds no payload, and so none of its digest.
            if kind == b"revisit" and not block.peek(1):
                return None
            self._member(kind, Forward(payload.watch(block.rest())), http)
            # Some digest the payload as it travelled, some without its chunks: nothing can be told.
            if field(http, "transfer-encoding"):
                return None
        else:
            self._member(kind, Forward(payload.watch(block.rest())), [])
        return None if kind in (b"revisit", b"request", b"continuation") else payload

    def _member(self, kind: bytes, content: Forward, http: Fields) -> None:
        """Hand out what is not empty."""
        if content.peek(1):
            self._records.member(kind.decode("latin-1").encode() or b"record", body(content, http))
        for _ in content.rest() if not content.broken else ():
            pass

    def _compare(self, name: str, fields: Fields, digest: Digest) -> bool:
        """Say what digest a record has instead of the one that it states; true when it has another."""
        found = digest.differs()
        if found:
            stated = field(fields, name.lower()).decode("latin-1")
            self._records.say((("mismatch", name),), f"{stated} {found}")
        return bool(found)
