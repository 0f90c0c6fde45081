"""Read the property sets of a compound file (MS-OLEPS): author, dates, program, and what users added.

Keys are `ole:NAME`, `ole:custom:NAME` for a user's own. Texts are decoded with the code page the set names;
times are UTC as stored.
"""

from __future__ import annotations

import codecs
import struct
from collections.abc import Iterator
from typing import Final

from proofroom.extract.encoding import decode_all
from proofroom.extract.format import Sink
from proofroom.extract.ole.filetime import iso_time
from proofroom.extract.ole.streams import NamedStreams
from proofroom.model.states import Reason

_STREAMS: Final = ("\x05SummaryInformation", "\x05DocumentSummaryInformation")
_SUMMARY: Final = bytes.fromhex("e0859ff2f94f6810ab9108002b27b3d9")
_DOCUMENT: Final = bytes.fromhex("02d5cdd59c2e1b10939708002b2cf9ae")
_CUSTOM: Final = bytes.fromhex("05d5cdd59c2e1b10939708002b2cf9ae")
_NAMES: Final[dict[bytes, dict[int, str]]] = {
    _SUMMARY: {
        1: "codepage", 2: "title", 3: "subject", 4: "author", 5: "keywords", 6: "comments", 7: "template",
        8: "last-author", 9: "revision", 10: "edit-seconds", 11: "printed", 12: "created", 13: "saved",
        14: "pages", 15: "words", 16: "characters", 18: "application", 19: "security",
    },
    _DOCUMENT: {
        2: "category", 3: "presentation-format", 5: "lines", 6: "paragraphs", 7: "slides", 8: "notes",
        9: "hidden-slides", 13: "parts", 14: "manager", 15: "company", 23: "application-version",
        26: "content-type", 27: "content-status", 28: "language", 29: "document-version",
    },
    _CUSTOM: {},
}  # fmt: skip
_EDIT_TIME: Final = 10
_CODE_PAGE: Final = 1
_LOCALE: Final = 0x80000000
_MOST: Final = 4_096
_LONGEST: Final = 65_536
_UTF16: Final = 1200
_VECTOR: Final = 0x1000
_TEXT: Final = (0x1E, 0x1F)
_FILETIME: Final = 0x40
_NUMBERS: Final = {2: "<h", 3: "<i", 5: "<d", 0x0B: "<h", 0x12: "<H", 0x13: "<I", 0x14: "<q", 0x15: "<Q"}
_SECONDS: Final = 10_000_000


def send_ole_properties(compound: NamedStreams, sink: Sink) -> None:
    """Send every property of a compound file; a set that is damaged costs what stands behind the damage."""
    for name, value in zip(("root-created", "root-saved"), compound.root_times(), strict=True):
        if value:
            sink.meta(f"ole:{name}", value)
    for stream in _STREAMS:
        data = compound.stream(stream)
        if data is not None:
            try:
                for key, value in _properties(data):
                    sink.meta(key, value[:_LONGEST])
            except (struct.error, ValueError, OverflowError):
                sink.partly(Reason.DAMAGED_PART)
        elif compound.has(stream):
            sink.partly(Reason.DAMAGED_PART)


def _properties(data: bytes) -> Iterator[tuple[str, str]]:
    """Give the properties of every set in a stream that we have names for."""
    (sets,) = struct.unpack_from("<I", data, 24)
    for number in range(min(sets, 8)):
        kind, offset = struct.unpack_from("<16sI", data, 28 + 20 * number)
        if kind in _NAMES:
            yield from _section(data[offset:], kind)


def _section(data: bytes, kind: bytes) -> Iterator[tuple[str, str]]:
    """Give the properties of one set; its dictionary names those that users added."""
    (count,) = struct.unpack_from("<I", data, 4)
    places = dict(struct.unpack_from("<II", data, 8 + 8 * number) for number in range(min(count, _MOST)))
    page = _UTF16
    if _CODE_PAGE in places:
        page = struct.unpack_from("<H", data, places[_CODE_PAGE] + 4)[0]
    names = _dictionary(data, places[0], page) if kind == _CUSTOM and 0 in places else {}
    for number, place in places.items():
        if kind == _CUSTOM:
            name = f"custom:{names[number]}" if number in names else ""
        else:
            name = _NAMES[kind].get(number, "")
        if name:
            duration = kind == _SUMMARY and number == _EDIT_TIME
            for value in _values(data, place, page, duration=duration):
                yield f"ole:{name}", value


def _dictionary(data: bytes, place: int, page: int) -> dict[int, str]:
    """Read the names of a user's own properties."""
    (count,) = struct.unpack_from("<I", data, place)
    place += 4
    names: dict[int, str] = {}
    for _ in range(min(count, _MOST)):
        number, length = struct.unpack_from("<II", data, place)
        place += 8
        size = 2 * length if page == _UTF16 else length
        names[number] = _decode(data[place : place + min(size, _LONGEST)], page)
        place += size + (-size % 4 if page == _UTF16 else 0)
    return names


def _values(data: bytes, place: int, page: int, *, duration: bool) -> Iterator[str]:
    """Give the value of one property, or several where it is a vector of texts."""
    (kind,) = struct.unpack_from("<H", data, place)
    place += 4
    if kind in _TEXT:
        text, _ = _text(data, place, page if kind == _TEXT[0] else _UTF16, wide=kind == _TEXT[1])
        if text:
            yield text
    elif kind == _FILETIME:
        (ticks,) = struct.unpack_from("<Q", data, place)
        if ticks:
            yield str(ticks // _SECONDS) if duration else iso_time(ticks)
    elif kind in _NUMBERS:
        (number,) = struct.unpack_from(_NUMBERS[kind], data, place)
        yield str(bool(number)).upper() if kind == 0x0B else str(number & 0xFFFF if kind == 2 else number)
    elif kind - _VECTOR in _TEXT:
        (count,) = struct.unpack_from("<I", data, place)
        place += 4
        for _ in range(min(count, _MOST)):
            wide = kind - _VECTOR == _TEXT[1]
            text, place = _text(data, place, _UTF16 if wide else page, wide=wide)
            yield text


def _text(data: bytes, place: int, page: int, *, wide: bool) -> tuple[str, int]:
    """Read a counted text; gives it and where it ends."""
    (length,) = struct.unpack_from("<I", data, place)
    size = 2 * length if wide else length
    text = _decode(data[place + 4 : place + 4 + min(size, _LONGEST)], page)
    return text, place + 4 + size + (-size % 4 if wide else 0)


def _decode(untrusted: bytes, page: int) -> str:
    """Decode a text up to its closing NUL."""
    return decode_all(untrusted, codec_of(page)).partition("\0")[0]


def codec_of(page: int) -> str:
    """Give Python's codec for a Windows code page."""
    special = {936: "gb18030", _UTF16: "utf-16-le", 65001: "utf-8", 10000: "mac-roman", 54936: "gb18030"}
    name = special.get(page, f"cp{page}")
    try:
        return codecs.lookup(name).name
    except LookupError:
        return "cp1252"
