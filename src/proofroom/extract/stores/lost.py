"""Find what was deleted from an Outlook store and not overwritten: pages of its trees that nothing leads to."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final

from proofroom.extract.stores.pages import BLOCKS, NODES, PAGE, Block, Broken, Node, Store

_AT_A_TIME: Final = 2_048 * PAGE
_MOST: Final = 5_000_000
_ITEM: Final = 4
_TYPE: Final = 0x1F
_SLOT: Final = 64
_FAR_ENOUGH: Final = 4 << 30
_LARGEST_NUMBER: Final = 1 << 40


def nodes_of_pages(store: Store) -> list[Node]:
    """Give the nodes that any page in the file names, led to or not, the last one of each number and data once.

    Places of blocks that such pages name are kept in the store, for blocks that its own tree does not lead to.
    """
    nodes: dict[tuple[int, int], Node] = {}
    for kind, page in _pages(store):
        try:
            level, entries = store.lines(page, kind)
        except Broken:
            continue
        if level:
            continue
        for entry in entries:
            if kind == BLOCKS:
                number, block = store.block_of(entry)
                if len(store.lost_blocks) < _MOST:
                    store.lost_blocks[number & ~1] = block
            elif len(nodes) < _MOST:
                node = store.node_of(entry)
                nodes[node.number, node.data] = node
    return list(nodes.values())


def blocks_of_trailers(store: Store) -> None:
    """Find blocks by what stands behind each, for a store whose own tree of blocks is lost; the newest form only."""
    if not store.header.layout.wide:
        return
    at = 0
    store.stream.seek(0)
    while at < _FAR_ENOUGH and (data := store.stream.read(_AT_A_TIME)):
        whole = len(data) & ~(_SLOT - 1)
        for place, number in enumerate(memoryview(data)[:whole].cast("Q")[7::8].tolist()):
            if number and number < _LARGEST_NUMBER and number not in store.lost_blocks:
                _take_block(store, data, (at, place * _SLOT + _SLOT), number)
        at += len(data)
        store.stream.seek(at)


def _take_block(store: Store, data: bytes, ends: tuple[int, int], number: int) -> None:
    """Keep a block whose trailer ends here, when its signature says that it stands where it was written."""
    before, end = ends
    size, signature = struct.unpack_from("<HH", data, end - 16)
    at = before + end - -(-(size + 16) // _SLOT) * _SLOT
    mixed = (at ^ number) & 0xFFFFFFFF
    if size and at >= 0 and signature == (mixed >> 16 ^ mixed) & 0xFFFF and len(store.lost_blocks) < _MOST:
        store.lost_blocks[number & ~1] = Block(at, size)


def lost_items(store: Store, found: list[Node], known: dict[int, Node]) -> Iterator[Node]:
    """Give nodes of items that only old pages name, and whose first block still stands where it stood."""
    for node in found:
        current = known.get(node.number)
        is_item = node.number & _TYPE == _ITEM and node.data
        if is_item and (current is None or current.data != node.data) and _is_there(store, node):
            yield node


def _pages(store: Store) -> Iterator[tuple[int, bytes]]:
    """Give every page of a tree that stands anywhere in the file, by its mark."""
    mark = PAGE - store.header.layout.trailer
    at = 0
    store.stream.seek(0)
    while data := store.stream.read(_AT_A_TIME):
        first, second = data[mark::PAGE], data[mark + 1 :: PAGE]
        for place, kind in enumerate(first):
            if kind in (NODES, BLOCKS) and place < len(second) and second[place] == kind:
                yield kind, data[place * PAGE : place * PAGE + PAGE]
        at += len(data)
        store.stream.seek(at)


def _is_there(store: Store, node: Node) -> bool:
    """Tell whether the first block of a node still stands where it stood: its own number stands behind it."""
    try:
        return _bears(store, store.find(node.data), node.data)
    except Broken:
        return False


def _bears(store: Store, block: Block, number: int) -> bool:
    layout = store.header.layout
    end = block.at + -(-(block.size + layout.trailer) // 64) * 64
    trailer = store.read_at(end - layout.trailer, layout.trailer)
    at = 8 if layout.wide else 4
    return int.from_bytes(trailer[at : at + layout.word], "little") & ~1 == number & ~1
