"""Read what nodes hold (MS-PST 2.3): heaps, trees in heaps, properties, and tables of properties."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from proofroom.extract.format import Unreadable
from proofroom.extract.letters.mapi_bag import Bag
from proofroom.extract.letters.mapi_values import MANY, WIDTHS, Kind
from proofroom.extract.stores.pages import Broken, Node, Store
from proofroom.model.states import Reason, State

DATA: Final = 0x3701
_SIGNATURE: Final = 0xEC
_TREE, _TABLE, _PROPERTIES = 0xB5, 0x7C, 0xBC
_LARGEST: Final = 256 << 20
_MOST: Final = 65_536
_DEEPEST: Final = 8
_NUMBER: Final = 0x1F
ROW_NUMBERS: Final = (0x67F2, 0x67F3)
"""Properties that number the rows of a table, and say nothing else."""

_SUBJECT: Final = 0x0037
_KINDS: Final = frozenset(Kind)


@dataclass(frozen=True, slots=True)
class Attached:
    """What is attached: bytes at hand, the node that holds them, or what gives exactly `size` of them."""

    kind: int
    data: bytes = b""
    node: Node | None = None
    size: int = 0
    blocks: Callable[[], Iterable[bytes]] | None = None


class Heap:
    """The heap on one node, and the nodes below it."""

    def __init__(self, store: Store, node: Node) -> None:
        """Read the heap; raises Broken when there is none."""
        self.store = store
        self.below = store.below(node.below)
        self._blocks = _bounded(store, node.data)
        head = self._blocks[0] if self._blocks else b""
        if len(head) < 12 or head[2] != _SIGNATURE:
            raise Broken
        self.kind = head[3]
        self.root = int.from_bytes(head[4:8], "little")
        self.size = sum(map(len, self._blocks))

    def take(self, number: int) -> bytes:
        """Give what is allocated under a number."""
        if not number:
            return b""
        place, index = number >> 16, number >> 5 & 0x7FF
        if number & _NUMBER or place >= len(self._blocks) or not index:
            raise Broken
        block = self._blocks[place]
        at = int.from_bytes(block[:2], "little") + 4 + (index - 1) * 2
        start, end = (
            int.from_bytes(block[at : at + 2], "little"),
            int.from_bytes(block[at + 2 : at + 4], "little"),
        )
        if at + 4 > len(block) or not start <= end <= len(block):
            raise Broken
        return block[start:end]

    def value(self, number: int) -> bytes:
        """Give a value that stands in the heap, or in a node below it."""
        if not number & _NUMBER:
            return self.take(number)
        node = self.below.get(number)
        if node is None:
            raise Broken
        return b"".join(_bounded(self.store, node.data))

    def tree(self, number: int) -> Iterator[tuple[int, bytes]]:
        """Give keys and values of a tree, in their order."""
        head = self.take(number)
        if len(head) < 8 or head[0] != _TREE:
            raise Broken
        key, width, level = head[1], head[2], head[3]
        if not key or not width or level > _DEEPEST:
            raise Broken
        yield from self._leaves(int.from_bytes(head[4:8], "little"), (key, width), level, [0])

    def _leaves(
        self, number: int, widths: tuple[int, int], level: int, count: list[int]
    ) -> Iterator[tuple[int, bytes]]:
        data = self.take(number)
        key, width = widths[0], 4 if level else widths[1]
        for at in range(0, len(data) - key - width + 1, key + width):
            count[0] += 1
            if count[0] > _MOST * 16:
                raise Broken
            value = data[at + key : at + key + width]
            if level:
                yield from self._leaves(int.from_bytes(value, "little"), widths, level - 1, count)
            else:
                yield int.from_bytes(data[at : at + key], "little"), value


def _bounded(store: Store, number: int) -> list[bytes]:
    """Give all blocks behind a number; blocks that list themselves, as bombs do, end at a limit."""
    found: list[bytes] = []
    size = 0
    for block in store.blocks(number):
        found.append(block)
        size += len(block)
        if size > _LARGEST:
            raise Unreadable(State.TRUNCATED, Reason.LIMIT_MEMORY)
    return found


def read_properties(
    store: Store, node: Node, names: dict[int, str]
) -> tuple[Bag, Attached | None, dict[int, Node]]:
    """Read the properties of a node, where its attached data stands, and the nodes below it."""
    heap = Heap(store, node)
    if heap.kind != _PROPERTIES:
        raise Broken
    bag = Bag(names)
    attached: Attached | None = None
    for tag, line in heap.tree(heap.root):
        if len(line) < 6 or len(bag.properties) > _MOST:
            raise Broken
        kind, number = struct.unpack_from("<HI", line)
        if tag == DATA and kind in (Kind.BINARY, Kind.OBJECT):
            attached = _attached(heap, kind, number)
        else:
            _add(heap, bag, (tag, kind), line[2:6])
    return bag, attached, heap.below


def _attached(heap: Heap, kind: int, number: int) -> Attached | None:
    """Find what is attached, without reading it when it has a node of its own."""
    try:
        if kind == Kind.OBJECT:
            inner, _ = struct.unpack_from("<II", heap.value(number))
            return Attached(kind, node=heap.below[inner])
        if number & _NUMBER:
            return Attached(kind, node=heap.below[number])
        return Attached(kind, heap.take(number))
    except (Broken, KeyError, struct.error):
        return None


def _add(heap: Heap, bag: Bag, key: tuple[int, int], raw: bytes) -> None:
    """Add one property; one whose value cannot be found is damage."""
    tag, kind = key
    single = kind & ~MANY
    width = WIDTHS.get(Kind(single), 0) if single in _KINDS else 0
    try:
        if not kind & MANY and 0 < width <= 4:
            bag.add(tag, kind, (raw[:width] if single != Kind.BOOLEAN else raw[:1] + b"\0",))
            return
        value = heap.value(int.from_bytes(raw, "little"))
        values = _several(value, width) if kind & MANY else (value,)
    except (Broken, struct.error):
        bag.damaged = True
        return
    bag.size += len(value)
    if bag.size > _LARGEST:
        raise Unreadable(State.TRUNCATED, Reason.LIMIT_MEMORY)
    bag.add(tag, kind, (_subject(value, single),) if tag == _SUBJECT else values)


def add_value(bag: Bag, tag: int, kind: int, value: bytes) -> None:
    """Add one property whose bytes are at hand; several values in one are cut apart."""
    single = kind & ~MANY
    width = WIDTHS.get(Kind(single), 0) if single in _KINDS else 0
    try:
        values = _several(value, width) if kind & MANY else (value,)
    except (Broken, struct.error):
        bag.damaged = True
        return
    if single == Kind.BOOLEAN and not kind & MANY:
        values = (value[:1] + b"\0",)
    bag.size += len(value)
    bag.add(tag, kind, (_subject(value, single),) if tag == _SUBJECT else values)


def _subject(value: bytes, kind: int) -> bytes:
    """Give a subject without the sign before it that tells how long its prefix (such as "RE: ") is."""
    if kind == Kind.UNICODE and value[:2] == b"\1\0":
        return value[4:]
    return value[2:] if kind == Kind.STRING and value[:1] == b"\1" else value


def _several(data: bytes, width: int) -> tuple[bytes, ...]:
    """Cut a property of several values into them."""
    if width:
        return tuple(data[at : at + width] for at in range(0, len(data) - width + 1, width))
    if not data:
        return ()
    (count,) = struct.unpack_from("<I", data)
    if count > _MOST:
        raise Broken
    places = [*struct.unpack_from(f"<{count}I", data, 4), len(data)]
    if any(start > end for start, end in pairwise(places)):
        raise Broken
    return tuple(data[start:end] for start, end in pairwise(places))


def read_table(store: Store, node: Node, names: dict[int, str]) -> list[tuple[int, Bag]]:
    """Read a table: the number and the properties of each row."""
    heap = Heap(store, node)
    head = heap.take(heap.root)
    if heap.kind != _TABLE or len(head) < 22 or head[0] != _TABLE:
        raise Broken
    count = head[1]
    _, _, bits_at, width, _, matrix = struct.unpack_from("<4HII", head, 2)
    columns = [
        struct.unpack_from("<IHBB", head, 22 + 8 * place)
        for place in range(min(count, (len(head) - 22) // 8))
    ]
    if not width or bits_at > width:
        raise Broken
    rows: list[tuple[int, Bag]] = []
    for row in _rows(heap, matrix, width):
        bag = Bag(names)
        for tag, at, size, bit in columns:
            mark = bits_at + bit // 8
            if (
                mark < len(row)
                and row[mark] & 0x80 >> bit % 8
                and at + size <= width
                and tag >> 16 not in ROW_NUMBERS
            ):
                _add_cell(heap, bag, (tag >> 16, tag & 0xFFFF), row[at : at + size])
        rows.append((int.from_bytes(row[:4], "little"), bag))
        if len(rows) > _MOST:
            raise Broken
    return rows


def _rows(heap: Heap, matrix: int, width: int) -> Iterator[bytes]:
    """Give the rows; in a node of its own no row goes on from one block into the next."""
    if not matrix & _NUMBER:
        blocks = [heap.take(matrix)]
    else:
        node = heap.below.get(matrix)
        if node is None:
            raise Broken
        blocks = _bounded(heap.store, node.data)
    for block in blocks:
        for at in range(0, len(block) - width + 1, width):
            yield block[at : at + width]


def _add_cell(heap: Heap, bag: Bag, key: tuple[int, int], raw: bytes) -> None:
    """Add the value of a cell; eight bytes stand in the row itself, longer values elsewhere."""
    single = key[1] & ~MANY
    width = WIDTHS.get(Kind(single), 0) if single in _KINDS else 0
    if not key[1] & MANY and width and len(raw) >= width:
        bag.add(*key, (raw[:width],))
    else:
        _add(heap, bag, key, raw.ljust(4, b"\0"))
