"""Tell what a file system says of itself: its label, number and dates, and how much of it is free."""

from __future__ import annotations

import struct
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import Any, Final

from proofroom.extract.containers.archive_entries import moment
from proofroom.extract.containers.disk_image import BROKEN, Volume
from proofroom.extract.containers.giving import text_of
from proofroom.extract.format import Source

_MAC_EPOCH: Final = datetime(1904, 1, 1, tzinfo=UTC)
_BITMAP: Final = 6
_VOLUME: Final = 3
_VOLUME_NAME: Final = 96
_PIECE: Final = 1 << 20
_FAT12_CLUSTERS, _FAT16_CLUSTERS = 4_085, 65_525
_LARGEST_TABLE: Final = 1 << 30


def facts_of(source: Source, volume: Volume, system: Any) -> dict[str, str]:
    """Give what the first sectors of a file system hold; a number that makes no sense is left out."""
    source.untrusted.seek(volume.start)
    head = source.untrusted.read(4_096).ljust(4_096, b"\0")
    told: dict[str, Callable[[], dict[str, str]]] = {
        "fat": lambda: _fat(source, volume, head),
        "exfat": lambda: _exfat(head),
        "ntfs": lambda: _ntfs(system, head),
        "ext": lambda: _ext(head[1_024:2_048]),
        "hfs": lambda: _hfs(head[1_024:1_536]),
    }
    try:
        facts = told[volume.kind]() if volume.kind in told else {}
    except (*BROKEN, struct.error, ArithmeticError):
        facts = {}
    facts["block-size"] = str(system.info.block_size)
    facts["blocks"] = str(system.info.block_count)
    return {key: value for key, value in facts.items() if value}


def _fat(source: Source, volume: Volume, head: bytes) -> dict[str, str]:
    sector, per_cluster, reserved, tables, roots, small, _, table = struct.unpack_from("<HBHBHHBH", head, 11)
    sectors = small or int.from_bytes(head[32:36], "little")
    wide = not table
    table = table or int.from_bytes(head[36:40], "little")
    data = sectors - reserved - tables * table - -(-roots * 32 // sector)
    clusters = data // per_cluster
    bits = 32 if wide else 12 if clusters < _FAT12_CLUSTERS else 16
    at = 67 if wide else 39
    free = _free_clusters(source, volume.start + reserved * sector, clusters, bits)
    return {
        "maker": text_of(head[3:11]).strip(),
        "serial": head[at : at + 4][::-1].hex(),
        "label": text_of(head[at + 4 : at + 15]).strip(),
        "variant": f"FAT{bits}",
        "free": str(free * per_cluster * sector),
    }


def _free_clusters(source: Source, at: int, clusters: int, bits: int) -> int:
    """Count the entries of the first table that are zero."""
    size = -(-(clusters + 2) * bits // 8)
    if size > min(_LARGEST_TABLE, source.size):
        return 0
    source.untrusted.seek(at)
    table = source.untrusted.read(size + 1)
    if bits == 12:
        pairs = (int.from_bytes(table[place : place + 3], "little") for place in range(0, size, 3))
        numbers = chain.from_iterable((pair & 0xFFF, pair >> 12) for pair in pairs)
        return sum(not number for _, number in zip(range(clusters + 2), numbers, strict=False))
    width = bits // 8
    whole = len(table) // width * width
    form = f"<{whole // width}{'H' if width == 2 else 'I'}"
    mask = 0xFFFF if width == 2 else 0x0FFFFFFF
    return sum(not number & mask for number in struct.unpack(form, table[:whole])[: clusters + 2])


def _exfat(head: bytes) -> dict[str, str]:
    return {"serial": head[100:104][::-1].hex(), "percent-in-use": str(head[112]) if head[112] <= 100 else ""}


def _ntfs(system: Any, head: bytes) -> dict[str, str]:
    sector, per_cluster = struct.unpack_from("<HB", head, 11)
    label = b""
    for attribute in system.open_meta(inode=_VOLUME):
        if int(attribute.info.type) == _VOLUME_NAME and attribute.info.size:
            length = min(int(attribute.info.size), 256)
            label = system.open_meta(inode=_VOLUME).read_random(
                0, length, _VOLUME_NAME, int(attribute.info.id)
            )
    bitmap = system.open_meta(inode=_BITMAP)
    size, free, at = int(bitmap.info.meta.size), 0, 0
    while at < min(size, _LARGEST_TABLE) and (piece := bitmap.read_random(at, min(_PIECE, size - at))):
        free += len(piece) * 8 - int.from_bytes(piece, "little").bit_count()
        at += len(piece)
    return {
        "serial": head[72:80][::-1].hex(),
        "label": label.decode("utf-16-le", "replace"),
        "free": str(free * sector * per_cluster),
    }


def _ext(block: bytes) -> dict[str, str]:
    free = int.from_bytes(block[12:16], "little")
    size = 1_024 << int.from_bytes(block[24:28], "little")
    moments = {
        name: int.from_bytes(block[at : at + 4], "little")
        for name, at in (("made", 264), ("mounted", 44), ("written", 48), ("checked", 64))
    }
    return {
        "id": block[104:120].hex(),
        "label": text_of(block[120:136].partition(b"\0")[0]),
        "mounted-on": text_of(block[136:200].partition(b"\0")[0]),
        "free": str(free * size),
        **{name: moment(seconds) for name, seconds in moments.items() if seconds},
    }


def _hfs(block: bytes) -> dict[str, str]:
    moments = dict(
        zip(("made", "written", "backed-up", "checked"), struct.unpack_from(">4I", block, 16), strict=True)
    )
    size, _, free = struct.unpack_from(">3I", block, 40)
    return {
        "id": block[104:112].hex(),
        "free": str(free * size),
        **{
            name: f"{_MAC_EPOCH + timedelta(seconds=at):%Y-%m-%dT%H:%M:%SZ}"
            for name, at in moments.items()
            if at
        },
    }
