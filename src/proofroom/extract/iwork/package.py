"""Open a document of Apple's office programs, find what it is made of, and hand out what is no text."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from io import BytesIO
from typing import Final

from proofroom.extract.containers.giving import text_of
from proofroom.extract.format import Sink, Source, Unreadable
from proofroom.extract.iwork import objects as of
from proofroom.extract.iwork.objects import Objects
from proofroom.extract.iwork.older_story import OlderStory
from proofroom.extract.iwork.snappy import Broken
from proofroom.extract.iwork.story import Story
from proofroom.extract.markup.batches import LineBatch
from proofroom.extract.ooxml.package import (
    DamagedPart,
    Entry,
    Package,
    copy_member,
    entry_name,
    open_package,
    plain_name,
)
from proofroom.extract.ooxml.safe_xml import SafeParser
from proofroom.model.states import Reason, State

_VERIFIER, _HINT = ".iwpv2", ".iwph"
_OLDER: Final = ("index.xml", "index.apxl", "index.xml.gz", "index.apxl.gz")
_AT_A_TIME: Final = 1 << 20
_INNER: Final = "index.zip"
_LARGEST: Final = 1 << 30
_MOST_TOLD: Final = 10_000


def read_document(source: Source, sink: Sink) -> None:
    """Read a document of packed messages; its pictures and previews become members."""
    package = open_package(source)
    refuse_locked(package, sink)
    older = next((one for one in package.entries if _base(one) in _OLDER), None)
    if older is not None:
        _read_older(package, older, sink)
        return
    objects = Objects()
    unread = _collect(package, objects, sink)
    inner = next((entry for entry in package.entries if _base(entry) == _INNER), None)
    if inner is not None:
        data = _whole(package, inner, sink)
        index = open_package(Source(BytesIO(data), len(data), source.limits))
        package.used.add(plain_name(entry_name(inner)))
        for one in _collect(index, objects, sink):
            copy_member(index, one, sink)
    with LineBatch(sink) as lines:
        Story(objects, sink, lines).tell()
    _tell_data(objects, sink)
    give_rest(package, sink, unread)
    if objects.damage.found:
        sink.partly(Reason.DAMAGED_PART)
    if package.salvaged:
        raise Unreadable(State.DAMAGED, Reason.CUT_SHORT)
    if not objects.by_number:
        raise Unreadable(State.DAMAGED, Reason.NOT_WELL_FORMED)


def _read_older(package: Package, entry: Entry, sink: Sink) -> None:
    """Read a document of XML; one that breaks off keeps what came before, and its XML becomes a member too."""
    broken = Reason.NONE
    with LineBatch(sink) as lines:
        parser = SafeParser(OlderStory(sink, lines))
        try:
            for block in _unpacked(package.blocks(entry), entry_name(entry).lower().endswith(".gz")):
                parser.feed(block)
            parser.feed(b"", final=True)
        except DamagedPart as damaged:
            broken = damaged.reason
        except zlib.error:
            broken = Reason.DAMAGED_PART
    if broken is Reason.ENTITY_EXPANSION:
        raise Unreadable(State.REFUSED, broken)
    give_rest(package, sink, [entry] if broken else [])
    if package.salvaged or broken:
        raise Unreadable(State.DAMAGED, Reason.CUT_SHORT if package.salvaged else Reason.NOT_WELL_FORMED)


def _unpacked(blocks: Iterable[bytes], packed: bool) -> Iterator[bytes]:  # noqa: FBT001 - says how blocks are
    """Undo the packing inside of the zip that the oldest documents have."""
    if not packed:
        yield from blocks
        return
    inflater = zlib.decompressobj(zlib.MAX_WBITS | 16)
    for block in blocks:
        data = inflater.decompress(block, _AT_A_TIME)
        while data:
            yield data
            data = inflater.decompress(inflater.unconsumed_tail, _AT_A_TIME)


def refuse_locked(package: Package, sink: Sink) -> None:
    """Say that a document is under a password, with the hint that it gives."""
    bases = {_base(entry): entry for entry in package.entries}
    if _HINT in bases:
        sink.meta("iwork:password-hint", text_of(_whole(package, bases[_HINT], sink)))
    if _VERIFIER in bases:
        raise Unreadable(State.LOCKED, Reason.UNSUPPORTED_ENCRYPTION)


def give_rest(package: Package, sink: Sink, unread: list[Entry]) -> None:
    """Hand out every file that was not read, and those that could not be."""
    for entry in package.entries:
        name = plain_name(entry_name(entry))
        second = package.by_name[name] is not entry
        if not name.endswith("/") and (second or name not in package.used or entry in unread):
            copy_member(package, entry, sink)


def _collect(package: Package, objects: Objects, sink: Sink) -> list[Entry]:
    """Read every packed file; gives those that could not be read."""
    unread: list[Entry] = []
    for entry in package.entries:
        if entry_name(entry).lower().endswith(".iwa"):
            try:
                objects.add(package.whole(entry, _LARGEST), package.budget.spend)
            except (Broken, DamagedPart):
                sink.partly(Reason.DAMAGED_PART)
                unread.append(entry)
    return unread


def _whole(package: Package, entry: Entry, sink: Sink) -> bytes:
    try:
        return package.whole(entry, _LARGEST)
    except DamagedPart:
        sink.partly(Reason.DAMAGED_PART)
        return b""


def _base(entry: Entry) -> str:
    return plain_name(entry_name(entry)).rpartition("/")[2]


def _tell_data(objects: Objects, sink: Sink) -> None:
    """Tell how the files inside were called where they came from."""
    for _, found in objects.of(of.DATA):
        for number, one in enumerate(found.message.messages(4), 1):
            known, here = one.text(3), one.text(4)
            if known and here and known != here and number <= _MOST_TOLD:
                sink.meta("iwork:original-name", f"{here} {known}")
