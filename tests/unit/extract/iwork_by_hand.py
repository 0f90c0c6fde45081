"""Write documents of Apple's programs byte by byte: messages, archives, packed files."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Mapping, Sequence

Field = tuple[int, "int | str | bytes | Sequence[Field] | float"]


def varint(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes((*out, number))


def message(*fields: Field) -> bytes:
    """Write a message; a list is a message inside, a float takes eight bytes."""
    out = b""
    for number, value in fields:
        if isinstance(value, float):
            out += varint(number << 3 | 1) + struct.pack("<d", value)
        elif isinstance(value, int):
            out += varint(number << 3) + varint(value)
        else:
            raw = (
                value.encode()
                if isinstance(value, str)
                else value
                if isinstance(value, bytes)
                else message(*value)
            )
            out += varint(number << 3 | 2) + varint(len(raw)) + raw
    return out


def to(number: int) -> list[Field]:
    """Refer to an object."""
    return [(1, number)]


def archived(number: int, kind: int, *fields: Field, refers: Sequence[int] = ()) -> bytes:
    """Write an object with the head before it."""
    content = message(*fields)
    packed = b"".join(map(varint, refers))
    head = message((1, number), (2, [(1, kind), (3, len(content)), (5, packed)]))
    return varint(len(head)) + head + content


def iwa(*things: bytes) -> bytes:
    """Pack objects into one file, as bytes that stand for themselves."""
    data = b"".join(things)
    out = b""
    for start in range(0, len(data), 60_000):
        part = data[start : start + 60_000]
        block = varint(len(part)) + bytes((61 << 2,)) + struct.pack("<H", len(part) - 1) + part
        out += b"\0" + len(block).to_bytes(3, "little") + block
    return out


def cell(kind: int, flags: int, values: bytes) -> bytes:
    return bytes((5, kind)) + bytes(6) + struct.pack("<I", flags) + values


def decimal(number: int, exponent: int = 0) -> bytes:
    """Write a decimal number of 128 bits."""
    digits = abs(number).to_bytes(15, "little")
    biased = exponent + 0x1820
    top = bytes((digits[14] & 1 | (biased & 0x7F) << 1, biased >> 7 | (0x80 if number < 0 else 0)))
    return digits[:14] + top


def row(number: int, cells: Mapping[int, bytes]) -> list[Field]:
    """Write a row of a tile; the columns count from 0."""
    data, places = b"", b""
    for column in range(max(cells) + 1):
        places += struct.pack("<h", len(data) if column in cells else -1)
        data += cells.get(column, b"")
    return [(1, number), (2, len(cells)), (6, data), (7, places)]


def zipped(members: Mapping[str, bytes | str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name, (2016, 5, 4, 3, 2, 0)), data)
    return out.getvalue()


def numbers() -> bytes:
    """Make a document of Numbers: one sheet, one table with every kind of cell, a comment, a text box."""
    cells_1 = {
        0: cell(3, 8, struct.pack("<I", 1)),
        1: cell(2, 1, decimal(425, -1)),
        3: cell(10, 1, decimal(-7)),
    }
    cells_2 = {
        0: cell(6, 2, struct.pack("<d", 1.0)),
        1: cell(5, 4, struct.pack("<d", 86_400.0)),
        2: cell(7, 2, struct.pack("<d", 90.5)),
        3: cell(9, 0x10, struct.pack("<I", 3)),
        4: cell(2, 0x80201, decimal(12) + struct.pack("<II", 9, 5)),
    }
    document = iwa(
        archived(1, 1, (1, to(2))),
        archived(2, 2, (1, "名单"), (2, to(3)), (2, to(20)), (25, 1)),
        archived(3, 6000, (1, []), (2, to(4))),
        archived(20, 2011, (1, [(1, [(8, "a box")])]), (4, to(21)), refers=(21,)),
        archived(21, 2001, (1, 3), (3, "beside the table")),
    )
    store: list[Field] = [(3, [(1, [(1, 0), (2, to(5))])]), (4, to(6)), (17, to(7)), (19, to(8)), (13, to(9))]
    merged: Field = (
        1,
        [(1, b"\x0d" + struct.pack("<I", 1 << 16 | 4)), (2, b"\x0d" + struct.pack("<I", 2 << 16 | 3))],
    )
    table = iwa(
        archived(4, 6001, (8, "Table"), (6, 9), (7, 9), (4, store)),
        archived(5, 6002, (5, row(0, cells_1)), (5, row(2, cells_2))),
        archived(6, 6005, (1, 1), (3, [(1, 1), (3, "姓名")])),
        archived(7, 6005, (1, 8), (3, [(1, 3), (9, to(10))])),
        archived(8, 6005, (1, 10), (3, [(1, 5), (10, to(12))])),
        archived(9, 6144, merged),
        archived(10, 6218, (1, to(11))),
        archived(11, 2001, (1, 5), (3, "rich\ntext")),
        archived(12, 3056, (1, "ask him"), (2, [(1, 3_600.0)]), (3, to(13)), (4, to(14))),
        archived(13, 212, (1, "甲")),
        archived(14, 3056, (1, "done"), (4, to(12))),
    )
    plist = "<plist/>"
    return zipped(
        {
            "Index/Document.iwa": document,
            "Index/Tables/Tile.iwa": table,
            "Metadata/Properties.plist": plist,
            "preview.jpg": b"\xff\xd8\xff",
        }
    )
