"""The spool: small results wait here in checksummed frames until they fill a segment.

A frame is `length u64, CRC-32 u32` and an Arrow stream per noun, written by us (never by a child). The
journal names each frame by offset and length; a frame that was cut by a power failure fails its checksum
and its artifact is simply read again.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pyarrow as pa

from proofroom.errors import BadSegment

_HEAD: Final = struct.Struct("<QI")
_NOUN: Final = struct.Struct("<16sQ")


class Spool:
    """One append-only file of results that are not yet in a segment."""

    def __init__(self, path: Path) -> None:
        """Open the spool for appending; it is created when missing."""
        self.path = path
        self._file = path.open("ab")

    @property
    def size(self) -> int:
        """Bytes in the spool."""
        return self._file.tell()

    def append(self, tables: Mapping[str, pa.Table]) -> tuple[int, int]:
        """Append one artifact's tables; gives the frame's offset and length."""
        body = io.BytesIO()
        for noun, table in tables.items():
            stream = pa.BufferOutputStream()
            with pa.ipc.new_stream(stream, table.schema) as writer:
                writer.write_table(table)
            held = stream.getvalue()
            body.write(_NOUN.pack(noun.encode(), held.size))
            body.write(held)
        data = body.getvalue()
        offset = self._file.tell()
        self._file.write(_HEAD.pack(len(data), zlib.crc32(data)) + data)
        self._file.flush()
        return offset, _HEAD.size + len(data)

    def read(self, offset: int, length: int) -> dict[str, pa.Table]:
        """Read one frame back; raises BadSegment when its checksum does not hold."""
        with self.path.open("rb") as file:
            file.seek(offset)
            frame = file.read(length)
        if len(frame) < _HEAD.size:
            raise BadSegment(_CUT)
        size, checksum = _HEAD.unpack_from(frame)
        data = frame[_HEAD.size :]
        if len(data) != size or zlib.crc32(data) != checksum:
            raise BadSegment(_CUT)
        tables: dict[str, pa.Table] = {}
        at = 0
        while at < len(data):
            name, held = _NOUN.unpack_from(data, at)
            at += _NOUN.size
            stream = pa.py_buffer(data).slice(at, held)
            tables[name.rstrip(b"\0").decode()] = pa.ipc.open_stream(stream).read_all()
            at += held
        return tables

    def clear(self) -> None:
        """Empty the spool, after its results stand in segments."""
        self._file.truncate(0)
        self._file.seek(0)

    def close(self) -> None:
        """Close the file."""
        self._file.close()


_CUT: Final = "a frame of the spool was cut"
