"""Walk through a tar from header to header, past broken blocks, and behind its end mark, to the end of the file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import BinaryIO, Final

from proofroom.extract.containers import tar_headers as tar
from proofroom.extract.containers.tar_headers import Header, number, parse_header, pax_records

_LONGEST_NAME: Final = 1 << 16
_LONGEST_PAX: Final = 1 << 20
_MOST_EXTENTS: Final = 1 << 20

Records = list[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class Item:
    """One entry: its header with all that pax and GNU say instead, and where its data stands."""

    header: Header
    at: int
    packed: int
    records: Records
    extents: list[tuple[int, int]] | None = None


@dataclass(slots=True)
class Walk:
    """What was seen on the way."""

    stream: BinaryIO
    size: int
    found: int = 0
    damaged: bool = False
    cut: bool = False
    ended: bool = False
    trailing: int = 0
    shared: Records = field(default_factory=list)
    _long_name: bytes | None = None
    _long_link: bytes | None = None
    _records: Records = field(default_factory=list)

    def items(self) -> Iterator[Item]:
        """Give the entries in the file's order."""
        at = 0
        while at < self.size:
            self.stream.seek(at)
            block = self.stream.read(tar.BLOCK)
            at += tar.BLOCK
            header = parse_header(block)
            if header is None:
                self._no_header(block)
                continue
            after = at + _padded(0 if header.kind in tar.WITHOUT_DATA else header.size)
            if self._is_prelude(header, at):
                at = after
                continue
            self.found += 1
            item = self._item(header, at)
            # Whoever keeps the entry should not keep its block.
            item = replace(item, header=replace(item.header, block=b""))
            at = max(item.at + _padded(item.packed), at)
            self.cut = self.cut or item.at + item.packed > self.size
            yield item

    def _no_header(self, block: bytes) -> None:
        """Take a block that is no header: the end mark, what follows it, or damage."""
        if not block.strip(b"\0"):
            self.ended = self.ended or len(block) == tar.BLOCK
        elif self.ended:
            self.trailing += len(block)
        elif len(block) < tar.BLOCK:
            self.cut = True
        else:
            self.damaged = True

    def _is_prelude(self, header: Header, at: int) -> bool:
        """Take what stands before an entry and is about it; tells whether the header was such a one."""
        if header.kind not in (b"L", b"K", b"x", b"X", b"g"):
            return False
        most = _LONGEST_NAME if header.kind in (b"L", b"K") else _LONGEST_PAX
        self.damaged = self.damaged or header.size > most
        self.cut = self.cut or at + header.size > self.size
        self.stream.seek(at)
        data = self.stream.read(min(header.size, most))
        if header.kind == b"L":
            self._long_name = data.partition(b"\0")[0]
        elif header.kind == b"K":
            self._long_link = data.partition(b"\0")[0]
        else:
            records, whole = pax_records(data)
            self.damaged = self.damaged or not whole
            if header.kind == b"g":
                self.shared = [*self.shared, *records][-_LONGEST_NAME:]
            else:
                self._records = records
        return True

    def _item(self, header: Header, at: int) -> Item:
        """Put an entry together from its header and what stood before it."""
        records, self._records = self._records, []
        said = dict(self.shared) | dict(records)
        name = said.get(b"GNU.sparse.name", said.get(b"path", self._long_name))
        link = said.get(b"linkpath", self._long_link)
        self._long_name = self._long_link = None
        header = replace(
            header,
            untrusted_name=header.untrusted_name if name is None else name,
            untrusted_link=header.untrusted_link if link is None else link,
            untrusted_owner=said.get(b"uname", header.untrusted_owner),
            untrusted_group=said.get(b"gname", header.untrusted_group),
            size=_decimal(said.get(b"size"), header.size),
            uid=_decimal(said.get(b"uid"), header.uid),
            gid=_decimal(said.get(b"gid"), header.gid),
            mtime=_decimal(said.get(b"mtime"), header.mtime),
        )
        packed = 0 if header.kind in tar.WITHOUT_DATA else max(header.size, 0)
        return self._sparse(Item(header, at, packed, records), said)

    def _sparse(self, item: Item, said: dict[bytes, bytes]) -> Item:
        """Find where the written parts of a file with holes belong, in each of the four ways to say it."""
        extents: list[tuple[int, int]]
        if item.header.kind == b"S":
            return self._old_sparse(item)
        if said.get(b"GNU.sparse.major") == b"1":
            extents, taken = self._map_in_data(item)
            item = replace(item, at=item.at + taken, packed=max(item.packed - taken, 0))
        elif b"GNU.sparse.map" in said:
            extents = _pairs(said[b"GNU.sparse.map"].split(b","))
        elif b"GNU.sparse.offset" in said:
            keys = (b"GNU.sparse.offset", b"GNU.sparse.numbytes")
            extents = _pairs([value for key, value in item.records if key in keys])
        else:
            return item
        real = _decimal(said.get(b"GNU.sparse.realsize", said.get(b"GNU.sparse.size")))
        size = max(real, max((start + length for start, length in extents), default=0))
        return replace(item, header=replace(item.header, size=size), extents=extents)

    def _old_sparse(self, item: Item) -> Item:
        block, at = item.header.block, item.at
        fields = block[386:482]
        more = block[482]
        while more and at < self.size and len(fields) < _MOST_EXTENTS:
            self.stream.seek(at)
            further = self.stream.read(tar.BLOCK).ljust(tar.BLOCK, b"\0")
            at += tar.BLOCK
            fields += further[:504]
            more = further[504]
        extents = [
            (max(number(fields[place : place + 12]), 0), max(number(fields[place + 12 : place + 24]), 0))
            for place in range(0, len(fields), 24)
        ]
        extents = [(start, length) for start, length in extents if start or length]
        size = max(number(block[483:495]), max((start + length for start, length in extents), default=0))
        return replace(item, at=at, header=replace(item.header, size=size), extents=extents)

    def _map_in_data(self, item: Item) -> tuple[list[tuple[int, int]], int]:
        """Read the map that begins the data itself: lines of decimal numbers, padded to a block."""
        self.stream.seek(item.at)
        data = self.stream.read(min(item.packed, _LONGEST_PAX))
        count, _, rest = data.partition(b"\n")
        wanted = 2 * min(_decimal(count), _MOST_EXTENTS)
        lines = rest.split(b"\n", wanted)
        taken = len(data) - len(lines[wanted]) if len(lines) > wanted else len(data)
        self.damaged = self.damaged or len(lines) <= wanted
        return _pairs(lines[:wanted]), _padded(taken)


def _pairs(numbers: list[bytes]) -> list[tuple[int, int]]:
    """Pair offsets with lengths."""
    values = [max(_decimal(value), 0) for value in numbers]
    return list(zip(values[::2], values[1::2], strict=False))


def _decimal(value: bytes | None, otherwise: int = 0) -> int:
    """Read a decimal number, without its fraction; one that is none, or absurdly long, does not count."""
    whole = (value or b"").partition(b".")[0]
    if not whole or len(whole) > 20 or not whole.removeprefix(b"-").isdigit():
        return otherwise
    return int(whole)


def _padded(size: int) -> int:
    return -(-size // tar.BLOCK) * tar.BLOCK
