"""Find the edits of a presentation: each save may leave the one before in the stream (MS-PPT 2.1.2, 2.3)."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Final

from proofroom.extract.ole.ppt_records import Kind, Record, Records

_USER_HEAD: Final = struct.Struct("<8xIII")
_LOCKED: Final = 0xF3D1C4DF
_MOST_EDITS: Final = 256
_MOST_LYING: Final = 16
_MOST_PLACES: Final = 1 << 21
_SESSION_AT: Final = 28
_LONGEST_NAME: Final = 255


@dataclass(frozen=True, slots=True)
class Edit:
    """One save: which record is the document, and where the records lie that it wrote."""

    at: int
    document: int
    directory: dict[int, int]
    directory_at: int
    session: int | None


@dataclass(frozen=True, slots=True)
class CurrentUser:
    """What the stream `Current User` says: where the last edit is, whether it is locked, who saved it."""

    last_edit: int
    locked: bool
    untrusted_name: str


def current_user(data: bytes | None) -> CurrentUser | None:
    """Read the stream `Current User`; None where it is missing or too short."""
    if data is None or len(data) < _USER_HEAD.size:
        return None
    _size, token, place = _USER_HEAD.unpack_from(data)
    name = ""
    if len(data) >= 28:
        length = struct.unpack_from("<H", data, 20)[0]
        wide = data[28 + length + 4 : 28 + length + 4 + 2 * length]
        name = wide.decode("utf-16-le", "replace") if length and length <= _LONGEST_NAME else ""
        if length and not wide:
            name = data[28 : 28 + min(length, _LONGEST_NAME)].decode("latin-1")
    return CurrentUser(place, token == _LOCKED, name.partition("\0")[0])


def edits(records: Records, user: CurrentUser | None) -> tuple[list[Edit], bool]:
    """Give the edits from the last to the first, and whether the chain that leads to them is whole."""
    found: list[Edit] = []
    known: dict[int, dict[int, int]] = {}
    seen: set[int] = set()
    place = user.last_edit if user else -1
    whole = True
    while len(found) < _MOST_EDITS and weight(found) < _MOST_PLACES:
        atom = records.at(place) if place not in seen else None
        if atom is None or atom.kind != Kind.USER_EDIT:
            whole = whole and place == 0
            break
        seen.add(place)
        edit, place = _edit(records, atom, known)
        whole = whole and bool(edit.directory)
        found.append(edit)
    else:
        whole = False
    if not found:
        lying = [one for one in records.top() if one.kind == Kind.USER_EDIT][-_MOST_LYING:]
        return [_edit(records, one, known)[0] for one in reversed(lying)], False
    return found, whole


def state(found: list[Edit], number: int = 0) -> dict[int, int]:
    """Give where each record lay after an edit (0 is the last): what it wrote, and what those before it had."""
    places: dict[int, int] = {}
    for edit in reversed(found[number:]):
        places.update(edit.directory)
    return places


def weight(found: list[Edit]) -> int:
    """Give how many places the directories of edits hold together."""
    return sum(len(edit.directory) for edit in found)


def _edit(records: Records, atom: Record, known: dict[int, dict[int, int]]) -> tuple[Edit, int]:
    """Read one edit; gives also where the one before it begins, 0 for none."""
    numbers = records.numbers(atom, "<8xIII")
    if numbers is None:
        records.whole = False
        return Edit(atom.at, 0, {}, 0, None), 0
    before, directory_at, document = numbers
    session = records.number(atom, "<I", _SESSION_AT) if atom.end - atom.start >= _SESSION_AT + 4 else None
    if directory_at not in known:
        known[directory_at] = _directory(records, directory_at)
    return Edit(atom.at, document, known[directory_at], directory_at, session), before


def _directory(records: Records, place: int) -> dict[int, int]:
    """Read a directory: runs of places, each headed by the number of its first record and how many there are."""
    atom = records.at(place)
    if atom is None or atom.kind != Kind.DIRECTORY:
        records.whole = False
        return {}
    found: dict[int, int] = {}
    body = records.body(atom)
    numbers = struct.unpack(f"<{len(body) // 4}I", body[: len(body) // 4 * 4])
    at = 0
    while at < len(numbers):
        first, count = numbers[at] & 0xFFFFF, numbers[at] >> 20
        found.update(enumerate(numbers[at + 1 : at + 1 + count], first))
        at += 1 + count
    return found
