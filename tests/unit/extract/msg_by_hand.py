"""Writes Outlook items by hand (MS-OXMSG), and compresses rich text as they hold it (MS-OXRTFCP)."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass, field

from proofroom.extract.ole.compound_copy import Node, write_compound

Values = dict[int, bytes | int | list[bytes]]
"""Properties by their number and kind, as in 0x0037001F; fixed ones as numbers."""

TICKS_2016 = 131_118_102_000_000_000  # 2016-07-01T01:30:00Z


@dataclass(slots=True)
class Attached:
    """An attachment: its properties, and what it holds."""

    values: Values
    data: bytes | Node | None = None


@dataclass(slots=True)
class Item:
    """A message or other item; `names` are (GUID or 1 or 2, number or name) of properties from 0x8000 on."""

    values: Values
    recipients: list[Values] = field(default_factory=list)
    attached: list[Attached] = field(default_factory=list)
    names: list[tuple[bytes | int, int | str]] = field(default_factory=list)


def wide(text: str) -> bytes:
    """Encode as MAPI's Unicode texts are."""
    return text.encode("utf-16-le")


def storage(item: Item, *, inner: bool = False) -> Node:
    """Lay an item out as a storage."""
    counts = struct.pack("<4I", *(len(some) for some in (item.recipients, item.attached) * 2))
    root = Node("")
    root.inside = _streams(item.values, bytes(8) + counts + (b"" if inner else bytes(8)))
    for number, values in enumerate(item.recipients):
        root.inside.append(Node(f"__recip_version1.0_#{number:08X}", inside=_streams(values, bytes(8))))
    for number, one in enumerate(item.attached):
        inside = _streams(one.values, bytes(8))
        if isinstance(one.data, Node):
            one.data.name = "__substg1.0_3701000D"
            inside.append(one.data)
        elif one.data is not None:
            inside.append(Node.of_bytes("__substg1.0_37010102", one.data))
        root.inside.append(Node(f"__attach_version1.0_#{number:08X}", inside=inside))
    if not inner:
        root.inside.append(_names(item.names))
    return root


def write(item: Item) -> bytes:
    """Write an item as a file."""
    return b"".join(write_compound(storage(item)))


def _streams(values: Values, head: bytes) -> list[Node]:
    lines, nodes = head, []
    for key, value in values.items():
        tag, kind = key >> 16, key & 0xFFFF
        lines += struct.pack("<HHI", kind, tag, 6)
        name = f"__substg1.0_{key:08X}"
        if isinstance(value, int):
            lines += struct.pack("<q", value)
        elif isinstance(value, bytes):
            lines += struct.pack("<II", len(value), 0)
            nodes.append(Node.of_bytes(name, value))
        else:
            lines += struct.pack("<II", len(value), 0)
            width = 8 if kind == 0x1102 else 4
            nodes.append(Node.of_bytes(name, b"".join(len(one).to_bytes(width, "little") for one in value)))
            nodes += [Node.of_bytes(f"{name}-{number:08X}", one) for number, one in enumerate(value)]
    return [Node.of_bytes("__properties_version1.0", lines), *nodes]


def _names(names: list[tuple[bytes | int, int | str]]) -> Node:
    guids, entries, strings = b"", b"", b""
    for index, (known, name) in enumerate(names):
        place = known if isinstance(known, int) else 3 + len(guids) // 16
        guids += known if isinstance(known, bytes) else b""
        if isinstance(name, int):
            entries += struct.pack("<IHH", name, place << 1, index)
        else:
            entries += struct.pack("<IHH", len(strings), place << 1 | 1, index)
            raw = wide(name)
            strings += struct.pack("<I", len(raw)) + raw + bytes(-len(raw) % 4)
    parts = (("00020102", guids), ("00030102", entries), ("00040102", strings))
    return Node("__nameid_version1.0", inside=[Node.of_bytes(f"__substg1.0_{n}", data) for n, data in parts])


def packed_rtf(rtf: bytes, *, references: bool = False) -> bytes:
    """Compress rich text: as nothing but literals, or with one reference that repeats its last sixteen bytes."""
    body = b""
    tokens: list[bytes] = [bytes((value,)) for value in rtf]
    at = (207 + len(rtf)) % 4096
    if references:
        tokens.append(struct.pack(">H", ((at - 16) % 4096) << 4 | 14))
        at += 16
    tokens.append(struct.pack(">H", (at % 4096) << 4))
    for start in range(0, len(tokens), 8):
        group = tokens[start : start + 8]
        control = sum((len(token) == 2) << bit for bit, token in enumerate(group))
        body += bytes((control,)) + b"".join(group)
    checksum = zlib.crc32(body, 0xFFFFFFFF) ^ 0xFFFFFFFF
    length = len(rtf) + 16 * references
    return struct.pack("<II4sI", len(body) + 12, length, b"LZFu", checksum) + body
