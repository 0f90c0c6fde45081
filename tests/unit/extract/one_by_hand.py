"""Write small sections of OneNote byte by byte: a store of revisions, and a package."""

from __future__ import annotations

import struct
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field

GUID = uuid.UUID(int=7).bytes_le
"""The one GUID of which all identities are made."""

SECTION_FILE = uuid.UUID("7b5c52e4-d88c-4da7-aeb1-5378d02996d3").bytes_le
STORE = uuid.UUID("109add3f-911b-49f5-a5d0-1791edc8aed8").bytes_le
PACKAGE = uuid.UUID("638de92f-a6d4-4bc1-9a36-b3fc2511a5b7").bytes_le
NOWHERE = b"\xff" * 8 + bytes(4)

Value = int | str | bytes | list[int] | bool


@dataclass
class Thing:
    """An object: number, kind, properties by name; an integer in a list is the number of another."""

    number: int
    kind: int
    properties: dict[int, Value] = field(default_factory=dict)
    file: str = ""


def text(value: str) -> bytes:
    return (value + "\0").encode("utf-16-le")


def packed(thing: Thing) -> tuple[bytes, list[int], list[int]]:
    """Give the bytes of a set of properties with its streams, and what it refers to."""
    objects: list[int] = []
    spaces: list[int] = []
    names, data = b"", b""
    for name, value in thing.properties.items():
        kind = name >> 26 & 0x1F
        names += struct.pack("<I", name | (0x80000000 if value is True else 0))
        if kind == 7:
            raw = text(value) if isinstance(value, str) else value
            assert isinstance(raw, bytes)
            data += struct.pack("<I", len(raw)) + raw
        elif isinstance(value, list):
            (spaces if kind in (0xA, 0xB) else objects).extend(value)
            data += struct.pack("<I", len(value)) if kind in (9, 0xB) else b""
        elif kind in (5, 6):
            data += int(value).to_bytes(4 if kind == 5 else 8, "little")
    head = b"".join(
        struct.pack("<I", len(some) | last) + b"".join(struct.pack("<I", one | 0x100) for one in some)
        for some, last in ((objects, 0), (spaces, 0))
    )
    return head + struct.pack("<H", len(thing.properties)) + names + data, objects, spaces


class Store:
    """A store of revisions, written chunk by chunk."""

    def __init__(self) -> None:
        """Leave room for the head."""
        self.data = bytearray(1024)
        self._lists = 0x10
        self.counts: list[tuple[int, int]] = []

    def chunk(self, data: bytes) -> tuple[int, int]:
        at = len(self.data)
        self.data += data
        return at, len(data)

    def list(self, nodes: Sequence[bytes]) -> tuple[int, int]:
        self._lists += 1
        self.counts.append((self._lists, len(nodes)))
        head = struct.pack("<QII", 0xA4567AB1F5F7F4C4, self._lists, 0)
        tail = NOWHERE + struct.pack("<Q", 0x8BC215C38233BA4B)
        return self.chunk(head + b"".join(nodes) + bytes(8) + tail)

    def space(
        self, number: int, revisions: Sequence[Sequence[Thing]], roots: dict[int, int], *extra: bytes
    ) -> bytes:
        """Write a space; gives the node that names it."""
        nodes = [node(0x014, identity(number) + bytes(4))]
        for count, things in enumerate(revisions):
            nodes += [node(0x01E, identity(50 + count) + identity(49 + count) + bytes(6)), *extra]
            nodes.append(node(0x0B0, identity(60 + count), self.group(things), 2))
            nodes += [node(0x05A, identity(one) + struct.pack("<I", role)) for role, one in roots.items()]
            nodes.append(node(0x01C))
        manifest = self.list([node(0x00C, identity(number)), node(0x010, b"", self.list(nodes), 2)])
        return node(0x008, identity(number), manifest, 2)

    def group(self, things: Sequence[Thing]) -> tuple[int, int]:
        nodes = [
            node(0x0B4, identity(60)),
            node(0x022),
            node(0x024, struct.pack("<I", 1) + GUID),
            node(0x028),
        ]
        for thing in things:
            short = struct.pack("<II", thing.number | 0x100, thing.kind)
            if thing.file:
                names = b"".join(
                    struct.pack("<I", len(one)) + one.encode("utf-16-le") for one in (thing.file, ".bin")
                )
                nodes.append(node(0x072, short + b"\1" + names))
            else:
                nodes.append(node(0x0A4, short + b"\0\1", self.chunk(packed(thing)[0]), 1))
        return self.list([*nodes, node(0x0B8)])

    def file(self, guid: uuid.UUID, data: bytes) -> bytes:
        """Write an embedded file; gives the node that names the list of files."""
        at = self.chunk(bytes(16) + struct.pack("<QIQ", len(data), 0, 0) + data)
        return node(0x090, b"", self.list([node(0x094, guid.bytes_le, at, 1)]), 2)

    def end(self, nodes: Sequence[bytes], saved: int | None = None) -> bytes:
        """Write the first list, the log and the head; `saved` of the nodes are valid."""
        root = self.list(nodes)
        if saved is not None:
            self.counts[-1] = (self.counts[-1][0], saved)
        entries = b"".join(struct.pack("<II", *one) for one in self.counts) + struct.pack("<II", 1, 0)
        log = self.chunk(entries + NOWHERE)
        self.data[:16], self.data[48:64] = SECTION_FILE, STORE
        struct.pack_into("<I", self.data, 96, 1)
        struct.pack_into("<QI", self.data, 160, *log)
        struct.pack_into("<QI", self.data, 172, *root)
        struct.pack_into("<Q", self.data, 196, len(self.data))
        return bytes(self.data)


def identity(number: int) -> bytes:
    return GUID + struct.pack("<I", number)


def node(kind: int, body: bytes = b"", chunk: tuple[int, int] | None = None, base: int = 0) -> bytes:
    refer = b"" if chunk is None else struct.pack("<QI", *chunk)
    head = kind | (4 + len(refer) + len(body)) << 10 | base << 27 | 1 << 31
    return struct.pack("<I", head) + refer + body


def compact(number: int) -> bytes:
    return (
        b"\0"
        if not number
        else bytes((number << 1 | 1,))
        if number < 128
        else struct.pack("<H", number << 2 | 2)
    )


def short_identity(number: int) -> bytes:
    return (bytes((number << 3 | 4,)) if number < 32 else struct.pack("<H", number << 6 | 0x20)) + GUID


def item(kind: int, data: bytes = b"", *inner: bytes) -> bytes:
    head = struct.pack("<I", 2 | bool(inner) << 2 | kind << 3 | len(data) << 17)
    return head + data + b"".join(inner) + (struct.pack("<H", kind << 2 | 3) if inner else b"")


def package(spaces: dict[int, tuple[Sequence[Thing], dict[int, int]]]) -> bytes:
    """Write a package; each space has one revision of one group."""
    elements: list[bytes] = []

    def element(number: int, kind: int, *inner: bytes) -> None:
        elements.append(item(0x01, short_identity(number) + b"\0" + compact(kind), *inner))

    for number, (things, roots) in spaces.items():
        cell, revision, group = (16 + 4 * number + step for step in range(3))
        where = b"\0" + short_identity(number)
        element(15, 1, item(0x0E, where + short_identity(cell) + b"\0"))
        element(15, 1, item(0x0D, short_identity(revision) * 2 + b"\0"))
        element(cell, 3, item(0x0B, short_identity(revision)))
        named = [item(0x0A, short_identity(role) + short_identity(one)) for role, one in roots.items()]
        element(
            revision,
            4,
            item(0x1A, short_identity(revision) + b"\0"),
            *named,
            item(0x19, short_identity(group)),
        )
        declared, contents = [], []
        for thing in things:
            raw, objects, cells = packed(thing)
            for partition, data in ((4, struct.pack("<I", thing.kind)), (1, raw)):
                declared.append(item(0x18, short_identity(thing.number) + compact(partition) + bytes(3)))
                refer = compact(len(objects)) + b"".join(map(short_identity, objects))
                refer += compact(len(cells)) + b"".join(b"\0" + short_identity(one) for one in cells)
                contents.append(
                    item(0x16, (refer if partition == 1 else b"\0\0") + compact(len(data)) + data)
                )
        element(group, 5, item(0x1D, b"", *declared), item(0x1E, b"", *contents))
    whole = item(0x7A, short_identity(1) + GUID, item(0x15, b"\0", *elements))
    return SECTION_FILE + bytes(32) + PACKAGE + bytes(4) + whole
