"""Writes drawn pictures record by record, for tests and for the sample."""

from __future__ import annotations

import struct

BITMAP_HEAD = struct.pack("<IiiHHIIiiII", 40, 1, 1, 1, 24, 0, 4, 0, 0, 0, 0)


def emf(*records: bytes, told: str = "") -> bytes:
    """Write an enhanced metafile."""
    said = told.encode("utf-16-le")
    head = struct.pack(
        "<II32s4sIIIHHIIIII", 1, 88 + len(said), b"", b" EMF", 0x10000, 0, 0, 1, 0, len(told), 88, 0, 0, 0
    )
    head = head.ljust(88, b"\0") + said
    return head + b"".join(records) + struct.pack("<IIIII", 14, 20, 0, 16, 20)


def record(kind: int, body: bytes) -> bytes:
    body += bytes(-len(body) % 4)
    return struct.pack("<II", kind, 8 + len(body)) + body


def words(text: str, x: int, y: int, each: int = 0, options: int = 0) -> bytes:
    """Write words in UTF-16; `each` is how far every sign moves on."""
    raw = text.encode("utf-16-le")
    raw += bytes(-len(raw) % 4)
    widths = struct.pack(f"<{len(text)}I", *[each] * len(text)) if each else b""
    body = bytes(16) + struct.pack(
        "<IffiiIII16sI", 1, 1, 1, x, y, len(text), 76, options, b"", 76 + len(raw) if each else 0
    )
    return record(84, body + raw + widths)


def font(name: str) -> bytes:
    return record(82, struct.pack("<I28s64s", 1, b"", name.encode("utf-16-le")))


def plus(kind: int, body: bytes, flags: int = 0) -> bytes:
    """Write a newer record in its comment."""
    inner = struct.pack("<HHII", kind, flags, 12 + len(body), len(body)) + body
    return record(70, struct.pack("<I", 4 + len(inner)) + b"EMF+" + inner)


def pixels() -> bytes:
    """Write a picture of one pixel inside a drawing."""
    body = bytes(16) + struct.pack("<6iIIIIIIii", 0, 0, 0, 0, 1, 1, 80, 40, 120, 4, 0, 0, 1, 1)
    return record(81, body + BITMAP_HEAD + b"\1\2\3\0")


def wmf(*records: bytes, placeable: bool = False) -> bytes:
    """Write a Windows metafile."""
    head = (b"\xd7\xcd\xc6\x9a" + bytes(18)) if placeable else b""
    return (
        head + struct.pack("<HHHIHIH", 1, 9, 0x300, 0, 9, 0, 0) + b"".join(records) + struct.pack("<IH", 3, 0)
    )


def old(kind: int, body: bytes) -> bytes:
    body += bytes(len(body) % 2)
    return struct.pack("<IH", 3 + len(body) // 2, kind) + body
