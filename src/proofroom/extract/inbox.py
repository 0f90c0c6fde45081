"""The parent's end of the wire: checks every frame of a child before it becomes an array.

The child may have been taken over by the file it read, so nothing it says is believed: lengths,
offsets, UTF-8, kinds, order and limits are checked here, and a frame that breaks a rule ends the
artifact `crashed` with the reason `bad-frame`. Never Arrow IPC, pickle or Parquet made by a child.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from proofroom.extract.frames import HEADER, LENGTH, MAGIC, MAX_FRAME, SCHEMAS, WIDTHS, Kind

_DTYPES: Final = {"u1": np.uint8, "u2": np.uint16, "i4": np.int32, "i8": np.int64}
_MAX_ROWS: Final = 1 << 24
_MANY_ROWS: Final = frozenset(
    (Kind.NUMBER_FORMATS, Kind.CELLS, Kind.MERGES, Kind.LINES, Kind.BOXES, Kind.META)
)
"""Frames of all other kinds have one row: whoever takes them looks at the first."""


class BadFrame(ValueError):
    """What came through the pipe breaks a rule of the wire; the child is not believed any more."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One checked frame: its kind, its number of rows, and its columns by name.

    Fixed-width columns are numpy arrays, texts `pyarrow.StringArray`, blobs `pyarrow.BinaryArray`.
    """

    kind: Kind
    rows: int
    columns: dict[str, Any]

    def numbers(self, name: str) -> npt.NDArray[Any]:
        """Give a fixed-width column."""
        column: npt.NDArray[Any] = self.columns[name]
        return column

    def text(self, name: str) -> str:
        """Give the first value of a text column."""
        return str(self.columns[name][0].as_py())

    def blob(self, name: str) -> bytes:
        """Give the first value of a blob column."""
        return bytes(self.columns[name][0].as_py())

    def number(self, name: str) -> int:
        """Give the first value of a fixed-width column."""
        return int(self.columns[name][0])


class FrameReader:
    """Cuts a stream of bytes into checked frames."""

    def __init__(self) -> None:
        """Start with nothing read."""
        self._buffer = bytearray()
        self._needed = HEADER.size

    def feed(self, untrusted: bytes) -> Iterator[Frame]:
        """Take the next bytes from the pipe and give every frame that is complete; raises BadFrame."""
        self._buffer += untrusted
        while len(self._buffer) >= self._needed:
            size = _frame_size(self._buffer)
            if size is None or len(self._buffer) < size:
                self._needed = HEADER.size if size is None else size
                if size is None:
                    return
                continue
            frame = bytes(memoryview(self._buffer)[:size])
            del self._buffer[:size]
            self._needed = HEADER.size
            yield _decode(frame)

    def finish(self) -> None:
        """Check that the stream did not stop inside a frame; raises BadFrame."""
        if self._buffer:
            message = f"{len(self._buffer)} bytes behind the last frame"
            raise BadFrame(message)


def _frame_size(buffer: bytearray) -> int | None:
    """Give the length of the frame that begins the buffer, or None while its header is not complete."""
    magic, kind, columns, rows = HEADER.unpack_from(buffer)
    if magic != MAGIC or kind not in Kind.__members__.values():
        message = "no frame begins here"
        raise BadFrame(message)
    most = _MAX_ROWS if kind in _MANY_ROWS else 1
    if columns != len(SCHEMAS[Kind(kind)]) or not rows or rows > most:
        message = f"kind {kind} with {columns} columns and {rows} rows"
        raise BadFrame(message)
    head = HEADER.size + columns * LENGTH.size
    if len(buffer) < head:
        return None
    size: int = head + sum(
        LENGTH.unpack_from(buffer, HEADER.size + i * LENGTH.size)[0] for i in range(columns)
    )
    if size > MAX_FRAME:
        message = f"a frame of {size} bytes"
        raise BadFrame(message)
    return size


def _decode(frame: bytes) -> Frame:
    """Build the arrays of one frame whose length is known to be right."""
    _magic, number, columns, rows = HEADER.unpack_from(frame)
    kind = Kind(number)
    at = HEADER.size + columns * LENGTH.size
    decoded: dict[str, Any] = {}
    for place, (name, type_) in enumerate(SCHEMAS[kind]):
        length = LENGTH.unpack_from(frame, HEADER.size + place * LENGTH.size)[0]
        if type_ in WIDTHS:
            if length != rows * WIDTHS[type_]:
                message = f"column {name} has {length} bytes for {rows} rows"
                raise BadFrame(message)
            decoded[name] = np.frombuffer(frame, _DTYPES[type_], rows, at)
        else:
            decoded[name] = _texts(frame, at, length, rows, binary=type_ == "blob")
        at += length
    return Frame(kind, rows, decoded)


def _texts(frame: bytes, at: int, length: int, rows: int, *, binary: bool) -> Any:
    """Build a text or blob column after checking its offsets, and its UTF-8 where it is text."""
    index = 4 * (rows + 1)
    if length < index:
        message = "a text column shorter than its offsets"
        raise BadFrame(message)
    offsets = np.frombuffer(frame, np.int32, rows + 1, at)
    # Compared, not subtracted: a difference of two offsets can run over and look right.
    if offsets[0] != 0 or offsets[-1] != length - index or (offsets[1:] < offsets[:-1]).any():
        message = "offsets that do not rise to the end of their text"
        raise BadFrame(message)
    whole = pa.py_buffer(frame)
    # The frame is not aligned to four bytes; Arrow's kernels want the offsets to be: a copy is cheap.
    buffers = [None, pa.py_buffer(offsets.copy()), whole.slice(at + index, length - index)]
    column = pa.Array.from_buffers(pa.binary() if binary else pa.string(), rows, buffers)
    try:
        column.validate(full=True)
    except pa.ArrowInvalid:
        message = "text that is not UTF-8"
        raise BadFrame(message) from None
    return column
