"""Read Outlook stores (pst, ost): every folder with its properties, and every item as a message file of its own.

A folder stands as `folder=N` with its path; an item is a member under that path, named by its place and its number in
the store, and is read as any message file: headers, bodies, people, attachments, appointments, cards, tasks. What no
folder holds lies under `orphaned`, what was deleted and not overwritten under `recovered`, settings and forms that
programs hide under `associated`. A password of a store is only a checksum that nothing depends on: a fact.
"""

from __future__ import annotations

from typing import Final

from proofroom.extract.format import Format, Sink, Source, Unreadable
from proofroom.extract.letters.mapi_bag import Bag
from proofroom.extract.letters.msg_names import names_of
from proofroom.extract.stores import hiding
from proofroom.extract.stores.as_msg import MessageWriter, NameMap
from proofroom.extract.stores.by_libpff import read_by_libpff
from proofroom.extract.stores.heaps import read_properties
from proofroom.extract.stores.items import ItemReader
from proofroom.extract.stores.lost import blocks_of_trailers, lost_items, nodes_of_pages
from proofroom.extract.stores.outlet import Outlet, item_name
from proofroom.extract.stores.pages import Broken, Header, Node, Store, is_large, read_header
from proofroom.model.states import Reason, State

_STORE, _NAMES, _ROOT = 0x21, 0x61, 0x122
_TYPE: Final = 0x1F
_FOLDER, _SEARCH, _ITEM, _ASSOCIATED = 2, 3, 4, 8
_SHOWN_FOLDERS: Final = 0x35E0
_PASSWORD: Final = 0x67FF
_ENTRY_NUMBER: Final = slice(20, 24)
_ASIDE: Final = "associated"


def read(source: Source, sink: Sink) -> None:
    """Read a store; what cannot be reached any more is looked for page by page."""
    header = read_header(source.untrusted)
    _facts(header, source, sink)
    if is_large(header):
        read_by_libpff(source.untrusted, sink)
        return
    if header.method not in hiding.NAMES:
        raise Unreadable(State.LOCKED, Reason.UNSUPPORTED_ENCRYPTION)
    _Walk(Store(source.untrusted, header), sink).go()
    if header.size > source.size:
        raise Unreadable(State.DAMAGED, Reason.CUT_SHORT)


def _facts(header: Header, source: Source, sink: Sink) -> None:
    """Say what the first page says."""
    sink.meta("pst:version", str(header.version))
    sink.meta("pst:client-version", str(header.client))
    sink.meta("pst:encryption", hiding.NAMES.get(header.method, f"0x{header.method:02X}"))
    if header.size != source.size:
        sink.meta("pst:size", str(header.size))


class _Walk:
    """One store on its way to the sink."""

    def __init__(self, store: Store, sink: Sink) -> None:
        self._store = store
        self._sink = sink
        self._damaged = False
        self._old = nodes_of_pages(store)
        if not store.has_blocks():
            self._damaged = True
            blocks_of_trailers(store)
        self._nodes = self._all_nodes()
        raw = self._bag(self._nodes.get(_NAMES), {}) or Bag()
        streams = (raw.raw(2), raw.raw(3), raw.raw(4))
        self._names = names_of(*streams)
        self._reader = ItemReader(store, self._names)
        self._outlet = Outlet(sink, MessageWriter(store, NameMap.of(*streams)))
        self._below: dict[int, list[Node]] = {}
        for node in self._nodes.values():
            if node.number != node.parent:
                self._below.setdefault(node.parent, []).append(node)
        self._shown = 0
        self._told: set[int] = set()

    def go(self) -> None:
        """Send the store, its folders from the root on, and then what the root does not lead to."""
        about = self._bag(self._nodes.get(_STORE), self._names)
        if about is not None:
            self._shown = int.from_bytes(about.raw(_SHOWN_FOLDERS)[_ENTRY_NUMBER], "little")
            if about.number(_PASSWORD):
                self._sink.meta("pst:password-checksum", f"{about.number(_PASSWORD) & 0xFFFFFFFF:08X}")
            self._outlet.store(about)
        self._folders(_ROOT, "", hidden=self._shown > 0)
        self._orphaned()
        self._recovered()
        if self._damaged or self._store.damaged:
            self._sink.partly(Reason.DAMAGED_PART)

    def _all_nodes(self) -> dict[int, Node]:
        nodes: dict[int, Node] = {}
        try:
            for node in self._store.nodes():
                nodes.setdefault(node.number, node)
        except Broken:
            # Pages of the tree that nothing leads to any more still name what lies in the file.
            self._damaged = True
            for node in self._old:
                nodes.setdefault(node.number, node)
        return nodes

    def _bag(self, node: Node | None, names: dict[int, str]) -> Bag | None:
        """Read the properties of a node that should be there."""
        try:
            if node is not None:
                return read_properties(self._store, node, names)[0]
        except Broken:
            pass
        self._damaged = True
        return None

    def _folders(self, number: int, path: str, *, hidden: bool) -> None:
        """Send what lies in a folder, then the folders below it; each folder once."""
        waiting = [(number, path, hidden)]
        while waiting:
            number, path, hidden = waiting.pop()
            if number in self._told:
                continue
            self._told.add(number)
            if number != _ROOT:
                bag = self._bag(self._nodes.get(number), self._names) or Bag()
                hidden = hidden and number != self._shown
                path = self._outlet.folder(path, bag, number, hidden=hidden)
            inside = sorted(self._below.get(number, ()), key=lambda node: node.number)
            for kind, place in ((_ITEM, path), (_ASSOCIATED, f"{path}/{_ASIDE}" if path else _ASIDE)):
                found = [node for node in inside if node.number & _TYPE == kind]
                for order, node in enumerate(found, 1):
                    self._item(node, item_name(place, order, node.number))
            further = [node for node in inside if node.number & _TYPE in (_FOLDER, _SEARCH)]
            waiting += [(node.number, path, hidden) for node in reversed(further)]

    def _item(self, node: Node, name: str) -> None:
        """Send one item; one that cannot be read is recorded under its name."""
        self._told.add(node.number)
        try:
            item = self._reader.read(node)
        except Broken:
            self._outlet.lost(name, State.DAMAGED, Reason.CUT_SHORT)
        except Unreadable as cut:
            self._outlet.lost(name, cut.state, cut.reason)
        else:
            self._outlet.item(name, item)

    def _orphaned(self) -> None:
        """Send folders and items whose folder is not there any more."""
        for node in list(self._nodes.values()):
            if (
                node.number & _TYPE == _FOLDER
                and node.number not in self._told
                and node.parent not in self._nodes
            ):
                self._folders(node.number, "orphaned", hidden=True)
        left = [
            node
            for node in self._nodes.values()
            if node.number & _TYPE in (_ITEM, _ASSOCIATED) and node.number not in self._told
        ]
        for order, node in enumerate(left, 1):
            name = item_name("orphaned", order, node.number)
            self._sink.meta("pst:orphaned", f"{name}; folder=0x{node.parent:X}")
            self._item(node, name)

    def _recovered(self) -> None:
        """Send items that were deleted and not overwritten, as far as they can still be read."""
        place = 0
        for node in lost_items(self._store, self._old, self._nodes):
            try:
                item = self._reader.read(node)
            except (Broken, Unreadable):
                continue
            place += 1
            name = item_name("recovered", place, node.number)
            self._sink.meta("pst:recovered", f"{name}; folder=0x{node.parent:X}")
            self._outlet.item(name, item)


FORMAT = Format(
    name="outlook_store",
    media_types=frozenset(("application/vnd.ms-outlook-pst",)),
    read=read,
    sample="outlook_store.pst",
)
