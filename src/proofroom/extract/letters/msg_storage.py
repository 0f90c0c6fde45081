"""Read the MAPI properties of one storage of a message file (MS-OXMSG), and take storages out as files of their own."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final

from proofroom.extract.format import Unreadable
from proofroom.extract.letters.mapi_bag import Bag
from proofroom.extract.letters.mapi_values import MANY, WIDTHS, Kind
from proofroom.extract.letters.msg_names import names_of
from proofroom.extract.ole.compound_copy import Node, write_compound
from proofroom.extract.ole.directory import STORAGE, STREAM, Entry
from proofroom.extract.ole.streams import Streams
from proofroom.model.states import Reason, State

PROPERTIES: Final = "__properties_version1.0"
NAMES: Final = "__nameid_version1.0"
TOP_HEAD, INNER_HEAD, PART_HEAD = 32, 24, 8
_VALUE: Final = "__substg1.0_"
_ATTACH_DATA: Final = 0x3701
_LINE: Final = 16
_MOST: Final = 65_536
_MOST_BYTES: Final = 1 << 30
_WIDE_LENGTHS: Final = (Kind.STRING, Kind.UNICODE)


def read_names(streams: Streams) -> dict[int, str]:
    """Read which names stand behind the numbers beyond 0x8000 (MS-OXMSG 2.2.3)."""
    guids, entries, strings = (
        streams.stream(f"{NAMES}/{_VALUE}{number}0102") or b"" for number in ("0002", "0003", "0004")
    )
    return names_of(guids, entries, strings)


def read_bag(streams: Streams, storage: Entry, head: int, names: dict[int, str]) -> Bag:
    """Read the properties of a storage, in the order of its list; values that nothing lists come last."""
    bag = Bag(names)
    values = {entry.name.lower(): entry for entry in streams.inside(storage) if entry.is_stream}
    listed = values.pop(PROPERTIES, None)
    raw = streams.read(listed) if listed else b""
    bag.damaged = listed is None or len(raw) < min(listed.size, head)
    seen: set[tuple[int, int]] = set()
    for at in range(head, min(len(raw), _MOST * _LINE) - _LINE + 1, _LINE):
        kind, tag = struct.unpack_from("<HH", raw, at)
        if tag == _ATTACH_DATA or (tag, kind) in seen:
            continue
        seen.add((tag, kind))
        width = 0 if kind & MANY else WIDTHS.get(Kind(kind), 0) if kind in set(Kind) else 0
        if width and width <= 8:
            bag.add(tag, kind, (raw[at + 8 : at + 8 + width],))
        else:
            _add_value(streams, bag, values, tag, kind)
    for name in values:
        number = _number(name)
        if number and number not in seen and number[0] != _ATTACH_DATA:
            seen.add(number)
            _add_value(streams, bag, values, *number)
    return bag


def _number(name: str) -> tuple[int, int] | None:
    """Read number and kind of a property out of the name of its stream; None for a part of one."""
    digits = name.removeprefix(_VALUE)
    if not name.startswith(_VALUE) or len(digits) != 8:
        return None
    try:
        return int(digits[:4], 16), int(digits[4:], 16)
    except ValueError:
        return None


def _add_value(streams: Streams, bag: Bag, values: dict[str, Entry], tag: int, kind: int) -> None:
    """Add a property whose value has a stream of its own; several values have one each, or one together."""
    entry = values.get(f"{_VALUE}{tag:04x}{kind:04x}")
    if entry is None:
        bag.damaged = bag.damaged or kind & ~MANY in (*_WIDE_LENGTHS, Kind.BINARY)
        return
    raw = _whole(streams, entry, bag)
    if not kind & MANY:
        bag.add(tag, kind, (raw,))
        return
    single = kind & ~MANY
    width = WIDTHS.get(Kind(single), 0) if single in set(Kind) else 0
    if width:
        bag.add(tag, kind, tuple(raw[at : at + width] for at in range(0, len(raw) - width + 1, width)))
        return
    count = len(raw) // (8 if single == Kind.BINARY else 4)
    parts = (values.get(f"{_VALUE}{tag:04x}{kind:04x}-{number:08x}") for number in range(min(count, _MOST)))
    found = [part for part in parts if part is not None]
    bag.damaged = bag.damaged or len(found) < count
    bag.add(tag, kind, tuple(_whole(streams, part, bag) for part in found))


def _whole(streams: Streams, entry: Entry, bag: Bag) -> bytes:
    """Read a value; streams that share their bytes, as bombs do, end where no honest message would."""
    raw = streams.read(entry)
    bag.damaged = bag.damaged or len(raw) < entry.size
    bag.size += len(raw)
    if bag.size > _MOST_BYTES:
        raise Unreadable(State.TRUNCATED, Reason.LIMIT_MEMORY)
    return raw


def find_inside(streams: Streams, storage: Entry, name: str) -> Entry | None:
    """Give what lies in a storage under a name, in any case."""
    return next((entry for entry in streams.inside(storage) if entry.name.lower() == name.lower()), None)


def attach_data(streams: Streams, storage: Entry) -> Entry | None:
    """Give the stream or the storage that holds what is attached."""
    return next(
        filter(None, (find_inside(streams, storage, f"{_VALUE}3701{kind}") for kind in ("0102", "000D"))),
        None,
    )


def stream_blocks(streams: Streams, entry: Entry) -> Iterator[bytes]:
    """Give the bytes of a stream; one that ends before it should is told after all bytes were given."""
    found = 0
    for block in streams.blocks(entry):
        found += len(block)
        yield block
    if found < entry.size:
        raise Unreadable(State.DAMAGED, Reason.CUT_SHORT)


def as_file(streams: Streams, storage: Entry) -> Iterator[bytes]:
    """Give a storage as a compound file; a message takes along the names it shares with the outer one."""
    root = _node(streams, storage, 0)
    root.created, root.changed = storage.created, storage.changed
    if any(node.name.lower() == PROPERTIES for node in root.inside):
        names = streams.find(NAMES)
        if names is not None and not any(node.name.lower() == NAMES for node in root.inside):
            root.inside.append(_node(streams, names, 0))
        for number, node in enumerate(root.inside):
            if node.name.lower() == PROPERTIES and node.blocks is not None:
                raw = b"".join(node.blocks())
                root.inside[number] = Node.of_bytes(node.name, raw[:INNER_HEAD] + bytes(8) + raw[INNER_HEAD:])
    yield from write_compound(root)


def _node(streams: Streams, entry: Entry, depth: int) -> Node:
    """Make a copy's node of an entry; a stream is as long as the bytes that are there."""
    if entry.kind == STREAM:
        size = sum(map(len, streams.blocks(entry)))
        return Node(entry.name, size, lambda: streams.blocks(entry))
    inside = [
        _node(streams, one, depth + 1) for one in streams.inside(entry) if one.kind in (STORAGE, STREAM)
    ]
    return Node(entry.name, 0, None, inside, entry.clsid, entry.created, entry.changed)
