"""Tell what a file is by its content; its name only breaks ties between texts.

What the name says otherwise is kept as a fact (`Detected.extension_disagrees`). Detection runs in the
sandboxed child on bytes nobody trusts: every read is bounded and nothing but MemoryError is raised.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from typing import Final

import puremagic

from proofroom.extract.detection.extensions import disagrees, extension_of
from proofroom.extract.detection.magic import OCTETS, has_pdf_header, media_type_of_beginning
from proofroom.extract.detection.ole_kind import SIGNATURE, ole_media_type
from proofroom.extract.detection.text_kind import MAIL, MAILBOX, PLAIN, text_media_type
from proofroom.extract.detection.zip_kind import ZIP, has_zip_end, zip_media_type
from proofroom.extract.format import Source

_OFFICE: Final = "application/vnd.openxmlformats-officedocument."
_EMPTY: Final = "application/x-empty"
_HEAD: Final = 1 << 16
_TEXT_HEAD: Final = 4 << 20
_ZIP_MARKS: Final = (b"PK\3\4", b"PK\5\6", b"PK00PK\3\4", b"PK\7\x08PK\3\4")
_FEWEST_MATCHING: Final = 3
_NAME_OF_TYPE: Final = re.compile(r"[a-z]+/[A-Za-z0-9.+_-]{1,120}\Z")

FORMATS: Final[dict[str, tuple[str, ...]]] = {
    "xlsx": (
        f"{_OFFICE}spreadsheetml.sheet",
        f"{_OFFICE}spreadsheetml.template",
        "application/vnd.ms-excel.sheet.macroenabled.12",
        "application/vnd.ms-excel.template.macroenabled.12",
    ),
    "calamine": (
        "application/vnd.ms-excel",
        "application/vnd.ms-excel.sheet.binary.macroenabled.12",
        "application/vnd.oasis.opendocument.spreadsheet",
    ),
    "delimited": ("text/csv", "text/tab-separated-values"),
    "office_locked": ("application/x-ole-encrypted",),
    "docx": (
        f"{_OFFICE}wordprocessingml.document",
        f"{_OFFICE}wordprocessingml.template",
        "application/vnd.ms-word.document.macroenabled.12",
        "application/vnd.ms-word.template.macroenabled.12",
    ),
    "rtf": ("application/rtf",),
    "pptx": (
        f"{_OFFICE}presentationml.presentation",
        f"{_OFFICE}presentationml.slideshow",
        f"{_OFFICE}presentationml.template",
        "application/vnd.ms-powerpoint.presentation.macroenabled.12",
        "application/vnd.ms-powerpoint.slideshow.macroenabled.12",
        "application/vnd.ms-powerpoint.template.macroenabled.12",
    ),
    "pdf": ("application/pdf",),
    "text": ("text/plain",),
    "html": ("text/html", "application/xhtml+xml"),
    "xml": ("application/xml", "image/svg+xml"),
    "json": ("application/json", "application/x-ndjson"),
    "image": (
        "image/jpeg",
        "image/png",
        "image/gif",
        "image/bmp",
        "image/tiff",
        "image/webp",
        "image/heic",
        "image/avif",
    ),
    "mail": ("message/rfc822", "application/mbox"),
    "zip": ("application/zip",),
    "tar": ("application/x-tar",),
    "sevenzip": ("application/x-7z-compressed",),
    "gzip": ("application/gzip", "application/x-bzip2", "application/x-xz"),
}
"""The media types of each built-in format; a test holds them against the formats' own lists."""

PACKAGES: Final = (
    "application/vnd.oasis.opendocument.",
    "application/epub+zip",
    "application/vnd.ms-visio.",
)
"""Beginnings of media types that no format claims yet but that are zips: their members are read as such."""

_FORMAT_OF: Final = {media_type: name for name, media_types in FORMATS.items() for media_type in media_types}


@dataclass(frozen=True, slots=True)
class Detected:
    """What a file is: its media type, the format that reads it (None: none), and if its name disagrees."""

    media_type: str
    format: str | None
    extension_disagrees: bool


def detect(source: Source) -> Detected:
    """Tell what a file is by its content; never raises but for lack of memory."""
    extension = extension_of(source.untrusted_name)
    try:
        media_type = _media_type(source, extension)
    except (OSError, ValueError, LookupError, ArithmeticError, struct.error, RecursionError):
        media_type = OCTETS
    return Detected(media_type, _format(media_type), disagrees(extension, media_type))


def _format(media_type: str) -> str | None:
    """Give the format that reads a media type."""
    name = _FORMAT_OF.get(media_type)
    return "zip" if name is None and media_type.startswith(PACKAGES) else name


def _media_type(source: Source, extension: str) -> str:
    """Look from the surest sign to the least sure one."""
    stream = source.untrusted
    stream.seek(0)
    head = stream.read(_HEAD)
    if not head:
        return _EMPTY
    if head.startswith(_ZIP_MARKS):
        return zip_media_type(stream, source.size)
    if head.startswith(SIGNATURE):
        return ole_media_type(stream)
    return media_type_of_beginning(head) or _less_sure(source, head, extension)


def _less_sure(source: Source, head: bytes, extension: str) -> str:
    """Look for what does not stand at the very beginning."""
    text = _text(source, head, extension)
    if has_pdf_header(head) and text not in (MAIL, MAILBOX):
        return "application/pdf"
    if text not in ("", PLAIN):
        return text
    if has_zip_end(source.untrusted, source.size):
        return zip_media_type(source.untrusted, source.size)
    return text or _other(head)


def _text(source: Source, head: bytes, extension: str) -> str:
    """Name the kind of text; one that begins like JSON is looked at as far as some megabytes."""
    whole = source.size <= len(head)
    if not whole and head[:_FEWEST_MATCHING].lstrip(b"\xef\xbb\xbf \r\n\t").startswith((b"{", b"[")):
        source.untrusted.seek(0)
        head = source.untrusted.read(_TEXT_HEAD)
        whole = source.size <= len(head)
    return text_media_type(head, extension, whole=whole)


def _other(head: bytes) -> str:
    """Ask puremagic for the name of what no format reads; a match of one or two bytes proves nothing."""
    try:
        matches = puremagic.magic_string(head)
    except (puremagic.PureError, ValueError):
        return OCTETS
    for match in matches:
        if len(match.byte_match) >= _FEWEST_MATCHING and _NAME_OF_TYPE.match(match.mime_type):
            media_type = str(match.mime_type).lower()
            if media_type not in _FORMAT_OF and media_type != ZIP:
                return media_type
    return OCTETS
