"""Read ID3 tags of every version: texts, comments, lyrics, pictures, files, and what is under no name of ours."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from typing import Final

from proofroom.extract.media.giving import LARGEST, Recording, plain_text

_HEAD: Final = 10
_UNSYNCHRONISED, _EXTENDED = 0x80, 0x40
_WIDE: Final = (1, 2)
_CODECS: Final = {1: "utf-16", 2: "utf-16-be", 3: "utf-8"}
_OLD_LENGTH: Final = 128
_MOST_CUES: Final = 1_000_000


def tag_length(head: bytes) -> int:
    """Give how long a tag is, with its head; 0 where there is none."""
    if len(head) < _HEAD or not head.startswith(b"ID3") or any(byte & 0x80 for byte in head[6:10]):
        return 0
    return _HEAD + _synchsafe(head[6:10]) + (_HEAD if head[5] & 0x10 else 0)


def read_tag(recording: Recording, at: int) -> int:
    """Read the tag at a place; gives how long it is, 0 where there is none."""
    head = recording.at(at, _HEAD)
    length = tag_length(head)
    if length:
        version, flags = head[3], head[5]
        recording.fact("ID3:version", f"2.{version}.{head[4]}")
        data = recording.at(at + _HEAD, min(_synchsafe(head[6:10]), LARGEST))
        if len(data) < _synchsafe(head[6:10]):
            recording.damaged = True
        if flags & _UNSYNCHRONISED and version < 4:
            data = data.replace(b"\xff\0", b"\xff")
        if flags & _EXTENDED and len(data) >= 4:
            size = _synchsafe(data[:4]) if version >= 4 else int.from_bytes(data[:4], "big") + 4
            data = data[size:]
        for name, content in _frames(data, version):
            _frame(recording, name, content)
    return length


def read_old_tag(recording: Recording) -> None:
    """Read the tag of fixed length at the end of a file (version 1)."""
    data = recording.at(recording.size - _OLD_LENGTH, _OLD_LENGTH)
    if not data.startswith(b"TAG"):
        return
    for name, start, end in (("title", 3, 33), ("artist", 33, 63), ("album", 63, 93), ("year", 93, 97)):
        recording.fact(f"ID3v1:{name}", plain_text(data[start:end].partition(b"\0")[0]))
    recording.fact("ID3v1:comment", plain_text(data[97:125].partition(b"\0")[0]))


def _frames(data: bytes, version: int) -> Iterator[tuple[str, bytes]]:
    """Give the frames of a tag; padding or damage ends them."""
    head, width = (6, 3) if version < 3 else (10, 4)
    at = 0
    while at + head <= len(data) and data[at]:
        name = data[at : at + width].decode("latin-1")
        raw = data[at + width : at + 2 * width]
        size = _synchsafe(raw) if version >= 4 else int.from_bytes(raw, "big")
        flags = data[at + 9] if version >= 3 else 0
        content = data[at + head : at + head + size]
        at += head + size
        yield name, _plain(content, flags, version)


def _plain(content: bytes, flags: int, version: int) -> bytes:
    """Undo what was done to the content of a frame; what is encrypted stays as it is."""
    if version >= 4:
        packed, split, sized, grouped = flags & 8, flags & 2, flags & 1, flags & 0x40
    else:
        packed, split, sized, grouped = flags & 0x80, 0, flags & 0x80, flags & 0x20
    content = content[bool(grouped) :]
    content = content[4:] if sized else content
    content = content.replace(b"\xff\0", b"\xff") if split else content
    if packed:
        try:
            return zlib.decompressobj().decompress(content, LARGEST)
        except zlib.error:
            return content
    return content


def _frame(recording: Recording, name: str, content: bytes) -> None:
    """Give one frame."""
    way = content[0] if content else 0
    if name in ("TXXX", "TXX", "WXXX", "WXX"):
        label, value = _split(content[1:], way)
        text = plain_text(value) if name.startswith("W") else _text(value, way)
        recording.fact(f"ID3:{name}:{_text(label, way)}", text)
    elif name.startswith("T"):
        recording.fact(f"ID3:{name}", " / ".join(filter(None, _text(content[1:], way).split("\0"))))
    elif name.startswith("W"):
        recording.fact(f"ID3:{name}", plain_text(content))
    elif name in ("COMM", "COM", "USLT", "ULT"):
        label, value = _split(content[4:], way)
        if name.startswith("C"):
            recording.fact(f"ID3:{name}:{_text(label, way)}".rstrip(":"), _text(value, way))
        else:
            recording.text("lyrics", _text(value, way))
    elif name in _HOLDING:
        _HOLDING[name](recording, content, way)
    else:
        recording.fact("ID3:frames", name)


def _picture(recording: Recording, content: bytes, way: int) -> None:
    """Give a picture and what it is called."""
    _, rest = _split(content[1:], 0)
    label, data = _split(rest[1:], way)
    recording.fact("ID3:APIC", _text(label, way))
    recording.picture(data)


def _old_picture(recording: Recording, content: bytes, way: int) -> None:
    """Give a picture of a tag of version 2.2, where three letters say its kind."""
    label, data = _split(content[5:], way)
    recording.fact("ID3:PIC", _text(label, way))
    recording.picture(data)


def _object(recording: Recording, content: bytes, way: int) -> None:
    """Give a file of any kind."""
    _, rest = _split(content[1:], 0)
    file_name, rest = _split(rest, way)
    _, data = _split(rest, way)
    recording.file(data, _text(file_name, way), "object.bin")


def _private(recording: Recording, content: bytes, _way: int) -> None:
    """Give what some program alone understands."""
    owner, value = _split(content, 0)
    recording.fact(f"ID3:PRIV:{plain_text(owner)}", value[:256].hex())


def _chapter(recording: Recording, content: bytes, _way: int) -> None:
    """Give the title of a chapter with the time at which it begins."""
    _, rest = _split(content, 0)
    start = int.from_bytes(rest[:4], "big") / 1000
    for name, more in _frames(rest[16:], 4):
        if name == "TIT2" and more:
            recording.cue("outline=1&", _text(more[1:], more[0]), start, start)


def _timed(recording: Recording, content: bytes, way: int) -> None:
    """Give lyrics with the time of each line, in thousandths of a second."""
    at = _end(content, 6, way) + _width(way)
    for _ in range(_MOST_CUES):
        end = _end(content, at, way)
        behind = end + _width(way)
        if behind + 4 > len(content):
            return
        start = int.from_bytes(content[behind : behind + 4], "big") / 1000
        recording.cue("", _text(content[at:end], way), start, start)
        at = behind + 4


def _split(data: bytes, way: int) -> tuple[bytes, bytes]:
    """Cut at the first NUL of an encoding."""
    end = _end(data, 0, way)
    return data[:end], data[end + _width(way) :]


def _width(way: int) -> int:
    return 2 if way in _WIDE else 1


def _end(data: bytes, at: int, way: int) -> int:
    """Find the next NUL of an encoding; the end where there is none."""
    if way not in _WIDE:
        found = data.find(b"\0", at)
        return found if found >= 0 else len(data)
    found = data.find(b"\0\0", at)
    while found >= 0 and (found - at) % 2:
        found = data.find(b"\0\0", found + 1)
    return found if found >= 0 else len(data)


def _text(data: bytes, way: int) -> str:
    """Decode a text; what claims to be Latin is often something else."""
    if way == 1 and data[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16-le", "replace").rstrip("\0")
    return (
        (data.decode(_CODECS[way], "replace") if way in _CODECS else plain_text(data))
        .rstrip("\0")
        .lstrip("\ufeff")
    )


def _synchsafe(data: bytes) -> int:
    """Read a number of seven bits per byte."""
    value = 0
    for byte in data:
        value = value << 7 | byte & 0x7F
    return value


_HOLDING: Final[dict[str, Callable[[Recording, bytes, int], None]]] = {
    "SYLT": _timed,
    "SLT": _timed,
    "APIC": _picture,
    "PIC": _old_picture,
    "GEOB": _object,
    "GEO": _object,
    "PRIV": _private,
    "UFID": _private,
    "UFI": _private,
    "CHAP": _chapter,
}
