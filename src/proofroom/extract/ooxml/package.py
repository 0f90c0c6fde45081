"""Open an Office package (a zip of parts) so that damage to one part costs only that part.

Bytes are inflated in bounded blocks and counted against the expansion limits. When the zip's directory
is missing or broken, the parts are found by their local headers (APPNOTE.TXT 6.3.10, 4.3.7) instead.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import BinaryIO, Final, TypeAlias

from proofroom.extract.format import Sink, Source, Unreadable
from proofroom.limits import Limits
from proofroom.model.states import Reason, State

BLOCK: Final = 1 << 20
EXPANSION_FLOOR: Final = 64 << 20
_SIGNATURE: Final = b"PK\x03\x04"
_HEADER: Final = struct.Struct("<4sHHHHHIIIHH")
_ENCRYPTED: Final = 1
_SIZE_FOLLOWS: Final = 8
_PACKED: Final = 1 << 18
_BROKEN: Final = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    NotImplementedError,
    RuntimeError,
    ValueError,
)


_ENDS: Final = {
    Reason.LOCKED_PART: (State.LOCKED, Reason.PASSWORD_UNKNOWN),
    Reason.BAD_CHECKSUM: (State.DAMAGED, Reason.BAD_CHECKSUM),
    Reason.UNREAD_PART: (State.UNKNOWN, Reason.UNSUPPORTED_VARIANT),
}
"""How a member ends whose bytes cannot be unpacked to their end; everything else breaks its format's rules."""


class DamagedPart(Exception):
    """A part cannot be read on; `reason` says why. What was read before is kept."""

    def __init__(self, reason: Reason = Reason.DAMAGED_PART) -> None:
        """Keep the reason."""
        super().__init__(reason.value)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class LocalEntry:
    """A part found by its local header: where its data begins, how it is packed, how long it says it is.

    `packed` is -1 where only a descriptor behind the data says it.
    """

    name: str
    raw_name: bytes
    start: int
    method: int
    packed: int
    encrypted: bool


Entry: TypeAlias = "zipfile.ZipInfo | LocalEntry"


@dataclass(slots=True)
class Budget:
    """Bytes inflated so far from one artifact; raises when a limit is reached."""

    limits: Limits
    size: int
    spent: int = 0

    def spend(self, more: int) -> None:
        """Count inflated bytes."""
        self.spent += more
        if self.spent > self.limits.expanded_bytes:
            raise Unreadable(State.TRUNCATED, Reason.LIMIT_EXPANDED_BYTES)
        if self.spent > max(EXPANSION_FLOOR, self.size * self.limits.expansion):
            raise Unreadable(State.TRUNCATED, Reason.LIMIT_EXPANSION)


@dataclass(slots=True)
class Package:
    """The parts of one package by name; `salvaged` is set when the directory had to be rebuilt."""

    stream: BinaryIO
    budget: Budget
    entries: list[Entry]
    archive: zipfile.ZipFile | None
    salvaged: bool
    by_name: dict[str, Entry] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)

    def find(self, name: str) -> Entry | None:
        """Find a part by its name, whatever the case and the slashes its writer used."""
        return self.by_name.get(plain_name(name))

    def blocks(self, entry: Entry, size: int = BLOCK) -> Iterator[bytes]:
        """Inflate one part block by block; raises DamagedPart where it breaks, Unreadable at a limit."""
        self.used.add(plain_name(entry_name(entry)))
        try:
            for block in self._inflate(entry, size):
                self.budget.spend(len(block))
                yield block
        except (zlib.error, OSError, ValueError, OverflowError) as broken:
            raise DamagedPart from broken

    def whole(self, entry: Entry, most: int = 64 << 20) -> bytes:
        """Inflate a small part as a whole; one larger than `most` bytes is refused as damaged."""
        pieces: list[bytes] = []
        size = 0
        for block in self.blocks(entry):
            size += len(block)
            if size > most:
                raise DamagedPart(Reason.LIMIT_MEMBER_BYTES)
            pieces.append(block)
        return b"".join(pieces)

    def _inflate(self, entry: Entry, size: int) -> Iterator[bytes]:
        """Give the bytes of a part; a wrong checksum is told only after all of them were given."""
        local = self._local(entry) if isinstance(entry, zipfile.ZipInfo) else entry
        if local is None or (local.packed < 0 and local.method == zipfile.ZIP_STORED):
            raise DamagedPart
        if local.encrypted:
            raise DamagedPart(Reason.LOCKED_PART)
        if local.method not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise DamagedPart(Reason.UNREAD_PART)
        unpack = _stored if local.method == zipfile.ZIP_STORED else _deflated
        checksum = 0
        for block in unpack(self.stream, local, size):
            checksum = zlib.crc32(block, checksum)
            yield block
        if isinstance(entry, zipfile.ZipInfo) and checksum != entry.CRC:
            raise DamagedPart(Reason.BAD_CHECKSUM)

    def _local(self, entry: zipfile.ZipInfo) -> LocalEntry | None:
        """Find the data of a part that the directory lists; its size is the directory's."""
        local = _local_entry(self.stream, entry.header_offset)
        if local is None:
            return None
        encrypted = bool(entry.flag_bits & _ENCRYPTED)
        return replace(local, packed=entry.compress_size, method=entry.compress_type, encrypted=encrypted)


def _stored(stream: BinaryIO, entry: LocalEntry, size: int) -> Iterator[bytes]:
    """Give the bytes of a part that is not packed."""
    at, end = entry.start, entry.start + entry.packed
    while at < end:
        stream.seek(at)
        block = stream.read(min(size, end - at))
        if not block:
            raise DamagedPart
        at += len(block)
        yield block


def _deflated(stream: BinaryIO, entry: LocalEntry, size: int) -> Iterator[bytes]:
    """Inflate a part; deflate knows its own end."""
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    at = entry.start
    while not inflater.eof:
        packed = inflater.unconsumed_tail
        if not packed:
            stream.seek(at)
            packed = stream.read(_PACKED)
            at += len(packed)
        if not packed:
            raise DamagedPart
        if block := inflater.decompress(packed, size):
            yield block


def plain_name(name: str) -> str:
    """Give the form under which parts are compared: forward slashes, no leading one, lower case."""
    return name.replace("\\", "/").lstrip("/").lower()


def entry_name(entry: Entry) -> str:
    """Give the name a part has in the zip."""
    return entry.orig_filename if isinstance(entry, zipfile.ZipInfo) else entry.name


def entry_bytes(entry: Entry) -> bytes:
    """Give the bytes of a part's name as they stand in the zip."""
    if isinstance(entry, LocalEntry):
        return entry.raw_name
    utf8 = entry.flag_bits & 0x800
    return entry.orig_filename.encode("utf-8" if utf8 else "cp437", "replace")


def open_package(source: Source) -> Package:
    """Open the package; raises Unreadable(DAMAGED) when not even one local header is found."""
    budget = Budget(source.limits, source.size)
    try:
        archive = zipfile.ZipFile(source.untrusted)
        entries: list[Entry] = list(archive.infolist())
        package = Package(source.untrusted, budget, entries, archive, salvaged=False)
    except _BROKEN + (struct.error, UnicodeDecodeError):  # noqa: RUF005 - one tuple of exception types
        entries = list(_local_entries(source.untrusted))
        package = Package(source.untrusted, budget, entries, None, salvaged=True)
    if not package.entries:
        raise Unreadable(State.DAMAGED, Reason.NOT_WELL_FORMED)
    if len(package.entries) > source.limits.members:
        raise Unreadable(State.TRUNCATED, Reason.LIMIT_MEMBERS)
    package.by_name = {plain_name(entry_name(entry)): entry for entry in package.entries}
    return package


def _local_entries(stream: BinaryIO) -> Iterator[LocalEntry]:
    """Find parts by the signature of their local headers, block by block."""
    base, tail = 0, b""
    stream.seek(0)
    while block := stream.read(BLOCK):
        data = tail + block
        start = base - len(tail)
        found = data.find(_SIGNATURE)
        while found >= 0:
            entry = _local_entry(stream, start + found)
            if entry is not None:
                yield entry
            found = data.find(_SIGNATURE, found + 1)
        base += len(block)
        tail = data[-(len(_SIGNATURE) - 1) :]
        stream.seek(base)


def _local_entry(stream: BinaryIO, at: int) -> LocalEntry | None:
    """Read one local header; None when it is cut or holds no name."""
    stream.seek(at)
    head = stream.read(_HEADER.size)
    if len(head) < _HEADER.size or not head.startswith(_SIGNATURE):
        return None
    _, _, flags, method, _, _, _, packed, _, name_length, extra = _HEADER.unpack(head)
    raw = stream.read(name_length)
    if len(raw) < name_length or not raw or raw.endswith(b"/"):
        return None
    name = raw.decode("utf-8" if flags & 0x800 else "cp437", "replace")
    start = at + _HEADER.size + name_length + extra
    packed = -1 if flags & _SIZE_FOLLOWS and not packed else packed
    return LocalEntry(name, raw, start, method, packed, bool(flags & _ENCRYPTED))


def copy_member(package: Package, entry: Entry, sink: Sink) -> None:
    """Hand one part out as a member, as far as it can be inflated."""
    declared = entry.file_size if isinstance(entry, zipfile.ZipInfo) else -1
    with sink.member(entry_bytes(entry), declared) as out:
        try:
            for block in package.blocks(entry):
                out.write(block)
        except DamagedPart as damaged:
            state, reason = _ENDS.get(damaged.reason, (State.DAMAGED, Reason.NOT_WELL_FORMED))
            raise Unreadable(state, reason) from damaged
