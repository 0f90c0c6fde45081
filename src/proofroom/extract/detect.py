"""Tell what a file is by its content; its name only breaks ties between texts.

What the name says otherwise is kept as a fact (`Detected.extension_disagrees`). Detection runs in the
sandboxed child on bytes nobody trusts: every read is bounded and nothing but MemoryError is raised.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import puremagic

from proofroom.extract.detection.extensions import disagrees, extension_of
from proofroom.extract.detection.magic import OCTETS, has_pdf_header, media_type_of_beginning
from proofroom.extract.detection.ole_kind import SIGNATURE, ole_media_type
from proofroom.extract.detection.text_kind import MAIL, MAILBOX, PLAIN, text_media_type
from proofroom.extract.detection.zip_kind import has_zip_end, zip_media_type
from proofroom.extract.format import Format, Source

_EMPTY: Final = "application/x-empty"
_HEAD: Final = 1 << 16
_TEXT_HEAD: Final = 4 << 20
_ZIP_MARKS: Final = (b"PK\3\4", b"PK\5\6", b"PK00PK\3\4", b"PK\7\x08PK\3\4")
_FEWEST_MATCHING: Final = 3
_NAME_OF_TYPE: Final = re.compile(r"[a-z]+/[A-Za-z0-9.+_-]{1,120}\Z")


@dataclass(frozen=True, slots=True)
class Detected:
    """What a file is: its media type, and whether its name promises something else."""

    media_type: str
    extension_disagrees: bool


def detect(source: Source, formats: Sequence[Format] = ()) -> Detected:
    """Tell what a file is by its content; never raises but for lack of memory.

    `formats` are those at hand: what one of them claims is believed on our own evidence only, and where we
    know no better than "bytes" or "text", their own `recognise` is asked in order.
    """
    extension = extension_of(source.untrusted_name)
    try:
        media_type = _media_type(source, extension, formats)
    except (OSError, ValueError, LookupError, ArithmeticError, struct.error, RecursionError):
        media_type = OCTETS
    return Detected(media_type, disagrees(extension, media_type))


def _media_type(source: Source, extension: str, formats: Sequence[Format]) -> str:
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
    media_type = media_type_of_beginning(head) or _less_sure(source, head, extension)
    if media_type in ("", PLAIN):
        media_type = _recognised(head, extension, formats) or media_type
    return media_type or _other(head, formats)


def _less_sure(source: Source, head: bytes, extension: str) -> str:
    """Look for what does not stand at the very beginning."""
    text = _text(source, head, extension)
    if has_pdf_header(head) and text not in (MAIL, MAILBOX):
        return "application/pdf"
    if text not in ("", PLAIN):
        return text
    if has_zip_end(source.untrusted, source.size):
        return zip_media_type(source.untrusted, source.size)
    return text


def _recognised(head: bytes, extension: str, formats: Sequence[Format]) -> str:
    """Ask the formats that have an eye of their own."""
    for one in formats:
        media_type = one.recognise(head, extension) if one.recognise else ""
        if media_type in one.media_types:
            return media_type
    return ""


def _text(source: Source, head: bytes, extension: str) -> str:
    """Name the kind of text; one that begins like JSON is looked at as far as some megabytes."""
    whole = source.size <= len(head)
    if not whole and head[:_FEWEST_MATCHING].lstrip(b"\xef\xbb\xbf \r\n\t").startswith((b"{", b"[")):
        source.untrusted.seek(0)
        head = source.untrusted.read(_TEXT_HEAD)
        whole = source.size <= len(head)
    return text_media_type(head, extension, whole=whole)


def _other(head: bytes, formats: Sequence[Format]) -> str:
    """Ask puremagic for the name of what no format reads; a match of one or two bytes proves nothing."""
    try:
        matches = puremagic.magic_string(head)
    except (puremagic.PureError, ValueError):
        return OCTETS
    claimed = frozenset().union(*(one.media_types for one in formats))
    for match in matches:
        if len(match.byte_match) >= _FEWEST_MATCHING and _NAME_OF_TYPE.match(match.mime_type):
            media_type = str(match.mime_type).lower()
            if media_type not in claimed:
                return media_type
    return OCTETS
