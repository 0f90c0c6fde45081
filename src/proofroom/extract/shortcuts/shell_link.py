"""Read a Windows shortcut (MS-SHLLINK): where it leads, what it starts, and which computer it was made on."""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from proofroom.extract.encoding import decode_all, find_encoding
from proofroom.extract.letters.mapi_values import hexed
from proofroom.extract.ole.filetime import iso_time
from proofroom.extract.shortcuts.cursor import Cut, guid, narrow, number, wide
from proofroom.extract.shortcuts.property_store import store_facts
from proofroom.extract.shortcuts.shell_items import path_of, steps

HEADER: Final = b"L\0\0\0\1\x14\2\0\0\0\0\0\xc0\0\0\0\0\0\0F"
_HEADER_SIZE: Final = 76
_ID_LIST, _INFO, _WIDE = 1, 2, 0x80
_STRINGS: Final = (
    (4, "name"),
    (8, "relative-path"),
    (16, "working-directory"),
    (32, "arguments"),
    (64, "icon"),
)
_FLAGS: Final = (
    *("id-list", "link-info", "name", "relative-path", "working-directory", "arguments", "icon", "unicode"),
    *("no-link-info", "environment", "separate-process", "", "darwin", "run-as", "icon-environment"),
    *(
        "no-alias",
        "",
        "shim",
        "no-tracking",
        "metadata",
        "no-path-tracking",
        "no-tracking-by-id",
        "no-alias-in",
    ),
    *("prefers-environment", "unaliased-on-save", "local-unc"),
)
_DRIVES: Final = ("unknown", "no root", "removable", "fixed", "network", "CD-ROM", "RAM disk")
_SHOWS: Final = {1: "normal", 3: "maximised", 7: "minimised"}
_MOST_BLOCKS: Final = 100


@dataclass(slots=True)
class Shortcut:
    """What a shortcut says: places it leads to, texts by name, facts; `damaged` when something does not fit."""

    targets: list[str] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)
    facts: list[tuple[str, str]] = field(default_factory=list)
    damaged: bool = False
    cut: bool = False
    end: int = 0

    def fact(self, key: str, value: str) -> None:
        """Keep a fact that says something."""
        if value:
            self.facts.append((key, value))

    def target(self, path: str) -> None:
        """Keep a place once."""
        if path and path not in self.targets:
            self.targets.append(path)


def read_shortcut(data: bytes) -> Shortcut:
    """Read a shortcut; what is cut short gives what stands before; raises Cut when not even the header is there."""
    found = Shortcut()
    number(data, _HEADER_SIZE - 1, 1)
    flags = number(data, 20, 4)
    _header(data, flags, found)
    try:
        at = _HEADER_SIZE
        if flags & _ID_LIST:
            size = number(data, at, 2)
            _id_list(data[at + 2 : at + 2 + size], found)
            at += 2 + size
        if flags & _INFO and not flags & 0x100:
            size = number(data, at, 4)
            _link_info(data[at : at + size], found)
            at += max(size, 4)
        at = _strings(data, at, flags, found)
        _blocks(data, at, found)
    except Cut:
        found.cut = True
    return found


def _header(data: bytes, flags: int, found: Shortcut) -> None:
    """Take what the header says of the target as it was when the shortcut was last saved."""
    attributes, created, accessed, written, size, icon, show, hotkey = struct.unpack_from(
        "<IQQQIiIH", data, 24
    )
    found.fact("flags", " ".join(name for bit, name in enumerate(_FLAGS) if name and flags >> bit & 1))
    found.fact("target-attributes", f"0x{attributes:08X}")
    found.fact("target-created", iso_time(created))
    found.fact("target-accessed", iso_time(accessed))
    found.fact("target-modified", iso_time(written))
    found.fact("target-size", str(size) if size else "")
    found.fact("icon-index", str(icon) if icon else "")
    found.fact("show", _SHOWS.get(show, str(show)))
    found.fact("hotkey", f"0x{hotkey:04X}" if hotkey else "")


def _id_list(data: bytes, found: Shortcut) -> None:
    """Take the way to the target step by step."""
    way, whole = steps(data)
    found.damaged = found.damaged or not whole
    found.target(path_of(way))
    for step in way:
        found.fact("step", "; ".join((step.name, *step.facts)))


def _link_info(data: bytes, found: Shortcut) -> None:
    """Take volume and paths (2.3)."""
    head, flags = number(data, 4, 4), number(data, 8, 4)
    volume, local, network, suffix = (number(data, at, 4) for at in (12, 16, 20, 24))
    rest = narrow(data, suffix)
    if head >= 0x24:
        rest = wide(data, number(data, 32, 4)) or rest
    if flags & 1:
        _volume(data[volume:], found)
        base = (wide(data, number(data, 28, 4)) if head >= 0x24 else "") or narrow(data, local)
        found.target(base + rest)
    if flags & 2:
        share = data[network:]
        name = (
            wide(share, number(share, 20, 4))
            if number(share, 8, 4) > 0x14
            else narrow(share, number(share, 8, 4))
        )
        device = narrow(share, number(share, 12, 4)) if number(share, 4, 4) & 1 else ""
        found.fact("share", name)
        found.fact("share-device", device)
        found.target(f"{name}\\{rest}" if rest else name)


def _volume(data: bytes, found: Shortcut) -> None:
    kind, label = number(data, 4, 4), number(data, 12, 4)
    found.fact("volume-kind", _DRIVES[kind] if kind < len(_DRIVES) else str(kind))
    found.fact("volume-serial", f"{number(data, 8, 4):08X}")
    found.fact("volume-label", wide(data, number(data, 16, 4)) if label == 0x14 else narrow(data, label))


def _strings(data: bytes, at: int, flags: int, found: Shortcut) -> int:
    """Take the texts that follow (2.4); gives where they end."""
    for bit, key in _STRINGS:
        if not flags & bit:
            continue
        length = number(data, at, 2) * (2 if flags & _WIDE else 1)
        raw = data[at + 2 : at + 2 + length]
        at += 2 + length
        wide_text = raw[: len(raw) & ~1].decode("utf-16-le", "replace")
        found.texts[key] = wide_text if flags & _WIDE else decode_all(raw, find_encoding(raw, True).encoding)
        if len(raw) < length:
            raise Cut
    return at


def _blocks(data: bytes, at: int, found: Shortcut) -> None:
    """Take the blocks of extra data (2.5) up to the one that ends them."""
    for _ in range(_MOST_BLOCKS):
        size = number(data, at, 4)
        if size < 4:
            found.end = at + 4
            return
        block = data[at : at + size]
        signature = number(block, 4, 4)
        known = _BLOCKS.get(signature)
        if known is not None:
            known(block, found)
        else:
            found.fact(f"block-{signature:08X}", hexed(block[8:2_056]))
        if len(block) < size:
            raise Cut
        at += size


def _environment(block: bytes, found: Shortcut) -> None:
    found.target(wide(block, 268) or narrow(block, 8))


def _icon(block: bytes, found: Shortcut) -> None:
    found.fact("icon-environment", wide(block, 268) or narrow(block, 8))


def _tracker(block: bytes, found: Shortcut) -> None:
    """Take the computer's name and the ids by which Windows finds a moved target again (2.5.10)."""
    found.fact("machine", narrow(block[:32], 16))
    if len(block) < 96:
        raise Cut
    for key, at in (("droid", 32), ("birth-droid", 64)):
        found.fact(f"{key}-volume", guid(block, at))
        object_id = block[at + 16 : at + 32]
        found.fact(f"{key}-object", guid(block, at + 16))
        # An id of version 1 holds a time and the address of a network card (RFC 4122).
        if object_id[7] >> 4 == 1:
            ticks = int.from_bytes(object_id[:8], "little") & 0x0FFFFFFFFFFFFFFF
            found.fact(f"{key}-time", iso_time(ticks - 5_748_192_000_000_000))
            found.fact(f"{key}-network-card", ":".join(f"{byte:02X}" for byte in object_id[10:16]))


def _special(block: bytes, found: Shortcut) -> None:
    found.fact("special-folder", f"0x{number(block, 8, 4):02X}")


def _known_folder(block: bytes, found: Shortcut) -> None:
    found.fact("known-folder", guid(block, 8))


def _darwin(block: bytes, found: Shortcut) -> None:
    found.fact("installer", wide(block, 268) or narrow(block, 8))


def _shim(block: bytes, found: Shortcut) -> None:
    found.fact("compatibility", wide(block, 8))


def _codepage(block: bytes, found: Shortcut) -> None:
    found.fact("console-codepage", str(number(block, 8, 4)))


def _console(block: bytes, found: Shortcut) -> None:
    found.fact("console-font", wide(block[:108], 44))


def _newer_list(block: bytes, found: Shortcut) -> None:
    _id_list(block[8:], found)


def _store(block: bytes, found: Shortcut) -> None:
    facts, whole = store_facts(block[8:])
    found.damaged = found.damaged or not whole
    found.facts += facts


_BLOCKS: Final[dict[int, Callable[[bytes, Shortcut], None]]] = {
    0xA0000001: _environment,
    0xA0000002: _console,
    0xA0000003: _tracker,
    0xA0000004: _codepage,
    0xA0000005: _special,
    0xA0000006: _darwin,
    0xA0000007: _icon,
    0xA0000008: _shim,
    0xA0000009: _store,
    0xA000000B: _known_folder,
    0xA000000C: _newer_list,
}
