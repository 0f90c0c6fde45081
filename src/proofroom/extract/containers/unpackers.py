"""Unpack compressed streams in blocks of bounded size, whatever they claim, and say how they end.

Every unpacker speaks like `bz2.BZ2Decompressor`: it takes packed bytes and gives at most so many
unpacked ones. None of them starts a thread: PPMd is left out because its only library does.
"""

from __future__ import annotations

import bz2
import lzma
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final, Protocol

import inflate64

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

from proofroom.extract.containers.giving import BLOCK
from proofroom.extract.format import Unreadable
from proofroom.model.states import Reason, State

BROKEN: Final = (zlib.error, lzma.LZMAError, OSError, EOFError, ValueError, RuntimeError, zstd.ZstdError)
"""What the unpackers raise on bytes that are none of theirs."""

LARGEST_WINDOW: Final = 1 << 30
_SLICE: Final = 512
SPOON: Final = 1 << 13
_LZMA_PROPERTIES: Final = 5
_MOST_LZMA: Final = 9 * 5 * 5
_LZMA2_SIZES: Final = 40
_SMALLEST_WINDOW: Final = 4_096


class Unpacker(Protocol):
    """Takes packed bytes and gives unpacked ones."""

    @property
    def eof(self) -> bool:
        """Tell whether the stream has ended by itself."""

    @property
    def needs_input(self) -> bool:
        """Tell whether nothing more comes without further packed bytes."""

    @property
    def unused_data(self) -> bytes:
        """Give what follows the end of the stream."""

    def decompress(self, data: bytes, max_length: int) -> bytes:
        """Take packed bytes (none unless asked for) and give at most so many unpacked ones."""


class Inflater:
    """Deflate without a wrapper (RFC 1951)."""

    def __init__(self) -> None:
        """Begin."""
        self._inner = zlib.decompressobj(-zlib.MAX_WBITS)
        self._full = False

    @property
    def eof(self) -> bool:
        """Tell whether the last block has ended."""
        return self._inner.eof

    @property
    def needs_input(self) -> bool:
        """Tell whether all input was used and nothing waits."""
        return not self._full and not self._inner.unconsumed_tail

    @property
    def unused_data(self) -> bytes:
        """Give what follows the end."""
        return self._inner.unused_data

    def decompress(self, data: bytes, max_length: int) -> bytes:
        """Inflate."""
        block = self._inner.decompress(self._inner.unconsumed_tail + data, max_length)
        self._full = len(block) >= max_length and not self._inner.eof
        return block


class Inflater64:
    """Deflate64, as Windows writes it for large files; fed by half kilobytes, since it knows no bound."""

    def __init__(self) -> None:
        """Begin."""
        self._inner = inflate64.Inflater()
        self._waiting = b""

    @property
    def eof(self) -> bool:
        """Tell whether the last block has ended."""
        return bool(self._inner.eof)

    @property
    def needs_input(self) -> bool:
        """Tell whether all input was used."""
        return not self._waiting

    @property
    def unused_data(self) -> bytes:
        """Give what was not fed; what the library itself held back is lost."""
        return self._waiting

    def decompress(self, data: bytes, max_length: int) -> bytes:  # noqa: ARG002 - see the class
        """Inflate one slice."""
        waiting = self._waiting + data
        self._waiting = waiting[_SLICE:]
        return bytes(self._inner.inflate(waiting[:_SLICE]))


def zstandard() -> Unpacker:
    """Give an unpacker for Zstandard (RFC 8878)."""
    unpacker: Unpacker = zstd.ZstdDecompressor()
    return unpacker


def lzma1(properties: bytes, size: int) -> Unpacker:
    """Give an unpacker for a raw LZMA stream from its five bytes of properties.

    The window never needs to be larger than what is unpacked, whatever the properties claim.
    """
    if len(properties) < _LZMA_PROPERTIES or properties[0] >= _MOST_LZMA:
        raise Unreadable(State.DAMAGED, Reason.NOT_WELL_FORMED)
    rest, lc = divmod(properties[0], 9)
    pb, lp = divmod(rest, 5)
    window = int.from_bytes(properties[1:5], "little")
    return _raw({"id": lzma.FILTER_LZMA1, "dict_size": _window(window, size), "lc": lc, "lp": lp, "pb": pb})


def lzma2(properties: bytes, size: int) -> Unpacker:
    """Give an unpacker for a raw LZMA2 stream from its byte of properties."""
    if not properties or properties[0] > _LZMA2_SIZES:
        raise Unreadable(State.DAMAGED, Reason.NOT_WELL_FORMED)
    bits = properties[0]
    window = 0xFFFFFFFF if bits == _LZMA2_SIZES else (2 | (bits & 1)) << (bits // 2 + 11)
    return _raw({"id": lzma.FILTER_LZMA2, "dict_size": _window(window, size)})


def _raw(description: dict[str, Any]) -> Unpacker:
    try:
        return lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=[description])
    except (lzma.LZMAError, ValueError) as broken:
        raise Unreadable(State.DAMAGED, Reason.NOT_WELL_FORMED) from broken


def _window(stated: int, size: int) -> int:
    window = max(min(stated, size), _SMALLEST_WINDOW)
    if window > LARGEST_WINDOW:
        raise Unreadable(State.TRUNCATED, Reason.LIMIT_MEMORY)
    return window


BY_ZIP_METHOD: Final[dict[int, Callable[[], Unpacker]]] = {
    8: Inflater,
    9: Inflater64,
    12: bz2.BZ2Decompressor,
    20: zstandard,
    93: zstandard,
    95: lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=LARGEST_WINDOW),
}
"""Unpackers by the numbers that APPNOTE.TXT 4.4.5 gives them; 0 and 14 need more than a number."""


def unpack(unpacker: Unpacker, packed: Iterable[bytes], size: int | None = None) -> Iterator[bytes]:
    """Give unpacked blocks until the stream ends by itself, or until `size` bytes where that ends it."""
    source = iter(packed)
    given = 0
    while not unpacker.eof and (size is None or given < size):
        data = next(source, None) if unpacker.needs_input else b""
        if data is None:
            raise Unreadable(State.DAMAGED, Reason.CUT_SHORT)
        most = BLOCK if size is None else min(BLOCK, size - given)
        block = _step(unpacker, data, most)
        given += len(block)
        if block:
            yield block if size is None else block[: len(block) - max(given - size, 0)]


def spoons(packed: Iterable[bytes]) -> Iterator[bytes]:
    """Feed little at a time: what an unpacker had done of a step is lost when that step meets damage."""
    for block in packed:
        for start in range(0, len(block), SPOON):
            yield block[start : start + SPOON]


def _step(unpacker: Unpacker, data: bytes, most: int) -> bytes:
    try:
        return unpacker.decompress(data, most)
    except BROKEN as broken:
        # liblzma says by its text alone that a stream wants more memory than it may have.
        if "emory" in str(broken):
            raise Unreadable(State.TRUNCATED, Reason.LIMIT_MEMORY) from broken
        raise Unreadable(State.DAMAGED, Reason.NOT_WELL_FORMED) from broken
