"""Read the texts of Publisher and Works documents: a list of named chunks, of which `TEXT` holds signs in UTF-16."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final

MARKS: Final = (b"CHNKINK ", b"CHNKWKS ")
_FIRST_LIST: Final = 0x18
_HEAD: Final = 8
_LINE: Final = 24
_MOST_LISTS: Final = 256
_TEXT: Final = b"TEXT"
_BREAKS: Final = str.maketrans({"\r": "\n", "\x0b": "\n", "\x0c": "\n", "\0": None})


def chunk_texts(data: bytes) -> Iterator[str]:
    """Give the paragraphs of a chunked stream in their order."""
    for name, start, end in _chunks(data):
        if name == _TEXT:
            text = data[start:end].decode("utf-16-le", "replace").translate(_BREAKS)
            yield from (line for line in text.split("\n") if line.strip())


def _chunks(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Follow the lists of chunks: each names some, and where the next list is."""
    at = _FIRST_LIST
    seen: set[int] = set()
    while at not in seen and len(seen) < _MOST_LISTS and at + _HEAD <= len(data):
        seen.add(at)
        _size, count, following = struct.unpack_from("<HHI", data, at)
        for line in range(at + _HEAD, at + _HEAD + _LINE * min(count, 64), _LINE):
            if line + _LINE > len(data):
                break
            start, length = struct.unpack_from("<II", data, line + 16)
            yield data[line + 2 : line + 6], start, min(start + length, len(data))
        at = following
