"""Read every EXIF field with exifread, so that an odd field or maker note costs only itself.

exifread's own front door gives all or nothing and reads value by value from the file. Here its header
class reads one block in memory, field by field, and counts the numbers it takes: directories may point
at each other, and claim thousands of millions of values.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

from exifread.core.exif_header import ExifHeader
from exifread.core.ifd_tag import IfdTag
from exifread.tags.fields import RATIO_FIELD_TYPES, FieldType
from exifread.tags.makernote import canon

from proofroom.extract.pictures.previews import first_value, is_raw, previews, thumbnail
from proofroom.extract.pictures.short_texts import (
    LONGEST,
    decode_coded,
    decode_short,
    decode_wide,
    show_bytes,
)

_ODD: Final = (
    ValueError,
    ArithmeticError,
    LookupError,
    TypeError,
    AttributeError,
    AssertionError,
    RuntimeError,
    OSError,
    struct.error,
)
_MOST_NUMBERS: Final = 100_000
_MOST_DIRECTORIES: Final = 16
_MOST_FIELDS: Final = 4_096
_MOST_VALUES: Final = 256
_LONGEST_BYTES: Final = 1 << 16
_SHORTEST: Final = 8
_FEW: Final = 16
_WIDE_TAGS: Final = range(0x9C9B, 0x9CA0)
_CODED_TAGS: Final = (("EXIF", 0x9286), ("GPS", 0x1B), ("GPS", 0x1C))
_OWN_GROUPS: Final = ("Image", "EXIF", "GPS")
# Tables that exifread looks up in a dictionary of its own, and the bytes that are better given as such.
_BYTES_TAGS: Final = ("MakerNote", "PrintIM", "Padding", canon.CAMERA_INFO_TAG_NAME)


@dataclass(slots=True)
class Exif:
    """The fields of one block as properties, its thumbnail and previews, and which directories could not be read.

    is_raw: it holds what a sensor saw, which is not decoded here.
    """

    untrusted_fields: list[tuple[str, str]] = field(default_factory=list)
    thumbnail: bytes = b""
    previews: list[bytes] = field(default_factory=list)
    is_raw: bool = False
    unread: list[str] = field(default_factory=list)

    @property
    def nothing_read(self) -> bool:
        """Say whether the block as a whole could not be read."""
        return bool(self.unread) and not self.untrusted_fields


class _TooMuch(Exception):
    """The directories ask for more numbers than an honest camera writes."""


def read_exif(block: bytes) -> Exif:
    """Read a block that begins with a TIFF header (CIPA DC-008, 4.5); never raises."""
    exif = Exif()
    endian = {b"II": "I", b"MM": "M"}.get(block[:2], "")
    if not endian or len(block) < _SHORTEST:
        exif.unread.append("header")
        return exif
    header = _Header(block, endian)
    for name, step in _steps(header):
        try:
            step()
        except _TooMuch:
            exif.unread.append(name)
            break
        except _ODD:
            exif.unread.append(name)
    _take_fields(exif, header, block, little=endian == "I")
    exif.thumbnail = thumbnail(header.tags, block)
    exif.previews = [one for one in previews(header.tags, block) if one != exif.thumbnail]
    exif.is_raw = is_raw(header.tags, block)
    return exif


class _Header(ExifHeader):
    """exifread's header over a block in memory, which counts what is asked of it."""

    def __init__(self, block: bytes, endian: str) -> None:
        super().__init__(io.BytesIO(block), endian, 0, 0, strict=False)
        self._block = block
        self._left = _MOST_NUMBERS

    def s2n(self, offset: int, length: int, signed: bool = False) -> int:  # noqa: FBT001, FBT002 - exifread's signature
        """Read one number; one beyond the end of the block is 0, as in exifread."""
        self._left -= 1
        if self._left < 0:
            raise _TooMuch
        start = self.offset + offset
        if start < 0:
            return 0
        part = self._block[start : start + length]
        if len(part) < length:
            self._left -= _FEW
            return 0
        return int.from_bytes(part, "little" if self.endian == "I" else "big", signed=signed)

    def _process_field(
        self, tag_name: str, count: int, field_type: int, type_length: int, offset: int
    ) -> list[Any]:
        """Take a field of bytes at once, not byte by byte."""
        if type_length != 1:
            return super()._process_field(tag_name, count, field_type, type_length, offset)  # type: ignore[no-any-return, unused-ignore]
        start = max(self.offset + offset, 0)
        found = self._block[start : start + min(count, _LONGEST_BYTES)]
        if field_type == FieldType.SIGNED_BYTE:
            return list(struct.unpack(f"{len(found)}b", found))
        return list(found.ljust(min(count, 4), b"\0"))

    def _process_tag(self, *arguments: Any) -> None:
        """Take one field; one that breaks exifread is left out."""
        try:
            super()._process_tag(*arguments)
        except _ODD:
            self._left -= _FEW


def _steps(header: _Header) -> Iterator[tuple[str, Callable[[], None]]]:
    """Give the directories of a block in the order in which they should be read."""
    yield "Image", partial(_main_directories, header)
    place = first_value(header.tags, "Image ExifOffset")
    if place:
        yield "EXIF", partial(header.dump_ifd, place, "EXIF")
    below = header.tags.get("Image SubIFDs")
    for number, start in enumerate(getattr(below, "values", ())[:_MOST_DIRECTORIES]):
        name = f"SubIFD{number}"
        yield name, partial(header.dump_ifd, start, name)
    if "EXIF MakerNote" in header.tags and "Image Make" in header.tags:
        yield "MakerNote", header.decode_maker_note


def _main_directories(header: _Header) -> None:
    """Read the chain of main directories: the picture, its thumbnail, further pages."""
    place, seen = header.s2n(4, 4), set[int]()
    while place and place not in seen and len(seen) < _MOST_DIRECTORIES:
        name = ("Image", "Thumbnail")[len(seen)] if len(seen) < 2 else f"IFD{len(seen)}"
        seen.add(place)
        header.dump_ifd(ifd=place, ifd_name=name)
        place = header.s2n(place + 2 + 12 * header.s2n(place, 2), 4)


def _take_fields(exif: Exif, header: _Header, block: bytes, *, little: bool) -> None:
    """Turn exifread's tags into properties: `EXIF:Model`, `EXIF:MakerNote:SerialNumber`."""
    for key, tag in list(header.tags.items())[:_MOST_FIELDS]:
        if not isinstance(tag, IfdTag):
            continue
        group, _, name = key.partition(" ")
        label = name if group in _OWN_GROUPS else f"{group}:{name}"
        try:
            shown = _show(group, name, tag, block, little=little)
        except _ODD:
            continue
        exif.untrusted_fields.append((f"EXIF:{label}", shown[:LONGEST]))


def _show(group: str, name: str, tag: IfdTag, block: bytes, *, little: bool) -> str:
    """Give a field's value: texts decoded, numbers as written, what has a name by its name, else bytes."""
    raw = b"" if group == "MakerNote" else block[tag.field_offset : tag.field_offset + tag.field_length]
    if tag.field_type == FieldType.ASCII:
        return decode_short(raw) if raw else _text_of(tag.values)
    if tag.tag in _WIDE_TAGS and group == "Image":
        return decode_wide(raw)
    if (group, tag.tag) in _CODED_TAGS:
        return decode_coded(raw, little=little)
    if tag.prefer_printable and name not in _BYTES_TAGS and isinstance(tag.printable, str):
        return tag.printable
    if raw and tag.field_type in RATIO_FIELD_TYPES:
        return ", ".join(_ratios(raw, little=little, signed=tag.field_type == FieldType.SIGNED_RATIO))
    return _show_values(tag, raw)


def _show_values(tag: IfdTag, raw: bytes) -> str:
    """Give numbers, or bytes that have no known meaning."""
    if not isinstance(tag.values, list):
        return _text_of(tag.values)
    length = tag.field_length
    many_bytes = tag.field_type == FieldType.BYTE and length > _FEW
    if tag.field_type == FieldType.UNDEFINED or many_bytes or (raw and not tag.values):
        return show_bytes(raw or bytes(tag.values), length)
    more = f" (+{len(tag.values) - _MOST_VALUES})" if len(tag.values) > _MOST_VALUES else ""
    return ", ".join(map(_number, tag.values[:_MOST_VALUES])) + more


def _number(value: object) -> str:
    return str(value[0]) if isinstance(value, tuple) and value else str(value)


def _text_of(values: object) -> str:
    return decode_short(values) if isinstance(values, bytes) else str(values)


def _ratios(raw: bytes, *, little: bool, signed: bool) -> Iterator[str]:
    """Give fractions as they are written, not reduced: how a camera writes them tells cameras apart."""
    pair = struct.Struct(("<" if little else ">") + ("ii" if signed else "II"))
    for above, below in pair.iter_unpack(raw[: min(len(raw), 8 * _MOST_VALUES) // 8 * 8]):
        yield str(above) if below == 1 else f"{above}/{below}"
