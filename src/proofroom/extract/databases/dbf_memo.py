"""The blocks of a memo file of dBase III, IV or FoxPro, by their numbers, as the cells of its table name them."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

_HEAD: Final = 512
_DBASE_BLOCK: Final = 512
_FOUR: Final = b"\xff\xff\x08\x00"
_END: Final = b"\x1a"
_FRAME: Final = 8
_KINDS: Final = (0, 1, 2)
_TEXT: Final = 1
_CHUNK: Final = 1 << 16
_LARGEST_BLOCK: Final = 1 << 15
_LONGEST: Final = 256 << 20
_SMALL_STEP: Final = 64


@dataclass(frozen=True, slots=True)
class Memo:
    """One block, or several that belong together: its number, what it holds, whether that is text and whole."""

    number: int
    untrusted: bytes
    is_text: bool = True
    is_whole: bool = True


def memos(stream: BinaryIO, size: int, *, of_foxpro: bool) -> Iterator[Memo]:
    """Give the blocks of a memo file in order."""
    stream.seek(0)
    head = stream.read(_HEAD)
    if of_foxpro:
        (block,) = struct.unpack_from(">H", head.ljust(_HEAD, b"\0"), 6)
        yield from _framed(stream, size, block or 1, of_four=False)
        return
    (block,) = struct.unpack_from("<H", head.ljust(_HEAD, b"\0"), 20)
    block = block if 0 < block <= _LARGEST_BLOCK else _DBASE_BLOCK
    stream.seek(max(block, _HEAD))
    if stream.read(len(_FOUR)) == _FOUR:
        yield from _framed(stream, size, block, of_four=True)
    else:
        yield from _ended(stream, size)


def _framed(stream: BinaryIO, size: int, block: int, *, of_four: bool) -> Iterator[Memo]:
    """Give blocks that begin with their length; what does not fit the file is passed over."""
    number = -(-_HEAD // block)
    while number * block + _FRAME <= size:
        stream.seek(number * block)
        frame = stream.read(_FRAME)
        if of_four:
            length = int.from_bytes(frame[4:], "little") - _FRAME
            kind = _TEXT if frame[:4] == _FOUR else -1
        else:
            kind, length = struct.unpack(">iI", frame)
        begins = kind in _KINDS and 0 < length <= _LONGEST
        if not begins:
            number += max(1, _SMALL_STEP // block)
            continue
        untrusted = stream.read(length)
        yield Memo(number, untrusted, kind == _TEXT, len(untrusted) == length)
        number += -(-(_FRAME + len(untrusted)) // block)


def _ended(stream: BinaryIO, size: int) -> Iterator[Memo]:
    """Give blocks of dBase III, which end with a mark."""
    number = 1
    while number * _DBASE_BLOCK < size:
        stream.seek(number * _DBASE_BLOCK)
        parts: list[bytes] = []
        length, found = 0, False
        while not found and length <= _LONGEST and (chunk := stream.read(_CHUNK)):
            text, mark, _behind = chunk.partition(_END)
            parts.append(text)
            length += len(text)
            found = bool(mark)
        untrusted = b"".join(parts)
        if untrusted.strip(b"\0 "):
            yield Memo(number, untrusted, is_whole=found)
        number += max(-(-(length + 1) // _DBASE_BLOCK), 1)


def looks_like_memo(head: bytes, extension: str) -> bool:
    """Tell whether a file named as a memo file begins as one: with the number of its next free block."""
    if len(head) < _HEAD:
        return False
    if extension == "fpt":
        following, block = struct.unpack_from(">I2xH", head)
        return bool(following > 0 and 0 < block <= _LARGEST_BLOCK)
    return extension == "dbt" and int.from_bytes(head[:4], "little") > 0
