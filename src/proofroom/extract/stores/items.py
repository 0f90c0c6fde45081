"""Read items of an Outlook store with everything that hangs on them, at any depth that is honest."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from proofroom.extract.format import Unreadable
from proofroom.extract.letters.mapi_bag import Bag
from proofroom.extract.letters.mapi_values import Kind
from proofroom.extract.stores.heaps import Attached, read_properties, read_table
from proofroom.extract.stores.pages import Broken, Node, Store
from proofroom.model.states import Reason, State

_RECIPIENTS, _ATTACHMENTS = 0x692, 0x671
_TYPE: Final = 0x1F
_ATTACHMENT: Final = 5
_DEEPEST: Final = 16
_MOST: Final = 20_000
_MOST_BYTES: Final = 1 << 30


@dataclass(slots=True)
class StoredItem:
    """An item: its properties, the people it went to, and what is attached."""

    bag: Bag
    recipients: list[Bag] = field(default_factory=list)
    attached: list[StoredAttachment] = field(default_factory=list)
    damaged: bool = False


@dataclass(slots=True)
class StoredAttachment:
    """An attachment: its properties, and its bytes or the item that it is; neither when they are lost or elsewhere."""

    bag: Bag
    data: Attached | None = None
    item: StoredItem | None = None


class ItemReader:
    """Reads items of one store; what one item may hold is bounded, because a store can be made to hold itself."""

    def __init__(self, store: Store, names: dict[int, str]) -> None:
        """Read from a store whose named properties have these names."""
        self._store = store
        self._names = names
        self._left = self._bytes = 0

    def read(self, node: Node) -> StoredItem:
        """Read an item; raises Broken when not even its properties can be read."""
        self._left, self._bytes = _MOST, _MOST_BYTES
        return self._item(node, 0)

    def _item(self, node: Node, depth: int) -> StoredItem:
        bag, _, below = read_properties(self._store, node, self._names)
        item = StoredItem(bag)
        self._count(bag)
        for _, recipient in self._rows(below, _RECIPIENTS, item):
            item.recipients.append(recipient)
            self._count(recipient)
        listed = dict(self._rows(below, _ATTACHMENTS, item))
        more = sorted(number for number in below if number & _TYPE == _ATTACHMENT and number not in listed)
        for number in (*listed, *more):
            inner = below.get(number)
            item.damaged = item.damaged or inner is None
            item.attached.append(self._attachment(inner, listed.get(number), depth))
        return item

    def _rows(self, below: dict[int, Node], number: int, item: StoredItem) -> list[tuple[int, Bag]]:
        """Read a table that hangs on an item; an item without one has none of what it would list."""
        node = below.get(number)
        if node is None:
            return []
        try:
            return read_table(self._store, node, self._names)
        except Broken:
            item.damaged = True
            return []

    def _attachment(self, node: Node | None, row: Bag | None, depth: int) -> StoredAttachment:
        """Read an attachment; of one whose node is lost the line of the list stands."""
        if node is None:
            return StoredAttachment(row or Bag(self._names, damaged=True))
        try:
            bag, data, _ = read_properties(self._store, node, self._names)
        except Broken:
            return StoredAttachment(row or Bag(self._names, damaged=True))
        self._count(bag)
        if data is None or data.kind != Kind.OBJECT or data.node is None:
            return StoredAttachment(bag, data)
        if depth >= _DEEPEST:
            raise Unreadable(State.TRUNCATED, Reason.LIMIT_DEPTH)
        try:
            return StoredAttachment(bag, item=self._item(data.node, depth + 1))
        except Broken:
            # What is no item is an OLE object, which is kept as its bytes.
            return StoredAttachment(bag, data)

    def _count(self, bag: Bag) -> None:
        self._left -= 1
        self._bytes -= bag.size
        if self._left < 0 or self._bytes < 0:
            raise Unreadable(State.TRUNCATED, Reason.LIMIT_MEMBERS if self._left < 0 else Reason.LIMIT_MEMORY)
