"""Read the directory of a compound file (MS-CFB 2.6): which storages and streams there are, and when they changed."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import Final

from proofroom.extract.ole.filetime import iso_time

STORAGE: Final = 1
STREAM: Final = 2
ROOT: Final = 5
MOST_BYTES: Final = 32 << 20
"""A directory of a quarter of a million lines: more than any program writes."""

_LINE: Final = 128
_NOTHING: Final = 0xFFFFFFFF
_MOST_DEEP: Final = 64
_KINDS: Final = {STORAGE: "storage", STREAM: "stream", ROOT: "root"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the directory; `path` joins the names of the storages above with `/`, the root's is ""."""

    number: int
    path: str
    name: str
    kind: int
    clsid: bytes
    created: int
    changed: int
    start: int
    size: int

    @property
    def is_stream(self) -> bool:
        """Tell whether it has bytes of its own."""
        return self.kind == STREAM

    @property
    def class_id(self) -> str:
        """The class of the program that wrote a storage, as a GUID, or "" for none."""
        if not any(self.clsid):
            return ""
        one, two, three = struct.unpack_from("<IHH", self.clsid)
        return f"{one:08X}-{two:04X}-{three:04X}-{self.clsid[8:10].hex()}-{self.clsid[10:].hex()}".upper()


@dataclass(slots=True)
class Tree:
    """The directory as a tree: entries from the root down, what lies in each, and what nothing leads to."""

    entries: list[Entry] = field(default_factory=list)
    inside: dict[int, list[Entry]] = field(default_factory=dict)
    unreachable: list[Entry] = field(default_factory=list)


def read_tree(raw: bytes) -> Tree | None:
    """Follow the tree of names from the root; None when there is no root."""
    lines = [raw[at : at + _LINE] for at in range(0, len(raw) - _LINE + 1, _LINE)]
    root = next((number for number, line in enumerate(lines) if line[66] == ROOT), None)
    if root is None:
        return None
    tree = Tree([_entry(root, "", lines[root])])
    seen = {root}
    below = [(root, "", 0)]
    while below:
        parent, above, depth = below.pop()
        for number in _in_order(lines, _pointers(lines[parent])[2], seen):
            entry = _entry(number, above, lines[number])
            tree.entries.append(entry)
            tree.inside.setdefault(parent, []).append(entry)
            if entry.kind == STORAGE and depth < _MOST_DEEP:
                below.append((number, f"{entry.path}/", depth + 1))
    lost = [n for n, line in enumerate(lines) if n not in seen and line[66] in (STORAGE, STREAM)]
    tree.unreachable = [_entry(number, "?/", lines[number]) for number in lost]
    if any(one < _NOTHING and one >= len(lines) for number in seen for one in _pointers(lines[number])):
        # Part of the directory is lost: what its tree does not reach any more is taken for the top's.
        found = [_entry(number, "", lines[number]) for number in lost]
        tree.entries += found
        tree.inside.setdefault(root, []).extend(found)
    return tree


def _in_order(lines: list[bytes], first: int, seen: set[int]) -> list[int]:
    """Give the siblings of a tree from left to right, each line of the directory at most once."""
    found: list[int] = []
    waiting = [(first, False)]
    while waiting:
        number, opened = waiting.pop()
        if opened:
            found.append(number)
        elif number < len(lines) and number not in seen:
            seen.add(number)
            if lines[number][66] not in (STORAGE, STREAM):
                continue
            left, right, _ = _pointers(lines[number])
            waiting += [(right, False), (number, True), (left, False)]
    return found


def _pointers(line: bytes) -> tuple[int, int, int]:
    left, right, child = struct.unpack_from("<III", line, 68)
    return left, right, child


def _entry(number: int, above: str, line: bytes) -> Entry:
    """Read one line of the directory; sizes of version 3 have 32 bits, whatever stands above them."""
    length = min(struct.unpack_from("<H", line, 64)[0], 64)
    name = line[: max(length - 2, 0)].decode("utf-16-le", "replace").replace("/", "\u2215")
    created, changed, start, size = struct.unpack_from("<QQIQ", line, 100)
    kind = line[66]
    if size >> 32 and size >> 32 > 0xFFFF:
        size &= 0xFFFFFFFF
    path = "" if kind == ROOT else above + name
    return Entry(number, path, name, kind, line[80:96], created, changed, start, size)


def told(entry: Entry) -> str:
    """Write one line of the directory for people and for comparisons."""
    facts = [str(entry.number), _KINDS.get(entry.kind, "other"), entry.path]
    if entry.is_stream:
        facts.append(f"bytes={entry.size} sector={entry.start}")
    times = (("created", iso_time(entry.created)), ("changed", iso_time(entry.changed)))
    facts += [f"{name}={value}" for name, value in (("class", entry.class_id), *times) if value]
    return " ".join(facts)
