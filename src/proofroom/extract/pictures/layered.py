"""Read the layers of a Photoshop file: their names, which are hidden, and the words of text layers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from proofroom.extract.pictures.inner import Inner
from proofroom.extract.pictures.photoshop import take_resources
from proofroom.extract.pictures.short_texts import decode_short

_HEAD: Final = 26
_MOST_LAYERS: Final = 10_000
_MOST_BLOCKS: Final = 4_096
_HIDDEN: Final = 2
_KINDS: Final = ("Bitmap", "Gray", "Indexed", "RGB", "CMYK", "", "", "Multichannel", "Duotone", "Lab")
_LARGE: Final = 2
_LONG_KEYS: Final = frozenset(
    (
        b"LMsk",
        b"Lr16",
        b"Lr32",
        b"Layr",
        b"Mt16",
        b"Mt32",
        b"Mtrn",
        b"Alph",
        b"FMsk",
        b"lnk2",
        b"FEid",
        b"FXid",
        b"PxSD",
    )
)
_WORDS: Final = re.compile(rb"Txt TEXT(....)", re.DOTALL)


class Layer(NamedTuple):
    """One layer: its name, the words of a text layer, and whether it is hidden."""

    untrusted_name: str
    untrusted_words: str
    hidden: bool


def psd_inner(data: bytes) -> Inner:
    """Give the image resources of a Photoshop file, its kind and its size."""
    inner = Inner()
    kind = int.from_bytes(data[24:26])
    inner.facts += [
        ("image:width", str(int.from_bytes(data[18:22]))),
        ("image:height", str(int.from_bytes(data[14:18]))),
        ("photoshop:mode", _KINDS[kind] if kind < len(_KINDS) else str(kind)),
        ("photoshop:channels", str(int.from_bytes(data[12:14]))),
        ("photoshop:depth", str(int.from_bytes(data[22:24]))),
    ]
    at = _HEAD + 4 + int.from_bytes(data[_HEAD : _HEAD + 4])
    take_resources(inner, data[at + 4 : at + 4 + int.from_bytes(data[at : at + 4])])
    return inner


def layers(data: bytes) -> Iterator[Layer]:
    """Give the layers from the lowest up, as far as their records make sense."""
    wide = 8 if int.from_bytes(data[4:6]) == _LARGE else 4
    at = _HEAD + 4 + int.from_bytes(data[_HEAD : _HEAD + 4])
    at += 4 + int.from_bytes(data[at : at + 4])
    end = at + wide + int.from_bytes(data[at : at + wide])
    start = at + 2 * wide
    if not int.from_bytes(data[at + wide : start]):
        # Deep pictures keep their layers in a block behind the masks.
        start = _deep(data, start, min(end, len(data)), wide)
    if start < 0 or start + 2 > len(data):
        return
    count, at = abs(int.from_bytes(data[start : start + 2], signed=True)), start + 2
    for _ in range(min(count, _MOST_LAYERS)):
        channels = int.from_bytes(data[at + 16 : at + 18])
        at += 18 + channels * (wide + 2)
        if data[at : at + 4] != b"8BIM" or at + 16 > len(data):
            return
        flags, size = data[at + 10], int.from_bytes(data[at + 12 : at + 16])
        yield _layer(data[at + 16 : at + 16 + size], wide, hidden=bool(flags & _HIDDEN))
        at += 16 + size


def _deep(data: bytes, at: int, end: int, wide: int) -> int:
    """Find the block in which a picture of 16 or 32 bits keeps its layers; -1 when there is none."""
    at += 4 + int.from_bytes(data[at : at + 4])
    for key, start, size in _blocks(data, at, end, wide, 4):
        if key in (b"Lr16", b"Lr32", b"Layr") and size:
            return start
    return -1


def _blocks(data: bytes, at: int, end: int, wide: int, even: int) -> Iterator[tuple[bytes, int, int]]:
    """Give key, place and size of each block of additional information."""
    for _ in range(_MOST_BLOCKS):
        if at + 12 > end or data[at : at + 4] not in (b"8BIM", b"8B64"):
            return
        key = data[at + 4 : at + 8]
        width = 8 if wide == 8 and key in _LONG_KEYS else 4
        size = int.from_bytes(data[at + 8 : at + 8 + width])
        yield key, at + 8 + width, size
        at += 8 + width + size + -size % even


def _layer(extra: bytes, wide: int, *, hidden: bool) -> Layer:
    """Read mask, blending ranges, short name and blocks of one layer."""
    at = 4 + int.from_bytes(extra[:4])
    at += 4 + int.from_bytes(extra[at : at + 4])
    length = extra[at] if at < len(extra) else 0
    name, words = decode_short(extra[at + 1 : at + 1 + length]), ""
    at += (length + 4) // 4 * 4
    for key, start, size in _blocks(extra, at, len(extra), wide, 2):
        body = extra[start : start + size]
        if key == b"luni":
            name = (
                body[4 : 4 + 2 * int.from_bytes(body[:4])].decode("utf-16-be", "replace").strip("\0") or name
            )
        elif key == b"TySh":
            words = _words(body)
    return Layer(name, words, hidden)


def _words(body: bytes) -> str:
    """Give the words of a text layer: the field `Txt ` of its description; line ends as they are set."""
    found = _WORDS.search(body)
    if not found:
        return ""
    start = found.end()
    words = body[start : start + 2 * int.from_bytes(found.group(1))].decode("utf-16-be", "replace")
    return words.rstrip("\0").replace("\r", "\n").replace("\3", "\n")
