"""Hand out the objects embedded in old Office documents: packed files, documents, and what only shows them.

Each object is a storage. A packed file and a document of a newer format come out as they are; a document of
an old format becomes a compound file of its own, which is read by its own format.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from proofroom.extract.containers.giving import give, text_of
from proofroom.extract.format import Sink, Unreadable
from proofroom.extract.ole.compound_copy import Node, write_compound
from proofroom.extract.ole.directory import STORAGE, STREAM, Entry
from proofroom.extract.ole.packages import NATIVE, send_packed, unpack
from proofroom.extract.ole.shape_options import link_target
from proofroom.extract.ole.streams import Streams
from proofroom.model.states import Reason, State

_SIDE: Final = re.compile(r"[\x01-\x05].*")
_KINDS: Final = {
    "workbook": "xls", "book": "xls", "worddocument": "doc", "powerpoint document": "ppt",
    "pp97_dualstorage": "ppt", "visiodocument": "vsd", "__properties_version1.0": "msg",
}  # fmt: skip
_PLAIN: Final = ("package", "contents", "embeddedodf")
_PREVIEWS: Final = {"\x03eprint": ("emf", 0), "\x03meta": ("wmf", 8), "\x03pict": ("pict", 0)}
_PICTURE_OF_FORM: Final = 512
_USER_TYPE_AT: Final = 28
_LONGEST: Final = 4_096
_MOST_TIMES: Final = 4
_MOST_DEEP: Final = 32


@dataclass(slots=True)
class EmbeddedObject:
    """What is said of one object: the member that holds it, its program, where it lay and leads."""

    member: str
    program: str = ""
    untrusted_links: list[str] = field(default_factory=list)


def send_objects(streams: Streams, pool: str, sink: Sink) -> Iterator[EmbeddedObject]:
    """Hand out every object of a pool, and say of each what it is."""
    storage = streams.find(pool)
    for one in streams.inside(storage) if storage is not None else ():
        if one.kind == STORAGE:
            yield send_object(streams, one, sink)


def send_object(streams: Streams, storage: Entry, sink: Sink) -> EmbeddedObject:
    """Hand out one object and what shows it."""
    inside = {one.name.lower(): one for one in streams.inside(storage)}
    said = EmbeddedObject(storage.path, _program(streams, inside.get("\x01compobj")))
    said.untrusted_links += _links(streams, inside)
    if NATIVE in inside and not _kind(inside):
        _send_native(streams, storage, inside[NATIVE], sink, said)
    else:
        plain = next((inside[name] for name in _PLAIN if name in inside and inside[name].is_stream), None)
        if plain is not None:
            said.member = plain.path
            give(sink, _raw(said.member), plain.size, whole_blocks(streams, plain))
        else:
            said.member = f"{storage.path}.{_kind(inside) or 'unknown'}"
            send_storage(streams, storage, said.member, sink)
    for name, (ending, skip) in _PREVIEWS.items():
        if name in inside and inside[name].is_stream:
            data = streams.read(inside[name])[skip:]
            if name == "\x03pict":
                data = bytes(_PICTURE_OF_FORM) + data
            give(sink, _raw(f"{storage.path}/preview.{ending}"), len(data), (data,))
    return said


def send_storage(streams: Streams, storage: Entry, name: str, sink: Sink) -> None:
    """Hand out a storage as a compound file of its own."""
    give(sink, _raw(name), -1, as_compound(streams, storage))


def as_compound(streams: Streams, storage: Entry) -> Iterator[bytes]:
    """Give a storage as a compound file; raises Unreadable where its streams share their bytes, as bombs do.

    Streams that end before they should are told after all bytes were given.
    """
    most = [streams.size * _MOST_TIMES]
    short: list[Entry] = []

    def node(entry: Entry, depth: int) -> Node:
        if entry.kind == STREAM:
            size = sum(map(len, streams.blocks(entry)))
            most[0] -= size
            if most[0] < 0:
                raise Unreadable(State.REFUSED, Reason.LIMIT_EXPANSION)
            if size < entry.size:
                short.append(entry)
            return Node(entry.name, size, lambda: streams.blocks(entry))
        below = streams.inside(entry) if depth < _MOST_DEEP else []
        inside = [node(one, depth + 1) for one in below if one.kind in (STORAGE, STREAM)]
        return Node(entry.name, 0, None, inside, entry.clsid, entry.created, entry.changed)

    yield from write_compound(node(storage, 0))
    if short:
        raise Unreadable(State.DAMAGED, Reason.CUT_SHORT)


def whole_blocks(streams: Streams, entry: Entry) -> Iterator[bytes]:
    """Give the bytes of a stream; one that ends before it should is told after all bytes were given."""
    found = 0
    for block in streams.blocks(entry):
        found += len(block)
        yield block
    if found < entry.size:
        raise Unreadable(State.DAMAGED, Reason.CUT_SHORT)


def _send_native(streams: Streams, storage: Entry, native: Entry, sink: Sink, said: EmbeddedObject) -> None:
    """Hand out a packed file under its name; without one the whole storage, as some program's own."""
    data = streams.read(native)
    packed = unpack(data)
    if not packed.named:
        said.member = f"{storage.path}.unknown"
        send_storage(streams, storage, said.member, sink)
        return
    said.member = f"{storage.path}/{packed.member_name('packed')}"
    said.untrusted_links += dict.fromkeys(filter(str.strip, packed.untrusted_paths))
    send_packed(sink, data, packed, said.member)
    if not packed.whole or len(data) < native.size:
        sink.partly(Reason.DAMAGED_PART)


def _kind(inside: dict[str, Entry]) -> str:
    """Give the ending for a document of an old format by the names of its streams."""
    return next((ending for name, ending in _KINDS.items() if name in inside), "")


def _program(streams: Streams, entry: Entry | None) -> str:
    """Read what the program calls its objects (MS-OLEDS 2.3.8)."""
    data = streams.read(entry, _LONGEST) if entry is not None else b""
    if len(data) < _USER_TYPE_AT + 4:
        return ""
    (length,) = struct.unpack_from("<I", data, _USER_TYPE_AT)
    return text_of(data[_USER_TYPE_AT + 4 : _USER_TYPE_AT + 4 + length]).strip()


def _links(streams: Streams, inside: dict[str, Entry]) -> list[str]:
    """Give the files an object is linked to."""
    found: list[str] = []
    linked = inside.get("\x03linkinfo")
    if linked is not None:
        data = streams.read(linked, _LONGEST)
        length = int.from_bytes(data[:2], "little")
        found.append(text_of(data[2 : 2 + length].partition(b"\0")[0]))
    moniker = inside.get("\x01ole")
    if moniker is not None:
        found.append(link_target(streams.read(moniker, _LONGEST)))
    return [one for one in dict.fromkeys(found) if one.strip()]


def is_side_stream(name: str) -> bool:
    """Tell whether a stream only describes the file around it: its name begins with a control character."""
    return _SIDE.fullmatch(name) is not None


def _raw(name: str) -> bytes:
    return name.encode("utf-8", "replace")
