"""The header of a dBase or FoxPro table: its fields, their types and widths, and the code page it states."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Final

from proofroom.extract.format import Source, Unreadable
from proofroom.extract.markup.charsets import codec_of_codepage
from proofroom.model.states import Reason, State

_HEAD: Final = 32
_SEVEN_HEAD, _SEVEN_FIELD = 68, 48
_FIELD: Final = 32
_MOST_FIELDS: Final = 4_096
_SEVEN: Final = 4
_FOXPRO: Final = (0x30, 0x31, 0x32)
_LINK: Final = 263
_END: Final = b"\r"
_CENTURY: Final = 1900
_PIVOT: Final = 80
_LONG_TEXT: Final = 254
_SYSTEM, _NULLABLE, _BINARY = 1, 2, 4

_CODE_PAGES: Final = {
    **dict.fromkeys((0x01, 0x09, 0x0B, 0x0D, 0x0F, 0x11, 0x15, 0x18, 0x19, 0x1B), 437),
    **dict.fromkeys((0x02, 0x0A, 0x0E, 0x10, 0x12, 0x14, 0x16, 0x1A, 0x1D, 0x25, 0x37), 850),
    **dict.fromkeys((0x03, 0x57, 0x58, 0x59), 1252),
    **dict.fromkeys((0x1F, 0x22, 0x23, 0x40, 0x64, 0x87), 852),
    **dict.fromkeys((0x08, 0x17, 0x66), 865),
    **dict.fromkeys((0x1C, 0x6C), 863),
    **dict.fromkeys((0x26, 0x65), 866),
    **dict.fromkeys((0x13, 0x7B), 932),
    **dict.fromkeys((0x4D, 0x7A), 936),
    **dict.fromkeys((0x4E, 0x79), 949),
    **dict.fromkeys((0x4F, 0x78), 950),
    **dict.fromkeys((0x50, 0x7C), 874),
    **dict.fromkeys((0x6B, 0x88), 857),
    **dict.fromkeys((0x6A, 0x86), 737),
    0x24: 860,
    0x67: 861,
    0x7D: 1255,
    0x7E: 1256,
    0xC8: 1250,
    0xC9: 1251,
    0xCA: 1254,
    0xCB: 1253,
    0xCC: 1257,
    0x04: 10000,
    0x96: 10007,
    0x97: 10029,
    0x98: 10006,
}


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a record: its name as bytes, its type, and where it stands."""

    untrusted_name: bytes
    kind: str
    at: int
    width: int
    decimals: int
    is_system: bool = False
    is_nullable: bool = False
    is_binary: bool = False

    @property
    def declared(self) -> str:
        """Write the type as programs show it: C(10), N(8,2)."""
        return f"{self.kind}({self.width},{self.decimals})" if self.decimals else f"{self.kind}({self.width})"


@dataclass(frozen=True, slots=True)
class Header:
    """What the header says; `encoding` is "" where it states none."""

    version: int
    updated: str
    stated_records: int
    begins: int
    record: int
    encoding: str
    fields: tuple[Field, ...]
    untrusted_container: bytes

    @property
    def is_foxpro(self) -> bool:
        """Tell whether Visual FoxPro wrote it, where some types are binary."""
        return self.version in _FOXPRO

    @property
    def is_seven(self) -> bool:
        """Tell whether it is of dBase 7, which writes numbers the other way round."""
        return self.version & 7 == _SEVEN and not self.is_foxpro


def read_header(source: Source) -> Header:
    """Read the header; raises Unreadable when no record could be found by it."""
    source.untrusted.seek(0)
    head = source.untrusted.read(_HEAD)
    if len(head) < _HEAD:
        raise Unreadable(State.DAMAGED, Reason.CUT_SHORT)
    version, year, month, day, records, begins, record = struct.unpack_from("<4BIHH", head)
    source.untrusted.seek(0)
    whole = source.untrusted.read(begins)
    seven = version & 7 == _SEVEN and version not in _FOXPRO
    fields, end = _fields(whole, seven=seven)
    if not fields or record <= 1:
        raise Unreadable(State.DAMAGED, Reason.CUT_SHORT if len(whole) < begins else Reason.NOT_WELL_FORMED)
    return Header(
        version=version,
        updated=_date(year, month, day),
        stated_records=records,
        begins=begins,
        record=record,
        encoding=codec_of_codepage(_CODE_PAGES.get(head[29], 0)),
        fields=fields,
        untrusted_container=_container(whole[end:]) if version in _FOXPRO else b"",
    )


def _fields(head: bytes, *, seven: bool) -> tuple[tuple[Field, ...], int]:
    """Give the fields that the header describes, and where their list ends."""
    at, size = (_SEVEN_HEAD, _SEVEN_FIELD) if seven else (_HEAD, _FIELD)
    found: list[Field] = []
    place = 1
    while at + size <= len(head) and head[at : at + 1] != _END and len(found) < _MOST_FIELDS:
        one = head[at : at + size]
        name, kind, width, decimals, flags = _described(one, seven=seven)
        if not kind.isalnum() and kind not in "@+":
            break
        found.append(
            Field(
                name.partition(b"\0")[0],
                kind,
                place,
                width,
                decimals,
                is_system=bool(flags & _SYSTEM),
                is_nullable=bool(flags & _NULLABLE),
                is_binary=bool(flags & _BINARY),
            )
        )
        place += width
        at += size
    return tuple(found), at + 1


def _described(one: bytes, *, seven: bool) -> tuple[bytes, str, int, int, int]:
    """Take a description apart: name, type, width, decimals, flags."""
    if seven:
        return one[:32], chr(one[32]), one[33], one[34], 0
    kind, width, decimals = chr(one[11]), one[16], one[17]
    if kind == "C" and decimals:
        # Clipper and FoxPro write the width of a long text in two bytes.
        return one[:11], kind, width + (decimals << 8), 0, one[18]
    return one[:11], kind, width, decimals, one[18]


def _date(year: int, month: int, day: int) -> str:
    """Write the day of the last change; the century is not stored."""
    if not 1 <= month <= 12 or not 1 <= day <= 31:
        return ""
    return f"{year + _CENTURY + (100 if year < _PIVOT else 0)}-{month:02}-{day:02}"


def _container(rest: bytes) -> bytes:
    """Give the path of the database that a FoxPro table belongs to."""
    return rest[:_LINK].partition(b"\0")[0]
