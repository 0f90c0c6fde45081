"""Find nodes and blocks in an Outlook store (MS-PST 2.2): two trees of pages, and blocks that list further blocks."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, Final

from proofroom.extract.format import Unreadable
from proofroom.extract.stores.hiding import plain
from proofroom.model.states import Reason, State

PAGE: Final = 512
NODES, BLOCKS = 0x81, 0x80
_INTERNAL: Final = 2
_DEEPEST: Final = 12
_MOST_PAGES_KEPT: Final = 4_096
_LARGEST_BLOCK: Final = 8_192
_FARTHEST: Final = 1 << 60
_FIRST_WIDE, _FIRST_LARGE = 20, 36


class Broken(Exception):
    """A part of the store is not where it should be, or is not what it should be."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Where things stand in the older form with numbers of four bytes, and in the newer one of eight."""

    wide: bool
    word: int
    entries: int
    node: int
    block: int
    trailer: int

    def words(self, data: bytes, at: int, count: int) -> tuple[int, ...]:
        """Take numbers; raises Broken beyond the end."""
        try:
            return struct.unpack_from(f"<{count}{'Q' if self.wide else 'I'}", data, at)
        except struct.error:
            raise Broken from None


WIDE: Final = Layout(wide=True, word=8, entries=488, node=32, block=24, trailer=16)
NARROW: Final = Layout(wide=False, word=4, entries=496, node=16, block=12, trailer=12)


@dataclass(frozen=True, slots=True)
class Node:
    """A node: its number, that of its data, of the nodes below it, and of the node it belongs to."""

    number: int
    data: int
    below: int
    parent: int = 0


@dataclass(frozen=True, slots=True)
class Block:
    """Where a block stands and how many bytes of it count."""

    at: int
    size: int


@dataclass(slots=True)
class Header:
    """What the first page says."""

    version: int
    client: int
    layout: Layout
    method: int
    size: int
    nodes: int
    blocks: int


def read_header(untrusted: BinaryIO) -> Header:
    """Read the header; the kind with pages of 4 KiB, which other programs write, has a version of its own."""
    untrusted.seek(0)
    data = untrusted.read(1_024)
    if len(data) < 564 or not data.startswith(b"!BDN"):
        raise Unreadable(
            State.DAMAGED, Reason.CUT_SHORT if data.startswith(b"!BDN") else Reason.NOT_WELL_FORMED
        )
    version, client = struct.unpack_from("<HH", data, 10)
    layout = WIDE if version >= _FIRST_WIDE else NARROW
    if layout.wide:
        (size,), (_, nodes, _, blocks) = layout.words(data, 184, 1), layout.words(data, 216, 4)
    else:
        (size,), (_, nodes, _, blocks) = layout.words(data, 168, 1), layout.words(data, 184, 4)
    return Header(version, client, layout, data[513 if layout.wide else 461], size, nodes, blocks)


def is_large(header: Header) -> bool:
    """Tell whether the store has pages of 4 KiB."""
    return header.version >= _FIRST_LARGE


@dataclass(slots=True)
class Store:
    """A store read where it is asked; `damaged` counts blocks whose checksum is wrong."""

    stream: BinaryIO
    header: Header
    damaged: int = 0
    _pages: dict[int, tuple[int, list[bytes]]] = field(default_factory=dict)
    lost_blocks: dict[int, Block] = field(default_factory=dict)

    def nodes(self) -> Iterator[Node]:
        """Give all nodes that the tree leads to; raises Broken at its end when a part of it cannot be read."""
        seen: set[int] = set()
        broken = False
        waiting = [(self.header.nodes, _DEEPEST)]
        while waiting:
            at, above = waiting.pop()
            if at in seen:
                continue
            seen.add(at)
            try:
                level, entries = self.page(at, NODES)
            except Broken:
                broken = True
                continue
            if level >= above:
                broken = True
                continue
            for entry in reversed(entries) if level else entries:
                if level:
                    waiting.append((self.header.layout.words(entry, 0, 3)[2], level))
                else:
                    yield self.node_of(entry)
        if broken:
            raise Broken

    def node_of(self, entry: bytes) -> Node:
        """Read one line of a leaf."""
        layout = self.header.layout
        number, data, below = layout.words(entry, 0, 3)
        (parent,) = struct.unpack_from("<I", entry, layout.word * 3)
        return Node(number & 0xFFFFFFFF, data, below, parent)

    def block_of(self, entry: bytes) -> tuple[int, Block]:
        """Read one line of a leaf of the tree of blocks."""
        layout = self.header.layout
        number, at = layout.words(entry, 0, 2)
        (size,) = struct.unpack_from("<H", entry, layout.word * 2)
        return number, Block(at, size)

    def has_blocks(self) -> bool:
        """Tell whether every page of the tree of blocks can be read."""
        waiting, seen = [(self.header.blocks, _DEEPEST + 1)], set[int]()
        while waiting:
            at, above = waiting.pop()
            try:
                level, entries = self.page(at, BLOCKS)
            except Broken:
                return False
            if level >= above:
                return False
            seen.add(at)
            inner = [self.header.layout.words(entry, 0, 3)[2] for entry in entries] if level else []
            waiting += [(place, level) for place in inner if place not in seen]
        return True

    def page(self, at: int, kind: int) -> tuple[int, list[bytes]]:
        """Give level and lines of a page of a tree; raises Broken when it is none."""
        kept = self._pages.get(at)
        if kept is None:
            kept = self.lines(self.read_at(at, PAGE), kind)
            if len(self._pages) >= _MOST_PAGES_KEPT:
                self._pages.clear()
            self._pages[at] = kept
        return kept

    def read_at(self, at: int, size: int) -> bytes:
        """Give bytes of the file; a place that no file has is broken."""
        if not 0 <= at < _FARTHEST:
            raise Broken
        self.stream.seek(at)
        return self.stream.read(size)

    def lines(self, page: bytes, kind: int) -> tuple[int, list[bytes]]:
        """Cut a page into its lines."""
        layout = self.header.layout
        if len(page) < PAGE or page[PAGE - layout.trailer] != kind:
            raise Broken
        count, _, width, level = page[layout.entries : layout.entries + 4]
        fewest = layout.word * 3 if level else layout.node if kind == NODES else layout.block
        if width < fewest or count * width > layout.entries or level > _DEEPEST:
            raise Broken
        return level, [page[at : at + width] for at in range(0, count * width, width)]

    def find(self, number: int) -> Block:
        """Find a block by its number; raises Broken when nothing leads to it."""
        wanted = number & ~1
        at, above = self.header.blocks, _DEEPEST + 1
        while True:
            try:
                level, entries = self.page(at, BLOCKS)
            except Broken:
                break
            if level >= above:
                break
            if not level:
                for entry in entries:
                    found, block = self.block_of(entry)
                    if found & ~1 == wanted:
                        return block
                break
            fitting = [entry for entry in entries if self.header.layout.words(entry, 0, 1)[0] & ~1 <= wanted]
            if not fitting:
                break
            at, above = self.header.layout.words(fitting[-1], 0, 3)[2], level
        lost = self.lost_blocks.get(wanted)
        if lost is None:
            raise Broken
        return lost

    def block(self, number: int) -> bytes:
        """Give the bytes of one block, plain; a wrong checksum is counted."""
        found = self.find(number)
        layout = self.header.layout
        whole = -(-(found.size + layout.trailer) // 64) * 64
        raw = self.read_at(found.at, min(whole, _LARGEST_BLOCK + 64))
        data = raw[: found.size]
        if len(raw) < whole or found.size > _LARGEST_BLOCK:
            raise Broken
        trailer = raw[whole - layout.trailer :]
        at = 8 if layout.wide else 4
        if int.from_bytes(trailer[at : at + layout.word], "little") & ~1 != number & ~1:
            # Something else stands there now.
            raise Broken
        stated = int.from_bytes(trailer[4:8] if layout.wide else trailer[8:12], "little")
        if stated != zlib.crc32(data, 0xFFFFFFFF) ^ 0xFFFFFFFF:
            self.damaged += 1
        return data if number & _INTERNAL else plain(data, self.header.method, number & 0xFFFFFFFF)

    def blocks(self, number: int, depth: int = 2) -> Iterator[bytes]:
        """Give the bytes behind a number block by block, through the blocks that list others."""
        if not number:
            return
        data = self.block(number)
        if not number & _INTERNAL:
            yield data
            return
        kind, level, count = struct.unpack_from("<BBH", data.ljust(4, b"\0"))
        if kind != 1 or not depth or level > depth:
            raise Broken
        for inner in self.header.layout.words(data, 8, count):
            yield from self.blocks(inner, level - 1)

    def size(self, number: int) -> int:
        """Give how many bytes stand behind a number."""
        if not number:
            return 0
        if not number & _INTERNAL:
            return self.find(number).size
        return int(struct.unpack_from("<I", self.block(number).ljust(8, b"\0"), 4)[0])

    def below(self, number: int) -> dict[int, Node]:
        """Give the nodes below a node by their numbers."""
        found: dict[int, Node] = {}
        if number:
            self._below(number, found, 2)
        return found

    def _below(self, number: int, found: dict[int, Node], depth: int) -> None:
        data, layout = self.block(number), self.header.layout
        kind, level, count = struct.unpack_from("<BBH", data.ljust(4, b"\0"))
        if kind != 2 or not depth or level >= depth:
            raise Broken
        at = 8 if layout.wide else 4
        for place in range(count):
            if level:
                self._below(layout.words(data, at + place * 2 * layout.word, 2)[1], found, level)
            else:
                node, held, inner = layout.words(data, at + place * 3 * layout.word, 3)
                found.setdefault(node & 0xFFFFFFFF, Node(node & 0xFFFFFFFF, held, inner))
