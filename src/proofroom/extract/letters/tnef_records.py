"""Cut a TNEF stream (MS-OXTNEF) into its attributes, and read the MAPI properties inside them."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

from proofroom.extract.containers.giving import stored
from proofroom.extract.format import Unreadable
from proofroom.extract.letters.mapi_bag import Bag
from proofroom.extract.letters.mapi_named import guid_text, numbered_name, spelled_name
from proofroom.extract.letters.mapi_values import MANY, WIDTHS, Kind
from proofroom.model.states import Reason, State

SIGNATURE: Final = b"\x78\x9f\x3e\x22"
_HEAD: Final = struct.Struct("<BII")
_LEVELS: Final = (1, 2)
_MOST_PROPERTIES: Final = 65_536
_MOST_BYTES: Final = 1 << 28
_FIRST_NAMED: Final = 0x8000
_VARIABLE: Final = (Kind.STRING, Kind.UNICODE, Kind.BINARY, Kind.OBJECT)


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute: its number with its kind, and where its bytes stand; `whole` unless the file ends before."""

    id: int
    at: int
    length: int
    whole: bool


class TnefStream:
    """The attributes of a stream in their order; `damaged` is set where it goes on with something else."""

    def __init__(self, untrusted: BinaryIO, size: int) -> None:
        """Begin behind the signature; raises Unreadable(DAMAGED) when there is none."""
        self.damaged = self.cut = False
        self._stream = untrusted
        self._size = size
        untrusted.seek(0)
        head = untrusted.read(6)
        if not head.startswith(SIGNATURE):
            raise Unreadable(State.DAMAGED, Reason.NOT_WELL_FORMED)

    def attributes(self) -> Iterator[Attribute]:
        """Give the attributes up to the end, or to what is none."""
        at = 6
        while at < self._size:
            self._stream.seek(at)
            head = self._stream.read(_HEAD.size)
            if len(head) < _HEAD.size:
                self.cut = bool(head.strip(b"\0"))
                return
            level, number, length = _HEAD.unpack(head)
            if level not in _LEVELS:
                self.damaged = True
                return
            whole = at + _HEAD.size + length + 2 <= self._size
            self.cut = not whole
            yield Attribute(number, at + _HEAD.size, length, whole)
            at += _HEAD.size + length + 2

    def blocks(self, one: Attribute) -> Iterator[bytes]:
        """Give the bytes of an attribute; a cut or a wrong checksum is told after all bytes were given."""
        found = 0
        for block in stored(self._stream, one.at, one.length):
            found += sum(block)
            yield block
        self._stream.seek(one.at + one.length)
        if int.from_bytes(self._stream.read(2), "little") != found & 0xFFFF:
            raise Unreadable(State.DAMAGED, Reason.BAD_CHECKSUM)

    def read(self, one: Attribute) -> bytes:
        """Give the bytes of an attribute as far as they are there; damage is remembered."""
        pieces: list[bytes] = []
        size = 0
        try:
            for block in self.blocks(one):
                pieces.append(block)
                size += len(block)
                if size > _MOST_BYTES:
                    self.damaged = True
                    break
        except Unreadable:
            self.damaged = True
        return b"".join(pieces)


class _Cursor:
    """Reads numbers and bytes; what is not there raises IndexError."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def take(self, size: int) -> bytes:
        """Take bytes and what fills them up to four."""
        if size > len(self.data) - self.at:
            raise IndexError
        raw = self.data[self.at : self.at + size]
        self.at += size + -size % 4
        return raw

    def number(self) -> int:
        """Take a number of four bytes."""
        return int.from_bytes(self.take(4), "little")


def read_properties(data: bytes) -> Bag:
    """Read a list of MAPI properties (MS-OXTNEF 2.1.3.4); what stands behind damage is lost, which the bag says."""
    bag = Bag()
    cursor = _Cursor(data)
    try:
        _fill(bag, cursor)
    except IndexError:
        bag.damaged = True
    return bag


def read_rows(data: bytes) -> list[Bag]:
    """Read the table of recipients, one bag of properties each."""
    cursor = _Cursor(data)
    bags: list[Bag] = []
    try:
        for _ in range(min(cursor.number(), _MOST_PROPERTIES)):
            bags.append(Bag())
            _fill(bags[-1], cursor)
    except IndexError:
        bags = bags or [Bag()]
        bags[-1].damaged = True
    return bags


def _fill(bag: Bag, cursor: _Cursor) -> None:
    """Read a count of properties and as many of them."""
    for _ in range(min(cursor.number(), _MOST_PROPERTIES)):
        kind, tag = struct.unpack("<HH", cursor.take(4))
        if tag >= _FIRST_NAMED:
            bag.names.setdefault(tag, _name(cursor))
        single = kind & ~MANY
        variable = single in _VARIABLE
        count = cursor.number() if kind & MANY or variable else 1
        if count > len(cursor.data):
            raise IndexError
        if variable:
            bag.add(tag, kind, tuple(cursor.take(cursor.number()) for _ in range(count)))
        else:
            width = WIDTHS.get(Kind(single), 4) if single in set(Kind) else 4
            bag.add(tag, kind, tuple(cursor.take(width) for _ in range(count)))


def _name(cursor: _Cursor) -> str:
    """Read the name of a named property: its set, and a number or a spelling in it."""
    set_id = guid_text(cursor.take(16))
    if cursor.number() == 0:
        return numbered_name(set_id, cursor.number())
    return spelled_name(set_id, cursor.take(cursor.number()).decode("utf-16-le", "replace").rstrip("\0"))
