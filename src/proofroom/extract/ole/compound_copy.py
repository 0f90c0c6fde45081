"""Write storages into a compound file of their own (MS-CFB), block by block, as they lay inside another one."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

_SIGNATURE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_FREE, _END, _TABLE, _MORE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFC
_SMALL: Final = 64
_CUTOFF: Final = 4_096
_IN_HEADER: Final = 109
_LARGE: Final = 1 << 30
_LONGEST_NAME: Final = 31
_BLOCK: Final = 1 << 18
_STORAGE, _STREAM, _ROOT = 1, 2, 5


@dataclass(slots=True)
class Node:
    """A storage with what lies in it, or a stream: its size, and what gives its bytes, exactly so many."""

    name: str
    size: int = 0
    blocks: Callable[[], Iterable[bytes]] | None = None
    inside: list[Node] = field(default_factory=list)
    clsid: bytes = bytes(16)
    created: int = 0
    changed: int = 0

    @classmethod
    def of_bytes(cls, name: str, data: bytes) -> Node:
        """Make a stream of bytes at hand."""
        return cls(name, len(data), lambda: (data,))


class _Layout:
    """Where everything stands: first the large streams, then the small ones together, then the tables."""

    def __init__(self, root: Node) -> None:
        self.nodes = _numbered(root)
        streams = [node for node in self.nodes[1:] if node.blocks is not None]
        self.large = [node for node in streams if node.size >= _CUTOFF]
        self.small = [node for node in streams if 0 < node.size < _CUTOFF]
        self.shift = 9 if sum(node.size for node in streams) < _LARGE else 12
        self.sector = 1 << self.shift
        self.chain: list[int] = []
        self.starts = {id(node): self._take(node.size) for node in self.large}
        small_chain: list[int] = []
        for node in self.small:
            self.starts[id(node)] = len(small_chain)
            small_chain += _chained(len(small_chain), -(-node.size // _SMALL))
        self.small_size = len(small_chain) * _SMALL
        self.small_at = self._take(self.small_size) if self.small_size else _END
        per_table = self.sector // 4
        small_chain += [_FREE] * (-len(small_chain) % per_table)
        self.small_table = struct.pack(f"<{len(small_chain)}I", *small_chain)
        self.small_table_at = self._take(len(self.small_table)) if small_chain else _END
        self.directory_at = self._take(len(self.nodes) * 128)
        self._tables(per_table)

    def _take(self, size: int) -> int:
        """Take sectors for so many bytes; gives the first."""
        start = len(self.chain)
        self.chain += _chained(start, -(-size // self.sector))
        return start

    def _tables(self, per_table: int) -> None:
        """Find room for the table of all sectors, and for the list of its own ones beyond those in the header."""
        tables = more = 0
        while True:
            needed = -(-(len(self.chain) + tables + more) // per_table)
            needed_more = -(-max(needed - _IN_HEADER, 0) // (per_table - 1))
            if (needed, needed_more) == (tables, more):
                break
            tables, more = needed, needed_more
        start = len(self.chain)
        self.tables = list(range(start, start + tables))
        self.more = list(range(start + tables, start + tables + more))
        self.chain += [_TABLE] * tables + [_MORE] * more
        self.chain += [_FREE] * (tables * per_table - len(self.chain))


def write_compound(root: Node) -> Iterator[bytes]:
    """Give a compound file whose root storage is `root`, block by block."""
    plan = _Layout(root)
    yield _header(plan).ljust(plan.sector, b"\0")
    for node in plan.large:
        yield from _padded(node, plan.sector)
    if plan.small:
        for node in plan.small:
            yield from _padded(node, _SMALL)
        yield bytes(-plan.small_size % plan.sector)
        yield plan.small_table
    directory = b"".join(_directory(plan))
    yield directory + _no_entry() * (-len(directory) % plan.sector // 128)
    yield struct.pack(f"<{len(plan.chain)}I", *plan.chain)
    yield from _more_tables(plan)


def _padded(node: Node, width: int) -> Iterator[bytes]:
    """Give a stream's bytes, filled up to a whole sector; what gives too few or too many is made to fit."""
    left = node.size
    for block in node.blocks() if node.blocks else ():
        yield block[:left]
        left -= min(len(block), left)
    yield bytes(left + -node.size % width)


def _numbered(root: Node) -> list[Node]:
    """Give all nodes, each storage before what lies in it."""
    found = [root]
    for node in found:
        node.inside.sort(key=lambda one: _order(one.name))
        found.extend(node.inside)
    return found


def _order(name: str) -> tuple[int, str]:
    """Names are ordered by their length and then by their capitals (MS-CFB 2.6.4)."""
    return len(name.encode("utf-16-le", "surrogatepass")), name.upper()


def _chained(start: int, count: int) -> list[int]:
    return [*range(start + 1, start + count), _END] if count else []


def _directory(plan: _Layout) -> Iterator[bytes]:
    """Give the lines of the directory; the names of each storage stand as a balanced tree."""
    place = {id(node): number for number, node in enumerate(plan.nodes)}
    left = dict.fromkeys(place, _FREE)
    right, child = dict(left), dict(left)

    def grow(nodes: list[Node]) -> int:
        if not nodes:
            return _FREE
        middle = len(nodes) // 2
        top = nodes[middle]
        left[id(top)] = grow(nodes[:middle])
        right[id(top)] = grow(nodes[middle + 1 :])
        return place[id(top)]

    for node in plan.nodes:
        child[id(node)] = grow(node.inside)
    for node in plan.nodes:
        yield _entry(plan, node, (left[id(node)], right[id(node)], child[id(node)]))


def _entry(plan: _Layout, node: Node, tree: tuple[int, int, int]) -> bytes:
    root = node is plan.nodes[0]
    kind = _ROOT if root else _STREAM if node.blocks is not None else _STORAGE
    start, size = (plan.small_at, plan.small_size) if root else (plan.starts.get(id(node), _END), node.size)
    if kind == _STORAGE:
        start = 0
    name = "Root Entry" if root else node.name[:_LONGEST_NAME]
    raw = (name + "\0").encode("utf-16-le", "replace")
    return (
        raw.ljust(64, b"\0")
        + struct.pack("<HBB3I", len(raw), kind, 1, *tree)
        + node.clsid
        + struct.pack("<IQQIQ", 0, node.created, node.changed, start, size)
    )


def _no_entry() -> bytes:
    return bytes(68) + struct.pack("<3I", _FREE, _FREE, _FREE) + bytes(48)


def _header(plan: _Layout) -> bytes:
    version = 3 if plan.shift == 9 else 4
    directory = 0 if version == 3 else -(-len(plan.nodes) * 128 // plan.sector)
    head = _SIGNATURE + bytes(16) + struct.pack("<5H6x", 0x3E, version, 0xFFFE, plan.shift, 6)
    small_tables = len(plan.small_table) // plan.sector
    numbers = (directory, len(plan.tables), plan.directory_at, 0, _CUTOFF, plan.small_table_at, small_tables)
    head += struct.pack("<7I", *numbers)
    head += struct.pack("<2I", plan.more[0] if plan.more else _END, len(plan.more))
    places = [*plan.tables[:_IN_HEADER], *[_FREE] * (_IN_HEADER - len(plan.tables))]
    return head + struct.pack(f"<{_IN_HEADER}I", *places)


def _more_tables(plan: _Layout) -> Iterator[bytes]:
    """Give the sectors that list the table's own sectors beyond those in the header."""
    per_sector = plan.sector // 4 - 1
    rest = plan.tables[_IN_HEADER:]
    for number in range(len(plan.more)):
        some = rest[number * per_sector : (number + 1) * per_sector]
        following = plan.more[number + 1] if number + 1 < len(plan.more) else _END
        some += [_FREE] * (per_sector - len(some))
        yield struct.pack(f"<{per_sector + 1}I", *some, following)
