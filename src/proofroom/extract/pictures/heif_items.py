"""Read the list of things in a HEIF file (ISO/IEC 23008-12): pictures, thumbnails, EXIF, XMP, sizes."""

from __future__ import annotations

import struct
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, Final

from proofroom.extract.pictures.inner import Inner
from proofroom.extract.pictures.packets import xmp_facts
from proofroom.extract.pictures.profile import profile_facts
from proofroom.extract.pictures.short_texts import decode_short

_MOST_BOXES: Final = 100_000
_MOST_ITEMS: Final = 10_000
_LARGEST_META: Final = 16 << 20
_LARGEST_ITEM: Final = 64 << 20
_LARGEST_TEXT: Final = 4 << 20
_XMP_TYPES: Final = ("application/rdf+xml", "application/xml", "text/xml")


@dataclass(slots=True)
class _Item:
    """One thing: its kind, name, where its bytes lie."""

    kind: str = ""
    untrusted_name: str = ""
    untrusted_type: str = ""
    method: int = 0
    stretches: list[tuple[int, int]] = field(default_factory=list)


def boxes(data: bytes, at: int = 0, end: int = -1) -> Iterator[tuple[bytes, bytes]]:
    """Give kind and content of each box in a stretch of bytes, as far as they make sense."""
    end = len(data) if end < 0 else end
    for _ in range(_MOST_BOXES):
        if at + 8 > end:
            return
        size, head = int.from_bytes(data[at : at + 4]), 8
        if size == 1:
            size, head = int.from_bytes(data[at + 8 : at + 16]), 16
        size = size or end - at
        if size < head:
            return
        yield data[at + 4 : at + 8], data[at + head : min(at + size, end)]
        at += size


def heif_inner(stream: BinaryIO) -> Inner:
    """Give what the list of a HEIF file names; a broken list gives what stands before it breaks."""
    inner = Inner()
    meta = _meta(stream)
    items: dict[int, _Item] = {}
    held = b""
    for kind, body in boxes(meta, 4):
        try:
            if kind == b"iinf":
                _names(items, body)
            elif kind == b"iloc":
                _places(items, body)
            elif kind == b"idat":
                held = body
            elif kind == b"pitm":
                inner.facts.append(("heif:primary", str(int.from_bytes(body[4:8] if body[0] else body[4:6]))))
            elif kind == b"iref":
                inner.facts += _references(body)
            elif kind == b"iprp":
                inner.facts += _properties(body)
        except (struct.error, IndexError):
            inner.facts.append(("heif:unread", kind.decode("latin-1")))
    _take(inner, items, stream, held)
    return inner


def _meta(stream: BinaryIO) -> bytes:
    """Find the box of the list at the top of a file."""
    at = 0
    for _ in range(_MOST_BOXES):
        stream.seek(at)
        head = stream.read(16)
        if len(head) < 8:
            return b""
        size, start = int.from_bytes(head[:4]), 8
        if size == 1:
            size, start = int.from_bytes(head[8:16]), 16
        if head[4:8] == b"meta":
            stream.seek(at + start)
            return stream.read(min(size - start if size > start else _LARGEST_META, _LARGEST_META))
        if size < start:
            return b""
        at += size
    return b""


def _names(items: dict[int, _Item], body: bytes) -> None:
    """Take number, kind and name of each thing."""
    for kind, entry in boxes(body, 6 if not body[0] else 8):
        if kind != b"infe" or entry[0] < 2 or len(items) >= _MOST_ITEMS:
            continue
        wide = 4 if entry[0] >= 3 else 2
        number = int.from_bytes(entry[4 : 4 + wide])
        at = 6 + wide
        name, _, rest = entry[at + 4 :].partition(b"\0")
        one = items.setdefault(number, _Item())
        one.kind, one.untrusted_name = entry[at : at + 4].decode("latin-1"), decode_short(name)
        one.untrusted_type = decode_short(rest.partition(b"\0")[0])


def _places(items: dict[int, _Item], body: bytes) -> None:
    """Take where the bytes of each thing lie."""
    version, sizes, more = body[0], body[4], body[5]
    offset_size, length_size, base_size = sizes >> 4, sizes & 15, more >> 4
    index_size = more & 15 if version in (1, 2) else 0
    wide = 4 if version == 2 else 2
    count, at = int.from_bytes(body[6 : 6 + wide]), 6 + wide

    def number(size: int) -> int:
        nonlocal at
        at += size
        if at > len(body):
            raise struct.error
        return int.from_bytes(body[at - size : at])

    for _ in range(min(count, _MOST_ITEMS)):
        one = items.setdefault(number(wide), _Item())
        one.method = number(2) & 15 if version in (1, 2) else 0
        number(2)
        base = number(base_size)
        for _ in range(number(2)):
            number(index_size)
            start = base + number(offset_size)
            if len(one.stretches) < _MOST_ITEMS:
                one.stretches.append((start, number(length_size)))


def _references(body: bytes) -> Iterator[tuple[str, str]]:
    """Say which thing belongs to which: thumbnails, tiles, descriptions, auxiliary pictures."""
    wide = 4 if body[0] else 2
    for kind, entry in boxes(body, 4):
        source = int.from_bytes(entry[:wide])
        places = range(wide + 2, min(len(entry), wide + 2 + wide * _MOST_ITEMS), wide)
        targets = " ".join(str(int.from_bytes(entry[at : at + wide])) for at in places)
        yield f"heif:{kind.decode('latin-1')}", f"{source} of {targets}"[:4_096]


def _properties(body: bytes) -> Iterator[tuple[str, str]]:
    """Say how pictures are: sizes, turns, colour profiles, what auxiliary pictures are for."""
    for kind, held in boxes(body):
        for name, entry in boxes(held) if kind == b"ipco" else ():
            if name == b"ispe":
                yield "heif:size", f"{int.from_bytes(entry[4:8])} x {int.from_bytes(entry[8:12])}"
            elif name == b"irot" and entry:
                yield "heif:turned", str(90 * (entry[0] & 3))
            elif name == b"imir" and entry:
                yield "heif:mirrored", str(entry[0] & 1)
            elif name == b"auxC":
                yield "heif:auxiliary", decode_short(entry[4:].partition(b"\0")[0])
            elif name == b"colr" and entry[:4] in (b"prof", b"rICC"):
                yield from profile_facts(entry[4:])


def _take(inner: Inner, items: dict[int, _Item], stream: BinaryIO, held: bytes) -> None:
    """Give what things hold that can be read without their codec; the others are counted by their kind."""
    kinds = Counter(one.kind for one in items.values() if one.kind)
    inner.facts.append(("heif:items", " ".join(f"{kind}:{count}" for kind, count in sorted(kinds.items()))))
    for number, one in items.items():
        if one.untrusted_name:
            inner.facts.append(("heif:name", f"{number}: {one.untrusted_name}"))
        if one.kind == "Exif" and not inner.exif:
            block = _bytes(one, stream, held, _LARGEST_TEXT)
            inner.exif = block[4 + int.from_bytes(block[:4]) :]
        elif one.kind == "mime" and one.untrusted_type in _XMP_TYPES:
            inner.facts += xmp_facts(_bytes(one, stream, held, _LARGEST_TEXT))
        elif one.kind in ("mime", "uri "):
            inner.facts.append(("heif:data", f"{number}: {one.untrusted_type}"))
        elif one.kind == "jpeg":
            inner.add(f"item-{number}.jpg", _bytes(one, stream, held, _LARGEST_ITEM))


def _bytes(one: _Item, stream: BinaryIO, held: bytes, most: int) -> bytes:
    """Read the bytes of one thing, from the file or from the box of small things."""
    out: list[bytes] = []
    left = most
    for start, length in one.stretches:
        if one.method == 1:
            out.append(held[start : start + min(length, left)])
        elif one.method == 0:
            stream.seek(start)
            out.append(stream.read(min(length, left)))
        left -= len(out[-1]) if out else 0
        if left <= 0:
            break
    return b"".join(out)
