"""Write the properties of a serialized property store (MS-PROPSTORE) as facts."""

from __future__ import annotations

from typing import Final

from proofroom.extract.encoding import decode_all, find_encoding
from proofroom.extract.letters.mapi_values import hexed
from proofroom.extract.ole.filetime import iso_time
from proofroom.extract.shortcuts.cursor import Cut, guid, number

_VERSION: Final = 0x53505331
_NAMED: Final = "D5CDD505-2E9C-101B-9397-08002B2CF9AE"
_MOST: Final = 1_000
_KNOWN: Final = {
    ("46588AE2-4CBC-4338-BBFC-139326986DCE", 4): "owner-sid",
    ("446D16B1-8DAD-4870-A748-402EA43D788C", 104): "volume-id",
    ("B725F130-47EF-101A-A5F1-02608C9EEBAC", 10): "item-name",
    ("B725F130-47EF-101A-A5F1-02608C9EEBAC", 12): "item-size",
    ("B725F130-47EF-101A-A5F1-02608C9EEBAC", 14): "item-modified",
    ("B725F130-47EF-101A-A5F1-02608C9EEBAC", 15): "item-created",
    ("28636AA6-953D-11D2-B5D6-00C04FD918D0", 30): "parsing-path",
    ("28636AA6-953D-11D2-B5D6-00C04FD918D0", 32): "item-folder",
    ("DABD30ED-0043-4789-A7F8-D013A4736622", 100): "item-folder-path",
    ("9F4C2855-9F79-4B39-A8D0-E1D42DE1D5F3", 5): "app-id",
    ("86D40B4D-9069-443C-819A-2A54090DCCEC", 2): "tile-path",
}
_WIDTHS: Final = {2: 2, 18: 2, 3: 4, 19: 4, 22: 4, 23: 4, 20: 8, 21: 8, 16: 1, 17: 1}
_SIGNED: Final = (2, 3, 16, 20, 22)


def store_facts(data: bytes) -> tuple[list[tuple[str, str]], bool]:
    """Give each property as (key, text), and whether the store ended as it should."""
    found: list[tuple[str, str]] = []
    at = 0
    try:
        while len(found) < _MOST:
            size = number(data, at, 4)
            if not size:
                return found, True
            if size < 28 or number(data, at + 4, 4) != _VERSION:
                return found, False
            _storage(data[at : at + size], found)
            at += size
    except Cut:
        pass
    return found, False


def _storage(data: bytes, found: list[tuple[str, str]]) -> None:
    """Take the properties of one set."""
    set_id = guid(data, 8)
    at = 24
    while size := number(data, at, 4):
        item = data[at : at + size]
        if size < 13 or len(item) < size or len(found) >= _MOST:
            raise Cut
        if set_id == _NAMED:
            length = number(item, 4, 4)
            name = item[9 : 9 + length].decode("utf-16-le", "replace").rstrip("\0")
            value = _value(item[9 + length :])
        else:
            name = _KNOWN.get((set_id, number(item, 4, 4)), f"{set_id}/{number(item, 4, 4)}")
            value = _value(item[9:])
        if value.strip():
            found.append((f"property:{name[:200]}", value))
        at += size


def _value(raw: bytes) -> str:
    """Write a typed value (MS-OLEPS 2.15)."""
    kind, body = number(raw, 0, 2), raw[4:]
    if kind in (30, 31):
        length = number(body, 0, 4) * (2 if kind == 31 else 1)
        text = body[4 : 4 + length]
        if kind == 31:
            return text[: len(text) & ~1].decode("utf-16-le", "replace").rstrip("\0")
        return decode_all(text, find_encoding(text, True).encoding).rstrip("\0")
    if kind in _WIDTHS:
        plain = body[: _WIDTHS[kind]]
        return str(int.from_bytes(plain, "little", signed=kind in _SIGNED))
    if kind == 64:
        return iso_time(number(body, 0, 8))
    if kind == 11:
        return "TRUE" if number(body, 0, 2) else "FALSE"
    if kind == 72:
        return guid(body, 0)
    return f"kind {kind}: {hexed(body[:2_048])}"
