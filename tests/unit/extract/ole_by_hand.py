"""Writes compound files with storages, and the wrappings that OLE puts around files, for tests and the sample."""

from __future__ import annotations

import struct
from typing import TypeAlias

from proofroom.extract.ole.compound_copy import Node, write_compound

Tree: TypeAlias = "dict[str, bytes | Tree]"


def compound(tree: Tree, clsid: bytes = bytes(16)) -> bytes:
    """Write a compound file of streams (bytes) and storages (trees)."""
    return b"".join(write_compound(_node("Root Entry", tree, clsid)))


def _node(name: str, tree: Tree, clsid: bytes = bytes(16)) -> Node:
    inside = [
        Node.of_bytes(one, given) if isinstance(given, bytes) else _node(one, given)
        for one, given in tree.items()
    ]
    return Node(name, 0, None, inside, clsid)


def packed(name: str, body: bytes, path: str = "", *, stated: int | None = None, wide: bool = True) -> bytes:
    """Write a stream as the Packager does."""

    def narrow(text: str) -> bytes:
        return text.encode("gb18030") + b"\0"

    temporary = r"C:\Temp\x.tmp"
    out = struct.pack("<H", 2) + narrow(name) + narrow(path) + struct.pack("<HH", 0, 3)
    out += struct.pack("<I", len(temporary) + 1) + narrow(temporary)
    out += struct.pack("<I", len(body) if stated is None else stated) + body
    for text in (temporary, name, path) if wide else ():
        out += struct.pack("<I", len(text)) + text.encode("utf-16-le")
    return struct.pack("<I", len(out)) + out


def catalog(*names: str) -> bytes:
    """Write the catalog of a Thumbs.db; pictures are numbered from 1."""
    lines = b""
    for number, name in enumerate(names, 1):
        told = (name + "\0").encode("utf-16-le") + bytes(4)
        lines += struct.pack("<IIQ", 16 + len(told), number, 130_000_000_000_000_000) + told
    return struct.pack("<HHIII", 16, 7, len(names), 96, 96) + lines


def chunks(mark: bytes, *paragraphs: str) -> bytes:
    """Write a chunked stream of Publisher or Works."""
    text = "\r".join(paragraphs).encode("utf-16-le")
    line = struct.pack("<H4sHIIII", 24, b"TEXT", 0, 0, 0x54584554, 0x200, len(text))
    head = mark.ljust(0x18, b"\0") + struct.pack("<HHI", 0x1F8, 1, 0xFFFFFFFF) + line
    return head.ljust(0x200, b"\0") + text


def drawing(*texts: str) -> bytes:
    """Write a Visio drawing of version 11: one tree, one list of chunks."""
    content = b""
    for text in texts:
        body = bytes(8) + (text + "\n\0").encode("utf-16-le")
        content += struct.pack("<IIIIHB", 0x0E, 1, 0, len(body), 2, 0x50) + body
    content_at = 0x40
    tree_at = content_at + len(content)
    tree = struct.pack("<III", 4, 1, 0) + struct.pack("<IIIIH", 0x15, 0, content_at, len(content), 0xD0)
    head = b"Visio (TM) Drawing\r\n".ljust(0x1A, b"\0") + bytes([11]) + bytes(9)
    head += struct.pack("<IIIIH", 0x14, 0, tree_at, len(tree), 0x50)
    return head.ljust(content_at, b"\0") + content + tree
