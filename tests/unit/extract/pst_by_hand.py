"""Writes Outlook stores by hand (MS-PST): folders, items, recipients, attachments, named properties."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from msg_by_hand import Attached, Item, Values

from proofroom.extract.stores.hiding import plain

_PAGE = 512
_LARGEST = 8_176
_ROOM = 7_000
_STORE, _NAMES, _ROOT = 0x21, 0x61, 0x122
_FIXED = {0x02: 2, 0x03: 4, 0x0B: 1}
_WIDE = {0x05: 8, 0x06: 8, 0x07: 8, 0x14: 8, 0x40: 8}


@dataclass(slots=True)
class Folder:
    """A folder: its name, what lies in it, and folders below."""

    name: str
    items: list[Item] = field(default_factory=list)
    aside: list[Item] = field(default_factory=list)
    below: list[Folder] = field(default_factory=list)


@dataclass(slots=True)
class _Node:
    """What a node holds: its data, and the nodes below it."""

    data: list[bytes]
    below: list[tuple[int, _Node]] = field(default_factory=list)


class _Heap:
    """A heap on a node: what is allocated, under the numbers by which it is found; it goes on in further blocks."""

    def __init__(self, kind: int) -> None:
        self.kind = kind
        self.held: list[list[bytes]] = [[]]

    def take(self, data: bytes) -> int:
        if sum(map(len, self.held[-1])) + len(data) + 2 * len(self.held[-1]) > _ROOM:
            self.held.append([])
        self.held[-1].append(data)
        return (len(self.held) - 1) << 16 | len(self.held[-1]) << 5

    def put(self, number: int, data: bytes) -> None:
        self.held[number >> 16][(number >> 5 & 0x7FF) - 1] = data

    def tree(self, records: list[tuple[bytes, bytes]], at: int = 0) -> int:
        """Lay out a tree of one level; gives the number of its header."""
        header = at or self.take(b"")
        held = sorted(records, key=lambda one: int.from_bytes(one[0], "little"))
        leaf = self.take(b"".join(key + value for key, value in held)) if held else 0
        key, value = (len(part) for part in records[0]) if records else (2, 6)
        self.put(header, struct.pack("<BBBBI", 0xB5, key, value, 0, leaf))
        return header

    def blocks(self, root: int) -> list[bytes]:
        return [self._block(number, root) for number in range(len(self.held))]

    def _block(self, number: int, root: int) -> bytes:
        held = self.held[number]
        places = [12 if not number else 2]
        for one in held:
            places.append(places[-1] + len(one))
        body = b"".join(held)
        body += bytes(len(body) % 2)
        start = places[0] + len(body)
        head = (
            struct.pack("<HBBII", start, 0xEC, self.kind, root, 0) if not number else struct.pack("<H", start)
        )
        whole = head + body + struct.pack(f"<HH{len(places)}H", len(held), 0, *places)
        assert len(whole) <= _LARGEST
        return whole


def _properties(values: Values) -> _Node:
    """Write properties as a node; long ones lie in nodes below."""
    heap, records, node = _Heap(0xBC), [], _Node([])
    root = heap.take(b"")
    for key, value in values.items():
        tag, kind = key >> 16, key & 0xFFFF
        raw = _raw(kind, value)
        if kind in _FIXED:
            held = raw[: _FIXED[kind]].ljust(4, b"\0")
        elif len(raw) > 3_000:
            number = (0x1000 + len(node.below)) << 5 | 0x1F
            node.below.append((number, _Node(_cut(raw))))
            held = struct.pack("<I", number)
        else:
            held = struct.pack("<I", heap.take(raw) if raw else 0)
        records.append((struct.pack("<H", tag), struct.pack("<H", kind) + held))
    heap.tree(records, root)
    node.data = heap.blocks(root)
    return node


def _raw(kind: int, value: bytes | int | list[bytes]) -> bytes:
    if isinstance(value, int):
        return struct.pack("<q", value)[: _WIDE.get(kind, 8)]
    if isinstance(value, bytes):
        return value
    if kind & 0x0FFF in (0x1E, 0x1F, 0x102):
        places, at = [], 4 + 4 * len(value)
        for one in value:
            places.append(at)
            at += len(one)
        return struct.pack(f"<{len(value) + 1}I", len(value), *places) + b"".join(value)
    return b"".join(value)


def _table(rows: Sequence[tuple[int, Values]]) -> _Node:
    """Write a table of properties: one row for each, all columns of four bytes before those of one."""
    heap = _Heap(0x7C)
    root, index = heap.take(b""), heap.take(b"")
    keys = sorted({key for _, values in rows for key in values} | {0x67F20003, 0x67F30003})
    wide = [
        0x67F20003,
        0x67F30003,
        *(key for key in keys if key & 0xFFFF != 0x0B and key >> 16 not in (0x67F2, 0x67F3)),
    ]
    small = [key for key in keys if key & 0xFFFF == 0x0B]
    order = wide + small
    ends = (4 * len(wide), 4 * len(wide), 4 * len(wide) + len(small))
    width = ends[2] + -(-len(order) // 8)
    body = b""
    for number, values in rows:
        full: Values = {0x67F20003: number, 0x67F30003: 1, **values}
        cells, bits = b"", bytearray(-(-len(order) // 8))
        for place, key in enumerate(order):
            size = 1 if key in small else 4
            if key not in full:
                cells += bytes(size)
                continue
            bits[place // 8] |= 0x80 >> place % 8
            raw = _raw(key & 0xFFFF, full[key])
            fixed = key & 0xFFFF in _FIXED
            cells += raw[:size].ljust(size, b"\0") if fixed else struct.pack("<I", heap.take(raw))
        body += cells + bytes(bits)
    node = _Node([])
    matrix = heap.take(body) if len(body) < 3_000 and body else 0
    if len(body) >= 3_000:
        # In a node of its own no row goes on from one block into the next.
        most = _LARGEST // width * width
        matrix = 0x2000 << 5 | 0x1F
        node.below.append((matrix, _Node(_cut(body, most, padded=True))))
    columns = b"".join(
        struct.pack("<IHBB", key, _place(order, small, key), 1 if key in small else 4, order.index(key))
        for key in sorted(order, key=lambda one: (one >> 16, one & 0xFFFF))
    )
    heap.put(root, struct.pack("<BB4HIII", 0x7C, len(order), *ends, width, index, matrix, 0) + columns)
    heap.tree([(struct.pack("<I", number), struct.pack("<I", place)) for place, (number, _) in enumerate(rows)]
              or [(b"\0\0\0\0", b"\0\0\0\0")][:0], index)  # fmt: skip
    if not rows:
        heap.put(index, struct.pack("<BBBBI", 0xB5, 4, 4, 0, 0))
    node.data = heap.blocks(root)
    return node


def _place(order: list[int], small: list[int], key: int) -> int:
    wide = len(order) - len(small)
    return 4 * order.index(key) if key not in small else 4 * wide + small.index(key)


def _item(item: Item) -> _Node:
    """Write an item with its recipients and attachments below it."""
    node = _properties(item.values)
    if item.recipients:
        node.below.append(
            (0x692, _table([(number, values) for number, values in enumerate(item.recipients)]))
        )
    rows: list[tuple[int, Values]] = []
    for number, one in enumerate(item.attached):
        place = 0x8000 + (number << 5) | 0x05
        rows.append((place, {0x0E200003: 1, 0x37050003: one.values.get(0x37050003, 1)}))
        node.below.append((place, _attached(one)))
    if rows:
        node.below.append((0x671, _table(rows)))
    return node


def _attached(one: Attached) -> _Node:
    if isinstance(one.data, Item):
        inner = 0x9004
        node = _properties({**one.values, 0x3701000D: struct.pack("<II", inner, 100)})
        node.below.append((inner, _item(one.data)))
        return node
    values = dict(one.values)
    if isinstance(one.data, bytes):
        values[0x37010102] = one.data
    return _properties(values)


def _name_map(names: list[tuple[bytes | int, int | str]]) -> _Node:
    """Write which names stand behind the numbers from 0x8000 on."""
    guids, entries, strings = b"", b"", b""
    for index, (known, name) in enumerate(names):
        place = known if isinstance(known, int) else 3 + len(guids) // 16
        guids += known if isinstance(known, bytes) else b""
        if isinstance(name, int):
            entries += struct.pack("<IHH", name, place << 1, index)
        else:
            entries += struct.pack("<IHH", len(strings), place << 1 | 1, index)
            raw = name.encode("utf-16-le")
            strings += struct.pack("<I", len(raw)) + raw + bytes(-len(raw) % 4)
    return _properties(
        {0x00010003: 1, 0x00020102: guids, 0x00030102: entries, 0x00040102: strings, 0x10000102: entries}
    )


def _cut(data: bytes, most: int = _LARGEST, *, padded: bool = False) -> list[bytes]:
    """Cut data into blocks."""
    parts = [data[at : at + most] for at in range(0, len(data), most)] or [b""]
    return [part.ljust(_LARGEST, b"\0") for part in parts[:-1]] + parts[-1:] if padded else parts


class _File:
    """The file: blocks and pages in the order in which they are written; `narrow` is the form of Outlook 97."""

    def __init__(self, method: int, *, narrow: bool) -> None:
        self.data = bytearray(0x400)
        self.blocks: list[tuple[int, int, int]] = []
        self.nodes: list[tuple[int, int, int, int]] = []
        self.number = 0x10
        self.method = method
        self.narrow = narrow
        self.word = "I" if narrow else "Q"
        self.width = 4 if narrow else 8

    def bid(self, *, internal: bool = False) -> int:
        self.number += 4
        return self.number | (2 if internal else 0)

    def node(self, number: int, node: _Node, parent: int) -> None:
        self.nodes.append((number, self.stored(node.data), self.below(node), parent))

    def stored(self, parts: list[bytes]) -> int:
        """Store data, in several blocks when it is long; gives the number under which it is found."""
        numbers = [self.block(part, self.bid()) for part in parts]
        if len(numbers) == 1:
            return numbers[0]
        total = sum(map(len, parts))
        listed = struct.pack(f"<BBHI{len(numbers)}{self.word}", 1, 1, len(numbers), total, *numbers)
        return self.block(listed, self.bid(internal=True))

    def below(self, node: _Node) -> int:
        if not node.below:
            return 0
        lines = b""
        for number, inner in sorted(node.below, key=lambda one: one[0]):
            lines += struct.pack(f"<3{self.word}", number, self.stored(inner.data), self.below(inner))
        head = struct.pack("<BBH", 2, 0, len(node.below)) + bytes(0 if self.narrow else 4)
        return self.block(head + lines, self.bid(internal=True))

    def block(self, plain: bytes, bid: int) -> int:
        data = plain if bid & 2 else hidden(plain, self.method, bid)
        at, trailer = len(self.data), 12 if self.narrow else 16
        size = -(-(len(data) + trailer) // 64) * 64
        self.data += (
            data + bytes(size - trailer - len(data)) + struct.pack("<HH", len(data), _signature(at, bid))
        )
        self.data += (
            struct.pack("<II", bid, _crc(data)) if self.narrow else struct.pack("<IQ", _crc(data), bid)
        )
        self.blocks.append((bid, at, len(data)))
        return bid

    def trees(self) -> tuple[tuple[int, int], tuple[int, int]]:
        """Write both trees as they are now."""
        tail = "" if self.narrow else "I"
        pad = () if self.narrow else (0,)
        nodes = [struct.pack(f"<3{self.word}I{tail}", *node, *pad) for node in sorted(self.nodes)]
        blocks = [
            struct.pack(f"<2{self.word}HH{tail}", bid, at, size, 2, *pad)
            for bid, at, size in sorted(self.blocks)
        ]
        return self.tree(0x81, nodes), self.tree(0x80, blocks)

    def tree(self, kind: int, lines: list[bytes]) -> tuple[int, int]:
        """Write a tree of pages of as many levels as it needs; gives the number and the place of its root."""
        width, level, some = len(lines[0]), 0, lines
        while True:
            most = (496 if self.narrow else 488) // width
            leaves = [some[at : at + most] for at in range(0, len(some), most)]
            pages = [(leaf[0][: self.width], self.page(kind, leaf, width, level)) for leaf in leaves]
            if len(pages) == 1:
                return pages[0][1]
            some = [key + struct.pack(f"<2{self.word}", *place) for key, place in pages]
            width, level = 3 * self.width, level + 1

    def page(self, kind: int, lines: list[bytes], width: int, level: int) -> tuple[int, int]:
        self.data += bytes(-len(self.data) % _PAGE)
        at, bid = len(self.data), self.bid(internal=True)
        most = 496 if self.narrow else 488
        body = b"".join(lines).ljust(most, b"\0") + bytes((len(lines), most // width, width, level))
        body += bytes(0 if self.narrow else 4)
        head = struct.pack("<BBH", kind, kind, _signature(at, bid))
        self.data += body + head
        self.data += (
            struct.pack("<II", bid, _crc(body)) if self.narrow else struct.pack("<IQ", _crc(body), bid)
        )
        return bid, at


def hidden(data: bytes, method: int, number: int) -> bytes:
    """Hide a block as stores do; both ways lead back to the same bytes."""
    if method == 1:
        return bytes(plain(bytes(range(256)), 1, 0).index(value) for value in data)
    return plain(data, method, number)


def _signature(at: int, bid: int) -> int:
    mixed = (at ^ bid) & 0xFFFFFFFF
    return (mixed >> 16 ^ mixed) & 0xFFFF


def _crc(data: bytes) -> int:
    return zlib.crc32(data, 0xFFFFFFFF) ^ 0xFFFFFFFF


@dataclass(slots=True)
class Stored:
    """What a store shall be beside its folders."""

    names: list[tuple[bytes | int, int | str]] = field(default_factory=list)
    values: Values = field(default_factory=dict)
    orphaned: list[Item] = field(default_factory=list)
    deleted: list[Item] = field(default_factory=list)
    method: int = 0
    narrow: bool = False


def write(folders: list[Folder], stored: Stored | None = None) -> bytes:
    """Write a store; what is deleted lies in it under pages that nothing leads to any more."""
    said = stored or Stored()
    out = _File(said.method, narrow=said.narrow)
    about = {0x0FF90102: bytes(16), 0x3001001F: "Store".encode("utf-16-le"), **said.values}
    out.node(_STORE, _properties(about), 0)
    out.node(_NAMES, _name_map(said.names), 0)
    counter = iter(range(0x400, 0x10000))
    _folder(out, Folder("", below=folders), _ROOT, _ROOT, counter)
    for item in said.orphaned:
        out.node(next(counter) << 5 | 0x04, _item(item), 0x9F22)
    if said.deleted:
        kept, blocks = list(out.nodes), list(out.blocks)
        for item in said.deleted:
            out.node(next(counter) << 5 | 0x04, _item(item), 0x8002)
        out.trees()
        out.nodes, out.blocks = kept, blocks
    nodes, blocks_root = out.trees()
    head = _narrow_header if said.narrow else _header
    start = head(len(out.data), nodes, blocks_root, said.method)
    out.data[: len(start)] = start
    return bytes(out.data)


def _folder(out: _File, folder: Folder, number: int, parent: int, counter: Iterator[int]) -> None:
    values: Values = {
        0x3001001F: folder.name.encode("utf-16-le"),
        0x36020003: len(folder.items),
        0x36030003: 0,
        0x360A000B: bool(folder.below),
    }
    out.node(number, _properties(values), parent)
    base = number & ~0x1F
    below = [(next(counter) << 5 | 0x02, one) for one in folder.below]
    items = [(next(counter) << 5 | 0x04, one) for one in folder.items]
    aside = [(next(counter) << 5 | 0x08, one) for one in folder.aside]
    names: list[tuple[int, Values]] = [
        (inner, {0x3001001F: one.name.encode("utf-16-le")}) for inner, one in below
    ]
    out.node(base | 0x0D, _table(names), number)
    out.node(base | 0x0E, _table([(inner, {0x0E170003: 1}) for inner, _ in items]), number)
    out.node(base | 0x0F, _table([(inner, {0x0E170003: 1}) for inner, _ in aside]), number)
    for inner, one in (*items, *aside):
        out.node(inner, _item(one), number)
    for inner, other in below:
        _folder(out, other, inner, number, counter)


def _header(size: int, nodes: tuple[int, int], blocks: tuple[int, int], method: int) -> bytes:
    root = struct.pack("<IQQQQQQQQBBH", 0, size, 0x4400, 0, 0, *nodes, *blocks, 2, 0, 0)
    body = struct.pack("<HHHBBII", 0x4D53, 23, 19, 1, 1, 0, 0)
    body += struct.pack("<QQI", 0, 0x10000, 1) + struct.pack("<32I", *[0x400] * 32) + bytes(8)
    body += root + bytes(4) + b"\xff" * 256 + bytes((0x80, method, 0, 0)) + struct.pack("<Q", 0x10000)
    head = b"!BDN" + struct.pack("<I", _crc(body[:471])) + body
    return head + struct.pack("<I", _crc(head[8:524])) + bytes(36)


def _narrow_header(size: int, nodes: tuple[int, int], blocks: tuple[int, int], method: int) -> bytes:
    root = struct.pack("<IIIIIIIIIBBH", 0, size, 0x4400, 0, 0, *nodes, *blocks, 2, 0, 0)
    body = struct.pack("<HHHBBII", 0x4D53, 14, 19, 1, 1, 0, 0)
    body += struct.pack("<III", 0x10000, 0x10000, 1) + struct.pack("<32I", *[0x400] * 32)
    body += root + b"\xff" * 256 + bytes((0x80, method, 0, 0)) + bytes(48)
    return b"!BDN" + struct.pack("<I", _crc(body[:471])) + body
