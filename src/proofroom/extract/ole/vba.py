"""Read the source of macros out of the storage that Office keeps them in (MS-OVBA 2.3, 2.4.1).

The same for Word, Excel, PowerPoint and the vbaProject.bin of newer files: only the name of the storage
differs. Pieces stand at `macro=N&line=M`, the module's name at `macro=N`.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from proofroom.extract.ole.properties import codec_of
from proofroom.extract.ole.streams import Streams
from proofroom.model.evidence import Flag, PieceKind
from proofroom.model.states import Reason

Put = Callable[[tuple[tuple[str, str], ...], PieceKind, str, Flag], None]

_SIGNATURE: Final = 1
_CHUNK: Final = 4_096
_MOST: Final = 16 << 20
_MARK: Final = b"\0Attribut"
_VERSION: Final = 0x09
_CODE_PAGE: Final = 0x03
_NAME, _NAME_WIDE = 0x19, 0x47
_STREAM, _STREAM_WIDE = 0x1A, 0x32
_OFFSET: Final = 0x31
_END_OF_MODULE: Final = 0x2B
_SYSTEM: Final = ("dir", "_vba_project")


@dataclass(slots=True)
class Module:
    """One module of macros: its name, the stream it stands in, and where in it the source begins."""

    name: str = ""
    stream: str = ""
    at: int = 0


def send_macros(streams: Streams, storage: str, put: Put) -> Reason:
    """Send the source of every module; gives the reason why some of it could not be read, or NONE.

    `storage` holds the project: `Macros` in Word, `_VBA_PROJECT_CUR` in Excel, "" in a vbaProject.bin.
    """
    above = f"{storage}/" if storage else ""
    if not streams.has(f"{above}VBA"):
        return Reason.NONE
    page, modules = _modules(streams, f"{above}VBA")
    ended = Reason.NONE if modules else Reason.DAMAGED_PART
    codec = codec_of(page)
    for number, module in enumerate([*modules, *_unnamed(streams, f"{above}VBA", modules)], 1):
        raw = streams.stream(f"{above}VBA/{module.stream}")
        source, whole = _source(raw or b"", module.at)
        put((("macro", str(number)),), PieceKind.NAME, module.name, Flag.NONE)
        lines = source.decode(codec, "replace").replace("\r\n", "\n").replace("\r", "\n").split("\n")
        for line, text in enumerate(lines, 1):
            put((("macro", str(number)), ("line", str(line))), PieceKind.LINE, text.rstrip("\0"), Flag.NONE)
        if raw is None or not whole:
            ended = Reason.DAMAGED_PART
    return ended


def decompress(data: bytes, at: int = 0) -> tuple[bytes, bool]:
    """Unpack what Office packs in its own way; gives the bytes, and whether all of them could be unpacked."""
    if at >= len(data) or data[at] != _SIGNATURE:
        return b"", False
    at += 1
    out = bytearray()
    while at + 2 <= len(data):
        (head,) = struct.unpack_from("<H", data, at)
        end = min(at + (head & 0xFFF) + 3, len(data))
        if head >> 12 & 7 != 3 or len(out) > _MOST:
            return bytes(out), False
        if head & 0x8000:
            if not _unpack_chunk(data, at + 2, end, out):
                return bytes(out), False
        else:
            out += data[at + 2 : at + 2 + _CHUNK]
            end = at + 2 + _CHUNK
        at = end
    return bytes(out), True


def _unpack_chunk(data: bytes, at: int, end: int, out: bytearray) -> bool:
    """Unpack one chunk: bytes, and copies of what stands before them; tells whether it made sense."""
    start = len(out)
    while at < end:
        flags = data[at]
        at += 1
        for bit in range(8):
            if at >= end:
                break
            if not flags >> bit & 1:
                out.append(data[at])
                at += 1
                continue
            if at + 2 > end:
                return False
            token = data[at] | data[at + 1] << 8
            at += 2
            bits = max((len(out) - start - 1).bit_length(), 4)
            back = (token >> (16 - bits)) + 1
            length = (token & (0xFFFF >> bits)) + 3
            if back > len(out) - start or len(out) - start > _CHUNK:
                return False
            piece = bytes(out[-back : len(out) - back + length])
            out += (piece * (length // len(piece) + 1))[:length]
    return True


def _source(raw: bytes, at: int) -> tuple[bytes, bool]:
    """Unpack the source in a module's stream; where its place is a lie, by the words it begins with."""
    source, whole = decompress(raw, at)
    if source:
        return source, whole
    found = raw.find(_MARK)
    return decompress(raw, found - 3) if found >= 3 else (b"", not raw)


def _modules(streams: Streams, storage: str) -> tuple[int, list[Module]]:
    """Read the list of modules, and the code page of their texts."""
    data, _ = decompress(streams.stream(f"{storage}/dir") or b"")
    page, now = 1252, Module()
    found: list[Module] = []
    for kind, body in _records(data):
        if kind == _CODE_PAGE and len(body) >= 2:
            page = struct.unpack_from("<H", body)[0]
        elif kind == _NAME:
            now = Module(_narrow(body, page))
        elif kind == _NAME_WIDE:
            now.name = _wide(body)
        elif kind == _STREAM:
            now.stream = _narrow(body, page)
        elif kind == _STREAM_WIDE:
            now.stream = _wide(body)
        elif kind == _OFFSET and len(body) >= 4:
            now.at = struct.unpack_from("<I", body)[0]
        elif kind == _END_OF_MODULE and now.stream:
            found.append(now)
            now = Module()
    return page, found


def _records(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Give the records of the list; the one of the version says a length that is two bytes short."""
    at = 0
    while at + 6 <= len(data):
        kind, size = struct.unpack_from("<HI", data, at)
        if kind == _VERSION:
            size = 6
        yield kind, data[at + 6 : at + 6 + size]
        at += 6 + size


def _unnamed(streams: Streams, storage: str, known: list[Module]) -> Iterator[Module]:
    """Give the modules that the list leaves out: streams in which a source begins."""
    names = {one.stream.lower() for one in known}
    entry = streams.find(storage)
    for one in streams.inside(entry) if entry is not None else ():
        if one.is_stream and one.name.lower() not in (*names, *_SYSTEM) and _MARK in streams.read(one):
            yield Module(one.name, one.name, -1)


def _narrow(raw: bytes, page: int) -> str:
    return raw.decode(codec_of(page), "replace")


def _wide(raw: bytes) -> str:
    return raw.decode("utf-16-le", "replace")
