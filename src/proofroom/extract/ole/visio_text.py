"""Find the texts of shapes among the chunks of a Visio drawing (best effort: the layout is not published)."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from proofroom.extract.encoding import decode_all, find_encoding
from proofroom.extract.ole.visio_streams import UTF16_VERSION

_TEXT: Final = 0x0E
_HEAD: Final = struct.Struct("<IIIIHB")
_OLD_HEAD: Final = struct.Struct("<HHBBHI")
_OLD_VERSION: Final = 6
_TEXT_AT: Final = 8
_LARGEST_KIND: Final = 0xFF
_DEEPEST: Final = 8
_WITH_TAIL: Final = (0x71, 0x70, 0x6B, 0x6A, 0x69, 0x66, 0x65, 0x2C)
_WITH_GAP: Final = (0x64, 0x65, 0x66, 0x69, 0x6A, 0x6B, 0x6F, 0x71, 0x92, 0xA9, 0xB4, 0xB6, 0xB9, 0xC7)
_WITHOUT: Final = (0x1F, 0xC9, 0x2D, 0xD1)
_TAIL, _GAP = 8, 4
_MARKED: Final = 2


@dataclass(frozen=True, slots=True)
class _Chunk:
    kind: int
    listed: int
    size: int
    level: int
    mark: int

    def behind(self, version: int) -> int:
        """Give how many bytes follow the chunk before the next one."""
        if self.kind in _WITHOUT:
            return 0
        tail = _TAIL if self.listed or self.kind in _WITH_TAIL else 0
        if version < UTF16_VERSION:
            return tail
        marked = (self.level, self.mark) == (_MARKED, 0x55) or (
            (self.level, self.mark, self.kind) == (_MARKED, 0x54, 0xAA)
            or (self.level == _MARKED + 1 and self.mark not in (0x50, 0x54))
        )
        tail += _GAP if self.listed or marked else 0
        return tail + (_GAP if self.kind in _WITH_GAP and tail in (0, _TAIL) else 0)


def shape_texts(content: bytes, version: int) -> Iterator[str]:
    """Give the texts of the shapes whose chunks stand in a stream; where the list breaks, it is taken up again."""
    head = _OLD_HEAD if version < _OLD_VERSION else _HEAD
    at = 0
    while at + head.size <= len(content):
        chunk = _chunk(content, at, head)
        start, end = at + head.size, at + head.size + chunk.size
        if not 0 < chunk.kind <= _LARGEST_KIND or chunk.level > _DEEPEST or end > len(content):
            at += 1
            continue
        if chunk.kind == _TEXT and chunk.size > _TEXT_AT:
            text = _text(content[start + _TEXT_AT : end], version)
            if text.strip():
                yield text
        at = end + chunk.behind(version)


def _chunk(content: bytes, at: int, head: struct.Struct) -> _Chunk:
    if head is _OLD_HEAD:
        kind, _, level, mark, listed, size = head.unpack_from(content, at)
    else:
        kind, _, listed, size, level, mark = head.unpack_from(content, at)
    return _Chunk(kind, listed, size, level, mark)


def _text(untrusted: bytes, version: int) -> str:
    """Decode a text up to its closing NUL; marks of fields are left out."""
    if version >= UTF16_VERSION:
        text = untrusted.decode("utf-16-le", "replace").partition("\0")[0]
    else:
        short = untrusted.partition(b"\0")[0]
        text = decode_all(short, find_encoding(short, True).encoding)
    return (
        "".join(sign for sign in text.replace("\r", "\n") if sign in "\n\t" or sign >= " ")
        .replace("\ufffc", "")
        .rstrip("\n")
    )
