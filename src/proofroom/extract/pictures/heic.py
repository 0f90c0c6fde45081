"""Find in a HEIC file (ISO/IEC 23008-12) what can be told without its codec: its EXIF block and its size."""

from __future__ import annotations

import struct
from typing import BinaryIO, Final

from exifread.core.exceptions import ExifError
from exifread.core.find_exif import determine_type

_MOST_READS: Final = 100_000
_LARGEST_EXIF: Final = 4 << 20
_HEAD: Final = 1 << 16
_SIZE_BOX: Final = b"ispe"
_BROKEN: Final = (
    ExifError,
    OSError,
    EOFError,
    ValueError,
    ArithmeticError,
    LookupError,
    TypeError,
    AttributeError,
    AssertionError,
    RuntimeError,
    struct.error,
)


class _Counted:
    """A stream that allows only so many reads: boxes can point at themselves."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._left = _MOST_READS
        self.seek = stream.seek
        self.tell = stream.tell

    def read(self, size: int = -1) -> bytes:
        self._left -= 1
        if self._left < 0:
            raise EOFError
        return self._stream.read(size)


def is_heif(head: bytes) -> bool:
    """Say whether a file begins as HEIC and AVIF do."""
    return head[4:8] == b"ftyp"


def is_heic(head: bytes) -> bool:
    """Say whether a file begins as HEIC does; AVIF, which Pillow reads, begins alike."""
    return is_heif(head) and head[8:12] not in (b"avif", b"avis")


def heic_exif(stream: BinaryIO) -> bytes:
    """Give the EXIF block of a HEIC file, or nothing; never raises."""
    stream.seek(0)
    try:
        offset, _endian, _fake = determine_type(_Counted(stream))  # type: ignore[arg-type]
        stream.seek(offset)
        return stream.read(_LARGEST_EXIF) if offset > 0 else b""
    except _BROKEN:
        return b""


def heic_size(stream: BinaryIO) -> tuple[int, int]:
    """Give the largest size that the parts of a HEIC file say they have, (0, 0) when none says any."""
    stream.seek(0)
    head = stream.read(_HEAD)
    sizes, at = [(0, 0)], 0
    while (at := head.find(_SIZE_BOX, at)) >= 0:
        at += len(_SIZE_BOX)
        sizes.append((int.from_bytes(head[at + 4 : at + 8]), int.from_bytes(head[at + 8 : at + 12])))
    return max(sizes, key=lambda size: size[0] * size[1])
