"""Writes Windows shortcuts by hand (MS-SHLLINK)."""

from __future__ import annotations

import struct
import uuid
from dataclasses import dataclass, field

TICKS_2016 = 131_118_102_000_000_000  # 2016-07-01T01:30:00Z
DOS_2016 = (36 << 9 | 7 << 5 | 1) | (1 << 11 | 30 << 5) << 16
CARD = "02:00:5E:10:00:01"


@dataclass(slots=True)
class Link:
    """What a shortcut shall say; the parts without a value are left out."""

    items: list[bytes] = field(default_factory=list)
    volume: tuple[int, int, str] | None = None
    local: str = ""
    share: str = ""
    suffix: str = ""
    texts: dict[int, str] = field(default_factory=dict)
    blocks: list[bytes] = field(default_factory=list)
    wide: bool = True


def write(link: Link) -> bytes:
    """Write a shortcut."""
    flags = 0x80 * link.wide
    body = b""
    if link.items:
        flags |= 1
        held = b"".join(struct.pack("<H", len(item) + 2) + item for item in link.items) + b"\0\0"
        body += struct.pack("<H", len(held)) + held
    if link.volume or link.share:
        flags |= 2
        body += _info(link)
    for bit in (2, 3, 4, 5, 6):
        if bit in link.texts:
            flags |= 1 << bit
            text = link.texts[bit]
            body += struct.pack("<H", len(text if link.wide else text.encode("gbk")))
            body += text.encode("utf-16-le" if link.wide else "gbk")
    head = b"L\0\0\0" + bytes.fromhex("0114020000000000c000000000000046")
    head += struct.pack("<IIQQQIiIH10x", flags, 0x20, TICKS_2016, 0, TICKS_2016, 1_234, 3, 1, 0x0341)
    return head + body + b"".join(link.blocks) + bytes(4)


def _info(link: Link) -> bytes:
    """Write volume, share and paths."""
    volume = share = b""
    if link.volume:
        kind, serial, label = link.volume
        name = label.encode("gbk") + b"\0"
        volume = struct.pack("<4I", 16 + len(name), kind, serial, 16) + name
    if link.share:
        name = link.share.encode() + b"\0"
        share = struct.pack("<5I", 20 + len(name) + 3, 3, 20, 20 + len(name), 0x20000) + name + b"Z:\0"
    local = link.local.encode("gbk") + b"\0"
    suffix = link.suffix.encode("gbk") + b"\0"
    wide_local = (link.local + "\0").encode("utf-16-le")
    wide_suffix = (link.suffix + "\0").encode("utf-16-le")
    places = [36]
    for part in (volume, local, share, suffix, wide_local):
        places.append(places[-1] + len(part))
    at_volume, at_local, at_share, at_suffix, at_wide, at_wide_suffix = places
    flags = (1 if link.volume else 0) | (2 if link.share else 0)
    body = volume + local + share + suffix + wide_local + wide_suffix
    return (
        struct.pack(
            "<9I",
            36 + len(body),
            36,
            flags,
            at_volume,
            at_local,
            at_share,
            at_suffix,
            at_wide,
            at_wide_suffix,
        )
        + body
    )


def computer() -> bytes:
    """Write the item that stands for the computer."""
    return b"\x1f\x50" + uuid.UUID("20D04FE0-3AEA-1069-A2D8-08002B30309D").bytes_le


def drive(letter: str) -> bytes:
    """Write the item of a drive."""
    return b"\x2f" + f"{letter}:\\".encode() + bytes(19)


def entry(short: str, long: str, *, folder: bool, version: int = 8) -> bytes:
    """Write the item of a file or a folder."""
    name = short.encode() + b"\0"
    name += b"\0" * (len(name) % 2)
    head = (
        bytes((0x31 if folder else 0x32, 0))
        + struct.pack("<IIH", 77, DOS_2016, 0x10 if folder else 0x20)
        + name
    )
    extra = struct.pack("<H", version) + b"\x04\0\xef\xbe" + struct.pack("<IIH", DOS_2016, DOS_2016, 0x14)
    if version >= 7:
        extra += struct.pack("<HQQ", 0, 7 << 48 | 4_711, 0)
    extra += bytes(2) + bytes(4) * (version >= 9) + bytes(4) * (version >= 8)
    extra += (long + "\0").encode("utf-16-le") + struct.pack("<H", len(head) + 2)
    return head + struct.pack("<H", len(extra) + 2) + extra


def block(signature: int, body: bytes) -> bytes:
    """Write one block of extra data."""
    return struct.pack("<II", len(body) + 8, signature) + body


def tracker(machine: str) -> bytes:
    """Write the block by which a moved target is found again."""
    moment = TICKS_2016 + 5_748_192_000_000_000
    fields = (moment & 0xFFFFFFFF, moment >> 32 & 0xFFFF, moment >> 48 | 0x1000)
    droid = struct.pack("<IHH", *fields) + b"\x80\x01" + bytes.fromhex(CARD.replace(":", ""))
    volume = uuid.UUID(int=5).bytes_le
    return block(
        0xA0000003, struct.pack("<II", 0x58, 0) + machine.encode().ljust(16, b"\0") + (volume + droid) * 2
    )


def environment(path: str) -> bytes:
    """Write the block that holds a path with variables."""
    return block(0xA0000001, path.encode().ljust(260, b"\0") + path.encode("utf-16-le").ljust(520, b"\0"))


def store(set_id: str, number: int, kind: int, value: bytes) -> bytes:
    """Write a block with one property."""
    item = struct.pack("<IBHH", number, 0, kind, 0) + value
    held = struct.pack("<I", len(item) + 4) + item + bytes(4)
    inside = struct.pack("<I", 0x53505331) + uuid.UUID(set_id).bytes_le + held
    return block(0xA0000009, struct.pack("<I", len(inside) + 4) + inside + bytes(4))
