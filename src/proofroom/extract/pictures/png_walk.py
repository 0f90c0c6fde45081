"""Walk through the chunks of a PNG (ISO/IEC 15948): their order, its texts, and what follows its end."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, Final

from proofroom.extract.pictures.short_texts import LONGEST

SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
XMP_KEY: Final = "XML:com.adobe.xmp"
_MOST_CHUNKS: Final = 100_000
_MOST_NAMED: Final = 64
_LARGEST_TEXT: Final = 1 << 20
_MOST_TEXT: Final = 16 << 20
_TEXTS: Final = (b"tEXt", b"zTXt", b"iTXt")


@dataclass(slots=True)
class PngWalk:
    """What the chunks of one PNG tell; `end` is where it ends, -1 when it has no end."""

    chunks: list[str] = field(default_factory=list)
    untrusted_texts: list[tuple[str, str]] = field(default_factory=list)
    exif: bytes = b""
    time: str = ""
    end: int = -1
    text_cut: bool = False

    def facts(self) -> Iterator[tuple[str, str]]:
        """Give the facts as properties."""
        yield "png:chunks", " ".join(self.chunks)
        if self.time:
            yield "png:time", self.time
        for key, text in self.untrusted_texts:
            if key != XMP_KEY:
                yield f"png:{key}", text[:LONGEST]


def walk_png(stream: BinaryIO) -> PngWalk:
    """Walk from chunk to chunk as far as they go; never raises, and inflates texts only so far."""
    walk = PngWalk()
    at, left = len(SIGNATURE), _MOST_TEXT
    for _ in range(_MOST_CHUNKS):
        stream.seek(at)
        head = stream.read(8)
        if len(head) < 8:
            break
        length, kind = int.from_bytes(head[:4]), head[4:]
        name = kind.decode("latin-1")
        if len(walk.chunks) < _MOST_NAMED and walk.chunks[-1:] != [name]:
            walk.chunks.append(name)
        if kind in _TEXTS:
            walk.text_cut = walk.text_cut or length > _LARGEST_TEXT or left <= 0
        if kind in _TEXTS and left > 0:
            left -= _take_text(walk, kind, stream.read(min(length, _LARGEST_TEXT)))
        elif kind == b"eXIf" and not walk.exif:
            walk.exif = stream.read(min(length, _MOST_TEXT))
        elif kind == b"tIME":
            walk.time = _time(stream.read(min(length, 7)))
        at += 12 + length
        if kind == b"IEND":
            walk.end = at
            break
    return walk


def _take_text(walk: PngWalk, kind: bytes, body: bytes) -> int:
    """Take one text with its key; gives how many bytes it came to."""
    key, _, rest = body.partition(b"\0")
    packed, codec = kind == b"zTXt", "latin-1"
    if kind == b"iTXt":
        packed, codec = rest[:1] == b"\1", "utf-8"
        rest = rest[2:].partition(b"\0")[2].partition(b"\0")[2]
    elif packed:
        rest = rest[1:]
    if packed:
        rest, cut = _inflate(rest)
        walk.text_cut = walk.text_cut or cut
    if codec == "latin-1":
        codec = "utf-8" if _is_utf8(rest) else codec
    walk.untrusted_texts.append((key.decode("latin-1"), rest.decode(codec, "replace")))
    return len(rest) + len(body)


def _is_utf8(raw: bytes) -> bool:
    """Say whether a text that should be Latin-1 is UTF-8 in fact, as many programs write."""
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _inflate(packed: bytes) -> tuple[bytes, bool]:
    """Inflate a text, and say whether it was cut."""
    inflater = zlib.decompressobj()
    try:
        text = inflater.decompress(packed, _LARGEST_TEXT)
    except zlib.error:
        return b"", False
    return text, bool(inflater.unconsumed_tail)


def _time(raw: bytes) -> str:
    """Give the time of the last change, in the form EXIF uses."""
    if len(raw) < 7:
        return ""
    return f"{int.from_bytes(raw[:2]):04d}:{raw[2]:02d}:{raw[3]:02d} {raw[4]:02d}:{raw[5]:02d}:{raw[6]:02d}"
