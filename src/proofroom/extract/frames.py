"""The wire between the sandboxed child and its parent: column frames, written here with nothing but arrays.

A frame is a fixed header (`magic u16, kind u8, columns u8, rows u32`, little-endian), then for each
column its byte length (u32), then the columns. A fixed-width column is rows × width bytes; a text
column is rows + 1 int32 offsets followed by one UTF-8 blob. The kinds and their columns stand in
`SCHEMAS`, known to both sides; the parent trusts none of the numbers (`proofroom.extract.inbox`).
"""

from __future__ import annotations

import struct
from array import array
from collections.abc import Sequence
from enum import IntEnum
from typing import Final, TypeAlias

from proofroom.extract.format import Texts, texts

MAGIC: Final = 0x5046
HEADER: Final = struct.Struct("<HBBI")
LENGTH: Final = struct.Struct("<I")
MAX_FRAME: Final = 64 << 20
"""Bytes in one frame at the most: what the parent is willing to hold before it checks anything."""


class Kind(IntEnum):
    """The kinds of frame, as they are numbered on the wire."""

    FORMAT = 1
    SHEET = 2
    NUMBER_FORMATS = 3
    CELLS = 4
    MERGES = 5
    LINES = 6
    META = 7
    MEMBER_BEGIN = 8
    MEMBER_DATA = 9
    MEMBER_END = 10
    MEMBER_ABSENT = 11
    PARTLY = 12
    PIXELS = 13
    END = 14
    BOXES = 15


SCHEMAS: Final[dict[Kind, tuple[tuple[str, str], ...]]] = {
    Kind.FORMAT: (("name", "text"), ("media_type", "text")),
    Kind.SHEET: (("index", "i4"), ("name", "text"), ("visibility", "u2")),
    Kind.NUMBER_FORMATS: (("format", "text"),),
    Kind.CELLS: (
        ("sheet", "i4"),
        ("row", "i4"),
        ("col", "i4"),
        ("type", "u1"),
        ("flags", "u2"),
        ("format", "i4"),
        ("raw", "text"),
        ("shown", "text"),
        ("formula", "text"),
    ),
    Kind.MERGES: (("sheet", "i4"), ("top", "i4"), ("left", "i4"), ("bottom", "i4"), ("right", "i4")),
    Kind.LINES: (("part", "text"), ("kind", "u1"), ("flags", "u2"), ("text", "text")),
    Kind.BOXES: (
        ("line", "i4"),
        ("left", "i4"),
        ("top", "i4"),
        ("right", "i4"),
        ("bottom", "i4"),
        ("confidence", "u1"),
    ),
    Kind.META: (("key", "text"), ("value", "text")),
    Kind.MEMBER_BEGIN: (("name", "blob"), ("size", "i8")),
    Kind.MEMBER_DATA: (("data", "blob"),),
    Kind.MEMBER_END: (("state", "text"), ("reason", "text")),
    Kind.MEMBER_ABSENT: (("name", "blob"), ("state", "text"), ("reason", "text")),
    Kind.PARTLY: (("reason", "text"),),
    Kind.PIXELS: (("width", "i4"), ("height", "i4"), ("rgb", "blob")),
    Kind.END: (("state", "text"), ("reason", "text")),
}
"""Columns by kind. u1, u2, i4, i8 are fixed widths; text is UTF-8 with offsets; blob is bytes with offsets.

A frame of boxes comes right behind the frame of lines that they belong to; `line` counts its rows from 0.
"""

WIDTHS: Final = {"u1": 1, "u2": 2, "i4": 4, "i8": 8}
_CODES: Final = {"u1": "B", "u2": "H", "i4": "i", "i8": "q"}

Column: TypeAlias = "Texts | array[int] | bytes | bytearray"


def pack(kind: Kind, rows: int, columns: Sequence[Column]) -> list[bytes]:
    """Write one frame as a list of buffers for `writev`; columns in the order of the kind's schema."""
    bodies: list[bytes] = []
    lengths: list[int] = []
    for column in columns:
        buffers = _buffers(column)
        bodies.extend(buffers)
        lengths.append(sum(map(len, buffers)))
    head = HEADER.pack(MAGIC, kind, len(lengths), rows) + b"".join(map(LENGTH.pack, lengths))
    return [head, *bodies]


def pack_one(kind: Kind, *values: str | bytes | int) -> list[bytes]:
    """Write a frame of one row from plain values, in the order of the kind's schema."""
    columns: list[Column] = []
    for (_name, width), value in zip(SCHEMAS[kind], values, strict=True):
        if isinstance(value, int):
            columns.append(array(_CODES[width], (value,)))
        else:
            columns.append(
                texts((value,)) if isinstance(value, str) else Texts(array("i", (0, len(value))), value)
            )
    return pack(kind, 1, columns)


def _buffers(column: Column) -> list[bytes]:
    """Give the bytes of one column as they cross."""
    if isinstance(column, Texts):
        return [column.offsets.tobytes(), column.blob]
    return [column.tobytes() if isinstance(column, array) else bytes(column)]
