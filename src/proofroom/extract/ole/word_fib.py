"""Read the file information block of a Word document (MS-DOC 2.5; Word 6 and 95): where everything stands.

A document is the stream `WordDocument`, in Word 97 and later with a table stream and `Data` beside it. Both
generations keep the same tables in the same order; only where their places are written differs.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Final

from proofroom.extract.format import Unreadable
from proofroom.model.states import Reason, State

MARKS: Final = (0xA5EC, 0xA5DC, 0xA5DB, 0xA59B, 0xA59C)
"""What a document of Word begins with, from 97 back to 2."""

COUNTS: Final = ("main", "notes", "headers", "macros", "comments", "endnotes", "boxes", "header-boxes")
"""The documents inside a document, in the order in which their texts follow each other."""

_NAMES: Final = {
    "styles": 1, "note-places": 2, "note-texts": 3, "comment-places": 4, "comment-texts": 5, "sections": 6,
    "headers": 11, "characters": 12, "paragraphs": 13, "fonts": 15, "bookmarks": 21, "settings": 31,
    "associated": 32, "pieces": 33, "comment-authors": 36, "shapes": 40, "header-shapes": 41,
    "endnote-places": 46, "endnote-texts": 47, "drawings": 50, "revision-authors": 51, "box-texts": 56,
    "header-box-texts": 58, "variables": 60, "saved-by": 71, "file-names": 72, "lists": 73, "list-uses": 74,
    "comment-dates": 112, "revision-ids": 113,
}  # fmt: skip
_OLD_NAMES: Final = {
    name: 0x58 + 8 * number for name, number in _NAMES.items() if number <= _NAMES["comment-authors"]
} | {
    "endnote-places": 0x1D2, "endnote-texts": 0x1DA, "revision-authors": 0x1FA, "box-texts": 0x222,
    "header-box-texts": 0x232,
}  # fmt: skip
_FIRST_NEW: Final = 0x69
_OLD_SIZE: Final = 0x242
_PLACES: Final = 0x9A
_LEAST: Final = 0x9A
_EXTENDED: Final = 0x1000
_WORD_95: Final = 104
_WORD_6: Final = 101


@dataclass(frozen=True, slots=True)
class Fib:
    """What the block says: generation, flags, language, lengths of the texts, places of the tables, own length."""

    version: int
    old: bool
    flags: int
    language: int
    key: int
    autotext: int
    text_start: int
    text_end: int
    counts: dict[str, int]
    places: dict[str, tuple[int, int]]
    builds: tuple[int, int]
    size: int = 0

    @property
    def encrypted(self) -> bool:
        """Tell whether the document is under a password."""
        return bool(self.flags & 0x100)

    @property
    def obfuscated(self) -> bool:
        """Tell whether the password only obfuscates it (XOR)."""
        return bool(self.flags & 0x8000)

    @property
    def complex(self) -> bool:
        """Tell whether a document of Word 6 or 95 was saved in pieces."""
        return bool(self.flags & 0x4)

    @property
    def wide(self) -> bool:
        """Tell whether a document of Word 95 keeps its text in two bytes a character."""
        return self.old and self.version >= _WORD_95 - 1 and bool(self.flags & _EXTENDED)

    @property
    def ancient(self) -> bool:
        """Tell whether it is older than Word 6: then only its text is read."""
        return self.version < _WORD_6

    @property
    def quick_saves(self) -> int:
        """How often only changes were written since it was last saved in full."""
        return self.flags >> 4 & 0xF

    @property
    def table_name(self) -> str:
        """The stream that holds the tables, "" where they stand in the document's own."""
        if self.old:
            return ""
        return "1Table" if self.flags & 0x200 else "0Table"


def read_fib(data: bytes, start: int = 0) -> Fib:
    """Read the block that begins at a place in `WordDocument`; raises Unreadable when there is none."""
    data = data[start : start + 0x1000]
    if len(data) < _LEAST or struct.unpack_from("<H", data)[0] not in MARKS:
        raise Unreadable(State.DAMAGED, Reason.NOT_WELL_FORMED)
    version, _, language, autotext, flags = struct.unpack_from("<5H", data, 2)
    (key,) = struct.unpack_from("<I", data, 14)
    old = version < _FIRST_NEW
    text_start, text_end = struct.unpack_from("<II", data, 0x18)
    (size,) = struct.unpack_from("<I", data, 0x20 if old else 0x40)
    counts_at = 0x34 if old else _counts_at(data)
    if version < _WORD_6:
        return Fib(version, old, flags, language, key, 0, text_start, text_end, {}, {}, (0, 0), size)
    counts = dict(
        zip(COUNTS, struct.unpack_from("<8i", data.ljust(counts_at + 32, b"\0"), counts_at), strict=True)
    )
    if any(count < 0 for count in counts.values()) and not flags & 0x100:
        counts = {name: max(count, 0) for name, count in counts.items()}
    builds = (0, 0) if old else struct.unpack_from("<II", data.ljust(0x4C, b"\0"), 0x44)
    places = _old_places(data) if old else _places(data)
    return Fib(
        version,
        old,
        flags,
        language,
        key,
        autotext,
        text_start,
        text_end,
        counts,
        places,
        (builds[0], builds[1]),
        size,
    )


def _counts_at(data: bytes) -> int:
    """Give where the lengths of the texts stand behind the words, whose number the block states."""
    (words,) = struct.unpack_from("<H", data, 0x20)
    return 0x22 + 2 * (words if words < 64 else 14) + 2 + 12


def _old_places(data: bytes) -> dict[str, tuple[int, int]]:
    data = data.ljust(_OLD_SIZE, b"\0")
    return {name: struct.unpack_from("<II", data, at) for name, at in _OLD_NAMES.items()}


def _places(data: bytes) -> dict[str, tuple[int, int]]:
    """Read the places of the tables, as many as the block says it has."""
    at = _counts_at(data) - 12
    (longs,) = struct.unpack_from("<H", data.ljust(at, b"\0"), at - 2)
    at += 4 * (longs if longs < 64 else 22)
    (count,) = struct.unpack_from("<H", data.ljust(at + 2, b"\0"), at)
    at += 2
    count = min(count or 93, (len(data) - at) // 8)
    return {
        name: struct.unpack_from("<II", data, at + 8 * number)
        for name, number in _NAMES.items()
        if number < count
    }
