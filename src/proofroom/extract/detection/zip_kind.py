"""Tell what a zip holds by its directory: an Office document, an OpenDocument file, a book, or just files.

The directory is read by our own few lines with fixed bounds (APPNOTE.TXT 6.3.10, 4.3): whatever it
claims, at most a few megabytes are read and one small member is inflated.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Collection
from dataclasses import dataclass
from typing import BinaryIO, Final

ZIP: Final = "application/zip"
APPLE: Final = "application/vnd.apple.iwork"
_LOCAL: Final = struct.Struct("<4sHHHHHIIIHH")
_CENTRAL: Final = struct.Struct("<4sHHHHHHIIIHHHHHII")
_END: Final = struct.Struct("<4sHHHHIIH")
_END_REACH: Final = _END.size + 0xFFFF
_DIRECTORY: Final = 4 << 20
_SMALL: Final = 1 << 20
_LOCAL_REACH: Final = 1 << 20
_TYPE: Final = re.compile(r"ContentType\s*=\s*[\"']([^\"'<>]{1,200})[\"']")
_MIMETYPE: Final = re.compile(rb"[a-z]+/[A-Za-z0-9.+-]{1,100}\Z")
_BINARY_BOOK: Final = "application/vnd.ms-excel.sheet.binary.macroenabled.12"
_OFFICE: Final = "application/vnd.openxmlformats-officedocument."
_BY_FOLDER: Final = (
    ("xl/workbook.bin", _BINARY_BOOK),
    ("xl/", f"{_OFFICE}spreadsheetml.sheet"),
    ("word/", f"{_OFFICE}wordprocessingml.document"),
    ("ppt/", f"{_OFFICE}presentationml.presentation"),
    ("visio/", "application/vnd.ms-visio.drawing"),
)
_MAIN: Final = (".main+xml", ".main")


@dataclass(frozen=True, slots=True)
class _Member:
    """What is needed of a member: its name, where its local header stands, how it is packed."""

    name: str
    at: int
    method: int
    packed: int


def zip_media_type(stream: BinaryIO, size: int) -> str:
    """Name the media type of what is packed in a zip; `application/zip` when it is just files."""
    members = _directory(stream, size) or _scan(stream)
    by_name = {member.name.lower(): member for member in members}
    own = by_name.get("mimetype")
    if own is not None:
        stated = _content(stream, own).strip()
        if _MIMETYPE.match(stated):
            return stated.decode("ascii").lower()
    types = by_name.get("[content_types].xml")
    if types is not None:
        found = _main_type(_content(stream, types))
        if found:
            return found
    names = by_name.keys()
    if types is not None or "_rels/.rels" in names:
        for beginning, media_type in _BY_FOLDER:
            if any(name.startswith(beginning) for name in names):
                return media_type
    return APPLE if _is_apple(names) else ZIP


def _is_apple(names: Collection[str]) -> bool:
    """Recognise a document of Pages, Numbers or Keynote by its parts, also one under a password."""
    bases = {name.rpartition("/")[2] for name in names}
    older = not bases.isdisjoint(("index.apxl", "index.apxl.gz", "index.xml", "index.xml.gz"))
    packed = any(name.endswith(".iwa") for name in names) or "index.zip" in bases
    return (older and "buildversionhistory.plist" in bases) or (
        packed and not bases.isdisjoint(("document.iwa", "documentidentifier", "properties.plist", ".iwpv2"))
    )


def has_zip_end(stream: BinaryIO, size: int) -> bool:
    """Tell whether a zip's directory stands at the end, whatever the file begins with."""
    return bool(_directory(stream, size))


def _main_type(untrusted_types: bytes) -> str:
    """Find the main part's type in `[Content_Types].xml` (ECMA-376 part 2, 7.2.3) and name the document's."""
    wide = untrusted_types[:2] in (b"\xff\xfe", b"\xfe\xff")
    text = untrusted_types.decode("utf-16" if wide else "utf-8", "replace")
    for found in _TYPE.finditer(text):
        kind = found.group(1).strip().lower()
        ending = next((end for end in _MAIN if kind.endswith(end)), "")
        if ending:
            name = kind.removesuffix(ending)
            return f"{name}.12" if name.endswith("macroenabled") else name
    return ""


def _directory(stream: BinaryIO, size: int) -> list[_Member]:
    """Read the central directory; empty when there is none that leads to a local header."""
    reach = min(size, _END_REACH)
    stream.seek(size - reach)
    tail = stream.read(reach)
    at = tail.rfind(b"PK\5\6")
    if at < 0 or at + _END.size > len(tail):
        return []
    _, _, _, _, _, length, offset, _ = _END.unpack_from(tail, at)
    end = size - reach + at
    # A file may carry bytes before the zip: then the directory ends where the end record begins.
    shift = max(end - length - offset, 0) if offset != 0xFFFFFFFF else 0
    start = end - length if offset != 0xFFFFFFFF else max(end - _DIRECTORY, 0)
    stream.seek(max(start, 0))
    data = stream.read(min(max(end - start, 0), _DIRECTORY))
    if offset == 0xFFFFFFFF:
        data = data[max(data.find(b"PK\1\2"), 0) :]
    return _entries(data, shift)


def _entries(data: bytes, shift: int) -> list[_Member]:
    members: list[_Member] = []
    at = 0
    while at + _CENTRAL.size <= len(data) and data.startswith(b"PK\1\2", at):
        fields = _CENTRAL.unpack_from(data, at)
        method, packed, local = fields[4], fields[8], fields[16]
        name, extra, comment = fields[10], fields[11], fields[12]
        start = at + _CENTRAL.size
        members.append(_Member(_name(data[start : start + name]), local + shift, method, packed))
        at = start + name + extra + comment
    return members


def _scan(stream: BinaryIO) -> list[_Member]:
    """Find members by their local headers when the directory is gone (a zip that arrived cut short)."""
    stream.seek(0)
    data = stream.read(_LOCAL_REACH)
    members: list[_Member] = []
    at = data.find(b"PK\3\4")
    while 0 <= at <= len(data) - _LOCAL.size:
        fields = _LOCAL.unpack_from(data, at)
        start = at + _LOCAL.size
        members.append(_Member(_name(data[start : start + fields[9]]), at, fields[3], fields[7]))
        at = data.find(b"PK\3\4", start)
    return members


def _name(raw: bytes) -> str:
    """Give a member's name in the form in which Office's own names can be compared."""
    return raw.decode("utf-8", "replace").replace("\\", "/").lstrip("/")


def _content(stream: BinaryIO, member: _Member) -> bytes:
    """Inflate the first megabyte of a small member; what cannot be inflated is empty."""
    stream.seek(member.at)
    head = stream.read(_LOCAL.size)
    if len(head) < _LOCAL.size or not head.startswith(b"PK\3\4"):
        return b""
    fields = _LOCAL.unpack(head)
    stream.seek(member.at + _LOCAL.size + fields[9] + fields[10])
    if member.method == 0:
        return stream.read(min(member.packed, _SMALL))
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        return inflater.decompress(stream.read(_SMALL), _SMALL)
    except zlib.error:
        return b""
