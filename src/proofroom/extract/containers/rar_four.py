"""Walk through the headers of a RAR 1.5 to 4: fixed fields, names in two encodings, dates of DOS."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

from proofroom.extract.containers.giving import special
from proofroom.extract.containers.rar_blocks import Entry, Lock, Volume
from proofroom.extract.containers.rar_keys import BLOCK, Key, decrypted
from proofroom.extract.containers.zip_facts import dos_moment
from proofroom.extract.format import Unreadable
from proofroom.model.states import Reason, State

MARK: Final = b"Rar!\x1a\x07\0"
_MAIN, _FILE, _SUB, _END = 0x73, 0x74, 0x7A, 0x7B
_OLD: Final = range(0x75, 0x7A)
"""Kinds of headers before RAR 3 whose checksums were never set as they should be; nothing of ours is in them."""

_MAIN_LENGTH: Final = 13
_REMARK: Final = 0x8
_HAS_DATA: Final = 0x8000
_HEAD: Final = struct.Struct("<HBHH")
_FIELDS: Final = struct.Struct("<IIBIIBBHI")
_PART, _SOLID, _NUMBERED, _LOCKED_HEADS, _FIRST = 0x1, 0x8, 0x10, 0x80, 0x100
_BEFORE, _AFTER, _LOCKED, _OF_SOLID, _LARGE, _WIDE, _SALTED = 0x1, 0x2, 0x4, 0x10, 0x100, 0x200, 0x400
_FOLDER: Final = 0xE0
_UNIX: Final = 3
_SYSTEMS: Final = {0: "dos", 1: "os2", 2: "windows", 3: "unix", 4: "macos", 5: "beos"}
_FIRST_METHOD: Final = 0x30
_VERSIONS: Final = (29, 36)
_FIRST_WITH_END: Final = 29
_SALT: Final = 8
_NO_SIZE: Final = 0xFFFFFFFF

Unlock = Callable[[Lock, Callable[[Key], bool] | None], Key]


@dataclass(frozen=True, slots=True)
class _Block:
    kind: int
    flags: int
    data: bytes
    at: int
    packed: int


def walk(stream: BinaryIO, size: int, volume: Volume, unlock: Unlock) -> Iterator[Entry]:
    """Give entry after entry; raises Unreadable where the headers break. `volume` is filled on the way."""
    at = len(MARK)
    locked = False
    volume.needs_end = False
    while at < size and not volume.ended:
        block = _block(stream, at, unlock) if locked else _plain(stream, at)
        at = block.at + block.packed
        if block.kind == _MAIN:
            _main(block, volume)
            locked = volume.is_locked
        elif block.kind in (_FILE, _SUB):
            entry = _entry(block)
            volume.needs_end = volume.needs_end or entry.kind[0] >= _FIRST_WITH_END
            yield entry
        elif block.kind == _END:
            volume.ended = True
            volume.goes_on = bool(block.flags & 1)
    if volume.needs_end and not volume.ended:
        raise Unreadable(State.DAMAGED, Reason.CUT_SHORT)


def _plain(stream: BinaryIO, at: int) -> _Block:
    stream.seek(at)
    head = stream.read(_HEAD.size)
    if len(head) < _HEAD.size:
        raise Unreadable(State.DAMAGED, Reason.CUT_SHORT)
    length = _HEAD.unpack(head)[3]
    data = head + stream.read(max(length - _HEAD.size, 0))
    return _checked(data, length, at + length)


def _block(stream: BinaryIO, at: int, unlock: Unlock) -> _Block:
    """Read a header that is locked like all of them: each has a salt of its own."""
    stream.seek(at)
    salt = stream.read(_SALT)
    first = stream.read(BLOCK)
    if len(salt) < _SALT or len(first) < BLOCK:
        raise Unreadable(State.DAMAGED, Reason.CUT_SHORT)

    def opened(key: Key) -> _Block:
        length = _HEAD.unpack(decrypted(key, key.start, first)[: _HEAD.size])[3]
        padded = -(-length // BLOCK) * BLOCK
        stream.seek(at + _SALT)
        data = stream.read(padded)
        if len(data) < padded or not padded:
            raise Unreadable(State.DAMAGED, Reason.CUT_SHORT)
        return _checked(decrypted(key, key.start, data)[:length], length, at + _SALT + padded)

    def opens(key: Key) -> bool:
        try:
            opened(key)
        except Unreadable:
            return False
        return True

    return opened(unlock(Lock(salt), opens))


def _checked(data: bytes, length: int, after: int) -> _Block:
    """Take a header whose checksum fits."""
    if length < _HEAD.size:
        raise Unreadable(State.DAMAGED, Reason.NOT_WELL_FORMED)
    if len(data) < length:
        raise Unreadable(State.DAMAGED, Reason.CUT_SHORT)
    crc, kind, flags, _ = _HEAD.unpack_from(data)
    if kind not in _OLD and zlib.crc32(_covered(data, kind, flags)) & 0xFFFF != crc:
        raise Unreadable(State.DAMAGED, Reason.BAD_CHECKSUM)
    packed = 0
    if kind in (_FILE, _SUB) or flags & _HAS_DATA:
        packed = int.from_bytes(data[7:11], "little")
        if kind in (_FILE, _SUB) and flags & _LARGE:
            packed |= int.from_bytes(data[32:36], "little") << 32
    return _Block(kind, flags, data, after, packed)


def _covered(data: bytes, kind: int, flags: int) -> bytes:
    """Give what the checksum of a header is about: not the remark that RAR 2 keeps inside it."""
    if kind == _MAIN:
        return data[2:_MAIN_LENGTH]
    if kind == _FILE and flags & _REMARK:
        return data[2 : 32 + int.from_bytes(data[26:28], "little") + (8 if flags & _LARGE else 0)]
    return data[2:]


def _main(block: _Block, volume: Volume) -> None:
    flags = block.flags
    volume.is_part = bool(flags & _PART)
    volume.number = None if not flags & _PART else 0 if flags & _FIRST else -1
    volume.is_solid = bool(flags & _SOLID)
    volume.is_locked = bool(flags & _LOCKED_HEADS)
    volume.facts |= {
        "version": "4",
        "solid": str(int(volume.is_solid)),
        "recovery": "1" if flags & 0x40 else "",
        "locked-by-maker": "1" if flags & 4 else "",
        "signed": "1" if flags & 0x20 else "",
    }


def _entry(block: _Block) -> Entry:
    """Read a file's header."""
    data, flags = block.data, block.flags
    if len(data) < 7 + _FIELDS.size:
        raise Unreadable(State.DAMAGED, Reason.NOT_WELL_FORMED)
    _, size, system, crc, when, version, method, length, attributes = _FIELDS.unpack_from(data, 7)
    at = 7 + _FIELDS.size
    if flags & _LARGE:
        size |= int.from_bytes(data[at + 4 : at + 8], "little") << 32
        at += 8
    raw, at = data[at : at + length], at + length
    name = _name(raw, wide=bool(flags & _WIDE))
    salt = data[len(data) - 8 :] if flags & _SALTED and block.kind == _SUB else data[at : at + 8]
    role = "file" if block.kind == _FILE else raw.decode("ascii", "replace").lower()
    if role == "stm":
        name = data[at : len(data) - (8 if flags & _SALTED else 0)].decode("utf-16-le", "replace").encode()
    method -= _FIRST_METHOD
    facts = {"mtime": dos_moment(when) if when else "", "size": str(size), "packed": str(block.packed)}
    facts |= _more_facts(flags, crc, (method, version, system), attributes)
    folder = flags & _FOLDER == _FOLDER
    return Entry(
        untrusted_name=name,
        at=block.at,
        packed=block.packed,
        size=-1 if size == _NO_SIZE else size,
        method=method,
        kind=(version, flags & _FOLDER, system),
        crc=crc,
        is_folder=folder,
        is_solid=bool(flags & _OF_SOLID),
        is_known=version in _VERSIONS and not flags & _OF_SOLID and 0 < method <= 5,
        special=special(attributes) if system == _UNIX and not folder else Reason.NONE,
        before=role == "file" and bool(flags & _BEFORE),
        after=role == "file" and bool(flags & _AFTER),
        lock=Lock(salt, is_ours=bool(flags & _SALTED) and version in _VERSIONS) if flags & _LOCKED else None,
        facts=facts,
        role=role,
    )


def _more_facts(flags: int, crc: int, made: tuple[int, int, int], attributes: int) -> dict[str, str]:
    """Give as texts what is kept of an entry beside its dates and sizes."""
    method, version, system = made
    return {
        "crc": f"{crc:08x}",
        "method": str(method),
        "needs": str(version),
        "system": _SYSTEMS.get(system, str(system)),
        "attributes": f"{attributes:#o}" if system == _UNIX else f"{attributes:#x}",
        "solid": "1" if flags & _OF_SOLID else "",
        "locked": "1" if flags & _LOCKED else "",
    }


def _name(raw: bytes, *, wide: bool) -> bytes:
    """Give a name in UTF-8 where it is stored in Unicode too, else as it stands; folders are parted by `/`."""
    plain, zero, packed = raw.partition(b"\0")
    if wide and zero:
        return _unpacked(plain, packed).replace("\\", "/").encode("utf-8", "surrogatepass")
    if not wide and not plain.isascii():
        # In an old Chinese or Japanese name the second half of a sign may look like a backslash.
        return plain
    return plain.replace(b"\\", b"/")


def _unpacked(plain: bytes, packed: bytes) -> str:
    """Undo how RAR packs a name in Unicode beside one in an old encoding: two bits say what each unit is."""
    units: list[int] = []
    high, at = (packed[0], 1) if packed else (0, 0)
    flags = bits = 0
    try:
        while at < len(packed) and len(units) < len(plain) + 2_048:
            if not bits:
                flags, bits, at = packed[at], 8, at + 1
            bits -= 2
            what = flags >> bits & 3
            if what == 3:
                at = _repeat(units, plain, packed, at, high)
            elif what == 2:
                units.append(packed[at] | packed[at + 1] << 8)
                at += 2
            else:
                units.append(packed[at] | (high << 8 if what else 0))
                at += 1
    except IndexError:
        pass
    return struct.pack(f"<{len(units)}H", *units).decode("utf-16-le", "surrogatepass")


def _repeat(units: list[int], plain: bytes, packed: bytes, at: int, high: int) -> int:
    """Take a run of the plain name, moved into another row of Unicode where that is asked for."""
    length = packed[at]
    if length & 0x80:
        shift = packed[at + 1]
        units += [
            (plain[place] + shift & 0xFF) | high << 8
            for place in range(len(units), len(units) + (length & 0x7F) + 2)
        ]
        return at + 2
    units += [plain[place] for place in range(len(units), len(units) + length + 2)]
    return at + 1
