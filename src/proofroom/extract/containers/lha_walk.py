"""Walk through the headers of an LHA, in each of the four forms that they took, and hand its members to the library.

The library gives up at the first name that is not in our encoding, as those of Japan and China are. So each member
is handed to it under a plain name, with a header of ours.
"""

from __future__ import annotations

import stat
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, Final, cast

from proofroom.extract.containers.archive_entries import moment
from proofroom.extract.containers.archive_library import Archive
from proofroom.extract.containers.joined import Joined, Range
from proofroom.extract.containers.zip_facts import dos_moment
from proofroom.extract.format import Unreadable
from proofroom.model.states import Reason, State

_BASE: Final = struct.Struct("<5sIIIBB")
_FIRST: Final = 22
_LONGEST: Final = 1 << 16
_MOST_EXTENSIONS: Final = 256
_X_NAME, _X_FOLDER, _X_ATTRIBUTES, _X_TIMES, _X_MODE, _X_OWNER, _X_MOMENT = (
    0x01,
    0x02,
    0x40,
    0x41,
    0x50,
    0x51,
    0x54,
)
_FOLDER_METHOD: Final = b"-lhd-"
_TICKS: Final = 10_000_000
_NT: Final = 11_644_473_600
_LARGEST: Final = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class Member:
    """One member: where its packed bytes lie, what unpacks them, and what its header says."""

    untrusted_name: bytes
    method: bytes
    at: int
    packed: int
    size: int
    crc: int
    mode: int
    facts: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class _Header:
    """A header as it is read on."""

    method: bytes
    packed: int
    size: int
    when: int
    attributes: int
    level: int
    name: bytes = b""
    crc: int = 0
    at: int = 0
    extensions: dict[int, bytes] = field(default_factory=dict)


def members(stream: BinaryIO, size: int) -> Iterator[Member]:
    """Give member after member; raises Unreadable where a header breaks, or the end comes before its mark."""
    at = 0
    while True:
        stream.seek(at)
        head = stream.read(_FIRST)
        if head[:1] == b"\0":
            return
        if len(head) < _FIRST:
            if at == size:
                # Some programs write no mark at the end.
                return
            raise Unreadable(State.DAMAGED, Reason.CUT_SHORT)
        header = _header(stream, at, head)
        at = header.at + header.packed
        yield _member(header)


def blocks(stream: BinaryIO, size: int, member: Member) -> Iterator[bytes]:
    """Give the bytes of a member, as the library unpacks them."""
    body = _BASE.pack(member.method, member.packed, min(member.size, _LARGEST), 0, 0x20, 0) + b"\1x"
    body += struct.pack("<H", member.crc)
    head = bytes((len(body), sum(body) & 0xFF)) + body
    joined = Joined([head, Range(stream, member.at, max(min(member.packed, size - member.at), 0)), b"\0"])
    with Archive(cast("BinaryIO", joined), joined.size, "format_lha") as archive:
        for _ in archive.entries():
            yield from archive.blocks()
            return
    raise Unreadable(State.DAMAGED, Reason.NOT_WELL_FORMED)


def _header(stream: BinaryIO, at: int, head: bytes) -> _Header:
    method, packed, size, when, attributes, level = _BASE.unpack_from(head, 2)
    header = _Header(method, packed, size, when, attributes, level)
    if not (method.startswith(b"-") and method.endswith(b"-")) or level > 3:
        raise Unreadable(State.DAMAGED, Reason.NOT_WELL_FORMED)
    if level < 2:
        _short(stream, at, head, header)
    else:
        _long(stream, at, header)
    return header


def _short(stream: BinaryIO, at: int, head: bytes, header: _Header) -> None:
    """Read on in a header of level 0 or 1, whose length is a byte and whose sum is another."""
    stream.seek(at + 2)
    body = stream.read(head[0])
    name = body[20 : 20 + body[19]] if len(body) > 19 else b""
    after = 20 + len(name)
    if len(body) < head[0]:
        raise Unreadable(State.DAMAGED, Reason.CUT_SHORT)
    if sum(body) & 0xFF != head[1] or len(body) < after + 2:
        raise Unreadable(State.DAMAGED, Reason.BAD_CHECKSUM)
    header.name, header.crc = name, int.from_bytes(body[after : after + 2], "little")
    header.at = at + 2 + len(body)
    if header.level == 1:
        taken = _extensions(stream, header, header.at, int.from_bytes(body[-2:], "little"), 2)
        # The size of level 1 counts the extensions too.
        header.at += taken
        header.packed = max(header.packed - taken, 0)


def _long(stream: BinaryIO, at: int, header: _Header) -> None:
    """Read on in a header of level 2 or 3, where all that is long stands in extensions."""
    stream.seek(at)
    data = stream.read(32)
    width = 2 if header.level == 2 else 4
    fixed = 26 if header.level == 2 else 32
    if len(data) < fixed:
        raise Unreadable(State.DAMAGED, Reason.CUT_SHORT)
    length = int.from_bytes(data[:2] if width == 2 else data[24:28], "little")
    if length < fixed or length > _LONGEST:
        raise Unreadable(State.DAMAGED, Reason.NOT_WELL_FORMED)
    header.crc = int.from_bytes(data[21:23], "little")
    _extensions(stream, header, at + fixed, int.from_bytes(data[fixed - width : fixed], "little"), width)
    header.at = at + length


def _extensions(stream: BinaryIO, header: _Header, at: int, length: int, width: int) -> int:
    """Read the chain of extensions, each of which says how long the next one is; gives their length."""
    taken = 0
    for _ in range(_MOST_EXTENSIONS):
        if not length:
            return taken
        stream.seek(at + taken)
        data = stream.read(min(length, _LONGEST))
        if len(data) < length or length <= width:
            raise Unreadable(
                State.DAMAGED, Reason.CUT_SHORT if len(data) < length else Reason.NOT_WELL_FORMED
            )
        header.extensions.setdefault(data[0], data[1:-width])
        taken += length
        length = int.from_bytes(data[-width:], "little")
    raise Unreadable(State.DAMAGED, Reason.NOT_WELL_FORMED)


def _member(header: _Header) -> Member:
    """Put a member together from its header and the extensions."""
    more = header.extensions
    folder = more.get(_X_FOLDER, b"").replace(b"\xff", b"/")
    name = more.get(_X_NAME, header.name).replace(b"\xff", b"/")
    if b"\\" in name and name.isascii():
        name = name.replace(b"\\", b"/")
    full = folder + (b"" if not folder or folder.endswith(b"/") else b"/") + name
    mode = int.from_bytes(more.get(_X_MODE, b""), "little")
    facts = {
        "mtime": moment(header.when) if header.level > 1 else dos_moment(header.when),
        "method": header.method.decode("ascii", "replace"),
        "size": str(header.size),
        "packed": str(header.packed),
        "crc": f"{header.crc:04x}",
        "level": str(header.level),
        "mode": f"{mode:06o}" if mode else "",
    }
    if _X_MOMENT in more:
        facts["mtime"] = moment(int.from_bytes(more[_X_MOMENT][:4], "little"))
    if len(more.get(_X_TIMES, b"")) >= 24:
        for key, ticks in zip(
            ("created", "mtime", "atime"), struct.unpack_from("<3Q", more[_X_TIMES]), strict=True
        ):
            facts[key] = moment(ticks // _TICKS - _NT, ticks % _TICKS * 100)
    if len(more.get(_X_OWNER, b"")) >= 4:
        facts["gid"], facts["uid"] = map(str, struct.unpack_from("<HH", more[_X_OWNER]))
    # Of a folder its name is all there is; a link has its target behind its name.
    mode = 0o040755 if header.method == _FOLDER_METHOD and not stat.S_ISLNK(mode) else mode
    return Member(full, header.method, header.at, header.packed, header.size, header.crc, mode, facts)
