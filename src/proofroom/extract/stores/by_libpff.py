"""Read the newest kind of Outlook store (pages of 4 KiB, as Outlook 2013 and later keep for Exchange) with libpff.

libpff gives no way to items that are attached to others: they are named and make the store `partly`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO, Final

import pypff

from proofroom.extract.format import Sink, Unreadable
from proofroom.extract.letters.mapi_bag import Bag
from proofroom.extract.letters.mapi_values import Kind
from proofroom.extract.letters.msg_names import names_of
from proofroom.extract.stores.as_msg import MessageWriter, NameMap
from proofroom.extract.stores.heaps import DATA, ROW_NUMBERS, Attached, add_value
from proofroom.extract.stores.items import StoredAttachment, StoredItem
from proofroom.extract.stores.outlet import Outlet, item_name
from proofroom.model.states import Reason, State

ERRORS: Final = (OSError, ValueError, OverflowError, TypeError, SystemError, MemoryError)
"""What libpff raises when a part of a store cannot be read: the last of them also for a thing of an unknown kind."""

_BLOCK: Final = 1 << 18
_DEEPEST: Final = 100


def read_by_libpff(untrusted: BinaryIO, sink: Sink) -> None:
    """Read a store; what libpff cannot open is damaged."""
    store = pypff.file()
    untrusted.seek(0)
    try:
        store.open_file_object(untrusted)
    except ERRORS:
        raise Unreadable(State.DAMAGED, Reason.NOT_WELL_FORMED) from None
    try:
        _Walk(store, sink).go()
    finally:
        store.close()


class _Walk:
    """One store on its way to the sink."""

    def __init__(self, store: Any, sink: Sink) -> None:
        self._store = store
        self._sink = sink
        raw = _bag(_given(store, "name_to_id_map"), {})
        streams = (raw.raw(2), raw.raw(3), raw.raw(4))
        self._names = names_of(*streams)
        self._outlet = Outlet(sink, MessageWriter(None, NameMap.of(*streams)))

    def go(self) -> None:
        """Send the store, its folders and items, and the items without a folder."""
        self._outlet.store(_bag(_given(self._store, "message_store"), self._names))
        root = _given(self._store, "root_folder")
        if root is not None:
            self._folder(root, "", 0)
        for place, item in enumerate(self._each(self._store, "orphan_item"), 1):
            if hasattr(item, "get_sub_folder"):
                self._folder(item, "orphaned", 1)
                continue
            self._sink.meta("pst:orphaned", item_name("orphaned", place, _number(item)))
            self._item(item, "orphaned", place)
        if root is None:
            raise Unreadable(State.DAMAGED, Reason.DAMAGED_PART)

    def _folder(self, folder: Any, above: str, depth: int) -> None:
        if depth > _DEEPEST:
            self._sink.partly(Reason.LIMIT_DEPTH)
            return
        path = above
        if depth:
            path = self._outlet.folder(above, _bag(folder, self._names), _number(folder), hidden=False)
        for place, item in enumerate(self._each(folder, "sub_message"), 1):
            self._item(item, path, place)
        for inner in self._each(folder, "sub_folder"):
            self._folder(inner, path, depth + 1)

    def _item(self, item: Any, path: str, place: int) -> None:
        name = item_name(path, place, _number(item))
        try:
            found = StoredItem(_bag(item, self._names))
            recipients = _given(item, "recipients")
            if recipients is not None:
                found.recipients = [_set(one, self._names) for one in self._each(recipients, "record_set")]
            if hasattr(item, "get_attachment"):
                found.attached = [self._attachment(one) for one in self._each(item, "attachment")]
        except ERRORS:
            self._outlet.lost(name, State.DAMAGED, Reason.CUT_SHORT)
            return
        self._outlet.item(name, found)

    def _attachment(self, one: Any) -> StoredAttachment:
        bag = _bag(one, self._names)
        kinds = {entry.entry_type: entry.value_type for entry in _entries(one)}
        if kinds.get(DATA) == Kind.OBJECT:
            self._sink.partly(Reason.UNREAD_PART)
            return StoredAttachment(bag)
        if DATA not in kinds:
            return StoredAttachment(bag)
        return StoredAttachment(bag, Attached(Kind.BINARY, size=one.size, blocks=lambda: _blocks(one)))

    def _each(self, holder: Any, kind: str) -> Iterator[Any]:
        """Give what a holder counts, one after the other; one that cannot be read is said."""
        try:
            count = getattr(holder, f"get_number_of_{kind}s")()
        except ERRORS:
            self._sink.partly(Reason.DAMAGED_PART)
            return
        for place in range(count):
            try:
                found = getattr(holder, f"get_{kind}")(place)
            except ERRORS:
                self._sink.partly(Reason.DAMAGED_PART)
                continue
            yield found


def _given(holder: Any, name: str) -> Any:
    """Give a part of the store; None when it is not there or cannot be read."""
    try:
        return getattr(holder, name, None)
    except ERRORS:
        return None


def _number(item: Any) -> int:
    return _given(item, "identifier") or 0


def _entries(item: Any) -> Iterator[Any]:
    for place in range(item.number_of_record_sets):
        yield from item.get_record_set(place).entries


def _bag(item: Any, names: dict[int, str]) -> Bag:
    """Read the properties of a thing; where libpff fails, those before stand."""
    bag = Bag(names)
    try:
        if item is not None:
            _fill(bag, _entries(item))
    except ERRORS:
        bag.damaged = True
    return bag


def _set(record_set: Any, names: dict[int, str]) -> Bag:
    bag = Bag(names)
    _fill(bag, record_set.entries)
    return bag


def _fill(bag: Bag, entries: Any) -> None:
    for entry in entries:
        try:
            tag, kind = entry.entry_type, entry.value_type
            if not tag or not kind or tag == DATA or tag in ROW_NUMBERS:
                continue
            add_value(bag, tag, kind, entry.data or b"")
        except ERRORS:
            bag.damaged = True


def _blocks(attachment: Any) -> Iterator[bytes]:
    try:
        attachment.seek_offset(0, 0)
        while block := attachment.read_buffer(_BLOCK):
            yield block
    except ERRORS:
        return
