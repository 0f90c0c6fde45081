"""Read a document of HWP 5: sections out of a compound file, their pictures and preview as members."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from typing import Final

from proofroom.extract.containers.giving import give
from proofroom.extract.format import Sink, Source, Unreadable
from proofroom.extract.hangul.places import Places
from proofroom.extract.hangul.records import Broken, Section, records
from proofroom.extract.markup.batches import LineBatch
from proofroom.extract.ole.directory import Entry
from proofroom.extract.ole.properties import send_ole_properties
from proofroom.extract.ole.streams import Streams
from proofroom.model.states import Reason, State

_MARK: Final = b"HWP Document File"
_PACKED, _LOCKED, _DISTRIBUTED, _RIGHTS = 1, 2, 4, 16
_SECTION: Final = re.compile(r"section(\d{1,6})\Z", re.IGNORECASE)
_BLOCK: Final = 1 << 18
_LARGEST: Final = 256 << 20
_SUMMARY: Final = "\x05HwpSummaryInformation"
_OFFICE_SUMMARY: Final = "\x05SummaryInformation"
_OFFICE_MARK: Final = bytes.fromhex("e0859ff2f94f6810ab9108002b27b3d9")


def read_compound(source: Source, sink: Sink) -> None:
    """Read a document; one whose text nobody can decrypt is locked, and its preview is given all the same."""
    streams = Streams.of(source)
    head = streams.stream("FileHeader") or b""
    if not head.startswith(_MARK) or len(head) < 40:
        raise Unreadable(State.DAMAGED, Reason.NOT_WELL_FORMED)
    sink.meta("hwp:version", ".".join(str(byte) for byte in reversed(head[32:36])))
    flags = int.from_bytes(head[36:40], "little")
    streams.send_facts(sink)
    send_ole_properties(_Properties(streams), sink)
    reader = _Reader(streams, sink, packed=bool(flags & _PACKED))
    reader.preview()
    if flags & (_LOCKED | _DISTRIBUTED | _RIGHTS):
        raise Unreadable(State.LOCKED, Reason.UNSUPPORTED_ENCRYPTION)
    reader.text()
    reader.members()
    if not streams.whole:
        sink.partly(Reason.DAMAGED_PART)


class _Properties:
    """The streams of a document whose properties bear a name and a mark of their own, but mean what Office's mean."""

    def __init__(self, streams: Streams) -> None:
        self._streams = streams

    def has(self, name: str) -> bool:
        """Tell whether there are such properties."""
        return name == _OFFICE_SUMMARY and self._streams.has(_SUMMARY)

    def stream(self, name: str) -> bytes | None:
        """Give them under Office's mark."""
        data = self._streams.stream(_SUMMARY) if name == _OFFICE_SUMMARY else None
        return data and data[:28] + _OFFICE_MARK + data[44:]

    def root_times(self) -> tuple[str, str]:
        """Give when the root was created and changed."""
        return self._streams.root_times()


class _Reader:
    """One document on its way to the sink."""

    def __init__(self, streams: Streams, sink: Sink, *, packed: bool) -> None:
        self._streams = streams
        self._sink = sink
        self._packed = packed

    def preview(self) -> None:
        """Give the text of the preview as a property, its picture as a member."""
        text = self._streams.stream("PrvText", 1 << 20) or b""
        if text:
            self._sink.meta("hwp:preview", text.decode("utf-16-le", "replace").strip("\0"))
        picture = self._streams.find("PrvImage")
        if picture is not None:
            give(self._sink, b"PrvImage", picture.size, self._streams.blocks(picture))

    def text(self) -> None:
        """Give the paragraphs of every section in order."""
        body = self._streams.find("BodyText")
        inside = self._streams.inside(body) if body is not None else []
        found = {int(named.group(1)): one for one in inside if (named := _SECTION.match(one.name))}
        if not found:
            self._sink.partly(Reason.DAMAGED_PART)
        with LineBatch(self._sink) as lines:
            places = Places(lines)
            for number in sorted(found):
                section = Section(places)
                try:
                    for record in records(self._whole(found[number])):
                        section.take(record)
                except Broken:
                    self._sink.partly(Reason.DAMAGED_PART)
                section.end()

    def members(self) -> None:
        """Hand out pictures, embedded objects and scripts."""
        for storage, folder in (("BinData", b""), ("Scripts", b"Scripts/")):
            entry = self._streams.find(storage)
            for one in self._streams.inside(entry) if entry is not None else ():
                give(self._sink, folder + one.name.encode("utf-8", "replace"), -1, self._blocks(one))

    def _whole(self, entry: Entry) -> bytes:
        """Unpack a section as far as it goes."""
        pieces: list[bytes] = []
        size = 0
        try:
            for block in self._blocks(entry):
                size += len(block)
                if size > _LARGEST:
                    break
                pieces.append(block)
        except Unreadable:
            self._sink.partly(Reason.DAMAGED_PART)
        if size > _LARGEST:
            raise Unreadable(State.TRUNCATED, Reason.LIMIT_TEXT_BYTES)
        return b"".join(pieces)

    def _blocks(self, entry: Entry) -> Iterator[bytes]:
        """Give the bytes of a stream, unpacked where the document packs them; what is not packed stays."""
        blocks = self._streams.blocks(entry)
        if not self._packed:
            yield from blocks
            return
        inflater = zlib.decompressobj(-zlib.MAX_WBITS)
        for block in blocks:
            data = block
            while data and not inflater.eof:
                try:
                    unpacked = inflater.decompress(data, _BLOCK)
                except zlib.error as broken:
                    raise Unreadable(State.DAMAGED, Reason.NOT_WELL_FORMED) from broken
                if unpacked:
                    yield unpacked
                data = inflater.unconsumed_tail
        if not inflater.eof:
            raise Unreadable(State.DAMAGED, Reason.CUT_SHORT)
