"""Walk through the headers of a RAR 5: blocks of numbers of varying length, each with its checksum."""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

from proofroom.extract.containers.archive_entries import moment
from proofroom.extract.containers.giving import special
from proofroom.extract.containers.rar_blocks import Entry, Lock, Volume
from proofroom.extract.containers.rar_keys import BLOCK, Key, decrypted
from proofroom.extract.format import Unreadable
from proofroom.model.states import Reason, State

MARK: Final = b"Rar!\x1a\x07\x01\0"
_MAIN, _FILE, _SERVICE, _LOCKED, _END = 1, 2, 3, 4, 5
_EXTRA, _DATA, _BEFORE, _AFTER = 1, 2, 8, 16
_FOLDER, _MTIME, _CRC, _NO_SIZE = 1, 2, 4, 8
_R_LOCK, _R_HASH, _R_TIMES, _R_VERSION, _R_LINK, _R_OWNER, _R_SERVICE = 1, 2, 3, 4, 5, 6, 7
_LARGEST_HEADER: Final = 2 << 20
_MOST_ROUNDS: Final = 24
_UNIX: Final = 1
_SYSTEMS: Final = {0: "windows", _UNIX: "unix"}
_TICKS: Final = 10_000_000
_NT: Final = 11_644_473_600
_COPIES: Final = (4, 5)

Unlock = Callable[[Lock, Callable[[Key], bool] | None], Key]


class Numbers:
    """Bytes read as numbers of varying length; raises Unreadable where they end too early."""

    def __init__(self, data: bytes) -> None:
        """Read from the first byte."""
        self.data = data
        self.at = 0

    def number(self) -> int:
        """Give the next number: seven bits a byte, the lowest first."""
        found = shift = 0
        while shift < 70:
            byte = self.take(1)[0]
            found |= (byte & 0x7F) << shift
            if byte < 0x80:
                return found
            shift += 7
        raise Unreadable(State.DAMAGED, Reason.NOT_WELL_FORMED)

    def take(self, count: int) -> bytes:
        """Give the next so many bytes."""
        found = self.data[self.at : self.at + count]
        if len(found) < count:
            raise Unreadable(State.DAMAGED, Reason.NOT_WELL_FORMED)
        self.at += count
        return found


@dataclass(frozen=True, slots=True)
class _Block:
    kind: int
    flags: int
    body: Numbers
    extra: bytes
    at: int
    packed: int


def walk(stream: BinaryIO, size: int, volume: Volume, unlock: Unlock) -> Iterator[Entry]:
    """Give entry after entry; raises Unreadable where the headers break or end. `volume` is filled on the way."""
    at = len(MARK)
    key: Key | None = None
    while not volume.ended:
        if at >= size:
            raise Unreadable(State.DAMAGED, Reason.CUT_SHORT)
        block = _block(stream, at, key)
        at = block.at + block.packed
        if block.kind == _LOCKED:
            key = _unlocked(block, stream, volume, unlock)
        elif block.kind == _MAIN:
            _main(block, volume)
        elif block.kind in (_FILE, _SERVICE):
            yield _entry(block)
        elif block.kind == _END:
            volume.ended = True
            volume.goes_on = bool(block.body.number() & 1)


def _block(stream: BinaryIO, at: int, key: Key | None) -> _Block:
    """Read a header, decrypted where all of them are."""
    stream.seek(at)
    start = stream.read(BLOCK) if key else b""
    first = stream.read(BLOCK)
    if key and len(start) == len(first) == BLOCK:
        first = decrypted(key, start, first)
    if len(first) < 7:
        raise Unreadable(State.DAMAGED, Reason.CUT_SHORT)
    numbers = Numbers(first[4:])
    length = numbers.number()
    whole = 4 + numbers.at + length
    if length > _LARGEST_HEADER or not length:
        raise Unreadable(State.DAMAGED, Reason.NOT_WELL_FORMED)
    padded = -(-whole // BLOCK) * BLOCK if key else whole
    stream.seek(at + len(start))
    data = stream.read(padded)
    if len(data) < padded:
        raise Unreadable(State.DAMAGED, Reason.CUT_SHORT)
    data = decrypted(key, start, data) if key else data
    if zlib.crc32(data[4:whole]) != int.from_bytes(data[:4], "little"):
        raise Unreadable(State.DAMAGED, Reason.BAD_CHECKSUM)
    body = Numbers(data[4 + numbers.at : whole])
    kind, flags = body.number(), body.number()
    extra = body.number() if flags & _EXTRA else 0
    packed = body.number() if flags & _DATA else 0
    if extra > length:
        raise Unreadable(State.DAMAGED, Reason.NOT_WELL_FORMED)
    tail = body.data[len(body.data) - extra :] if extra else b""
    return _Block(kind, flags, body, tail, at + len(start) + padded, packed)


def _unlocked(block: _Block, stream: BinaryIO, volume: Volume, unlock: Unlock) -> Key:
    """Find the key of all headers; the next one proves it where the archive holds no check."""
    volume.is_locked = True
    version, flags = block.body.number(), block.body.number()
    rounds = block.body.take(1)[0]
    salt = block.body.take(16)
    check = block.body.take(12) if flags & 1 else b""
    lock = Lock(salt, b"", rounds, _good(check), is_ours=version == 0 and rounds <= _MOST_ROUNDS)

    def opens(key: Key) -> bool:
        try:
            _block(stream, block.at, key)
        except Unreadable:
            return False
        return True

    return unlock(lock, opens)


def _main(block: _Block, volume: Volume) -> None:
    flags = block.body.number()
    volume.is_part = bool(flags & 1)
    volume.number = (block.body.number() if flags & 2 else 0) if flags & 1 else None
    volume.is_solid = bool(flags & 4)
    volume.facts |= {
        "version": "5",
        "solid": str(int(volume.is_solid)),
        "recovery": "1" if flags & 8 else "",
        "locked-by-maker": "1" if flags & 16 else "",
    }


def _entry(block: _Block) -> Entry:
    """Read a file's header and the records behind it."""
    body = block.body
    flags, size, attributes = body.number(), body.number(), body.number()
    seconds = int.from_bytes(body.take(4), "little") if flags & _MTIME else None
    crc = int.from_bytes(body.take(4), "little") if flags & _CRC else None
    packing, system = body.number(), body.number()
    name = body.take(body.number())
    records = dict(_records(block.extra))
    facts = {"mtime": "" if seconds is None else moment(seconds)}
    facts |= _times(records[_R_TIMES]) if _R_TIMES in records else {}
    facts |= {"size": "" if flags & _NO_SIZE else str(size), "packed": str(block.packed)}
    facts |= _more_facts(crc, packing, system, attributes, records)
    reason = special(attributes) if system == _UNIX and not flags & _FOLDER else Reason.NONE
    link, target = _link(records[_R_LINK]) if _R_LINK in records else (0, b"")
    role = "file" if block.kind == _FILE else name.decode("ascii", "replace").lower()
    if role == "stm" and _R_SERVICE in records:
        name = records[_R_SERVICE]
    return Entry(
        untrusted_name=name,
        at=block.at,
        packed=block.packed,
        size=-1 if flags & _NO_SIZE else size,
        method=packing >> 7 & 7,
        kind=(packing, system),
        crc=crc,
        blake=records.get(_R_HASH, b"") if records.get(_R_HASH, b"")[:1] == b"\0" else b"",
        is_folder=bool(flags & _FOLDER),
        is_solid=bool(packing & 0x40),
        is_known=not packing & 0x3F,
        special=reason or (Reason.SYMLINK if link and link not in _COPIES else Reason.NONE),
        untrusted_target=target,
        is_copy=link in _COPIES,
        before=bool(block.flags & _BEFORE),
        after=bool(block.flags & _AFTER),
        lock=_lock(records[_R_LOCK]) if _R_LOCK in records else None,
        facts=facts,
        role=role,
    )


def _more_facts(
    crc: int | None, packing: int, system: int, attributes: int, records: dict[int, bytes]
) -> dict[str, str]:
    """Give as texts what is kept of an entry beside its dates and sizes."""
    return {
        "crc": "" if crc is None else f"{crc:08x}",
        "method": str(packing >> 7 & 7),
        "system": _SYSTEMS.get(system, str(system)),
        "attributes": f"{attributes:#o}" if system == _UNIX else f"{attributes:#x}",
        "solid": "1" if packing & 0x40 else "",
        "version": str(_number_of(records.get(_R_VERSION, b""))),
        "locked": "1" if _R_LOCK in records else "",
    }


def _records(extra: bytes) -> Iterator[tuple[int, bytes]]:
    numbers = Numbers(extra)
    while numbers.at < len(extra):
        record = Numbers(numbers.take(numbers.number()))
        kind = record.number()
        yield kind, record.data[record.at :]


def _number_of(record: bytes) -> int | str:
    """Give which version of a file this is, where several are kept."""
    numbers = Numbers(record)
    return (numbers.number(), numbers.number())[1] if record else ""


def _lock(record: bytes) -> Lock:
    numbers = Numbers(record)
    version, flags = numbers.number(), numbers.number()
    rounds = numbers.take(1)[0]
    salt, start = numbers.take(16), numbers.take(16)
    check = numbers.take(12) if flags & 1 else b""
    ours = version == 0 and rounds <= _MOST_ROUNDS
    return Lock(salt, start, rounds, _good(check), bool(flags & 2), is_ours=ours)


def _good(check: bytes) -> bytes:
    """Give the eight bytes that prove a password, if their own checksum fits."""
    return check[:8] if hashlib.sha256(check[:8]).digest()[:4] == check[8:] else b""


def _link(record: bytes) -> tuple[int, bytes]:
    numbers = Numbers(record)
    kind, _flags = numbers.number(), numbers.number()
    return kind, numbers.take(numbers.number())


def _times(record: bytes) -> dict[str, str]:
    """Give the exact times: seconds with billionths, or ticks as Windows counts them."""
    numbers = Numbers(record)
    flags = numbers.number()
    names = [name for name, bit in (("mtime", 2), ("created", 4), ("atime", 8)) if flags & bit]
    if not flags & 1:
        ticks = {name: struct.unpack("<Q", numbers.take(8))[0] for name in names}
        return {name: moment(at // _TICKS - _NT, at % _TICKS * 100) for name, at in ticks.items()}
    seconds = {name: struct.unpack("<I", numbers.take(4))[0] for name in names}
    parts = {name: struct.unpack("<I", numbers.take(4))[0] if flags & 16 else 0 for name in names}
    return {name: moment(seconds[name], parts[name] % 1_000_000_000) for name in names}
