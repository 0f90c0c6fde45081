"""Write binary workbooks (.xlsb) by hand, record by record."""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping

Zipped = Callable[[Mapping[str, str | bytes]], bytes]

SEVEN = bytes(2) + struct.pack("<I", 3) + b"\x1e\7\0" + bytes(4)
"""What stands behind the value of a cell with the formula `7`."""


def binary(kind: int, data: bytes = b"") -> bytes:
    head = bytes((kind,)) if kind < 0x80 else bytes((kind & 0x7F | 0x80, kind >> 7))
    size, length = b"", len(data)
    while length >= 0x80:
        size += bytes((length & 0x7F | 0x80,))
        length >>= 7
    return head + size + bytes((length,)) + data


def counted(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def binary_book(sheet: bytes, zipped: Zipped) -> bytes:
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    space = "http://schemas.openxmlformats.org/package/2006/relationships"

    def arrows(*found: tuple[str, str, str]) -> str:
        inner = "".join(f'<Relationship Id="{i}" Type="{kind}/{k}" Target="{t}"/>' for i, k, t in found)
        return f'<Relationships xmlns="{space}">{inner}</Relationships>'

    return zipped(
        {
            "_rels/.rels": arrows(("a", "officeDocument", "xl/workbook.bin")),
            "xl/_rels/workbook.bin.rels": arrows(
                ("r1", "worksheet", "worksheets/sheet1.bin"),
                ("r2", "sharedStrings", "sharedStrings.bin"),
                ("r3", "styles", "styles.bin"),
            ),
            "xl/workbook.bin": binary(153, b"\1\0\0\0")
            + binary(156, struct.pack("<II", 2, 1) + counted("r1") + counted("名单")),
            "xl/sharedStrings.bin": binary(19, b"\0" + counted("甲")) + binary(19, b"\1" + counted("乙")),
            "xl/styles.bin": binary(44, b"\xa4\0" + counted("yyyy-mm-dd"))
            + binary(617)
            + binary(47, bytes(16))
            + binary(47, b"\0\0\xa4\0" + bytes(12))
            + binary(618),
            "xl/worksheets/_rels/sheet1.bin.rels": arrows(("c", "comments", "../comments1.bin")),
            "xl/worksheets/sheet1.bin": sheet,
            "xl/comments1.bin": binary(632, counted("办公室"))
            + binary(635, struct.pack("<5I", 0, 2, 2, 1, 1) + bytes(16))
            + binary(637, b"\0" + counted("批注")),
            "xl/vbaProject.bin": b"macros",
        }
    )


def at_row(number: int, *, hidden: bool = False) -> bytes:
    return binary(0, struct.pack("<IIHBBB", number - 1, 0, 0, 0, 0x10 if hidden else 0, 0))


def in_column(kind: int, column: int, data: bytes, style: int = 0) -> bytes:
    return binary(kind, struct.pack("<II", column - 1, style) + data)
