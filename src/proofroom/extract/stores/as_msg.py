"""Write an item of a store as a message file of its own (MS-OXMSG), so that it is read as any other is."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from proofroom.extract.letters.mapi_bag import Bag, Property
from proofroom.extract.letters.mapi_values import MANY, WIDTHS, Kind
from proofroom.extract.ole.compound_copy import Node, write_compound
from proofroom.extract.stores.heaps import Attached
from proofroom.extract.stores.items import StoredAttachment, StoredItem
from proofroom.extract.stores.pages import Broken, Store

_FIRST_NAMED: Final = 0x8000
_VALUE: Final = "__substg1.0_"
_READ_WRITE: Final = 6
_KINDS: Final = frozenset(Kind)
_TEXTS: Final = (Kind.STRING, Kind.UNICODE)


@dataclass(slots=True)
class NameMap:
    """The names of properties from 0x8000 on as a store keeps them: sets, lines and spelled names."""

    sets: bytes = b""
    lines: dict[int, tuple[int, int]] = field(default_factory=dict)
    strings: bytes = b""

    @classmethod
    def of(cls, sets: bytes, lines: bytes, strings: bytes) -> NameMap:
        """Take the three streams apart; message files keep them in the same form."""
        found: dict[int, tuple[int, int]] = {}
        for at in range(0, len(lines) - 7, 8):
            number, kind, index = struct.unpack_from("<IHH", lines, at)
            found.setdefault(_FIRST_NAMED + index, (number, kind))
        return cls(sets, found, strings)


class MessageWriter:
    """Writes one item; its named properties are numbered anew, because each message file has a list of its own."""

    def __init__(self, store: Store | None, names: NameMap) -> None:
        """Write items whose bytes stand in a store, or (without one) are at hand."""
        self._store = store
        self._names = names
        self._numbers: dict[int, int] = {}

    def blocks(self, item: StoredItem) -> Iterator[bytes]:
        """Give the bytes of the file."""
        self._numbers = {}
        root = self._item(item, inner=False)
        root.inside.append(self._list_of_names())
        yield from write_compound(root)

    def _item(self, item: StoredItem, *, inner: bool) -> Node:
        counts = struct.pack("<4I", *(len(item.recipients), len(item.attached)) * 2)
        root = Node("", inside=self._bag(item.bag, bytes(8) + counts + (b"" if inner else bytes(8))))
        for number, bag in enumerate(item.recipients):
            root.inside.append(Node(f"__recip_version1.0_#{number:08X}", inside=self._bag(bag, bytes(8))))
        for number, one in enumerate(item.attached):
            root.inside.append(Node(f"__attach_version1.0_#{number:08X}", inside=self._attachment(one)))
        return root

    def _attachment(self, one: StoredAttachment) -> list[Node]:
        nodes = self._bag(one.bag, bytes(8))
        if one.item is not None:
            node = self._item(one.item, inner=True)
            node.name = f"{_VALUE}3701000D"
            nodes.append(node)
        elif one.data is not None:
            nodes.append(self._data(one.data))
        return nodes

    def _data(self, data: Attached) -> Node:
        name = f"{_VALUE}37010102"
        held = data.node
        if data.blocks is not None:
            return Node(name, data.size, data.blocks)
        if held is None or self._store is None:
            return Node.of_bytes(name, data.data)
        try:
            size = self._store.size(held.data)
        except Broken:
            size = 0
        return Node(name, size, self._giver(self._store, held.data))

    def _giver(self, store: Store, number: int) -> Callable[[], Iterable[bytes]]:
        def give() -> Iterator[bytes]:
            # Where a block is lost, what follows is lost too; the stream is filled up with zeros.
            try:
                yield from store.blocks(number)
            except Broken:
                store.damaged += 1

        return give

    def _bag(self, bag: Bag, head: bytes) -> list[Node]:
        """Write properties: the list of them, and a stream for each whose value is not in the list."""
        lines, nodes = bytearray(head), []
        for one in bag.properties:
            if not one.values:
                continue
            tag = self._tag(one.tag)
            width = WIDTHS.get(Kind(one.kind), 0) if one.kind in _KINDS else 0
            lines += struct.pack("<HHI", one.kind, tag, _READ_WRITE)
            if 0 < width <= 8:
                lines += one.values[0][:8].ljust(8, b"\0")
                continue
            name = f"{_VALUE}{tag:04X}{one.kind:04X}"
            size, more = _value(name, one)
            lines += struct.pack("<II", size, 0)
            nodes += more
        return [Node.of_bytes("__properties_version1.0", bytes(lines)), *nodes]

    def _tag(self, tag: int) -> int:
        """Give the number of a property in this file."""
        if tag < _FIRST_NAMED or tag not in self._names.lines:
            return tag
        return _FIRST_NAMED + self._numbers.setdefault(tag, len(self._numbers))

    def _list_of_names(self) -> Node:
        """Write the names that this file needs."""
        lines, strings = b"", b""
        for tag, place in self._numbers.items():
            number, kind = self._names.lines[tag]
            if kind & 1:
                start, number = number, len(strings)
                length = int.from_bytes(self._names.strings[start : start + 4], "little")
                text = self._names.strings[start + 4 : start + 4 + length]
                strings += struct.pack("<I", len(text)) + text + bytes(-len(text) % 4)
            lines += struct.pack("<IHH", number, kind, place)
        parts = (("0002", self._names.sets), ("0003", lines), ("0004", strings))
        return Node(
            "__nameid_version1.0", inside=[Node.of_bytes(f"{_VALUE}{name}0102", data) for name, data in parts]
        )


def _value(name: str, one: Property) -> tuple[int, list[Node]]:
    """Write a value that has a stream of its own, or several; gives the size that the list states."""
    single = one.kind & ~MANY
    if not one.kind & MANY:
        ending = {Kind.UNICODE: 2, Kind.STRING: 1}.get(Kind(single), 0) if single in _TEXTS else 0
        return len(one.values[0]) + ending, [Node.of_bytes(name, one.values[0])]
    if single in _KINDS and WIDTHS.get(Kind(single), 0):
        joined = b"".join(one.values)
        return len(joined), [Node.of_bytes(name, joined)]
    width = 8 if single == Kind.BINARY else 4
    lengths = b"".join(len(value).to_bytes(width, "little") for value in one.values)
    inside = [Node.of_bytes(f"{name}-{number:08X}", value) for number, value in enumerate(one.values)]
    return len(lengths), [Node.of_bytes(name, lengths), *inside]
