"""Spell out a list of shell items: the way to a target step by step, with the times kept of each step."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from proofroom.extract.letters.mapi_values import hexed
from proofroom.extract.shortcuts.cursor import Cut, guid, narrow, number, wide

_MOST: Final = 1_000
_ROOT, _VOLUME, _FILE, _NETWORK = 0x1F, 0x20, 0x30, 0x40
_KIND: Final = 0x70
_UNICODE, _FOLDER = 0x04, 0x01
_EXTENSION: Final = b"\x04\0\xef\xbe"
_NAME_AT: Final = {3: 20, 7: 38, 8: 42, 9: 46}
_KNOWN: Final = {
    "20D04FE0-3AEA-1069-A2D8-08002B30309D": "Computer",
    "450D8FBA-AD25-11D0-98A8-0800361B1103": "Documents",
    "208D2C60-3AEA-1069-A2D7-08002B30309D": "Network",
    "645FF040-5081-101B-9F08-00AA002F954E": "Recycle Bin",
    "21EC2020-3AEA-1069-A2DD-08002B30309D": "Control Panel",
    "871C5380-42A0-1069-A2EA-08002B30309D": "Internet Explorer",
    "59031A47-3F72-44A7-89C5-5595FE6B30EE": "User folder",
    "031E4825-7B94-4DC3-B131-E946B44C8DD5": "Libraries",
    "018D5C66-4533-4307-9B53-224DE2ED1FE6": "OneDrive",
    "B4BFCC3A-DB2C-424C-B029-7FE99A87C641": "Desktop",
    "088E3905-0323-4B02-9826-5D99428E115F": "Downloads",
    "374DE290-123F-4565-9164-39C4925E467B": "Downloads",
}


@dataclass(slots=True)
class Step:
    """One item: what it is called, and what is kept about it."""

    name: str
    facts: list[str] = field(default_factory=list)


def steps(data: bytes) -> tuple[list[Step], bool]:
    """Give the items of a list, and whether it ended as it should."""
    found: list[Step] = []
    at = 0
    while at + 2 <= len(data) and len(found) < _MOST:
        size = number(data, at, 2)
        if not size:
            return found, True
        item = data[at : at + size]
        if size < 3 or len(item) < size:
            return found, False
        found.append(_step(item))
        at += size
    return found, False


def path_of(found: list[Step]) -> str:
    """Write the steps as a path."""
    path = ""
    for step in found:
        path += ("\\" if path and not path.endswith("\\") else "") + step.name
    return path


def _step(item: bytes) -> Step:
    """Read one item by its kind; of an unknown one its bytes are kept."""
    kind = item[2]
    try:
        if kind == _ROOT:
            known = guid(item, 4)
            return Step(_KNOWN.get(known, f"{{{known}}}"), [f"folder={known}"])
        if kind & _KIND == _VOLUME:
            return Step(narrow(item, 3) or "?")
        if kind & _KIND == _FILE:
            return _file(item, kind)
        if kind & _KIND == _NETWORK:
            return Step(narrow(item, 5) or "?")
    except Cut:
        pass
    return Step("?", [f"item={hexed(item[:2_048])}"])


def _file(item: bytes, kind: int) -> Step:
    """Read a file or folder: its short name, size, times, and what newer systems add."""
    short = wide(item, 14) if kind & _UNICODE else narrow(item, 14)
    step = Step(short, ["folder" if kind & _FOLDER else f"size={number(item, 4, 4)}"])
    _add(step, "modified", dos_time(number(item, 8, 4)))
    step.facts.append(f"attributes=0x{number(item, 12, 2):04X}")
    at = item.find(_EXTENSION, 14) - 4
    if at < 14:
        return step
    version = number(item, at + 2, 2)
    _add(step, "created", dos_time(number(item, at + 8, 4)))
    _add(step, "accessed", dos_time(number(item, at + 12, 4)))
    if version >= 7:
        reference = number(item, at + 20, 8)
        if reference:
            step.facts.append(f"mft={reference & 0xFFFFFFFFFFFF}-{reference >> 48}")
    place = _NAME_AT.get(version) or (_NAME_AT[9] if version > 9 else 0)
    long = wide(item, at + place) if place else ""
    if long and long != short:
        step.facts.append(f"short={short}")
        step.name = long
    return step


def _add(step: Step, key: str, value: str) -> None:
    if value:
        step.facts.append(f"{key}={value}")


def dos_time(packed: int) -> str:
    """Write a time as FAT keeps it, date in the lower half; no zone is kept with it."""
    day, clock = packed & 0xFFFF, packed >> 16
    if not day:
        return ""
    try:
        return datetime(  # noqa: DTZ001 - no zone is kept
            1980 + (day >> 9), day >> 5 & 15, day & 31, clock >> 11, clock >> 5 & 63, (clock & 31) * 2
        ).isoformat()
    except ValueError:
        return ""
