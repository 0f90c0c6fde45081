"""Hand out the pictures of a Word document (MS-DOC 2.9.192; MS-ODRAW): those in its text, and those in its store."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from proofroom.extract.containers.giving import give
from proofroom.extract.format import Sink
from proofroom.extract.ole.blips import STORE_ENTRY, Blip, blip_at, blocks, place_of
from proofroom.extract.ole.word_drawings import Drawings, Said, read_shape
from proofroom.extract.ole.word_tables import WordFile
from proofroom.model.states import Reason

_HEAD: Final = struct.Struct("<HHI")
_LEAST: Final = 0x30
_LINKED: Final = 0x66
_FILE_NAME, _BITMAP = 98, 99
_SHAPE: Final = 0xF004
_LONGEST_SHAPE: Final = 1 << 20
_METAFILE: Final = b"\x01\x00\x09\x00"


@dataclass(slots=True)
class InText:
    """One picture in the text: what its shape says, the file it is linked to, and its bytes."""

    said: Said = field(default_factory=Said)
    found: list[tuple[bytes, Blip]] = field(default_factory=list)
    plain: tuple[str, bytes] | None = None
    whole: bool = True


def read_in_text(word: WordFile, at: int, *, with_bytes: bool = False) -> InText:
    """Read the picture that a character of the text points to: what it says, and its bytes where they are asked for."""
    picture = InText()
    data = word.main if word.fib.old else word.data
    if at + _LEAST > len(data):
        picture.whole = False
        return picture
    size, head, way = struct.unpack_from("<IHH", data, at)
    picture.whole = at + size <= len(data)
    start, end = at + head, min(at + size, len(data))
    if way in (_FILE_NAME, _LINKED) and start < end:
        length = data[start]
        name = data[start + 1 : start + 1 + length].decode(word.codec, "replace").strip("\0 ")
        start += 1 + length
        if name:
            picture.said.links.append(name)
    if word.fib.old or way < 100:
        if with_bytes and data[start:end].strip(b"\0"):
            ending = "wmf" if data.startswith(_METAFILE, start) else "bin"
            picture.plain = (ending, data[start:end])
        return picture
    _read_art(data, start, end, picture, with_bytes=with_bytes)
    return picture


def _read_art(data: bytes, start: int, end: int, picture: InText, *, with_bytes: bool) -> None:
    """Read the shape of a picture and the bytes behind it."""
    said = Drawings()
    while start + _HEAD.size <= end:
        _, kind, size = _HEAD.unpack_from(data, start)
        following = start + _HEAD.size + size
        if kind == _SHAPE:
            read_shape(data, start + _HEAD.size, min(following, end, start + _LONGEST_SHAPE), said)
        elif with_bytes:
            record = data[start : min(following, end)]
            blip = blip_at(record, 0)
            if blip is not None and blip.start < blip.end:
                picture.found.append((record, blip))
        picture.whole = picture.whole and following <= end
        start = following
    for one in said.said.values():
        picture.said.alts += one.alts
        picture.said.links += one.links


def send_pictures(
    word: WordFile, places: Iterable[int], drawings: Drawings, sink: Sink, number: int = 0
) -> int:
    """Hand out every picture as `pictures/N.TYPE`, those of the text first, then those of the store.

    `number` is the last one given before; gives the last one now.
    """
    for at in places:
        picture = read_in_text(word, at, with_bytes=True)
        if not picture.whole:
            sink.partly(Reason.DAMAGED_PART)
        pieces = [(blip.ending, blip.end - blip.start, blocks(data, blip)) for data, blip in picture.found]
        if picture.plain is not None:
            ending, plain = picture.plain
            pieces.append((ending, len(plain), iter((plain,))))
        for ending, size, bytes_of in pieces:
            number += 1
            give(sink, f"pictures/{number}.{ending}".encode(), size, bytes_of)
    for data, blip in _stored(word, drawings):
        number += 1
        give(sink, f"pictures/{number}.{blip.ending}".encode(), blip.end - blip.start, blocks(data, blip))
    return number


def _stored(word: WordFile, drawings: Drawings) -> Iterator[tuple[bytes, Blip]]:
    """Give the pictures of the store: each in its entry, or in the stream of the text where the entry says so."""
    table = word.part("drawings")
    at, end = drawings.store
    seen: set[int] = set()
    while at + _HEAD.size <= end:
        _, kind, size = _HEAD.unpack_from(table, at)
        blip = blip_at(table, at) if size > 36 or kind != STORE_ENTRY else None
        if blip is not None and blip.start < blip.end:
            yield table, blip
        elif kind == STORE_ENTRY:
            place = place_of(table[at + _HEAD.size : at + _HEAD.size + 36])
            blip = blip_at(word.main, place) if place not in seen else None
            seen.add(place)
            if blip is not None and blip.start < blip.end:
                yield word.main, blip
        at += _HEAD.size + size
